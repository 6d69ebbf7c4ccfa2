//! The API of desktop programs, with tokens of a native login; and what a restart leaves.

use super::rig::{Running, device, eventually, program, respond};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// A native login of alice with her DSC+; the access token.
async fn token(demo: &Running, client_id: &str, folder: &Path) -> String {
    let http = Client::new();
    let alice = demo.user("alice");
    let card = device(alice, "dsc-plus");
    let verifier = "a".repeat(64);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let post = async |path: &str, form: &[(&str, &str)]| {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = http.post(format!("{}{path}", demo.text("url")));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let first = post(
        "/oauth2/authorize-challenge",
        &[
            ("client_id", client_id),
            ("client_version", "966"),
            ("username", "alice"),
            ("password", alice["password"].as_str().unwrap()),
            ("scope", "openid profile"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ],
    )
    .await;
    let session = first["auth_session"].as_str().unwrap_or_else(|| panic!("{first}")).to_owned();
    let step = |more: (&'static str, String)| {
        vec![("client_id", client_id.to_owned()), ("auth_session", session.clone()), more]
    };
    let send = async |more: (&'static str, String)| {
        let form = step(more);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        post("/oauth2/authorize-challenge", &form).await
    };
    let asked = send(("device_id", card["id"].as_str().unwrap().to_owned())).await;
    let question = asked["next"]["challenge"].as_str().unwrap_or_else(|| panic!("{asked}"));
    let done = send(("response", respond(card, question, folder))).await;
    let code = done["authorization_code"].as_str().unwrap_or_else(|| panic!("{done}"));
    let tokens = post(
        "/oauth2/token",
        &[("grant_type", "authorization_code"), ("client_id", client_id), ("code", code), ("code_verifier", &verifier)],
    )
    .await;
    tokens["access_token"].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned()
}

/// A call of the API; status and body.
async fn call(url: &str, token: &str, what: (Method, &str), body: Option<Value>) -> (StatusCode, Value) {
    let mut request = Client::new().request(what.0, format!("{url}/api/{}", what.1)).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

async fn read(url: &str, token: &str, what: &str) -> Value {
    let (status, body) = call(url, token, (Method::GET, what), None).await;
    assert_eq!(status, 200, "{what}: {body}");
    body
}

fn brokerage(demo: &Running, data: &Path) -> Running {
    let mut command = Command::new(program("countersign-brokerage"));
    command
        .args(["serve", "--json", "--listen", "127.0.0.1:0", "--issuer", demo.text("issuer"), "--data"])
        .arg(data)
        .env("BROKERAGE_CLIENT_PORTAL_SECRET", demo.secret("client-portal"))
        .env("BROKERAGE_WEB_TRADER_SECRET", demo.secret("web-trader"))
        .env("BROKERAGE_PAYMENTS_SECRET", demo.secret("payments"));
    Running::start(&mut command)
}

#[tokio::test]
async fn orders_positions_and_cash_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(&folder.path().join("demo"));
    let token = token(&demo, "tws", folder.path()).await;
    let data = folder.path().join("own.db");
    let mut first = brokerage(&demo, &data);
    let url = first.text("url").to_owned();
    let place = async |url: &str, order: Value| call(url, &token, (Method::POST, "orders"), Some(order)).await;
    let (status, rests) = place(&url, json!({ "symbol": "HLX", "side": "buy", "quantity": 5, "limit": "1.00" })).await;
    assert_eq!((status.as_u16(), rests["state"].as_str()), (201, Some("open")), "{rests}");
    let (status, filled) = place(&url, json!({ "symbol": "KITE", "side": "buy", "quantity": 30 })).await;
    assert_eq!((status.as_u16(), filled["state"].as_str()), (201, Some("filled")), "{filled}");
    let (status, sold) = place(&url, json!({ "symbol": "NORD", "side": "sell", "quantity": 20 })).await;
    assert_eq!((status.as_u16(), sold["state"].as_str()), (201, Some("filled")), "{sold}");
    let held = |positions: &Value| {
        let all = positions["positions"].as_array().unwrap().iter();
        let shares: Vec<_> = all.map(|held| (held["symbol"].clone(), held["quantity"].clone())).collect();
        (positions["account"].clone(), positions["cash"].clone(), positions["free"].clone(), shares)
    };
    let before = (held(&read(&url, &token, "positions").await), read(&url, &token, "orders").await);
    assert!(before.0.3.contains(&(json!("KITE"), json!(30))));
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let second = brokerage(&demo, &data);
    let url = second.text("url").to_owned();
    let after = (held(&read(&url, &token, "positions").await), read(&url, &token, "orders").await);
    assert_eq!(before, after);
    // And it goes on: what rested can be taken back, once.
    let number = rests["number"].as_i64().unwrap();
    let cancel = async || call(&url, &token, (Method::DELETE, &format!("orders/{number}")), None).await.0;
    assert_eq!((cancel().await.as_u16(), cancel().await.as_u16()), (204, 404));
}

#[tokio::test]
async fn only_living_tokens_of_desktop_programs() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(&folder.path().join("demo"));
    let url = demo.text("brokerage_url").to_owned();
    let bare = reqwest::get(format!("{url}/api/quotes")).await.unwrap();
    assert_eq!(bare.status(), 401);
    assert_eq!(bare.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
    assert_eq!(call(&url, "not-a-token", (Method::GET, "quotes"), None).await.0, 401);
    let token = token(&demo, "tws", folder.path()).await;
    let quotes = read(&url, &token, "quotes").await;
    assert_eq!(quotes["quotes"].as_array().unwrap().len(), 6, "{quotes}");
    for (body, status) in [
        (json!({ "symbol": "NONE", "side": "buy", "quantity": 1 }), 422),
        (json!({ "symbol": "HLX", "side": "buy", "quantity": 0 }), 422),
        (json!({ "symbol": "HLX", "side": "buy", "quantity": 100_000, "limit": "900" }), 422),
        (json!({ "symbol": "HLX", "side": "sell", "quantity": 100_000 }), 422),
        (json!({ "symbol": "HLX", "side": "hold", "quantity": 1 }), 400),
        (json!({ "symbol": "HLX", "side": "buy", "quantity": 1.5 }), 400),
        (json!({ "symbol": "HLX", "side": "buy", "quantity": 1, "price": 3 }), 400),
    ] {
        let answer = call(&url, &token, (Method::POST, "orders"), Some(body.clone())).await;
        assert_eq!(answer.0, status, "{body}: {}", answer.1);
    }
    // The program gives its token back: from then on it opens nothing.
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", "tws"), ("token", &token)])
        .finish();
    let revoke = Client::new().post(format!("{}/oauth2/revoke", demo.text("url")));
    let revoke = revoke.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(revoke.send().await.unwrap().status(), 200);
    assert_eq!(call(&url, &token, (Method::GET, "quotes"), None).await.0, 401);
}

#[tokio::test]
async fn statements_want_a_recent_login() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(&folder.path().join("demo"));
    let url = demo.text("brokerage_url").to_owned();
    let token = token(&demo, "tws", folder.path()).await;
    read(&url, &token, "statements").await;
    demo.advance(301).await;
    let old = Client::new().get(format!("{url}/api/statements")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(old.status(), 401);
    let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=300";
    assert_eq!(old.headers()["www-authenticate"], challenge);
    read(&url, &token, "quotes").await;
}

#[tokio::test]
async fn prices_move_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(&folder.path().join("demo"));
    let url = demo.text("brokerage_url").to_owned();
    let token = token(&demo, "tws", folder.path()).await;
    let first = read(&url, &token, "quotes").await;
    eventually("a price moves", async || read(&url, &token, "quotes").await != first).await;
}
