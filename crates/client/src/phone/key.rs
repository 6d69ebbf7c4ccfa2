//! The phone's signing key: DPoP proofs (RFC 9449) and signed bodies (RFC 7515), ES256.

use super::PhoneError;
use aws_lc_rs::{
    rand::{self, SystemRandom},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jwk::PublicKey;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A P-256 key that signs.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public.thumbprint())
    }
}

impl SigningKey {
    /// A new key, and its PKCS #8 for keeping.
    ///
    /// # Errors
    /// [`PhoneError::Key`] when this machine makes none.
    pub fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), PhoneError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| PhoneError::Key)?;
        let pkcs8 = Zeroizing::new(document.as_ref().to_vec());
        Ok((Self::read(&pkcs8)?, pkcs8))
    }

    /// A kept key.
    ///
    /// # Errors
    /// [`PhoneError::Key`] when it is none.
    pub fn read(pkcs8: &[u8]) -> Result<Self, PhoneError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| PhoneError::Key)?;
        let public = PublicKey::of_sec1(pair.public_key().as_ref()).map_err(|_| PhoneError::Key)?;
        Ok(Self { pair, public })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A compact JWS over a payload, for one use.
    ///
    /// ```
    /// use countersign_client::phone::SigningKey;
    /// use serde_json::json;
    ///
    /// let (key, pkcs8) = SigningKey::generate()?;
    /// let jws = SigningKey::read(&pkcs8)?.sign("x+jws", &json!({ "a": 1 }))?;
    /// assert_eq!(oidc::jws::verify(&jws, key.public(), "x+jws").as_deref(), Ok(b"{\"a\":1}".as_slice()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PhoneError::Key`] when it cannot sign.
    pub fn sign(&self, typ: &str, payload: &impl Serialize) -> Result<String, PhoneError> {
        self.compact(&json!({ "alg": "ES256", "typ": typ }), payload)
    }

    /// A DPoP proof for one request. `now` is Unix seconds by the server's clock.
    ///
    /// ```
    /// use countersign_client::phone::SigningKey;
    /// use oidc::dpop::{Expected, verify};
    /// use std::time::Duration;
    ///
    /// let (key, _) = SigningKey::generate()?;
    /// let url = "https://login.example/api/phone/v1/confirmations";
    /// let proof = key.proof("GET", url, Some("token"), 1_700_000_000)?;
    /// let expected = Expected {
    ///     method: "GET", url, now: 1_700_000_000, window: Duration::from_secs(60), access_token: Some("token"), nonce: None,
    /// };
    /// assert_eq!(verify(&proof, &expected)?.jkt, key.public().thumbprint());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`PhoneError::Key`] when it cannot sign.
    pub fn proof(&self, method: &str, url: &str, token: Option<&str>, now: u64) -> Result<String, PhoneError> {
        let mut jti = [0_u8; 16];
        rand::fill(&mut jti).map_err(|_| PhoneError::Key)?;
        let mut claims = json!({ "jti": URL_SAFE_NO_PAD.encode(jti), "htm": method, "htu": url, "iat": now });
        if let (Some(token), Value::Object(claims)) = (token, &mut claims) {
            claims.insert("ath".to_owned(), oidc::dpop::ath(token).into());
        }
        self.compact(&json!({ "alg": "ES256", "typ": oidc::dpop::TYP, "jwk": self.public.jwk() }), &claims)
    }

    fn compact(&self, header: &Value, payload: &impl Serialize) -> Result<String, PhoneError> {
        let payload = serde_json::to_vec(payload).map_err(|_| PhoneError::Key)?;
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| PhoneError::Key)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}
