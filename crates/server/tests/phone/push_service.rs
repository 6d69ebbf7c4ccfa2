//! A push service of the tests' own, which keeps what it is sent and answers as it was told; and a browser that
//! subscribed there, which reads what was sent (RFC 8291 from the other end).

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    hkdf,
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign::app::random;
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use wire::phone::push::SubscriptionKeys;

pub struct PushService {
    pub origin: String,
    kept: Arc<Kept>,
}

/// A status, and what `Retry-After` says.
pub type Told = (u16, Option<&'static str>);

#[derive(Default)]
struct Kept {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<Told>>,
}

#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("{name} is missing")).to_str().unwrap();
        assert!(values.next().is_none(), "{name} is there once");
        value
    }
}

impl PushService {
    /// Answers 201, unless told otherwise.
    pub async fn start() -> Self {
        let kept = Arc::new(Kept::default());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let router = Router::new().fallback(take).with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, kept }
    }

    /// The address of a subscription.
    pub fn endpoint(&self, token: &str) -> String {
        format!("{}/wpush/v2/{token}", self.origin)
    }

    /// The next answers.
    pub fn answers(&self, answers: &[Told]) {
        self.kept.answers.lock().unwrap().extend(answers);
    }

    pub fn received(&self) -> Vec<Received> {
        self.kept.received.lock().unwrap().clone()
    }

    /// What was received, as soon as it is so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        for _ in 0..1000 {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("only {:?}", self.received());
    }
}

async fn take(State(kept): State<Arc<Kept>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let received = Received { path: uri.path().to_owned(), headers, body: body.to_vec() };
    kept.received.lock().unwrap().push(received);
    let (status, after) = kept.answers.lock().unwrap().pop_front().unwrap_or((201, None));
    let mut response = StatusCode::from_u16(status).unwrap().into_response();
    let extra = match after {
        Some(after) => Some((header::RETRY_AFTER, after)),
        None if response.status().is_redirection() => Some((header::LOCATION, "/elsewhere")),
        None => None,
    };
    response.headers_mut().extend(extra.map(|(name, value)| (name, value.parse().unwrap())));
    response
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
