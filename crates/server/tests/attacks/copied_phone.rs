//! A copied phone guesses its PIN: guesses that no password came before are counted by themselves, no success clears them,
//! and the owner reads how many there were. Our messages say what happened, in our words.

use super::{
    phones::{self, PIN, activate, refused},
    support::{Server, WIDE, session},
};
use countersign::flow::{device::issue, messages::outbox, user};
use countersign_client::phone::Phone;
use domain::device::lifecycle::DeviceEvent;
use serde_json::json;
use std::sync::Arc;
use wire::phone::{Pending, typ};

const WRONG: &str = "915260";

async fn start() -> (Server, Phone) {
    let server = Server::with(WIDE).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    (server, phone)
}

/// The copy asks for a login of its own and gives wrong PINs; how many were compared, or why it may not ask.
async fn guesses(server: &Server, copy: &Phone, times: usize) -> Result<usize, String> {
    // Whatever it asks first renews its token.
    copy.pending().await.unwrap();
    let device = copy.shelf().read().unwrap().device_id;
    let request = json!({ "device": device, "what": { "type": "login" }, "at": server.unix_now() });
    let jws = phones::key(copy).sign(typ::REQUEST, &request).unwrap();
    let (status, asked) = phones::post(server, copy, "confirmations", &jws).await;
    if status != 201 {
        return Err(asked["type"].as_str().unwrap_or_default().trim_start_matches("/problems/").to_owned());
    }
    let asked: Pending = serde_json::from_value(asked).unwrap();
    for given in 1..times {
        if refused(copy.approve(&asked, WRONG, None).await).0 != "wrong-response" {
            return Ok(given);
        }
    }
    refused(copy.approve(&asked, WRONG, None).await);
    Ok(times)
}

/// The owner logs in with password and phone.
async fn owner(server: &Server, phone: &Phone) {
    let step = phones::awaiting(server, "alice", &[]).await;
    // What the copy asked for may be on it too.
    let all = phone.pending().await.unwrap();
    let pending = all.iter().find(|pending| pending.operation["client_id"] == "tws").unwrap();
    phone.approve(pending, PIN, step["next"]["number"].as_str()).await.unwrap();
    let (status, done) = server.challenge(&[("auth_session", session(&step)), ("wait", "0")]).await;
    assert_eq!(status, 200, "{done}");
}

/// What the owner was told, the latest first.
async fn told(server: &Server) -> Vec<String> {
    outbox::latest(&server.app).await.unwrap().into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn guesses_between_the_owners_logins_have_an_end_and_are_told() {
    let (server, phone) = start().await;
    let mut compared = 0;
    for day in 0..12 {
        let guessed = match guesses(&server, &phone, 2).await {
            Ok(guessed) => guessed,
            Err(locked) => {
                assert_eq!(locked, "device-locked");
                0
            }
        };
        compared += guessed;
        let before = told(&server).await.len();
        owner(&server, &phone).await;
        let news = told(&server).await;
        let since = news.iter().take(news.len() - before).find(|text| text.contains("since your last login"));
        match guessed {
            0 => assert_eq!(since, None, "day {day}"),
            2 => assert!(since.unwrap().contains("There were 2 wrong PINs since your last login"), "{since:?}"),
            other => panic!("{other}"),
        }
        server.advance(3600);
    }
    assert_eq!(compared, 10, "a success clears none of them");
    let locks: Vec<_> = told(&server).await.into_iter().filter(|text| text.contains("Too many wrong PINs")).collect();
    assert_eq!(locks.len(), 1, "{locks:?}");
    // The budget is the guesses' own: what begins with the password goes on, and the desk lifts the lock.
    let app = Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || user::unlock_user(&app, "alice").unwrap()).await.unwrap();
    assert_eq!(guesses(&server, &phone, 1).await, Ok(1));
}

#[tokio::test]
async fn guesses_come_back_with_time_and_not_at_once() {
    let (server, phone) = start().await;
    for _ in 0..5 {
        assert_eq!(guesses(&server, &phone, 2).await, Ok(2));
        owner(&server, &phone).await;
    }
    for days in [0, 1, 5] {
        server.advance(days * 86_400);
        assert!(guesses(&server, &phone, 1).await.unwrap_err() == "device-locked");
    }
    server.advance(86_400);
    assert_eq!(guesses(&server, &phone, 1).await, Ok(1), "a week after the last one");
}

#[tokio::test]
async fn wrong_pins_without_a_password_are_told_as_that() {
    let (server, phone) = start().await;
    phone.rename("x\". FRAUD ALERT: call +1 900 555 0199 at once! Ref \"").await.unwrap();
    assert_eq!(guesses(&server, &phone, 3).await, Ok(3), "the third ends it");
    assert_eq!(guesses(&server, &phone, 2).await, Ok(2), "and the fifth locks the phone");
    let messages = told(&server).await;
    let stopped = messages.iter().find(|text| text.contains("until its request was stopped"));
    assert!(stopped.is_some_and(|text| text.contains("Wrong PINs were entered on your phone Mobile")), "{messages:?}");
    let locked = messages.iter().find(|text| text.contains("it is locked until"));
    assert!(locked.is_some_and(|text| text.contains("Wrong PINs were entered on your phone Mobile")), "{messages:?}");
    for text in &messages {
        assert!(!text.contains("your password and then"), "nobody entered it: {text}");
        assert!(!text.contains("FRAUD") && !text.contains("0199"), "a label in our voice: {text}");
    }
    // While it is locked, nothing more is said.
    let before = messages.len();
    assert!(guesses(&server, &phone, 1).await.unwrap_err() == "device-locked");
    assert_eq!(told(&server).await.len(), before);
}

#[tokio::test]
async fn wrong_answers_after_a_password_are_told_as_that_still() {
    let (server, phone) = start().await;
    let step = phones::awaiting(&server, "alice", &[]).await;
    let (pending, number) = phones::shown(&phone, &step).await;
    for _ in 0..3 {
        refused(phone.approve(&pending, WRONG, number.as_deref()).await);
    }
    assert!(
        told(&server).await.iter().any(|text| text.starts_with("Someone entered your password and then wrong codes"))
    );
    server.advance(3600);
    owner(&server, &phone).await;
    assert!(
        !told(&server).await.iter().any(|text| text.contains("since your last login")),
        "a password came before them"
    );
}

/// Every notice about a device names its class, and nothing that its owner or holder wrote.
#[tokio::test]
async fn no_notice_repeats_a_label() {
    let (server, phone) = start().await;
    let label = "CALL 900-555 NOW";
    phone.rename(label).await.unwrap();
    owner(&server, &phone).await;
    let (app, device) = (Arc::clone(&server.app), phone.shelf().read().unwrap().device_id);
    let change = move || {
        issue::set_default_device(&app, "alice", &device).unwrap();
        issue::change_device(&app, "alice", &device, DeviceEvent::Suspended).unwrap();
    };
    tokio::task::spawn_blocking(change).await.unwrap();
    let messages = told(&server).await;
    let of_device: Vec<_> = messages.iter().filter(|text| text.contains("Your device")).collect();
    assert!(!of_device.is_empty(), "{messages:?}");
    assert!(of_device.iter().all(|text| text.contains("(last used 20")), "{of_device:?}");
    assert!(messages.iter().all(|text| !text.contains(label)), "{messages:?}");
}
