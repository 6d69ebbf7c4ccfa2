//! DPoP proofs (RFC 9449, 4): that whoever sends a request holds a key.

use crate::{
    jwk::{JwkError, PublicKey},
    jws::{JwsError, Unverified},
    url,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// `typ` of a proof.
pub const TYP: &str = "dpop+jwt";
/// Longest proof, in octets.
pub const MAX_OCTETS: usize = 4096;
/// Longest `jti`, in octets.
pub const MAX_JTI: usize = 128;

/// What a proof must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The request's method, upper case.
    pub method: &'a str,
    /// The request's public URL; query and fragment do not count.
    pub url: &'a str,
    /// Unix seconds.
    pub now: i64,
    /// How far `iat` may be from `now`, before or after.
    pub window: Duration,
    /// The access token sent along: the proof must hold its hash.
    pub access_token: Option<&'a str>,
    /// The nonce that was asked for.
    pub nonce: Option<&'a str>,
}

/// A proof that held. Its `jti` must not have been seen with this key before: whoever keeps it checks that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The key's thumbprint (RFC 7638), as in `cnf.jkt`.
    pub jkt: String,
    /// Unique for the key.
    pub jti: String,
    /// When it was made, Unix seconds.
    pub iat: i64,
    /// The key.
    pub key: PublicKey,
}

/// Why a proof is refused: a reason for each misdeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// Longer than [`MAX_OCTETS`].
    #[error("the proof is too long")]
    TooLong,
    /// Not a compact JWS with JSON claims.
    #[error("the proof is malformed")]
    Malformed,
    /// `typ` is not `dpop+jwt`.
    #[error("typ must be dpop+jwt")]
    Type,
    /// `alg` is not ES256: none and symmetric ones included.
    #[error("alg must be ES256")]
    Algorithm,
    /// A critical extension, or a key other than in `jwk`.
    #[error("the header holds what is not understood")]
    Header,
    /// `jwk` holds a private key.
    #[error("jwk must not hold a private key")]
    PrivateKey,
    /// `jwk` is missing or no P-256 key.
    #[error("jwk must be a public P-256 key")]
    Key,
    /// The signature is not of the key in `jwk`.
    #[error("the signature is wrong")]
    Signature,
    /// `jti` is missing or empty.
    #[error("jti is missing")]
    JtiMissing,
    /// `jti` is longer than [`MAX_JTI`].
    #[error("jti is too long")]
    JtiTooLong,
    /// `htm` is missing or another method.
    #[error("htm is not the request's method")]
    Method,
    /// `htu` is missing or another URL.
    #[error("htu is not the request's URL")]
    Url,
    /// `iat` is missing or no number.
    #[error("iat is missing")]
    IatMissing,
    /// Made too long ago.
    #[error("iat is too old")]
    TooOld,
    /// Made in the future.
    #[error("iat is in the future")]
    TooNew,
    /// `nonce` is missing or another than asked for.
    #[error("nonce is missing or is not the one given")]
    Nonce,
    /// `ath` is missing or another token's.
    #[error("ath is not the hash of the access token")]
    AccessToken,
}

impl From<JwsError> for DpopError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::TooLong => Self::TooLong,
            JwsError::Malformed => Self::Malformed,
            JwsError::Algorithm | JwsError::ClientAlgorithm => Self::Algorithm,
            JwsError::Type => Self::Type,
            JwsError::Critical | JwsError::BringsKey => Self::Header,
            JwsError::Key(JwkError::Private) => Self::PrivateKey,
            JwsError::Key(_) => Self::Key,
            JwsError::Signature => Self::Signature,
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    jti: Option<String>,
    #[serde(default)]
    htm: Option<String>,
    #[serde(default)]
    htu: Option<String>,
    #[serde(default)]
    iat: Option<serde_json::Number>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    ath: Option<String>,
}

