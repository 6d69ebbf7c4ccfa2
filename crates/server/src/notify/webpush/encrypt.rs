//! The encryption of a push message: the content coding `aes128gcm` (RFC 8188) under keys agreed with the browser that
//! subscribed (RFC 8291). Time and randomness are arguments, so the RFC's own example comes out octet for octet.

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    hkdf,
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::Secret;
use oidc::jwk::PublicKey;

/// Octets of a record, which is the whole message (RFC 8291, 4).
const RECORD: u32 = 4096;
/// Octets of a message that fits into it beside header, delimiter and tag.
pub const LONGEST: usize = 3993;
/// Octets of a public key: an uncompressed point.
const POINT: usize = 65;
/// Octets of the authentication secret.
const AUTH: usize = 16;

/// Browsers write base64url without padding; a client that pads is read too.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a message was not encrypted, or keys were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// `p256dh` is no point of the curve.
    #[error("p256dh is not an uncompressed point of P-256")]
    Point,
    /// `auth` has not its 16 octets.
    #[error("auth is not 16 octets")]
    Auth,
    /// The message is too long for one record.
    #[error("the message is longer than {LONGEST} octets")]
    TooLong,
    /// The library failed.
    #[error("the message could not be encrypted")]
    Failed,
}

/// What a subscription says of the other end: its public key and its authentication secret.
#[derive(Debug, Clone)]
pub struct Keys {
    /// A point of the curve, or it would not be here.
    point: PublicKey,
    auth: Secret<[u8; AUTH]>,
}

impl Keys {
    /// Octets of both.
    pub const LENGTH: usize = POINT + AUTH;

    /// Reads what a browser gives (Push API, `getKey`).
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, EncryptError> {
        let point = BASE64URL.decode(p256dh).map_err(|_| EncryptError::Point)?;
        let auth = BASE64URL.decode(auth).map_err(|_| EncryptError::Auth)?;
        Self::new(&point, &auth)
    }

    /// Keys as [`Self::octets`] gave them.
    pub fn of_octets(octets: &[u8; Self::LENGTH]) -> Result<Self, EncryptError> {
        let (point, auth) = octets.split_at(POINT);
        Self::new(point, auth)
    }

    fn new(point: &[u8], auth: &[u8]) -> Result<Self, EncryptError> {
        let point = PublicKey::of_sec1(point).map_err(|_| EncryptError::Point)?;
        Ok(Self { point, auth: Secret::new(auth.try_into().map_err(|_| EncryptError::Auth)?) })
    }

    /// Both, to be stored sealed.
    pub fn octets(&self) -> Vec<u8> {
        [self.point.sec1().as_slice(), self.auth.expose()].concat()
    }
}

/// The body of a push: header and one record. `ours` is a key for this message alone, `salt` 16 random octets.
pub fn encrypt(message: &[u8], to: &Keys, ours: &PrivateKey, salt: [u8; 16]) -> Result<Vec<u8>, EncryptError> {
    if message.len() > LONGEST {
        return Err(EncryptError::TooLong);
    }
    let public = ours.compute_public_key().map_err(|_| EncryptError::Failed)?;
    let point = to.point.sec1();
    let peer = UnparsedPublicKey::new(&ECDH_P256, point);
    let keying = agreement::agree(ours, peer, EncryptError::Point, |shared| {
        let info = [b"WebPush: info\0".as_slice(), &point, public.as_ref()];
        expand::<32>(&hkdf::Salt::new(hkdf::HKDF_SHA256, to.auth.expose()).extract(shared), &info)
    })?;
    record(message, &keying, public.as_ref(), salt)
}

