//! Codes by SMS in place of a device: for whom, how many, for how long, and what they may do.

use super::{
    pages::{Browser, Shown},
    support::{PASSWORD, Server, session},
};
use crate::{
    money::{inventory, limits},
    oidc::rig,
};
use countersign::flow::{
    device::{
        depot::{Assign, assign},
        issue::{self, NewDevice},
    },
    messages::outbox,
    user::{self, NewUser},
};
use domain::{
    Secret,
    audit::Actor,
    device::{DeviceState, credential::suites},
    id::ContactId,
};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use store::contact::{Channel, Contact, New};

const NUMBER: &str = "+12025550142";
const MINUTE: u64 = 60;
const HOUR: u64 = 3600;

/// What sends SMS to a gateway that nothing is handed to here, and more in the same table.
fn sends(dir: &Path, more: &str) -> String {
    let secret = dir.join("sms.secret");
    std::fs::write(&secret, "only-this-server-may-send-messages\n").unwrap();
    format!("[messages]\n{more}sms_url = \"http://127.0.0.1:9/send\"\nsms_secret_file = \"{}\"\n", secret.display())
}

async fn start(more: &str) -> Server {
    // The secret is read once, at the start.
    let dir = tempfile::tempdir().unwrap();
    Server::with(&sends(dir.path(), more)).await
}

async fn add(server: &Server, username: &'static str, phone: Option<&'static str>) {
    let app = Arc::clone(&server.app);
    let new = NewUser {
        username: username.to_owned(),
        password: Some(Secret::new(PASSWORD.to_owned())),
        locale: i18n::Lang::En,
        mail: Some(format!("{username}@example.com")),
        phone: phone.map(str::to_owned),
    };
    tokio::task::spawn_blocking(move || user::add_user(&app, &new).map(drop)).await.unwrap().unwrap();
}

/// The codes that went to a number, the newest first.
async fn codes(server: &Server, number: &str) -> Vec<String> {
    let all = outbox::latest(&server.app).await.unwrap().into_iter().filter(|message| message.to == number);
    let code =
        |text: String| text.split([' ', ':']).find(|w| w.len() == 6 && w.parse::<u32>().is_ok()).map(str::to_owned);
    all.filter_map(|message| code(message.text)).collect()
}

async fn newest(server: &Server) -> String {
    codes(server, NUMBER).await.into_iter().next().expect("a code")
}

/// Six digits that are not the code.
fn not(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn answer(browser: &Browser<'_>, page: &Shown, code: &str) -> Shown {
    browser.step("/login/answer", page, &[("attempt", &page.field("attempt")), ("response", code)]).await
}

async fn another(browser: &Browser<'_>, page: &Shown) -> Shown {
    browser.step("/login/method", page, &[("attempt", &page.field("attempt")), ("method", "sent_code")]).await
}

/// The state of the user's only device of the class.
async fn state(server: &Server, username: &str) -> Option<DeviceState> {
    let name = domain::user::Username::parse(username).unwrap();
    let devices = server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::device::of_user(sql, user.id)
    });
    let devices = devices.await.unwrap();
    devices.into_iter().find(|device| device.class == "sms").map(|device| device.state)
}

#[tokio::test]
async fn a_new_user_logs_in_with_a_code_and_is_told_so() {
    let server = start("").await;
    add(&server, "alice", Some(NUMBER)).await;
    let browser = Browser::new(&server);
    let page = browser.password("alice").await;
    assert!(page.has("SMS code") && page.has("Security Code") && page.has("••• 42"), "{}", page.text);
    let code = newest(&server).await;
    assert!(!page.has(&code) && !page.has(NUMBER), "neither the code nor the number is on the page");
    let said = outbox::latest(&server.app).await.unwrap().into_iter().find(|message| message.text.contains(&code));
    let said = said.unwrap().text;
    assert!(said.contains("code to log in") && said.contains("5 min") && said.contains("Never tell it"), "{said}");
    let dump = server.dump();
    for plain in [format!("{code} is your code"), format!("\"code\":\"{code}\"")] {
        assert!(!dump.windows(plain.len()).any(|part| part == plain.as_bytes()), "the database has it in clear");
    }
    let wrong = answer(&browser, &page, &not(&code)).await;
    assert!(wrong.has("Login failed: the code was wrong") && wrong.has("2 attempts"), "{}", wrong.text);
    let done = answer(&browser, &wrong, &code).await;
    assert_eq!(done.location.as_deref(), Some("/settings"), "{}", done.text);
    let mails = outbox::latest(&server.app).await.unwrap();
    assert!(mails.iter().any(|m| m.to == "alice@example.com" && m.text.contains("A new device is active: SMS code")));
}

