//! Phones for tests: activated as a person would, with the code from the outbox.

use super::support::{PASSWORD, Server, new_session, session};
use countersign::flow::{
    login::session::SignedIn,
    phone::invite::{self, Standing},
};
use countersign_client::{
    first_party::{Server as Known, ServerUrl},
    phone::{Activation, Begun, Phone, PhoneError, Shelf, SigningKey, respond},
};
use serde_json::Value;
use std::time::SystemTime;
use wire::{
    phone::{Pending, StartActivation},
    phone_file::PhoneFile,
};

pub const PIN: &str = "739185";

#[expect(clippy::disallowed_methods, reason = "a phone has a clock of its own")]
pub fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

pub async fn known(server: &Server) -> Known {
    let url: ServerUrl = server.app.settings.issuer.parse().unwrap();
    Known::discover(&url, None).await.unwrap()
}

/// An activation whose code waits in the outbox.
pub async fn begin(server: &Server, username: &str) -> Begun {
    let known = known(server).await;
    let activation = Activation::new(&known, unix_now).unwrap();
    activation.begin(known, username, PASSWORD).await.unwrap()
}

/// The code that was sent last.
pub async fn code(server: &Server) -> String {
    let app = server.app.clone();
    let messages = server.app.store.read(move |sql| store::outbox::latest(sql, &app.sealer, 100)).await.unwrap();
    let sent = messages.iter().find(|message| message.message == "notice-activation-code").expect("a code was sent");
    let arguments: Value = serde_json::from_str(sent.arguments.expose()).unwrap();
    arguments["code"].as_str().unwrap().to_owned()
}

/// What the settings page would show a user who has just logged in: the handle in the picture, and the id.
pub async fn invitation(server: &Server, username: &str) -> (String, String) {
    let name = domain::user::Username::parse(username).unwrap();
    let user = server.app.store.read(move |sql| store::user::by_name(sql, &name)).await.unwrap().unwrap();
    let signed_in = SignedIn { session: new_session(user.id, 9, server.app.now()), user };
    let session = signed_in.session.clone();
    // Of each user's one, however many are invited in it.
    let kept = server.app.store.write(move |sql| store::session::insert(sql, &session, [9; 32])).await;
    assert!(matches!(kept, Ok(()) | Err(store::Error::Unique { .. })), "{kept:?}");
    // The latest is shown, and no two are of one moment.
    server.app.clock.advance(std::time::Duration::from_millis(1));
    invite::make(&server.app, &signed_in).await.unwrap();
    match invite::look(&server.app, &signed_in).await.unwrap() {
        Standing::Open { link, id, .. } => (link.split_once("#activate=").unwrap().1.to_owned(), id),
        other => panic!("no invitation: {other:?}"),
    }
}

/// A phone that takes up an invitation: whatever else the user has stays unasked.
pub async fn activate(server: &Server, username: &str) -> Phone {
    let session = Some(invitation(server, username).await.0);
    let known = known(server).await;
    let activation = Activation::new(&known, unix_now).unwrap();
    let begun = activation.begin_with(known, &StartActivation { session, ..StartActivation::default() }).await.unwrap();
    let (state, activated) = begun.complete(None, PIN, None).await.unwrap();
    assert_eq!(activated.state, "active");
    phone(server, state).await
}

pub async fn phone(server: &Server, state: PhoneFile) -> Phone {
    Phone::at(&known(server).await, Shelf::memory(state), unix_now).unwrap()
}

/// A first-party login that awaits the phone.
pub async fn awaiting(server: &Server, username: &str, more: &[(&str, &str)]) -> Value {
    let (_, step) = server.begin(username, PASSWORD, more).await;
    assert_eq!(step["next"]["step"], "approve", "{step}");
    step
}

/// The only confirmation that awaits the phone, and the number that the login shows.
pub async fn shown(phone: &Phone, step: &Value) -> (Pending, Option<String>) {
    let pending = phone.one(None).await.unwrap();
    let number = step["next"]["number"].as_str().map(str::to_owned);
    assert_eq!(pending.number_required, number.is_some());
    (pending, number)
}

/// Asks how the login stands.
pub async fn ask(server: &Server, step: &Value, wait: &str) -> (u16, Value) {
    server.challenge(&[("auth_session", session(step)), ("wait", wait)]).await
}

/// A login that the phone approves.
pub async fn log_in(server: &Server, phone: &Phone, more: &[(&str, &str)]) -> Value {
    let step = awaiting(server, "alice", more).await;
    let (pending, number) = shown(phone, &step).await;
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    let (status, done) = ask(server, &step, "0").await;
    assert_eq!(status, 200, "{done}");
    done
}

/// The slug and the reason of a refusal.
pub fn refused<T: std::fmt::Debug>(result: Result<T, PhoneError>) -> (String, Option<String>) {
    match result {
        Err(PhoneError::Refused(problem)) => {
            assert!(problem.status >= 400 && !problem.title.is_empty());
            (problem.kind.trim_start_matches("/problems/").to_owned(), problem.reason)
        }
        other => panic!("not refused: {other:?}"),
    }
}

pub fn slug<T: std::fmt::Debug>(result: Result<T, PhoneError>) -> String {
    refused(result).0
}

/// Posts what a phone signed as it is: the status and the body.
pub async fn post(server: &Server, phone: &Phone, path: &str, jws: &str) -> (u16, Value) {
    let state = phone.shelf().read().unwrap();
    let key = SigningKey::read(state.signing_key.expose()).unwrap();
    let token = String::from_utf8(state.access_token.expose().to_vec()).unwrap();
    let path = format!("/api/phone/v1/{path}");
    let url = format!("{}{path}", server.app.settings.issuer);
    let proof = key.proof("POST", &url, Some(&token), server.unix_now()).unwrap();
    let request = server.http.post(format!("{}{path}", server.url)).header("DPoP", proof);
    let request = request.header("Authorization", format!("DPoP {token}")).header("Content-Type", "application/jose");
    let answer = request.body(jws.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

/// A phone's own key.
pub fn key(phone: &Phone) -> SigningKey {
    SigningKey::read(phone.shelf().read().unwrap().signing_key.expose()).unwrap()
}

/// Switches a login that awaits the phone to the phone's challenge.
pub async fn challenged(server: &Server, step: &Value) -> String {
    let (_, asked) = server.challenge(&[("auth_session", session(step)), ("method", "challenge_response")]).await;
    asked["next"]["challenge"].as_str().unwrap_or_else(|| panic!("no challenge in {asked}")).to_owned()
}

/// Answers a challenge of a login with the phone and a PIN.
pub async fn answer(server: &Server, step: &Value, phone: &Phone, (challenge, pin): (&str, &str)) -> (u16, Value) {
    let response = respond(phone.shelf(), challenge, pin).unwrap();
    server.challenge(&[("auth_session", session(step)), ("response", response.as_str())]).await
}

pub async fn notices(server: &Server) -> Vec<String> {
    let app = server.app.clone();
    let messages = server.app.store.read(move |sql| store::outbox::latest(sql, &app.sealer, 100)).await.unwrap();
    messages.into_iter().map(|message| message.message).collect()
}
