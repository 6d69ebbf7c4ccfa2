//! What a login makes known is told to its owner, spares the number only after a while, and ends where the owner ends it.

use super::{
    phones::{self, activate},
    rig::{self, Browser, Key},
    support::{CHALLENGE, Card, PASSWORD, SOON, Server, session},
};
use countersign::flow::{messages::outbox, user};
use countersign_client::phone::Phone;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

const DAY: u64 = 86_400;

async fn start() -> (Server, Phone) {
    let server = Server::with(&rig::settings(&Key::new(), &[])).await;
    server.user("boris", 0).await;
    let phone = activate(&server, "boris").await;
    (server, phone)
}

/// A login in a browser that the phone approves; whether the number had to be typed.
async fn login(browser: &Browser<'_>, phone: &Phone) -> bool {
    let csrf = browser.get("/login").await.field("csrf");
    let begun = browser.post("/login", &[("csrf", &csrf), ("username", "boris"), ("password", PASSWORD)]).await;
    let to = begun.location.unwrap_or_else(|| panic!("{}", begun.text));
    let page = browser.get(&to).await;
    let number = page.text.split("id=\"number\">").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    let pending = phone.one(None).await.unwrap();
    assert_eq!(pending.number_required, number.is_some());
    phone.approve(&pending, phones::PIN, number.as_deref()).await.unwrap();
    assert_eq!(browser.get(&to).await.location.as_deref(), Some("/settings"));
    number.is_some()
}

/// What the owner was told of logins, the latest first.
async fn told(server: &Server) -> Vec<String> {
    let messages = outbox::latest(&server.app).await.unwrap().into_iter();
    messages.map(|message| message.text).filter(|text| text.starts_with("Logged in to")).collect()
}

/// Ends, from a browser, its own session or the other one.
async fn ends(browser: &Browser<'_>, own: bool) {
    let settings = browser.get("/settings").await;
    let lines = settings.text.split("<li>").filter(|line| line.contains("action=\"/settings/sessions/end\""));
    let line = lines.filter(|line| line.contains("This session") == own).last();
    let line = line.unwrap_or_else(|| panic!("no such session: {}", settings.text));
    let id = line.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let ended = browser.post("/settings/sessions/end", &[("csrf", &settings.field("csrf")), ("id", id)]).await;
    assert_eq!(ended.status, 303, "{}", ended.text);
}

#[tokio::test]
async fn a_browser_that_becomes_known_is_told_once_and_trusted_after_two_logins_and_a_day() {
    let (server, phone) = start().await;
    let relay = Browser::new(&server);
    assert!(login(&relay, &phone).await);
    let messages = told(&server).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    let settings = format!("{}/settings", server.app.settings.issuer);
    for said in ["Countersign", "127.0.0.1", " UTC", "If this was not you", &settings] {
        assert!(messages[0].contains(said), "{said}: {messages:?}");
    }
    assert!(login(&relay, &phone).await, "one login earns nothing yet");
    assert!(login(&relay, &phone).await, "nor do two on one day");
    server.advance(DAY);
    for _ in 0..3 {
        assert!(!login(&relay, &phone).await, "two logins and a day");
    }
    let other = Browser::new(&server);
    assert!(login(&other, &phone).await);
    server.advance(DAY);
    assert!(login(&other, &phone).await, "a day alone earns nothing: this is its second login");
    assert!(!login(&other, &phone).await);
    assert_eq!(told(&server).await.len(), 2, "no later login is told");
}

/// The server's day, as its pages write it for these users.
fn day(server: &Server) -> String {
    let now = jiff::Timestamp::from_second(server.app.now().unix_seconds()).unwrap();
    now.in_tz("America/New_York").unwrap().strftime("%-d %b %Y").to_string()
}

/// The rows of a list of the settings page.
fn rows<'a>(settings: &'a str, list: &str) -> Vec<&'a str> {
    let rest = settings.split(&format!("<ul class=\"rows\" aria-labelledby=\"{list}\">")).nth(1).unwrap();
    rest.split("</ul>").next().unwrap().split("<li>").skip(1).collect()
}

/// Alike rows name nothing: each says since when and from where, and a browser is one however many tabs it has.
#[tokio::test]
async fn a_known_browser_is_one_row_that_says_since_when_and_from_where() {
    let (server, phone) = start().await;
    let (browser, other) = (Browser::new(&server), Browser::new(&server));
    // Two tabs: both are at the form before either logs in.
    let tabs = [browser.get("/login").await.field("csrf"), browser.get("/login").await.field("csrf")];
    for csrf in &tabs {
        let form = [("csrf", csrf.as_str()), ("username", "boris"), ("password", PASSWORD)];
        let to = browser.post("/login", &form).await.location.unwrap();
        if to != "/settings" {
            let page = browser.get(&to).await;
            let number = page.text.split("id=\"number\">").nth(1).map(|rest| rest.split('<').next().unwrap());
            phone.approve(&phone.one(None).await.unwrap(), phones::PIN, number).await.unwrap();
            assert_eq!(browser.get(&to).await.location.as_deref(), Some("/settings"));
        }
    }
    let first = day(&server);
    server.advance(DAY);
    login(&other, &phone).await;
    let second = day(&server);
    let settings = other.get("/settings").await.text;
    let marks = rows(&settings, "marks");
    assert_eq!(marks.len(), 2, "{marks:?}");
    assert_ne!(first, second);
    for (mark, since, this_one) in [(marks[0], second, true), (marks[1], first, false)] {
        assert!(mark.contains(&format!("Since {since}")) && mark.contains("From 127.0.0.1"), "{since}: {mark}");
        assert_eq!(mark.contains("This browser"), this_one, "{mark}");
    }
    let sessions = rows(&settings, "sessions");
    assert_eq!(sessions.iter().filter(|row| row.contains("This session")).count(), 1, "{sessions:?}");
}

