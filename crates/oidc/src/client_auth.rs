//! How clients prove themselves (RFC 6749, 2.3; RFC 7523, 3; OpenID Connect Core, 9).

use crate::{
    Form, OAuthError,
    authorization::{Scheme, credentials},
    client::{AuthMethod, Registration},
    jws::Unverified,
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
const SKEW: i64 = 60;
/// Longest `jti`, in octets.
const MAX_JTI: usize = 128;
/// Longest secret, in octets.
const MAX_SECRET: usize = 512;

/// What a request shows of its client.
///
/// ```
/// use oidc::{Form, OAuthError, client::{AuthMethod, Registration}, client_auth::{Presented, secret_hash}};
///
/// let registered = Registration {
///     auth: AuthMethod::ClientSecretPost, secret_sha256: Some(secret_hash("secret")), ..Registration::default()
/// };
/// let check = |body: &[u8]| {
///     let form = Form::parse(body)?;
///     Presented::of(&form, None)?.check(&registered, "https://id.example", 1_700_000_000)
/// };
/// assert_eq!(check(b"client_id=rp&client_secret=secret"), Ok(None));
/// assert_eq!(check(b"client_id=rp&client_secret=guess"), Err(OAuthError::InvalidClient));
/// assert_eq!(check(b"client_id=rp"), Err(OAuthError::InvalidClient));
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
            return Err(OAuthError::InvalidClient);
        }
        Ok(Self { client_id, proof })
    }

    /// Checks the proof against what is registered: the registered method and no other. `now` is Unix seconds.
    pub fn check(&self, registered: &Registration, issuer: &str, now: i64) -> Result<Option<Assertion>, OAuthError> {
        match (&self.proof, registered.auth) {
            (Proof::Nothing, AuthMethod::None) => Ok(None),
            (Proof::Basic(secret), AuthMethod::ClientSecretBasic)
            | (Proof::Post(secret), AuthMethod::ClientSecretPost)
                if secret_fits(secret, registered) =>
            {
                Ok(None)
            }
            (Proof::Assertion(jws), AuthMethod::PrivateKeyJwt) => {
                assertion(jws, &self.client_id, registered, issuer, now).map(Some)
            }
            _ => Err(OAuthError::InvalidClient),
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
fn basic(header: &str) -> Result<(String, String), OAuthError> {
    let given = credentials(header).filter(|(scheme, text)| *scheme == Scheme::Basic && text.len() <= 2048);
    let (_, given) = given.ok_or(OAuthError::InvalidClient)?;
    let text = STANDARD.decode(given).ok().and_then(|octets| String::from_utf8(octets).ok());
    let text = text.ok_or(OAuthError::InvalidClient)?;
    let (id, secret) = text.split_once(':').ok_or(OAuthError::InvalidClient)?;
    let decode = |part: &str| crate::form::decode(part.as_bytes()).map_err(|_| OAuthError::InvalidClient);
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

fn subject(jws: &str) -> Result<String, OAuthError> {
    let claims: Result<Claims, _> = Unverified::parse(jws).and_then(|jws| jws.unverified_json());
    claims.map(|claims| claims.sub).map_err(|_| OAuthError::InvalidClient)
}

fn assertion(
    jws: &str,
    client_id: &str,
    registered: &Registration,
    issuer: &str,
    now: i64,
) -> Result<Assertion, OAuthError> {
    let payload = verified(jws, registered, &[None, Some("JWT"), Some("client-authentication+jwt")])?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| OAuthError::InvalidClient)?;
    let holds = claims.iss == client_id
        && claims.sub == client_id
        && is_only(&claims.aud, issuer)
        && claims.exp > now
        && claims.exp <= now.saturating_add(MAX_LIFE)
        && claims.nbf.is_none_or(|nbf| nbf <= now.saturating_add(SKEW))
        && claims.iat.is_none_or(|iat| iat <= now.saturating_add(SKEW))
        && (1..=MAX_JTI).contains(&claims.jti.len());
    if holds { Ok(Assertion { jti: claims.jti, exp: claims.exp }) } else { Err(OAuthError::InvalidClient) }
}

/// Whether an `aud` names this one and nobody else: an assertion that is good elsewhere too could be carried there.
pub(crate) fn is_only(aud: &Value, wanted: &str) -> bool {
    match aud {
        Value::String(one) => one == wanted,
        Value::Array(list) => matches!(list.as_slice(), [Value::String(one)] if one == wanted),
        _ => false,
    }
}

/// The payload of a JWS by one of the client's registered keys.
pub(crate) fn verified(jws: &str, registered: &Registration, types: &[Option<&str>]) -> Result<Vec<u8>, OAuthError> {
    let kid = Unverified::parse(jws).map_err(|_| OAuthError::InvalidClient)?.header().kid.clone();
    registered
        .keys_for(kid.as_deref())
        .find_map(|key| Unverified::parse(jws).ok()?.verify_any(&key, types).ok())
        .ok_or(OAuthError::InvalidClient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Key;
    use serde_json::json;

    const ISSUER: &str = "https://id.example";
    const NOW: i64 = 1_700_000_000;

    fn check(body: &str, header: Option<&str>, registered: &Registration) -> Result<Option<Assertion>, OAuthError> {
        let form = Form::parse(body.as_bytes()).unwrap();
        Presented::of(&form, header)?.check(registered, ISSUER, NOW)
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
        for (body, header, registered) in [
            ("", Some(header.as_str()), &post),
            ("client_id=other", Some(header.as_str()), &basic),
            ("client_id=rp&client_secret=s:e+%25", None, &basic),
            ("client_id=rp&client_secret=x", None, &post),
            ("client_id=rp", None, &basic),
            ("client_id=rp", None, &post),
            ("client_id=rp&client_secret=s:e+%25", None, &Registration::default()),
            ("", Some("Basic %%%"), &basic),
            ("", Some("Bearer x"), &basic),
        ] {
            assert_eq!(check(body, header, registered), Err(OAuthError::InvalidClient), "{body} {header:?}");
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
        for bad in [
            with("iss", json!("other")),
            with("sub", json!("other")),
            with("aud", json!("https://id.example/oauth2/token")),
            with("aud", json!([ISSUER, "https://elsewhere.example"])),
            with("exp", json!(NOW)),
            with("exp", json!(NOW + MAX_LIFE + 1)),
            with("nbf", json!(NOW + 61)),
            with("iat", json!(NOW + 61)),
            with("jti", json!("")),
            with("jti", json!("j".repeat(129))),
            with("jti", Value::Null),
        ] {
            assert_eq!(send(&key, &header, &bad), Err(OAuthError::InvalidClient), "{bad}");
        }
        for bad in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({ "alg": "ES256", "kid": "k2" }),
            json!({ "alg": "ES256", "typ": "dpop+jwt" }),
        ] {
            assert_eq!(send(&key, &bad, &claims), Err(OAuthError::InvalidClient), "{bad}");
        }
        assert_eq!(send(&other, &header, &claims), Err(OAuthError::InvalidClient), "another key");
        let wrong_type = check("client_assertion_type=x&client_assertion=y", None, &registered);
        assert_eq!(wrong_type, Err(OAuthError::Malformed("client_assertion_type")));
    }
}
