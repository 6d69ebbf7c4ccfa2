//! What a phone sees and changes of itself: its label, its end, what happened to its user.

use super::{
    phones::{PIN, activate, ask, awaiting, key, known, notices, post, refused, shown, slug},
    support::{PASSWORD, SOON, Server, session},
};
use crate::login::pages::Browser;
use countersign::flow::device::issue;
use domain::device::lifecycle::DeviceEvent;
use serde_json::{Value, json};
use std::sync::Arc;
use wire::phone::{manage::Form, typ};

#[tokio::test]
async fn a_phone_knows_itself_and_takes_another_label() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let device = phone.device().await.unwrap();
    assert_eq!(
        (device.username.as_str(), device.class.as_str(), device.platform.as_str()),
        ("alice", "phone", "terminal")
    );
    assert_eq!((device.label.as_str(), device.state.as_str(), device.form), ("Mobile app", "active", Form::Pin));
    assert_eq!((device.device_id, device.last_used_at), (phone.shelf().read().unwrap().device_id, None));

    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let card = step["next"]["devices"][0]["label"].as_str().unwrap().to_owned();
    let long = "я".repeat(61);
    for (label, reason) in
        [("", "label"), (" \t", "label"), ("two\nlines", "label"), (&long, "label"), (&card, "label_taken")]
    {
        assert_eq!(
            refused(phone.rename(label).await),
            ("bad-request".to_owned(), Some(reason.to_owned())),
            "{label:?}"
        );
    }
    let renamed = phone.rename("  Мой телефон ").await.unwrap();
    assert_eq!((renamed.label.as_str(), phone.shelf().read().unwrap().label.as_str()), ("Мой телефон", "Мой телефон"));
    assert_eq!(phone.rename("Мой телефон").await.unwrap().label, "Мой телефон", "the same again is fine");
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let labels: Vec<_> = step["next"]["devices"].as_array().unwrap().iter().map(|d| d["label"].clone()).collect();
    assert_eq!(labels, [json!(card), json!("Мой телефон")]);
    let lines = phone.activity(Some("en")).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.text == "Mobile app is now called Мой телефон").count(), 1);
}

#[tokio::test]
async fn a_removed_phone_is_nobody_and_what_awaited_it_goes_on_without() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let (_, chooser) = server.begin("alice", PASSWORD, &[]).await;
    let devices = chooser["next"]["devices"].as_array().unwrap();
    let id = devices.iter().find(|device| device["class"] == "phone").unwrap()["id"].as_str().unwrap();
    let (_, step) = server.challenge(&[("auth_session", session(&chooser)), ("device_id", id)]).await;
    assert_eq!(step["next"]["step"], "approve", "{step}");
    let (pending, number) = shown(&phone, &step).await;
    let change = phone.begin_pin_change(&known(&server).await).await.unwrap();
    let mut events = phone.events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().len(), 1);

    let order = |device: &str, at: u64| key(&phone).sign(typ::REMOVAL, &json!({ "device": device, "at": at })).unwrap();
    let elsewhere = "01890000-0000-7000-8000-000000000000";
    for (reason, jws) in [("device", order(elsewhere, server.unix_now())), ("at", order(id, server.unix_now() - 200))] {
        let (status, problem) = post(&server, &phone, "device/remove", &jws).await;
        assert_eq!((status, &problem["reason"]), (400, &json!(reason)));
    }
    let jws = order(id, server.unix_now());
    assert_eq!(post(&server, &phone, "device/remove", &jws).await, (204, Value::Null));
    assert_eq!(post(&server, &phone, "device/remove", &jws).await.0, 401, "and it stays so");
    assert!(tokio::time::timeout(SOON, events.next()).await.unwrap().unwrap().is_none(), "the stream ends");
    for gone in [
        slug(phone.pending().await),
        slug(phone.remove().await),
        slug(phone.approve(&pending, PIN, number.as_deref()).await),
        slug(phone.complete_pin_change(&change, (PIN, "604172")).await),
    ] {
        assert_eq!(gone, "unauthorized", "neither token nor refresh token");
    }
    assert!(notices(&server).await.contains(&"notice-device-removed".to_owned()), "the owner is told elsewhere");

    let (_, now) = ask(&server, &step, "0").await;
    assert_eq!(now["next"]["step"], "choose_device", "{now}");
    let classes: Vec<_> = now["next"]["devices"].as_array().unwrap().iter().map(|d| d["class"].clone()).collect();
    assert_eq!(classes, [json!("dsc-plus")]);
    assert_eq!(activate(&server, "alice").await.device().await.unwrap().state, "active", "and a new one may come");
}

