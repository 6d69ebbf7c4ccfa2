//! The console's page of whoever mails devices.

use super::{
    desk::{agent, set},
    orders::{dollars, worth},
    own_devices::told,
    pages::Browser,
};
use crate::{
    money::{api::Office, inventory::fill},
    oidc::rig::{self, Key},
};
use reqwest::Method;
use serde_json::{Value, json};

/// What the maker of the depot's devices put into them: without a PIN.
const NO_PIN: &str = "OCRA-1:HOTP-SHA256-8:C-QN06";

/// What holds is for whoever answers for it, and tells no secret.
#[tokio::test]
async fn what_is_in_force_is_shown_to_supervisors_and_auditors() {
    let settings = format!("[login]\nlife = \"7m\"\n{}", rig::settings(&Key::new(), &[]));
    let server = super::support::Server::with(&settings).await;
    for (name, role, sees) in [("sue", "supervisor", true), ("aud", "auditor", true), ("ann", "agent", false)] {
        let mut card = agent(&server, name, name, role).await;
        let browser = Browser::new(&server);
        browser.log_in(name, &mut card).await;
        let page = browser.get("/console/settings").await;
        assert_eq!(
            (page.status == 200, browser.get("/console").await.has("/console/settings")),
            (sees, sees),
            "{name}"
        );
        if sees {
            assert!(page.has("7m&#34;</code> <span class=\"tag good\""), "what was set is marked: {}", page.text);
            assert!(
                page.has("client_secret_basic") && page.has("withdrawals:write"),
                "clients, with what they may ask for"
            );
            assert!(!page.has(rig::SECRET), "no secret, nor its digest");
        }
    }
}

/// An order of alice's that a back end made; its id.
async fn ordered(office: &Office<'_>, key: &str) -> String {
    let asked = json!({ "user": "alice", "class": "dsc-plus", "address": "Alice Example\n12 Long Street" });
    let (status, made) = office.call(Method::POST, "/device-orders", Some(&asked), Some(key)).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn state(office: &Office<'_>, order: &str) -> Value {
    office.get(&format!("/device-orders/{order}")).await["state"].clone()
}

#[tokio::test]
async fn whoever_mails_devices_notes_what_happened_to_each() {
    let server = rig::start(&Key::new()).await;
    let mut own = server.user("alice", 1).await;
    worth(&server, "U1", dollars(50_000_000)).await;
    crate::phone::phones::activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    fill(&server, "dsc-plus", NO_PIN, &["DP-1", "DP-2"]).await;
    let order = ordered(&office, "a").await;
    let mut card = agent(&server, "dep", "E-3", "depot").await;
    let browser = Browser::new(&server);
    browser.log_in("dep", &mut card).await;

    let page = browser.get("/console/mailing").await;
    assert!(page.has("12 Long Street") && page.has("alice") && page.has(&order));
    let note = async |act: &str, id: &str, serial: &str| {
        let page = browser.get("/console/mailing").await;
        let fields = [("id", id), ("serial", serial)];
        browser.post_and_follow(&format!("/console/mailing/{act}"), &page, &fields).await
    };
    // Nothing changes by what is wrong.
    for (serial, words) in [("DP-9", "No device with this serial number"), ("", "No device with this serial number")] {
        assert!(note("sent", &order, serial).await.has(words), "{serial}");
        assert_eq!(state(&office, &order).await, "asked");
    }
    let nobody = "01930000-0000-7000-8000-000000000000";
    assert!(note("sent", nobody, "DP-1").await.has("There is no such order"));
    assert!(note("lost", &order, "").await.has("stands elsewhere"), "it is not on its way");

    assert!(note("sent", &order, " DP-1 ").await.has("Noted. The customer is told."));
    assert_eq!(state(&office, &order).await, "shipped");
    assert_eq!(told(&server, "notice-device-shipped").await, 1);
    assert!(note("sent", &order, "DP-2").await.has("stands elsewhere"), "once");
    let page = browser.get("/console/mailing").await;
    assert!(page.has("DP-1") && !page.has("12 Long Street"), "where it goes is asked for no more");

    assert!(note("lost", &order, "").await.has("Noted."));
    assert_eq!(state(&office, &order).await, "lost_in_post");
    let second = ordered(&office, "b").await;
    // Whoever mails devices mails none to themselves.
    set(&server, "alice", "E-4", "depot").await;
    let alice = Browser::new(&server);
    alice.log_in("alice", &mut own[0]).await;
    let page = alice.get("/console/mailing").await;
    let fields = [("id", second.as_str()), ("serial", "DP-2")];
    assert!(alice.post_and_follow("/console/mailing/sent", &page, &fields).await.has("mailed by somebody else"));
    assert_eq!(state(&office, &second).await, "asked");
    assert!(note("cancelled", &second, "").await.has("Noted."));
    assert_eq!(state(&office, &second).await, "cancelled");
    // The log says whose hand it was.
    let log = office.get("/users/alice/activity?limit=100").await;
    let events = log["data"].as_array().unwrap();
    for kind in ["device_order.shipped", "device_order.lost_in_post", "device_order.cancelled"] {
        let event = events.iter().find(|event| event["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {log}"));
        assert_eq!(event["record"]["by"]["is"], "agent", "{event}");
    }
}
