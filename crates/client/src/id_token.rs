//! Verifying an ID token (OpenID Connect Core 1.0, 3.1.3.7): nobody is signed in before this says so.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

/// Seconds by which the two clocks may differ.
const LEEWAY: u64 = 60;

/// The values that a token must hold.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// `iss`, exactly.
    pub issuer: &'a str,
    /// In `aud`, and `azp` when there is one.
    pub client_id: &'a str,
    /// Unix seconds; `exp` is not before it.
    pub now: u64,
}

/// The claims of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTokenClaims(Map<String, Value>);

impl IdTokenClaims {
    /// All claims.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A claim that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}

/// Why an ID token does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// The token answer had none.
    #[error("there is none")]
    Missing,
    /// Not a JWT signed with ES256.
    #[error("it is not a JWT signed with ES256")]
    Form,
    /// The server publishes no such key.
    #[error("the server publishes no key for it")]
    Key,
    /// The signature, issuer or audience is wrong.
    #[error("its signature, issuer or audience is wrong")]
    Content,
    /// It is over.
    #[error("it has expired")]
    Expired,
}

/// Verifies signature (ES256 by a key of `keys`), `iss`, `aud`, `azp` and `exp`.
///
/// ```
/// use countersign_client::id_token::{Expected, IdTokenError, verify};
/// use jsonwebtoken::jwk::JwkSet;
///
/// let expected = Expected { issuer: "https://login.example", client_id: "tws", now: 1_700_000_000 };
/// let keys = JwkSet { keys: Vec::new() };
/// assert_eq!(verify("no token", &keys, &expected), Err(IdTokenError::Form));
/// ```
///
/// # Errors
/// [`IdTokenError`], the first that applies.
pub fn verify(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<IdTokenClaims, IdTokenError> {
    let header = decode_header(token).map_err(|_| IdTokenError::Form)?;
    if header.alg != Algorithm::ES256 {
        return Err(IdTokenError::Form);
    }
    let jwk = match (&header.kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let key = jwk.and_then(|jwk| DecodingKey::from_jwk(jwk).ok()).ok_or(IdTokenError::Key)?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_issuer(&[expected.issuer]);
    rules.set_audience(&[expected.client_id]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // jsonwebtoken would read the system's clock itself.
    rules.validate_exp = false;
    let claims = decode::<Map<String, Value>>(token, &key, &rules).map_err(|_| IdTokenError::Content)?.claims;
    let foreign_party = claims.get("azp").is_some_and(|azp| azp != expected.client_id);
    let many = claims.get("aud").and_then(Value::as_array).is_some_and(|aud| aud.len() > 1);
    if foreign_party || (many && !claims.contains_key("azp")) {
        return Err(IdTokenError::Content);
    }
    match claims.get("exp").and_then(Value::as_u64) {
        Some(exp) if exp.saturating_add(LEEWAY) > expected.now => Ok(IdTokenClaims(claims)),
        Some(_) => Err(IdTokenError::Expired),
        None => Err(IdTokenError::Content),
    }
}
