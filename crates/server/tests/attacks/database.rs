//! What a copy of the database gives: no handle by which a login or a request could be taken over.

use super::{
    phones::activate,
    rig::{self, Browser, Key},
    support::{PASSWORD, Server},
};

#[tokio::test]
async fn no_handle_of_a_waiting_request_is_in_the_database_and_none_is_of_use_elsewhere() {
    let server = Server::with(&rig::settings(&Key::new(), &[])).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let browser = Browser::new(&server);
    let led = browser.authorize("rp", &[]).await;
    let to = led.location.unwrap();
    let handle = to.strip_prefix("/login?request=").unwrap();
    let page = browser.get(&to).await;
    let csrf = page.field("csrf");
    let form = [("csrf", csrf.as_str()), ("request", handle), ("username", "alice"), ("password", PASSWORD)];
    let begun = browser.post("/login", &form).await;
    let waits = begun.location.unwrap();
    let shown = browser.get(&waits).await;
    let cookies = browser.cookies();
    let dump = String::from_utf8_lossy(&server.dump()).into_owned();
    let handles = cookies.split("; ").filter_map(|cookie| cookie.split_once('=')).map(|(_, value)| value);
    for raw in handles.chain([handle]).filter(|value| value.len() > 20) {
        assert!(!dump.contains(raw), "{raw} is in the database");
    }

    // Another browser that has the address all the same, signed in or not, takes nothing over.
    let thief = Browser::new(&server);
    for path in ["/oauth2/authorize/continue", "/oauth2/authorize/ask"] {
        let taken = thief.get(&format!("{path}?request={handle}")).await;
        let to = taken.location.unwrap_or_default();
        assert!(taken.status == 400 || to == "/login", "{path}: {} {to}", taken.status);
    }
    let csrf = thief.get("/login").await.field("csrf");
    thief.post("/login/cancel", &[("csrf", &csrf), ("request", handle)]).await;

    let number = shown.text.split("id=\"number\">").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    let pending = phone.one(None).await.unwrap();
    phone.approve(&pending, super::phones::PIN, number.as_deref()).await.unwrap();
    let done = browser.get(&waits).await;
    let on = done.location.unwrap();
    assert_eq!(on, format!("/oauth2/authorize/continue?request={handle}"), "the owner's browser goes on with it");
    assert_eq!(thief.get(&on).await.status, 400);
    let back = browser.get(&on).await;
    assert!(back.parameters().contains_key("code"), "{:?}", back.location);
}
