//! What the forms of pages answer, what stands at the addresses that they lead to, and what is said of devices there.

use super::{
    pages::{Browser, Shown},
    support::{PASSWORD, PIN, Server, session},
};
use crate::phone::phones;
use countersign::{
    flow::user::{self, NewUser},
    http::{extract::caller::Who, routes},
};
use domain::Secret;
use serde_json::{Value, json};
use std::sync::Arc;
use wire::phone::StartActivation;

/// A page of an attempt that awaits a response of the first card.
async fn asked(browser: &Browser<'_>, card: &str) -> (Shown, String) {
    let page = browser.password("alice").await;
    let attempt = page.field("attempt");
    if !page.has("name=\"device\"") {
        return (page, attempt);
    }
    (browser.step("/login/device", &page, &[("attempt", &attempt), ("device", card)]).await, attempt)
}

#[tokio::test]
async fn every_form_of_a_page_is_answered_by_a_redirect() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    let posts = routes::all().filter(|route| route.method == "post");
    let forms: Vec<_> =
        posts.filter(|route| matches!(route.who, Who::PageForm | Who::Attempt | Who::SignedIn)).collect();
    assert!(forms.len() >= 12, "the table names them");
    let some_id = "01930000-0000-7000-8000-000000000000";
    for route in forms {
        let settings = browser.log_in("alice", &mut cards[0]).await;
        let (page, attempt) = asked(&browser, &cards[0].id).await;
        for (password, response) in [(PASSWORD, "00000001"), ("a guess", "")] {
            let fields = [
                ("attempt", attempt.as_str()),
                ("device", &cards[1].id),
                ("method", "challenge_response"),
                ("response", response),
                ("username", "alice"),
                ("password", password),
                ("request", "none"),
                ("answer", "continue"),
                ("id", some_id),
                ("lang", "en"),
                ("back", "/login"),
            ];
            let token = if route.who == Who::SignedIn { &settings } else { &page };
            let answer = browser.post(route.path, token, &fields).await;
            assert_eq!(answer.status, 303, "{}: {}", route.path, answer.text);
            let to = answer.location.unwrap();
            let shown = browser.get(&to).await;
            assert!([200, 303, 403].contains(&shown.status), "{}: {to}: {}", route.path, shown.status);
        }
    }
}

#[tokio::test]
async fn a_wrong_response_is_told_where_it_stands_and_counts_once_however_often_it_is_sent() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let (page, attempt) = asked(&browser, &cards[0].id).await;
    let answer = async |response: &str| {
        browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", response)]).await
    };
    for response in ["11111111", "11111111", "1111 1111"] {
        let wrong = answer(response).await;
        assert!(wrong.has("Login failed") && wrong.has("2 attempts left"), "{response}: {}", wrong.text);
    }
    let reloaded = browser.get(&format!("/login?attempt={attempt}")).await;
    assert!(reloaded.has("2 attempts left"), "the address says it again: {}", reloaded.text);
    assert!(answer("22222222").await.has("1 attempt left"), "another one counts");
    let right = cards[0].answer(&page.challenge(), PIN);
    assert_eq!(answer(&right).await.location.as_deref(), Some("/settings"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_wrong_response_sent_many_times_at_once_counts_once() {
    let server = Arc::new(Server::start().await);
    server.user("alice", 1).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let handle = session(&step).to_owned();
    let send = |response: String| {
        let (server, handle) = (Arc::clone(&server), handle.clone());
        tokio::spawn(async move { server.challenge(&[("auth_session", &handle), ("response", &response)]).await.1 })
    };
    let sent: Vec<_> = (0..20).map(|_| send("11111111".to_owned())).collect();
    for answer in sent {
        let answer = answer.await.unwrap();
        assert_eq!(answer["failure"], json!({ "reason": "wrong_response", "attempts_left": 2 }), "{answer}");
    }
    assert_eq!(send("22222222".to_owned()).await.unwrap()["failure"]["attempts_left"], 1);
}

#[tokio::test]
async fn the_addresses_of_forms_lead_to_where_the_attempt_stands_or_to_the_start() {
    let server = Server::start().await;
    let cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    let addresses = ["device", "method", "back", "decline", "answer", "again"];
    for address in addresses {
        let led = browser.get(&format!("/login/{address}")).await;
        assert_eq!((led.status, led.location.as_deref()), (303, Some("/login")), "{address}");
    }
    asked(&browser, &cards[0].id).await;
    server.advance(1);
    let (page, attempt) = asked(&browser, &cards[1].id).await;
    for address in addresses {
        let led = browser.get(&format!("/login/{address}")).await;
        assert_eq!((led.status, led.location), (303, Some(format!("/login?attempt={attempt}"))), "{address}");
    }
    assert_eq!(browser.get(&format!("/login?attempt={attempt}")).await.challenge(), page.challenge());
    let again = browser.post("/login/again", &page, &[("attempt", &attempt)]).await;
    assert_eq!(again.location.as_deref(), Some("/login"));
    let led = browser.get("/login/answer").await.location.unwrap();
    assert!(led.starts_with("/login?attempt=") && !led.ends_with(&attempt), "the older one goes on: {led}");
}

#[tokio::test]
async fn starting_again_takes_a_request_off_the_phone_and_a_late_approval_is_told() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = phones::activate(&server, "alice").await;
    let browser = Browser::new(&server);
    let page = browser.password("alice").await;
    let attempt = page.field("attempt");
    let old = phone.one(None).await.unwrap();
    browser.post("/login/again", &page, &[("attempt", &attempt)]).await;
    assert!(phone.pending().await.unwrap().is_empty());
    let number = old.number_required.then_some("00");
    let late = phones::refused(phone.approve(&old, phones::PIN, number).await);
    assert_eq!(late.1.as_deref(), Some("abandoned"), "{late:?}");

    browser.password("alice").await;
    let new = phone.one(None).await.unwrap();
    assert_ne!(new.id, old.id, "the new attempt's request took its place");
}

/// Locks a card by five wrong responses.
async fn lock(server: &Server, card: &super::support::Card) {
    for n in 0..5 {
        let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
        let step = server.choose(&begun, card).await;
        server.challenge(&[("auth_session", session(&step)), ("response", &format!("0000000{n}"))]).await;
    }
}

#[tokio::test]
async fn a_locked_device_stays_in_the_chooser_with_the_reason_and_until_when() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    lock(&server, &cards[0]).await;

    let browser = Browser::new(&server);
    let chooser = browser.password("alice").await;
    assert!(chooser.has("Select Second Factor Device") && chooser.has("disabled"), "{}", chooser.text);
    assert!(chooser.has("is locked for 15 minutes"), "{}", chooser.text);
    let attempt = chooser.field("attempt");
    let held = browser.step("/login/device", &chooser, &[("attempt", &attempt), ("device", &cards[0].id)]).await;
    assert!(held.has("Select Second Factor Device"), "a locked one cannot be chosen: {}", held.text);

    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(begun["next"]["step"], "choose_device", "nothing is asked before the user has seen it: {begun}");
    assert_eq!(begun["next"]["devices"].as_array().unwrap().len(), 1);
    let locked = &begun["next"]["locked"][0];
    assert_eq!((&locked["id"], &locked["class"]), (&json!(cards[0].id), &json!("dsc-plus")));
    assert!((890..=900).contains(&locked["retry_after"].as_u64().unwrap()), "{locked}");
    server.log_in("alice", &mut cards[1], &[]).await;
}

