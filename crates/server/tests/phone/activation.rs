//! Activation: a code through the outbox, keys agreed, the first response; what it ends and what it refuses.

use super::{
    phones::{PIN, activate, begin, code, invitation, known, notices, phone, refused, slug, unix_now},
    support::{PASSWORD, Server},
};
use crate::login::pages::Browser;
use countersign_client::phone::{Activation, respond};
use serde_json::json;
use wire::{
    Next,
    phone::{ConfirmActivation, StartActivation},
};

fn answer(response: &str) -> ConfirmActivation {
    ConfirmActivation { response: Some(response.to_owned()), ..ConfirmActivation::default() }
}

#[tokio::test]
async fn a_phone_is_activated_and_a_second_one_takes_its_place() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let since = server.unix_now();
    let first = activate(&server, "alice").await;
    assert!(first.pending().await.unwrap().is_empty());
    server.advance(3 * 86_400);
    assert!(notices(&server).await.contains(&"notice-device-activated".to_owned()), "the owner is told elsewhere");

    // The card is asked instead of a code: the older phone may be the one that was lost.
    let begun = begin(&server, "alice").await;
    let started = begun.started();
    assert_eq!((started.proof.as_str(), &started.sent_to, started.username.as_str()), ("device", &None, "alice"));
    let Some(Next::Respond { device, challenge, .. }) = started.next.clone() else { panic!("{:?}", started.next) };
    assert_eq!(device.class, "dsc-plus");
    assert!(challenge.starts_with(['6', '7']), "a challenge that changes devices: {challenge}");
    assert_eq!(slug(begun.complete(None, PIN, None).await), "not-awaited", "nobody vouched yet");
    let wrong = begun.confirm(&answer("00000000")).await.unwrap();
    assert_eq!((wrong.confirmed, wrong.failure.unwrap().attempts_left), (false, Some(2)));
    assert!(begun.confirm(&answer(&cards[0].answer(&challenge, super::support::PIN))).await.unwrap().confirmed);
    assert!(begun.confirm(&ConfirmActivation::default()).await.unwrap().confirmed, "asked again, it stays so");
    let (state, activated) = begun.complete(None, PIN, Some("My phone")).await.unwrap();
    assert_eq!(activated.ended.len(), 1, "the older phone key, and nothing else");
    assert_eq!((activated.ended[0].state.as_str(), state.label.as_str()), ("replaced", "My phone"));
    let ended = u64::try_from(activated.ended[0].since).unwrap();
    assert!((since..=since + 1).contains(&ended), "since when it was: {ended}, not {since}");
    assert_eq!(slug(first.pending().await), "unauthorized", "a replaced phone is nobody");
    let second = phone(&server, state).await;
    assert!(second.pending().await.unwrap().is_empty());

    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let devices = step["next"]["devices"].as_array().unwrap();
    let classes: Vec<_> = devices.iter().map(|device| device["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["dsc-plus", "phone"], "the card stays");
    assert_eq!(devices[1]["methods"], json!(["seamless", "challenge_response"]));
}

/// What a program that cannot choose gets: the device that is asked, and how.
async fn asked_by_an_old_program(server: &Server, username: &str) -> (String, String) {
    let (_, step) = server.begin(username, PASSWORD, &[("client_version", "965")]).await;
    let of = |value: &serde_json::Value| value.as_str().unwrap_or_else(|| panic!("{step}")).to_owned();
    (of(&step["next"]["step"]), of(&step["next"]["device"]["id"]))
}

/// A default that was chosen is no default of the oldest device: it goes on to what takes the chosen one's place.
#[tokio::test]
async fn a_phone_takes_anothers_place_as_the_default_too_and_no_other_place() {
    let server = Server::start().await;
    for (username, chosen) in [("alice", true), ("boris", false)] {
        let mut cards = server.user(username, 1).await;
        let browser = Browser::new(&server);
        browser.log_in(username, &mut cards[0]).await;
        let first = activate(&server, username).await.shelf().read().unwrap().device_id.clone();
        if chosen {
            let page = browser.get("/settings").await;
            browser.post("/settings/devices/default", &page, &[("id", &first)]).await;
        }
        let before = if chosen { ("approve".to_owned(), first) } else { ("respond".to_owned(), cards[0].id.clone()) };
        assert_eq!(asked_by_an_old_program(&server, username).await, before, "{username}");
        let second = activate(&server, username).await.shelf().read().unwrap().device_id.clone();
        let after = if chosen { (before.0, second.clone()) } else { before };
        assert_eq!(asked_by_an_old_program(&server, username).await, after, "{username}");
        let (_, step) = server.begin(username, PASSWORD, &[]).await;
        let devices = step["next"]["devices"].as_array().unwrap();
        let defaults: Vec<_> = devices.iter().filter(|device| device["default"] == true).collect();
        assert_eq!(defaults.iter().map(|device| &device["id"]).collect::<Vec<_>>(), [&json!(after.1)], "{step}");
    }
}

#[tokio::test]
async fn a_wrong_code_may_be_tried_thrice_and_counts() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let begun = begin(&server, "alice").await;
    for left in [2, 1, 0] {
        let error = begun.complete("AAAA-AAAA", PIN, None).await.unwrap_err();
        assert!(matches!(&error, countersign_client::phone::PhoneError::Refused(p) if p.attempts_left == Some(left)));
    }
    let right = code(&server).await;
    assert_eq!(slug(begun.complete(right.as_str(), PIN, None).await), "unknown-activation");

    // As people type it: small letters, a space for the hyphen.
    let begun = begin(&server, "alice").await;
    let typed = code(&server).await.to_lowercase().replace('-', " ");
    assert!(begun.complete(typed.as_str(), PIN, None).await.is_ok());
    assert_eq!(slug(begun.complete(typed.as_str(), PIN, None).await), "unknown-activation", "a code is good once");
}

