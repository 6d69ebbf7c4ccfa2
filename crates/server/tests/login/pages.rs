//! The hosted pages over plain HTTP, as a browser without JavaScript sends them.

use super::support::{Card, PASSWORD, Server};
use countersign::http::{
    extract::caller::Who,
    routes::{self, Route},
};
use std::{cell::RefCell, collections::BTreeMap};

/// A browser's cookies and forms.
pub struct Browser<'a> {
    server: &'a Server,
    cookies: RefCell<BTreeMap<String, String>>,
    language: &'static str,
}

pub struct Shown {
    pub status: u16,
    pub text: String,
    pub location: Option<String>,
}

impl Shown {
    /// The value of the first element with this name attribute.
    pub fn field(&self, name: &str) -> String {
        let at =
            self.text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        let rest = &self.text[at..];
        rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    pub fn has(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// The six digits of the challenge on the page.
    pub fn challenge(&self) -> String {
        let text: String = strip_tags(&self.text);
        let at = text.find("Challenge").unwrap_or_else(|| panic!("no challenge in {text}"));
        let digits: String =
            text[at..].chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        assert_eq!(digits.len(), 6, "{text}");
        digits
    }
}

pub(super) fn strip_tags(html: &str) -> String {
    let mut depth = 0;
    html.chars()
        .filter(|c| {
            match c {
                '<' => depth += 1,
                '>' => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

impl<'a> Browser<'a> {
    pub fn new(server: &'a Server) -> Self {
        Self { server, cookies: RefCell::default(), language: "en" }
    }

    pub fn speaking(server: &'a Server, language: &'static str) -> Self {
        Self { language, ..Self::new(server) }
    }

    pub async fn get(&self, path: &str) -> Shown {
        self.send(self.server.http.get(format!("{}{path}", self.server.url))).await
    }

    /// Posts a form of a page, with its token.
    pub async fn post(&self, path: &str, page: &Shown, fields: &[(&str, &str)]) -> Shown {
        let token = page.field("csrf");
        let mut form = vec![("csrf", token.as_str())];
        form.extend_from_slice(fields);
        self.send(self.server.http.post(format!("{}{path}", self.server.url)).form(&form)).await
    }

    /// Posts and follows the redirect.
    pub async fn post_and_follow(&self, path: &str, page: &Shown, fields: &[(&str, &str)]) -> Shown {
        let answer = self.post(path, page, fields).await;
        match &answer.location {
            Some(location) => self.get(location).await,
            None => answer,
        }
    }

    /// Posts a step of an attempt, and opens the page of where it then stands.
    pub async fn step(&self, path: &str, page: &Shown, fields: &[(&str, &str)]) -> Shown {
        let answer = self.post(path, page, fields).await;
        assert!(answer.status == 303, "{path}: {} {}", answer.status, answer.text);
        match answer.location.as_deref().filter(|to| to.starts_with("/login?")) {
            Some(to) => self.get(to).await,
            None => answer,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Shown {
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("cookie", cookies.join("; ")).header("accept-language", self.language);
        let answer = request.send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let header = |name| {
            answer.headers().get(name).map(|value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned())
        };
        let (status, location) = (answer.status().as_u16(), header("location"));
        Shown { status, text: answer.text().await.unwrap(), location }
    }

    pub fn forget(&self, cookie: &str) {
        self.cookies.borrow_mut().remove(cookie);
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// From the password page to the first page after it.
    pub async fn password(&self, username: &str) -> Shown {
        let page = self.get("/login").await;
        self.post_and_follow("/login", &page, &[("username", username), ("password", PASSWORD)]).await
    }

    /// A whole login with the first card.
    pub async fn log_in(&self, username: &str, card: &mut Card) -> Shown {
        let page = self.password(username).await;
        let attempt = page.field("attempt");
        let page = if page.has("name=\"device\"") {
            self.step("/login/device", &page, &[("attempt", &attempt), ("device", &card.id)]).await
        } else {
            page
        };
        let response = card.answer(&page.challenge(), super::support::PIN);
        self.post_and_follow("/login/answer", &page, &[("attempt", &attempt), ("response", &response)]).await
    }
}

#[tokio::test]
async fn password_chooser_wrong_response_other_device_and_in() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let browser = Browser::new(&server);
    let chooser = browser.password("alice").await;
    assert!(chooser.has("Select Second Factor Device") && chooser.has("Digital Security Card+ (…0002)"));
    let attempt = chooser.field("attempt");
    let page = browser.step("/login/device", &chooser, &[("attempt", &attempt), ("device", &cards[1].id)]).await;
    let challenge = page.challenge();
    assert!(page.has("Response") && page.has("/help/dsc-plus"));

    let wrong = browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", "00000000")]).await;
    assert!(wrong.has("Login failed"), "{}", wrong.text);
    assert_eq!(wrong.challenge(), challenge);
    let back = browser.step("/login/back", &wrong, &[("attempt", &attempt)]).await;
    assert!(back.has("Select Second Factor Device"));
    let page = browser.step("/login/device", &back, &[("attempt", &attempt), ("device", &cards[0].id)]).await;
    assert_ne!(page.challenge(), challenge, "another device, another challenge");
    let reloaded = browser.get(&format!("/login?attempt={attempt}")).await;
    assert_eq!(reloaded.challenge(), page.challenge(), "a reload keeps it");

    let response = cards[0].answer(&page.challenge(), super::support::PIN);
    let answer = browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", &response)]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/settings")));
    let settings = browser.get("/settings").await;
    assert!(settings.has("alice") && settings.has("Digital Security Card+"));
    let again = browser.step("/login/answer", &page, &[("attempt", &attempt), ("response", &response)]).await;
    assert_eq!(again.status, 200, "answered already: told, not let in twice");
    assert!(again.location.is_none() && again.has("name=\"password\""), "{}", again.text);

    let out = browser.post("/logout", &settings, &[]).await;
    assert_eq!(out.location.as_deref(), Some("/login?notice=signed-out"));
    assert_eq!(browser.get("/settings").await.location.as_deref(), Some("/login"));
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_their_time_and_by_hand() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (laptop, desk) = (Browser::new(&server), Browser::new(&server));
    laptop.log_in("alice", &mut cards[0]).await;
    desk.log_in("alice", &mut cards[0]).await;
    for _ in 0..3 {
        server.advance(800);
        assert_eq!(laptop.get("/settings").await.status, 200, "use keeps it from idling");
    }
    assert_eq!(desk.get("/settings").await.location.as_deref(), Some("/login?notice=session-ended"));
    desk.log_in("alice", &mut cards[0]).await;

    let stolen = desk.cookie("session").unwrap();
    let page = laptop.get("/settings").await;
    let sessions = page.text.split("id=\"sessions\"").nth(1).unwrap().split("</section>").next().unwrap();
    let other = sessions.split("<li>").skip(1).find(|line| !line.contains("This session")).unwrap();
    let id = other.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    laptop.post("/settings/sessions/end", &page, &[("id", &id)]).await;
    assert_eq!(laptop.get("/settings").await.status, 200, "only the other one ended");
    assert_eq!(desk.get("/settings").await.status, 303, "ended on the server");
    desk.cookies.borrow_mut().insert("session".to_owned(), stolen);
    assert_eq!(desk.get("/settings").await.status, 303, "an ended session's cookie is worth nothing");

    for _ in 0..60 {
        server.advance(720);
        laptop.get("/settings").await;
    }
    assert_eq!(laptop.get("/settings").await.status, 303, "after twelve hours, however much it was used");
}

#[tokio::test]
async fn a_browser_is_known_after_its_first_login_and_has_its_own_budget() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (mine, stranger) = (Browser::new(&server), Browser::new(&server));
    mine.log_in("alice", &mut cards[0]).await;
    let page = stranger.get("/login").await;
    for _ in 0..10 {
        stranger.post("/login", &page, &[("username", "alice"), ("password", "a wrong guess")]).await;
    }
    assert!(!stranger.password("alice").await.has("Challenge"), "strangers are locked out");
    mine.forget("session");
    assert_eq!(mine.log_in("alice", &mut cards[0]).await.status, 200);
}

#[tokio::test]
async fn forms_need_their_token_and_their_origin() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let page = browser.get("/login").await;
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let url = format!("{}/login", server.url);
    let without = server.http.post(&url).form(&fields).send().await.unwrap();
    assert_eq!(without.status(), 403, "no token");
    let other = Browser::new(&server);
    other.get("/login").await;
    let token = page.field("csrf");
    let mut form = vec![("csrf", token.as_str())];
    form.extend_from_slice(&fields);
    assert_eq!(other.send(server.http.post(&url).form(&form)).await.status, 403, "another browser's token");
    for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let request = server.http.post(&url).form(&form).header(name, value);
        assert_eq!(browser.send(request).await.status, 403, "{name}: {value}");
    }
    assert_eq!(browser.send(server.http.post(&url).form(&form)).await.status, 303);
}

/// The institution's name, logo and colours stand on its pages, and are asked for again when they change.
#[tokio::test]
async fn pages_look_like_the_institutions() {
    let dir = tempfile::tempdir().unwrap();
    let logo = dir.path().join("bank.svg");
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>";
    std::fs::write(&logo, picture).unwrap();
    let product = format!(
        "[product]\nname = \"Alpine <Bank>\"\naccent = \"#7a1f3d\"\naccent_dark = \"#f2a8bf\"\nlogo_file = {logo:?}\n"
    );
    let server = Server::with(&product).await;
    let browser = Browser::new(&server);
    let page = browser.get("/login").await;
    assert!(page.has("Alpine &#60;Bank&#62;</span>") && page.has("– Alpine &#60;Bank&#62;</title>"), "{}", page.text);
    for (name, content) in [("institution.css", "--accent: #7a1f3d;"), ("institution.svg", picture)] {
        let from = page.text.find(&format!("/assets/{name}?v=")).unwrap_or_else(|| panic!("{name} in {}", page.text));
        let address = page.text[from..].split('"').next().unwrap();
        assert!(browser.get(address).await.has(content), "{name}");
    }
    let ours = Server::start().await;
    let page = Browser::new(&ours).get("/login").await;
    assert!(page.has("<span>Countersign</span>") && !page.has("/assets/institution"), "{}", page.text);
}

#[tokio::test]
async fn russian_by_wish_and_by_choice() {
    let server = Server::start().await;
    let browser = Browser::speaking(&server, "ru-RU,ru;q=0.9,en;q=0.5");
    let page = browser.get("/login").await;
    assert!(page.has("<html lang=\"ru\""));
    let english = browser.post_and_follow("/language", &page, &[("lang", "en"), ("back", "/login")]).await;
    assert!(english.has("<html lang=\"en\"") && english.has("Login"));
    for elsewhere in
        ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/.//evil.example"]
    {
        let answer = browser.post("/language", &english, &[("lang", "ru"), ("back", elsewhere)]).await;
        assert_eq!(answer.location.as_deref(), Some("/"), "{elsewhere}");
    }
}

#[tokio::test]
async fn the_language_that_a_signed_in_user_chooses_is_the_one_of_messages() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    server.user("bob", 0).await;
    let locale = |name: &str| {
        let name = domain::user::Username::parse(name).unwrap();
        let read = server.app.store.read(move |sql| store::user::by_name(sql, &name));
        async { read.await.unwrap().unwrap().locale }
    };
    let browser = Browser::new(&server);
    let page = browser.get("/login").await;
    browser.post("/language", &page, &[("lang", "ru"), ("back", "/login")]).await;
    assert_eq!(locale("alice").await, "en", "nobody is signed in");
    browser.post("/language", &page, &[("lang", "en"), ("back", "/login")]).await;
    let settings = browser.log_in("alice", &mut cards[0]).await;
    browser.post("/language", &settings, &[("lang", "ru"), ("back", "/settings")]).await;
    assert_eq!((locale("alice").await, locale("bob").await), ("ru".to_owned(), "en".to_owned()));
    let page = browser.get("/settings").await;
    assert!(page.has("<html lang=\"ru\""));
    browser.post("/language", &page, &[("lang", "xx"), ("back", "/settings")]).await;
    assert_eq!(locale("alice").await, "ru");
}

#[tokio::test]
async fn whoever_is_signed_in_is_spoken_to_in_the_language_of_the_record() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let name = domain::user::Username::parse("alice").unwrap();
    let russian = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::user::set_locale(sql, user.id, "ru")
    };
    server.app.store.write(russian).await.unwrap();

    let browser = Browser::speaking(&server, "en");
    assert!(browser.get("/login").await.has("<html lang=\"en\""), "nobody is known yet");
    assert!(browser.log_in("alice", &mut cards[0]).await.has("<html lang=\"ru\""));
    assert!(browser.get("/").await.has("<html lang=\"ru\""));

    let browser = Browser::speaking(&server, "ru");
    let page = browser.get("/login").await;
    browser.post("/language", &page, &[("lang", "en"), ("back", "/login")]).await;
    let settings = browser.log_in("alice", &mut cards[0]).await;
    assert!(settings.has("<html lang=\"en\""), "what was chosen in this browser goes before");
}

