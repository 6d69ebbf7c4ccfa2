//! What any one agent does to a user, in a program: the user's page, and what would be lifted or ended by a button.

use super::{
    desk::{agent, id_of},
    desk_api::Program,
    own_devices::told,
    support::{PASSWORD, Server},
};
use reqwest::Method;
use serde_json::{Value, json};

async fn post(who: &Program<'_>, path: &str, body: Option<Value>) -> u16 {
    let (status, answer) = who.call(Method::POST, path, body.as_ref()).await;
    if status != 204 {
        assert!(answer["type"].is_string(), "{path}: {status} {answer}");
    }
    status
}

#[tokio::test]
async fn a_program_sees_why_a_login_failed_and_sets_a_device_aside() {
    let server = Server::start().await;
    let cards = server.user("alice", 2).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    server.begin("alice", "not the password", &[]).await;
    let (status, seen) = dana.call(Method::GET, "/desk/users/alice", None).await;
    assert_eq!((status, &seen["username"], &seen["locked"]), (200, &json!("alice"), &json!(false)), "{seen}");
    assert!(seen["activity"].to_string().contains("password"), "{seen}");
    assert_eq!(seen["devices"].as_array().unwrap().len(), 2, "{seen}");
    assert!(!seen["contacts"].to_string().contains("alice@"), "masked: {seen}");
    let (_, russian) = dana.call(Method::GET, "/desk/users/alice?locale=ru", None).await;
    assert_ne!(seen["activity"][0]["text"], russian["activity"][0]["text"], "{russian}");
    assert_eq!(dana.call(Method::GET, "/desk/users/alice?locale=fr", None).await.0, 400);
    assert_eq!(dana.call(Method::GET, "/desk/users/nobody", None).await.0, 404);

    let device = |card: &super::support::Card| Some(json!({ "device": card.id }));
    assert_eq!(post(&dana, "/desk/users/alice/suspend", device(&cards[0])).await, 204);
    assert_eq!(post(&dana, "/desk/users/alice/suspend", device(&cards[0])).await, 409, "nothing to do");
    assert_eq!(post(&dana, "/desk/users/alice/lost", device(&cards[1])).await, 204);
    assert_eq!(post(&dana, "/desk/users/alice/lost", device(&danas)).await, 404, "another user's");
    assert_eq!(post(&dana, "/desk/users/alice/unlock", None).await, 409, "not locked");
    assert_eq!(post(&dana, "/desk/users/alice/unlock-device", device(&cards[0])).await, 409, "not locked");
    assert_eq!(post(&dana, "/desk/users/alice/end-sessions", None).await, 204);
    assert_eq!(post(&dana, "/desk/users/dana/end-sessions", None).await, 403, "nobody serves themselves");
    let told = [told(&server, "notice-device-suspended").await, told(&server, "notice-sessions-ended").await];
    assert_eq!(told, [1, 1]);
    let (_, seen) = dana.call(Method::GET, &format!("/desk/users/{}", id_of(&server, "alice").await), None).await;
    let states: Vec<_> = seen["devices"].as_array().unwrap().iter().map(|device| device["state"].clone()).collect();
    assert_eq!(states, [json!("suspended"), json!("lost")], "{seen}");
}

#[tokio::test]
async fn a_program_lifts_a_lock_after_failures() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let mut danas = agent(&server, "dana", "E-1", "agent").await;
    let dana = Program::of(&server, "dana", &mut danas).await;
    for n in 0..10 {
        server.begin("alice", &format!("guess {n}"), &[]).await;
        server.advance(10);
    }
    let (_, refused) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(refused["failure"]["reason"], "invalid_credentials", "{refused}");
    let (_, seen) = dana.call(Method::GET, "/desk/users/alice", None).await;
    assert_eq!(seen["locked"], true, "{seen}");
    assert_eq!(post(&dana, "/desk/users/alice/unlock", None).await, 204);
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    assert!(begun["next"].is_object() && !cards.remove(0).respond(&begun).is_empty(), "{begun}");
}
