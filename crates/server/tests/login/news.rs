//! What changed for who gets in stands on top of the settings until a device that was there before says that it is known.

use super::{
    own_devices::{confirm, send},
    pages::{Browser, Shown},
    support::{PIN, Server},
};
use crate::phone::phones::activate;

/// What stands under the heading of the news; none where there is none.
fn news(page: &Shown) -> Option<&str> {
    let (_, rest) = page.text.split_once("<h2 id=\"news\">")?;
    rest.split("</section>").next()
}

/// The form of the news, sent from one browser: the page that asks for a device.
async fn known(browser: &Browser<'_>) -> Shown {
    let settings = browser.get("/settings").await;
    let shown = news(&settings).and_then(|news| news.split("name=\"shown\" value=\"").nth(1)).expect("news");
    let shown = shown.split('"').next().unwrap().to_owned();
    send(browser, "/settings/news", &settings, &[("shown", &shown)]).await
}

#[tokio::test]
async fn news_stays_until_a_device_says_that_it_is_known() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    assert_eq!(news(&browser.get("/settings").await), None, "what was there before the first login is no news");

    server.advance(60);
    let other = Browser::new(&server);
    other.log_in("alice", &mut cards[0]).await;
    let page = browser.get("/settings").await;
    let told = news(&page).unwrap_or_else(|| panic!("{}", page.text));
    assert!(told.contains("First login to Countersign from") && told.contains("It wasn’t me"), "{told}");
    assert!(!told.contains("In this session"), "{told}");
    let there = other.get("/settings").await;
    assert!(news(&there).unwrap().contains("In this session"), "where it was done it says so");

    // Asking is not confirming, and a wrong code clears nothing.
    let page = known(&browser).await;
    assert!(page.has("Confirm that you know the important changes"), "{}", page.text);
    assert!(news(&other.get("/settings").await).is_some());
    server.advance(60);
    let fields = [("attempt", page.field("attempt")), ("device", cards[0].id.clone())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.step("/login/device", &page, &fields).await;
    confirm(&browser, &page, &mut cards[0], PIN).await;
    assert_eq!(news(&browser.get("/settings").await), None);
    assert_eq!(news(&other.get("/settings").await), None, "in every session");

    // What happens later is news again.
    server.advance(60);
    Browser::new(&server).log_in("alice", &mut cards[0]).await;
    assert!(news(&browser.get("/settings").await).is_some());
}

#[tokio::test]
async fn a_device_does_not_clear_its_own_arrival() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    server.advance(60);
    let phone = activate(&server, "alice").await;
    let device = phone.shelf().read().unwrap().device_id.clone();
    server.advance(60);
    let page = browser.get("/settings").await;
    assert!(news(&page).unwrap().contains("Mobile app activated"), "{}", page.text);
    let page = known(&browser).await;
    assert!(!page.has(&device), "the phone that came is not asked: {}", page.text);
    assert!(!page.challenge().is_empty(), "the card that was there is: {}", page.text);
    let forged =
        browser.post("/login/device", &page, &[("attempt", &page.field("attempt")), ("device", &device)]).await;
    assert!(!forged.has("seamless"), "{}", forged.text);
    assert!(news(&browser.get("/settings").await).is_some());
}

#[tokio::test]
async fn news_that_was_not_shown_is_shown_first() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    server.advance(60);
    Browser::new(&server).log_in("alice", &mut cards[0]).await;
    let settings = browser.get("/settings").await;
    let shown = news(&settings).unwrap().split("name=\"shown\" value=\"").nth(1).unwrap();
    let shown = shown.split('"').next().unwrap().to_owned();
    server.advance(60);
    Browser::new(&server).log_in("alice", &mut cards[0]).await;
    let answer = browser.post("/settings/news", &settings, &[("shown", &shown)]).await;
    assert_eq!(answer.location.as_deref(), Some("/settings"), "{}", answer.text);
}
