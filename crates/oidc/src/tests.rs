//! What the tests of several modules need: keys, signatures, the vectors.

use crate::jwk::PublicKey;
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PSS_SHA256, RsaKeyPair,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// `vectors/oauth-oidc-values.json`.
pub(crate) fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/oauth-oidc-values.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A key that signs.
pub(crate) struct Key(EcdsaKeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::of_sec1(self.0.public_key().as_ref()).unwrap()
    }

    pub(crate) fn sign(&self, header: &Value, payload: &[u8]) -> String {
        compact(self, header.to_string().as_bytes(), payload)
    }

    pub(crate) fn signature(&self, text: &[u8]) -> Vec<u8> {
        self.0.sign(&SystemRandom::new(), text).unwrap().as_ref().to_vec()
    }
}

/// An RSA key that signs by PS256.
pub(crate) struct PssKey(RsaKeyPair);

impl PssKey {
    pub(crate) fn new() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn jwk(&self) -> Value {
        // RSAPublicKey of RFC 8017, A.1.1: 0x30 and the length in three octets; 0x02, the length in three octets, a
        // zero, n (256 octets); 0x02, one octet of length, e.
        let der = self.0.public_key().as_ref();
        let part = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        json!({ "kty": "RSA", "n": part(&der[9..265]), "e": part(&der[267..]) })
    }

    pub(crate) fn signature(&self, text: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
        signature
    }
}

/// A key on Curve25519 that signs.
pub(crate) struct EdKey(Ed25519KeyPair);

impl EdKey {
    pub(crate) fn new() -> Self {
        Self(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref()) })
    }

    pub(crate) fn signature(&self, text: &[u8]) -> Vec<u8> {
        self.0.sign(text).as_ref().to_vec()
    }
}

/// A compact JWS by whatever signs.
pub(crate) fn signed(header: &Value, payload: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(sign(text.as_bytes())))
}

/// A compact JWS of any header and payload.
pub(crate) fn compact(key: &Key, header: &[u8], payload: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = key.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
