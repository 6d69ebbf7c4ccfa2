//! Users whom the institution adds through its API, and who choose their first password themselves.

use super::api::Office;
use super::passwords::{chooses, forgets, newest};
use super::rig::{Browser, Key, start};
use reqwest::Method;
use serde_json::{Value, json};

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
