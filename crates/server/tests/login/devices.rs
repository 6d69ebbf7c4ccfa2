//! What a signed-in user does with the own devices: name, default, and one that is lost.

use super::{
    pages::{Browser, Shown},
    support::{Card, PASSWORD, PIN, Server},
};
use crate::phone::phones::notices;

async fn page_of(browser: &Browser<'_>, card: &Card) -> Shown {
    browser.get(&format!("/settings/devices?id={}", card.id)).await
}

/// Posts one of the forms of a device's page; what stands at the address that it leads to.
async fn act(browser: &Browser<'_>, what: &str, card: &Card, more: &[(&str, &str)]) -> Shown {
    let page = browser.get("/settings").await;
    let mut fields = vec![("id", card.id.as_str())];
    fields.extend_from_slice(more);
    let answer = browser.post(&format!("/settings/devices/{what}"), &page, &fields).await;
    assert_eq!(answer.status, 303, "{what}: {}", answer.text);
    browser.get(answer.location.as_deref().unwrap()).await
}

async fn told(server: &Server, message: &str) -> usize {
    notices(server).await.iter().filter(|told| *told == message).count()
}

#[tokio::test]
async fn a_lost_device_confirms_nothing_from_then_on_and_its_owner_is_told() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let thief = Browser::new(&server);
    thief.log_in("alice", &mut cards[1]).await;
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let step = server.choose(&begun, &cards[1]).await;

    let page = page_of(&browser, &cards[1]).await;
    assert!(page.has("take it into use again by the serial number on it"), "{}", page.text);
    let done = act(&browser, "lost", &cards[1], &[]).await;
    assert!(done.has("The device is suspended") && done.has(">Suspended<"), "{}", done.text);
    assert_eq!(told(&server, "notice-device-suspended").await, 1);
    assert_eq!(thief.get("/settings").await.status, 303, "what it opened has ended");
    let response = cards[1].respond(&step);
    let handle = super::support::session(&step).to_owned();
    let (_, answer) = server.challenge(&[("auth_session", &handle), ("response", &response)]).await;
    assert!(answer["authorization_code"].is_null(), "{answer}");
    assert_eq!(page_of(&browser, &cards[1]).await.status, 404, "there is nothing left to do about it");
    let again = act(&browser, "lost", &cards[1], &[]).await;
    assert!(again.has("no such active device"), "{}", again.text);
    assert_eq!(told(&server, "notice-device-suspended").await, 1, "told once");
}

#[tokio::test]
async fn the_last_usable_device_goes_only_when_that_was_understood() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    act(&browser, "lost", &cards[1], &[]).await;

    let asked = act(&browser, "lost", &cards[0], &[]).await;
    assert!(asked.has("last device you can log in with") && asked.has("name=\"last\""), "{}", asked.text);
    assert_eq!(browser.get("/settings").await.status, 200, "nothing has happened yet");
    let gone = act(&browser, "lost", &cards[0], &[("last", "understood")]).await;
    assert_eq!((gone.status, gone.location.as_deref()), (303, Some("/login?notice=session-ended")));
    let (_, refused) = server.begin("alice", PASSWORD, &[]).await;
    assert!(refused["next"].is_null(), "{refused}");
}

#[tokio::test]
async fn a_locked_device_is_no_way_in_beside_the_last_one() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let id = cards[1].id.parse().unwrap();
    let name = domain::user::Username::parse("alice").unwrap();
    let lock = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        let failures = domain::lockout::DeviceFailures { consecutive: 1000, last_at: None };
        store::device::save_failures(sql, user.id, id, failures)
    };
    server.app.store.write(lock).await.unwrap();
    let asked = act(&browser, "lost", &cards[0], &[]).await;
    assert!(asked.has("last device you can log in with"), "{}", asked.text);
}

#[tokio::test]
async fn a_device_is_renamed_and_made_the_default() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;

    let named = act(&browser, "label", &cards[1], &[("label", "  Kitchen drawer <b> ")]).await;
    assert!(named.has("Kitchen drawer &#60;b&#62;") && named.has("has its new name"), "{}", named.text);
    for (label, words) in [
        ("Digital Security Card+", "Another of your devices"),
        (" ", "cannot be a name"),
        ("a\u{202e}b", "cannot be a name"),
        (&"x".repeat(61), "cannot be a name"),
    ] {
        let taken = label.starts_with("Digital");
        let label = if taken { page_of(&browser, &cards[0]).await.field("label") } else { label.to_owned() };
        let refused = act(&browser, "label", &cards[1], &[("label", &label)]).await;
        assert!(refused.has(words) && refused.has("Kitchen drawer"), "{label}: {}", refused.text);
    }

    assert!(!page_of(&browser, &cards[1]).await.has("This is your default device"));
    let done = act(&browser, "default", &cards[1], &[]).await;
    assert!(done.has("default device was changed"), "{}", done.text);
    assert!(page_of(&browser, &cards[1]).await.has("This is your default device"));
    assert_eq!(told(&server, "notice-default-device").await, 1);
    act(&browser, "default", &cards[1], &[]).await;
    assert_eq!(told(&server, "notice-default-device").await, 1, "nothing has changed");
}

