//! A change of the PIN: proven by two responses, counted like any answer, good once.

use super::{
    phones::{PIN, activate, answer, awaiting, challenged, key, known, notices, post, shown, slug},
    support::{PASSWORD, Server},
};
use countersign_client::phone::{Phone, PhoneError, PinChange, SigningKey};
use serde_json::{Value, json};
use std::sync::Arc;
use wire::phone::{
    manage::{Form, NewPin},
    typ,
};

const NEW: &str = "604172";

async fn begin(server: &Server, phone: &Phone) -> PinChange {
    phone.begin_pin_change(&known(server).await).await.unwrap()
}

fn path(body: &NewPin) -> String {
    format!("pin-changes/{}/complete", body.change)
}

fn attempts_left(result: Result<(), PhoneError>) -> Option<u32> {
    match result {
        Err(PhoneError::Refused(problem)) if problem.kind == "/problems/wrong-response" => problem.attempts_left,
        other => panic!("no wrong response: {other:?}"),
    }
}

async fn texts(phone: &Phone) -> Vec<String> {
    phone.activity(Some("en")).await.unwrap().into_iter().map(|line| line.text).collect()
}

#[tokio::test]
async fn after_a_change_the_new_pin_answers_everywhere_and_the_old_one_nowhere() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    // One challenge is on a screen already; what it asks for is judged when the answer comes.
    let earlier = awaiting(&server, "alice", &[]).await;
    let challenge = challenged(&server, &earlier).await;

    let change = begin(&server, &phone).await;
    let begun = change.begun();
    assert!(begun.challenge.starts_with(['6', '7']), "for a device change: {}", begun.challenge);
    assert_eq!((begun.expires_in, begun.response_digits), (600, 8));
    phone.complete_pin_change(&change, (PIN, NEW)).await.unwrap();
    assert!(notices(&server).await.contains(&"notice-pin-changed".to_owned()), "the owner is told elsewhere");
    assert_eq!(texts(&phone).await[0], "PIN of a device changed – Mobile app");

    let (_, refused) = answer(&server, &earlier, &phone, (&challenge, PIN)).await;
    assert_eq!(refused["failure"], json!({ "reason": "wrong_response", "attempts_left": 2 }));
    let (status, done) = answer(&server, &earlier, &phone, (&challenge, NEW)).await;
    assert_eq!(status, 200, "{done}");

    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    assert_eq!(slug(phone.approve(&pending, PIN, number.as_deref()).await), "wrong-response");
    assert_eq!(phone.approve(&pending, NEW, number.as_deref()).await.unwrap().outcome, "confirmed");

    // And on from there.
    let change = begin(&server, &phone).await;
    assert_eq!(attempts_left(phone.complete_pin_change(&change, (PIN, "7294")).await), Some(2));
    phone.complete_pin_change(&change, (NEW, "7294")).await.unwrap();
}

#[tokio::test]
async fn a_wrong_current_pin_counts_like_any_wrong_answer() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let change = begin(&server, &phone).await;
    for left in [2, 1, 0] {
        assert_eq!(attempts_left(phone.complete_pin_change(&change, ("739186", NEW)).await), Some(left));
    }
    assert_eq!(slug(phone.complete_pin_change(&change, (PIN, NEW)).await), "unknown-change", "three are enough");

    // A wrong answer at the login is the fourth in a row, and the fifth locks the phone.
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    assert_eq!(slug(phone.approve(&pending, "739186", number.as_deref()).await), "wrong-response");
    let change = begin(&server, &phone).await;
    assert_eq!(slug(phone.complete_pin_change(&change, ("739186", NEW)).await), "device-locked");
    assert!(notices(&server).await.contains(&"notice-phone-locked".to_owned()));
    let change = begin(&server, &phone).await;
    assert_eq!(slug(phone.complete_pin_change(&change, (PIN, NEW)).await), "device-locked", "the right one neither");
    assert_eq!(server.begin("alice", PASSWORD, &[]).await.1["failure"]["reason"], "device_locked");
    let lines = phone.activity(Some("en")).await.unwrap();
    let wrong =
        lines.iter().filter(|line| line.text == "Wrong code – Mobile app" && line.alarming && line.address.is_some());
    assert_eq!(wrong.count(), 4);
    let fifth = lines.iter().filter(|line| line.text == "Right password, then 1 wrong code – Mobile app");
    assert!(fifth.clone().count() == 1 && fifth.clone().all(|line| line.alarming), "{lines:?}");

    // A right one makes the count start again.
    server.advance(901);
    let change = begin(&server, &phone).await;
    phone.complete_pin_change(&change, (PIN, NEW)).await.unwrap();
    let change = begin(&server, &phone).await;
    assert_eq!(attempts_left(phone.complete_pin_change(&change, (PIN, "7294")).await), Some(2));
    assert!(server.begin("alice", PASSWORD, &[]).await.1["next"].is_object(), "not locked again");
}

