//! Compact JSON Web Signatures (RFC 7515) by a key the verifier already knows: ES256, what client keys sign by besides
//! (PS256, Ed25519), and RS256 for what we signed.
//!
//! What a header could talk a verifier into (RFC 8725) has no way in: the algorithm is fixed, the key is an
//! argument, and a header that brings or names a key or an extension is refused.

use crate::{
    client::SigningAlg,
    client_key::{self, ClientKey},
    jwk::{JwkError, PublicKey, RsaKey},
};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// Longest JWS, in octets.
pub const MAX_OCTETS: usize = 16 * 1024;

/// Why a JWS is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than [`MAX_OCTETS`].
    #[error("the JWS is too long")]
    TooLong,
    /// Not three parts of base64url with a JSON header, or the payload is not the JSON it should be.
    #[error("the JWS is malformed")]
    Malformed,
    /// `alg` is not the one that the key is for.
    #[error("alg must be ES256")]
    Algorithm,
    /// `alg` is none by which clients sign.
    #[error("alg must be ES256, PS256 or EdDSA")]
    ClientAlgorithm,
    /// `typ` is not the one for this use.
    #[error("typ is missing or of another use")]
    Type,
    /// `crit` is there: no extension is understood.
    #[error("crit is not understood")]
    Critical,
    /// The header brings or names a key: `jwk`, `jku`, `x5c` or `x5u`.
    #[error("the header must not bring a key")]
    BringsKey,
    /// The key in the header is none that may be there.
    #[error(transparent)]
    Key(#[from] JwkError),
    /// The signature is not of this key over this text.
    #[error("the signature is wrong")]
    Signature,
}

/// A header. A member that is there twice is refused when it is read.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Header {
    /// The algorithm.
    #[serde(default)]
    pub alg: Option<String>,
    /// What the JWS is for.
    #[serde(default)]
    pub typ: Option<String>,
    /// Which of the known keys signed.
    #[serde(default)]
    pub kid: Option<String>,
    #[serde(default)]
    jwk: Option<Value>,
    #[serde(default)]
    jku: Option<Value>,
    #[serde(default)]
    x5c: Option<Value>,
    #[serde(default)]
    x5u: Option<Value>,
    #[serde(default)]
    crit: Option<Value>,
}

/// A JWS read but not yet verified.
pub struct Unverified<'a> {
    header: Header,
    payload: Vec<u8>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Reads a compact JWS, which must be signed by ES256, and checks what its header may say.
    pub fn parse(compact: &'a str) -> Result<Self, JwsError> {
        Self::parse_as(compact, SigningAlg::Es256)
    }

    /// Reads a compact JWS that must be signed in one way: the caller's, never the header's choice.
    pub(crate) fn parse_as(compact: &'a str, alg: SigningAlg) -> Result<Self, JwsError> {
        Self::read(compact).and_then(|jws| jws.signed_by(&[alg.name()], JwsError::Algorithm))
    }

    /// Reads a compact JWS of a client, by any of the algorithms that clients sign by. The key says which it is.
    pub fn parse_of_client(compact: &'a str) -> Result<Self, JwsError> {
        Self::read(compact).and_then(|jws| jws.signed_by(client_key::ALGORITHMS, JwsError::ClientAlgorithm))
    }

    fn signed_by(self, algorithms: &[&str], otherwise: JwsError) -> Result<Self, JwsError> {
        let known = self.header.alg.as_deref().is_some_and(|alg| algorithms.contains(&alg));
        if known { Ok(self) } else { Err(otherwise) }
    }

    fn read(compact: &'a str) -> Result<Self, JwsError> {
        if compact.len() > MAX_OCTETS {
            return Err(JwsError::TooLong);
        }
        let (signed, signature) = compact.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| JwsError::Malformed)?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        Ok(Self { header, payload: decode(payload)?, signed, signature: decode(signature)? })
    }

    /// The header, for choosing among known keys.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The key in the header, for the one use where it belongs there (RFC 9449, 4.2).
    pub(crate) fn header_key(&self) -> Result<PublicKey, JwsError> {
        Ok(PublicKey::of(self.header.jwk.as_ref().unwrap_or(&Value::Null))?)
    }

    /// The payload as JSON, not yet to be believed: only for finding out whose key to ask for.
    pub fn unverified_json<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        serde_json::from_slice(&self.payload).map_err(|_| JwsError::Malformed)
    }

    /// The payload, when this key signed it for this use.
    pub fn verify(self, key: &PublicKey, typ: &str) -> Result<Vec<u8>, JwsError> {
        self.verify_any(key, &[Some(typ)])
    }

    /// As [`Self::verify`], for uses that are older than explicit types: `None` stands for no `typ` at all.
    pub fn verify_any(self, key: &PublicKey, types: &[Option<&str>]) -> Result<Vec<u8>, JwsError> {
        if self.header.jwk.is_some() {
            return Err(JwsError::BringsKey);
        }
        self.verify_signature(key, types)
    }

    /// As [`Self::verify_any`], by a key of a client and by that key's algorithm only.
    pub fn verify_client(self, key: &ClientKey, types: &[Option<&str>]) -> Result<Vec<u8>, JwsError> {
        if self.header.jwk.is_some() {
            return Err(JwsError::BringsKey);
        }
        self.check_header(types)?;
        if !self.header.alg.as_deref().is_some_and(|alg| key.signs_by(alg)) {
            return Err(JwsError::ClientAlgorithm);
        }
        if key.holds(self.signed.as_bytes(), &self.signature) { Ok(self.payload) } else { Err(JwsError::Signature) }
    }

    /// As [`Self::verify_any`], by an RSA key.
    pub(crate) fn verify_rsa(self, key: &RsaKey, types: &[Option<&str>]) -> Result<Vec<u8>, JwsError> {
        if self.header.jwk.is_some() {
            return Err(JwsError::BringsKey);
        }
        self.check_header(types)?;
        RsaPublicKeyComponents { n: &key.n, e: &key.e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, self.signed.as_bytes(), &self.signature)
            .map_err(|_| JwsError::Signature)?;
        Ok(self.payload)
    }

    pub(crate) fn verify_signature(self, key: &PublicKey, types: &[Option<&str>]) -> Result<Vec<u8>, JwsError> {
        self.check_header(types)?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.sec1())
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| JwsError::Signature)?;
        Ok(self.payload)
    }

    fn check_header(&self, types: &[Option<&str>]) -> Result<(), JwsError> {
        if !types.contains(&self.header.typ.as_deref()) {
            return Err(JwsError::Type);
        }
        if self.header.jku.is_some() || self.header.x5c.is_some() || self.header.x5u.is_some() {
            return Err(JwsError::BringsKey);
        }
        Ok(())
    }
}

