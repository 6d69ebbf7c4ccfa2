//! Changed proofs and changed statements: each refused, with its reason.

use super::{
    phones::{PIN, activate, awaiting, known, shown},
    support::Server,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_client::phone::{Phone, SigningKey};
use otp::ocra::{Input, Suite};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wire::phone::typ;

const LIST: &str = "/api/phone/v1/confirmations";

pub struct Hand {
    pub server: Server,
    pub key: SigningKey,
    token: String,
    pub device: String,
    approve: Vec<u8>,
}

impl Hand {
    pub async fn of(server: Server, phone: &Phone) -> Self {
        let state = phone.shelf().read().unwrap();
        let _ = known(&server).await;
        Self {
            server,
            key: SigningKey::read(state.signing_key.expose()).unwrap(),
            token: String::from_utf8(state.access_token.expose().to_vec()).unwrap(),
            device: state.device_id,
            approve: state.approve_key.expose().to_vec(),
        }
    }

    /// The time by the server's clock, which a test may have moved.
    pub fn now(&self) -> u64 {
        self.server.unix_now()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.app.settings.issuer)
    }

    async fn get(&self, path: &str, proofs: &[String], token: Option<&str>) -> (u16, Value) {
        let mut request = self.server.http.get(format!("{}{path}", self.server.url));
        for proof in proofs {
            request = request.header("DPoP", proof);
        }
        if let Some(token) = token {
            request = request.header("Authorization", format!("DPoP {token}"));
        }
        let answer = request.send().await.unwrap();
        let challenged = answer.headers().contains_key("www-authenticate");
        let status = answer.status().as_u16();
        assert_eq!(challenged, status == 401, "a 401 says what is wanted");
        (status, answer.json().await.unwrap())
    }

    /// A statement as it should be, changed by `change`, signed and proved rightly.
    pub async fn decide(&self, path: &str, statement: &Value, typ: &str, key: &SigningKey) -> (u16, Value) {
        let text = operation::canonical::canonical(statement).unwrap_or_default();
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
        let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:QH64-PSHA256").unwrap();
        let pin = suite.pin_hash(PIN);
        let input = Input { question: &digest, pin: pin.as_ref(), ..Input::default() };
        let proof = suite.respond(&otp::Key::new(self.approve.clone()), &input).unwrap();
        let mut body = json!({ "statement": statement });
        if statement["decision"] == "approve" {
            body["pin_proof"] = proof.as_str().into();
        }
        self.send(path, &key.sign(typ, &body).unwrap()).await
    }

    pub async fn send(&self, path: &str, jws: &str) -> (u16, Value) {
        let answer = self.posted(path, jws).await;
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn posted(&self, path: &str, jws: &str) -> reqwest::Response {
        self.posted_as(path, "application/jose", jws.as_bytes().to_vec()).await
    }

    pub async fn posted_as(&self, path: &str, kind: &str, body: Vec<u8>) -> reqwest::Response {
        let now = self.now();
        let proof = self.key.proof("POST", &self.url(path), Some(&self.token), now).unwrap();
        let request = self.server.http.post(format!("{}{path}", self.server.url));
        let request = request.header("DPoP", proof).header("Authorization", format!("DPoP {}", self.token));
        request.header("Content-Type", kind).body(body).send().await.unwrap()
    }
}

async fn hand() -> (Hand, Phone) {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    (Hand::of(server, &phone).await, phone)
}

#[tokio::test]
async fn a_proof_is_of_one_key_for_one_request_at_one_time() {
    let (hand, _) = hand().await;
    let (other, _) = SigningKey::generate().unwrap();
    let (url, token, now) = (hand.url(LIST), Some(hand.token.as_str()), hand.now());
    let proof = |method, url: &str, token, now| hand.key.proof(method, url, token, now).unwrap();
    let good = proof("GET", &url, token, now);
    let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
    parts[2] = URL_SAFE_NO_PAD.encode([7; 64]);
    let unsigned = parts.join(".");
    let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"dpop+jwt"}"#), parts[1]);
    let table: Vec<(&str, Vec<String>, &str, &str)> = vec![
        ("no proof", vec![], "invalid-proof", "missing"),
        ("two proofs", vec![good.clone(), good.clone()], "invalid-proof", "repeated"),
        ("another method", vec![proof("POST", &url, token, now)], "invalid-proof", "htm"),
        ("another path", vec![proof("GET", &hand.url("/api/phone/v1/events"), token, now)], "invalid-proof", "htu"),
        (
            "another host",
            vec![proof("GET", &format!("https://evil.example{LIST}"), token, now)],
            "invalid-proof",
            "htu",
        ),
        ("61 s old", vec![proof("GET", &url, token, now - 62)], "invalid-proof", "iat"),
        ("61 s ahead", vec![proof("GET", &url, token, now + 63)], "invalid-proof", "iat"),
        ("another token", vec![proof("GET", &url, Some("else"), now)], "invalid-proof", "ath"),
        ("no token's hash", vec![proof("GET", &url, None, now)], "invalid-proof", "ath"),
        ("another key", vec![other.proof("GET", &url, token, now).unwrap()], "unauthorized", "token"),
        ("a changed signature", vec![unsigned], "invalid-proof", "signature"),
        ("alg none", vec![none], "invalid-proof", "alg"),
        ("rubbish", vec!["a.b.c".to_owned()], "invalid-proof", "malformed"),
    ];
    for (what, proofs, slug, reason) in table {
        let (status, problem) = hand.get(LIST, &proofs, token).await;
        assert_eq!(status, 401, "{what}: {problem}");
        assert_eq!(
            (&problem["type"], &problem["reason"]),
            (&json!(format!("/problems/{slug}")), &json!(reason)),
            "{what}"
        );
    }
    assert_eq!(hand.get(LIST, std::slice::from_ref(&good), token).await.0, 200);
    let (status, again) = hand.get(LIST, std::slice::from_ref(&good), token).await;
    assert_eq!((status, &again["reason"]), (401, &json!("jti_used")), "a proof is good once");
    let (status, _) = hand.get(LIST, &[proof("GET", &url, Some("rubbish"), now)], Some("rubbish")).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_statement_says_exactly_what_was_asked() {
    let (hand, phone) = hand().await;
    let step = awaiting(&hand.server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let good = json!({
        "issuer": pending.issuer, "confirmation": pending.id, "device": hand.device, "operation": pending.operation,
        "decision": "approve", "number": number.unwrap(), "decided_at": hand.now(),
    });
    let changed = |member: &str, value: Value| {
        let mut statement = good.clone();
        statement[member] = value;
        statement
    };
    let detail = |member: &str, value: Value| {
        let mut statement = good.clone();
        statement["operation"][member] = value;
        statement
    };
    let path = format!("{LIST}/{}/approve", pending.id);
    let table = [
        ("issuer", changed("issuer", json!("https://evil.example"))),
        ("confirmation", changed("confirmation", json!("01890000-0000-7000-8000-000000000000"))),
        ("device", changed("device", json!("01890000-0000-7000-8000-000000000000"))),
        ("operation", detail("client_name", json!("TWT"))),
        ("operation", detail("client_id", json!("tws "))),
        ("operation", detail("address", json!("127.0.0.2"))),
        ("operation", detail("at", json!(0))),
        ("operation", detail("extra", json!("x"))),
        ("operation", changed("operation", json!("login"))),
        ("decision", changed("decision", json!("deny"))),
        ("decided_at", changed("decided_at", json!(hand.now() - 200))),
        ("decided_at", changed("decided_at", json!(hand.now() + 200))),
        ("number", changed("number", json!("1"))),
        ("number", changed("number", Value::Null)),
        ("signature", changed("unknown", json!(1))),
    ];
    for (member, statement) in table {
        let (status, problem) = hand.decide(&path, &statement, typ::STATEMENT, &hand.key).await;
        assert_eq!((status, &problem["reason"]), (422, &json!(member)), "{statement}");
        assert_eq!(problem["type"], "/problems/statement-mismatch");
    }
    let (other, _) = SigningKey::generate().unwrap();
    for (typ, key) in [(typ::STATEMENT, &other), (typ::LOGOUT, &hand.key), ("JWT", &hand.key)] {
        let (status, problem) = hand.decide(&path, &good, typ, key).await;
        assert_eq!((status, &problem["reason"]), (422, &json!("signature")), "{typ}");
    }
    let without = hand.key.sign(typ::STATEMENT, &json!({ "statement": good })).unwrap();
    assert_eq!(hand.send(&path, &without).await.1["reason"], "pin_proof");
    // Nothing of all that counted, and the right one still holds.
    let (status, done) = hand.decide(&path, &good, typ::STATEMENT, &hand.key).await;
    assert_eq!((status, &done["outcome"]), (200, &json!("confirmed")), "{done}");
}

/// An approval of one login is worth nothing for another, and another user's phone is nobody here.
#[tokio::test]
async fn another_login_and_another_user() {
    let (hand, phone) = hand().await;
    let step = awaiting(&hand.server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    hand.server.user("mallory", 0).await;
    let theirs = activate(&hand.server, "mallory").await;
    assert!(theirs.pending().await.unwrap().is_empty());
    let error = theirs.approve(&pending, PIN, number.as_deref()).await.unwrap_err();
    assert_eq!(error.slug(), Some("not-found"), "nothing is told of other users' attempts");
}
