//! Token buckets in front of everything that takes a secret.

use super::support::{CHALLENGE, PASSWORD, PIN, Server, session};

const NARROW: &str =
    "[throttle]\naddress_burst = 8\naddress_per_second = 1\nusername_burst = 4\nusername_each = \"10s\"\n";

async fn begin(server: &Server, username: &str, more: &[(&str, &str)]) -> (u16, Option<u64>) {
    let mut form =
        vec![("client_id", "tws"), ("username", username), ("password", PASSWORD), ("code_challenge", CHALLENGE)];
    form.extend_from_slice(more);
    let answer =
        server.http.post(format!("{}/oauth2/authorize-challenge", server.url)).form(&form).send().await.unwrap();
    let wait = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    (answer.status().as_u16(), wait)
}

#[tokio::test]
async fn a_username_has_a_bucket_that_survives_a_restart_and_counts_no_attempt() {
    let server = Server::with(NARROW).await;
    server.user("alice", 1).await;
    for _ in 0..4 {
        assert_eq!(begin(&server, "alice", &[]).await.0, 400);
    }
    let (status, wait) = begin(&server, "alice", &[]).await;
    assert_eq!(status, 429);
    assert!((1..=10).contains(&wait.unwrap()), "{wait:?}");
    let hashes = server.app.passwords.computed();
    let server = server.restart().await;
    assert_eq!(begin(&server, "ALICE", &[]).await.0, 429, "one bucket however the name is written");
    assert_eq!((server.app.passwords.computed(), hashes), (0, 4), "nothing is computed for it");
    assert_eq!(begin(&server, "nobody", &[]).await.0, 400, "another name has its own");
    server.advance(10);
    assert_eq!(begin(&server, "alice", &[]).await.0, 400);
    assert_eq!(begin(&server, "alice", &[]).await.0, 429);
}

#[tokio::test]
async fn an_address_has_a_bucket_for_all_names_and_answers() {
    let server = Server::with(NARROW).await;
    server.user("alice", 1).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    for n in 0..7 {
        let (status, _) = begin(&server, &format!("name{n}"), &[]).await;
        assert_eq!(status, 400, "try {n}");
    }
    assert_eq!(begin(&server, "alice", &[]).await.0, 429);
    let (status, _) = server.challenge(&[("auth_session", session(&step)), ("response", "00000000")]).await;
    assert_eq!(status, 429, "answers take from the same bucket");
    let (status, asked) = server.challenge(&[("auth_session", session(&step))]).await;
    assert_eq!((status, asked["next"].is_object()), (400, true), "asking takes no secret and no token");
}

#[tokio::test]
async fn a_known_program_has_a_bucket_of_its_own() {
    let server = Server::with("[throttle]\naddress_burst = 1000\nusername_burst = 4\nusername_each = \"10s\"\n").await;
    let mut cards = server.user("alice", 1).await;
    let mark = server.log_in("alice", &mut cards[0], &[]).await["client_mark"].as_str().unwrap().to_owned();
    while begin(&server, "alice", &[]).await.0 != 429 {}
    server.log_in("alice", &mut cards[0], &[("client_mark", &mark)]).await;
}

#[tokio::test]
async fn choosing_again_asks_the_same_challenge_and_takes_from_a_bucket() {
    let server = Server::with("[throttle]\naddress_burst = 1000\nusername_burst = 8\nusername_each = \"10s\"\n").await;
    let mut cards = server.user("alice", 2).await;
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let choose = async |card: usize| {
        let form = [("auth_session", session(&begun)), ("device_id", &cards[card].id)];
        let (status, step) = server.challenge(&form).await;
        (status, step["next"]["challenge"].clone())
    };
    let first = [choose(0).await, choose(1).await];
    assert!(first.iter().all(|(status, challenge)| *status == 400 && challenge.is_string()), "{first:?}");
    for n in 0..6 {
        assert_eq!(choose(n % 2).await, first[n % 2], "choice {n}");
    }
    assert_eq!(choose(0).await.0, 429);
    server.advance(10);
    assert_eq!(choose(0).await, first[0]);
    assert_eq!(choose(1).await.0, 429);
    // Who has chosen too often may answer all the same.
    let challenge = first[0].1.as_str().unwrap().to_owned();
    let response = cards[0].answer(&challenge, PIN);
    assert_eq!(server.challenge(&[("auth_session", session(&begun)), ("response", &response)]).await.0, 200);
}
