//! Devices that back ends of the institution order, mail and take back.

use super::{
    orders::{CHOSEN, dollars, worth},
    own_devices::{confirm, logs_in, send, start, told},
    pages::Browser,
    support::{Card, PIN, Server},
};
use crate::{
    money::{
        api::{Office, token},
        inventory::fill,
    },
    oidc::rig::{self, Key},
};
use countersign::flow::institution::webhook;
use reqwest::Method;
use serde_json::{Value, json};

/// What the maker of the depot's devices put into them: with and without a PIN.
const WITH_PIN: &str = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256";
const NO_PIN: &str = "OCRA-1:HOTP-SHA256-8:C-QN06";

fn asked() -> Value {
    json!({ "user": "alice", "class": "dsc-plus", "address": "Alice Example\n12 Long Street\n\nSpringfield" })
}

async fn ask(office: &Office<'_>, key: &str, body: &Value) -> (u16, Value) {
    office.call(Method::POST, "/device-orders", Some(body), Some(key)).await
}

async fn act(office: &Office<'_>, order: &Value, act: &str, body: Option<Value>) -> (u16, Value) {
    let path = format!("/device-orders/{}/{act}", order["id"].as_str().unwrap());
    office.call(Method::POST, &path, body.as_ref(), None).await
}

async fn ship(office: &Office<'_>, order: &Value, serial: &str) -> (u16, Value) {
    act(office, order, "ship", Some(json!({ "serial": serial }))).await
}

fn ids(list: &Value) -> Vec<Value> {
    list["data"].as_array().unwrap().iter().map(|order| order["id"].clone()).collect()
}

/// A user who may order.
async fn rich(server: &Server) {
    server.user("alice", 0).await;
    worth(server, "U1", dollars(50_000_000)).await;
    crate::phone::phones::activate(server, "alice").await;
}