/// Somebody who has no device, and perhaps a registered number.
async fn without_device(server: &Server, username: &'static str, phone: Option<&'static str>) {
    let app = Arc::clone(&server.app);
    let new = move || NewUser {
        username: username.to_owned(),
        password: Some(Secret::new(PASSWORD.to_owned())),
        locale: i18n::Lang::En,
        mail: Some(format!("{username}@example.com")),
        phone: phone.map(str::to_owned),
    };
    tokio::task::spawn_blocking(move || user::add_user(&app, &new()).unwrap()).await.unwrap();
}

#[tokio::test]
async fn where_no_device_is_left_the_registered_number_is_offered_before_the_desk() {
    let server = Server::start().await;
    without_device(&server, "numbered", Some("+15550100199")).await;
    without_device(&server, "unnumbered", None).await;
    for (username, recover) in [("numbered", json!(["registered_number"])), ("unnumbered", Value::Null)] {
        let (status, refused) = server.begin(username, PASSWORD, &[]).await;
        assert_eq!((status, &refused["failure"]["reason"]), (400, &json!("no_usable_device")), "{refused}");
        assert_eq!(refused["failure"]["recover"], recover, "{username}");
        let page = Browser::new(&server).password(username).await;
        assert!(page.has("No device can confirm this login"), "{}", page.text);
        assert_eq!(page.has("href=\"/app/\""), username == "numbered", "{}", page.text);
    }
}

#[tokio::test]
async fn the_page_of_an_invitation_says_when_the_phone_is_active() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let page = browser.get("/settings/phone").await;
    let open = browser.post_and_follow("/settings/phone", &page, &[]).await;
    let id = open.text.split("id=\"session-id\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let known = phones::known(&server).await;
    let activation = countersign_client::phone::Activation::new(&known, phones::unix_now).unwrap();
    let start = StartActivation { session_id: Some(id), username: Some("alice".into()), ..StartActivation::default() };
    let begun = activation.begin_with(known, &start).await.unwrap();
    let used = browser.get("/settings/phone").await;
    assert!(used.has("data-events=\"/settings/phone/events?shown=used\""), "it goes on waiting: {}", used.text);
    begun.complete(None, phones::PIN, None).await.unwrap();
    let active = browser.get("/settings/phone").await;
    assert!(active.has("is active") && !active.has("data-events"), "{}", active.text);
}
