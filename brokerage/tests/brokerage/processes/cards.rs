//! Debit cards with the real programs: the demo, its brokerage, and the software phone.

use super::rig::{Running, device, program};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// Runs `countersign-client phone`; its answer as JSON, or the reason of a refusal.
fn phone(demo: &Running, folder: &Path, arguments: &[&str], with_pin: bool) -> Result<Value, String> {
    let device = device(demo.user("alice"), "phone");
    let mut command = Command::new(program("countersign-client"));
    command.arg("phone").args(arguments).args(["--json", "--state", device["state_file"].as_str().unwrap()]);
    if with_pin {
        let pin = folder.join("phone-pin");
        std::fs::write(&pin, device["pin"].as_str().unwrap()).unwrap();
        command.arg("--pin-file").arg(pin);
    }
    let done = command.output().unwrap();
    if done.status.success() {
        Ok(serde_json::from_slice(&done.stdout).unwrap())
    } else {
        Err(String::from_utf8(done.stderr).unwrap())
    }
}

#[tokio::test]
async fn the_software_phone_allows_and_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::demo(&folder.path().join("demo"));
    let card = "card-alice-4417";
    let config: Value =
        reqwest::get(format!("{}/app/config.json", demo.text("url"))).await.unwrap().json().await.unwrap();
    assert_eq!(config["cards"], true, "{config}");
    assert_eq!(config["trade_url"], format!("{}/trader", demo.text("brokerage_url")));
    let look = reqwest::get(format!("{}?view=read-only", config["trade_url"].as_str().unwrap())).await.unwrap();
    assert!(look.text().await.unwrap().contains("data-view=\"read-only\""));
    let cards = phone(&demo, folder.path(), &["cards"], false).unwrap();
    let states: Vec<&Value> = cards.as_array().unwrap().iter().map(|card| &card["state"]).collect();
    assert_eq!(states, [&json!("pending"), &json!("active"), &json!("active")], "{cards}");
    let done = phone(&demo, folder.path(), &["preauthorise", card, "1500"], true).unwrap();
    assert_eq!(done["type"], "card_preauthorisation");
    let cards = phone(&demo, folder.path(), &["cards"], false).unwrap();
    assert_eq!(cards[1]["preauthorisation"]["expires_at"], done["expires_at"], "{cards}");
    // The brokerage's clock is the demo's: a quarter of an hour later the window is over.
    demo.advance(901).await;
    let cards = phone(&demo, folder.path(), &["cards"], false).unwrap();
    assert_eq!(cards[1].get("preauthorisation"), None, "{cards}");
    let refused = phone(&demo, folder.path(), &["preauthorise", card, "900000"], true).unwrap_err();
    assert!(refused.contains("842150.75"), "{refused}");
    let refused = phone(&demo, folder.path(), &["authorise", card, "none"], true).unwrap_err();
    assert!(refused.contains("cannot be authorised"), "{refused}");
    let blocked = phone(&demo, folder.path(), &["block", card], false).unwrap();
    assert_eq!(blocked["state"], "blocked");
}
