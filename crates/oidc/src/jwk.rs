//! Public keys of the P-256 curve as JSON Web Keys (RFC 7517; RFC 7518, 6.2), and their thumbprints (RFC 7638).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Longest JSON text of a key, in octets.
pub const MAX_OCTETS: usize = 2048;

/// Members that hold a private or symmetric key (RFC 7518, 6.2.2, 6.3.2, 6.4).
const PRIVATE: [&str; 8] = ["d", "k", "p", "q", "dp", "dq", "qi", "oth"];

/// A point of P-256, checked to be on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

/// Why a JWK is not a public P-256 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Longer than [`MAX_OCTETS`].
    #[error("the key is too long")]
    TooLong,
    /// Not a JSON object.
    #[error("the key is not a JSON object")]
    NotAnObject,
    /// It holds a private or symmetric key, which should not have been sent.
    #[error("the key is not public")]
    Private,
    /// `kty` is not `EC`.
    #[error("kty must be EC")]
    KeyType,
    /// `crv` is not `P-256`.
    #[error("crv must be P-256")]
    Curve,
    /// `alg` is there and names an algorithm of another kind of key.
    #[error("alg must be ES256 or one of ECDH-ES")]
    Algorithm,
    /// `x` or `y` is not the base64url of 32 octets.
    #[error("x and y must be 32 octets each")]
    Coordinate,
    /// The point is not on the curve.
    #[error("the point is not on the curve")]
    NotOnCurve,
}

impl PublicKey {
    /// Reads a key's JSON text.
    ///
    /// ```
    /// use oidc::jwk::{JwkError, PublicKey};
    ///
    /// let key = PublicKey::parse(
    ///     r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#,
    /// )?;
    /// assert_eq!(PublicKey::of(&key.jwk()), Ok(key));
    /// assert_eq!(PublicKey::of_sec1(&key.sec1()), Ok(key));
    /// let private = r#"{"kty":"EC","crv":"P-256","d":"AAAA"}"#;
    /// assert_eq!(PublicKey::parse(private), Err(JwkError::Private), "it should not have been sent");
    /// # Ok::<(), JwkError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, JwkError> {
        if text.len() > MAX_OCTETS {
            return Err(JwkError::TooLong);
        }
        let value: Value = serde_json::from_str(text).map_err(|_| JwkError::NotAnObject)?;
        Self::of(&value)
    }

    /// Reads a key.
    pub fn of(value: &Value) -> Result<Self, JwkError> {
        let Value::Object(members) = value else { return Err(JwkError::NotAnObject) };
        if is_private(members) {
            return Err(JwkError::Private);
        }
        if text(members, "kty") != Some("EC") {
            return Err(JwkError::KeyType);
        }
        if text(members, "crv") != Some("P-256") {
            return Err(JwkError::Curve);
        }
        if members.contains_key("alg")
            && !text(members, "alg").is_some_and(|alg| alg == "ES256" || alg.starts_with("ECDH-ES"))
        {
            return Err(JwkError::Algorithm);
        }
        Self::of_coordinates(coordinate(members, "x")?, coordinate(members, "y")?)
    }

    /// A key of its point's coordinates, big-endian.
    pub fn of_coordinates(x: [u8; 32], y: [u8; 32]) -> Result<Self, JwkError> {
        let key = Self { x, y };
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.sec1()).map_err(|_| JwkError::NotOnCurve)?;
        Ok(key)
    }

    /// A key of its uncompressed point.
    pub fn of_sec1(octets: &[u8]) -> Result<Self, JwkError> {
        let (Some((4, point)), 65) = (octets.split_first(), octets.len()) else { return Err(JwkError::Coordinate) };
        let (x, y) = point.split_at(32);
        let octets = |half: &[u8]| half.try_into().map_err(|_| JwkError::Coordinate);
        Self::of_coordinates(octets(x)?, octets(y)?)
    }

    /// The uncompressed point: 0x04, then x and y (SEC 1, 2.3.3).
    pub fn sec1(&self) -> [u8; 65] {
        let mut octets = [4; 65];
        let (x, y) = octets.split_at_mut(33);
        x.iter_mut().skip(1).zip(self.x).for_each(|(to, from)| *to = from);
        y.iter_mut().zip(self.y).for_each(|(to, from)| *to = from);
        octets
    }

    /// The key as a JWK with its required members only.
    pub fn jwk(&self) -> Value {
        let (x, y) = self.text();
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    /// The SHA-256 thumbprint (RFC 7638, 3), base64url: a key id, and `jkt` of RFC 9449.
    ///
    /// ```
    /// # use oidc::jwk::{PublicKey, is_thumbprint};
    /// # let key = PublicKey::parse(
    /// #     r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#,
    /// # )?;
    /// let thumbprint = key.thumbprint();
    /// assert_eq!(thumbprint.len(), 43);
    /// assert!(is_thumbprint(&thumbprint));
    /// # Ok::<(), oidc::jwk::JwkError>(())
    /// ```
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.thumbprint_octets())
    }

    /// The thumbprint's 32 octets.
    pub fn thumbprint_octets(&self) -> [u8; 32] {
        let (x, y) = self.text();
        Sha256::digest(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)).into()
    }

    fn text(&self) -> (String, String) {
        (URL_SAFE_NO_PAD.encode(self.x), URL_SAFE_NO_PAD.encode(self.y))
    }
}

