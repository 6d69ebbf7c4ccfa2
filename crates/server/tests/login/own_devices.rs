//! What a card's owner does with it on the settings page: another PIN, and taking it into use again.

use super::{
    pages::{Browser, Shown},
    support::{Card, PASSWORD, PIN, Server},
};
use crate::phone::phones::notices;

const NEW: &str = "8351";

/// Posts a form; what stands at the address that it leads to.
pub(super) async fn send(browser: &Browser<'_>, path: &str, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let answer = browser.post(path, page, fields).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text);
    browser.get(answer.location.as_deref().unwrap()).await
}

fn challenge(page: &Shown) -> String {
    let text = page.text.split("id=\"challenge\">").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    text.split('<').next().unwrap().to_owned()
}

/// Asks for a PIN on the card's page, typed twice, proven by what the card answers with that third one in it.
pub async fn wish(browser: &Browser<'_>, card: &mut Card, [pin, again, made_with]: [&str; 3]) -> Shown {
    let page = browser.get(&format!("/settings/devices/pin?id={}", card.id)).await;
    let response = card.answer(&challenge(&page), made_with);
    let fields = [("id", card.id.clone()), ("round", page.field("round")), ("response", response)];
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("pin", pin), ("again", again)]);
    send(browser, "/settings/devices/pin", &page, &fields).await
}

/// Confirms what was just asked, with this PIN; one device only, so that none is chosen.
pub(super) async fn confirm(browser: &Browser<'_>, page: &Shown, card: &mut Card, pin: &str) -> Shown {
    let attempt = page.field("attempt");
    let chosen = match page.has("name=\"device\"") {
        true => Some(browser.step("/login/device", page, &[("attempt", &attempt), ("device", &card.id)]).await),
        false => None,
    };
    let step = chosen.as_ref().unwrap_or(page);
    let response = card.answer(&step.challenge(), pin);
    browser.step("/login/answer", step, &[("attempt", &attempt), ("response", &response)]).await
}

pub(super) async fn logs_in(server: &Server, card: &mut Card, pin: &str) -> bool {
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let handle = super::support::session(&begun).to_owned();
    let step = match begun["next"]["devices"].is_array() {
        true => server.challenge(&[("auth_session", &handle), ("device_id", &card.id)]).await.1,
        false => begun,
    };
    // What is not active is not offered.
    let Some(challenge) = step["next"]["challenge"].as_str() else { return false };
    let response = card.answer(challenge, pin);
    let (_, answer) = server.challenge(&[("auth_session", &handle), ("response", &response)]).await;
    answer["authorization_code"].is_string()
}

async fn failures(server: &Server, card: &Card) -> u32 {
    let id: domain::id::DeviceId = card.id.parse().unwrap();
    let name = domain::user::Username::parse("alice").unwrap();
    let read = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::device::one(sql, user.id, id)
    };
    server.app.store.read(read).await.unwrap().unwrap().failures.consecutive
}

pub(super) async fn told(server: &Server, message: &str) -> usize {
    notices(server).await.iter().filter(|told| *told == message).count()
}

#[tokio::test]
async fn a_new_pin_is_proven_and_confirmed_before_it_holds() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let card = &mut cards[0];
    let browser = Browser::new(&server);
    browser.log_in("alice", card).await;
    let page = browser.get(&format!("/settings/devices?id={}", card.id)).await;
    assert!(page.has("Change PIN") && page.has("/settings/devices/pin?id="), "{}", page.text);

    for (pins, words) in [
        ([NEW, "8352", NEW], "are not the same"),
        (["123", "123", NEW], "4 to 8 digits"),
        (["8x51", "8x51", NEW], "4 to 8 digits"),
        (["7777", "7777", NEW], "one digit throughout"),
        (["1234", "1234", NEW], "digits in a row"),
        (["4747", "4747", NEW], "repeats itself"),
        (["1987", "1987", NEW], "is a year"),
    ] {
        let refused = wish(&browser, card, pins).await;
        assert!(refused.has(words), "{pins:?}: {}", refused.text);
    }
    assert_eq!(failures(&server, card).await, 0, "nothing was evaluated");
    // Made with the current PIN it proves nothing of the new one, and counts.
    let refused = wish(&browser, card, [NEW, NEW, PIN]).await;
    assert!(refused.has("was not made by this card with the new PIN"), "{}", refused.text);
    assert_eq!(failures(&server, card).await, 1);

    let asked = wish(&browser, card, [NEW, NEW, NEW]).await;
    assert!(asked.has("Confirm another PIN for a card"), "{}", asked.text);
    assert_eq!(failures(&server, card).await, 1, "whoever proves a PIN of their own clears nothing");
    assert!(asked.challenge().starts_with(['6', '7']), "{}", asked.challenge());
    let wrong = confirm(&browser, &asked, card, NEW).await;
    assert!(!wrong.has("Confirmed"), "the new PIN held before it was confirmed: {}", wrong.text);
    let done = confirm(&browser, &wrong, card, PIN).await;
    assert!(done.has("Confirmed"), "{}", done.text);
    assert_eq!(told(&server, "notice-pin-changed").await, 1);
    assert!(!logs_in(&server, card, PIN).await, "the old PIN still holds");
    assert!(logs_in(&server, card, NEW).await);
    let activity = browser.get("/settings/activity").await;
    assert!(activity.has("another PIN for a card"), "{}", activity.text);
}

