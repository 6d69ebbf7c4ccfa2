//! A customer's own limits, the transfer lock and two of the customer's devices, on the settings page and on the phone.

use super::backchannel::{claims, sign_in, taken};
use super::limits::{answered, ask, asked, poll, states, taken_up};
use super::phones::{PIN as PHONE_PIN, activate, notices};
use super::rig::{Browser, Key, Shown, start};
use super::support::{Card, PASSWORD, Server};
use countersign::flow::money::overview::{self, MoneyOverview};
use domain::money::{lock::TransferLock, withdrawal::WithdrawalState};
use serde_json::json;
use wire::phone::lock::LockState;

const DAY: u64 = 86_400;

/// Posts a form of the page of limits.
async fn post(browser: &Browser<'_>, path: &str, form: &[(&str, &str)]) -> Shown {
    let csrf = browser.get("/settings/limits").await.field("csrf");
    let form: Vec<_> = [("csrf", csrf.as_str())].into_iter().chain(form.iter().copied()).collect();
    browser.post(path, &form).await
}

fn said(shown: &Shown) -> &str {
    let to = shown.location.as_deref().unwrap_or_else(|| panic!("{} {}", shown.status, shown.text));
    assert_eq!(shown.status, 303);
    to.strip_prefix("/settings/limits?said=").unwrap_or(to)
}

/// Sets own limits of a device: per day, per five business days, and the hours that a rise waits.
async fn set(browser: &Browser<'_>, device: &str, [day, five, hours]: [&str; 3]) -> Shown {
    let form = [("id", device), ("per_day", day), ("per_five_days", five), ("hours", hours)];
    post(browser, "/settings/limits/own", &form).await
}

/// Logs in where the user has several devices.
async fn sign_in_again<'a>(server: &'a Server, card: &mut Card) -> Browser<'a> {
    let browser = Browser::new(server);
    let csrf = browser.get("/login").await.field("csrf");
    let form = [("csrf", csrf.as_str()), ("username", "alice"), ("password", PASSWORD)];
    let begun = browser.post("/login", &form).await;
    let page = browser.get(begun.location.as_deref().unwrap()).await;
    let step = chosen(&browser, &page, &card.id).await;
    let done = answered(&browser, &step, card).await;
    assert_eq!(done.location.as_deref(), Some("/settings"), "{}", done.text);
    browser
}

/// Confirms with a card what was just asked.
async fn confirm(browser: &Browser<'_>, asked: &Shown, card: &mut Card) {
    let to = asked.location.as_deref().unwrap_or_else(|| panic!("{} {}", asked.status, asked.text));
    assert!(to.starts_with("/login?attempt="), "{to}");
    let page = browser.get(to).await;
    let step = if page.text.contains("name=\"device\"") { chosen(browser, &page, &card.id).await } else { page };
    let done = answered(browser, &step, card).await;
    assert!(done.text.contains("Confirmed"), "{}", done.text);
}

