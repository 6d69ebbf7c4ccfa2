//! Another password: changed, forgotten, and after "it wasn't me".

use super::support::{Card, PASSWORD, PIN, Server};
use crate::oidc::{
    backchannel::sign_in,
    rig::{Browser, Key, Shown, challenge, start},
};
use crate::phone::phones::{PIN as PHONE_PIN, activate, notices};
use std::time::Duration;
use wire::phone::Decision;

pub const NEW: &str = "seven green kettles";

/// Sends a form of a page: its token and these fields.
async fn sends(browser: &Browser<'_>, page: &Shown, to: &str, fields: &[(&str, &str)]) -> Shown {
    let csrf = page.field("csrf");
    let form: Vec<_> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    let sent = browser.post(to, &form).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    browser.get(sent.location.as_deref().unwrap()).await
}

async fn answers(browser: &Browser<'_>, step: &Shown, card: &mut Card) -> Shown {
    let digits = challenge(&step.text);
    assert!(digits.starts_with(['6', '7']), "it is a challenge for what concerns devices: {digits}");
    let response = card.answer(&digits, PIN);
    sends(browser, step, "/login/answer", &[("attempt", &step.field("attempt")), ("response", &response)]).await
}

async fn logs_in(server: &Server, password: &str) -> bool {
    let browser = Browser::new(server);
    let page = browser.get("/login").await;
    let shown = sends(&browser, &page, "/login", &[("username", "alice"), ("password", password)]).await;
    !shown.text.contains("name=\"password\"")
}

/// The link of the newest message of a kind.
pub async fn newest(server: &Server, message: &str) -> String {
    link_in(server, message, 0).await
}

/// The link that was sent after so many others, once it is there.
pub async fn link(server: &Server, nth: usize) -> String {
    link_in(server, "notice-password-link", nth).await
}

async fn link_in(server: &Server, kind: &str, nth: usize) -> String {
    for _ in 0..200 {
        let app = server.app.clone();
        let messages = server.app.store.read(move |sql| store::outbox::latest(sql, &app.sealer, 100)).await.unwrap();
        let mut links = messages.iter().filter(|message| message.message == kind);
        if let Some(message) = links.clone().nth(nth).and(links.next()) {
            let arguments: serde_json::Value = serde_json::from_str(message.arguments.expose()).unwrap();
            let link = arguments["link"].as_str().unwrap();
            return link.strip_prefix(&server.app.settings.issuer).unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no link was sent");
}

pub async fn forgets(browser: &Browser<'_>, username: &str) -> Shown {
    let page = browser.get("/forgot").await;
    sends(browser, &page, "/forgot", &[("username", username)]).await
}

pub async fn chooses(browser: &Browser<'_>, at: &str, new: &str) -> Shown {
    let page = browser.get(at).await;
    let link = page.field("link");
    sends(browser, &page, "/forgot/new", &[("link", &link), ("new", new), ("repeat", new)]).await
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_holds_a_device() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let here = sign_in(&server, "alice", &mut cards[0]).await;
    let there = sign_in(&server, "alice", &mut cards[0]).await;
    assert_eq!(here.get("/.well-known/change-password").await.location.as_deref(), Some("/settings/password"));
    let page = here.get("/settings/password").await;
    let change = async |current: &str, new: &str, repeat: &str| {
        sends(&here, &page, "/settings/password", &[("current", current), ("new", new), ("repeat", repeat)]).await
    };
    for (current, new, repeat, said) in [
        ("wrong", NEW, NEW, "not right"),
        (PASSWORD, NEW, "other", "not the same"),
        (PASSWORD, "short", "short", "fewer than 8"),
        (PASSWORD, "alice123", "alice123", "username"),
        (PASSWORD, "iloveyou1", "iloveyou1", "Many people"),
    ] {
        let shown = change(current, new, repeat).await;
        assert!(shown.text.contains(said) && shown.text.contains("role=\"alert\""), "{said}: {}", shown.text);
        assert!(!shown.text.contains(new), "nothing typed comes back");
    }
    // Until a device has confirmed it the old one holds.
    let step = change(PASSWORD, NEW, NEW).await;
    assert!(logs_in(&server, PASSWORD).await && !logs_in(&server, NEW).await);
    let done = answers(&here, &step, &mut cards[0]).await;
    assert!(done.text.contains("Your password is changed"), "{}", done.text);
    assert!(!logs_in(&server, PASSWORD).await && logs_in(&server, NEW).await);
    assert_eq!(here.get("/settings").await.status, 200, "whoever changed it goes on");
    assert_ne!(there.get("/settings").await.status, 200, "everybody else is logged out");
    assert!(notices(&server).await.contains(&"notice-password-changed".to_owned()));
    let activity = here.get("/settings/activity").await;
    assert!(activity.text.contains("assword"), "{}", activity.text);
}

#[tokio::test]
async fn a_change_that_is_refused_or_left_changes_nothing() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let ask = async || {
        let page = browser.get("/settings/password").await;
        sends(&browser, &page, "/settings/password", &[("current", PASSWORD), ("new", NEW), ("repeat", NEW)]).await
    };
    let step = ask().await;
    sends(&browser, &step, "/login/decline", &[("attempt", &step.field("attempt"))]).await;
    let late = ask().await;
    server.advance(301);
    let response = cards[0].answer(&challenge(&late.text), PIN);
    let fields = [("attempt", late.field("attempt")), ("response", response)];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sends(&browser, &late, "/login/answer", &fields).await;
    assert!(logs_in(&server, PASSWORD).await && !logs_in(&server, NEW).await);
    assert!(!notices(&server).await.contains(&"notice-password-changed".to_owned()));
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_and_a_device() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let signed_in = sign_in(&server, "alice", &mut cards[0]).await;
    let browser = Browser::new(&server);
    let (known, unknown) = (forgets(&browser, " Alice ").await, forgets(&browser, "nobody").await);
    let plain = |shown: &Shown| shown.text.replace(&shown.field("csrf"), "");
    assert_eq!(plain(&known), plain(&unknown), "who is a user is not told");
    let at = link(&server, 0).await;
    assert!(at.starts_with("/forgot/") && !String::from_utf8_lossy(&server.dump()).contains(&at[8..]), "sealed");
    // Mail programs open links: that uses nothing up.
    for _ in 0..3 {
        assert!(browser.get(&at).await.text.contains("name=\"new\""));
    }
    assert!(chooses(&browser, &at, "password1").await.text.contains("Many people"), "the link is as good as before");
    let step = chooses(&browser, &at, NEW).await;
    assert!(browser.get(&at).await.text.contains("not good any more"), "once");
    let done = answers(&browser, &step, &mut cards[0]).await;
    assert!(done.text.contains("Your password is changed") && done.text.contains("/login"), "{}", done.text);
    assert!(logs_in(&server, NEW).await && !logs_in(&server, PASSWORD).await);
    assert_ne!(signed_in.get("/settings").await.status, 200);
    // Another link that was asked for before is of no use either, nor one that is too old.
    forgets(&browser, "alice").await;
    let old = link(&server, 1).await;
    server.advance(901);
    assert!(browser.get(&old).await.text.contains("not good any more"));
    assert_eq!(browser.get("/forgot/rubbish").await.status, 200);
}

/// The phone approves what a link began; whoever says "it wasn't me" there refuses it, and locks nothing of the user's.
#[tokio::test]
async fn a_phone_says_whether_it_was_its_owner_who_forgot() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let browser = Browser::new(&server);
    forgets(&browser, "alice").await;
    let wait = chooses(&browser, &link(&server, 0).await, NEW).await;
    assert!(wait.text.contains("Confirm a new password"), "{}", wait.text);
    let pending = phone.one(None).await.unwrap();
    assert_eq!(pending.operation["type"], "password_reset");
    phone.deny(&pending, Decision::Report).await.unwrap();
    assert!(logs_in(&server, PASSWORD).await, "the password is not locked: it was the mailbox that somebody had");
    forgets(&browser, "alice").await;
    let wait = chooses(&browser, &link(&server, 1).await, NEW).await;
    let pending = phone.pending().await.unwrap();
    let pending = pending.iter().find(|pending| pending.operation["type"] == "password_reset").unwrap();
    phone.approve(pending, PHONE_PIN, wait_number(&wait).as_deref()).await.unwrap();
    assert!(logs_in(&server, NEW).await);
}

