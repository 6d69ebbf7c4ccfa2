//! How clients prove themselves (RFC 6749, 2.3; RFC 7523, 3; OpenID Connect Core, 9).

use crate::{
    ClientFault, Form, OAuthError,
    authorization::{Scheme, credentials},
    client::{AuthMethod, Registration},
    jws::{JwsError, Unverified},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// `client_assertion_type` of a JWT.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest time that an assertion may still live, in seconds: its `jti` must be remembered that long.
pub const MAX_LIFE: i64 = 600;
/// How far clocks may differ, in seconds.
pub(crate) const SKEW: i64 = 60;
/// Longest `jti`, in octets.
const MAX_JTI: usize = 128;
/// Longest secret, in octets.
const MAX_SECRET: usize = 512;

/// What `aud` of an assertion may name.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// The issuer: always.
    pub issuer: &'a str,
    /// Endpoints that a client that uses CIBA may name here too (CIBA Core, 7.1).
    pub endpoints: &'a [String],
}

impl Audience<'_> {
    /// Whether an `aud` names us and nobody else: an assertion that is good elsewhere too could be carried there. Under
    /// FAPI 2.0 it is the issuer, as a text and not in a list (Security Profile, 5.3.2.1).
    fn fits(&self, aud: &Value, registered: &Registration) -> bool {
        if registered.is_fapi() {
            return aud == self.issuer;
        }
        let ciba = registered.ciba.is_some();
        is_only(aud, self.issuer) || ciba && self.endpoints.iter().any(|endpoint| is_only(aud, endpoint))
    }
}

/// What a request shows of its client.
///
/// ```
/// use oidc::{ClientFault, Form, client::{AuthMethod, Registration}, client_auth::{Audience, Presented, secret_hash}};
///
/// let registered = Registration {
///     auth: AuthMethod::ClientSecretPost, secret_sha256: Some(secret_hash("secret")), ..Registration::default()
/// };
/// let audience = Audience { issuer: "https://id.example", endpoints: &[] };
/// let check = |body: &[u8]| {
///     let form = Form::parse(body).expect("a form");
///     Presented::of(&form, None).expect("a client").check(&registered, &audience, 1_700_000_000)
/// };
/// assert_eq!(check(b"client_id=rp&client_secret=secret"), Ok(None));
/// assert_eq!(check(b"client_id=rp&client_secret=guess"), Err(ClientFault::Secret));
/// assert_eq!(check(b"client_id=rp"), Err(ClientFault::Method));
/// ```
pub struct Presented {
    /// Who it says it is.
    pub client_id: String,
    proof: Proof,
}

enum Proof {
    Nothing,
    Basic(String),
    Post(String),
    Assertion(String),
}

/// An assertion that held; its `jti` must not have been used before: whoever keeps it checks that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Unique for the client.
    pub jti: String,
    /// When it may be forgotten, Unix seconds.
    pub exp: i64,
}

impl Presented {
    /// Reads who sends a form, and by what proof; two proofs are one too many (RFC 6749, 2.3).
    pub fn of(form: &Form, authorization: Option<&str>) -> Result<Self, OAuthError> {
        let named = form.optional("client_id", 128)?;
        let secret = form.optional("client_secret", MAX_SECRET)?;
        let assertion = form.optional("client_assertion", crate::jws::MAX_OCTETS)?;
        let basic = authorization.map(basic).transpose()?;
        let (client_id, proof) = match (basic, secret, assertion) {
            (Some((id, secret)), None, None) => (id, Proof::Basic(secret)),
            (None, Some(secret), None) => (named.unwrap_or_default().to_owned(), Proof::Post(secret.to_owned())),
            (None, None, Some(assertion)) => {
                if form.required("client_assertion_type", 128)? != JWT_BEARER {
                    return Err(OAuthError::Malformed("client_assertion_type"));
                }
                (subject(assertion)?, Proof::Assertion(assertion.to_owned()))
            }
            (None, None, None) => (named.unwrap_or_default().to_owned(), Proof::Nothing),
            _ => return Err(OAuthError::Conflict("client authentication", "another client authentication")),
        };
        if client_id.is_empty() {
            return Err(OAuthError::Missing("client_id"));
        }
        if named.is_some_and(|named| named != client_id) {
            return Err(ClientFault::Subject.into());
        }
        Ok(Self { client_id, proof })
    }