#[tokio::test]
async fn what_is_over_or_anothers_is_refused() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    server.user("mallory", 0).await;
    let phone = activate(&server, "alice").await;
    let theirs = activate(&server, "mallory").await;

    let older = begin(&server, &phone).await;
    let newer = begin(&server, &phone).await;
    assert_eq!(slug(phone.complete_pin_change(&older, (PIN, NEW)).await), "unknown-change", "one at a time");
    assert_eq!(slug(theirs.complete_pin_change(&newer, (PIN, NEW)).await), "unknown-change", "another user's");

    let body = phone.new_pin(&newer, (PIN, NEW)).unwrap();
    let jws = key(&phone).sign(typ::NEW_PIN, &body).unwrap();
    assert_eq!(post(&server, &phone, &path(&body), &jws).await.0, 204);
    let (status, again) = post(&server, &phone, &path(&body), &jws).await;
    assert_eq!((status, &again["type"]), (404, &json!("/problems/unknown-change")), "good once");

    let late = begin(&server, &phone).await;
    server.advance(601);
    assert_eq!(slug(phone.complete_pin_change(&late, (NEW, "7294")).await), "unknown-change");
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(slug(phone.complete_pin_change(&late, (NEW, "7294")).await), "unknown-change");

    // An activation of the same user takes the place of the phone, and what it had begun is nobody's.
    let begun = begin(&server, &phone).await;
    let next = activate(&server, "alice").await;
    assert_eq!(slug(phone.complete_pin_change(&begun, (NEW, "7294")).await), "unauthorized");
    assert_eq!(slug(next.complete_pin_change(&begun, (PIN, "7294")).await), "unknown-change");
}

#[tokio::test]
async fn changed_bodies_are_refused_and_count_nowhere() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let device = phone.device().await.unwrap().device_id;
    let (own, (other, _)) = (key(&phone), SigningKey::generate().unwrap());

    let order = |device: &str, at: u64| json!({ "device": device, "at": at });
    let elsewhere = "01890000-0000-7000-8000-000000000000";
    for (reason, body, typ, key) in [
        ("device", order(elsewhere, server.unix_now()), typ::PIN_CHANGE, &own),
        ("at", order(&device, server.unix_now() - 200), typ::PIN_CHANGE, &own),
        ("at", order(&device, server.unix_now() + 200), typ::PIN_CHANGE, &own),
        ("body", order(&device, server.unix_now()), typ::REMOVAL, &own),
        ("body", order(&device, server.unix_now()), typ::PIN_CHANGE, &other),
        ("body", json!({ "device": device, "at": server.unix_now(), "more": 1 }), typ::PIN_CHANGE, &own),
    ] {
        let (status, problem) = post(&server, &phone, "pin-changes", &key.sign(typ, &body).unwrap()).await;
        assert_eq!((status, &problem["reason"]), (400, &json!(reason)), "{body}");
    }

    let change = begin(&server, &phone).await;
    let body = phone.new_pin(&change, (PIN, NEW)).unwrap();
    let good = serde_json::to_value(&body).unwrap();
    let changed = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let another = serde_json::to_value(phone.new_pin(&change, (PIN, NEW)).unwrap()).unwrap();
    let public = serde_json::to_value(other.public().jwk()).unwrap();
    let mut flipped = body.sealed_pin.clone().into_bytes();
    flipped[40] = if flipped[40] == b'A' { b'B' } else { b'A' };
    for (reason, body, typ, key) in [
        ("body", good.clone(), typ::FIRST_RESPONSE, &own),
        ("body", good.clone(), typ::NEW_PIN, &other),
        ("body", changed("more", json!(1)), typ::NEW_PIN, &own),
        ("change", changed("change", json!("another")), typ::NEW_PIN, &own),
        (
            "agreement_key",
            changed("agreement_key", json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" })),
            typ::NEW_PIN,
            &own,
        ),
        ("sealed_pin", changed("agreement_key", public), typ::NEW_PIN, &own),
        ("sealed_pin", changed("sealed_pin", another["sealed_pin"].clone()), typ::NEW_PIN, &own),
        ("sealed_pin", changed("sealed_pin", json!(String::from_utf8(flipped).unwrap())), typ::NEW_PIN, &own),
        ("sealed_pin", changed("sealed_pin", json!("")), typ::NEW_PIN, &own),
    ] {
        let (status, problem) = post(&server, &phone, &path_of(&good), &key.sign(typ, &body).unwrap()).await;
        assert_eq!((status, &problem["reason"]), (400, &json!(reason)), "{body}");
    }
    let nowhere = post(&server, &phone, "pin-changes/nowhere/complete", &own.sign(typ::NEW_PIN, &good).unwrap()).await;
    assert_eq!(nowhere.0, 404);
    // Nothing of all that counted, and the right one still holds.
    let (status, problem) = post(&server, &phone, &path_of(&good), &own.sign(typ::NEW_PIN, &good).unwrap()).await;
    assert_eq!(status, 204, "{problem}");
    assert!(!texts(&phone).await.iter().any(|text| text.starts_with("Wrong code")));
}

