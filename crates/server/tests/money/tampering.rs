//! What you see is what you sign: each field of a payment altered, with each kind of device.

use super::api::{Office, asked};
use super::phones::activate;
use super::rig::{Key, start};
use super::support::PIN;
use super::tampering_hand::Hand;
use serde_json::{Value, json};
use wire::phone::typ;

/// The pointers to every leaf of a value.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, one)| leaves(one, &format!("{at}/{name}"), found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, one)| leaves(one, &format!("{at}/{n}"), found)),
        _ => found.push(at.to_owned()),
    }
}

/// A value with its last character changed.
fn altered(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let mut text = text.clone();
            let last = text.pop();
            text.push(if last == Some('1') { '2' } else { '1' });
            text.into()
        }
        Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
        other => panic!("{other}"),
    }
}

/// The phone signs the statement: with any byte of any field changed it is refused, and so is a payee that is left out,
/// added, or changed for another with the sum unchanged.
#[tokio::test]
async fn a_phone_signs_every_field_of_one_and_of_several() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let token = Office::of(&server, "office").await.token;
    let hand = Hand::of(server, &phone).await;
    let office = Office::with(&hand.server, token);
    let mut several = asked("1.00");
    for member in ["amount", "destination"] {
        several.as_object_mut().unwrap().remove(member);
    }
    let payment =
        |name: &str, amount: &str| json!({ "amount": amount, "destination": { "name": name, "account": "DE17" } });
    several["payments"] = json!([payment("Ann", "10.00"), payment("Bob", "20.00"), payment("Cyd", "30.00")]);
    for (key, body, fields) in [("one", asked("250.00"), 8), ("several", several, 20)] {
        let (status, made) = office.ask(key, &body).await;
        assert_eq!(status, 201, "{made}");
        let pending = phone.one(None).await.unwrap();
        let good = json!({
            "issuer": pending.issuer, "confirmation": pending.id, "device": hand.device,
            "operation": pending.operation, "decision": "approve", "decided_at": hand.now(),
        });
        let path = format!("/api/phone/v1/confirmations/{}/approve", pending.id);
        let mut found = Vec::new();
        leaves(&good["operation"], "/operation", &mut found);
        assert!(found.len() >= fields, "{found:?}");
        let mut table: Vec<(String, Value)> = Vec::new();
        for leaf in found {
            let mut statement = good.clone();
            let value = statement.pointer_mut(&leaf).unwrap();
            *value = altered(value);
            table.push((leaf, statement));
        }
        if key == "several" {
            let mut fewer = good.clone();
            fewer["operation"]["withdrawals"].as_array_mut().unwrap().pop();
            let mut moved = good.clone();
            moved["operation"]["withdrawals"].as_array_mut().unwrap().swap(0, 1);
            let mut twice = good.clone();
            let first = twice["operation"]["withdrawals"][0].clone();
            twice["operation"]["withdrawals"].as_array_mut().unwrap().push(first);
            table.extend([("fewer", fewer), ("moved", moved), ("twice", twice)].map(|(n, s)| (n.to_owned(), s)));
        }
        for (what, statement) in table {
            let (status, problem) = hand.decide(&path, &statement, typ::STATEMENT, &hand.key).await;
            assert_eq!((status, &problem["reason"]), (422, &json!("operation")), "{what} {problem}");
        }
        assert_eq!(
            office.get(&format!("/withdrawals/{}", made["id"].as_str().unwrap())).await["state"],
            "awaiting_confirmation"
        );
        let (status, done) = hand.decide(&path, &good, typ::STATEMENT, &hand.key).await;
        assert_eq!((status, &done["outcome"]), (200, &json!("confirmed")), "{done}");
    }
}

/// A keypad card answers the challenge of one payment: nothing that differs from it in any field takes the response, nor
/// the same payment asked for once more. Each response is altered by one digit too. A challenge has two fresh digits, so
/// that of two payments with the same last digits one pair in a hundred is alike: then the other is asked for again.
#[tokio::test]
async fn a_cards_response_is_of_one_payment_alone() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let office = Office::of(&server, "office").await;
    let changed = |pointer: &str, value: Value| {
        let mut body = asked("250.00");
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let mut other_reference = asked("250.00");
    other_reference["reference"] = json!("other");
    let others = [
        ("amount", changed("/amount", json!("250.01"))),
        ("currency", changed("/currency", json!("USD"))),
        ("payee", changed("/destination/name", json!("Bol"))),
        ("account", changed("/destination/account", json!("DE89 3704 0044 0532 0130 18"))),
        ("the same last digits", changed("/destination/account", json!("GB00 0017"))),
        ("reference", other_reference),
    ];
    for (what, other) in others {
        let (_, first) = office.ask(&format!("{what} a"), &asked("250.00")).await;
        let challenge =
            |made: &Value| made["next"]["challenge"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        let mut second = office.ask(&format!("{what} b"), &other).await.1;
        for again in 0..3 {
            if challenge(&second) != challenge(&first) {
                break;
            }
            second = office.ask(&format!("{what} b{again}"), &other).await.1;
        }
        assert_ne!(challenge(&first), challenge(&second), "{what}");
        let response = cards[0].answer(&challenge(&first), PIN);
        let (status, refused) = office.go_on(&second["id"], &json!({ "response": response })).await;
        assert_eq!((status, &refused["failure"]["reason"]), (200, &json!("wrong_response")), "{what} {refused}");
        // Once: of wrong answers that no password came before a user has ten a day.
        if what == "amount" {
            let (_, still) = office.go_on(&first["id"], &json!({ "response": altered(&json!(response)) })).await;
            assert_eq!(still["failure"]["reason"], "wrong_response", "{what} {still}");
        }
        let (status, done) = office.go_on(&first["id"], &json!({ "response": response })).await;
        assert_eq!((status, &done["state"]), (200, &json!("confirmed")), "{what} {done}");
        let id = second["id"].as_str().unwrap();
        let cancel = format!("/withdrawals/{id}/cancel");
        assert_eq!(office.call(reqwest::Method::POST, &cancel, None, None).await.0, 200);
    }
}

/// Code cards, passcodes and static codes are presence only: the receipt says so, and the class caps what they confirm.
#[tokio::test]
async fn a_code_card_shows_presence_and_no_more() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let (_dir, card, _) = super::code_card::add_card(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let (status, refused) = office.ask("over", &asked("200000.01")).await;
    assert_eq!((status, &refused["type"]), (403, &json!("/problems/device-limit")), "{refused}");
    let (_, made) = office.ask("under", &asked("200000.00")).await;
    let values = super::code_card::values(&card, &made);
    let (_, wrong) = office.go_on(&made["id"], &json!({ "response": altered(&json!(values)) })).await;
    assert_eq!(wrong["failure"]["reason"], "wrong_response", "{wrong}");
    let (_, done) = office.go_on(&made["id"], &json!({ "response": values })).await;
    assert_eq!(done["state"], "confirmed", "{done}");
    let evidence = office.get(&format!("/withdrawals/{}/evidence", made["id"].as_str().unwrap())).await;
    assert_eq!(super::backchannel::claims(&evidence["receipt"])["link"], "presence_only");
}
