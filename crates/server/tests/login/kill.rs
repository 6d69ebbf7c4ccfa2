//! The real program, killed in the middle of a login and started again on the same data.

use super::support::{CHALLENGE, Card, session};
use countersign_client::phone::{Phone, Shelf};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use wire::{card_file::CardFile, demo::Ready};

struct Demo {
    child: Child,
    ready: Ready,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(data: &Path, port: &str) -> Demo {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["demo", "--json", "--test-clock", "--port", port, "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    // The reader is gone from here on: that must not stop the demo.
    Demo { child, ready: serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line}")) }
}

async fn post(demo: &Demo, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer = reqwest::Client::new().post(format!("{}{path}", demo.ready.url)).form(form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn begin(demo: &Demo, username: &str) -> Value {
    let user = demo.ready.users.iter().find(|user| user.username == username).unwrap();
    let form =
        [("client_id", "tws"), ("username", username), ("password", &user.password), ("code_challenge", CHALLENGE)];
    let (status, begun) = post(demo, "/oauth2/authorize-challenge", &form).await;
    assert_eq!(status, 400, "{begun}");
    let device = &plus(user).id;
    if begun["next"]["step"] != "choose_device" {
        return begun;
    }
    post(demo, "/oauth2/authorize-challenge", &[("auth_session", session(&begun)), ("device_id", device)]).await.1
}

fn plus(user: &wire::demo::User) -> &wire::demo::Device {
    user.devices.iter().find(|device| device.class == "dsc-plus").unwrap()
}

fn card(demo: &Demo, username: &str) -> (Card, String) {
    let user = demo.ready.users.iter().find(|user| user.username == username).unwrap();
    let device = plus(user);
    let text = std::fs::read_to_string(device.state_file.as_ref().unwrap()).unwrap();
    let file: CardFile = serde_json::from_str(&text).unwrap();
    (Card { id: device.id.clone(), key: file.key.expose().to_vec(), counter: 0 }, device.pin.clone().unwrap())
}

#[tokio::test]
async fn an_attempt_survives_a_kill_and_is_answered_once() {
    let dir = tempfile::tempdir().unwrap();
    let demo = start(dir.path(), "0");
    let port = demo.ready.url.rsplit(':').next().unwrap().to_owned();
    let usernames: Vec<_> = demo.ready.users.iter().map(|user| user.username.as_str()).collect();
    assert!(usernames.contains(&"alice"), "{usernames:?}");
    let (mut card, pin) = card(&demo, "alice");
    let step = begin(&demo, "alice").await;
    let roster = serde_json::to_value(&demo.ready.users).unwrap();
    drop(demo);

    let demo = start(dir.path(), &port);
    assert_eq!(serde_json::to_value(&demo.ready.users).unwrap(), roster, "the same users after a restart");
    let (_, asked) = post(&demo, "/oauth2/authorize-challenge", &[("auth_session", session(&step))]).await;
    assert_eq!(asked["next"], step["next"], "the attempt goes on");
    let response = card.answer(step["next"]["challenge"].as_str().unwrap(), &pin);
    let form = [("auth_session", session(&step)), ("response", response.as_str())];
    let (status, done) = post(&demo, "/oauth2/authorize-challenge", &form).await;
    assert_eq!(status, 200, "{done}");
    drop(demo);

    let demo = start(dir.path(), &port);
    let (_, again) = post(&demo, "/oauth2/authorize-challenge", &form).await;
    assert_eq!(again["failure"]["reason"], "already_answered", "accepted once, also after a kill");
    let code = done["authorization_code"].as_str().unwrap();
    let redeem = [
        ("grant_type", "authorization_code"),
        ("client_id", "tws"),
        ("code", code),
        ("code_verifier", super::support::VERIFIER),
    ];
    assert_eq!(post(&demo, "/oauth2/token", &redeem).await.0, 200, "nothing that was acknowledged is lost");

    let expiring = begin(&demo, "alice").await;
    let http = reqwest::Client::new();
    let clock = || http.post(format!("{}/demo/clock", demo.ready.url)).json(&json!({ "advance_seconds": 181 }));
    assert_eq!(clock().send().await.unwrap().status(), 401);
    assert_eq!(clock().bearer_auth(&demo.ready.api_token).send().await.unwrap().status(), 200);
    drop(demo);
    let demo = start(dir.path(), &port);
    let (_, expired) = post(&demo, "/oauth2/authorize-challenge", &[("auth_session", session(&expiring))]).await;
    assert_eq!(expired["failure"]["reason"], "expired", "the test clock's move survives too");
}

fn temporary() -> (Child, Ready) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["demo", "--json", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

/// Tells a demo to stop, and sees that it does and that its folder is gone.
fn stops(mut child: Child, ready: &Ready) {
    let files: Vec<_> =
        ready.users.iter().flat_map(|user| &user.devices).filter_map(|d| d.state_file.as_ref()).collect();
    let place = Path::new(files[0]).parent().unwrap().parent().unwrap();
    assert!(files.iter().all(|file| Path::new(file).is_absolute() && Path::new(file).exists()), "{files:?}");
    assert!(place.join("countersign.db").exists());
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
    assert!(!place.exists(), "{}", place.display());
}

#[tokio::test]
async fn sigterm_stops_it_and_takes_its_folder_along() {
    let (child, ready) = temporary();
    stops(child, &ready);
}

/// A phone that listens, and a browser's connection kept for the next request, do not hold it up.
#[tokio::test]
async fn sigterm_stops_it_while_connections_are_open() {
    let (child, ready) = temporary();
    let phone = ready.users.iter().flat_map(|user| &user.devices).find(|device| device.class == "phone").unwrap();
    let shelf = Shelf::File(phone.state_file.as_ref().unwrap().into());
    let mut events = Phone::open(shelf, None, unix_now).await.unwrap().events().await.unwrap();
    assert!(events.next().await.unwrap().unwrap().is_empty(), "the stream is open");
    let browser = reqwest::Client::new();
    assert_eq!(browser.get(format!("{}/login", ready.url)).send().await.unwrap().status(), 200);
    let stopping = tokio::task::spawn_blocking(move || stops(child, &ready));
    stopping.await.unwrap();
    assert!(!matches!(events.next().await, Ok(Some(_))), "the stream ended with the server");
    drop(browser);
}

#[expect(clippy::disallowed_methods, reason = "a phone has a clock of its own")]
fn unix_now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs()
}
