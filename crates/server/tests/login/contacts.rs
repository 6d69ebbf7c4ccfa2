//! Contact points that their user changes, and the link that undoes it.

use super::{
    own_devices::{confirm, send},
    pages::{Browser, Shown},
    passwords,
    support::{Card, PASSWORD, PIN, Server},
};
use crate::oidc::rig;
use countersign::flow::messages::outbox;
use wire::phone::Decision;

const HOUR: u64 = 3600;
const OLD: &str = "alice@example.com";
const NEW: &str = "alice@new.example";
const PAGE: &str = "/settings/contacts";

/// What was sent to an address, in words, the newest first.
async fn sent_to(server: &Server, to: &str) -> Vec<String> {
    let all = outbox::latest(&server.app).await.unwrap();
    all.into_iter().filter(|message| message.to == to).map(|message| message.text).collect()
}

/// What follows some words in the newest message to an address that has them.
async fn after(server: &Server, to: &str, words: &str) -> String {
    let all = sent_to(server, to).await;
    let found = all.iter().find_map(|text| text.split_once(words));
    let (_, rest) = found.unwrap_or_else(|| panic!("nobody was told {words:?}: {all:?}"));
    rest.split([' ', '.']).find(|word| !word.is_empty()).unwrap().to_owned()
}

async fn code(server: &Server, to: &str) -> String {
    after(server, to, "Your code is ").await
}

/// The path of the link that undoes the newest change.
async fn link(server: &Server, to: &str) -> String {
    let text = sent_to(server, to).await.into_iter().find(|text| text.contains("/contact/undo/")).expect("a link");
    let (_, rest) = text.split_once("/contact/undo/").unwrap();
    format!("/contact/undo/{}", rest.split(' ').next().unwrap())
}

/// The id of a contact point, by its masked address on the page.
async fn id(browser: &Browser<'_>, masked: &str) -> String {
    let page = browser.get(PAGE).await;
    let (_, rest) = page.text.split_once(masked).unwrap_or_else(|| panic!("no {masked}: {}", page.text));
    rest.split("replaces=").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn wish(browser: &Browser<'_>, address: &str, replaces: &str) -> Shown {
    let page = browser.get(PAGE).await;
    send(browser, PAGE, &page, &[("address", address), ("replaces", replaces)]).await
}

async fn prove(browser: &Browser<'_>, page: &Shown, code: &str) -> Shown {
    send(browser, "/settings/contacts/code", page, &[("id", &page.field("id")), ("code", code)]).await
}

/// The whole way: the code, and the device.
async fn change(server: &Server, browser: &Browser<'_>, card: &mut Card, address: &str, replaces: &str) {
    let page = wish(browser, address, replaces).await;
    let step = prove(browser, &page, &code(server, address).await).await;
    assert!(step.has(address), "the device's owner sees what changes: {}", step.text);
    let done = confirm(browser, &step, card, PIN).await;
    assert!(done.has("The change holds"), "{}", done.text);
}

async fn undo(browser: &Browser<'_>, link: &str) -> Shown {
    let page = browser.get(link).await;
    send(browser, "/contact/undo", &page, &[("link", &page.field("link"))]).await
}

async fn alice(server: &Server) -> (Browser<'_>, Card) {
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(server);
    browser.log_in("alice", &mut cards[0]).await;
    (browser, cards.remove(0))
}

/// How many links for a forgotten password went to an address.
async fn reset_links(server: &Server, to: &str) -> usize {
    sent_to(server, to).await.iter().filter(|text| text.contains("/forgot/")).count()
}

async fn forgets(server: &Server) {
    passwords::forgets(&rig::Browser::new(server), "alice").await;
    // Who is a user is looked up behind the answer.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
}

#[tokio::test]
async fn a_mail_address_is_replaced_and_lets_nobody_in_for_three_days() {
    let server = Server::start().await;
    let (browser, mut card) = alice(&server).await;
    let page = browser.get(PAGE).await;
    assert!(page.has("a•••@example.com") && !page.has("Remove"), "{}", page.text);
    let old = id(&browser, "a•••@example.com").await;
    let page = wish(&browser, " Alice@new.example ", &old).await;
    assert!(page.has("A•••@new.example"), "{}", page.text);
    // Nothing holds before a device has confirmed it.
    let typed = code(&server, "Alice@new.example").await.to_lowercase().replace('-', " ");
    let step = prove(&browser, &page, &typed).await;
    assert!(step.has("Confirm a change of your contact points") && step.has("Alice@new.example") && step.has(OLD));
    assert!(step.challenge().starts_with(['6', '7']), "it concerns devices");
    assert!(browser.get(PAGE).await.has("a•••@example.com"));
    let done = confirm(&browser, &step, &mut card, PIN).await;
    assert!(done.has("The change holds") && done.has(PAGE), "{}", done.text);
    let page = browser.get(PAGE).await;
    assert!(page.has("A•••@new.example") && page.has("go there from") && !page.has("a•••@example.com"));
    let welcome = sent_to(&server, "Alice@new.example").await;
    assert!(welcome[0].contains("You are told here from now on"), "{welcome:?}");
    assert!(!welcome.iter().any(|text| text.contains("/contact/undo/")), "the new one undoes nothing");
    let told = sent_to(&server, OLD).await;
    assert!(told[0].contains("was replaced. The new one: A•••@new.example") && told[0].contains("/contact/undo/"));

    // No link for a forgotten password goes to either while the change can be undone.
    forgets(&server).await;
    server.advance(72 * HOUR - 60);
    forgets(&server).await;
    assert_eq!((reset_links(&server, OLD).await, reset_links(&server, "Alice@new.example").await), (0, 0));
    let link = link(&server, OLD).await;
    let stranger = Browser::new(&server);
    assert!(stranger.get(&link).await.has("Undo the change of contact points?"), "for 72 hours");
    server.advance(61);
    assert!(stranger.get(&link).await.has("not good any more"));
    forgets(&server).await;
    assert_eq!((reset_links(&server, OLD).await, reset_links(&server, "Alice@new.example").await), (0, 1));
    let activity = browser_again(&server, &mut card).await.get("/settings/activity").await;
    assert!(activity.has("Confirmed: another mail address or number"), "{}", activity.text);
}

async fn browser_again<'a>(server: &'a Server, card: &mut Card) -> Browser<'a> {
    let browser = Browser::new(server);
    browser.log_in("alice", card).await;
    browser
}