/// Checks a proof (RFC 9449, 4.3), all but whether its `jti` is new.
///
/// ```
/// # let vectors = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/oauth-oidc-values.json"));
/// # let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
/// # let proof = vectors["dpop_proof"]["proof"].as_str().unwrap();
/// use oidc::dpop::{DpopError, Expected, verify};
/// use std::time::Duration;
///
/// // The proof that RFC 9449 prints in section 4.
/// let expected = Expected {
///     method: "POST",
///     url: "https://server.example.com/token",
///     now: 1_562_262_616,
///     window: Duration::from_secs(60),
///     access_token: None,
///     nonce: None,
/// };
/// let held = verify(proof, &expected).unwrap();
/// assert_eq!(held.jti, "-BwC3ESc6acc2lTc");
/// assert_eq!(verify(proof, &Expected { method: "GET", ..expected }), Err(DpopError::Method));
/// assert_eq!(verify(proof, &Expected { now: expected.now + 61, ..expected }), Err(DpopError::TooOld));
/// ```
pub fn verify(proof: &str, expected: &Expected<'_>) -> Result<Proof, DpopError> {
    if proof.len() > MAX_OCTETS {
        return Err(DpopError::TooLong);
    }
    let unverified = Unverified::parse(proof)?;
    if unverified.header().typ.as_deref() != Some(TYP) {
        return Err(DpopError::Type);
    }
    let key = unverified.header_key()?;
    let payload = unverified.verify_signature(&key, &[Some(TYP)])?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| DpopError::Malformed)?;
    let jti = claims.jti.filter(|jti| !jti.is_empty()).ok_or(DpopError::JtiMissing)?;
    if jti.len() > MAX_JTI {
        return Err(DpopError::JtiTooLong);
    }
    if claims.htm.as_deref() != Some(expected.method) {
        return Err(DpopError::Method);
    }
    if !claims.htu.is_some_and(|htu| url::same_target(&htu, expected.url)) {
        return Err(DpopError::Url);
    }
    let iat = fresh(claims.iat.as_ref(), expected)?;
    if expected.nonce.is_some() && !same(claims.nonce.as_deref(), expected.nonce) {
        return Err(DpopError::Nonce);
    }
    if let Some(token) = expected.access_token
        && !same(claims.ath.as_deref(), Some(&ath(token)))
    {
        return Err(DpopError::AccessToken);
    }
    Ok(Proof { jkt: key.thumbprint(), jti, iat, key })
}

/// `ath` of an access token (RFC 9449, 4.2).
///
/// ```
/// # let vectors = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/oauth-oidc-values.json"));
/// # let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
/// # let published = &vectors["dpop_ath"];
/// # let (access_token, ath) = (published["access_token"].as_str().unwrap(), published["ath"].as_str().unwrap());
/// assert_eq!(oidc::dpop::ath(access_token), ath);
/// ```
pub fn ath(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(access_token.as_bytes()))
}

fn fresh(iat: Option<&serde_json::Number>, expected: &Expected<'_>) -> Result<i64, DpopError> {
    let iat = iat.ok_or(DpopError::IatMissing)?;
    // A NumericDate may have a fraction (RFC 7519, 2). The cast saturates, and both ends are out of every window.
    let iat = iat.as_i64().or_else(|| iat.as_f64().map(|seconds| seconds.floor() as i64));
    let iat = iat.ok_or(DpopError::IatMissing)?;
    let window = i64::try_from(expected.window.as_secs()).unwrap_or(i64::MAX);
    if iat < expected.now.saturating_sub(window) {
        Err(DpopError::TooOld)
    } else if iat > expected.now.saturating_add(window) {
        Err(DpopError::TooNew)
    } else {
        Ok(iat)
    }
}

