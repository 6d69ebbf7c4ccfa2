//! A device that is ordered on a page and comes by mail: who may, what it costs to hold, and how it is taken into use.

use super::{
    own_devices::{confirm, logs_in, send, start, told},
    pages::{Browser, Shown},
    support::{Card, PIN, Server},
};
use crate::money::inventory::fill;
use countersign::flow::{
    device::{
        dispatch::{self, Mailed},
        issue::{self, NewDevice},
    },
    institution::webhook,
};
use domain::{
    device::{DeviceState, lifecycle::DeviceEvent, order::OrderEvent},
    id::{DeviceId, UserId},
    user::Username,
};
use operation::{Currency, Money};
use std::sync::Arc;
use store::device_order::DeviceOrder;

pub(super) const CHOSEN: &str = "8351";
const DAY: u64 = 86_400;

async fn alice(server: &Server) -> UserId {
    let name = Username::parse("alice").unwrap();
    server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap().id
}

/// What the institution says that an account of alice's is worth.
pub(super) async fn worth(server: &Server, account: &'static str, equity: Money) {
    let (user, told_at) = (alice(server).await, server.app.now());
    let put = move |sql: &mut dyn store::Sql| {
        store::account::put(sql, &store::account::Account { id: account.to_owned(), equity, told_at })?;
        store::account::join(sql, user, account)
    };
    server.app.store.write(put).await.unwrap();
}

pub(super) fn dollars(cents: i64) -> Money {
    Money::from_minor(cents, Currency::USD)
}

async fn orders(server: &Server) -> Vec<DeviceOrder> {
    let user = alice(server).await;
    let app = Arc::clone(&server.app);
    server.app.store.read(move |sql| store::device_order::of_user(sql, &app.sealer, user)).await.unwrap()
}

async fn state(server: &Server, device: DeviceId) -> Option<DeviceState> {
    let user = alice(server).await;
    let found = server.app.store.read(move |sql| store::device::one(sql, user, device)).await.unwrap();
    found.map(|device| device.state)
}

/// Fills in the page of an order.
async fn wish(browser: &Browser<'_>, replaces: &str, address: &str) -> Shown {
    let page = browser.get("/settings/devices/order").await;
    let fields = [("replaces", replaces), ("address", address), ("pin", CHOSEN), ("again", CHOSEN)];
    if !page.has("name=\"address\"") {
        let page = browser.get("/settings").await;
        return send(browser, "/settings/devices/order", &page, &fields).await;
    }
    send(browser, "/settings/devices/order", &page, &fields).await
}

/// Mails the device of an order, as the operator does.
async fn ship(server: &Server, order: &DeviceOrder, serial: &str) -> Card {
    let app = Arc::clone(&server.app);
    let mailed =
        Mailed { username: "alice".to_owned(), order: order.device.to_string(), serial: serial.to_owned(), key: None };
    let made = tokio::task::spawn_blocking(move || {
        let made = dispatch::make(&app, &mailed).unwrap();
        dispatch::ship(&app, "alice", &made).unwrap();
        made
    });
    let made = made.await.unwrap();
    Card { id: made.device.id.to_string(), key: made.keys.key.expose().clone(), counter: 0 }
}

async fn end(server: &Server, order: &DeviceOrder, event: OrderEvent) -> Result<DeviceOrder, String> {
    let (app, id) = (Arc::clone(&server.app), order.device.to_string());
    let ended = tokio::task::spawn_blocking(move || dispatch::end(&app, "alice", &id, event));
    ended.await.unwrap().map_err(|error| error.to_string())
}

/// A user with a card and a phone whose account is large enough, who has ordered.
async fn ordered(server: &Server, browser: &Browser<'_>, card: &mut Card) -> DeviceOrder {
    worth(server, "U1", dollars(50_000_000)).await;
    crate::phone::phones::activate(server, "alice").await;
    browser.log_in("alice", card).await;
    let asked = wish(browser, "", "Alice Example\n12 Long Street\n\nSpringfield").await;
    assert!(asked.has("Confirm the order of a device"), "{}", asked.text);
    assert!(asked.has("Alice Example, 12 Long Street, Springfield") && asked.has("20.00"), "{}", asked.text);
    let done = confirm(browser, &asked, card, PIN).await;
    assert!(done.has("Confirmed"), "{}", done.text);
    let orders = orders(server).await;
    assert_eq!(orders.iter().map(|order| order.state.name()).collect::<Vec<_>>(), ["asked"]);
    orders[0].clone()
}