fn path_of(body: &Value) -> String {
    format!("pin-changes/{}/complete", body["change"].as_str().unwrap())
}

/// The same completion twenty times at once: it is taken once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_parallel_completions_one_wins() {
    let server = Arc::new(Server::start().await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let change = begin(&server, &phone).await;
    let body = phone.new_pin(&change, (PIN, NEW)).unwrap();
    let (path, jws) = (path(&body), key(&phone).sign(typ::NEW_PIN, &body).unwrap());
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (server, phone, path, jws) = (Arc::clone(&server), phone.clone(), path.clone(), jws.clone());
            tokio::spawn(async move { post(&server, &phone, &path, &jws).await })
        })
        .collect();
    let mut changed = 0;
    for task in tasks {
        match task.await.unwrap() {
            (204, _) => changed += 1,
            (status, problem) => assert!(matches!(status, 404 | 503), "{status} {problem}"),
        }
    }
    assert_eq!(changed, 1);
    assert_eq!(notices(&server).await.iter().filter(|notice| *notice == "notice-pin-changed").count(), 1);
    let lines = texts(&phone).await;
    assert!(!lines.iter().any(|text| text.starts_with("Wrong code")), "a repetition is no wrong answer: {lines:?}");
    assert_eq!(phone.device().await.unwrap().state, "active");
}

/// Where the platform's user verification stands in place of a PIN there is nothing to change.
#[tokio::test]
async fn a_phone_of_the_biometric_form_has_no_pin() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let device = phone.device().await.unwrap().device_id;
    let id = device.parse().unwrap();
    let credential = store::device::Credential { id: "AA".to_owned(), key: "{}".to_owned(), counter: 0 };
    let username = domain::user::Username::parse("alice").unwrap();
    let saved = server.app.store.write(move |sql| {
        let user = store::user::by_name(sql, &username)?.expect("alice");
        store::device::save_credential(sql, user.id, id, &credential)
    });
    saved.await.unwrap();
    assert_eq!(phone.device().await.unwrap().form, Form::Biometric);
    let order = json!({ "device": device, "at": server.unix_now() });
    let (status, problem) =
        post(&server, &phone, "pin-changes", &key(&phone).sign(typ::PIN_CHANGE, &order).unwrap()).await;
    assert_eq!((status, &problem["type"]), (409, &json!("/problems/no-pin")));
    assert!(phone.begin_pin_change(&known(&server).await).await.is_err(), "and the software phone knows it");
}