#[tokio::test]
async fn a_back_end_orders_mails_and_takes_back() {
    let server = rig::start(&Key::new()).await;
    rich(&server).await;
    let office = Office::of(&server, "office").await;
    let hook = webhook::make(&server.app, "office", "http://localhost:9/hook".to_owned(), vec![]).await.unwrap();
    fill(&server, "dsc-plus", NO_PIN, &["DP-1", "DP-2"]).await;

    let (status, made) = ask(&office, "a", &asked()).await;
    assert_eq!((status, &made["state"], &made["class"]), (201, &json!("asked"), &json!("dsc-plus")), "{made}");
    assert_eq!(made["address"], "Alice Example, 12 Long Street, Springfield");
    assert_eq!(made["deposit"], json!({ "amount": "20.00", "currency": "USD" }));
    assert_eq!(made["awaits_pin"], true, "nobody but its user knows it");
    assert_eq!(told(&server, "notice-device-ordered-for-pin").await, 1);
    // Sent again it is the same one; with another body the key is spent.
    assert_eq!(ask(&office, "a", &asked()).await, (201, made.clone()));
    let other = json!({ "user": "alice", "class": "dsc-plus", "address": "Elsewhere" });
    let (status, reused) = ask(&office, "a", &other).await;
    assert_eq!((status, &reused["type"]), (422, &json!("/problems/idempotency-key-reused")), "{reused}");
    let (status, second) = ask(&office, "b", &asked()).await;
    assert_eq!((status, &second["reason"]), (409, &json!("on_its_way")), "{second}");
    assert_eq!(told(&server, "notice-device-ordered-for-pin").await, 1, "once");

    // A device without a PIN needs none.
    let (status, shipped) = ship(&office, &made, "DP-1").await;
    assert_eq!((status, &shipped["state"], &shipped["serial"]), (200, &json!("shipped"), &json!("DP-1")), "{shipped}");
    assert!(shipped["active_at"].is_string() && shipped["awaits_pin"] == false, "{shipped}");
    assert_eq!(told(&server, "notice-device-shipped").await, 1);
    let (status, twice) = ship(&office, &made, "DP-2").await;
    assert_eq!((status, &twice["type"], &twice["reason"]), (409, &json!("/problems/wrong-state"), &json!("shipped")));
    assert_eq!(act(&office, &made, "cancel", None).await.0, 409, "it is on its way");
    let (status, lost) = act(&office, &made, "lost", None).await;
    assert_eq!((status, &lost["state"], lost.get("active_at")), (200, &json!("lost_in_post"), None), "{lost}");
    let (status, back) = act(&office, &made, "return", None).await;
    assert_eq!((status, &back["state"]), (200, &json!("returned")), "{back}");
    assert_eq!(office.get("/inventory/DP-1").await["state"], "returned");

    let (_, next) = ask(&office, "c", &asked()).await;
    assert_eq!(act(&office, &next, "cancel", None).await.1["state"], "cancelled");
    let all = office.get("/device-orders").await;
    assert_eq!(ids(&all), [made["id"].clone(), next["id"].clone()]);
    let first = office.get("/device-orders?limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&office.get(&format!("/device-orders?limit=1&cursor={cursor}")).await), [next["id"].clone()]);
    assert_eq!(ids(&office.get("/device-orders?state=cancelled").await), [next["id"].clone()]);
    assert_eq!(ids(&office.get("/device-orders?state=asked").await), [Value::Null; 0]);
    let one = office.get(&format!("/device-orders/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(one, back);

    let messages = webhook::messages(&server.app, "office", hook.id, None, 10).await.unwrap();
    let events: Vec<_> = messages.iter().rev().map(|message| message.event.as_str()).collect();
    let expected = ["ordered", "shipped", "lost_in_post", "returned", "ordered", "order_cancelled"];
    assert_eq!(events, expected.map(|event| format!("device.{event}")));
    assert!(messages.iter().all(|message| !message.payload.contains("Street")));
    let log = office.get("/users/alice/activity?limit=100").await;
    let by_office = |kind: &str| {
        let mut events = log["data"].as_array().unwrap().iter().filter(|event| event["kind"] == kind);
        events.all(|event| event["record"]["by"] == json!({ "is": "client", "id": "office" }))
    };
    assert!(by_office("device_order.asked") && by_office("device_order.shipped"), "{log}");
}

#[tokio::test]
async fn who_is_not_eligible_is_told_what_is_missing() {
    let server = rig::start(&Key::new()).await;
    server.user("alice", 0).await;
    let office = Office::of(&server, "office").await;
    worth(&server, "U1", dollars(49_999_999)).await;
    let (status, poor) = ask(&office, "a", &asked()).await;
    assert_eq!((status, &poor["type"]), (403, &json!("/problems/not-eligible")), "{poor}");
    assert_eq!(
        (&poor["reason"], &poor["required"], &poor["currency"]),
        (&json!("equity"), &json!("500000.00"), &json!("USD"))
    );
    worth(&server, "U2", dollars(50_000_000)).await;
    let (status, bare) = ask(&office, "a", &asked()).await;
    assert_eq!((status, &bare["reason"], bare.get("required")), (403, &json!("phone"), None), "{bare}");
    crate::phone::phones::activate(&server, "alice").await;
    assert_eq!(ask(&office, "a", &asked()).await.0, 201, "a key that gave nothing is not spent");
}

#[tokio::test]
async fn what_cannot_be_ordered_or_mailed_changes_nothing() {
    let server = rig::start(&Key::new()).await;
    rich(&server).await;
    let office = Office::of(&server, "office").await;
    let long = "x".repeat(241);
    for (member, value, reason) in [
        ("user", json!("nobody"), "user"),
        ("class", json!("gold"), "class"),
        ("class", json!("phone"), "class"),
        ("class", json!("no-such"), "class"),
        ("address", json!(" \n "), "address"),
        ("address", json!("12 Long\u{202e}Street"), "address"),
        ("address", json!(long), "address"),
        ("replaces", json!("x"), "replaces"),
        ("replaces", json!("01930000-0000-7000-8000-000000000000"), "replaces"),
        ("pin", json!("8351"), "body"),
    ] {
        let mut body = asked();
        body[member] = value;
        let (status, refused) = ask(&office, "a", &body).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(reason)), "{body}: {refused}");
    }
    let (status, keyless) = office.call(Method::POST, "/device-orders", Some(&asked()), None).await;
    assert_eq!((status, &keyless["type"]), (400, &json!("/problems/idempotency-key-missing")));
    assert_eq!(ids(&office.get("/device-orders").await), [Value::Null; 0]);
    for (query, reason) in
        [("state=proposed", "state"), ("state=x", "state"), ("limit=0", "limit"), ("cursor=x", "cursor")]
    {
        let (status, refused) = office.call(Method::GET, &format!("/device-orders?{query}"), None, None).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(reason)), "{query}");
    }

    fill(&server, "dsc-plus", WITH_PIN, &["DP-1"]).await;
    fill(&server, "dsc-plus", NO_PIN, &["DP-2"]).await;
    fill(&server, "platinum", "OCRA-1:HOTP-SHA256-8:QN08", &["PL-1"]).await;
    let (_, made) = ask(&office, "a", &asked()).await;
    server.user("bob", 0).await;
    office.call(Method::POST, "/inventory/DP-2/assign", Some(&json!({ "user": "bob" })), None).await;
    for (serial, status, reason) in
        [("DP-9", 400, "serial"), ("PL-1", 400, "serial"), ("DP-2", 409, "serial"), ("DP-1", 409, "pin")]
    {
        let (found, refused) = ship(&office, &made, serial).await;
        assert_eq!((found, &refused["reason"]), (status, &json!(reason)), "{serial}: {refused}");
    }
    for verb in ["lost", "return"] {
        let (status, refused) = act(&office, &made, verb, None).await;
        assert_eq!((status, &refused["reason"]), (409, &json!("asked")), "{verb}");
    }
    let nowhere = json!({ "id": "01930000-0000-7000-8000-000000000000" });
    assert_eq!(ship(&office, &nowhere, "DP-1").await.0, 404);
    assert_eq!(act(&office, &json!({ "id": "x" }), "lost", None).await.0, 404);
    assert_eq!(ids(&office.get("/device-orders?state=asked").await), [made["id"].clone()]);
    assert_eq!(office.get("/inventory/DP-1").await["state"], "in_stock");

    // Whoever may only look orders nothing.
    let (_, narrow) = token(&server, "office", &[("scope", "orders:read")]).await;
    let reader = Office::with(&server, narrow["access_token"].as_str().unwrap().to_owned());
    assert_eq!(ids(&reader.get("/device-orders").await), [made["id"].clone()]);
    assert_eq!(act(&reader, &made, "cancel", None).await.0, 403);
}

