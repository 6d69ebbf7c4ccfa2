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
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// The forms in which a PIN or its hash could show.
fn canaries() -> Vec<(&'static str, Vec<u8>)> {
    let suite = otp::ocra::Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256").unwrap();
    let hash = suite.pin_hash(PIN).unwrap().as_bytes().to_vec();
    let hex: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
    vec![
        ("PIN", PIN.as_bytes().to_vec()),
        ("PIN in base64", STANDARD.encode(PIN).into_bytes()),
        ("PIN's hash", hash.clone()),
        ("PIN's hash in hexadecimal", hex.into_bytes()),
        ("PIN's hash in base64url", URL_SAFE_NO_PAD.encode(&hash).into_bytes()),
    ]
}

fn look(what: &str, octets: &[u8]) {
    for (name, canary) in canaries() {
        assert!(!octets.windows(canary.len()).any(|window| window == canary), "{what} holds the {name}");
    }
}

/// A connection of the phone with everything that passes it written down.
async fn tap(target: String) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (near, _) = listener.accept().await.unwrap();
            let far = TcpStream::connect(&target).await.unwrap();
            let (near_read, near_write) = near.into_split();
            let (far_read, far_write) = far.into_split();
            tokio::spawn(pass(near_read, far_write, Arc::clone(&log)));
            tokio::spawn(pass(far_read, near_write, Arc::clone(&log)));
        }
    });
    (port, heard)
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

#[tokio::test]
async fn the_pin_is_nowhere() {
    // The server is told that it is reached through the tap, so that every octet of the phone passes there.
    let server = Server::start().await;
    server.user("alice", 0).await;
    let begun = begin(&server, "alice").await;
    let (state, _) = begun.complete((code(&server).await.as_str(), PIN), None).await.unwrap();
    look("the phone's state", &serde_json::to_vec(&state).unwrap());

    let port = server.url.rsplit(':').next().unwrap().to_owned();
    let (tapped, heard) = tap(format!("127.0.0.1:{port}")).await;
    let resolved = reqwest::Client::builder()
        .resolve("localhost", format!("127.0.0.1:{tapped}").parse().unwrap())
        .build()
        .unwrap();
    // The software phone's own HTTP client resolves for itself; the recorded run sends its very octets through the tap.
    let phone = super::phones::phone(&server, state.clone()).await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let recorded = Recorder { http: resolved, base: format!("http://localhost:{tapped}") };
    recorded.replay(&server, &state, &pending, number.as_deref()).await;
    let heard = heard.lock().unwrap().clone();
    assert!(heard.windows(8).any(|window| window == b"/approve"), "the wire was listened to");
    look("the wire", &heard);
    look("the database", &server.dump());
}

struct Recorder {
    http: reqwest::Client,
    base: String,
}

impl Recorder {
    /// Approves as the phone does, through the tap.
    async fn replay(
        &self,
        server: &Server,
        state: &wire::phone_file::PhoneFile,
        pending: &wire::phone::Pending,
        number: Option<&str>,
    ) {
        use otp::ocra::{Input, Suite};
        use sha2::{Digest as _, Sha256};
        let key = countersign_client::phone::SigningKey::read(state.signing_key.expose()).unwrap();
        let statement = serde_json::json!({
            "issuer": pending.issuer, "confirmation": pending.id, "device": state.device_id,
            "operation": pending.operation, "decision": "approve", "number": number, "decided_at": unix_now(),
        });
        let text = wire::canonical::canonical(&statement).unwrap();
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
        let suite = Suite::parse(&state.suites.approve).unwrap();
        let pin = suite.pin_hash(PIN);
        let input = Input { question: &digest, pin: pin.as_ref(), ..Input::default() };
        let proof = suite.respond(&otp::Key::new(state.approve_key.expose().to_vec()), &input).unwrap();
        let body = serde_json::json!({ "statement": statement, "pin_proof": proof.as_str() });
        let jws = key.sign(wire::phone::typ::STATEMENT, &body).unwrap();
        let token = String::from_utf8(state.access_token.expose().to_vec()).unwrap();
        let path = format!("/api/phone/v1/confirmations/{}/approve", pending.id);
        let url = format!("{}{path}", server.app.settings.issuer);
        let dpop = key.proof("POST", &url, Some(&token), unix_now()).unwrap();
        let request = self.http.post(format!("{}{path}", self.base)).header("DPoP", dpop);
        let request =
            request.header("Authorization", format!("DPoP {token}")).header("Content-Type", "application/jose");
        let answer = request.body(jws).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
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
