//! Webhooks: what the institution is told, signed, again until it is taken, and once more when it wants.

use super::api::{Office, asked};
use super::receiver::{Received, Receiver};
use super::rig::{Key, start};
use super::support::{until, until_next_try};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};

/// Whether a message is signed by a secret, as Standard Webhooks say.
fn holds(secret: &Value, received: &Received) -> bool {
    let secret = secret.as_str().unwrap().strip_prefix("whsec_").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(secret).unwrap());
    let signed =
        format!("{}.{}.{}", received.header("webhook-id"), received.header("webhook-timestamp"), received.text());
    let signature = received.header("webhook-signature").strip_prefix("v1,").unwrap();
    hmac::verify(&key, signed.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok()
}

async fn made(office: &Office<'_>, url: &str, events: &[&str]) -> Value {
    let body = json!({ "url": url, "events": events });
    let (status, made) = office.call(Method::POST, "/webhooks", Some(&body), None).await;
    assert_eq!(status, 201, "{made}");
    made
}

#[tokio::test]
async fn what_happens_to_a_withdrawal_is_told_signed_and_until_it_is_taken() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let office = Office::of(&server, "office").await;
    let (all, some) = (Receiver::start(&[503]).await, Receiver::answering(200).await);
    let everything = made(&office, &format!("{}/hook", all.url), &[]).await;
    let ends = made(&office, &format!("{}/hook", some.url), &["withdrawal.cancelled"]).await;
    let (_, asked) = office.ask("a", &asked("10.00")).await;
    all.wait_for(1).await;
    assert!(holds(&everything["secret"], &all.received()[0]) && !holds(&ends["secret"], &all.received()[0]));
    let told: Value = serde_json::from_str(all.received()[0].text()).unwrap();
    assert_eq!((&told["type"], &told["data"]["id"]), (&json!("withdrawal.awaiting_confirmation"), &asked["id"]));
    assert!(
        told["data"].get("amount").is_none() && told["data"].get("destination").is_none(),
        "ids and states: {told}"
    );

    // It was refused once, and is sent again under its id.
    until_next_try(&server, 1, 1).await;
    all.wait_for(2).await;
    let (first, again) = (all.received()[0].clone(), all.received()[1].clone());
    assert_eq!((first.header("webhook-id"), first.text()), (again.header("webhook-id"), again.text()));
    let path = format!("/withdrawals/{}/cancel", asked["id"].as_str().unwrap());
    office.call(Method::POST, &path, None, None).await;
    all.wait_for(3).await;
    some.wait_for(1).await;
    assert!(holds(&ends["secret"], &some.received()[0]));

    // The log of what was sent, and once more by hand.
    let path = format!("/webhooks/{}/deliveries", everything["id"].as_str().unwrap());
    let taken = async || (office.get(&path).await["data"][0]["state"] == "delivered").then_some(());
    until("the second is taken", taken).await;
    let log = office.get(&path).await;
    let (newest, oldest) = (&log["data"][0], &log["data"][1]);
    assert_eq!((&newest["event"], &newest["attempts"]), (&json!("withdrawal.cancelled"), &json!(1)), "{log}");
    assert_eq!(
        (&oldest["state"], &oldest["attempts"], &oldest["last_result"]),
        (&json!("delivered"), &json!(2), &json!("200"))
    );
    let replay = format!("{path}/{}/replay", newest["id"].as_str().unwrap());
    assert_eq!(office.call(Method::POST, &replay, None, None).await.1["state"], "pending");
    all.wait_for(4).await;
    assert_eq!(all.received()[3].header("webhook-id"), newest["id"].as_str().unwrap());
}

/// A webhook is its client's alone, leads nowhere unsafe, and is silent when it was ended.
#[tokio::test]
async fn a_webhook_is_its_clients_own() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let office = Office::of(&server, "office").await;
    for (body, reason) in [
        (json!({ "url": "http://bank.example/hook" }), "url"),
        (json!({ "url": "https://user:word@bank.example/" }), "url"),
        (json!({ "url": "https://bank.example/", "events": ["everything"] }), "events"),
        (json!({ "events": [] }), "body"),
    ] {
        let (status, refused) = office.call(Method::POST, "/webhooks", Some(&body), None).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(reason)), "{body} {refused}");
    }
    let receiver = Receiver::answering(200).await;
    let webhook = made(&office, &format!("{}/hook", receiver.url), &[]).await;
    let path = format!("/webhooks/{}", webhook["id"].as_str().unwrap());
    assert_eq!(office.call(Method::POST, &format!("{path}/test"), None, None).await.0, 200);
    receiver.wait_for(1).await;
    assert!(office.get("/webhooks").await["data"][0].get("secret").is_none(), "it is told once");
    let other = Office::of(&server, "reader").await;
    assert_eq!(other.call(Method::GET, "/webhooks", None, None).await.0, 403);
    assert_eq!(office.call(Method::DELETE, &path, None, None).await.0, 204);
    assert_eq!(office.call(Method::DELETE, &path, None, None).await.0, 404);
    assert_eq!(office.call(Method::GET, &format!("{path}/deliveries"), None, None).await.0, 404);
    office.ask("a", &asked("10.00")).await;
    assert_eq!(office.get("/webhooks").await["data"], json!([]));
    assert_eq!(receiver.received().len(), 1, "nothing is told there any more");
}