async fn chosen(browser: &Browser<'_>, page: &Shown, device: &str) -> Shown {
    let form = [("csrf", page.field("csrf")), ("attempt", page.field("attempt")), ("device", device.to_owned())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.step("/login/device", &form).await
}

async fn look(server: &Server) -> MoneyOverview {
    let name = domain::user::Username::parse("alice").unwrap();
    let user = server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap();
    overview::load(&server.app, user.id).await.unwrap()
}

/// What is left for a device, and the codes of why.
async fn room(server: &Server, class: &str) -> (Option<String>, Vec<String>) {
    let loaded = look(server).await;
    let room = loaded.devices.iter().find(|room| room.class == class).unwrap();
    let code = |reason| serde_json::to_value(reason).unwrap()["code"].as_str().unwrap().to_owned();
    (room.available.map(|left| left.to_string()), room.reasons.iter().map(code).collect())
}

async fn device(server: &Server, class: &str) -> String {
    look(server).await.devices.iter().find(|room| room.class == class).unwrap().id.to_string()
}

/// Lower at once; higher after a day, confirmed by the device that may do as much, and given up by a tap.
#[tokio::test]
async fn own_limits_are_lower_at_once_and_higher_after_a_day() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    assert_eq!(room(&server, "phone").await, (Some("200000.00 USD".to_owned()), vec!["class_per_day".to_owned()]));
    assert_eq!(room(&server, "dsc-plus").await, (None, vec![]));
    let id = device(&server, "phone").await;
    assert_eq!(said(&set(&browser, &id, ["1,000.50", "", "24"]).await), "saved");
    let page = browser.get("/settings/limits").await;
    assert!(page.text.contains("value=\"1,000.50\""), "{}", page.text);
    assert_eq!(room(&server, "phone").await, (Some("1000.50 USD".to_owned()), vec!["own_per_day".to_owned()]));
    assert_eq!(ask(&server, "1000.50", "USD").await.0, 200);
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    asked(&server, "0.01").await;
    assert!(phone.pending().await.unwrap().is_empty(), "it is for the card");

    for (day, five, told) in [
        ("200,000.01", "", "above-class"),
        ("5", "4", "day-above-five"),
        ("a lot", "", "amount"),
        ("1.200", "", "amount"),
    ] {
        assert_eq!(said(&set(&browser, &id, [day, five, "24"]).await), told, "{day} {five}");
    }
    // The phone may not confirm for itself what it does not have.
    let higher = set(&browser, &id, ["2,000", "", "24"]).await;
    confirm(&browser, &higher, &mut cards[0]).await;
    assert_eq!(room(&server, "phone").await.0.as_deref(), Some("0.00 USD"));
    let page = browser.get("/settings/limits").await;
    assert!(
        page.text.contains("$2,000.00 per day") || page.text.contains("2,000.00\u{a0}USD per day"),
        "{}",
        page.text
    );
    assert_eq!(said(&post(&browser, "/settings/limits/own/keep", &[("id", &id)]).await), "kept");
    server.advance(DAY);
    assert_eq!(look(&server).await.devices.iter().filter(|room| room.own.rise.is_some()).count(), 0);
    let browser = sign_in_again(&server, &mut cards[0]).await;
    let higher = set(&browser, &id, ["", "", "24"]).await;
    confirm(&browser, &higher, &mut cards[0]).await;
    server.advance(DAY - 60);
    assert!(room(&server, "phone").await.1.contains(&"own_per_day".to_owned()));
    server.advance(61);
    assert!(!room(&server, "phone").await.1.contains(&"own_per_day".to_owned()));
    let told = notices(&server).await;
    for message in ["notice-limits-lowered", "notice-limits-rise", "notice-limits-kept"] {
        assert!(told.iter().any(|one| one == message), "{message}: {told:?}");
    }
    // Another's device, a wait that is none, and a form without its token change nothing.
    let browser = sign_in_again(&server, &mut cards[0]).await;
    let other = server.user("boris", 1).await.remove(0).id;
    assert_eq!(said(&set(&browser, &other, ["1", "", "24"]).await), "unknown-device");
    assert_eq!(said(&set(&browser, &id, ["1", "", "24"]).await), "saved");
    assert_eq!(said(&set(&browser, &id, ["2", "", "23"]).await), "wait");
    let bare = browser.post("/settings/limits/lock", &[]).await;
    assert_eq!(bare.status, 403, "{}", bare.text);
    assert_eq!(look(&server).await.lock, TransferLock::Open);
}

