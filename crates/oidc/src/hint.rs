//! ID tokens of our own that come back as hints (OpenID Connect Core, 3.1.2.1; RP-Initiated Logout, 2).

use crate::{
    client::SigningAlg,
    jwk::{PublicKey, RsaKey},
    jws::Unverified,
};
use serde::Deserialize;
use serde_json::Value;

/// What a hint says. An expired one still says whom it was about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hint {
    /// The issuer: always our own.
    pub iss: String,
    /// The user.
    pub sub: String,
    /// The client it was made for.
    pub aud: String,
    /// The session.
    #[serde(default)]
    pub sid: Option<String>,
}

/// Reads a hint: signed by one of these keys (a JWK set), and ours. None otherwise.
pub fn read(jwt: &str, issuer: &str, jwks: &Value) -> Option<Hint> {
    let keys = jwks.get("keys")?.as_array()?;
    // The key says how it signs, and the header has no say in it.
    let payload = keys.iter().find_map(|key| verified(jwt, key))?;
    let hint: Hint = serde_json::from_slice(&payload).ok()?;
    (hint.iss == issuer).then_some(hint)
}

fn verified(jwt: &str, key: &Value) -> Option<Vec<u8>> {
    let types = [None, Some("JWT")];
    let of_key =
        |jws: &Unverified<'_>| jws.header().kid.as_deref().is_some_and(|kid| key.get("kid") == Some(&kid.into()));
    if let Some(rsa) = RsaKey::of(key) {
        return Unverified::parse_as(jwt, SigningAlg::Rs256).ok().filter(of_key)?.verify_rsa(&rsa, &types).ok();
    }
    Unverified::parse(jwt).ok().filter(of_key)?.verify_any(&PublicKey::of(key).ok()?, &types).ok()
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

    #[test]
    fn an_rsa_key_verifies_its_own_algorithm_only() {
        use aws_lc_rs::{
            rand::SystemRandom,
            rsa::KeySize,
            signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
        };
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let (rsa, curve) = (RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), Key::new());
        // RSAPublicKey of RFC 8017, A.1.1: 0x30 and the length in three octets; 0x02, the length in three octets, a
        // zero, n (256 octets); 0x02, one octet of length, e.
        let der = rsa.public_key().as_ref();
        let part = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        let public = json!({ "kty": "RSA", "kid": "r", "n": part(&der[9..265]), "e": part(&der[267..]) });
        let mut point = curve.public().jwk();
        point["kid"] = json!("c");
        let jwks = json!({ "keys": [public, point] });
        let claims = json!({ "iss": "https://id.example", "sub": "u", "aud": "rp" }).to_string();
        let signed = |header: Value| {
            let text = format!("{}.{}", part(header.to_string().as_bytes()), part(claims.as_bytes()));
            let mut signature = vec![0; rsa.public_modulus_len()];
            rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
            format!("{text}.{}", part(&signature))
        };
        let read = |jwt: &str| super::read(jwt, "https://id.example", &jwks);
        assert!(read(&signed(json!({ "alg": "RS256", "kid": "r" }))).is_some());
        for header in [
            json!({ "alg": "ES256", "kid": "r" }),
            json!({ "alg": "RS256", "kid": "c" }),
            json!({ "alg": "PS256", "kid": "r" }),
            json!({ "alg": "RS256" }),
            json!({ "alg": "RS256", "kid": "r", "crit": ["x"] }),
        ] {
            assert_eq!(read(&signed(header.clone())), None, "{header}");
        }
        assert!(read(&curve.sign(&json!({ "alg": "ES256", "kid": "c" }), claims.as_bytes())).is_some());
        assert_eq!(read(&curve.sign(&json!({ "alg": "RS256", "kid": "r" }), claims.as_bytes())), None);
        assert_eq!(read(&curve.sign(&json!({ "alg": "ES256", "kid": "r" }), claims.as_bytes())), None);
    }
}
