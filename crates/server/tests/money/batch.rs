//! Several payees at once: one confirmation, bound to the sum and to every payee.

use super::api::Office;
use super::backchannel::{claims, sign_in};
use super::limits::{answered, poll, taken_up};
use super::phones::{PIN as PHONE_PIN, activate};
use super::rig::{Key, basic, challenge, send, start};
use serde_json::{Value, json};

fn payment(name: &str, account: &str, amount: &str) -> Value {
    json!({ "amount": amount, "destination": { "name": name, "account": account } })
}

fn three() -> Value {
    json!([
        payment("Ann", "DE89 3704 0044 0532 0130 11", "100.10"),
        payment("Bob", "DE89 3704 0044 0532 0130 22", "200.20"),
        payment("Cyd", "XY", "0.05"),
    ])
}

fn body(payments: &Value) -> Value {
    json!({ "user": "alice", "currency": "USD", "payments": payments, "reference": "wages" })
}

#[tokio::test]
async fn a_phone_confirms_three_payees_as_one() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let (status, made) = office.ask("a", &body(&three())).await;
    assert_eq!((status, &made["amount"], &made["counted"]["usd"]), (201, &json!("300.35"), &json!("300.35")), "{made}");
    assert_eq!(made["payments"][1]["destination"]["name"], "Bob");
    assert_eq!(made["payments"][2]["reference"], "wages");
    let pending = phone.one(None).await.unwrap();
    let asked = &pending.operation;
    assert_eq!((&asked["type"], &asked["amount"]), (&json!("withdrawal_batch"), &json!("300.35")), "{asked}");
    assert_eq!(asked["withdrawals"].as_array().map(Vec::len), Some(3));
    phone.approve(&pending, PHONE_PIN, None).await.unwrap();
    let path = format!("/withdrawals/{}", made["id"].as_str().unwrap());
    assert_eq!(office.get(&path).await["state"], "confirmed");
    let evidence = office.get(&format!("{path}/evidence")).await;
    let details = claims(&evidence["receipt"])["authorization_details"].clone();
    let names: Vec<_> = details.as_array().unwrap().iter().map(|one| one["destination"]["name"].clone()).collect();
    assert_eq!(names, ["Ann", "Bob", "Cyd"]);
    let signed = claims(&evidence["statement"])["statement"]["operation"].clone();
    assert_eq!((&signed["amount"], signed["withdrawals"].as_array().map(Vec::len)), (&json!("300.35"), Some(3)));
    assert_eq!(office.get("/users/alice/limits").await["day"]["used"], "300.35");
    assert_eq!(office.get("/withdrawals?user=alice").await["data"].as_array().unwrap().len(), 1);
}

/// Each is below the limit, and their sum is not.
#[tokio::test]
async fn the_sum_is_what_limits_count() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let two = |second: &str| json!([payment("Ann", "1", "150000.00"), payment("Bob", "2", second)]);
    let (status, refused) = office.ask("a", &body(&two("50000.01"))).await;
    assert_eq!((status, &refused["type"]), (403, &json!("/problems/device-limit")), "{refused}");
    let (status, made) = office.ask("b", &body(&two("50000.00"))).await;
    assert_eq!((status, &made["counted"]["usd"]), (201, &json!("200000.00")), "{made}");
}

#[tokio::test]
async fn what_is_no_batch_is_named() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let office = Office::of(&server, "office").await;
    let one = payment("Ann", "1", "1.00");
    let both = json!({ "amount": "1.00", "destination": { "name": "A", "account": "1" } });
    let with = |more: &Value| {
        let mut body = body(&three());
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let table = [
        (body(&json!(vec![one.clone(); 21])), "payments"),
        (body(&json!([])), "amount"),
        (with(&both), "payments"),
        (with(&json!({ "amount": "1.00" })), "payments"),
        (with(&json!({ "currency": "JPY" })), "amount"),
        (body(&json!([one, payment("Ann", "1", "0.00")])), "amount"),
        (body(&json!([payment("A\u{202e}nn", "1", "1.00"), payment("Bob", "2", "1.00")])), "destination.name"),
        (body(&json!([{ "amount": "1.00" }, {}])), "body"),
    ];
    for (at, (bad, reason)) in table.iter().enumerate() {
        let (status, refused) = office.ask(&format!("k{at}"), bad).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(reason)), "{bad} {refused}");
    }
    // One payment in a list is a withdrawal as any other.
    let (status, made) = office.ask("one", &body(&json!([payment("Ann", "1", "1.00")]))).await;
    assert_eq!((status, made.get("payments")), (201, None), "{made}");
    assert_eq!(office.get("/withdrawals?user=alice").await["data"].as_array().unwrap().len(), 1);
}

/// By CIBA: the page lists every payee with the amount, the card confirms, and the tokens say what was asked.
#[tokio::test]
async fn a_card_confirms_what_a_back_end_lists() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let one = |name: &str, account: &str, amount: &str, currency: &str| {
        json!({
            "type": "withdrawal", "amount": amount, "currency": currency, "account_id": "U1", "reference": "rent",
            "destination": { "name": name, "account": account },
        })
    };
    let ask = async |details: &Value| {
        server.advance(60);
        let details = details.to_string();
        let form = [("scope", "openid"), ("login_hint", "alice"), ("authorization_details", details.as_str())];
        send(&server, "/oauth2/bc-authorize", &form, &[("authorization", &basic("payer"))]).await
    };
    for bad in [
        json!([one("Ann", "1", "1.00", "USD"), one("Bob", "2", "1.00", "EUR")]),
        json!([one("Ann", "1", "1.00", "USD"), one("", "2", "1.00", "USD")]),
        json!(vec![one("Ann", "1", "1.00", "USD"); 21]),
        json!([{ "type": "withdrawal_batch", "amount": "2.00", "currency": "USD",
            "withdrawals": [one("Ann", "1", "1.00", "USD"), one("Bob", "2", "1.00", "USD")] }]),
    ] {
        let (status, refused) = ask(&bad).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_authorization_details")), "{bad} {refused}");
    }
    let details = json!([one("Ann", "DE11", "1.5", "USD"), one("Bob", "DE22", "20", "USD")]);
    let (status, answer) = ask(&details).await;
    assert_eq!(status, 200, "{answer}");
    let step = taken_up(&browser).await;
    for shown in ["21.50\u{a0}USD", "Ann", "DE11", "1.50\u{a0}USD", "Bob", "DE22", "20\u{a0}USD", "1 of 2", "2 of 2"] {
        assert!(step.text.contains(shown), "{shown} is not on the page: {}", step.text);
    }
    assert!(challenge(&step.text).starts_with(['8', '9']));
    answered(&browser, &step, &mut cards[0]).await;
    let (status, tokens) = poll(&server, answer["auth_req_id"].as_str().unwrap()).await;
    assert_eq!((status, &tokens["authorization_details"]), (200, &details), "{tokens}");
}