#[tokio::test]
async fn who_may_not_order_is_told_the_rule_and_what_is_missing() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    // What may do as much is replaced without any of that, so the one card there is must not be in the way.
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let page = browser.get("/settings/devices/order").await;
    assert!(page.has("worth at least 500,000.00\u{a0}USD") && page.has("no account of yours"), "{}", page.text);
    worth(&server, "U1", dollars(49_999_999)).await;
    let page = browser.get("/settings/devices/order").await;
    assert!(page.has("worth 499,999.99\u{a0}USD") && !page.has("A further device"), "{}", page.text);
    let refused = wish(&browser, "", "12 Long Street").await;
    assert!(refused.has("Nothing was ordered"), "{}", refused.text);
    // The most valuable one counts; one in a currency without a rate does not.
    worth(&server, "U2", Money::from_minor(90_000_000, Currency::parse("EUR").unwrap())).await;
    assert!(browser.get("/settings/devices/order").await.has("worth 499,999.99\u{a0}USD"));
    worth(&server, "U3", dollars(50_000_000)).await;
    let page = browser.get("/settings/devices/order").await;
    assert!(page.has("Activate the app first") && !page.has("A further device"), "{}", page.text);
    crate::phone::phones::activate(&server, "alice").await;
    assert!(browser.get("/settings/devices/order").await.has("A further device"));
    assert!(orders(&server).await.is_empty());

    // Bad input: nothing is asked of a device, and nothing changes.
    let page = browser.get("/settings/devices/order").await;
    for (field, value, words) in [
        ("address", " \n ", "cannot be an address"),
        ("address", "12 Long\u{202e}Street", "cannot be an address"),
        ("address", &"x".repeat(241), "cannot be an address"),
        ("again", "8352", "are not the same"),
        ("replaces", "01930000-0000-7000-8000-000000000000", "no such active device"),
    ] {
        let fields = [("replaces", ""), ("address", "12 Long Street"), ("pin", CHOSEN), ("again", CHOSEN)];
        let fields = fields.map(|(name, usual)| (name, if name == field { value } else { usual }));
        let refused = send(&browser, "/settings/devices/order", &page, &fields).await;
        assert!(refused.has(words), "{field} {value:?}: {}", refused.text);
    }
    let weak = [("replaces", ""), ("address", "12 Long Street"), ("pin", "1234"), ("again", "1234")];
    assert!(send(&browser, "/settings/devices/order", &page, &weak).await.has("digits in a row"));
    let odd = [("replaces", "x"), ("address", "12 Long Street"), ("pin", CHOSEN), ("again", CHOSEN)];
    assert_eq!(browser.post("/settings/devices/order", &page, &odd).await.status, 400);
    assert!(orders(&server).await.is_empty());
}

#[tokio::test]
async fn ordered_mailed_and_activated_by_its_serial_and_a_response() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let hook = webhook::make(&server.app, "back-office", "http://localhost:9/hook".to_owned(), vec![]).await.unwrap();
    let browser = Browser::new(&server);
    let order = ordered(&server, &browser, &mut cards[0]).await;
    assert_eq!(told(&server, "notice-device-ordered").await, 1);
    let page = browser.get("/settings/devices/order").await;
    assert!(page.has("on its way to you already"), "{}", page.text);
    assert!(wish(&browser, "", "12 Long Street").await.has("Nothing was ordered"));
    let mut new = ship(&server, &order, "DP-77").await;
    assert_eq!(new.id, order.device.to_string());
    assert_eq!(told(&server, "notice-device-shipped").await, 1);
    let settings = browser.get("/settings").await;
    assert!(settings.has("Mailed. Active by itself on") && settings.has(&new.id), "{}", settings.text);
    assert!(!logs_in(&server, &mut new, CHOSEN).await, "what is in the post confirms nothing");

    let wrong = start(&browser, &mut new, "DP-78", CHOSEN).await;
    assert!(wrong.has("Another serial number belongs to this device"), "{}", wrong.text);
    assert!(start(&browser, &mut new, "dp 77", PIN).await.has("no code of this device"), "another PIN than was chosen");
    let done = start(&browser, &mut new, "dp 77", CHOSEN).await;
    assert!(done.has("The device is active") && !done.has("Mailed."), "{}", done.text);
    assert_eq!(told(&server, "notice-device-activated").await, 2, "the phone's and this one's");
    assert_eq!(told(&server, "notice-device-replaced").await, 0);
    assert!(logs_in(&server, &mut new, CHOSEN).await && logs_in(&server, &mut cards[0], PIN).await);
    assert_eq!(orders(&server).await[0].state.name(), "active");
    let messages = webhook::messages(&server.app, "back-office", hook.id, None, 10).await.unwrap();
    let events: Vec<_> = messages.iter().rev().map(|message| message.event.as_str()).collect();
    assert_eq!(events, ["device.ordered", "device.shipped", "device.activated"]);
    assert!(
        messages[0].payload.contains("\"20.00\"") && !messages[0].payload.contains("Street"),
        "{}",
        messages[0].payload
    );
    let activity = browser.get("/settings/activity").await;
    assert!(
        activity.has("A requested device was mailed") && activity.has("the order of a device"),
        "{}",
        activity.text
    );

    // It comes back: it ends, and is told of.
    let returned = end(&server, &order, OrderEvent::Returned).await.unwrap();
    assert_eq!((returned.state.name(), told(&server, "notice-order-returned").await), ("returned", 1));
    assert_eq!(state(&server, order.device).await, Some(DeviceState::Revoked));
}

