//! Public keys by which clients prove themselves: P-256 (ES256), RSA (PS256) and Ed25519 (EdDSA), as FAPI 2.0 allows
//! (Security Profile, 5.4.1). A key has one algorithm; the header of what it signed has no say in it.

use crate::jwk::{JwkError, PublicKey, RsaKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Every `alg` of a client's signature. `Ed25519` is the fully specified name of `EdDSA` (RFC 9864).
pub const ALGORITHMS: &[&str] = &["ES256", "PS256", "EdDSA", "Ed25519"];

/// Octets of an RSA modulus: 2048 to 4096 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;
/// Most keys of a set that are looked at.
pub const MOST_KEYS: usize = 32;

/// Why a client's key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientKeyError {
    /// What is wrong with keys of any kind, or with one of P-256.
    #[error(transparent)]
    Jwk(#[from] JwkError),
    /// Another kind of key.
    #[error("kty must be EC (P-256), RSA or OKP (Ed25519)")]
    Kind,
    /// `alg` names an algorithm that this key does not sign by.
    #[error("alg must be ES256 for EC, PS256 for RSA, EdDSA or Ed25519 for OKP")]
    Algorithm,
    /// `use` or `key_ops` say that it is for something else.
    #[error("the key is not for signatures")]
    Use,
    /// A modulus that is too short, too long or no number.
    #[error("n must have 2048 to 4096 bits, and e must be an odd number of at most 4 octets above 1")]
    Rsa,
    /// Not the base64url of 32 octets.
    #[error("crv must be Ed25519 and x must be 32 octets")]
    Ed25519,
}

/// A public key of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientKey {
    /// ES256.
    P256(PublicKey),
    /// PS256.
    Rsa {
        /// The modulus, big-endian.
        n: Vec<u8>,
        /// The exponent, big-endian.
        e: Vec<u8>,
    },
    /// EdDSA on Curve25519.
    Ed25519([u8; 32]),
}

impl ClientKey {
    /// Reads a JWK.
    pub fn of(value: &Value) -> Result<Self, ClientKeyError> {
        let Value::Object(members) = value else { return Err(JwkError::NotAnObject.into()) };
        if crate::jwk::is_private(members) {
            return Err(JwkError::Private.into());
        }
        for_signatures(members)?;
        let key = match text(members, "kty") {
            Some("EC") => Self::P256(PublicKey::of(value)?),
            Some("RSA") => rsa(value)?,
            Some("OKP") => ed25519(members)?,
            _ => return Err(ClientKeyError::Kind),
        };
        match members.get("alg") {
            None => Ok(key),
            Some(Value::String(alg)) if key.signs_by(alg) => Ok(key),
            Some(_) => Err(ClientKeyError::Algorithm),
        }
    }

    /// Whether this is the algorithm of the key.
    pub fn signs_by(&self, alg: &str) -> bool {
        match self {
            Self::P256(_) => alg == "ES256",
            Self::Rsa { .. } => alg == "PS256",
            Self::Ed25519(_) => alg == "EdDSA" || alg == "Ed25519",
        }
    }

    /// Whether a signature is this key's over these octets.
    pub(crate) fn holds(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.sec1()).verify(signed, signature),
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, signed, signature),
            Self::Ed25519(x) => UnparsedPublicKey::new(&ED25519, x).verify(signed, signature),
        }
        .is_ok()
    }
}

/// The keys of a JWK set that clients sign by (RFC 7517, 5: others are not minded), as they are written.
///
/// None when the text is no set, or when it holds no such key.
pub fn of_set(text: &str) -> Option<Vec<Value>> {
    let mut set: Value = serde_json::from_str(text).ok()?;
    let Value::Array(keys) = set.get_mut("keys")?.take() else { return None };
    let keys: Vec<_> = keys.into_iter().filter(|key| ClientKey::of(key).is_ok()).take(MOST_KEYS).collect();
    (!keys.is_empty()).then_some(keys)
}

fn for_signatures(members: &Map<String, Value>) -> Result<(), ClientKeyError> {
    let signs = members.get("use").is_none_or(|usage| usage == "sig");
    let verifies = members
        .get("key_ops")
        .is_none_or(|operations| operations.as_array().is_some_and(|list| list.iter().any(|one| one == "verify")));
    if signs && verifies { Ok(()) } else { Err(ClientKeyError::Use) }
}

fn rsa(value: &Value) -> Result<ClientKey, ClientKeyError> {
    let RsaKey { n, e } = RsaKey::of(value).ok_or(ClientKeyError::Rsa)?;
    let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    let exact = n.first().is_some_and(|first| *first != 0) && MODULUS.contains(&n.len()) && odd(&n);
    let small = (1..=4).contains(&e.len()) && e.first().is_some_and(|first| *first != 0) && odd(&e) && e != [1];
    if exact && small { Ok(ClientKey::Rsa { n, e }) } else { Err(ClientKeyError::Rsa) }
}

