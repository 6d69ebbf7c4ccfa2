//! The contract of `/oauth2/authorize-challenge` and `/oauth2/token`, step by step.

use super::support::{CHALLENGE, Card, PIN, Server, VERIFIER, session};
use serde_json::{Value, json};

#[tokio::test]
async fn two_cards_a_chooser_a_wrong_response_and_in() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 2).await;
    let (status, begun) = server.begin("Alice ", super::support::PASSWORD, &[("client_version", "966")]).await;
    assert_eq!((status, &begun["error"]), (400, &json!("insufficient_authorization")));
    assert_eq!(begun["next"]["step"], "choose_device");
    let devices = begun["next"]["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 2);
    assert_eq!(
        devices[0],
        json!({
            "id": cards[0].id, "class": "dsc-plus", "label": "Digital Security Card+",
            "methods": ["challenge_response"], "default": true,
        })
    );
    assert_eq!(devices[1]["label"], "Digital Security Card+ (…0002)", "labels tell two of a kind apart");
    assert!(begun["expires_in"] == 180);

    let step = server.choose(&begun, &cards[1]).await;
    assert_eq!(session(&step), session(&begun), "one handle for the whole attempt");
    let challenge = step["next"]["challenge"].as_str().unwrap().to_owned();
    assert!(challenge.len() == 6 && ('1'..='4').contains(&challenge.chars().next().unwrap()), "{challenge}");
    assert_eq!(step["next"]["response_digits"], 8);

    let wrong_pin = cards[1].answer(&challenge, "1111");
    let (status, wrong) = server.challenge(&[("auth_session", session(&step)), ("response", &wrong_pin)]).await;
    assert_eq!((status, &wrong["failure"]), (400, &json!({ "reason": "wrong_response", "attempts_left": 2 })));
    assert_eq!(wrong["next"], step["next"], "the same shape and the same challenge");

    let right = cards[1].answer(&challenge, PIN);
    let spaced = format!("{} {}", right.split_at(4).0, right.split_at(4).1);
    let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &spaced)]).await;
    assert_eq!(status, 200, "{done}");
    assert!(done["client_mark"].is_string() && done.get("error").is_none());

    let (status, again) = server.challenge(&[("auth_session", session(&step)), ("response", &right)]).await;
    assert_eq!(
        (status, again),
        (400, json!({ "error": "access_denied", "failure": { "reason": "already_answered" } }))
    );
    redeem(&server, done["authorization_code"].as_str().unwrap()).await;
}

async fn redeem(server: &Server, code: &str) {
    let form =
        [("grant_type", "authorization_code"), ("client_id", "tws"), ("code", code), ("code_verifier", VERIFIER)];
    let refused = |answer: (u16, Value)| assert_eq!((answer.0, &answer.1["error"]), (400, &json!("invalid_grant")));
    for (at, other) in [(1, "other"), (3, CHALLENGE)] {
        let mut near_miss = form;
        near_miss[at].1 = other;
        refused(server.post("/oauth2/token", &near_miss).await);
    }
    let (status, tokens) = server.post("/oauth2/token", &form).await;
    assert_eq!((status, &tokens["token_type"], &tokens["scope"]), (200, &json!("Bearer"), &json!("openid")));
    let claims = verified(server, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["aud"], "tws");
    assert_eq!(claims["amr"], json!(["pwd", "otp", "pin", "mfa"]));
    assert_eq!(claims["at_hash"], oidc::claims::at_hash(tokens["access_token"].as_str().unwrap()));

    let read =
        server.app.handles.read(countersign::handle::Kind::Token, tokens["access_token"].as_str().unwrap()).unwrap();
    let now = server.app.now();
    let live = || async {
        server.app.store.read(move |sql| store::token::live(sql, read.user, read.digest, now)).await.unwrap()
    };
    assert!(live().await.is_some());
    refused(server.post("/oauth2/token", &form).await);
    assert!(live().await.is_none(), "a code that is presented again takes back what it gave");
}