#[tokio::test]
async fn three_wrong_codes_end_the_attempt() {
    let server = start("").await;
    add(&server, "alice", Some(NUMBER)).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!((&step["next"]["step"], &step["next"]["sent_to"]), (&json!("passcode"), &json!("••• 42")), "{step}");
    let code = newest(&server).await;
    let try_it = async |code: &str| server.challenge(&[("auth_session", session(&step)), ("response", code)]).await.1;
    let first = not(&code);
    assert_eq!(try_it(&first).await["failure"], json!({ "reason": "wrong_response", "attempts_left": 2 }));
    assert_eq!(try_it(&first).await["failure"]["attempts_left"], 2, "the same one again counts once");
    let second = not(&first);
    assert_eq!(try_it(&second).await["failure"]["attempts_left"], 1);
    assert_eq!(try_it(&not(&second)).await["failure"]["reason"], "too_many_attempts");
    assert_eq!(try_it(&code).await["failure"]["reason"], "too_many_attempts", "the right one comes too late");
}

#[tokio::test]
async fn another_code_waits_a_minute_and_the_earlier_one_is_good_no_more() {
    let server = start("").await;
    add(&server, "alice", Some(NUMBER)).await;
    let browser = Browser::new(&server);
    let page = browser.password("alice").await;
    assert!(page.has("can be sent in 1 minute") && !page.has("Send another code"), "{}", page.text);
    let page = another(&browser, &page).await;
    assert_eq!(codes(&server, NUMBER).await.len(), 1, "not yet");
    server.advance(MINUTE);
    let page = browser.get(&format!("/login?attempt={}", page.field("attempt"))).await;
    assert!(page.has("Send another code"), "{}", page.text);
    let page = another(&browser, &page).await;
    let sent = codes(&server, NUMBER).await;
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0], sent[1]);
    let wrong = answer(&browser, &page, &sent[1]).await;
    assert!(wrong.has("the code was wrong") && wrong.has("2 attempts"), "{}", wrong.text);
    server.advance(MINUTE);
    let last = another(&browser, &wrong).await;
    assert!(last.has("No more codes are sent for this attempt"), "{}", last.text);
    let wrong = answer(&browser, &last, &sent[0]).await;
    assert!(wrong.has("1 attempt"), "another code clears no failure: {}", wrong.text);
    let done = answer(&browser, &wrong, &newest(&server).await).await;
    assert_eq!(done.location.as_deref(), Some("/settings"), "{}", done.text);
}

#[tokio::test]
async fn no_day_sees_more_messages_than_the_settings_say() {
    let server = start("a_day = 3\n").await;
    add(&server, "alice", Some(NUMBER)).await;
    for _ in 0..3 {
        server.begin("alice", PASSWORD, &[]).await;
        server.advance(MINUTE);
    }
    assert_eq!(codes(&server, NUMBER).await.len(), 3);
    let browser = Browser::new(&server);
    let page = browser.password("alice").await;
    assert!(page.has("none could be sent") && page.has("Another code can be sent in 14"), "{}", page.text);
    let page = another(&browser, &page).await;
    assert_eq!(codes(&server, NUMBER).await.len(), 3);
    let typed = answer(&browser, &page, "123456").await;
    assert!(typed.has("none could be sent") && !typed.has("attempts left"), "{}", typed.text);
    server.advance(24 * HOUR);
    browser.password("alice").await;
    assert_eq!(codes(&server, NUMBER).await.len(), 4);
}