#[tokio::test]
async fn a_change_is_undone_by_whoever_was_there_before() {
    let server = Server::start().await;
    let (browser, mut card) = alice(&server).await;
    let old = id(&browser, "a•••@example.com").await;
    change(&server, &browser, &mut card, NEW, &old).await;
    let first = link(&server, OLD).await;
    // Whoever took the account over goes on: a further number, and the new address replaced once more.
    change(&server, &browser, &mut card, "+12025550143", "").await;
    let new = id(&browser, "a•••@new.example").await;
    change(&server, &browser, &mut card, "mallory@third.example", &new).await;
    let to_new = sent_to(&server, NEW).await;
    assert!(to_new[0].contains("was replaced") && !to_new[0].contains("/contact/undo/"), "{to_new:?}");
    assert_eq!(sent_to(&server, OLD).await.iter().filter(|text| text.contains("/contact/undo/")).count(), 3);
    // To look undoes nothing: mail programs open links.
    let stranger = Browser::new(&server);
    for _ in 0..3 {
        let page = stranger.get(&first).await;
        assert!(
            page.has("a•••@example.com is used again") && page.has("m•••@third.example is used no more"),
            "{}",
            page.text
        );
    }
    assert!(browser.get(PAGE).await.has("m•••@third.example"));
    let done = undo(&stranger, &first).await;
    assert!(done.has("The change is undone"), "{}", done.text);
    let page = browser.get(PAGE).await;
    assert!(page.has("a•••@example.com") && !page.has("go there from"), "{}", page.text);
    assert!(!page.has("third.example") && !page.has("••• 43") && !page.has("new.example"), "{}", page.text);
    for told in [OLD, "mallory@third.example", "+12025550143"] {
        assert!(sent_to(&server, told).await[0].contains("was undone"), "{told}");
    }
    // Once, and with it those of the later changes.
    for link in [first, link(&server, OLD).await] {
        assert!(stranger.get(&link).await.has("not good any more"));
    }
    forgets(&server).await;
    assert_eq!(reset_links(&server, OLD).await, 1, "it is a way back again at once");
}