/// The claims of an ID token, its signature checked against the published key.
async fn verified(server: &Server, token: &str) -> Value {
    let discovery: Value = server
        .http
        .get(format!("{}/.well-known/openid-configuration", server.url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let jwks: jsonwebtoken::jwk::JwkSet =
        server.http.get(format!("{}/oauth2/jwks", server.url)).send().await.unwrap().json().await.unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_issuer(&[discovery["issuer"].as_str().unwrap()]);
    validation.set_audience(&["tws"]);
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn the_third_wrong_response_ends_the_attempt() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
    assert_eq!(step["next"]["step"], "respond", "one device: no chooser");
    for left in [2, 1] {
        let (_, wrong) =
            server.challenge(&[("auth_session", session(&step)), ("response", &format!("0000000{left}"))]).await;
        assert_eq!(wrong["failure"]["attempts_left"], left);
    }
    let over = json!({ "error": "access_denied", "failure": { "reason": "too_many_attempts" } });
    let right = cards[0].respond(&step);
    for response in ["00000000", right.as_str()] {
        let (status, ended) = server.challenge(&[("auth_session", session(&step)), ("response", response)]).await;
        assert_eq!((status, &ended), (400, &over));
    }
}

#[tokio::test]
async fn an_old_program_gets_the_default_device_and_may_still_switch() {
    let server = Server::start().await;
    let cards = server.user("alice", 2).await;
    let (_, old) = server.begin("alice", super::support::PASSWORD, &[("client_version", "965.4c")]).await;
    assert_eq!((&old["next"]["step"], &old["next"]["device"]["id"]), (&json!("respond"), &json!(cards[0].id)));
    let (_, switched) = server.challenge(&[("auth_session", session(&old)), ("device_id", &cards[1].id)]).await;
    assert_eq!(switched["next"]["device"]["id"], cards[1].id.as_str());
    assert_ne!(switched["next"]["challenge"], old["next"]["challenge"]);
}

#[tokio::test]
async fn every_numbering_of_a_programs_versions_is_told_apart() {
    let server = Server::start().await;
    server.user("alice", 2).await;
    for (version, step) in [
        ("10.19.2l", "choose_device"),
        ("966", "choose_device"),
        ("972.1v", "choose_device"),
        ("1019", "choose_device"),
        ("new", "choose_device"),
        ("965", "respond"),
    ] {
        let (_, begun) = server.begin("alice", super::support::PASSWORD, &[("client_version", version)]).await;
        assert_eq!(begun["next"]["step"], step, "{version}");
    }
}

#[tokio::test]
async fn an_answer_that_is_only_spelled_differently_is_right() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let spelled: [fn(&str) -> String; 4] = [
        |digits| format!("{}-{}", &digits[..4], &digits[4..]),
        |digits| digits.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10)).collect(),
        |digits| format!("{}\u{200b}{}", &digits[..4], &digits[4..]),
        |digits| digits.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x30 + 0x660)).collect(),
    ];
    for spell in spelled {
        let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
        let typed = spell(&cards[0].respond(&step));
        let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &typed)]).await;
        assert_eq!(status, 200, "{typed}: {done}");
    }
    let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
    let typed = format!("{}O", &cards[0].respond(&step)[..7]);
    let (_, wrong) = server.challenge(&[("auth_session", session(&step)), ("response", &typed)]).await;
    assert_eq!(wrong["failure"]["reason"], "wrong_response", "a letter is still wrong");
}

/// An answer that was lost on the way is not a login that was lost: asked again, the same code is told while it lives.
#[tokio::test]
async fn a_success_is_told_again_until_its_code_is_redeemed() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
    let response = cards[0].respond(&step);
    let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    assert_eq!(status, 200, "{done}");
    let again = [("auth_session", session(&step)), ("wait", "1")];
    for _ in 0..2 {
        assert_eq!(server.challenge(&again).await, (200, done.clone()), "the same, with the program's mark");
    }
    let (_, refused) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    assert_eq!(refused["failure"]["reason"], "already_answered", "one right answer, one code");
    let code = done["authorization_code"].as_str().unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "tws"),
        ("code", code),
        ("code_verifier", super::support::VERIFIER),
    ];
    assert_eq!(server.post("/oauth2/token", &form).await.0, 200);
    let (_, over) = server.challenge(&again).await;
    assert_eq!(over["failure"]["reason"], "already_answered", "redeemed: {over}");
}