/// The number that the page shows, where it shows one.
fn wait_number(page: &Shown) -> Option<String> {
    let (_, after) = page.text.split_once("id=\"number\">")?;
    Some(after.split('<').next().unwrap().to_owned())
}

/// After "it wasn't me" the password is locked: a new one by link and device lifts that.
#[tokio::test]
async fn after_it_was_not_me_a_new_password_lets_in_again() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let name = domain::user::Username::parse("alice").unwrap();
    let now = server.app.now();
    let locked = server.app.store.write(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::user::lock_password(sql, user.id, now)
    });
    locked.await.unwrap();
    assert!(!logs_in(&server, PASSWORD).await);
    let browser = Browser::new(&server);
    forgets(&browser, "alice").await;
    let step = chooses(&browser, &link(&server, 0).await, NEW).await;
    answers(&browser, &step, &mut cards[0]).await;
    assert!(logs_in(&server, NEW).await);
}

/// Without a permanent device nothing is confirmed, and the desk is named; the link stays.
#[tokio::test]
async fn without_a_device_the_desk_is_named() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let browser = Browser::new(&server);
    forgets(&browser, "alice").await;
    let at = link(&server, 0).await;
    let page = browser.get(&at).await;
    let handle = page.field("link");
    let form = [("csrf", page.field("csrf")), ("link", handle), ("new", NEW.into()), ("repeat", NEW.into())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let told = browser.post("/forgot/new", &form).await;
    assert!(told.text.contains("desk"), "{} {}", told.status, told.text);
    assert!(browser.get(&at).await.text.contains("name=\"new\""));
    // So many messages a day go to one address, whoever asks.
    for _ in 0..30 {
        forgets(&browser, "alice").await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let sent = notices(&server).await.iter().filter(|message| *message == "notice-password-link").count();
    assert!((2..=20).contains(&sent), "{sent}");
}
