//! Approving, refusing, "it wasn't me", numbers, expiry; who waits and what the phone shows.

use super::{
    phones::{PIN, activate, ask, awaiting, log_in, notices, refused, shown, slug},
    support::{PASSWORD, SOON, Server, new_session, session},
};
use countersign::flow::messages::outbox;
use domain::{audit::Kind, id::UserId, user::Username};
use futures_util::future::{Either, select};
use operation::What;
use serde_json::json;
use std::sync::Arc;
use wire::phone::{Asked, Decision, Operation};

#[tokio::test]
async fn a_waiting_program_proceeds_by_itself() {
    let server = Arc::new(Server::start().await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    assert!(number.is_some(), "the first login from here is unfamiliar");
    let operation: Operation = serde_json::from_value(pending.operation.clone()).unwrap();
    let Asked { client_name, address, .. } = operation.asked;
    assert_eq!((operation.what, client_name.as_str(), address.as_deref()), (What::Login, "TWS", Some("127.0.0.1")));

    let waiting = tokio::spawn({
        let (server, step) = (Arc::clone(&server), step.clone());
        async move { ask(&server, &step, "30").await }
    });
    tokio::task::yield_now().await;
    assert_eq!(phone.approve(&pending, PIN, number.as_deref()).await.unwrap().outcome, "confirmed");
    let (status, done) = tokio::time::timeout(SOON, waiting).await.unwrap().unwrap();
    assert_eq!(status, 200, "{done}");
    let mark = done["client_mark"].as_str().unwrap();

    let again = refused(phone.approve(&pending, PIN, number.as_deref()).await);
    assert_eq!(again, ("attempt-ended".to_owned(), Some("already_answered".to_owned())));
    assert_eq!(ask(&server, &step, "0").await, (200, done.clone()), "an answer that was lost is told again, the same");

    server.advance(86_400);
    log_in(&server, &phone, &[("client_mark", mark)]).await;
    let familiar = awaiting(&server, "alice", &[("client_mark", mark)]).await;
    assert!(familiar["next"]["number"].is_null(), "a known program from a known network: {familiar}");
    // The mark alone is not enough once the place was not seen for 90 days.
    server.advance(91 * 86_400);
    let stale = awaiting(&server, "alice", &[("client_mark", mark)]).await;
    assert!(stale["next"]["number"].is_string());
}

#[tokio::test]
async fn refusing_and_it_was_not_me() {
    let server = Server::with("[institution]\ndesk_mail = \"desk@bank.example\"\ndesk_language = \"ru\"\n").await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, _) = shown(&phone, &step).await;
    assert_eq!(phone.deny(&pending, Decision::Deny).await.unwrap().outcome, "denied");
    let (status, denied) = ask(&server, &step, "5").await;
    assert_eq!((status, denied), (400, json!({ "error": "access_denied", "failure": { "reason": "denied" } })));

    let step = awaiting(&server, "alice", &[]).await;
    let (pending, _) = shown(&phone, &step).await;
    let sessions = |user| server.app.store.read(move |sql| store::session::open(sql, user));
    let user = signed_in(&server).await;
    assert_eq!(sessions(user).await.unwrap().len(), 2, "this one, and the one that invited the phone");
    phone.deny(&pending, Decision::Report).await.unwrap();
    assert!(sessions(user).await.unwrap().is_empty(), "whoever had the password is out");
    assert_eq!(ask(&server, &step, "0").await.1["failure"]["reason"], "denied");
    let (_, locked) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(locked["failure"]["reason"], "invalid_credentials", "the password is locked");
    assert!(notices(&server).await.contains(&"notice-not-me".to_owned()), "the owner is told on another channel");

    let told = outbox::latest(&server.app).await.unwrap().into_iter().filter(|mail| mail.to == "desk@bank.example");
    let [mail] = &told.collect::<Vec<_>>()[..] else {
        panic!("the desk is told once, and not of what was just refused")
    };
    assert!(mail.subject.ends_with("пользователь сообщает о чужом запросе"), "{}", mail.subject);
    for said in ["alice", &user.to_string(), ": вход\n", "Программа: TWS\n", "127.0.0.1", &pending.id] {
        assert!(mail.text.contains(said), "{said}: {}", mail.text);
    }
    assert_eq!(desk_audit(&server, user).await, [Kind::DeskTold.name()]);
}