/// What a program registered it may ask for, with a form of its own as by a browser.
#[tokio::test]
async fn a_program_that_registered_it_stays_logged_in() {
    let keeper = "[[clients]]\nid = \"keeper\"\nname = \"Keeper\"\nfirst_party = true\n[clients.oauth]\n\
                  scopes = [\"openid\", \"offline_access\"]\n";
    let server = Server::with(&format!("{}{keeper}", super::support::WIDE)).await;
    let mut cards = server.user("alice", 1).await;
    let offline = [("scope", "openid offline_access")];
    let (_, refused) = server.begin("alice", super::support::PASSWORD, &offline).await;
    assert_eq!(refused["error"], "invalid_scope", "TWS has not registered it: {refused}");
    let (_, step) = server
        .challenge(&[
            ("client_id", "keeper"),
            ("username", "alice"),
            ("password", super::support::PASSWORD),
            ("code_challenge", CHALLENGE),
            offline[0],
        ])
        .await;
    let response = cards[0].respond(&step);
    let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    assert_eq!(status, 200, "{done}");
    let code = done["authorization_code"].as_str().unwrap();
    let form =
        [("grant_type", "authorization_code"), ("client_id", "keeper"), ("code", code), ("code_verifier", VERIFIER)];
    let (_, tokens) = server.post("/oauth2/token", &form).await;
    assert_eq!(tokens["scope"], "openid offline_access", "{tokens}");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", "keeper"), ("refresh_token", refresh)];
    assert_eq!(server.post("/oauth2/token", &form).await.0, 200);
}

#[tokio::test]
async fn attempts_and_codes_expire() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
    server.advance(170);
    let (_, asked) = server.challenge(&[("auth_session", session(&step))]).await;
    assert!(asked["expires_in"].as_u64().unwrap() <= 10 && asked["next"] == step["next"]);
    server.advance(11);
    let response = cards[0].respond(&step);
    let (status, late) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    assert_eq!((status, late), (400, json!({ "error": "access_denied", "failure": { "reason": "expired" } })));

    let done = server.log_in("alice", &mut cards[0], &[]).await;
    server.advance(61);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "tws"),
        ("code_verifier", VERIFIER),
        ("code", done["authorization_code"].as_str().unwrap()),
    ];
    assert_eq!(server.post("/oauth2/token", &form).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_handle_belongs_to_its_client() {
    let server = Server::start().await;
    server.user("alice", 1).await;
    let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
    for (client, error) in
        [("other", "invalid_session"), ("nobody", "invalid_client"), ("portal", "unauthorized_client")]
    {
        let (status, refused) = server.challenge(&[("auth_session", session(&step)), ("client_id", client)]).await;
        assert_eq!((status, &refused["error"]), (400, &json!(error)));
    }
    let (_, mine) = server.challenge(&[("auth_session", session(&step)), ("client_id", "tws")]).await;
    assert_eq!(mine["next"], step["next"]);
}

/// Fifty tasks answer one challenge with the right response at once: it is accepted once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_right_answers_at_once_are_accepted_once() {
    let server = std::sync::Arc::new(Server::start().await);
    let mut cards: Vec<Card> = server.user("alice", 1).await;
    let (_, step) = server.begin("alice", super::support::PASSWORD, &[]).await;
    let response = cards[0].respond(&step);
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (server, handle, response) = (server.clone(), session(&step).to_owned(), response.clone());
            tokio::spawn(async move { server.challenge(&[("auth_session", &handle), ("response", &response)]).await })
        })
        .collect();
    let (mut accepted, mut late) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            (200, done) => accepted += usize::from(done["authorization_code"].is_string()),
            (_, refused) => late += usize::from(refused["failure"]["reason"] == "already_answered"),
        }
    }
    assert_eq!((accepted, late), (1, 49));
}
