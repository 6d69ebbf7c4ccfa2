//! Bodies that are none, to every kind of endpoint that takes JSON or a JWS: a clear error each, never a 500.

use super::{
    phones::{PIN, activate, ask, awaiting, shown},
    support::Server,
    tampering::Hand,
};
use countersign_client::phone::SigningKey;
use serde_json::Value;

const JSON: &str = "application/json";
const JOSE: &str = "application/jose";

/// What is wrong, the content type (none: the endpoint's own), the body, and what is answered.
type Case = (&'static str, Option<&'static str>, Vec<u8>, u16, &'static str);

fn cases() -> Vec<Case> {
    vec![
        ("nothing", None, Vec::new(), 400, "bad-request"),
        ("half an object", None, b"{\"username\":".to_vec(), 400, "bad-request"),
        ("a list", None, b"[]".to_vec(), 400, "bad-request"),
        ("a number", None, b"1e999".to_vec(), 400, "bad-request"),
        ("a member of another type", None, b"{\"username\":1,\"session\":[]}".to_vec(), 400, "bad-request"),
        ("an unknown member", None, b"{\"shoe_size\":44}".to_vec(), 400, "bad-request"),
        ("a member twice", None, b"{\"username\":\"a\",\"username\":\"b\"}".to_vec(), 400, "bad-request"),
        ("bad UTF-8", None, b"{\"username\":\"\xff\xfe\"}".to_vec(), 400, "bad-request"),
        ("deep", None, [b"[".repeat(8_000), b"]".repeat(8_000)].concat(), 400, "bad-request"),
        ("three dots", None, b"a.b.c.d".to_vec(), 400, "bad-request"),
        ("too large", None, vec![b'{'; 20_000], 413, "too-large"),
        (
            "a form",
            Some("application/x-www-form-urlencoded"),
            b"username=alice".to_vec(),
            415,
            "unsupported-media-type",
        ),
        ("no type", Some(""), b"{}".to_vec(), 415, "unsupported-media-type"),
    ]
}

async fn hand() -> (Hand, countersign_client::phone::Phone) {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    (Hand::of(server, &phone).await, phone)
}

async fn checked(what: &str, answer: reqwest::Response, (status, slug): (u16, &str)) {
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
    let (found, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert_eq!((found, kind.as_str()), (status, "application/problem+json"), "{what}: {text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["type"], format!("/problems/{slug}"), "{what}: {text}");
    assert!(problem["title"].is_string(), "{what}: {text}");
}

#[tokio::test]
async fn bodies_that_are_none_and_the_phone_goes_on() {
    let (hand, phone) = hand().await;
    let step = awaiting(&hand.server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let (stranger, _) = SigningKey::generate().unwrap();
    for (what, kind, body, status, slug) in cases() {
        // Anybody's: under a proof by a key that the server has never seen.
        for path in ["activations", "refresh"] {
            let path = format!("/api/phone/v1/{path}");
            let url = format!("{}{path}", hand.server.app.settings.issuer);
            let proof = stranger.proof("POST", &url, None, hand.now()).unwrap();
            let request = hand.server.http.post(format!("{}{path}", hand.server.url)).header("DPoP", proof);
            let answer = request.header("Content-Type", kind.unwrap_or(JSON)).body(body.clone()).send().await.unwrap();
            checked(&format!("{what} to {path}"), answer, (status, slug)).await;
        }
        // The app's own page.
        let request = hand.server.http.post(format!("{}/app/session", hand.server.url));
        let request = request.header("Sec-Fetch-Site", "same-origin").header("Content-Type", kind.unwrap_or(JSON));
        let answer = request.body(body.clone()).send().await.unwrap();
        checked(&format!("{what} to /app/session"), answer, (status, slug)).await;
        // The phone's own, which takes what it signed.
        let decision = format!("confirmations/{}/approve", pending.id);
        // What is signed wrongly about a confirmation is told from what is no request at all.
        let text = std::str::from_utf8(&body).is_ok();
        let unsigned = if text && slug == "bad-request" { (422, "statement-mismatch") } else { (status, slug) };
        for (path, expected) in
            [(decision.as_str(), unsigned), ("device/label", (status, slug)), ("confirmations", (status, slug))]
        {
            let path = format!("/api/phone/v1/{path}");
            let answer = hand.posted_as(&path, kind.unwrap_or(JOSE), body.clone()).await;
            checked(&format!("{what} to {path}"), answer, expected).await;
        }
    }
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    assert_eq!(ask(&hand.server, &step, "0").await.0, 200, "nothing was lost");
}
