//! The server restarted, or two of them, in the middle of it.

use super::{
    phones::{PIN, activate, ask, awaiting, phone, shown},
    support::Server,
};

#[tokio::test]
async fn a_request_survives_a_restart_and_is_answered_once() {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let state = activate(&server, "alice").await.shelf().read().unwrap();
    let step = awaiting(&server, "alice", &[]).await;
    let server = server.restart_at_same_port().await;
    let phone = phone(&server, state).await;
    let (pending, number) = shown(&phone, &step).await;
    phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    let server = server.restart_at_same_port().await;
    let (status, done) = ask(&server, &step, "0").await;
    assert_eq!(status, 200, "what was acknowledged is not lost: {done}");
    assert_eq!(ask(&server, &step, "0").await, (200, done), "told again, the same");
}