#[tokio::test]
async fn a_pin_that_is_not_confirmed_never_holds() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let card = &mut cards[0];
    let browser = Browser::new(&server);
    browser.log_in("alice", card).await;
    let asked = wish(&browser, card, [NEW, NEW, NEW]).await;
    server.advance(301);
    let late = confirm(&browser, &asked, card, PIN).await;
    assert!(!late.has("Confirmed"), "{}", late.text);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert!(logs_in(&server, card, PIN).await);
    assert_eq!(told(&server, "notice-pin-changed").await, 0);
}

/// A weaker device confirms no PIN of a stronger one, whatever limits a thief lowers before.
#[tokio::test]
async fn a_weaker_device_is_not_asked_about_a_cards_pin() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (_dir, _, printed) = super::code_card::add_card(&server, "alice").await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let page = browser.get("/settings/limits").await;
    let lower = [("id", cards[0].id.as_str()), ("per_day", "1"), ("per_five_days", "1"), ("hours", "24")];
    send(&browser, "/settings/limits/own", &page, &lower).await;
    let asked = wish(&browser, &mut cards[0], [NEW, NEW, NEW]).await;
    assert!(asked.has("Confirm another PIN for a card"), "{}", asked.text);
    let fields = [("attempt", asked.field("attempt")), ("device", printed.id.to_string())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let weaker = browser.step("/login/device", &asked, &fields).await;
    assert!(!weaker.has("Card Values"), "{}", weaker.text);
    let done = confirm(&browser, &weaker, &mut cards[0], PIN).await;
    assert!(done.has("Confirmed"), "{}", done.text);
}

/// Sets a device aside, as its owner does who has lost it.
async fn lose(browser: &Browser<'_>, card: &Card) {
    let page = browser.get("/settings").await;
    send(browser, "/settings/devices/lost", &page, &[("id", &card.id)]).await;
}

/// Types the serial number and the response of the card that is asked.
pub(super) async fn start(browser: &Browser<'_>, card: &mut Card, serial: &str, pin: &str) -> Shown {
    let page = browser.get(&format!("/settings/devices/start?id={}", card.id)).await;
    let answer = card.answer(&challenge(&page), pin);
    let fields =
        [("id", card.id.clone()), ("round", page.field("round")), ("serial", serial.to_owned()), ("answer", answer)];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(browser, "/settings/devices/start", &page, &fields).await
}

#[tokio::test]
async fn a_suspended_card_is_taken_into_use_by_its_serial_and_one_response() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let serial = serial_of(&server, &cards[1]).await;
    lose(&browser, &cards[1]).await;
    let settings = browser.get("/settings").await;
    assert!(settings.has(&format!("/settings/devices/start?id={}", cards[1].id)), "{}", settings.text);

    let wrong = start(&browser, &mut cards[1], "SN-none", PIN).await;
    assert!(wrong.has("Another serial number belongs to this device"), "{}", wrong.text);
    assert_eq!(failures(&server, &cards[1]).await, 1);
    let wrong = start(&browser, &mut cards[1], &serial, NEW).await;
    assert!(wrong.has("no code of this device"), "{}", wrong.text);
    assert_eq!(failures(&server, &cards[1]).await, 2);
    assert!(!browser.get("/settings").await.has("The device is in use again"));
    assert_eq!(told(&server, "notice-device-reactivated").await, 0);

    let done = start(&browser, &mut cards[1], &serial.to_lowercase(), PIN).await;
    assert!(done.has("The device is in use again") && !done.has(">Suspended<"), "{}", done.text);
    assert_eq!(failures(&server, &cards[1]).await, 0);
    assert_eq!(told(&server, "notice-device-reactivated").await, 1);
    assert!(logs_in(&server, &mut cards[1], PIN).await && logs_in(&server, &mut cards[0], PIN).await);
    let again = browser.get(&format!("/settings/devices/start?id={}", cards[1].id)).await;
    assert_eq!(again.status, 404, "there is nothing left to start");
}

#[tokio::test]
async fn wrong_tries_lock_and_anothers_device_is_unknown() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let bobs = server.user("bob", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    lose(&browser, &cards[1]).await;
    for path in ["start", "pin"] {
        let theirs = browser.get(&format!("/settings/devices/{path}?id={}", bobs[0].id)).await;
        assert_eq!(theirs.status, 404, "{path}");
        let page = browser.get("/settings").await;
        let fields = [("id", bobs[0].id.as_str()), ("round", ""), ("serial", "1"), ("answer", "1")];
        let more = [("pin", NEW), ("again", NEW), ("response", "1")];
        let fields: Vec<_> = fields.into_iter().chain(more).collect();
        let answer = send(&browser, &format!("/settings/devices/{path}"), &page, &fields).await;
        assert!(answer.has("There is no such active device"), "{path}: {}", answer.text);
    }
    assert_eq!(browser.get("/settings/devices/start?id=").await.status, 404);
    for _ in 0..5 {
        start(&browser, &mut cards[1], "nothing", PIN).await;
    }
    let serial = serial_of(&server, &cards[1]).await;
    let locked = start(&browser, &mut cards[1], &serial, PIN).await;
    assert!(locked.has("is locked after too many wrong codes"), "{}", locked.text);
    assert_eq!(told(&server, "notice-device-reactivated").await, 0);
}

async fn serial_of(server: &Server, card: &Card) -> String {
    let id: domain::id::DeviceId = card.id.parse().unwrap();
    let name = domain::user::Username::parse("alice").unwrap();
    let read = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::device::one(sql, user.id, id)
    };
    server.app.store.read(read).await.unwrap().unwrap().serial
}
