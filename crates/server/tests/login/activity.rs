//! What happened, as its owner reads it: one sentence for one thing, found by topic and words, and "it wasn't me".

use super::{
    pages::{Browser, Shown},
    support::{Card, PASSWORD, Server},
};
use crate::phone::phones::notices;

const NEW_YORK: &str = "[institution]\nzone = \"America/New_York\"\n";

/// The sentences on a page, with whether each alarms.
fn stories(page: &Shown) -> Vec<(String, bool)> {
    let list = page.text.split("<ul class=\"rows stories\">").nth(1).unwrap_or_default();
    let list = list.split("</ul>").next().unwrap_or_default();
    let one = |item: &str| {
        let alarming = item.starts_with(" class=\"alarming\"");
        let what = item.split("<div class=\"what\">").nth(1).unwrap().split("</div>").next().unwrap();
        let text = what.rsplit("<span>").next().unwrap().split("</span>").next().unwrap();
        assert_eq!(what.contains("Look twice"), alarming, "told by a word too: {what}");
        (text.replace("&#39;", "'"), alarming)
    };
    list.split("<li").skip(1).map(one).collect()
}

fn texts(page: &Shown) -> Vec<String> {
    stories(page).into_iter().map(|(text, _)| text).collect()
}

async fn wrong_code(browser: &Browser<'_>, username: &str, card: &Card) -> Shown {
    let page = browser.password(username).await;
    let attempt = page.field("attempt");
    let page = if page.has("name=\"device\"") {
        browser.step("/login/device", &page, &[("attempt", &attempt), ("device", &card.id)]).await
    } else {
        page
    };
    browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", "00000000")]).await
}

#[tokio::test]
async fn a_login_is_one_sentence_and_its_rows_stand_behind_all_entries() {
    let server = Server::with(NEW_YORK).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let settings = browser.get("/settings").await;
    let label = browser.get(&format!("/settings/devices?id={}", cards[0].id)).await.field("label");
    let login = format!("Logged in to Countersign – {label}");
    let told = stories(&settings);
    assert_eq!(told[0], (login.clone(), false), "{told:?}");
    assert_eq!(told.iter().filter(|(text, _)| *text == login).count(), 1, "{told:?}");
    assert!(told.iter().all(|(text, _)| !text.contains("Second factor asked")), "{told:?}");
    assert!(settings.has("<time datetime=\"2") && settings.has("\u{a0}UTC-0"), "{}", settings.text);

    let page = browser.get("/settings/activity").await;
    assert_eq!(stories(&page), told);
    let entries = browser.get("/settings/activity?entries=all").await;
    for kind in ["password.accepted", "confirmation.confirmed", "mark.set", "session.started"] {
        assert_eq!(entries.text.matches(&format!(">{kind}<")).count(), 1, "{kind}: {}", entries.text);
    }
}