/// Whether members of a key are such that nobody else should have seen.
pub(crate) fn is_private(members: &Map<String, Value>) -> bool {
    PRIVATE.iter().any(|name| members.contains_key(*name))
}

/// An RSA key, as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RsaKey {
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
}

impl RsaKey {
    /// Reads a key (RFC 7518, 6.3.1).
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let members = value.as_object().filter(|members| text(members, "kty") == Some("RSA"))?;
        let number = |name| URL_SAFE_NO_PAD.decode(text(members, name)?).ok();
        Some(Self { n: number("n")?, e: number("e")? })
    }
}

/// Whether a text has the form of a SHA-256 thumbprint, as `dpop_jkt` must (RFC 9449, 10).
pub fn is_thumbprint(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|octets| octets.len() == 32)
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

fn coordinate(members: &Map<String, Value>, name: &str) -> Result<[u8; 32], JwkError> {
    let octets = URL_SAFE_NO_PAD.decode(text(members, name).ok_or(JwkError::Coordinate)?);
    octets.ok().and_then(|octets| octets.try_into().ok()).ok_or(JwkError::Coordinate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published() -> (Value, String) {
        let vectors = crate::tests::vectors();
        let of = vectors["jwk_thumbprints"].as_array().unwrap().iter().find(|v| v["jwk"]["kty"] == "EC").unwrap();
        (of["jwk"].clone(), of["thumbprint"].as_str().unwrap().to_owned())
    }

    #[test]
    fn the_published_thumbprint() {
        let (jwk, thumbprint) = published();
        let key = PublicKey::of(&jwk).unwrap();
        assert_eq!(key.thumbprint(), thumbprint);
        assert_eq!(PublicKey::of(&key.jwk()), Ok(key));
        assert_eq!(PublicKey::of_sec1(&key.sec1()), Ok(key));
        assert_eq!(PublicKey::parse(&jwk.to_string()), Ok(key));
        assert!(is_thumbprint(&thumbprint) && !is_thumbprint(&thumbprint.replace('0', "")));
    }

    #[test]
    fn every_change_is_refused_for_its_reason() {
        let (jwk, _) = published();
        let with = |name: &str, value: Value| {
            let mut changed = jwk.clone();
            changed[name] = value;
            PublicKey::of(&changed).map(|_| ())
        };
        for private in PRIVATE {
            assert_eq!(with(private, json!("AAAA")), Err(JwkError::Private), "{private}");
        }
        assert_eq!(with("kty", json!("RSA")), Err(JwkError::KeyType));
        assert_eq!(with("kty", json!("ec")), Err(JwkError::KeyType));
        assert_eq!(with("crv", json!("P-384")), Err(JwkError::Curve));
        assert_eq!(with("crv", Value::Null), Err(JwkError::Curve));
        assert_eq!(with("alg", json!("HS256")), Err(JwkError::Algorithm));
        assert_eq!(with("alg", json!(1)), Err(JwkError::Algorithm));
        assert_eq!(with("alg", json!("ES256")), Ok(()));
        assert_eq!(with("alg", json!("ECDH-ES")), Ok(()));
        assert_eq!(with("kid", json!("anything")), Ok(()));
        let x = jwk["x"].as_str().unwrap();
        assert_eq!(with("x", json!(format!("{x}="))), Err(JwkError::Coordinate), "padding");
        assert_eq!(with("x", json!(x.split_at(42).0)), Err(JwkError::Coordinate), "31 octets");
        assert_eq!(with("x", json!(format!("AA{x}"))), Err(JwkError::Coordinate), "not base64url of 32 octets");
        assert_eq!(with("y", json!(7)), Err(JwkError::Coordinate));
        assert_eq!(with("x", jwk["y"].clone()), Err(JwkError::NotOnCurve));
        assert_eq!(with("y", json!(URL_SAFE_NO_PAD.encode([0; 32]))), Err(JwkError::NotOnCurve));
        assert_eq!(PublicKey::of(&json!([])), Err(JwkError::NotAnObject));
        assert_eq!(PublicKey::parse("{"), Err(JwkError::NotAnObject));
        assert_eq!(PublicKey::parse(&" ".repeat(MAX_OCTETS + 1)), Err(JwkError::TooLong));
        assert_eq!(PublicKey::of_sec1(&[4; 64]), Err(JwkError::Coordinate));
        assert_eq!(PublicKey::of_sec1(&[2; 65]), Err(JwkError::Coordinate));
    }
}