#[tokio::test]
async fn a_session_that_its_owner_ends_from_elsewhere_takes_the_trust_along() {
    let (server, phone) = start().await;
    let (relay, own) = (Browser::new(&server), Browser::new(&server));
    for browser in [&relay, &own] {
        login(browser, &phone).await;
        server.advance(DAY);
        login(browser, &phone).await;
        assert!(!login(browser, &phone).await);
    }
    assert_eq!(told(&server).await.len(), 2);
    // The relay's session has idled out meanwhile: the browser is known all the same.
    assert!(!login(&relay, &phone).await, "idling out keeps a browser known");
    assert_eq!(relay.get("/settings").await.status, 200);
    ends(&own, false).await;
    assert_eq!(relay.get("/settings").await.status, 303);
    assert!(login(&relay, &phone).await, "a stranger's");
    assert_eq!(told(&server).await.len(), 3, "and told as one");
    assert!(!login(&own, &phone).await, "who ended it stays known");
}

#[tokio::test]
async fn whoever_logs_out_stays_known_and_whoever_is_logged_out_by_an_operator_does_not() {
    let (server, phone) = start().await;
    let browser = Browser::new(&server);
    login(&browser, &phone).await;
    server.advance(DAY);
    login(&browser, &phone).await;
    let csrf = browser.get("/settings").await.field("csrf");
    assert_eq!(browser.post("/logout", &[("csrf", &csrf)]).await.status, 303);
    assert!(!login(&browser, &phone).await, "who logs out");
    ends(&browser, true).await;
    assert!(!login(&browser, &phone).await, "who ends the session that they are in");
    let app = Arc::clone(&server.app);
    tokio::task::spawn_blocking(move || user::end_sessions(&app, "boris").unwrap()).await.unwrap();
    assert!(login(&browser, &phone).await, "the desk's hand");
}

#[tokio::test]
async fn it_was_not_me_leaves_no_browser_known() {
    let (server, phone) = start().await;
    let browser = Browser::new(&server);
    login(&browser, &phone).await;
    server.advance(DAY);
    login(&browser, &phone).await;
    let (_, begun) = server.begin("boris", PASSWORD, &[]).await;
    assert_eq!(begun["next"]["step"], "approve");
    let pending = phone.one(None).await.unwrap();
    phone.deny(&pending, wire::phone::Decision::Report).await.unwrap();
    let app = Arc::clone(&server.app);
    let password = domain::Secret::new(PASSWORD.to_owned());
    tokio::task::spawn_blocking(move || user::set_password(&app, "boris", &password).unwrap()).await.unwrap();
    assert!(login(&browser, &phone).await);
}

/// A login of a program behind a proxy, with a card: what it is given.
async fn from(server: &Server, address: &str, card: &mut Card, more: &[(&str, &str)]) -> Value {
    let call = async |form: &[(&str, &str)]| {
        let request = server.http.post(format!("{}/oauth2/authorize-challenge", server.url)).form(form);
        let answer = request
            .header("x-forwarded-for", address)
            .header("user-agent", "FRAUD ALERT: call +1 900 555 0199 at once")
            .timeout(SOON)
            .send();
        answer.await.unwrap().json::<Value>().await.unwrap()
    };
    let mut form =
        vec![("client_id", "tws"), ("username", "carol"), ("password", PASSWORD), ("code_challenge", CHALLENGE)];
    form.extend_from_slice(more);
    let asked = call(&form).await;
    let response = card.respond(&asked);
    let done = call(&[("auth_session", session(&asked)), ("response", &response)]).await;
    assert!(done["authorization_code"].is_string(), "{done}");
    done
}

#[tokio::test]
async fn a_new_program_and_a_new_network_are_told_once_each_and_in_our_own_words() {
    let server = Server::with("[http]\ntrusted_proxies = [\"127.0.0.0/8\"]\n[throttle]\naddress_burst = 1000\n").await;
    let mut card = server.user("carol", 1).await.remove(0);
    let given = from(&server, "198.51.100.7", &mut card, &[]).await;
    let mark = given["client_mark"].as_str().unwrap();
    let mut counts = BTreeMap::new();
    for (address, new) in [
        ("198.51.100.200", 0),
        ("203.0.113.5", 1),
        ("203.0.113.77", 0),
        ("2001:db8:1::1", 1),
        ("2001:db8:1:ffff::2", 0),
        ("198.51.100.7", 0),
    ] {
        let before = told(&server).await.len();
        from(&server, address, &mut card, &[("client_mark", mark)]).await;
        counts.insert(address, (told(&server).await.len() - before, new));
    }
    assert!(counts.values().all(|(told, new)| told == new), "{counts:?}");
    server.advance(91 * DAY);
    let before = told(&server).await.len();
    from(&server, "198.51.100.7", &mut card, &[("client_mark", mark)]).await;
    let messages = told(&server).await;
    assert_eq!(messages.len() - before, 1, "what lay unused is a stranger's");
    assert!(messages.iter().all(|text| !text.contains("FRAUD") && text.contains("TWS")), "{messages:?}");
    assert!(messages.iter().any(|text| text.contains("from a new network") && text.contains("2001:db8:1::1")));
}