    /// The key that an assertion says it was signed by: none where there is no assertion, or it does not say.
    pub fn assertion_key(&self) -> Option<String> {
        match &self.proof {
            Proof::Assertion(jws) => key_id(jws),
            _ => None,
        }
    }

    /// Whether it proves itself by an assertion, so that the client's keys are needed.
    pub fn is_assertion(&self) -> bool {
        matches!(self.proof, Proof::Assertion(_))
    }

    /// Checks the proof against what is registered: the registered method and no other. `now` is Unix seconds.
    pub fn check(
        &self,
        registered: &Registration,
        audience: &Audience<'_>,
        now: i64,
    ) -> Result<Option<Assertion>, ClientFault> {
        match (&self.proof, registered.auth) {
            (Proof::Nothing, AuthMethod::None) => Ok(None),
            (Proof::Basic(secret), AuthMethod::ClientSecretBasic)
            | (Proof::Post(secret), AuthMethod::ClientSecretPost) => {
                if secret_fits(secret, registered) {
                    Ok(None)
                } else {
                    Err(ClientFault::Secret)
                }
            }
            (Proof::Assertion(jws), AuthMethod::PrivateKeyJwt) => {
                assertion(jws, &self.client_id, registered, audience, now).map(Some)
            }
            _ => Err(ClientFault::Method),
        }
    }
}

/// SHA-256 of a client secret, hex, as it is registered.
///
/// ```
/// # use oidc::client_auth::secret_hash;
/// assert_eq!(secret_hash("secret").len(), 64);
/// assert_ne!(secret_hash("secret"), secret_hash("Secret"));
/// ```
pub fn secret_hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect()
}

fn secret_fits(secret: &str, registered: &Registration) -> bool {
    let Some(wanted) = &registered.secret_sha256 else { return false };
    secret_hash(secret).as_bytes().ct_eq(wanted.to_ascii_lowercase().as_bytes()).into()
}

/// Id and secret of a Basic header, each form-encoded (RFC 6749, 2.3.1).
fn basic(header: &str) -> Result<(String, String), ClientFault> {
    let given = credentials(header).filter(|(scheme, text)| *scheme == Scheme::Basic && text.len() <= 2048);
    let (_, given) = given.ok_or(ClientFault::Header)?;
    let text = STANDARD.decode(given).ok().and_then(|octets| String::from_utf8(octets).ok());
    let text = text.ok_or(ClientFault::Header)?;
    let (id, secret) = text.split_once(':').ok_or(ClientFault::Header)?;
    let decode = |part: &str| crate::form::decode(part.as_bytes()).map_err(|_| ClientFault::Header);
    Ok((decode(id)?, decode(secret)?))
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: i64,
    jti: String,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
}

fn subject(jws: &str) -> Result<String, ClientFault> {
    let claims: Claims = Unverified::parse_of_client(jws).and_then(|jws| jws.unverified_json()).map_err(fault)?;
    Ok(claims.sub)
}

/// The `kid` of a JWS of a client.
pub fn key_id(jws: &str) -> Option<String> {
    Unverified::parse_of_client(jws).ok()?.header().kid.clone()
}

fn fault(error: JwsError) -> ClientFault {
    match error {
        JwsError::Algorithm | JwsError::ClientAlgorithm => ClientFault::Algorithm,
        JwsError::Signature => ClientFault::Key,
        _ => ClientFault::Assertion,
    }
}

fn assertion(
    jws: &str,
    client_id: &str,
    registered: &Registration,
    audience: &Audience<'_>,
    now: i64,
) -> Result<Assertion, ClientFault> {
    let payload = verified(jws, registered, &[None, Some("JWT"), Some("client-authentication+jwt")])?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| ClientFault::Assertion)?;
    let early = |time: Option<i64>| time.is_some_and(|time| time > now.saturating_add(SKEW));
    if claims.iss != client_id || claims.sub != client_id {
        Err(ClientFault::Subject)
    } else if !audience.fits(&claims.aud, registered) {
        Err(ClientFault::Audience)
    } else if claims.exp <= now {
        Err(ClientFault::Expired)
    } else if claims.exp > now.saturating_add(MAX_LIFE) {
        Err(ClientFault::Life)
    } else if early(claims.nbf) || early(claims.iat) {
        Err(ClientFault::Early)
    } else if !(1..=MAX_JTI).contains(&claims.jti.len()) {
        Err(ClientFault::Jti)
    } else {
        Ok(Assertion { jti: claims.jti, exp: claims.exp })
    }
}