#[tokio::test]
async fn anothers_device_is_as_unknown_as_none() {
    let server = Server::start().await;
    let mut alices = server.user("alice", 2).await;
    let bobs = server.user("bob", 2).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut alices[0]).await;
    let mut nobodys = bobs[0].clone();
    nobodys.id = "01930000-0000-7000-8000-000000000000".to_owned();
    for card in [&bobs[0], &nobodys] {
        assert_eq!(page_of(&browser, card).await.status, 404);
        for (what, more) in [("label", ("label", "Mine")), ("default", ("x", "")), ("lost", ("last", "understood"))] {
            let answer = act(&browser, what, card, &[more]).await;
            assert!(answer.has("There is no such active device"), "{what}: {}", answer.text);
        }
    }
    let (_, begun) = server.begin("bob", PASSWORD, &[]).await;
    assert_eq!(begun["next"]["devices"].as_array().map(Vec::len), Some(2), "{begun}");

    let url = format!("{}/settings/devices/lost", server.url);
    let cookie = format!("session={}", browser.cookie("session").unwrap());
    let form = [("id", alices[1].id.as_str())];
    let forged = server.http.post(&url).header("cookie", cookie).form(&form).send().await.unwrap();
    assert_eq!(forged.status(), 403, "a form without its token");
    assert_eq!(page_of(&browser, &alices[1]).await.status, 200);
}

/// The challenges on the page, and which round they are of.
fn asked(page: &Shown) -> ([String; 2], String) {
    let shown = |id: &str| {
        let text = page.text.split(&format!("id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("{}", page.text));
        text.split('<').next().unwrap().to_owned()
    };
    ([shown("challenge-1"), shown("challenge-2")], page.field("round"))
}

#[tokio::test]
async fn a_card_that_ran_far_ahead_is_brought_in_step_by_two_codes_in_a_row() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let card = &mut cards[0];
    card.counter += 200;
    let address = format!("/settings/devices/resync?id={}", card.id);
    assert!(page_of(&browser, card).await.has(&address.replace('&', "&#38;")));
    let page = browser.get(&address).await;
    let ([first, second], round) = asked(&page);
    assert!(
        [&first, &second].iter().all(|asked| asked.starts_with(['6', '7'])),
        "a login's or money's: {first} {second}"
    );
    assert_eq!(asked(&browser.get(&address).await), ([first.clone(), second.clone()], round.clone()), "a reload");

    let one = card.answer(&first, PIN);
    card.counter += 1;
    let gap = card.answer(&second, PIN);
    let codes = |round: &str, one: &str, other: &str| {
        [("round", round.to_owned()), ("first", one.to_owned()), ("second", other.to_owned())]
    };
    let send = async |card: &Card, codes: [(&'static str, String); 3]| {
        let codes: Vec<_> = codes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        act(&browser, "resync", card, &codes).await
    };
    let wrong = send(card, codes(&round, &one, &gap)).await;
    assert!(wrong.has("not two codes in a row"), "{}", wrong.text);
    let stale = send(card, codes(&round, &one, &gap)).await;
    assert!(stale.has("for other challenges"), "{}", stale.text);
    assert_eq!(failures(&server, card).await, 1, "counted once");

    let ([first, second], round) = asked(&stale);
    let (one, other) = (card.answer(&first, PIN), card.answer(&second, PIN));
    let done = send(card, codes(&round, &one, &other)).await;
    assert!(done.has("in step again"), "{}", done.text);
    assert_eq!(failures(&server, card).await, 0);
    assert!(notices(&server).await.contains(&"notice-device-resynchronised".to_owned()));
    let replayed = send(card, codes(&round, &one, &other)).await;
    assert!(replayed.has("for other challenges"), "{}", replayed.text);
    let again = Browser::new(&server).log_in("alice", &mut cards[0]).await;
    assert_eq!((again.status, again.has("alice")), (200, true), "{}", again.text);
}

#[tokio::test]
async fn wrong_codes_on_the_page_lock_the_device_as_anywhere() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let address = format!("/settings/devices/resync?id={}", cards[0].id);
    for _ in 0..20 {
        let (_, round) = asked(&browser.get(&address).await);
        let codes = [("round", round.as_str()), ("first", "11111111"), ("second", "22222222")];
        let answer = act(&browser, "resync", &cards[0], &codes).await;
        if answer.has("is locked after too many wrong codes") {
            return;
        }
        assert!(answer.has("not two codes in a row"), "{}", answer.text);
    }
    panic!("never locked");
}

async fn failures(server: &Server, card: &Card) -> u32 {
    let id: domain::id::DeviceId = card.id.parse().unwrap();
    let name = domain::user::Username::parse("alice").unwrap();
    let read = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::device::one(sql, user.id, id)
    };
    server.app.store.read(read).await.unwrap().unwrap().failures.consecutive
}
