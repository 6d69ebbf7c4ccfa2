//! What the brokerage posts to the institution's API of a real server.

use super::rig::{Running, eventually};
use serde_json::Value;

/// What a back office of the same client reads; null where there is nothing.
async fn read(demo: &Running, path: &str) -> Value {
    let http = reqwest::Client::new();
    let url = demo.text("url");
    let token = http
        .post(format!("{url}/oauth2/token"))
        .basic_auth("payments", Some(demo.secret("payments")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    let token: Value = token.send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap_or_else(|| panic!("{token}"));
    let answer = http.get(format!("{url}/api/v1{path}")).bearer_auth(token).send().await.unwrap();
    if answer.status() == 200 { answer.json().await.unwrap() } else { Value::Null }
}

#[tokio::test]
async fn equity_and_rates_are_posted_at_start_and_every_hour() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(folder.path());
    eventually("the accounts are there", async || read(&demo, "/accounts/U1000401").await.is_object()).await;
    let account = read(&demo, "/accounts/U1000101").await;
    let equity: f64 = account["equity"].as_str().unwrap().parse().unwrap();
    assert!(account["currency"] == "USD" && equity > 842_150.75, "money and shares: {account}");
    let first = read(&demo, "/rates/EUR").await;
    assert_eq!(first["usd"], "1.0843", "{first}");
    for currency in ["GBP", "CHF", "JPY"] {
        assert!(read(&demo, &format!("/rates/{currency}")).await.is_object(), "{currency}");
    }
    demo.advance(3700).await;
    eventually("the rate is posted again", async || read(&demo, "/rates/EUR").await["as_of"] != first["as_of"]).await;
}