/// Whether an `aud` names this one and nobody else.
pub(crate) fn is_only(aud: &Value, wanted: &str) -> bool {
    match aud {
        Value::String(one) => one == wanted,
        Value::Array(list) => matches!(list.as_slice(), [Value::String(one)] if one == wanted),
        _ => false,
    }
}

/// The payload of a JWS by one of the client's registered keys.
pub(crate) fn verified(jws: &str, registered: &Registration, types: &[Option<&str>]) -> Result<Vec<u8>, ClientFault> {
    let kid = Unverified::parse_of_client(jws).map_err(fault)?.header().kid.clone();
    let mut refused = ClientFault::Key;
    for key in registered.keys_for(kid.as_deref()) {
        match Unverified::parse_of_client(jws).and_then(|jws| jws.verify_client(&key, types)) {
            Ok(payload) => return Ok(payload),
            // What only another key would have to answer for is no news.
            Err(JwsError::Signature | JwsError::ClientAlgorithm) => {}
            Err(error) => refused = fault(error),
        }
    }
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Key;
    use serde_json::json;

    const ISSUER: &str = "https://id.example";
    const NOW: i64 = 1_700_000_000;
    const TOKEN: &str = "https://id.example/oauth2/token";
    const CIBA: &str = "https://id.example/oauth2/bc-authorize";

    fn check(body: &str, header: Option<&str>, registered: &Registration) -> Result<Option<Assertion>, OAuthError> {
        let form = Form::parse(body.as_bytes()).unwrap();
        let endpoints = [TOKEN.to_owned(), CIBA.to_owned()];
        let audience = Audience { issuer: ISSUER, endpoints: &endpoints };
        Ok(Presented::of(&form, header)?.check(registered, &audience, NOW)?)
    }

    fn with_secret(auth: AuthMethod) -> Registration {
        Registration { auth, secret_sha256: Some(secret_hash("s:e %")), ..Registration::default() }
    }

    #[test]
    fn secrets_count_only_where_they_are_registered() {
        let header = format!("Basic {}", STANDARD.encode("rp:s%3Ae+%25"));
        let (basic, post) = (with_secret(AuthMethod::ClientSecretBasic), with_secret(AuthMethod::ClientSecretPost));
        assert_eq!(check("", Some(&header), &basic), Ok(None));
        assert_eq!(check("client_id=rp", Some(&header), &basic), Ok(None));
        assert_eq!(check("client_id=rp&client_secret=s:e+%25", None, &post), Ok(None));
        assert_eq!(check("client_id=rp", None, &Registration::default()), Ok(None));
        for (body, header, registered, fault) in [
            ("", Some(header.as_str()), &post, ClientFault::Method),
            ("client_id=other", Some(header.as_str()), &basic, ClientFault::Subject),
            ("client_id=rp&client_secret=s:e+%25", None, &basic, ClientFault::Method),
            ("client_id=rp&client_secret=x", None, &post, ClientFault::Secret),
            ("client_id=rp", None, &basic, ClientFault::Method),
            ("client_id=rp", None, &post, ClientFault::Method),
            ("client_id=rp&client_secret=s:e+%25", None, &Registration::default(), ClientFault::Method),
            ("", Some("Basic %%%"), &basic, ClientFault::Header),
            ("", Some("Bearer x"), &basic, ClientFault::Header),
        ] {
            assert_eq!(check(body, header, registered), Err(fault.into()), "{body} {header:?}");
        }
        let both = check("client_id=rp&client_secret=x", Some(&header), &basic);
        assert!(matches!(both, Err(OAuthError::Conflict(..))), "{both:?}");
        assert_eq!(check("", None, &basic), Err(OAuthError::Missing("client_id")));
    }

    #[test]
    fn assertions_and_each_misdeed() {
        let (key, other) = (Key::new(), Key::new());
        let mut jwk = key.public().jwk();
        jwk["kid"] = json!("k1");
        let registered = Registration { auth: AuthMethod::PrivateKeyJwt, keys: vec![jwk], ..Registration::default() };
        let claims = json!({ "iss": "rp", "sub": "rp", "aud": ISSUER, "exp": NOW + 60, "jti": "j" });
        let send = |key: &Key, header: &Value, claims: &Value| {
            let jws = key.sign(header, claims.to_string().as_bytes());
            check(&format!("client_assertion_type={JWT_BEARER}&client_assertion={jws}"), None, &registered)
        };
        let header = json!({ "alg": "ES256", "kid": "k1" });
        let held = Ok(Some(Assertion { jti: "j".into(), exp: NOW + 60 }));
        assert_eq!(send(&key, &header, &claims), held);
        assert_eq!(send(&key, &json!({ "alg": "ES256", "typ": "JWT" }), &claims), held);
        let with = |name: &str, to: Value| {
            let mut changed = claims.clone();
            changed[name] = to;
            changed
        };
        assert_eq!(send(&key, &header, &with("aud", json!([ISSUER]))), held);
        for (bad, fault) in [
            (with("iss", json!("other")), ClientFault::Subject),
            (with("sub", json!("other")), ClientFault::Subject),
            (with("aud", json!(TOKEN)), ClientFault::Audience),
            (with("aud", json!([ISSUER, "https://elsewhere.example"])), ClientFault::Audience),
            (with("exp", json!(NOW)), ClientFault::Expired),
            (with("exp", json!(NOW + MAX_LIFE + 1)), ClientFault::Life),
            (with("nbf", json!(NOW + 61)), ClientFault::Early),
            (with("iat", json!(NOW + 61)), ClientFault::Early),
            (with("jti", json!("")), ClientFault::Jti),
            (with("jti", json!("j".repeat(129))), ClientFault::Jti),
            (with("jti", Value::Null), ClientFault::Assertion),
        ] {
            assert_eq!(send(&key, &header, &bad), Err(fault.into()), "{bad}");
        }
        for (bad, fault) in [
            (json!({ "alg": "none" }), ClientFault::Algorithm),
            (json!({ "alg": "HS256" }), ClientFault::Algorithm),
            (json!({ "alg": "ES256", "kid": "k2" }), ClientFault::Key),
            (json!({ "alg": "ES256", "typ": "dpop+jwt" }), ClientFault::Assertion),
        ] {
            assert_eq!(send(&key, &bad, &claims), Err(fault.into()), "{bad}");
        }
        assert_eq!(send(&other, &header, &claims), Err(ClientFault::Key.into()), "another key");
        let wrong_type = check("client_assertion_type=x&client_assertion=y", None, &registered);
        assert_eq!(wrong_type, Err(OAuthError::Malformed("client_assertion_type")));
    }

    #[test]
    fn who_may_be_addressed_follows_from_what_the_client_uses() {
        let key = Key::new();
        let plain = Registration {
            auth: AuthMethod::PrivateKeyJwt,
            keys: vec![key.public().jwk()],
            redirect_uris: vec!["https://rp.example/cb".into()],
            ..Registration::default()
        };
        let ciba = Registration { ciba: Some(crate::client::CibaMode::Poll), ..plain.clone() };
        let fapi = Registration { profile: Some(crate::profile::Profile::Fapi2), ..ciba.clone() };
        let all = [&plain, &ciba, &fapi];
        for (aud, taken) in [
            (json!(ISSUER), [true, true, true]),
            (json!([ISSUER]), [true, true, false]),
            (json!(TOKEN), [false, true, false]),
            (json!(CIBA), [false, true, false]),
            (json!([CIBA]), [false, true, false]),
            (json!([ISSUER, TOKEN]), [false, false, false]),
            (json!("https://id.example/oauth2/par"), [false, false, false]),
            (json!("https://id.example/"), [false, false, false]),
            (json!(null), [false, false, false]),
            (json!([]), [false, false, false]),
        ] {
            let claims = json!({ "iss": "rp", "sub": "rp", "aud": aud, "exp": NOW + 60, "jti": "j" });
            let jws = key.sign(&json!({ "alg": "ES256" }), claims.to_string().as_bytes());
            let body = format!("client_assertion_type={JWT_BEARER}&client_assertion={jws}");
            for (registered, taken) in all.iter().zip(taken) {
                let expected = if taken { None } else { Some(ClientFault::Audience.into()) };
                assert_eq!(check(&body, None, registered).err(), expected, "{aud} {registered:?}");
            }
        }
    }
}