#[tokio::test]
async fn every_route_binds_browsers_and_lets_no_stranger_in() {
    let server = Server::start().await;
    for route in routes::all() {
        let name = format!("{} {}", route.method, route.path);
        let answer = as_a_stranger(&server, route).await;
        for header in
            ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control", "x-request-id"]
        {
            assert!(answer.headers().contains_key(header), "{name} lacks {header}");
        }
        // Clients send people there, perhaps in a window that must tell its opener how it went.
        let opened = ["/login", "/oauth2/", "/help/", "/language"].iter().any(|part| route.path.starts_with(part));
        let policy = answer.headers().get("cross-origin-opener-policy").map(|value| value.to_str().unwrap());
        assert_eq!(policy, (!opened).then_some("same-origin"), "{name}");
        let status = answer.status().as_u16();
        match route.who {
            // The apps' files are there once they are built.
            Who::Anyone
                if ["/app", "/legacy-app"].iter().any(|app| route.path.starts_with(app))
                    && !route.path.ends_with("json") =>
            {
                assert!([200, 303, 404].contains(&status), "{name} {status}");
            }
            // A page of its own; the others lead to where an attempt stands.
            Who::Anyone
                if route.path != "/login/passkey"
                    && ["/login/", "/.well-known/change"].iter().any(|part| route.path.starts_with(part)) =>
            {
                assert_eq!(status, 303, "{name}");
            }
            Who::OwnPage => assert_eq!(status, 403, "{name}"),
            Who::Anyone => {
                assert_eq!(status, route.status, "{name}");
                let content = answer.headers()["content-type"].to_str().unwrap();
                let told = route.answers.unwrap().content;
                assert!(
                    told == "*/*" || content.starts_with(told),
                    "{name} answers {content}, and its row says {told}"
                );
            }
            Who::Attempt if route.method == "get" => assert_eq!(status, 404, "{name}"),
            Who::AnyKey | Who::Phone => assert_eq!(status, 401, "{name}"),
            Who::PageForm | Who::Attempt => assert_eq!(status, 403, "{name}"),
            Who::SignedIn | Who::Agent(_) => {
                assert_eq!(status, if route.method == "get" { 303 } else { 403 }, "{name}")
            }
            Who::Sent => assert!(status == 400 || status == 303, "{name} {status}"),
            Who::Institution(_) | Who::Desk(_) => {
                assert_eq!((status, answer.headers()["www-authenticate"].as_bytes()), (401, &b"Bearer"[..]), "{name}")
            }
            Who::Token => assert_eq!(status, 401, "{name}"),
            Who::Client => assert_eq!(status, 400, "{name}"),
            Who::DemoToken => unreachable!("{name} is the demo's alone"),
        }
        assert!(answer.headers().get("set-cookie").is_none_or(|line| !line.to_str().unwrap().starts_with("session=")));
    }
}

