//! Fifty at once: exactly one outcome.

use super::{
    phones::{PIN, activate, ask, awaiting, shown},
    support::{Server, session},
};
use countersign_client::phone::respond;
use std::sync::Arc;
use wire::phone::Decision;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_approvals_of_one_request_confirm_it_once() {
    let server = Arc::new(Server::start().await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let step = awaiting(&server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (phone, pending, number) = (phone.clone(), pending.clone(), number.clone());
            tokio::spawn(async move { phone.approve(&pending, PIN, number.as_deref()).await })
        })
        .collect();
    let mut confirmed = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(decided) => confirmed += usize::from(decided.outcome == "confirmed"),
            Err(error) => assert!(matches!(error.slug(), Some("attempt-ended" | "busy")), "{error}"),
        }
    }
    assert_eq!(confirmed, 1);
    assert_eq!(ask(&server, &step, "0").await.0, 200);
}

/// Approvals, refusals, responses and switches of method, all at once: the attempt has one end, and everyone who asks is
/// told that one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn approving_refusing_and_answering_at_once_give_one_end() {
    let server = Arc::new(Server::start().await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    for _ in 0..4 {
        let step = awaiting(&server, "alice", &[]).await;
        let (pending, number) = shown(&phone, &step).await;
        let tasks: Vec<_> = (0..30)
            .map(|n| {
                let (server, phone, pending, number, step) =
                    (Arc::clone(&server), phone.clone(), pending.clone(), number.clone(), step.clone());
                tokio::spawn(async move {
                    match n % 3 {
                        0 => phone
                            .approve(&pending, PIN, number.as_deref())
                            .await
                            .is_ok_and(|d| d.outcome == "confirmed"),
                        1 => phone.deny(&pending, Decision::Deny).await.is_ok_and(|d| d.outcome == "denied"),
                        _ => {
                            let handle = session(&step);
                            let method = [("auth_session", handle), ("method", "challenge_response")];
                            let (_, asked) = server.challenge(&method).await;
                            let Some(challenge) = asked["next"]["challenge"].as_str() else { return false };
                            let response = respond(phone.shelf(), challenge, PIN).unwrap();
                            let answer = [("auth_session", handle), ("response", response.as_str())];
                            server.challenge(&answer).await.0 == 200
                        }
                    }
                })
            })
            .collect();
        let mut ends = 0;
        for task in tasks {
            ends += usize::from(task.await.unwrap());
        }
        assert_eq!(ends, 1);
    }
}
