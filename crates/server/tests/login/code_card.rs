//! A printed code card, from its first values to its last.

use super::support::{PASSWORD, Server, session};
use countersign::flow::device::issue::{self, NewDevice};
use countersign_client::card::Card;
use domain::{
    card::CardUse,
    device::{DeviceState, Moving},
    id::DeviceId,
};
use serde_json::Value;
use std::sync::Arc;

/// Gives a user a code card.
pub async fn add_card(server: &Server, username: &'static str) -> (tempfile::TempDir, Card, store::device::Device) {
    let app = Arc::clone(&server.app);
    let added = tokio::task::spawn_blocking(move || {
        issue::add_device(
            &app,
            &NewDevice {
                username: username.to_owned(),
                class: "security-code-card".to_owned(),
                serial: format!("{username} 7710042"),
                label: None,
                suite: None,
                key: None,
                pin: None,
                adopt: true,
            },
        )
    });
    let added = added.await.unwrap().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("card.json");
    std::fs::write(&path, serde_json::to_string(&added.card().unwrap()).unwrap()).unwrap();
    let card = Card::open(&path).unwrap();
    (dir, card, added.device)
}

/// Leaves so many places of the card unused.
async fn leave(server: &Server, device: &store::device::Device, places: u32) {
    let Some(domain::device::Algorithm::CodeCard { places: all }) = device.algorithm else { panic!("no code card") };
    let card = Some(CardUse { spent: (1..=all - places).collect(), asked: None });
    let (user, id) = (device.user, device.id);
    let moving = Moving { card, ..Moving::default() };
    server.app.store.write(move |sql| store::device::save_moving(sql, user, id, &moving)).await.unwrap();
}

pub fn values(card: &Card, step: &Value) -> String {
    let place = |n: usize| u32::try_from(step["next"]["indices"][n].as_u64().unwrap()).unwrap();
    card.values([place(0), place(1)]).unwrap().to_string()
}

async fn log_in(server: &Server, card: &Card, device: DeviceId) {
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let form = [("auth_session", session(&begun)), ("device_id", &device.to_string())];
    let (_, step) = server.challenge(&form).await;
    let (status, done) =
        server.challenge(&[("auth_session", session(&step)), ("response", &values(card, &step))]).await;
    assert_eq!(status, 200, "{done}");
}

/// The messages about cards, oldest first, with their words.
async fn told(server: &Server) -> Vec<String> {
    let mut told: Vec<_> = countersign::flow::messages::outbox::latest(&server.app).await.unwrap();
    told.retain(|message| message.text.contains("card"));
    told.into_iter().rev().map(|message| message.text).collect()
}

#[tokio::test]
async fn a_card_is_told_to_run_out_and_ends_with_its_last_values() {
    let server = Server::start().await;
    let cards = server.user("alice", 1).await;
    let (_dir, card, device) = add_card(&server, "alice").await;
    leave(&server, &device, 24).await;
    log_in(&server, &card, device.id).await;
    assert_eq!(told(&server).await, Vec::<String>::new(), "eleven more");
    log_in(&server, &card, device.id).await;
    log_in(&server, &card, device.id).await;
    let once = told(&server).await;
    assert!(once.len() == 1 && once[0].contains("10 more"), "{once:?}");

    leave(&server, &device, 2).await;
    // Another attempt awaits the last two values when they are used.
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let id = device.id.to_string();
    let (_, other) = server.challenge(&[("auth_session", session(&begun)), ("device_id", &id)]).await;
    assert_eq!(other["next"]["step"], "code_card", "{other}");
    log_in(&server, &card, device.id).await;
    let all = told(&server).await;
    assert!(all.len() == 2 && all[1].contains("used up"), "{all:?}");
    let (user, id) = (device.user, device.id);
    let stored = server.app.store.read(move |sql| store::device::one(sql, user, id)).await.unwrap().unwrap();
    assert_eq!(stored.state, DeviceState::Expired);
    let rows = server.app.store.read(move |sql| store::audit::latest(sql, Some(user), 50)).await.unwrap();
    let ended = rows.iter().any(|row| row.kind == "device.state_changed" && row.detail.contains("expired"));
    assert!(ended, "{rows:?}");

    let (_, moved) = server.challenge(&[("auth_session", session(&other))]).await;
    assert_eq!(moved["next"]["step"], "choose_device", "the other attempt goes on without it: {moved}");
    let (_, next) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(
        (&next["next"]["step"], &next["next"]["device"]["id"]),
        (&"respond".into(), &cards[0].id.as_str().into())
    );
}