#[tokio::test]
async fn a_desk_without_an_address_is_not_said_to_know() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, _) = shown(&phone, &step).await;
    phone.deny(&pending, Decision::Report).await.unwrap();
    assert_eq!(desk_audit(&server, signed_in(&server).await).await, [Kind::DeskNotTold.name()]);
    assert!(!notices(&server).await.iter().any(|message| message.starts_with("desk-")));
}

/// What the audit log says of the desk.
async fn desk_audit(server: &Server, user: UserId) -> Vec<String> {
    let rows = server.app.store.read(move |sql| store::audit::latest(sql, Some(user), 100)).await.unwrap();
    rows.into_iter().map(|row| row.kind).filter(|kind| kind.starts_with("desk.")).collect()
}

/// A browser session of alice's.
async fn signed_in(server: &Server) -> UserId {
    let now = server.app.now();
    let written = server.app.store.write(move |sql| {
        let user = store::user::by_name(sql, &Username::parse("alice").unwrap())?.unwrap().id;
        store::session::insert(sql, &new_session(user, 7, now), [7; 32])?;
        Ok::<_, store::Error>(user)
    });
    written.await.unwrap()
}

#[tokio::test]
async fn a_wrong_number_ends_the_request_and_not_the_attempt() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let number = number.unwrap();
    let wrong = if number == "00" { "01" } else { "00" };
    assert_eq!(slug(phone.approve(&pending, PIN, Some(wrong)).await), "wrong-number");
    assert_eq!(slug(phone.approve(&pending, PIN, Some(&number)).await), "not-found", "one try");
    let (_, now) = ask(&server, &step, "0").await;
    assert_eq!((&now["next"]["step"], &now["failure"]["reason"]), (&json!("respond"), &json!("wrong_number")));
    assert_eq!(now["next"]["notice"], "wrong_number");
    assert_eq!(now["failure"]["attempts_left"], 2, "it counts");
}

#[tokio::test]
async fn wrong_pins_count_and_lock_and_look_like_nothing_else() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    for (round, expected) in [(0, ["2", "1", "ended"]), (1, ["2", "locked", "locked"])] {
        let step = awaiting(&server, "alice", &[]).await;
        let (pending, number) = shown(&phone, &step).await;
        for outcome in expected {
            let error = phone.approve(&pending, "000000", number.as_deref()).await.unwrap_err();
            let countersign_client::phone::PhoneError::Refused(problem) = error else { panic!("{error}") };
            let found = match (problem.kind.as_str(), problem.attempts_left) {
                ("/problems/wrong-response", Some(left)) => left.to_string(),
                ("/problems/attempt-ended", None) => "ended".to_owned(),
                ("/problems/device-locked", None) => "locked".to_owned(),
                other => panic!("{other:?}"),
            };
            // After the lock the attempt has ended too: either way nothing is evaluated.
            assert!(found == outcome || outcome == "locked" && found == "ended", "round {round}: {found}");
        }
    }
    let (_, locked) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(locked["failure"]["reason"], "device_locked", "five wrong in a row");
}

#[tokio::test]
async fn a_request_expires_with_its_login() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    server.advance(180);
    assert!(phone.pending().await.unwrap().is_empty());
    let late = refused(phone.approve(&pending, PIN, number.as_deref()).await);
    assert_eq!(late, ("attempt-ended".to_owned(), Some("expired".to_owned())));
    assert_eq!(ask(&server, &step, "0").await.1["failure"]["reason"], "expired");
}

#[tokio::test]
async fn what_nobody_fetched_in_time_is_not_given() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    server.advance(240);
    assert_eq!(ask(&server, &step, "0").await.1["failure"]["reason"], "already_answered");
}