#[tokio::test]
async fn what_was_not_the_owner_is_taken_back_from_the_phone() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    assert_eq!(browser.get("/settings").await.status, 200);
    let lines = phone.activity(Some("en")).await.unwrap();
    let reportable: Vec<_> = lines.iter().filter_map(|line| line.report.clone()).collect();
    let [attempt] = reportable.as_slice() else { panic!("{lines:?}") };
    let device = phone.device().await.unwrap().device_id;
    let order = |attempt: &str, at: u64| {
        key(&phone).sign(typ::DISOWN, &json!({ "device": device, "attempt": attempt, "at": at })).unwrap()
    };
    let elsewhere = "01890000-0000-7000-8000-000000000000";
    let now = server.unix_now();
    for (status, jws) in [(404, order(elsewhere, now)), (404, order("", now)), (400, order(attempt, now - 200))] {
        assert_eq!(post(&server, &phone, "activity/report", &jws).await.0, status);
    }
    assert_eq!(browser.get("/settings").await.status, 200, "nothing was taken back yet");
    assert_eq!(post(&server, &phone, "activity/report", &order(attempt, now)).await, (204, Value::Null));
    assert_eq!(browser.get("/settings").await.status, 303, "the session is over");
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    assert!(begun["auth_session"].is_null(), "the password is locked: {begun}");
    assert_eq!(phone.device().await.unwrap().state, "active", "the phone stays");
    assert_eq!(post(&server, &phone, "activity/report", &order(attempt, now)).await.0, 204, "said twice is said");
}

#[tokio::test]
async fn with_the_only_device_goes_the_login() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    phone.remove().await.unwrap();
    assert_eq!(ask(&server, &step, "0").await.1["failure"]["reason"], "denied");
}

/// Every end of a device is one: an operator's too.
#[tokio::test]
async fn a_phone_that_is_set_aside_or_taken_back_is_awaited_no_more() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let id = phone.device().await.unwrap().device_id;
    for event in [DeviceEvent::Suspended, DeviceEvent::Reactivated, DeviceEvent::Revoked] {
        let (_, chooser) = server.begin("alice", PASSWORD, &[]).await;
        let (_, step) = server.challenge(&[("auth_session", session(&chooser)), ("device_id", &id)]).await;
        let (app, device) = (Arc::clone(&server.app), id.clone());
        let changed = tokio::task::spawn_blocking(move || issue::change_device(&app, "alice", &device, event));
        changed.await.unwrap().unwrap();
        if event == DeviceEvent::Suspended {
            assert_eq!(step["next"]["step"], "approve");
            assert_eq!(slug(phone.pending().await), "device-not-active");
        }
        if event != DeviceEvent::Reactivated {
            let (_, now) = ask(&server, &step, "0").await;
            assert_eq!(now["next"]["step"], "choose_device", "{event:?}: {now}");
        }
    }
    assert_eq!(slug(phone.pending().await), "unauthorized", "the end takes the session");
}

#[tokio::test]
async fn activity_is_told_in_the_asked_language() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    server.begin("alice", "a wrong guess", &[]).await;
    let (en, ru) = (phone.activity(Some("en")).await.unwrap(), phone.activity(Some("ru")).await.unwrap());
    assert_eq!((en[0].text.as_str(), ru[0].text.as_str()), ("Wrong password", "Неверный пароль"));
    assert!(en[0].alarming && en[0].address.as_deref() == Some("127.0.0.1"));
    let calm: Vec<_> = en.iter().filter(|line| !line.alarming).map(|line| line.text.as_str()).collect();
    assert_eq!(calm, ["Mobile app activated", "Online access created"]);
    assert_eq!(en.len(), ru.len());
    for lang in [None, Some("xx"), Some("en-GB")] {
        assert_eq!(phone.activity(lang).await.unwrap(), en, "the user's own language is English: {lang:?}");
    }
    for n in 0..51 {
        phone.rename(&format!("Phone {n}")).await.unwrap();
    }
    let lines = phone.activity(None).await.unwrap();
    let (own, counted): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.text.contains(" is now called "));
    assert_eq!(own.len(), 50, "the latest");
    let counted: Vec<_> = counted.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(counted, ["Wrong password"], "what anybody can cause, beside them");
}