/// The payload of a compact JWS with this `typ`, when this key signed it.
///
/// ```
/// use aws_lc_rs::{rand::SystemRandom, signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _}};
/// use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
/// use oidc::{jwk::PublicKey, jws::{JwsError, verify}};
///
/// let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
/// let signed = format!("{}.{}", BASE64URL.encode(r#"{"alg":"ES256","typ":"x+jws"}"#), BASE64URL.encode("payload"));
/// let signature = pair.sign(&SystemRandom::new(), signed.as_bytes())?;
/// let jws = format!("{signed}.{}", BASE64URL.encode(signature));
///
/// let key = PublicKey::of_sec1(pair.public_key().as_ref())?;
/// assert_eq!(verify(&jws, &key, "x+jws").as_deref(), Ok(b"payload".as_slice()));
/// assert_eq!(verify(&jws, &key, "y+jws"), Err(JwsError::Type), "one use never passes for another");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(compact: &str, key: &PublicKey, typ: &str) -> Result<Vec<u8>, JwsError> {
    Unverified::parse(compact)?.verify(key, typ)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Key, compact};
    use proptest::prelude::*;
    use serde_json::json;

    fn check(key: &Key, header: &Value) -> Result<Vec<u8>, JwsError> {
        verify(&key.sign(header, b"{}"), &key.public(), "x+jws")
    }

    #[test]
    fn a_signature_is_taken_and_everything_else_is_not() {
        let key = Key::new();
        assert_eq!(check(&key, &json!({ "alg": "ES256", "typ": "x+jws", "kid": "k" })), Ok(b"{}".to_vec()));
        for (header, error) in [
            (json!({ "typ": "x+jws" }), JwsError::Algorithm),
            (json!({ "alg": "none", "typ": "x+jws" }), JwsError::Algorithm),
            (json!({ "alg": "HS256", "typ": "x+jws" }), JwsError::Algorithm),
            (json!({ "alg": "es256", "typ": "x+jws" }), JwsError::Algorithm),
            (json!({ "alg": "ES384", "typ": "x+jws" }), JwsError::Algorithm),
            (json!({ "alg": "ES256" }), JwsError::Type),
            (json!({ "alg": "ES256", "typ": "JWT" }), JwsError::Type),
            (json!({ "alg": "ES256", "typ": "x+jws", "crit": ["exp"], "exp": 1 }), JwsError::Critical),
            (json!({ "alg": "ES256", "typ": "x+jws", "jwk": key.public().jwk() }), JwsError::BringsKey),
            (json!({ "alg": "ES256", "typ": "x+jws", "jku": "https://e.example" }), JwsError::BringsKey),
            (json!({ "alg": "ES256", "typ": "x+jws", "x5u": "https://e.example" }), JwsError::BringsKey),
            (json!({ "alg": "ES256", "typ": "x+jws", "x5c": ["AAAA"] }), JwsError::BringsKey),
            (json!({ "alg": ["ES256"], "typ": "x+jws" }), JwsError::Malformed),
            (json!("ES256"), JwsError::Malformed),
        ] {
            assert_eq!(check(&key, &header), Err(error), "{header}");
        }
        let twice = compact(&key, br#"{"alg":"ES256","alg":"ES256","typ":"x+jws"}"#, b"{}");
        assert_eq!(verify(&twice, &key.public(), "x+jws"), Err(JwsError::Malformed));
    }

    #[test]
    fn another_key_and_every_flipped_character_are_refused() {
        let key = Key::new();
        let good = key.sign(&json!({ "alg": "ES256", "typ": "x+jws" }), b"{\"a\":1}");
        assert!(verify(&good, &key.public(), "x+jws").is_ok());
        assert_eq!(verify(&good, &Key::new().public(), "x+jws"), Err(JwsError::Signature));
        for at in 0..good.len() {
            let mut bad = good.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            assert!(verify(std::str::from_utf8(&bad).unwrap(), &key.public(), "x+jws").is_err(), "at {at}");
        }
        let (signed, signature) = good.rsplit_once('.').unwrap();
        for bad in [
            signed.to_owned(),
            format!("{signed}."),
            format!("{good}=="),
            format!("{good}."),
            format!("{good}.{signature}"),
            format!("{signed}.{}", signature.split_at(84).0),
            String::new(),
            "..".to_owned(),
        ] {
            assert!(verify(&bad, &key.public(), "x+jws").is_err(), "{bad}");
        }
        assert_eq!(verify(&"a".repeat(MAX_OCTETS + 1), &key.public(), "x+jws"), Err(JwsError::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[A-Za-z0-9_.-]{0,200}") {
            prop_assert!(Unverified::parse(&text).is_err());
        }
    }
}
