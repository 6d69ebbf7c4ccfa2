//! A login that is not finished leads back to the program that asked for it: with an error, or to another try of the
//! same request. No page forgets where its user came from.

use super::phones::activate;
use super::rig::{Browser, CALLBACK, Key, Shown, start};
use super::support::PASSWORD;
use wire::phone::Decision;

/// A browser on its way: after the password, at the device's page.
async fn at_device(browser: &Browser<'_>, led: &Shown, username: &str) -> Shown {
    let page = browser.get(led.location.as_deref().unwrap()).await;
    let (csrf, request) = (page.field("csrf"), page.field("request"));
    let form = [("csrf", csrf.as_str()), ("request", &request), ("username", username), ("password", PASSWORD)];
    let begun = browser.post("/login", &form).await;
    let to = begun.location.unwrap_or_else(|| panic!("{} {}", begun.status, begun.text));
    browser.get(&to).await
}

/// Where the first link with these words leads.
fn link(html: &str, words: &str) -> String {
    let (before, _) = html.split_once(&format!(">{words}<")).unwrap_or_else(|| panic!("no {words}: {html}"));
    let (_, tag) = before.rsplit_once("href=\"").unwrap();
    tag.split('"').next().unwrap().replace("&amp;", "&")
}

fn denied(shown: &Shown) {
    let parameters = shown.parameters();
    assert!(shown.location.as_deref().unwrap().starts_with(CALLBACK), "{:?}", shown.location);
    assert_eq!(parameters.get("error").map(String::as_str), Some("access_denied"), "{parameters:?}");
    assert_eq!(parameters.get("state").map(String::as_str), Some("s&t"));
    assert!(parameters.contains_key("iss"));
}

async fn cancelled(browser: &Browser<'_>, page: &Shown) -> Shown {
    let form = page.text.split("action=\"/login/cancel\"").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    let field = |name: &str| {
        let (_, after) = form.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    browser.post("/login/cancel", &[("csrf", &field("csrf")), ("request", &field("request"))]).await
}

#[tokio::test]
async fn a_refusal_on_the_phone_reaches_the_program_that_asked() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let browser = Browser::new(&server);
    let page = at_device(&browser, &browser.authorize("rp", &[]).await, "alice").await;
    let pending = phone.one(None).await.unwrap();
    phone.deny(&pending, Decision::Deny).await.unwrap();
    let attempt = page.field("attempt");
    denied(&browser.get(&format!("/login?attempt={attempt}")).await);
}

#[tokio::test]
async fn password_page_and_chooser_have_a_way_to_cancel() {
    let server = start(&Key::new()).await;
    server.user("alice", 2).await;
    let browser = Browser::new(&server);
    let led = browser.authorize("rp", &[]).await;
    let page = browser.get(led.location.as_deref().unwrap()).await;
    denied(&cancelled(&browser, &page).await);
    let gone = browser.get(led.location.as_deref().unwrap()).await;
    assert!(!gone.text.contains("/login/cancel"), "it is answered");

    let chooser = at_device(&browser, &browser.authorize("rp", &[]).await, "alice").await;
    assert!(chooser.text.contains("Select Second Factor Device"), "{}", chooser.text);
    denied(&cancelled(&browser, &chooser).await);

    let own = browser.get("/login").await;
    assert!(!own.text.contains("/login/cancel"), "nobody asked");
}

#[tokio::test]
async fn starting_again_keeps_the_request() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let page = at_device(&browser, &browser.authorize("rp", &[]).await, "alice").await;
    let (csrf, attempt) = (page.field("csrf"), page.field("attempt"));
    let led = browser.post("/login/again", &[("csrf", &csrf), ("attempt", &attempt)]).await;
    assert!(browser.log_in(&led, "alice", &mut cards[0]).await.parameters().contains_key("code"));
}

#[tokio::test]
async fn three_wrong_answers_keep_the_request_too() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let mut page = at_device(&browser, &browser.authorize("rp", &[]).await, "alice").await;
    for tried in ["00000000", "11111111", "22222222"] {
        let (csrf, attempt) = (page.field("csrf"), page.field("attempt"));
        let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("response", tried)];
        let answered = browser.post("/login/answer", &form).await;
        page = match answered.location.clone() {
            Some(to) => browser.get(&to).await,
            None => answered,
        };
    }
    let again = link(&page.text, "Start again");
    assert!(again.starts_with("/login?request="), "{again}");
    denied(&cancelled(&browser, &page).await);
    let led = browser.authorize("rp", &[]).await;
    assert!(browser.log_in(&led, "alice", &mut cards[0]).await.parameters().contains_key("code"));
}
