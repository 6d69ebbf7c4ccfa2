//! Public keys of credentials as authenticators write them (RFC 9052, 7; RFC 9053, 2 and 7; RFC 8230, 4).

use super::WebauthnError;
use crate::jwk::PublicKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use minicbor::{Decoder, data::Type};
use serde_json::{Value, json};

/// Fewest octets of an RSA modulus: 2048 bits. At most 4096: what is more only costs time.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;

/// A credential's public key, of one of [`super::ALGORITHMS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// ECDSA over P-256 with SHA-256.
    Es256(PublicKey),
    /// Ed25519.
    EdDsa([u8; 32]),
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256 {
        /// The modulus, big-endian.
        n: Vec<u8>,
        /// The exponent, big-endian.
        e: Vec<u8>,
    },
}

/// Members of a `COSE_Key` that matter here.
#[derive(Default)]
struct Members<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    curve: Option<i64>,
    /// `n` of RSA.
    first: Option<&'a [u8]>,
    /// `x`, or `e` of RSA.
    second: Option<&'a [u8]>,
    /// `y`.
    third: Option<&'a [u8]>,
}

impl Key {
    /// Reads a `COSE_Key`, and how many octets it takes: extensions may follow.
    ///
    /// # Errors
    /// [`WebauthnError::Algorithm`] for a key of another kind, [`WebauthnError::Malformed`] for what is none.
    pub fn read(octets: &[u8]) -> Result<(Self, usize), WebauthnError> {
        let mut decoder = Decoder::new(octets);
        let members = Members::read(&mut decoder).map_err(|_| WebauthnError::Malformed)?;
        Ok((Self::of(&members)?, decoder.position()))
    }

    /// The key as a JWK (RFC 7517), for whoever verifies without us.
    pub fn jwk(&self) -> Value {
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        match self {
            Self::Es256(key) => key.jwk(),
            Self::EdDsa(x) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(x) }),
            Self::Rs256 { n, e } => json!({ "kty": "RSA", "n": text(n), "e": text(e) }),
        }
    }

    fn of(members: &Members<'_>) -> Result<Self, WebauthnError> {
        let Members { kty, alg, curve, first, second, third } = *members;
        let half = |octets: Option<&[u8]>| {
            octets.and_then(|octets| <[u8; 32]>::try_from(octets).ok()).ok_or(WebauthnError::Malformed)
        };
        match (kty, alg, curve) {
            (Some(2), Some(-7), Some(1)) => PublicKey::of_coordinates(half(second)?, half(third)?)
                .map(Self::Es256)
                .map_err(|_| WebauthnError::Malformed),
            (Some(1), Some(-8), Some(6)) => half(second).map(Self::EdDsa),
            (Some(3), Some(-257), None) => {
                let (Some(n), Some(e)) = (first, second) else { return Err(WebauthnError::Malformed) };
                let fits = MODULUS.contains(&n.len()) && (1..=4).contains(&e.len());
                if fits { Ok(Self::Rs256 { n: n.to_vec(), e: e.to_vec() }) } else { Err(WebauthnError::Malformed) }
            }
            (Some(_), Some(_), _) => Err(WebauthnError::Algorithm),
            _ => Err(WebauthnError::Malformed),
        }
    }

    /// Checks a signature.
    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), WebauthnError> {
        let holds = match self {
            Self::Es256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.sec1()).verify(signed, signature),
            Self::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(signed, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
        };
        holds.map_err(|_| WebauthnError::Signature)
    }
}

impl<'a> Members<'a> {
    fn read(decoder: &mut Decoder<'a>) -> Result<Self, minicbor::decode::Error> {
        let mut found = Self::default();
        let count = decoder.map()?.ok_or_else(|| minicbor::decode::Error::message("a map of unknown length"))?;
        for _ in 0..count {
            match decoder.i64()? {
                1 => found.kty = Some(decoder.i64()?),
                3 => found.alg = Some(decoder.i64()?),
                -1 if decoder.datatype()? == Type::Bytes => found.first = Some(decoder.bytes()?),
                -1 => found.curve = Some(decoder.i64()?),
                -2 => found.second = Some(decoder.bytes()?),
                -3 => found.third = Some(decoder.bytes()?),
                _ => decoder.skip()?,
            }
        }
        Ok(found)
    }
}
