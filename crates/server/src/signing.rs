//! The keys that sign tokens, and the tokens' signatures (JWS, ES256).

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Secret, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::secret::SigningKey;

/// Signs with the newest key and publishes all.
pub struct Signer {
    kid: String,
    key: EncodingKey,
    jwks: serde_json::Value,
}

/// A key could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key could not be made, read or used")]
pub struct SigningError;

/// A new P-256 key (RFC 7518, 6.2), with its thumbprint (RFC 7638) as key id.
pub fn new_key(now: Timestamp) -> Result<SigningKey, SigningError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| SigningError)?;
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).map_err(|_| SigningError)?;
    // An uncompressed point: 0x04, then x and y (SEC 1, 2.3.3).
    let (_, point) = pair.public_key().as_ref().split_first().ok_or(SigningError)?;
    let (x, y) = point.split_at_checked(32).ok_or(SigningError)?;
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let thumbprint = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(thumbprint.as_bytes()));
    let jwk = serde_json::json!({
        "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "use": "sig", "alg": "ES256",
    });
    Ok(SigningKey {
        kid,
        algorithm: "ES256".to_owned(),
        private: Secret::new(document.as_ref().to_vec()),
        public_jwk: jwk.to_string(),
        created_at: now,
    })
}

impl Signer {
    /// From the stored keys, newest first.
    pub fn new(keys: &[SigningKey]) -> Result<Self, SigningError> {
        let newest = keys.first().ok_or(SigningError)?;
        let read = |key: &SigningKey| serde_json::from_str(&key.public_jwk).map_err(|_| SigningError);
        let public: Result<Vec<serde_json::Value>, _> = keys.iter().map(read).collect();
        Ok(Self {
            kid: newest.kid.clone(),
            key: EncodingKey::from_ec_der(newest.private.expose()),
            jwks: serde_json::json!({ "keys": public? }),
        })
    }

    /// Signs claims.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SigningError> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| SigningError)
    }

    /// Signs a payload for another use than a token: `typ` says which.
    pub fn sign_as(&self, typ: &str, payload: &impl Serialize) -> Result<String, SigningError> {
        let header = Header { kid: Some(self.kid.clone()), typ: Some(typ.to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, payload, &self.key).map_err(|_| SigningError)
    }

    /// The public keys (RFC 7517, 5).
    pub fn jwks(&self) -> &serde_json::Value {
        &self.jwks
    }
}