/// One open request a user: a stranger's second attempt does not take the phone's screen; the same program's does.
#[tokio::test]
async fn requests_of_several_askers_are_on_the_phone_and_a_newer_one_replaces_its_own() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let first = awaiting(&server, "alice", &[]).await;
    let (_, second) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(second["next"]["step"], "approve", "another program's own request: {second}");
    let both = phone.pending().await.unwrap();
    assert_eq!(both.len(), 2);
    phone.approve(&both[0], PIN, first["next"]["number"].as_str()).await.unwrap();
    phone.deny(&phone.one(None).await.unwrap(), Decision::Deny).await.unwrap();

    let mark = ask(&server, &first, "0").await.1["client_mark"].as_str().unwrap().to_owned();
    let mine = [("client_mark", mark.as_str())];
    let older = awaiting(&server, "alice", &mine).await;
    let newer = awaiting(&server, "alice", &mine).await;
    assert_eq!(phone.pending().await.unwrap().len(), 1);
    assert_eq!(ask(&server, &older, "0").await.1["next"]["step"], "respond", "the older attempt goes on without it");
    let number = newer["next"]["number"].as_str();
    phone.approve(&phone.one(None).await.unwrap(), PIN, number).await.unwrap();
    assert_eq!(ask(&server, &newer, "0").await.0, 200);
}

#[tokio::test]
async fn five_unanswered_pushes_are_enough_until_a_success() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    for _ in 0..5 {
        awaiting(&server, "alice", &[]).await;
        server.advance(181);
    }
    let (_, quiet) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(quiet["next"]["step"], "respond", "no sixth notification");
    assert_eq!(quiet["next"]["notice"], "too_many_unanswered", "and the program is told why");
    assert!(phone.pending().await.unwrap().is_empty());
    let challenge = quiet["next"]["challenge"].as_str().unwrap();
    let response = countersign_client::phone::respond(phone.shelf(), challenge, PIN).unwrap();
    let answer = [("auth_session", session(&quiet)), ("response", response.as_str())];
    assert_eq!(server.challenge(&answer).await.0, 200);
    awaiting(&server, "alice", &[]).await;
}

/// Of two who wait for one attempt the later is answered; the earlier gets the step once more, at once.
#[tokio::test]
async fn of_two_waiters_the_later_wins() {
    let server = Arc::new(Server::start().await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let wait = || {
        let (server, step) = (Arc::clone(&server), step.clone());
        tokio::spawn(async move { ask(&server, &step, "30").await })
    };
    // Whichever comes first is released when the other comes.
    let first_done = tokio::time::timeout(SOON, select(wait(), wait())).await.unwrap();
    let (Either::Left((released, later)) | Either::Right((released, later))) = first_done;
    let (status, released) = released.unwrap();
    assert_eq!((status, &released["next"]), (400, &step["next"]), "the step once more");
    let (pending, number) = shown(&phone, &step).await;
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    assert_eq!(tokio::time::timeout(SOON, later).await.unwrap().unwrap().0, 200);
}

#[tokio::test]
async fn the_stream_shows_requests_come_and_go() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let mut events = phone.events().await.unwrap();
    assert!(events.next().await.unwrap().unwrap().is_empty(), "at once");
    let step = awaiting(&server, "alice", &[]).await;
    let list = tokio::time::timeout(SOON, events.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(list.len(), 1);
    server.challenge(&[("auth_session", session(&step)), ("method", "challenge_response")]).await;
    assert!(tokio::time::timeout(SOON, events.next()).await.unwrap().unwrap().unwrap().is_empty());
}

#[tokio::test]
async fn a_phone_that_lay_unused_is_activated_anew() {
    let server = Server::with("[phone]\nunused_for = \"30d\"\n").await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    for _ in 0..3 {
        server.advance(29 * 86_400);
        assert!(phone.pending().await.unwrap().is_empty(), "each use begins the time anew");
    }
    server.advance(30 * 86_400);
    assert_eq!(slug(phone.pending().await), "unauthorized");
}

#[tokio::test]
async fn tokens_are_refreshed_and_logging_out_ends_them() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let before = phone.shelf().read().unwrap().access_token;
    server.advance(601);
    assert!(phone.pending().await.unwrap().is_empty(), "another token was got, by the server's clock");
    assert_ne!(phone.shelf().read().unwrap().access_token, before);
    log_in(&server, &phone, &[]).await;
    phone.log_out().await.unwrap();
    assert_eq!(slug(phone.pending().await), "unauthorized");
    let step = awaiting(&server, "alice", &[]).await;
    let (_, asked) = server.challenge(&[("auth_session", session(&step)), ("method", "challenge_response")]).await;
    let challenge = asked["next"]["challenge"].as_str().unwrap();
    let response = countersign_client::phone::respond(phone.shelf(), challenge, PIN).unwrap();
    let answer = [("auth_session", session(&step)), ("response", response.as_str())];
    assert_eq!(server.challenge(&answer).await.0, 200, "the device stays");
}