/// The PIN is the user's own: the institution never learns it, and without it nothing is mailed that takes one.
#[tokio::test]
async fn its_user_chooses_the_pin_before_it_is_mailed() {
    let server = rig::start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    worth(&server, "U1", dollars(50_000_000)).await;
    crate::phone::phones::activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    fill(&server, "dsc-plus", WITH_PIN, &["DP-1"]).await;
    let (_, made) = ask(&office, "a", &asked()).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(told(&server, "notice-device-ordered-for-pin").await, 1);
    assert_eq!(ship(&office, &made, "DP-1").await.1["reason"], "pin");

    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let settings = browser.get("/settings").await;
    assert!(settings.has("once you have chosen its PIN") && settings.has(&format!("order/pin?id={id}")));
    let choose = async |id: &str, pins: [&str; 2]| {
        let page = browser.get(&format!("/settings/devices/order/pin?id={}", made["id"].as_str().unwrap())).await;
        let fields = [("id", id), ("pin", pins[0]), ("again", pins[1])];
        send(&browser, "/settings/devices/order/pin", &page, &fields).await
    };
    assert!(choose(id, [CHOSEN, "8352"]).await.has("are not the same"));
    assert!(choose(id, ["1234", "1234"]).await.has("digits in a row"));
    assert!(choose(&cards[0].id, [CHOSEN, CHOSEN]).await.has("no such active device"), "a card has another page");
    let asked = choose(id, [CHOSEN, CHOSEN]).await;
    assert!(asked.has("Confirm another PIN for a card"), "{}", asked.text);
    assert!(office.get(&format!("/device-orders/{id}")).await["awaits_pin"] == true, "nobody confirmed it yet");
    let done = confirm(&browser, &asked, &mut cards[0], PIN).await;
    assert!(done.has("Confirmed"), "{}", done.text);
    assert_eq!(told(&server, "notice-order-pin-chosen").await, 1);
    assert!(office.get(&format!("/device-orders/{id}")).await["awaits_pin"] == false);
    assert_eq!(browser.get(&format!("/settings/devices/order/pin?id={id}")).await.status, 404, "once");

    assert_eq!(ship(&office, &made, "DP-1").await.0, 200);
    let mut new = Card { id: id.to_owned(), key: vec![7; 32], counter: 5 };
    assert!(start(&browser, &mut new, "DP-1", PIN).await.has("no code of this device"), "another PIN than was chosen");
    assert!(start(&browser, &mut new, "DP-1", CHOSEN).await.has("The device is active"));
    assert!(logs_in(&server, &mut new, CHOSEN).await && logs_in(&server, &mut cards[0], PIN).await);
    assert_eq!(office.get(&format!("/device-orders/{id}")).await["state"], "active");
}