/// Closed by one tap on the phone: what waits and what is confirmed is stopped, nothing more is asked, and only the
/// strongest device opens it, after the wait. Any device keeps it closed.
#[tokio::test]
async fn the_lock_closes_in_one_tap_and_opens_by_the_strongest_after_a_wait() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    assert_eq!(phone.transfer_lock().await.unwrap().state, LockState::Open);
    let confirmed = asked(&server, "100.00").await;
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    let waiting = asked(&server, "200.00").await;
    let closed = phone.close_transfer_lock().await.unwrap();
    assert_eq!((closed.state, closed.wait_hours, closed.cards), (LockState::Closed, Some(24), false));
    assert!(phone.pending().await.unwrap().is_empty());
    assert_eq!(states(&server).await, [WithdrawalState::Refused, WithdrawalState::Cancelled]);
    server.advance(5);
    for id in [&confirmed, &waiting] {
        assert_eq!(poll(&server, id).await.1["error"], "access_denied");
    }
    assert_eq!(ask(&server, "1.00", "USD").await.0, 403);
    assert_eq!(room(&server, "dsc-plus").await, (Some("0.00 USD".to_owned()), vec!["transfer_lock_closed".to_owned()]));
    assert!(browser.get("/settings").await.text.contains("Closed: no withdrawal or transfer leaves"));
    assert_eq!(phone.close_transfer_lock().await.unwrap(), closed, "again is no news");

    // The phone is not offered for opening it; the card is.
    let asked_to_open = post(&browser, "/settings/limits/lock/open", &[]).await;
    let page = browser.get(asked_to_open.location.as_deref().unwrap()).await;
    assert!(page.text.contains("it takes a device that may do more"), "{}", page.text);
    confirm(&browser, &asked_to_open, &mut cards[0]).await;
    let TransferLock::Opening { until, .. } = look(&server).await.lock else { panic!("not opening") };
    assert_eq!(until.seconds_from(server.app.now()), DAY);
    assert_eq!(ask(&server, "1.00", "USD").await.0, 403, "it is not open yet");
    // The phone keeps it closed.
    assert_eq!(phone.transfer_lock().await.unwrap().state, LockState::Opening);
    assert_eq!(phone.close_transfer_lock().await.unwrap().state, LockState::Closed);
    let again = post(&browser, "/settings/limits/lock/open", &[]).await;
    confirm(&browser, &again, &mut cards[0]).await;
    assert_eq!(said(&post(&browser, "/settings/limits/lock", &[]).await), "closed", "and so does the page");
    server.advance(2 * DAY);
    assert_eq!(ask(&server, "1.00", "USD").await.0, 403);

    // Nobody keeps it closed: it opens.
    let browser = sign_in_again(&server, &mut cards[0]).await;
    let again = post(&browser, "/settings/limits/lock/open", &[]).await;
    confirm(&browser, &again, &mut cards[0]).await;
    // Asking takes a minute.
    server.advance(DAY - 120);
    assert_eq!(ask(&server, "1.00", "USD").await.0, 403);
    assert_eq!(ask(&server, "1.00", "USD").await.0, 200);
    let told = notices(&server).await;
    for message in ["notice-transfer-lock-closed", "notice-transfer-lock-opens", "notice-transfer-lock-kept"] {
        assert!(told.iter().any(|one| one == message), "{message}: {told:?}");
    }
}

/// Closing it more strictly is no way to open it sooner, and card payments are held by choice.
#[tokio::test]
async fn the_lock_is_only_made_stricter_and_holds_cards_by_choice() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    for hours in ["11", "169"] {
        assert_eq!(said(&post(&browser, "/settings/limits/lock", &[("hours", hours)]).await), "wait", "{hours}");
    }
    assert_eq!(said(&post(&browser, "/settings/limits/lock/open", &[]).await), "not-closed");
    assert_eq!(said(&post(&browser, "/settings/limits/lock", &[("hours", "48")]).await), "closed");
    let details =
        json!([{ "type": "card_payment", "merchant": "Café", "amount": "5.00", "currency": "USD", "card_id": "c" }]);
    let text = details.to_string();
    let more = [("binding_message", ""), ("authorization_details", text.as_str())];
    let paid = taken(&server, "payer", &more).await;
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    server.advance(60);
    assert_eq!(poll(&server, &paid).await.0, 200, "card payments go on");
    let held = taken(&server, "payer", &more).await;
    let form = [("hours", "12"), ("cards", "yes")];
    assert_eq!(said(&post(&browser, "/settings/limits/lock", &form).await), "closed");
    server.advance(60);
    assert_eq!(poll(&server, &held).await.1["error"], "access_denied");
    let stands = phone.transfer_lock().await.unwrap();
    assert_eq!((stands.wait_hours, stands.cards), (Some(48), true), "never sooner than before");
}

