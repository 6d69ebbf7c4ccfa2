//! Every limit of "Counting failures", under fifty parallel guesses and across a restart.

use super::support::{PASSWORD, Server, session};
use domain::lockout::{Budget, UserFailures};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

async fn parallel<F, R>(count: usize, make: impl Fn(usize) -> F) -> Vec<R>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|n| tokio::spawn(make(n))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

fn denied(reason: &str) -> Value {
    json!({ "error": "access_denied", "failure": { "reason": reason } })
}

/// The counted failures of strangers on a user.
async fn counted(server: &Server, username: &str) -> UserFailures {
    let name = domain::user::Username::parse(username).unwrap();
    let load = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::failure::load(sql, user.id, Budget::Strangers)
    };
    server.app.store.read(load).await.unwrap()
}

async fn mail(server: &Server) -> Vec<String> {
    let app = server.app.clone();
    let messages = server.app.store.read(move |sql| store::outbox::latest(sql, &app.sealer, 100)).await.unwrap();
    messages.into_iter().map(|message| message.message).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_wrong_passwords_count_ten_and_lock_for_a_day() {
    let server = Arc::new(Server::start().await);
    let mut cards = server.user("alice", 1).await;
    let known = server.log_in("alice", &mut cards[0], &[]).await;
    let guesses = parallel(50, |_| {
        let server = Arc::clone(&server);
        async move { server.begin("alice", "a wrong guess", &[]).await.1 }
    });
    assert!(guesses.await.iter().all(|answer| *answer == denied("invalid_credentials")));
    assert_eq!(counted(&server, "alice").await.moments().len(), 10, "tries during the lock do not count");
    assert_eq!(server.begin("alice", PASSWORD, &[]).await.1, denied("invalid_credentials"));
    // Of guesses that came at once no order is to be told.
    assert_eq!(
        BTreeSet::from_iter(mail(&server).await),
        ["notice-login-new-program", "notice-last-attempt", "notice-user-locked"].map(str::to_owned).into()
    );

    // The owner's own program has a budget of its own, before and after a restart.
    let mark = known["client_mark"].as_str().unwrap();
    server.log_in("alice", &mut cards[0], &[("client_mark", mark)]).await;
    let server = Arc::into_inner(server).unwrap().restart().await;
    server.log_in("alice", &mut cards[0], &[("client_mark", mark)]).await;
    assert_eq!(server.begin("alice", PASSWORD, &[]).await.1, denied("invalid_credentials"), "strangers stay locked");
    assert_eq!(server.begin("alice", PASSWORD, &[("client_mark", "rubbish")]).await.1, denied("invalid_credentials"));

    server.advance(24 * 3600);
    server.log_in("alice", &mut cards[0], &[]).await;
}

#[tokio::test]
async fn a_mark_is_of_one_user_and_one_client_and_can_be_revoked() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let mut others = server.user("bob", 1).await;
    let mark = server.log_in("alice", &mut cards[0], &[]).await["client_mark"].as_str().unwrap().to_owned();
    let bobs = server.log_in("bob", &mut others[0], &[]).await["client_mark"].as_str().unwrap().to_owned();
    for _ in 0..10 {
        server.begin("alice", "a wrong guess", &[]).await;
    }
    let begin = |mark: String, client: &'static str| {
        let server = &server;
        async move { server.begin_as(client, "alice", &mark).await["next"]["step"] == "respond" }
    };
    assert!(begin(mark.clone(), "tws").await);
    assert!(!begin(bobs, "tws").await, "another user's mark");
    assert!(!begin(mark.clone(), "other").await, "another program's");
    let read = server.app.handles.read(countersign::handle::Kind::Mark, &mark).unwrap();
    let now = server.app.now();
    let revoke = move |sql: &mut dyn store::Sql| {
        let mark = store::mark::valid(sql, read.user, read.digest, "tws")?.unwrap();
        store::mark::revoke(sql, read.user, mark.id, now)
    };
    assert!(server.app.store.write(revoke).await.unwrap());
    assert!(!begin(mark, "tws").await, "revoked");
}

