//! What programs read, whole: a change of any answer shows as a change of its snapshot. What differs from run to run is
//! named instead of shown. `INSTA_UPDATE=always cargo nextest run …` writes them anew; look at the difference.

use super::support::{CHALLENGE, Card, PASSWORD, PIN, Server, session};
use countersign::flow::{
    device::issue::{self, NewDevice},
    messages::outbox::{self, New},
    user::{self, NewUser},
};
use domain::{Secret, audit::Actor, user::Username};
use i18n::Lang;
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc};
use store::contact::Channel;

const OPEN: &str = "[throttle]\naddress_burst = 100000\nusername_burst = 100000\n";

/// Compares with a snapshot of this name, wherever this file is compiled into.
pub fn same_as_before(name: &str, value: &impl serde::Serialize) {
    insta::with_settings!({ prepend_module_to_snapshot => false }, { insta::assert_json_snapshot!(name, value) });
}

/// An answer with its status; handles, ids, codes and challenges are named.
fn answer((status, body): (u16, Value)) -> Value {
    let mut body = body;
    name_what_varies(&mut body);
    json!({ "status": status, "body": body })
}

fn name_what_varies(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "id" | "auth_session" | "authorization_code" | "client_mark" | "challenge" | "instance" => {
                        assert!(member.is_string(), "{name}: {member}");
                        *member = json!(format!("[{name}]"));
                    }
                    _ => name_what_varies(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(name_what_varies),
        _ => {}
    }
}

