//! Users whom the institution adds through its API, and who choose their first password themselves.

use super::api::Office;
use super::passwords::{chooses, forgets, newest};
use super::rig::{Browser, Key, start};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_user_is_added_invited_and_chooses_a_password() {
    let server = start(&Key::new()).await;
    let office = Office::of(&server, "office").await;
    let add = async |body: &Value| office.call(Method::POST, "/users", Some(body), None).await;
    let body = json!({ "username": "nina", "locale": "ru", "mail": "nina@example.com", "phone": "+4915112345678" });
    let (status, made) = add(&body).await;
    assert_eq!((status, &made["username"], &made["locale"]), (201, &json!("nina"), &json!("ru")), "{made}");
    assert_eq!(made["contacts"].as_array().map(Vec::len), Some(2));
    let (status, taken) = add(&body).await;
    assert_eq!((status, &taken["type"]), (409, &json!("/problems/username-taken")), "{taken}");
    for (member, value) in [
        ("username", json!("no spaces here")),
        ("mail", json!("nobody")),
        ("phone", json!("12")),
        ("locale", json!("xx")),
    ] {
        let mut bad = json!({ "username": "other", "mail": "other@example.com" });
        bad[member] = value;
        let (status, refused) = add(&bad).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(member)), "{refused}");
    }
    assert_eq!(add(&json!({ "username": "other" })).await.0, 400, "without an address nobody is invited");

    // Nothing typed is right before a password was chosen, not even nothing.
    let browser = Browser::new(&server);
    let login = async |password: &str| {
        let page = browser.get("/login").await;
        let csrf = page.field("csrf");
        let form = [("csrf", csrf.as_str()), ("username", "nina"), ("password", password)];
        browser.post("/login", &form).await.location.unwrap_or_default()
    };
    for nothing in ["", " ", "anything at all"] {
        assert!(login(nothing).await.contains("said="), "{nothing:?}");
    }
    let link = newest(&server, "notice-invitation").await;
    server.advance(6 * 86_400);
    let done = chooses(&browser, &link, "a whole green sentence").await;
    assert!(done.text.contains("/app/"), "{}", done.text);
    assert!(browser.get(&link).await.text.contains("/forgot\""), "once");
    // The password is right now; there is no device yet that could be asked.
    assert_ne!(login("a whole green sentence").await, login("another one").await);

    let office = Office::of(&server, "office").await;
    let (status, changed) = office.call(Method::PATCH, "/users/nina", Some(&json!({ "locale": "en" })), None).await;
    assert_eq!((status, &changed["locale"]), (200, &json!("en")), "{changed}");
    assert_eq!(office.call(Method::PATCH, "/users/nobody", Some(&json!({ "locale": "en" })), None).await.0, 404);
    assert_eq!(office.call(Method::POST, "/users/nina/password-reset", None, None).await.0, 204);
    assert!(newest(&server, "notice-password-link").await.starts_with("/forgot/"));
    let reader = Office::of(&server, "reader").await;
    let (status, refused) = reader.call(Method::POST, "/users", Some(&body), None).await;
    assert_eq!((status, &refused["reason"]), (403, &json!("users:write")), "{refused}");
}

/// Whoever was invited and says that the password is forgotten is invited again, and no device is asked for.
#[tokio::test]
async fn an_invitation_that_was_lost_is_sent_again() {
    let server = start(&Key::new()).await;
    let office = Office::of(&server, "office").await;
    let body = json!({ "username": "nina", "mail": "nina@example.com" });
    office.call(Method::POST, "/users", Some(&body), None).await;
    let first = newest(&server, "notice-invitation").await;
    server.advance(8 * 86_400);
    let browser = Browser::new(&server);
    assert!(!browser.get(&first).await.text.contains("name=\"new\""), "a week, and no longer");
    forgets(&browser, "nina").await;
    let mut second = newest(&server, "notice-invitation").await;
    for _ in 0..100 {
        if second != first {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        second = newest(&server, "notice-invitation").await;
    }
    let done = chooses(&browser, &second, "a whole green sentence").await;
    assert!(done.text.contains("/app/"), "{}", done.text);
}

/// The institution's word takes the place of the old address, which is told and can undo it like any other change.
#[tokio::test]
async fn a_users_contact_points_are_posted() {
    let server = start(&Key::new()).await;
    let office = Office::of(&server, "office").await;
    let body = json!({ "username": "nina", "mail": "nina@example.com" });
    office.call(Method::POST, "/users", Some(&body), None).await;
    let change = async |body: &Value| office.call(Method::PATCH, "/users/nina", Some(body), None).await;
    for (member, value) in [("mail", "nobody"), ("phone", "12")] {
        let (status, refused) = change(&json!({ member: value })).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(member)), "{refused}");
    }
    change(&json!({ "mail": "nina@new.example" })).await;
    let (status, changed) = change(&json!({ "phone": "+4915112345678" })).await;
    let of =
        |known: &Value| known["contacts"].as_array().unwrap().iter().map(|one| one["address"].to_string()).collect();
    let addresses: BTreeSet<String> = of(&changed);
    assert_eq!(
        (status, addresses),
        (200, ["\"n•••@new.example\"", "\"••• 78\""].map(String::from).into()),
        "{changed}"
    );
    // The same again is no change.
    assert_eq!(change(&json!({ "mail": "nina@new.example" })).await.0, 200);
    let sent = countersign::flow::messages::outbox::latest(&server.app).await.unwrap();
    let to = |to: &str| sent.iter().filter(|one| one.to == to).map(|one| one.text.clone()).collect::<Vec<_>>();
    let old = to("nina@example.com");
    assert_eq!(old.iter().filter(|text| text.contains("/contact/undo/")).count(), 2, "{old:?}");
    assert!(to("nina@new.example").iter().any(|text| text.contains("You are told here")));
    let (status, refused) = office.call(Method::POST, "/users/nina/password-reset", None, None).await;
    assert_eq!(status, 409, "no way back for three days: {refused}");
    let (_, link) =
        old.iter().find(|text| text.contains("was replaced")).unwrap().split_once("/contact/undo/").unwrap();
    let (browser, link) = (Browser::new(&server), link.split(' ').next().unwrap());
    let page = browser.get(&format!("/contact/undo/{link}")).await;
    let csrf = page.field("csrf");
    browser.post("/contact/undo", &[("csrf", &csrf), ("link", link)]).await;
    let (_, known) = office.call(Method::GET, "/users/nina", None, None).await;
    assert_eq!(known["contacts"].as_array().map(Vec::len), Some(1), "what came after it is undone too: {known}");
    assert_eq!(office.call(Method::POST, "/users/nina/password-reset", None, None).await.0, 204);
}