/// Whoever has the password, and reads one code, has that attempt and no other.
#[tokio::test]
async fn a_code_of_another_attempt_or_user_is_a_wrong_one() {
    let server = start("").await;
    add(&server, "alice", Some(NUMBER)).await;
    add(&server, "mallory", Some("+12025550199")).await;
    let (_, own) = server.begin("alice", PASSWORD, &[]).await;
    let code = newest(&server).await;
    let (_, thiefs) = server.begin("alice", PASSWORD, &[]).await;
    server.begin("mallory", PASSWORD, &[]).await;
    let mallorys = codes(&server, "+12025550199").await.remove(0);
    for (typed, left) in [(code.as_str(), 2), (mallorys.as_str(), 1)] {
        let (_, wrong) = server.challenge(&[("auth_session", session(&thiefs)), ("response", typed)]).await;
        assert_eq!(wrong["failure"], json!({ "reason": "wrong_response", "attempts_left": left }));
    }
    let (status, done) = server.challenge(&[("auth_session", session(&own)), ("response", &code)]).await;
    assert_eq!(status, 200, "{done}");
    let (_, again) = server.challenge(&[("auth_session", session(&own)), ("response", &code)]).await;
    assert_eq!(again["failure"]["reason"], "already_answered", "a code works once");
}

async fn given(server: &Server, serial: &'static str) {
    let app = Arc::clone(&server.app);
    let new = NewDevice {
        username: "alice".to_owned(),
        class: "dsc-plus".to_owned(),
        serial: serial.to_owned(),
        label: None,
        suite: None,
        key: Some(Secret::new(vec![1; 32])),
        pin: Some(Secret::new("7294".to_owned())),
        adopt: false,
    };
    tokio::task::spawn_blocking(move || issue::add_device(&app, &new).map(drop)).await.unwrap().unwrap();
}

/// Logged in once, so that there is a device that stands for the number.
async fn on_sms(server: &Server) {
    add(server, "alice", Some(NUMBER)).await;
    server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(state(server, "alice").await, Some(DeviceState::Active));
}

#[tokio::test]
async fn a_device_that_an_operator_adds_ends_codes_and_the_attempt_that_awaits_one() {
    let server = start("").await;
    on_sms(&server).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let code = newest(&server).await;
    given(&server, "1").await;
    assert_eq!(state(&server, "alice").await, Some(DeviceState::Expired));
    let (status, late) = server.challenge(&[("auth_session", session(&step)), ("response", &code)]).await;
    assert_eq!((status, &late["error"]), (400, &json!("invalid_request")), "it awaits no code any more: {late}");
    let (_, chooser) = server.challenge(&[("auth_session", session(&step))]).await;
    let classes: Vec<_> = chooser["next"]["devices"].as_array().unwrap().iter().map(|d| d["class"].clone()).collect();
    assert_eq!(classes, [json!("dsc-plus")], "{chooser}");
    let (_, next) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(next["next"]["device"]["class"], "dsc-plus", "{next}");
}

#[tokio::test]
async fn a_token_from_the_depot_ends_codes_and_giving_it_up_brings_none_back() {
    let server = start("").await;
    on_sms(&server).await;
    inventory::fill(&server, "dsc-plus", suites::PLATINUM, &["A-1"]).await;
    let name = domain::user::Username::parse("alice").unwrap();
    let assigned = server.app.work(Actor::Stranger, move |work| {
        let user = store::user::by_name(work.sql, &name)?.unwrap();
        let asked = Assign { user: user.id, serial: "A-1".to_owned(), pin: None, label: None };
        assign(work, &asked)
    });
    let device = assigned.await.unwrap();
    assert_eq!(state(&server, "alice").await, Some(DeviceState::Expired));
    let app = Arc::clone(&server.app);
    let id = device.id.to_string();
    let revoked = move || issue::change_device(&app, "alice", &id, domain::device::lifecycle::DeviceEvent::Revoked);
    tokio::task::spawn_blocking(move || revoked().map(drop)).await.unwrap().unwrap();
    let before = codes(&server, NUMBER).await.len();
    let (_, none) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(none["failure"]["reason"], "no_usable_device", "a stolen number is no way around a device: {none}");
    assert_eq!(codes(&server, NUMBER).await.len(), before);
}