#[tokio::test]
async fn what_alarms_is_told_by_word_and_found_by_topic_and_words_without_scripts() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    wrong_code(&browser, "alice", &cards[0]).await;
    server.begin("alice", "a wrong guess", &[]).await;
    // The next one is a login of its own, whatever the other attempt's rows stand between.
    server.advance(1);
    browser.log_in("alice", &mut cards[0]).await;
    let page = browser.get("/settings").await;
    let csrf = [("id", cards[0].id.as_str()), ("label", "Drawer <key>")];
    browser.post("/settings/devices/label", &page, &csrf).await;

    let find = async |query: &str| browser.get(&format!("/settings/activity?{query}")).await;
    let all = find("").await;
    let wrong = "Right password, then 1 wrong code – Drawer &#60;key&#62;";
    let told = stories(&all);
    assert!(
        told.contains(&(wrong.to_owned(), true)) && told.contains(&("Wrong password".to_owned(), true)),
        "{told:?}"
    );
    let mut alarms = texts(&find("kind=alarms").await);
    alarms.sort();
    assert_eq!(alarms, [wrong, "Wrong password"]);
    let devices = texts(&find("kind=devices").await);
    assert!(devices[0].contains(" is now called Drawer") && devices.iter().all(|text| !text.starts_with("Logged in")));
    assert!(texts(&find("kind=money").await).is_empty());
    let found = find("q=NOW+CALLED").await;
    assert_eq!((texts(&found).len(), found.field("q").as_str()), (1, "NOW CALLED"), "{}", found.text);
    assert!(texts(&find("q=127.0.0.1&kind=logins").await).len() >= 2, "by place too");
    assert!(find("q=nothing+such").await.has("Nothing found."));
    for odd in ["kind=x", "before=x", "entries=x", "q=a&q=b", "kind=money&kind=all"] {
        assert_eq!(find(odd).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn earlier_activity_is_reached_page_by_page_and_nothing_twice() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[0]).await;
    let page = browser.get("/settings").await;
    for n in 0..45 {
        server.advance(20);
        let label = format!("Card number {n}");
        browser.post("/settings/devices/label", &page, &[("id", &cards[0].id), ("label", &label)]).await;
    }
    for (start, marker) in [("/settings/activity", "<li"), ("/settings/activity?entries=all", "<tr><td")] {
        let (mut at, mut seen, mut pages) = (start.to_owned(), Vec::new(), 0);
        loop {
            let page = browser.get(&at).await;
            assert_eq!(page.status, 200, "{at}");
            pages += 1;
            let rows = page.text.split(marker).skip(1).filter(|row| row.contains("<time"));
            seen.extend(rows.map(|row| row.split("rel=\"next\"").next().unwrap().to_owned()));
            let Some(link) = page.text.split("\" rel=\"next\"").next().filter(|_| page.has("rel=\"next\"")) else {
                break;
            };
            at = link.rsplit("href=\"").next().unwrap().replace("&#38;", "&");
        }
        assert!(pages > 1 && pages < 9, "{pages}");
        let renamed =
            |n: u32| seen.iter().filter(|row| row.contains(&format!("is now called Card number {n}<"))).count();
        if marker == "<li" {
            assert!((0..45).all(|n| renamed(n) == 1), "each once: {seen:?}");
        } else {
            assert_eq!(seen.iter().filter(|row| row.contains(">device.renamed<")).count(), 45);
        }
    }
}

#[tokio::test]
async fn it_was_not_me_on_a_login_takes_back_what_the_password_gave() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let thief = Browser::new(&server);
    thief.log_in("alice", &mut cards[0]).await;
    server.advance(60);
    let browser = Browser::new(&server);
    browser.log_in("alice", &mut cards[1]).await;

    let page = browser.get("/settings/activity").await;
    let links: Vec<_> = page.text.split("href=\"/settings/activity/report?id=").skip(1).collect();
    let ids: Vec<_> = links.iter().map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 2, "one for each login: {}", page.text);
    let asked = browser.get(&format!("/settings/activity/report?id={}", ids[1])).await;
    assert!(asked.has("Was it really not you?") && asked.has("Logged in to Countersign"), "{}", asked.text);
    assert_eq!(thief.get("/settings").await.status, 200, "a look changes nothing");

    let done = browser.post("/settings/activity/report", &asked, &[("id", &ids[1])]).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/login?notice=reported")), "{}", done.text);
    assert!(browser.get("/login?notice=reported").await.has("Your password is locked"));
    for session in [&thief, &browser] {
        assert_eq!(session.get("/settings").await.status, 303, "its session has ended");
    }
    assert_eq!(server.begin("alice", PASSWORD, &[]).await.1["error"], "access_denied", "the password opens nothing");
    assert!(notices(&server).await.contains(&"notice-not-me".to_owned()));
    let name = domain::user::Username::parse("alice").unwrap();
    let user = server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap();
    assert!(user.password_locked_at.is_some());
}

#[tokio::test]
async fn nobody_disowns_what_is_anothers_or_needed_no_password() {
    let server = Server::start().await;
    let mut alices = server.user("alice", 1).await;
    let mut bobs = server.user("bob", 1).await;
    let (alice, bob) = (Browser::new(&server), Browser::new(&server));
    alice.log_in("alice", &mut alices[0]).await;
    bob.log_in("bob", &mut bobs[0]).await;
    let page = bob.get("/settings/activity").await;
    let id = page.text.split("/report?id=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let nobodys = "01930000-0000-7000-8000-000000000000";
    let form = alice.get("/settings").await;
    for id in [id.as_str(), nobodys, "x", ""] {
        assert_eq!(alice.get(&format!("/settings/activity/report?id={id}")).await.status, 404, "{id}");
        let refused = alice.post("/settings/activity/report", &form, &[("id", id)]).await;
        // What could not be meant is refused; what is not there leads back to the list, and takes nothing back.
        let told = (refused.status, refused.location.as_deref());
        assert!([(400, None), (303, Some("/settings/activity"))].contains(&told), "{id}: {told:?} {}", refused.text);
    }
    assert_eq!((alice.get("/settings").await.status, bob.get("/settings").await.status), (200, 200));
}