/// What the maker of the depot's devices put into them.
const SUITE: &str = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256";
/// What such a one of another class computes.
const PLATINUM: &str = "OCRA-1:HOTP-SHA256-8:QN08";

async fn ship_from_depot(server: &Server, order: &DeviceOrder, serial: &'static str) -> Result<DeviceOrder, String> {
    let (app, id) = (Arc::clone(&server.app), order.device.to_string());
    let shipped = tokio::task::spawn_blocking(move || dispatch::ship_from_depot(&app, "alice", &id, serial));
    shipped.await.unwrap().map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_device_of_the_depot_is_mailed_and_comes_back_there() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let order = ordered(&server, &browser, &mut cards[0]).await;
    fill(&server, "dsc-plus", SUITE, &["DP-90", "DP-91"]).await;
    fill(&server, "platinum", PLATINUM, &["PL-9"]).await;
    let stock = async |serial: &'static str| {
        let item = server.app.store.read(move |sql| store::inventory::one(sql, serial)).await.unwrap().unwrap();
        (item.state.name(), item.state.holder().map(|holder| holder.device))
    };

    let missing = ship_from_depot(&server, &order, "DP-99").await.unwrap_err();
    assert_eq!(missing, "the depot has no device of this serial number");
    assert!(ship_from_depot(&server, &order, "PL-9").await.unwrap_err().contains("of class platinum"));
    assert_eq!(stock("PL-9").await.0, "in_stock", "what was refused stays where it is");
    let shipped = ship_from_depot(&server, &order, "DP-90").await.unwrap();
    assert_eq!((shipped.state.name(), shipped.serial.as_deref()), ("shipped", Some("DP-90")));
    assert_eq!(stock("DP-90").await, ("assigned", Some(order.device)));
    let twice = ship_from_depot(&server, &order, "DP-91").await.unwrap_err();
    assert_eq!(twice, "this order is shipped, which does not allow that");
    assert_eq!(stock("DP-91").await, ("in_stock", None));

    // The key and the counter are the maker's, the PIN is the one that was chosen with the order.
    let mut new = Card { id: order.device.to_string(), key: vec![7; 32], counter: 5 };
    let done = start(&browser, &mut new, "DP-90", CHOSEN).await;
    assert!(done.has("The device is active"), "{}", done.text);
    assert!(logs_in(&server, &mut new, CHOSEN).await);
    end(&server, &order, OrderEvent::Returned).await.unwrap();
    assert_eq!(stock("DP-90").await, ("returned", None), "it may go to another");
    assert_eq!(state(&server, order.device).await, Some(DeviceState::Revoked));
}

#[tokio::test]
async fn what_was_mailed_is_active_by_itself_after_fourteen_days() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let order = ordered(&server, &browser, &mut cards[0]).await;
    let mut new = ship(&server, &order, "DP-77").await;
    server.advance(14 * DAY - 60);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert!(matches!(state(&server, order.device).await, Some(DeviceState::Shipped { .. })));
    server.advance(61);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(state(&server, order.device).await, Some(DeviceState::Active));
    assert!(logs_in(&server, &mut new, CHOSEN).await);
    assert_eq!(told(&server, "notice-device-activated").await, 1);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(told(&server, "notice-device-activated").await, 1, "once");
}