#[tokio::test]
async fn a_number_that_came_by_a_change_gets_no_code_for_three_days() {
    let server = start("").await;
    add(&server, "alice", None).await;
    let name = domain::user::Username::parse("alice").unwrap();
    let joined = server.app.work(Actor::Stranger, move |work| {
        let user = store::user::by_name(work.sql, &name)?.unwrap();
        let contact = Contact {
            id: ContactId::new(work.now, &countersign::app::nonce()),
            channel: Channel::Sms,
            address: Secret::new(NUMBER.to_owned()),
            joined_at: Some(work.now),
            left_at: None,
        };
        let new = New { contact: &contact, nonce: [7; 12], lookup: [7; 32] };
        store::contact::insert(work.sql, &work.app.sealer, user.id, new, work.now)
            .map_err(countersign::work::Stop::<store::Error>::from)
    });
    joined.await.unwrap();
    for wait in [0, 72 * HOUR - 60] {
        server.advance(wait);
        let (_, none) = server.begin("alice", PASSWORD, &[]).await;
        assert_eq!(none["failure"]["reason"], "no_usable_device", "{none}");
        assert_eq!((codes(&server, NUMBER).await.len(), state(&server, "alice").await), (0, None));
    }
    server.advance(MINUTE);
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(step["next"]["sent_to"], "••• 42", "{step}");
    assert_eq!(codes(&server, NUMBER).await.len(), 1);
}

#[tokio::test]
async fn where_no_sms_is_sent_nobody_waits_for_a_code() {
    let server = Server::start().await;
    add(&server, "alice", Some(NUMBER)).await;
    let (_, none) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(none["failure"]["reason"], "no_usable_device", "{none}");
    assert_eq!((codes(&server, NUMBER).await.len(), state(&server, "alice").await), (0, None));
}

#[tokio::test]
async fn who_had_a_device_or_no_telephone_gets_no_code() {
    let server = start("").await;
    server.user("alice", 1).await;
    add(&server, "bob", None).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(step["next"]["step"], "respond");
    let (_, none) = server.begin("bob", PASSWORD, &[]).await;
    assert_eq!(none["failure"]["reason"], "no_usable_device", "{none}");
    assert_eq!((state(&server, "alice").await, state(&server, "bob").await), (None, None));
}

/// A back end asks: no code goes out until the user comes and chooses it; above the class's limit it may not be chosen.
#[tokio::test]
async fn a_withdrawal_is_confirmed_up_to_the_limit_of_the_class_and_not_above() {
    let dir = tempfile::tempdir().unwrap();
    let settings = rig::settings(&rig::Key::new(), &[]) + &sends(dir.path(), "");
    let server = Server::with(&settings).await.at_work();
    add(&server, "alice", Some(NUMBER)).await;
    let browser = rig::Browser::new(&server);
    let page = browser.get("/login").await;
    let form = [("csrf", page.field("csrf")), ("username", "alice".into()), ("password", PASSWORD.into())];
    let begun = browser.post("/login", &lent(&form)).await;
    let step = browser.get(begun.location.as_deref().unwrap()).await;
    let form = [("csrf", step.field("csrf")), ("attempt", step.field("attempt")), ("response", newest(&server).await)];
    assert_eq!(browser.step("/login/answer", &lent(&form)).await.location.as_deref(), Some("/settings"));

    let before = codes(&server, NUMBER).await.len();
    let (status, refused) = limits::ask(&server, "200000.01", "USD").await;
    assert_eq!((status >= 400, codes(&server, NUMBER).await.len()), (true, before), "{refused}");
    let id = limits::asked(&server, "200000.00").await;
    assert_eq!(codes(&server, NUMBER).await.len(), before, "nobody is there to type a code");
    let page = limits::taken_up(&browser).await;
    assert!(page.text.contains("SMS code"), "{}", page.text);
    let device = page.text.split("name=\"device\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let device = device.split('"').next().unwrap().to_owned();
    let form = [("csrf", page.field("csrf")), ("attempt", page.field("attempt")), ("device", device)];
    let step = browser.step("/login/device", &lent(&form)).await;
    let said = outbox::latest(&server.app).await.unwrap().remove(0).text;
    assert!(said.contains("confirms a withdrawal") && said.contains("do not type it"), "{said}");
    let form = [("csrf", step.field("csrf")), ("attempt", step.field("attempt")), ("response", newest(&server).await)];
    let done = browser.step("/login/answer", &lent(&form)).await;
    assert!(done.text.contains("Confirmed"), "{}", done.text);
    server.advance(5);
    let (status, tokens): (u16, Value) = limits::poll(&server, &id).await;
    assert_eq!(status, 200, "{tokens}");
}

fn lent<'a>(form: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