fn ed25519(members: &Map<String, Value>) -> Result<ClientKey, ClientKeyError> {
    let octets = text(members, "x").and_then(|x| URL_SAFE_NO_PAD.decode(x).ok()?.try_into().ok());
    match (text(members, "crv"), octets) {
        (Some("Ed25519"), Some(octets)) => Ok(ClientKey::Ed25519(octets)),
        _ => Err(ClientKeyError::Ed25519),
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        jws::{JwsError, Unverified},
        tests::{EdKey, Key, PssKey, signed},
    };
    use serde_json::json;

    fn check(jws: &str, key: &Value) -> Result<(), JwsError> {
        let key = ClientKey::of(key).unwrap();
        Unverified::parse_of_client(jws)?.verify_client(&key, &[None]).map(|_| ())
    }

    #[test]
    fn each_kind_of_key_verifies_its_own_algorithm_and_no_other() {
        let (p256, rsa, ed) = (Key::new(), PssKey::new(), EdKey::new());
        let keys = [p256.public().jwk(), rsa.jwk(), ed.jwk()];
        let sign = |alg: &str, by: usize| {
            signed(&json!({ "alg": alg }), b"{}", |text| match by {
                0 => p256.signature(text),
                1 => rsa.signature(text),
                _ => ed.signature(text),
            })
        };
        for (alg, owner) in [("ES256", 0), ("PS256", 1), ("EdDSA", 2), ("Ed25519", 2)] {
            for (by, key) in keys.iter().enumerate() {
                assert_eq!(check(&sign(alg, owner), key).is_ok(), by == owner, "{alg} by {key}");
            }
        }
        for alg in ["none", "HS256", "RS256", "PS384", "es256", "Ed448"] {
            for (by, key) in keys.iter().enumerate() {
                assert_eq!(check(&sign(alg, by), key), Err(JwsError::ClientAlgorithm), "{alg}");
            }
        }
        assert_eq!(check(&sign("PS256", 0), &keys[0]), Err(JwsError::ClientAlgorithm), "the key says how");
        let brings = signed(&json!({ "alg": "EdDSA", "jwk": ed.jwk() }), b"{}", |text| ed.signature(text));
        assert_eq!(check(&brings, &keys[2]), Err(JwsError::BringsKey));
    }

    #[test]
    fn what_is_no_key_for_signatures_is_refused_for_its_reason() {
        let (p256, rsa, ed) = (Key::new().public().jwk(), PssKey::new().jwk(), EdKey::new().jwk());
        let with = |key: &Value, name: &str, to: Value| {
            let mut key = key.clone();
            key[name] = to;
            ClientKey::of(&key).map(|_| ())
        };
        for (key, alg) in [(&p256, "ES256"), (&rsa, "PS256"), (&ed, "EdDSA"), (&ed, "Ed25519")] {
            assert_eq!(with(key, "alg", json!(alg)), Ok(()));
            assert_eq!(with(key, "use", json!("sig")), Ok(()));
            assert_eq!(with(key, "key_ops", json!(["verify"])), Ok(()));
            assert_eq!(with(key, "use", json!("enc")), Err(ClientKeyError::Use));
            assert_eq!(with(key, "key_ops", json!(["encrypt"])), Err(ClientKeyError::Use));
            assert_eq!(with(key, "d", json!("AA")), Err(JwkError::Private.into()));
            assert_eq!(with(key, "kty", json!("oct")), Err(ClientKeyError::Kind));
        }
        assert_eq!(with(&rsa, "alg", json!("RS256")), Err(ClientKeyError::Algorithm));
        assert_eq!(with(&ed, "alg", json!("ES256")), Err(ClientKeyError::Algorithm));
        assert_eq!(with(&p256, "alg", json!("ECDH-ES")), Err(ClientKeyError::Algorithm));
        assert_eq!(with(&p256, "alg", json!("PS256")), Err(JwkError::Algorithm.into()));
        assert_eq!(with(&p256, "crv", json!("P-384")), Err(JwkError::Curve.into()));
        for n in ["", "AQAB", &URL_SAFE_NO_PAD.encode([0xff; 255]), &URL_SAFE_NO_PAD.encode([0xff; 513])] {
            assert_eq!(with(&rsa, "n", json!(n)), Err(ClientKeyError::Rsa), "{n}");
        }
        for e in ["", "AQ", "Ag", "AAEAAQ==", "AQAAAAE"] {
            assert_eq!(with(&rsa, "e", json!(e)), Err(ClientKeyError::Rsa), "{e}");
        }
        assert_eq!(with(&ed, "crv", json!("X25519")), Err(ClientKeyError::Ed25519));
        assert_eq!(with(&ed, "x", json!("AAAA")), Err(ClientKeyError::Ed25519));
    }

    #[test]
    fn of_a_set_only_what_signs_counts() {
        let (p256, mut other) = (Key::new().public().jwk(), EdKey::new().jwk());
        other["use"] = json!("enc");
        let set = |keys: Value| of_set(&json!({ "keys": keys }).to_string()).map(|keys| keys.len());
        assert_eq!(set(json!([p256, other, { "kty": "new" }])), Some(1));
        assert_eq!(set(json!([other])), None);
        assert_eq!(set(json!([])), None);
        assert_eq!(set(json!(vec![p256.clone(); 40])), Some(MOST_KEYS));
        for text in ["", "[]", "{}", "{\"keys\":1}", &p256.to_string()] {
            assert_eq!(of_set(text), None, "{text}");
        }
    }
}
