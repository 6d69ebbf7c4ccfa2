//! Canaries: nothing of the PIN is in the phone's state, on the wire or in the server's database; and nothing that tells
//! a right PIN from a wrong one.

use super::{
    phones::{PIN, activate, awaiting, begin, code, shown, slug, unix_now},
    support::Server,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use countersign_client::phone::{Phone, Shelf};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// The forms in which a PIN or its hash could show.
fn canaries(pin: &str) -> Vec<(&'static str, Vec<u8>)> {
    let suite = otp::ocra::Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256").unwrap();
    let hash = suite.pin_hash(pin).unwrap().as_bytes().to_vec();
    let hex: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
    vec![
        ("PIN", pin.as_bytes().to_vec()),
        ("PIN in base64", STANDARD.encode(pin).into_bytes()),
        ("PIN's hash", hash.clone()),
        ("PIN's hash in hexadecimal", hex.into_bytes()),
        ("PIN's hash in base64url", URL_SAFE_NO_PAD.encode(&hash).into_bytes()),
    ]
}

fn look_for(pin: &str, what: &str, octets: &[u8]) {
    for (name, canary) in canaries(pin) {
        assert!(!octets.windows(canary.len()).any(|window| window == canary), "{what} holds the {name}");
    }
}

/// An address that leads to a server, with everything that passes it written down.
struct Tap {
    url: String,
    target: Arc<OnceLock<String>>,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let tap = Self { url, target: Arc::default(), heard: Arc::default() };
        let (target, log) = (Arc::clone(&tap.target), Arc::clone(&tap.heard));
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = TcpStream::connect(target.get().unwrap()).await.unwrap();
                let (near_read, near_write) = near.into_split();
                let (far_read, far_write) = far.into_split();
                tokio::spawn(pass(near_read, far_write, Arc::clone(&log)));
                tokio::spawn(pass(far_read, near_write, Arc::clone(&log)));
            }
        });
        tap
    }
}

/// What octets say, and what the base64url parts in them say, such as those of a JWS.
fn opened(octets: &[u8]) -> Vec<u8> {
    let mut all = octets.to_vec();
    for part in octets.split(|octet| !(octet.is_ascii_alphanumeric() || b"-_".contains(octet))) {
        if let Ok(inside) = URL_SAFE_NO_PAD.decode(part) {
            all.push(b'\n');
            all.extend(inside);
        }
    }
    all
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    log: Arc<Mutex<Vec<u8>>>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        log.lock().unwrap().extend_from_slice(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// The real software phone, activated with the code that was sent; it approves, answers a challenge and changes its PIN. Every
/// octet between it and the server is heard.
#[tokio::test]
async fn the_pin_is_nowhere() {
    const NEW: &str = "604172";
    let tap = Tap::open().await;
    // The server calls itself by the tap's address, so that the phone talks to that one.
    let server = Server::behind(&tap.url).await;
    tap.target.set(server.url.trim_start_matches("http://").to_owned()).unwrap();
    server.user("alice", 0).await;
    let begun = begin(&server, "alice").await;
    let (state, _) = begun.complete(code(&server).await.as_str(), PIN, None).await.unwrap();
    let phone = super::phones::phone(&server, state).await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    let change = phone.begin_pin_change(&super::phones::known(&server).await).await.unwrap();
    phone.complete_pin_change(&change, (PIN, NEW)).await.unwrap();

    let heard = opened(&tap.heard.lock().unwrap());
    let says = |words: &str| heard.windows(words.len()).any(|window| window == words.as_bytes());
    for words in ["/approve", "/prove", "\"sealed_pin\"", "\"pin_proof\"", "\"new_response\""] {
        assert!(says(words), "the wire was listened to, also inside of what is signed: {words}");
    }
    let state = serde_json::to_vec(&phone.shelf().read().unwrap()).unwrap();
    for pin in [PIN, NEW] {
        // What is sealed or signed within what is signed is opened too.
        look_for(pin, "the wire", &opened(&heard));
        look_for(pin, "the phone's state", &opened(&state));
        look_for(pin, "the database", &opened(&server.dump()));
    }
}

/// A thief with the phone's state file and every PIN to try: each looks alike to him, and the server stops him.
#[tokio::test]
async fn a_stolen_state_approves_nothing_without_the_pin() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let owner = activate(&server, "alice").await;
    let stolen = owner.shelf().read().unwrap();
    let thief: Phone = Phone::at(&super::phones::known(&server).await, Shelf::memory(stolen), unix_now).unwrap();
    let mut tried = 0;
    let mut refusals = Vec::new();
    while refusals.last().is_none_or(|last: &String| last != "device-locked") {
        let (_, begun) = server.begin("alice", super::support::PASSWORD, &[]).await;
        let devices = begun["next"]["devices"].as_array().unwrap();
        let phone = devices.iter().find(|device| device["class"] == "phone");
        let Some(phone) = phone else { break };
        let chosen = [("auth_session", super::support::session(&begun)), ("device_id", phone["id"].as_str().unwrap())];
        let (_, step) = server.challenge(&chosen).await;
        let (pending, number) = shown(&thief, &step).await;
        for _ in 0..3 {
            tried += 1;
            let guess = format!("{:06}", 100_000 + tried);
            let refusal = slug(thief.approve(&pending, &guess, number.as_deref()).await);
            let over = matches!(refusal.as_str(), "attempt-ended" | "device-locked" | "not-found");
            refusals.push(refusal);
            if over {
                break;
            }
        }
        assert!(tried < 12, "{refusals:?}");
    }
    assert!(tried <= 6, "five wrong in a row lock the phone: {refusals:?}");
    // The owner's card still works.
    let (_, begun) = server.begin("alice", super::support::PASSWORD, &[]).await;
    assert!(matches!(begun["next"]["step"].as_str(), Some("choose_device" | "respond")), "{begun}");
}