impl Server {
    async fn begin_as(&self, client: &str, username: &str, mark: &str) -> Value {
        let form = [
            ("client_id", client),
            ("username", username),
            ("password", PASSWORD),
            ("client_mark", mark),
            ("code_challenge", super::support::CHALLENGE),
        ];
        self.challenge(&form).await.1
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_wrong_answers_count_three_in_an_attempt_and_five_on_a_device() {
    let server = Arc::new(Server::start().await);
    let mut cards = server.user("alice", 1).await;
    let guess = |step: &Value| {
        let handle = session(step).to_owned();
        let server = Arc::clone(&server);
        parallel(50, move |n| {
            let (server, handle) = (Arc::clone(&server), handle.clone());
            async move { server.challenge(&[("auth_session", &handle), ("response", &format!("{n:08}"))]).await.1 }
        })
    };
    let count = |answers: &[Value], reason: &str| answers.iter().filter(|a| a["failure"]["reason"] == reason).count();

    let (_, first) = server.begin("alice", PASSWORD, &[]).await;
    let answers = guess(&first).await;
    assert_eq!((count(&answers, "wrong_response"), count(&answers, "too_many_attempts")), (2, 48));
    assert_eq!(counted(&server, "alice").await.moments().len(), 3);

    let (_, second) = server.begin("alice", PASSWORD, &[]).await;
    let answers = guess(&second).await;
    assert_eq!((count(&answers, "wrong_response"), count(&answers, "device_locked")), (1, 49));
    assert_eq!(counted(&server, "alice").await.moments().len(), 5);
    let right = cards[0].respond(&second);
    let (_, sixth) = server.challenge(&[("auth_session", session(&second)), ("response", &right)]).await;
    assert_eq!(sixth["failure"]["reason"], "device_locked", "after five wrong, the right one is refused");

    let server = Arc::into_inner(server).unwrap().restart().await;
    let (status, locked) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!((status, &locked["failure"]["reason"]), (400, &json!("device_locked")));
    assert!(locked["failure"]["retry_after"] == 900, "{locked}");
    server.advance(900);
    server.log_in("alice", &mut cards[0], &[]).await;
}

#[tokio::test]
async fn ten_wrong_answers_lock_a_device_for_good_until_the_desk_lifts_it() {
    let server =
        Server::with("[throttle]\naddress_burst = 100000\nusername_burst = 100000\n[lockout]\nuser_failures = 100\n")
            .await;
    let mut cards = server.user("alice", 1).await;
    let mut waits = Vec::new();
    for _ in 0..10 {
        let (_, step) = server.begin("alice", PASSWORD, &[]).await;
        let (_, wrong) = server.challenge(&[("auth_session", session(&step)), ("response", "00000000")]).await;
        waits.push(wrong["failure"]["retry_after"].as_u64().map(|seconds| seconds.div_ceil(60)));
        server.advance(waits.last().unwrap().map_or(0, |minutes| minutes * 60));
    }
    assert_eq!(waits, [None, None, None, None, Some(15), Some(30), Some(60), Some(120), Some(240), None]);
    server.advance(365 * 86_400);
    let (_, locked) = server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(locked, denied("device_locked"), "no retry_after: only a person lifts it");
    let (app, id) = (Arc::clone(&server.app), cards[0].id.clone());
    let lifted =
        tokio::task::spawn_blocking(move || countersign::flow::device::issue::unlock_device(&app, "alice", &id));
    lifted.await.unwrap().unwrap();
    server.log_in("alice", &mut cards[0], &[]).await;
}

#[tokio::test]
async fn a_locked_device_leaves_the_other_one_in_the_same_attempt() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    for _ in 0..4 {
        let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
        let step = server.choose(&begun, &cards[0]).await;
        server.challenge(&[("auth_session", session(&step)), ("response", "00000000")]).await;
    }
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let step = server.choose(&begun, &cards[0]).await;
    let (_, fifth) = server.challenge(&[("auth_session", session(&step)), ("response", "00000000")]).await;
    assert_eq!(
        (&fifth["error"], &fifth["failure"]["reason"]),
        (&json!("insufficient_authorization"), &json!("device_locked")),
        "access_denied always means that the attempt is over"
    );
    assert_eq!(fifth["next"]["locked"][0]["id"], cards[0].id.as_str(), "it stays in the list: {fifth}");
    assert!(fifth["next"]["locked"][0]["retry_after"].is_u64(), "{fifth}");
    let (_, locked) = server.challenge(&[("auth_session", session(&step)), ("device_id", &cards[0].id)]).await;
    assert_eq!(locked["failure"]["reason"], "device_locked");
    let (_, other) = server.challenge(&[("auth_session", session(&step)), ("device_id", &cards[1].id)]).await;
    let response = cards[1].respond(&other);
    assert_eq!(server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await.0, 200);
    assert!(mail(&server).await.contains(&"notice-device-locked".to_owned()), "the owner is told");
}

/// A new challenge does not clear the count: four wrong with new attempts between, one more, locked.
#[tokio::test]
async fn a_success_resets_the_counters_and_a_new_challenge_does_not() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    for _ in 0..4 {
        let (_, step) = server.begin("alice", PASSWORD, &[]).await;
        server.challenge(&[("auth_session", session(&step)), ("response", "00000000")]).await;
    }
    assert_eq!(counted(&server, "alice").await.moments().len(), 4);
    server.log_in("alice", &mut cards[0], &[]).await;
    assert!(counted(&server, "alice").await.moments().is_empty());
    for _ in 0..5 {
        let (_, step) = server.begin("alice", PASSWORD, &[]).await;
        server.challenge(&[("auth_session", session(&step)), ("response", "00000000")]).await;
    }
    assert_eq!(server.begin("alice", PASSWORD, &[]).await.1["failure"]["reason"], "device_locked");
}
