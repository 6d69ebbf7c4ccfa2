//! Answers that are held open: a few for whoever may have them.

use super::{
    phones,
    rig::{self, Browser, Key},
    support::{PASSWORD, SOON, Server, WIDE, until},
};
use crate::oidc::backchannel::sign_in;
use countersign::http::routes::{self, Route};
use countersign_client::phone::Phone;

const EVENTS: &str = "text/event-stream";

/// Begins a login as a user of a browser; the path of its events.
async fn begin(browser: &Browser<'_>, username: &str) -> String {
    let page = browser.get("/login").await;
    let form = [("csrf", page.field("csrf")), ("username", username.to_owned()), ("password", PASSWORD.to_owned())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let begun = browser.post("/login", &form).await;
    let to = begun.location.unwrap_or_else(|| panic!("{}", begun.text));
    format!("/login/events?{}", to.split_once('?').unwrap().1)
}

async fn open(browser: &Browser<'_>, path: &str) -> reqwest::Response {
    let request = browser.server.http.get(format!("{}{path}", browser.server.url));
    request.header("cookie", browser.cookies()).send().await.unwrap()
}

/// Waits until so many are open.
async fn until_open(server: &Server, count: usize) {
    until(&format!("{count} are open"), async || (server.app.streams.count() == count).then_some(())).await;
}

#[tokio::test]
async fn one_attempt_holds_a_few_open_and_the_oldest_ends_for_a_newer_one() {
    let server = rig::start(&Key::new()).await;
    server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let path = begin(&browser, "alice").await;
    let mut held = Vec::new();
    for _ in 0..100 {
        let stream = open(&browser, &path).await;
        assert_eq!(stream.status(), 200);
        assert_eq!(stream.headers()["x-accel-buffering"], "no", "a proxy must not gather it");
        held.push(stream);
    }
    assert_eq!(server.app.streams.count(), 3);
    let newest = held.split_off(97);
    for older in held {
        assert_eq!(older.text().await.unwrap(), "", "it ended, and nothing had changed");
    }
    drop(newest);
    until_open(&server, 0).await;
}

#[tokio::test]
async fn one_user_holds_a_few_open_however_many_attempts_there_are() {
    let server = rig::start(&Key::new()).await;
    server.user("alice", 1).await;
    let mut held = Vec::new();
    for _ in 0..20 {
        let browser = Browser::new(&server);
        let path = begin(&browser, "alice").await;
        held.push(open(&browser, &path).await);
    }
    assert_eq!(server.app.streams.count(), 12);
}

#[tokio::test]
async fn one_address_is_refused_above_its_share_and_what_it_holds_goes_on() {
    let server = Server::with(&format!("{WIDE}streams_per_address = 2\n")).await;
    let mut held = Vec::new();
    for name in ["alice", "boris"] {
        server.user(name, 1).await;
        let browser = Browser::new(&server);
        let path = begin(&browser, name).await;
        held.push(open(&browser, &path).await);
    }
    server.user("carol", 1).await;
    let browser = Browser::new(&server);
    let path = begin(&browser, "carol").await;
    let refused = open(&browser, &path).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(server.app.streams.count(), 2);
    held.pop();
    until_open(&server, 1).await;
    assert_eq!(open(&browser, &path).await.status(), 200, "one has left");
}

/// What is opened over and over: a path, and by what it may be.
enum Opener<'a> {
    Browser(Browser<'a>, String),
    Phone(&'a Server, Phone),
}

impl Opener<'_> {
    async fn open(&self, path: &str) -> reqwest::Response {
        match self {
            Self::Browser(browser, at) => open(browser, at).await,
            Self::Phone(server, phone) => {
                let token = phone.shelf().read().unwrap().access_token;
                let token = String::from_utf8(token.expose().to_vec()).unwrap();
                let url = format!("{}{path}", server.app.settings.issuer);
                let proof = phones::key(phone).proof("GET", &url, Some(&token), server.unix_now()).unwrap();
                let request = server.http.get(format!("{}{path}", server.url)).header("dpop", proof);
                request.header("authorization", format!("DPoP {token}")).send().await.unwrap()
            }
        }
    }
}

/// The page of an invitation waits for the phone that takes it up.
async fn invites<'a>(server: &'a Server, username: &str) -> Opener<'a> {
    let mut card = server.user(username, 1).await.remove(0);
    let browser = sign_in(server, username, &mut card).await;
    let csrf = browser.get("/settings/phone").await.field("csrf");
    browser.post("/settings/phone", &[("csrf", &csrf)]).await;
    let page = browser.get("/settings/phone").await.text;
    let events = page.split("data-events=\"").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
    Opener::Browser(browser, events.to_owned())
}

#[tokio::test]
async fn every_route_that_holds_an_answer_open_holds_a_few() {
    let server = rig::start(&Key::new()).await;
    let held_open = |route: &&Route| route.answers.is_some_and(|body| body.content == EVENTS);
    for route in routes::all().filter(held_open) {
        let opener = match route.path {
            "/login/events" => {
                server.user("alice", 1).await;
                let browser = Browser::new(&server);
                let path = begin(&browser, "alice").await;
                Opener::Browser(browser, path)
            }
            "/settings/phone/events" => invites(&server, "boris").await,
            "/api/phone/v1/events" => {
                server.user("carol", 0).await;
                Opener::Phone(&server, phones::activate(&server, "carol").await)
            }
            other => panic!("{other} holds answers open, and nobody has tried how many"),
        };
        let mut held = Vec::new();
        for _ in 0..20 {
            let stream = opener.open(route.path).await;
            assert_eq!(stream.status(), 200, "{}", route.path);
            assert_eq!(stream.headers()["content-type"], EVENTS);
            held.push(stream);
        }
        assert_eq!(server.app.streams.count(), 3, "{}", route.path);
        let newest = held.split_off(17);
        for older in held {
            tokio::time::timeout(SOON, older.text()).await.expect("it ended for a newer one").unwrap();
        }
        drop(newest);
        until_open(&server, 0).await;
    }
}

#[tokio::test]
async fn a_handle_that_is_none_holds_nothing_open() {
    let server = Server::start().await;
    for handle in ["", "x", &"A".repeat(80)] {
        let request = server.http.get(format!("{}/login/events?attempt=a", server.url));
        let answer = request.header("cookie", format!("attempt-a={handle}")).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{handle:?}");
    }
    assert_eq!(server.app.streams.count(), 0);
}
