//! Who sends: the VAPID header (RFC 8292), signed by the one key of the installation that phones subscribed for.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Secret, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::time::Duration;

/// How long a token is good for; RFC 8292, 2 allows 24 hours. Half of it leaves room for clocks that differ.
const LIFE: Duration = Duration::from_secs(12 * 3600);

/// A key could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key that signs pushes could not be made, read or used")]
pub struct VapidError;

/// The key, and whom a push service may write to about it.
pub struct Vapid {
    private: EncodingKey,
    public: String,
    contact: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

impl Vapid {
    /// A new key (PKCS #8), to be kept.
    pub fn new_key() -> Result<Secret<Vec<u8>>, VapidError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Ok(Secret::new(document.map_err(|_| VapidError)?.as_ref().to_vec()))
    }

    /// From a kept key.
    pub fn new(pkcs8: &Secret<Vec<u8>>, contact: &str) -> Result<Self, VapidError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.expose());
        let public = pair.map_err(|_| VapidError)?.public_key().as_ref().to_vec();
        Ok(Self {
            private: EncodingKey::from_ec_der(pkcs8.expose()),
            public: URL_SAFE_NO_PAD.encode(public),
            contact: contact.to_owned(),
        })
    }

    /// The public key as subscriptions name it: base64url of the uncompressed point (RFC 8292, 3.2).
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The `Authorization` header for a push service, which is named by the origin of the endpoint (RFC 8292, 3).
    pub fn authorization(&self, origin: &str, now: Timestamp) -> Result<String, VapidError> {
        let claims = Claims { aud: origin, exp: now.plus(LIFE).unix_seconds(), sub: &self.contact };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.private);
        Ok(format!("vapid t={},k={}", token.map_err(|_| VapidError)?, self.public))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::{Value, json};

    /// Token and key of a header: signed text, signature, public key.
    fn parts(header: &str) -> (&str, Vec<u8>, Vec<u8>) {
        let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(',').unwrap();
        let key = key.trim_start().strip_prefix("k=").unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        (text, URL_SAFE_NO_PAD.decode(signature).unwrap(), URL_SAFE_NO_PAD.decode(key).unwrap())
    }

    fn holds(header: &str) -> bool {
        let (text, signature, key) = parts(header);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(text.as_bytes(), &signature).is_ok()
    }

    /// RFC 8292, 2.4. A signature by ECDSA differs each time; what is signed does not.
    #[test]
    fn what_is_signed_is_as_the_rfc_has_it() {
        let path = format!("{}/../../vectors/vapid-rfc8292.json", env!("CARGO_MANIFEST_DIR"));
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let theirs = vector["authorization"].as_str().unwrap();
        let claims = &vector["claims"];
        let vapid = Vapid::new(&Vapid::new_key().unwrap(), claims["sub"].as_str().unwrap()).unwrap();
        let exp = Timestamp::from_unix_seconds(claims["exp"].as_i64().unwrap());
        let ours = vapid.authorization(claims["aud"].as_str().unwrap(), exp.minus(LIFE)).unwrap();
        assert_eq!(parts(&ours).0, parts(theirs).0);
        assert_eq!((parts(&ours).1.len(), parts(&ours).2.len()), (64, 65));
        assert!(holds(&ours) && holds(theirs));
        let foreign = format!("{},k={}", ours.split_once(',').unwrap().0, vector["public_key"].as_str().unwrap());
        assert!(!holds(&foreign), "by our own key and no other");
    }

    #[test]
    fn a_kept_key_is_the_same_key() {
        let kept = Vapid::new_key().unwrap();
        let (one, other) = (Vapid::new(&kept, "mailto:a@b.c").unwrap(), Vapid::new(&kept, "mailto:a@b.c").unwrap());
        assert_eq!(one.public(), other.public());
        assert!(Vapid::new(&Secret::new(vec![1, 2, 3]), "mailto:a@b.c").is_err());
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let header = one.authorization("https://push.example", now).unwrap();
        let payload = parts(&header).0.split_once('.').unwrap().1;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let wanted = json!({ "aud": "https://push.example", "exp": 1_700_000_000 + 43_200, "sub": "mailto:a@b.c" });
        assert_eq!(claims, wanted);
    }
}