#[tokio::test]
async fn contact_points_are_added_and_removed_and_the_last_one_stays() {
    let server = Server::start().await;
    let (browser, mut card) = alice(&server).await;
    change(&server, &browser, &mut card, "+1 (202) 555-0143".replace([' ', '(', ')', '-'], "").as_str(), "").await;
    let only = id(&browser, "a•••@example.com").await;
    let remove = async |id: &str| {
        let page = browser.get(PAGE).await;
        send(&browser, "/settings/contacts/remove", &page, &[("id", id)]).await
    };
    let step = remove(&only).await;
    assert!(step.has("No longer used") && step.has(OLD), "{}", step.text);
    confirm(&browser, &step, &mut card, PIN).await;
    assert!(!browser.get(PAGE).await.has("example.com"));
    let told = sent_to(&server, OLD).await;
    assert!(told[0].contains("was removed") && told[0].contains("/contact/undo/"), "{told:?}");
    // Whatever happens is told there too, for as long as it can be undone.
    crate::phone::phones::activate(&server, "alice").await;
    assert!(sent_to(&server, OLD).await[0].contains("A new device is active"));
    let number = id(&browser, "••• 43").await;
    assert!(remove(&number).await.has("your only contact point"));
    assert!(remove(&only).await.has("not there any more"), "gone is gone");
    server.advance(73 * HOUR);
    let before = sent_to(&server, OLD).await.len();
    crate::phone::phones::activate(&server, "alice").await;
    assert_eq!(sent_to(&server, OLD).await.len(), before);
}

#[tokio::test]
async fn what_is_typed_wrong_changes_nothing() {
    let server = Server::start().await;
    let (browser, _card) = alice(&server).await;
    server.user("bob", 0).await;
    let old = id(&browser, "a•••@example.com").await;
    for (typed, replaces, words) in [
        ("nobody", "", "no mail address and no phone number"),
        ("", "", "no mail address and no phone number"),
        ("a@b", "", "no mail address and no phone number"),
        ("12", "", "no mail address and no phone number"),
        (OLD, "", "already one of your contact points"),
        ("+12025550143", &old, "not of the kind"),
        (NEW, "00000000-0000-7000-8000-000000000001", "not there any more"),
    ] {
        assert!(wish(&browser, typed, replaces).await.has(words), "{typed}");
    }
    // Who else has an address is nobody's to learn: another user's is as good as nobody's.
    let page = wish(&browser, "bob@example.com", "").await;
    assert!(page.has("Type the code"), "{}", page.text);
    let wrong = async |page: &Shown| prove(&browser, page, "AAAA-2222").await;
    for _ in 0..2 {
        assert!(wrong(&page).await.has("This code is not right"));
    }
    assert!(wrong(&page).await.has("not good any more"), "three and no more");
    let right = code(&server, "bob@example.com").await;
    assert!(prove(&browser, &page, &right).await.has("not good any more"), "not even the right one");
    let late = wish(&browser, NEW, "").await;
    server.advance(600);
    browser.get(PAGE).await;
    server.advance(301);
    let over = prove(&browser, &late, &code(&server, NEW).await).await;
    assert!(over.has("not good any more"), "{}", over.text);
    for nth in 3..=5 {
        assert!(wish(&browser, &format!("n{nth}@new.example"), "").await.has("Type the code"));
    }
    assert!(wish(&browser, "n6@new.example", "").await.has("Too many codes"), "five a day");
    assert!(sent_to(&server, "n6@new.example").await.is_empty());
    // A wish is its user's alone.
    let mut cards = server.user("carol", 1).await;
    let carol = Browser::new(&server);
    carol.log_in("carol", &mut cards[0]).await;
    assert!(carol.get(&format!("{PAGE}/code?id={}", late.field("id"))).await.has("not good any more"));
    let page = carol.get(PAGE).await;
    let taken = send(&carol, "/settings/contacts/remove", &page, &[("id", &old)]).await;
    assert!(taken.has("not there any more"), "{}", taken.text);
    let dump = server.dump();
    let readable = |text: &str| dump.windows(text.len()).any(|octets| octets == text.as_bytes());
    assert!(!readable("n5@new.example") && !readable(&right) && !readable(OLD), "sealed");
}

#[tokio::test]
async fn a_change_that_the_device_denies_is_none() {
    let server = Server::start().await;
    let (browser, card) = alice(&server).await;
    let phone = crate::phone::phones::activate(&server, "alice").await;
    let page = wish(&browser, NEW, "").await;
    let step = prove(&browser, &page, &code(&server, NEW).await).await;
    let offered = step.text.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let id = offered.into_iter().find(|id| *id != card.id).expect("the phone").to_owned();
    browser.step("/login/device", &step, &[("attempt", &step.field("attempt")), ("device", &id)]).await;
    let pending = phone.one(None).await.unwrap();
    assert_eq!((&pending.operation["type"], &pending.operation["new"]), (&"contact_change".into(), &NEW.into()));
    phone.deny(&pending, Decision::Deny).await.unwrap();
    assert!(!browser.get(PAGE).await.has("new.example"));
    assert!(!server.begin("alice", PASSWORD, &[]).await.1["auth_session"].is_null());
}