#[tokio::test]
async fn gold_is_replaced_by_a_card_whatever_the_account_is_worth() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let app = Arc::clone(&server.app);
    let gold = tokio::task::spawn_blocking(move || {
        let new = NewDevice {
            username: "alice".to_owned(),
            class: "gold".to_owned(),
            serial: "GD-1".to_owned(),
            label: None,
            suite: None,
            key: None,
            pin: None,
            adopt: true,
        };
        issue::add_device(&app, &new).unwrap().device
    });
    let gold = gold.await.unwrap();
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let page = browser.get(&format!("/settings/devices?id={}", gold.id)).await;
    assert!(page.has("Request a replacement"), "{}", page.text);
    let chosen = send(&browser, "/settings/devices/default", &page, &[("id", &gold.id.to_string())]).await;
    assert!(chosen.has("default device was changed"), "{}", chosen.text);
    let asked = wish(&browser, &gold.id.to_string(), "12 Long Street").await;
    assert!(asked.has("In place of") && asked.has("Gold Device"), "{}", asked.text);
    assert!(confirm(&browser, &asked, &mut cards[0], PIN).await.has("Confirmed"));
    let order = orders(&server).await[0].clone();
    let mut new = ship(&server, &order, "DP-78").await;
    assert_eq!(state(&server, gold.id).await, Some(DeviceState::Active), "it works until then");
    let done = start(&browser, &mut new, "DP-78", CHOSEN).await;
    assert!(done.has("The device is active"), "{}", done.text);
    assert_eq!(state(&server, gold.id).await, Some(DeviceState::Replaced { by: order.device }));
    assert_eq!(told(&server, "notice-device-replaced").await, 1);
    // A program that cannot choose gets what took the default's place, not the oldest device.
    let (_, begun) = server.begin("alice", super::support::PASSWORD, &[("client_version", "965")]).await;
    assert_eq!(begun["next"]["device"]["id"], new.id.as_str(), "{begun}");
    assert!(logs_in(&server, &mut new, CHOSEN).await && logs_in(&server, &mut cards[0], PIN).await);
}

#[tokio::test]
async fn lost_given_up_and_never_confirmed() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let order = ordered(&server, &browser, &mut cards[0]).await;
    assert_eq!(
        end(&server, &order, OrderEvent::LostInPost).await.unwrap_err(),
        "this order is asked, which does not allow that"
    );
    let mut new = ship(&server, &order, "DP-77").await;
    assert!(end(&server, &order, OrderEvent::Cancelled).await.is_err(), "it is on its way");
    assert_eq!(end(&server, &order, OrderEvent::LostInPost).await.unwrap().state.name(), "lost_in_post");
    assert_eq!(state(&server, order.device).await, Some(DeviceState::Lost));
    assert_eq!(told(&server, "notice-order-lost").await, 1);
    let page = browser.get(&format!("/settings/devices/start?id={}", new.id)).await;
    assert_eq!(page.status, 404, "{}", page.text);
    server.advance(15 * DAY);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(state(&server, order.device).await, Some(DeviceState::Lost), "no day brings it back");
    assert!(!logs_in(&server, &mut new, CHOSEN).await);

    browser.log_in("alice", &mut cards[0]).await;
    let asked = wish(&browser, "", "12 Long Street").await;
    assert!(asked.has("Confirm the order of a device"), "{}", asked.text);
    server.advance(301);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(orders(&server).await.len(), 1, "what nobody confirmed is forgotten");
    let asked = wish(&browser, "", "12 Long Street").await;
    assert!(confirm(&browser, &asked, &mut cards[0], PIN).await.has("Confirmed"));
    let second = orders(&server).await[1].clone();
    assert_eq!(end(&server, &second, OrderEvent::Cancelled).await.unwrap().state.name(), "cancelled");
    assert_eq!(told(&server, "notice-order-cancelled").await, 1);
}

/// The sweep goes on for everybody, and the device stays ended.
#[tokio::test]
async fn what_an_operator_ended_on_its_way_holds_up_no_sweep() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let order = ordered(&server, &browser, &mut cards[0]).await;
    ship(&server, &order, "DP-77").await;
    let (app, id) = (Arc::clone(&server.app), order.device.to_string());
    let end = move || issue::change_device(&app, "alice", &id, DeviceEvent::Revoked).map(drop);
    tokio::task::spawn_blocking(end).await.unwrap().unwrap();
    assert_eq!(orders(&server).await[0].state.name(), "lost_in_post");
    server.advance(15 * DAY);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(state(&server, order.device).await, Some(DeviceState::Revoked));
}