/// One record of RFC 8188 that is the whole content: header, encrypted text with its delimiter, tag.
fn record(message: &[u8], keying: &Secret<[u8; 32]>, key_id: &[u8], salt: [u8; 16]) -> Result<Vec<u8>, EncryptError> {
    let (key, nonce) = content_keys(keying.expose(), salt)?;
    let key = UnboundKey::new(&AES_128_GCM, key.expose()).map_err(|_| EncryptError::Failed)?;
    // 2 is the delimiter of the last record (RFC 8188, 2).
    let mut text = [message, &[2]].concat();
    let tag = LessSafeKey::new(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .map_err(|_| EncryptError::Failed)?;
    let length = u8::try_from(key_id.len()).map_err(|_| EncryptError::Failed)?;
    Ok([salt.as_slice(), &RECORD.to_be_bytes(), &[length], key_id, &text, tag.as_ref()].concat())
}

/// The content encryption key and the nonce of the first record (RFC 8188, 2.2 and 2.3).
fn content_keys(keying: &[u8], salt: [u8; 16]) -> Result<(Secret<[u8; 16]>, [u8; NONCE_LEN]), EncryptError> {
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(keying);
    let key = expand(&extracted, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce = expand::<NONCE_LEN>(&extracted, &[b"Content-Encoding: nonce\0"])?;
    Ok((key, *nonce.expose()))
}

/// A length that HKDF is asked for.
struct Octets(usize);

impl hkdf::KeyType for Octets {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(extracted: &hkdf::Prk, info: &[&[u8]]) -> Result<Secret<[u8; N]>, EncryptError> {
    let mut octets = [0; N];
    let expanded = extracted.expand(info, Octets(N)).map_err(|_| EncryptError::Failed)?;
    expanded.fill(&mut octets).map_err(|_| EncryptError::Failed)?;
    Ok(Secret::new(octets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    fn file(name: &str) -> Value {
        let path = format!("{}/../../vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn octets(value: &Value) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
    }

    fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
        vector[name].as_str().unwrap()
    }

    /// RFC 8291, 5 and appendix A.
    #[test]
    fn the_example_of_the_rfc_comes_out_octet_for_octet() {
        let vector = file("webpush-rfc8291");
        let keys = Keys::parse(text(&vector, "ua_public"), text(&vector, "auth_secret")).unwrap();
        let ours = PrivateKey::from_private_key(&ECDH_P256, &octets(&vector["as_private"])).unwrap();
        let salt = octets(&vector["salt"]).try_into().unwrap();
        let body = encrypt(text(&vector, "plaintext").as_bytes(), &keys, &ours, salt).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(&body), text(&vector, "body"));
        let stored = Keys::of_octets(&keys.octets().try_into().unwrap()).unwrap();
        assert_eq!(stored.octets(), keys.octets());
    }

    /// RFC 8188, 3.1: what its keys encrypt in one record. (3.2 is of two records, which a push never has.)
    #[test]
    fn a_record_without_key_id_is_as_the_rfc_has_it() {
        let vector = &file("http-ece-rfc8188")["vectors"][0];
        let body = octets(&vector["body"]);
        let salt: [u8; 16] = body[..16].try_into().unwrap();
        let (key, nonce) = content_keys(&octets(&vector["ikm"]), salt).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.expose()).unwrap());
        let mut sealed = body[21..].to_vec();
        let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).unwrap();
        assert_eq!(opened, [text(vector, "plaintext").as_bytes(), &[2]].concat());
    }

    #[test]
    fn keys_that_would_not_do_are_refused_for_their_reason() {
        let vector = file("webpush-rfc8291");
        let (point, auth) = (octets(&vector["ua_public"]), octets(&vector["auth_secret"]));
        let parse = |point: &[u8], auth: &[u8]| {
            Keys::parse(&URL_SAFE_NO_PAD.encode(point), &URL_SAFE_NO_PAD.encode(auth)).map(|_| ()).err()
        };
        assert_eq!(parse(&point, &auth), None);
        let mut beside = point.clone();
        beside[64] ^= 1;
        let compressed = [&[3], &point[1..33]].concat();
        let infinity = [0];
        for wrong in [&beside[..], &compressed, &infinity, &[], &point[..64], &[point.clone(), vec![0]].concat()] {
            assert_eq!(parse(wrong, &auth), Some(EncryptError::Point), "{wrong:?}");
        }
        for wrong in [&auth[..15], &[], &[auth.clone(), vec![0]].concat()] {
            assert_eq!(parse(&point, wrong), Some(EncryptError::Auth), "{wrong:?}");
        }
        assert_eq!(Keys::parse("not base64url!", "").err(), Some(EncryptError::Point));
        assert!(Keys::parse(&format!("{}=", text(&vector, "ua_public")), text(&vector, "auth_secret")).is_ok());
    }

    #[test]
    fn what_does_not_fit_into_one_record_is_refused() {
        let vector = file("webpush-rfc8291");
        let keys = Keys::parse(text(&vector, "ua_public"), text(&vector, "auth_secret")).unwrap();
        let ours = PrivateKey::generate(&ECDH_P256).unwrap();
        assert_eq!(encrypt(&[b'x'; LONGEST], &keys, &ours, [1; 16]).map(|body| body.len()), Ok(4096));
        assert_eq!(encrypt(&[b'x'; LONGEST + 1], &keys, &ours, [1; 16]), Err(EncryptError::TooLong));
    }
}