async fn platinum(server: &Server) {
    let app = Arc::clone(&server.app);
    let new = NewDevice {
        username: "alice".to_owned(),
        class: "platinum".to_owned(),
        serial: "5500123".to_owned(),
        label: None,
        suite: None,
        key: Some(Secret::new(vec![7; 32])),
        pin: None,
        adopt: true,
    };
    tokio::task::spawn_blocking(move || issue::add_device(&app, &new).unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_steps_of_a_first_party_login() {
    let server = Server::with(OPEN).await;
    let mut cards = server.user("alice", 1).await;
    // Later, so that the first is the default.
    server.advance(1);
    platinum(&server).await;
    let begun = server.begin("alice", PASSWORD, &[("client_version", "966")]).await;
    let step = server.choose(&begun.1, &cards[0]).await;
    let asked = step["next"]["challenge"].as_str().unwrap().to_owned();
    let respond = |card: &mut Card, pin| card.answer(&asked, pin);
    let handle = session(&step).to_owned();
    let wrong = respond(&mut cards[0], "1111");
    let wrong = server.challenge(&[("auth_session", &handle), ("response", &wrong)]).await;
    let right = respond(&mut cards[0], PIN);
    let done = server.challenge(&[("auth_session", &handle), ("response", &right)]).await;
    same_as_before(
        "first_party_login",
        &json!({
            "a chooser": answer(begun),
            "a challenge": answer((400, step)),
            "a wrong response": answer(wrong),
            "confirmed": answer(done),
        }),
    );
}

#[tokio::test]
async fn refusals_of_a_first_party_login() {
    let server = Server::with(OPEN).await;
    server.user("alice", 1).await;
    let wrong = server.begin("alice", "a guess", &[]).await;
    assert_eq!(wrong, server.begin("nobody", PASSWORD, &[]).await, "not told apart");
    same_as_before(
        "first_party_refusals",
        &json!({
            "a wrong password": answer(wrong),
            "no such attempt": answer(server.challenge(&[("auth_session", "x"), ("client_id", "tws")]).await),
            "no such client": answer(server.challenge(&[("client_id", "nobody"), ("username", "alice"), ("password", PASSWORD), ("code_challenge", CHALLENGE)]).await),
            "no challenge": answer(server.post("/oauth2/authorize-challenge", &[("client_id", "tws"), ("username", "a"), ("password", "b")]).await),
        }),
    );
}

#[tokio::test]
async fn problem_documents() {
    let server = Server::start().await;
    let mut problems = serde_json::Map::new();
    for (what, method, path) in [
        ("without a proof", reqwest::Method::GET, "/api/phone/v1/confirmations"),
        ("another method", reqwest::Method::DELETE, "/api/phone/v1/confirmations"),
        ("nothing there", reqwest::Method::GET, "/api/phone/v1/nothing"),
    ] {
        let got = server.http.request(method, format!("{}{path}", server.url)).send().await.unwrap();
        let (status, kind) = (got.status().as_u16(), got.headers()["content-type"].to_str().unwrap().to_owned());
        let body: Value = got.json().await.unwrap_or(Value::Null);
        let mut shown = answer((status, body));
        shown["type"] = json!(kind);
        problems.insert(what.to_owned(), shown);
    }
    same_as_before("problem_documents", &problems);
}

#[tokio::test]
async fn the_providers_metadata() {
    let server = Server::start().await;
    let path = format!("{}/.well-known/openid-configuration", server.url);
    let metadata: String = server.http.get(path).send().await.unwrap().text().await.unwrap();
    let metadata = metadata.replace(&server.app.settings.issuer, "https://login.example");
    same_as_before("metadata", &serde_json::from_str::<Value>(&metadata).unwrap());
}

/// What is sent, with its arguments.
fn messages() -> Vec<(&'static str, Value)> {
    vec![
        ("notice-activation-code", json!({ "code": "K7QM-2XWP", "minutes": 10 })),
        ("notice-device-activated", json!({ "device": "Mobile app" })),
        ("notice-device-locked", json!({ "device": "Mobile app", "until": 1_700_000_000 })),
        ("notice-card-runs-out", json!({ "device": "Security Code Card", "left": 3 })),
        ("notice-wrong-answers", json!({})),
        ("notice-not-me", json!({})),
    ]
}

/// Mails with their subjects, and what the same is as an SMS, in both languages.
#[tokio::test]
async fn mails_and_sms_in_both_languages() {
    let desk = "[institution]\ndesk = [\"US +1 555 0100\"]\n";
    let server = Server::with(&format!("{OPEN}{desk}")).await;
    let mut shown = String::new();
    for (username, locale) in [("alice", Lang::En), ("ivan", Lang::Ru)] {
        let app = Arc::clone(&server.app);
        let new = NewUser {
            username: username.to_owned(),
            password: Some(Secret::new(PASSWORD.to_owned())),
            locale,
            mail: Some(format!("{username}@example.com")),
            phone: Some("+15550123".to_owned()),
        };
        tokio::task::spawn_blocking(move || user::add_user(&app, &new).unwrap()).await.unwrap();
        for (message, arguments) in messages() {
            queue(&server, username, message, arguments).await;
            let mut sent = outbox::latest(&server.app).await.unwrap();
            sent.retain(|sent| sent.to == "+15550123" || sent.to.starts_with(username));
            let of = |channel| sent.iter().find(|sent| sent.channel == channel).unwrap();
            let (mail, sms) = (of(Channel::Mail), of(Channel::Sms));
            writeln!(shown, "== {message}, {}\nSubject: {}\n\n{}", mail.lang.tag(), mail.subject, mail.text).unwrap();
            if sms.text != mail.text {
                writeln!(shown, "-- as an SMS\n{}", sms.text).unwrap();
            }
            shown.push('\n');
            // Each message is looked at by itself.
            server.advance(1);
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false }, { insta::assert_snapshot!("messages", shown) });
}

async fn queue(server: &Server, username: &str, message: &'static str, arguments: Value) {
    let name = Username::parse(username).unwrap();
    let queued = server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
        let user = store::user::by_name(work.sql, &name)?.unwrap().id;
        let until = work.now.plus(outbox::NOTICE_LIFE);
        Ok(outbox::everywhere(work, user, New { message, arguments: &arguments, until })?)
    });
    queued.await.unwrap();
}