fn same(given: Option<&str>, wanted: Option<&str>) -> bool {
    matches!((given, wanted), (Some(given), Some(wanted)) if given.as_bytes().ct_eq(wanted.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Key, vectors};
    use serde_json::{Value, json};

    const NOW: i64 = 1_700_000_000;

    fn expected<'a>() -> Expected<'a> {
        Expected {
            method: "POST",
            url: "https://id.example/oauth2/token",
            now: NOW,
            window: Duration::from_secs(60),
            access_token: Some("the-token"),
            nonce: Some("n"),
        }
    }

    fn header(key: &Key) -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.public().jwk() })
    }

    fn claims() -> Value {
        json!({
            "jti": "1", "htm": "POST", "htu": "https://id.example/oauth2/token", "iat": NOW,
            "nonce": "n", "ath": ath("the-token"),
        })
    }

    fn with(mut value: Value, name: &str, to: &Value) -> Value {
        value[name] = to.clone();
        value
    }

    #[test]
    fn the_published_proof() {
        let vectors = vectors();
        let (published, token) = (&vectors["dpop_proof"], &vectors["dpop_ath"]);
        let payload = &published["payload"];
        let expected = Expected {
            method: payload["htm"].as_str().unwrap(),
            url: payload["htu"].as_str().unwrap(),
            now: payload["iat"].as_i64().unwrap() + 60,
            window: Duration::from_secs(60),
            access_token: None,
            nonce: None,
        };
        let text = published["proof"].as_str().unwrap();
        let proof = verify(text, &expected).unwrap();
        assert_eq!(proof.jkt, published["jkt"].as_str().unwrap());
        assert_eq!(proof.jti, payload["jti"].as_str().unwrap());
        assert_eq!(verify(text, &Expected { now: expected.now + 1, ..expected }), Err(DpopError::TooOld));
        assert_eq!(verify(text, &Expected { now: expected.now - 121, ..expected }), Err(DpopError::TooNew));
        assert_eq!(ath(token["access_token"].as_str().unwrap()), token["ath"].as_str().unwrap());
    }

    #[test]
    fn each_misdeed_in_the_header_has_its_reason() {
        let key = Key::new();
        let check = |header: &Value| {
            verify(&key.sign(header, claims().to_string().as_bytes()), &expected()).map(|proof| proof.jkt)
        };
        assert_eq!(check(&header(&key)), Ok(key.public().thumbprint()));
        for (name, value, error) in [
            ("typ", json!("JWT"), DpopError::Type),
            ("typ", json!("DPoP+jwt"), DpopError::Type),
            ("typ", Value::Null, DpopError::Type),
            ("alg", json!("none"), DpopError::Algorithm),
            ("alg", json!("HS256"), DpopError::Algorithm),
            ("alg", json!("RS256"), DpopError::Algorithm),
            ("crit", json!(["b64"]), DpopError::Header),
            ("jku", json!("https://e.example/jwks"), DpopError::Header),
            ("jwk", Value::Null, DpopError::Key),
            ("jwk", with(key.public().jwk(), "d", &json!("AAAA")), DpopError::PrivateKey),
            ("jwk", json!({ "kty": "oct", "k": "AAAA" }), DpopError::PrivateKey),
            ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }), DpopError::Key),
            ("jwk", Key::new().public().jwk(), DpopError::Signature),
        ] {
            assert_eq!(check(&with(header(&key), name, &value)), Err(error), "{name} {value}");
        }
    }

    #[test]
    fn each_misdeed_in_the_claims_has_its_reason() {
        let key = Key::new();
        let check = |claims: &Value| verify(&key.sign(&header(&key), claims.to_string().as_bytes()), &expected());
        for (name, value, error) in [
            ("jti", Value::Null, DpopError::JtiMissing),
            ("jti", json!(""), DpopError::JtiMissing),
            ("jti", json!("j".repeat(MAX_JTI + 1)), DpopError::JtiTooLong),
            ("htm", Value::Null, DpopError::Method),
            ("htm", json!("GET"), DpopError::Method),
            ("htm", json!("post"), DpopError::Method),
            ("htu", Value::Null, DpopError::Url),
            ("htu", json!("https://id.example/oauth2/par"), DpopError::Url),
            ("htu", json!("http://id.example/oauth2/token"), DpopError::Url),
            ("htu", json!("https://id.example.evil.example/oauth2/token"), DpopError::Url),
            ("htu", json!("/oauth2/token"), DpopError::Url),
            ("iat", Value::Null, DpopError::IatMissing),
            ("iat", json!(NOW - 61), DpopError::TooOld),
            ("iat", json!(NOW + 61), DpopError::TooNew),
            ("iat", json!(1e300), DpopError::TooNew),
            ("nonce", Value::Null, DpopError::Nonce),
            ("nonce", json!("m"), DpopError::Nonce),
            ("ath", Value::Null, DpopError::AccessToken),
            ("ath", json!(ath("another-token")), DpopError::AccessToken),
            ("iat", json!("now"), DpopError::Malformed),
        ] {
            assert_eq!(check(&with(claims(), name, &value)), Err(error), "{name} {value}");
        }
        for (name, value) in [
            ("iat", json!(NOW - 60)),
            ("iat", json!(NOW as f64 + 60.5)),
            ("jti", json!("j".repeat(MAX_JTI))),
            ("htu", json!("HTTPS://ID.example:443/oauth2/token?x=1#y")),
            ("htu", json!("https://id.example/%6fauth2/token")),
        ] {
            assert!(check(&with(claims(), name, &value)).is_ok(), "{name} {value}");
        }
        let text = key.sign(&header(&key), claims().to_string().as_bytes());
        let other = Expected { method: "GET", ..expected() };
        assert_eq!(verify(&text, &other), Err(DpopError::Method));
        assert!(verify(&text, &Expected { nonce: None, access_token: None, ..expected() }).is_ok());
        assert_eq!(verify(&"a".repeat(MAX_OCTETS + 1), &expected()), Err(DpopError::TooLong));
        assert_eq!(verify("a.b", &expected()), Err(DpopError::Malformed));
    }
}
