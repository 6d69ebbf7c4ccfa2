//! What customers meet every day: enough time, the device they used last, and what would work without one of them.

use super::{
    pages::{Browser, Shown},
    support::{PIN, Server},
};
use crate::phone::phones::activate;

/// Picks a card, and gives the page of its challenge.
async fn chosen(browser: &Browser<'_>, device: &str) -> (String, Shown) {
    let chooser = browser.password("alice").await;
    let attempt = chooser.field("attempt");
    let page = browser.step("/login/device", &chooser, &[("attempt", &attempt), ("device", device)]).await;
    (attempt, page)
}

fn left(page: &Shown) -> u64 {
    let text = page.text.split("data-left=\"").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    text.split('"').next().unwrap().parse().unwrap()
}

/// What stands below a heading.
fn section<'a>(page: &'a Shown, id: &str) -> &'a str {
    let from = page.text.split(&format!("<h2 id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("{}", page.text));
    from.split("</section>").next().unwrap()
}

#[tokio::test]
async fn a_login_may_have_three_minutes_more_once() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    let (attempt, page) = chosen(&browser, &cards[0].id).await;
    assert!(page.has("3 minutes more"), "{}", page.text);
    server.advance(170);
    let more = browser.step("/login/more", &page, &[("attempt", &attempt)]).await;
    assert_eq!(more.challenge(), page.challenge(), "what is being typed stays right");
    assert_eq!(left(&more), 190, "{}", more.text);
    assert!(!more.has("/login/more"), "it is offered once");
    let again = browser.step("/login/more", &page, &[("attempt", &attempt)]).await;
    assert_eq!(left(&again), 190, "and given once");
    server.advance(180);
    let response = cards[0].answer(&page.challenge(), PIN);
    let answer = browser.step("/login/answer", &again, &[("attempt", &attempt), ("response", &response)]).await;
    assert_eq!(answer.location.as_deref(), Some("/settings"), "{}", answer.text);

    // What is over stays over.
    let late = Browser::new(&server);
    let (attempt, page) = chosen(&late, &cards[0].id).await;
    server.advance(181);
    let over = late.step("/login/more", &page, &[("attempt", &attempt)]).await;
    assert!(!over.has("name=\"response\"") && !over.has("3 minutes more"), "{}", over.text);
}

#[tokio::test]
async fn whoever_wishes_more_time_has_it_everywhere() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let settings = browser.get("/settings").await;
    let saved = browser.post_and_follow("/settings/time", &settings, &[("more", "yes")]).await;
    assert!(saved.has("three times as long: on these pages"), "{}", saved.text);

    let (_, page) = chosen(&Browser::new(&server), &cards[0].id).await;
    assert_eq!(left(&page), 540);
    assert!(!page.has("/login/more"), "there is enough already");
    let device = phone.shelf().read().unwrap().device_id.clone();
    let (_, waits) = chosen(&Browser::new(&server), &device).await;
    assert_eq!(left(&waits), 540, "on the phone too");
    let (_, begun) = server.begin("alice", super::support::PASSWORD, &[]).await;
    assert_eq!(begun["expires_in"], 540, "in programs too: {begun}");

    let usual = browser.post_and_follow("/settings/time", &saved, &[("more", "")]).await;
    assert!(usual.has("A login waits three minutes"), "{}", usual.text);
    let (_, page) = chosen(&Browser::new(&server), &cards[0].id).await;
    assert_eq!(left(&page), 180);
}

#[tokio::test]
async fn a_browser_remembers_the_device_that_was_used_in_it() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 3).await;
    let browser = Browser::new(&server);
    let selected = |page: &Shown, id: &str| page.has(&format!("<option value=\"{id}\"  selected>"));
    let first = browser.password("alice").await;
    assert!(selected(&first, &cards[0].id), "the default one: {}", first.text);
    let (attempt, page) = chosen(&browser, &cards[2].id).await;
    let abandoned = browser.password("alice").await;
    assert!(selected(&abandoned, &cards[0].id), "choosing alone is not using");
    let response = cards[2].answer(&page.challenge(), PIN);
    browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", &response)]).await;
    assert!(selected(&browser.password("alice").await, &cards[2].id));
    assert!(selected(&Browser::new(&server).password("alice").await, &cards[0].id), "another browser knows nothing");
}

#[tokio::test]
async fn what_would_work_without_a_device_is_told_beforehand() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let alone = browser.get("/settings/ready").await;
    assert!(alone.has("You could not log in.") && alone.has("No withdrawal could be confirmed."), "{}", alone.text);
    assert!(alone.has("a code, which we send to a•••@example.com"), "{}", alone.text);
    assert!(alone.has("Only the secure-login desk could help."), "no device confirms another password: {}", alone.text);

    let own = browser.get(&format!("/settings/devices?id={}", cards[0].id)).await;
    assert!(own.has("Can still withdraw today: ") || own.has("Withdrawals: no limit"), "{}", own.text);

    let phone = activate(&server, "alice").await;
    let device = phone.shelf().read().unwrap().device_id.clone();
    let card = "<li>Digital Security Card+";
    let gone = browser.get("/settings/ready").await;
    assert!(gone.has(&format!("<option value=\"{device}\" selected>")), "the phone first: {}", gone.text);
    for id in ["login", "phone", "password", "money"] {
        assert!(section(&gone, id).contains(card), "{id}: {}", gone.text);
    }
    let other = browser.get(&format!("/settings/ready?without={}", cards[0].id)).await;
    assert!(section(&other, "login").contains("<li>Mobile app") && !other.has(card), "{}", other.text);
    assert!(section(&other, "phone").contains("a code, which"), "a phone vouches for no other phone: {}", other.text);

    // What is promised there is what happens: a locked card is no way in.
    let thief = Browser::new(&server);
    for _ in 0..2 {
        let (handle, page) = chosen(&thief, &cards[0].id).await;
        for wrong in ["00000000", "11111111", "22222222"] {
            thief.post("/login/answer", &page, &[("attempt", &handle), ("response", wrong)]).await;
        }
    }
    let locked = browser.get("/settings/ready").await;
    assert!(locked.has("You could not log in."), "{}", locked.text);
}
