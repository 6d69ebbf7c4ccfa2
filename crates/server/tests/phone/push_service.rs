//! A push service of the tests' own, and a browser that subscribed there, which reads what was sent (RFC 8291 from the
//! other end).

use super::receiver::{Received, Receiver};
use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    hkdf,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign::app::random;
use serde_json::Value;
use wire::phone::push::SubscriptionKeys;

/// The push service: a push is queued, unless it was told otherwise.
pub async fn push_service() -> Receiver {
    Receiver::answering(201).await
}

/// The address of a subscription at a push service.
pub fn endpoint(service: &Receiver, token: &str) -> String {
    format!("{}/wpush/v2/{token}", service.url)
}

/// The browser's side of a subscription.
pub struct Browser {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    pub fn new() -> Self {
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        Self { private, public, auth: random() }
    }

    pub fn keys(&self) -> SubscriptionKeys {
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        SubscriptionKeys { p256dh: text(&self.public), auth: text(&self.auth) }
    }

    /// What a push says.
    pub fn reads(&self, push: &Received) -> Value {
        assert_eq!(push.header("content-encoding"), "aes128gcm");
        let (salt, rest) = push.body.split_at(16);
        assert_eq!((&rest[..4], rest[4]), (&[0, 0, 16, 0][..], 65), "record size 4096, a key of 65 octets");
        let (theirs, sealed) = rest[5..].split_at(65);
        let peer = UnparsedPublicKey::new(&ECDH_P256, theirs);
        let keying = agreement::agree(&self.private, peer, (), |shared| {
            let info = [b"WebPush: info\0".as_slice(), &self.public, theirs];
            Ok(expanded::<32>(&self.auth, shared, &info))
        });
        let keying = keying.unwrap();
        let key = expanded::<16>(salt, &keying, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce = expanded::<12>(salt, &keying, &[b"Content-Encoding: nonce\0"]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut text = sealed.to_vec();
        let text = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text).unwrap();
        let (delimiter, text) = text.split_last().unwrap();
        assert_eq!(*delimiter, 2, "the last record");
        serde_json::from_slice(text).unwrap()
    }
}

struct Octets(usize);

impl hkdf::KeyType for Octets {
    fn len(&self) -> usize {
        self.0
    }
}

fn expanded<const N: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> [u8; N] {
    let mut octets = [0; N];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    extracted.expand(info, Octets(N)).unwrap().fill(&mut octets).unwrap();
    octets
}