#[tokio::test]
async fn a_code_is_judged_when_it_is_typed_before_anything_else_is_asked() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let begun = begin(&server, "alice").await;
    let typed = |code: &str| ConfirmActivation { code: Some(code.to_owned()), ..ConfirmActivation::default() };
    let error = begun.confirm(&typed("AAAA-AAAA")).await.unwrap_err();
    assert!(matches!(&error, countersign_client::phone::PhoneError::Refused(p) if p.attempts_left == Some(2)));
    let right = code(&server).await;
    assert!(begun.confirm(&typed(&right)).await.unwrap().confirmed);
    let error = begun.complete("AAAA-AAAA", PIN, None).await.unwrap_err();
    assert!(
        matches!(&error, countersign_client::phone::PhoneError::Refused(p) if p.attempts_left == Some(1)),
        "one budget for both, and a right code is not remembered"
    );
    assert!(begun.complete(right.as_str(), PIN, None).await.is_ok());

    // Guessing here ends the activation as guessing there does.
    let begun = begin(&server, "alice").await;
    for _ in 0..3 {
        assert_eq!(slug(begun.confirm(&typed("AAAA-AAAA")).await), "wrong-code");
    }
    assert_eq!(slug(begun.confirm(&typed(&code(&server).await)).await), "unknown-activation");
}

#[tokio::test]
async fn a_code_dies_after_ten_minutes_and_with_the_next_one() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let old = begin(&server, "alice").await;
    let old_code = code(&server).await;
    let new = begin(&server, "alice").await;
    assert_eq!(slug(old.complete(old_code.as_str(), PIN, None).await), "unknown-activation");
    server.advance(601);
    assert_eq!(slug(new.complete(code(&server).await.as_str(), PIN, None).await), "unknown-activation");
}

#[tokio::test]
async fn five_codes_in_ten_minutes_are_enough() {
    let server = Server::start().await;
    server.user("alice", 0).await;
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
    server.user("alice", 0).await;
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

/// What the settings page shows: good once, for its user, with the id typed as people type it.
#[tokio::test]
async fn a_signed_in_page_invites_a_phone() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    server.user("boris", 0).await;
    let known = known(&server).await;
    let begin = |start: StartActivation| {
        let activation = Activation::new(&known, unix_now).unwrap();
        let known = known.clone();
        async move { activation.begin_with(known, &start).await }
    };
    let typed = |username: &str, id: &str| StartActivation {
        username: Some(username.to_owned()),
        session_id: Some(id.to_owned()),
        ..StartActivation::default()
    };
    let scanned = |handle: &str| StartActivation { session: Some(handle.to_owned()), ..StartActivation::default() };

    let (handle, id) = invitation(&server, "alice").await;
    assert_eq!(id.len(), 11, "{id}");
    for refused in
        [typed("boris", &id), typed("nobody", &id), typed("alice", "AAAAA-AAAAA"), scanned("x"), scanned(&id)]
    {
        assert_eq!(slug(begin(refused).await), "unknown-invitation");
    }
    let begun = begin(typed("Alice", &id.to_lowercase().replace('-', " "))).await.unwrap();
    assert_eq!((begun.started().proof.as_str(), begun.started().username.as_str()), ("session", "alice"));
    assert!(begun.complete(None, PIN, None).await.is_ok());
    for used in [typed("alice", &id), scanned(&handle)] {
        assert_eq!(slug(begin(used).await), "unknown-invitation", "it was used");
    }

    let (old, _) = invitation(&server, "alice").await;
    let (newer, id) = invitation(&server, "alice").await;
    assert_eq!(slug(begin(scanned(&old)).await), "unknown-invitation", "a newer one took its place");
    for _ in 0..5 {
        assert_eq!(slug(begin(typed("alice", "AAAAA-AAAAA")).await), "unknown-invitation");
    }
    assert_eq!(slug(begin(typed("alice", &id)).await), "unknown-invitation", "five wrong ids end it");
    assert_eq!(slug(begin(scanned(&newer)).await), "unknown-invitation");

    let (late, _) = invitation(&server, "alice").await;
    server.advance(601);
    assert_eq!(slug(begin(scanned(&late)).await), "unknown-invitation", "its time is over");
    let both = StartActivation { password: Some(PASSWORD.to_owned()), ..typed("alice", &id) };
    assert_eq!(slug(begin(both).await), "bad-request");
}