/// A request by somebody who has nothing to show, with a body of the kind that the route takes.
async fn as_a_stranger(server: &Server, route: &Route) -> reqwest::Response {
    let path = route.path.replace("{page}", "login").replace("{slug}", "busy").replace("{name}", "style.css");
    let url = format!("{}{path}", server.url);
    let request = server.http.request(route.method.to_uppercase().parse().unwrap(), &url);
    let request = match route.takes {
        Some(takes) if route.method != "get" => request.header("content-type", takes.content).body("x=y"),
        _ => request,
    };
    request.send().await.unwrap()
}

#[test]
fn every_row_says_what_is_sent_and_answered_in_types_that_a_document_can_name() {
    let apis = ["/api/v1/", "/api/phone/"];
    for route in routes::all().filter(|route| apis.iter().any(|api| route.path.starts_with(api))) {
        let name = format!("{} {}", route.method, route.path);
        // What an act of the institution's API is about stands in its path.
        let may = matches!(route.who, Who::Institution(_) | Who::Desk(_)) && ["post", "delete"].contains(&route.method);
        assert!(route.takes.is_some() == (route.method != "get") || may, "{name}");
        for body in route.takes.iter().chain(&route.answers).filter(|body| body.content != "text/event-stream") {
            let schema = body.schema().unwrap_or_else(|| panic!("{name} has a body without a type"));
            let fits = body.shape.is_some() || schema.chars().all(|c| c.is_ascii_alphanumeric());
            assert!(fits, "{name}: {schema} is no name of a schema");
        }
        let silent = route.status == 204 || route.status == 202 && !matches!(route.who, Who::Desk(_));
        assert_eq!(route.answers.is_some(), !silent, "{name}");
    }
}
