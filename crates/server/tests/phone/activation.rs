//! Activation: a code through the outbox, keys agreed, the first response; what it ends and what it refuses.

use super::{
    phones::{PIN, activate, begin, code, known, notices, phone, refused, slug, unix_now},
    support::{PASSWORD, Server},
};
use countersign_client::phone::{Activation, respond};
use serde_json::json;

#[tokio::test]
async fn a_phone_is_activated_and_a_second_one_takes_its_place() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let first = activate(&server, "alice").await;
    assert!(first.pending().await.unwrap().is_empty());
    assert!(notices(&server).await.contains(&"notice-device-activated".to_owned()), "the owner is told elsewhere");

    let begun = begin(&server, "alice").await;
    let started = begun.started();
    assert_eq!((started.sent_by.as_str(), started.sent_to.as_str()), ("mail", "a•••@example.com"));
    let (state, activated) = begun.complete((&code(&server).await, PIN), Some("My phone")).await.unwrap();
    assert_eq!(activated.ended.len(), 1, "the older phone key, and nothing else");
    assert_eq!((activated.ended[0].state.as_str(), state.label.as_str()), ("replaced", "My phone"));
    assert_eq!(slug(first.pending().await), "unauthorized", "a replaced phone is nobody");
    let second = phone(&server, state).await;
    assert!(second.pending().await.unwrap().is_empty());

    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let devices = step["next"]["devices"].as_array().unwrap();
    let classes: Vec<_> = devices.iter().map(|device| device["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["dsc-plus", "phone"], "the card stays");
    assert_eq!(devices[1]["methods"], json!(["seamless", "challenge_response"]));
}

#[tokio::test]
async fn a_wrong_code_may_be_tried_thrice_and_counts() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let begun = begin(&server, "alice").await;
    for left in [2, 1, 0] {
        let error = begun.complete(("AAAA-AAAA", PIN), None).await.unwrap_err();
        assert!(matches!(&error, countersign_client::phone::PhoneError::Refused(p) if p.attempts_left == Some(left)));
    }
    let right = code(&server).await;
    assert_eq!(slug(begun.complete((&right, PIN), None).await), "unknown-activation");

    // As people type it: small letters, a space for the hyphen.
    let begun = begin(&server, "alice").await;
    let typed = code(&server).await.to_lowercase().replace('-', " ");
    assert!(begun.complete((&typed, PIN), None).await.is_ok());
    assert_eq!(slug(begun.complete((&typed, PIN), None).await), "unknown-activation", "a code is good once");
}

#[tokio::test]
async fn a_code_dies_after_ten_minutes_and_with_the_next_one() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let old = begin(&server, "alice").await;
    let old_code = code(&server).await;
    let new = begin(&server, "alice").await;
    assert_eq!(slug(old.complete((&old_code, PIN), None).await), "unknown-activation");
    server.advance(601);
    assert_eq!(slug(new.complete((&code(&server).await, PIN), None).await), "unknown-activation");
}

#[tokio::test]
async fn five_codes_in_ten_minutes_are_enough() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    for _ in 0..5 {
        begin(&server, "alice").await;
    }
    let known = known(&server).await;
    let sixth = Activation::new(&known, unix_now).unwrap().begin(known.clone(), "alice", PASSWORD).await;
    assert_eq!(slug(sixth), "throttled");
    server.advance(601);
    begin(&server, "alice").await;
}

/// Unknown user, wrong password, locked user: one refusal, as at any login.
#[tokio::test]
async fn the_password_step_tells_nothing() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let known = known(&server).await;
    let mut seen = Vec::new();
    for (username, password) in [("nobody", PASSWORD), ("alice", "a wrong guess")] {
        let activation = Activation::new(&known, unix_now).unwrap();
        seen.push(refused(activation.begin(known.clone(), username, password).await));
    }
    for _ in 0..10 {
        server.begin("alice", "a wrong guess", &[]).await;
    }
    let activation = Activation::new(&known, unix_now).unwrap();
    seen.push(refused(activation.begin(known.clone(), "alice", PASSWORD).await));
    assert_eq!(seen, vec![("invalid-credentials".to_owned(), None); 3]);
}

#[tokio::test]
async fn responses_of_the_phone_are_judged_with_its_pin() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = super::phones::awaiting(&server, "alice", &[]).await;
    let session = super::support::session(&step).to_owned();
    let (_, asked) = server.challenge(&[("auth_session", &session), ("method", "challenge_response")]).await;
    assert_eq!(asked["next"]["step"], "respond", "the same attempt: {asked}");
    let challenge = asked["next"]["challenge"].as_str().unwrap();
    let wrong = respond(phone.shelf(), challenge, "739186").unwrap();
    let (_, refused) = server.challenge(&[("auth_session", &session), ("response", wrong.as_str())]).await;
    assert_eq!(refused["failure"], json!({ "reason": "wrong_response", "attempts_left": 2 }));
    let right = respond(phone.shelf(), challenge, PIN).unwrap();
    let (status, done) = server.challenge(&[("auth_session", &session), ("response", right.as_str())]).await;
    assert_eq!(status, 200, "{done}");
}
