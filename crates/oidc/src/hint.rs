//! ID tokens of our own that come back as hints (OpenID Connect Core, 3.1.2.1; RP-Initiated Logout, 2).

use crate::{jwk::PublicKey, jws::Unverified};
use serde::Deserialize;
use serde_json::Value;

/// What a hint says. An expired one still says whom it was about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hint {
    /// Who made it: us.
    pub iss: String,
    /// The user.
    pub sub: String,
    /// The client it was made for.
    pub aud: String,
    /// The session.
    #[serde(default)]
    pub sid: Option<String>,
}

/// Reads a hint: signed by one of the published keys (a JWK set), and ours. None otherwise.
pub fn read(jwt: &str, issuer: &str, jwks: &Value) -> Option<Hint> {
    let kid = Unverified::parse(jwt).ok()?.header().kid.clone()?;
    let keys = jwks.get("keys")?.as_array()?;
    let key = keys.iter().find(|key| key.get("kid").and_then(Value::as_str) == Some(&kid))?;
    let payload = Unverified::parse(jwt).ok()?.verify_any(&PublicKey::of(key).ok()?, &[None, Some("JWT")]).ok()?;
    let hint: Hint = serde_json::from_slice(&payload).ok()?;
    (hint.iss == issuer).then_some(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Key;
    use serde_json::json;

    #[test]
    fn only_our_own_id_tokens_are_hints() {
        let (key, other) = (Key::new(), Key::new());
        let mut jwk = key.public().jwk();
        jwk["kid"] = json!("k");
        let jwks = json!({ "keys": [jwk] });
        let claims = json!({ "iss": "https://id.example", "sub": "u", "aud": "rp", "exp": 1 });
        let read = |key: &Key, header: &Value, claims: &Value| {
            super::read(&key.sign(header, claims.to_string().as_bytes()), "https://id.example", &jwks)
        };
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": "k" });
        assert_eq!(read(&key, &header, &claims).map(|hint| hint.sub), Some("u".to_owned()));
        assert_eq!(read(&other, &header, &claims), None, "another key");
        assert_eq!(read(&key, &json!({ "alg": "ES256", "typ": "logout+jwt", "kid": "k" }), &claims), None);
        assert_eq!(read(&key, &json!({ "alg": "none", "kid": "k" }), &claims), None);
        assert_eq!(read(&key, &json!({ "alg": "HS256", "kid": "k" }), &claims), None);
        assert_eq!(read(&key, &header, &json!({ "iss": "https://e.example", "sub": "u", "aud": "rp" })), None);
    }
}