/// Above the sum two devices confirm one statement, in either order; the sum is lower at once, and gone only after a day.
#[tokio::test]
async fn two_devices_above_a_sum() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let sum = [("above", "1,000"), ("hours", "24")];
    assert_eq!(said(&post(&browser, "/settings/limits/two", &sum).await), "one-device");
    let phone = activate(&server, "alice").await;
    assert_eq!(said(&post(&browser, "/settings/limits/two", &sum).await), "saved");
    asked(&server, "1000.00").await;
    assert_eq!(phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap().outcome, "confirmed");

    // The phone first, then the card on the page.
    let id = asked(&server, "1000.01").await;
    let pending = phone.one(None).await.unwrap();
    assert_eq!(phone.approve(&pending, PHONE_PIN, None).await.unwrap().outcome, "second_needed");
    server.advance(5);
    assert_eq!(poll(&server, &id).await.1["error"], "authorization_pending");
    assert!(phone.pending().await.unwrap().is_empty(), "it counts once");
    let page = taken_up(&browser).await;
    assert!(page.text.contains("has confirmed this already"), "{}", page.text);
    let step = chosen(&browser, &page, &cards[0].id).await;
    let done = answered(&browser, &step, &mut cards[0]).await;
    assert!(done.text.contains("Confirmed"), "{}", done.text);
    server.advance(5);
    let (status, tokens) = poll(&server, &id).await;
    let receipt = claims(&tokens["receipt"]);
    assert_eq!((status, &receipt["device_class"]), (200, &json!("dsc-plus")), "{tokens}");
    let first = json!({ "device_class": "phone", "method": "seamless", "link": "seen_and_signed" });
    assert_eq!(receipt["first"], first);
    assert_eq!(receipt["statement_sha256"].as_str().unwrap().len(), 64, "what the phone signed is kept");

    // The card first; the phone is asked next.
    let id = asked(&server, "2000.00").await;
    let page = taken_up(&browser).await;
    let step = if page.text.contains("name=\"device\"") { page } else { back(&browser, &page).await };
    let step = chosen(&browser, &step, &cards[0].id).await;
    answered(&browser, &step, &mut cards[0]).await;
    let pending = phone.one(None).await.unwrap();
    assert_eq!(phone.approve(&pending, PHONE_PIN, None).await.unwrap().outcome, "confirmed");
    server.advance(5);
    assert_eq!(poll(&server, &id).await.0, 200);

    // Gone after a day, by the strongest device.
    let gone = post(&browser, "/settings/limits/two", &[("above", ""), ("hours", "24")]).await;
    confirm(&browser, &gone, &mut cards[0]).await;
    assert_eq!(said(&post(&browser, "/settings/limits/two/keep", &[]).await), "kept");
    let gone = post(&browser, "/settings/limits/two", &[("above", ""), ("hours", "24")]).await;
    confirm(&browser, &gone, &mut cards[0]).await;
    assert!(look(&server).await.two_above.at(server.app.now()).is_some());
    server.advance(DAY);
    assert!(look(&server).await.two_above.at(server.app.now()).is_none());
    let told = notices(&server).await;
    for message in
        ["notice-two-devices-lowered", "notice-two-devices-rise", "notice-two-devices-kept", "notice-second-device"]
    {
        assert!(told.iter().any(|one| one == message), "{message}: {told:?}");
    }
}

/// Back to the chooser.
async fn back(browser: &Browser<'_>, page: &Shown) -> Shown {
    let form = [("csrf", page.field("csrf")), ("attempt", page.field("attempt"))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.step("/login/back", &form).await
}

/// With one device, whoever lowered its limit cannot raise it alone; and a thief with the phone lowers the card's limits in
/// vain: the lock still wants the card.
#[tokio::test]
async fn a_lower_limit_makes_no_other_device_the_strongest() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    activate(&server, "alice").await;
    let card = device(&server, "dsc-plus").await;
    assert_eq!(said(&set(&browser, &card, ["1", "1", "24"]).await), "saved");
    assert_eq!(said(&post(&browser, "/settings/limits/lock", &[("hours", "12")]).await), "closed");
    let asked = post(&browser, "/settings/limits/lock/open", &[]).await;
    let page = browser.get(asked.location.as_deref().unwrap()).await;
    assert!(page.text.contains("it takes a device that may do more"), "{}", page.text);
    // No device may do what the card could: it is the desk's.
    assert_eq!(said(&set(&browser, &card, ["", "", "24"]).await), "no-device");
}
