//! What was lost on the way may be asked for again: a refresh within a short while by whoever it is bound to
//! (RFC 9700, 4.14.2), and under FAPI 2.0 always, since nothing rotates there (Security Profile, 5.3.2.1).

use super::rig::{Browser, Key, basic, introspect, redemption, send, settings, start};
use super::support::{Card, Server};
use futures_util::future::join_all;
use oidc::client_auth::JWT_BEARER;
use serde_json::{Value, json};

const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

async fn refresh(server: &Server, client: &str, token: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let form = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    send(server, "/oauth2/token", &form, headers).await
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}"))
}

async fn lives(server: &Server, token: &str) -> bool {
    introspect(server, token).await["active"] == true
}

/// The tokens of a login as a client that proves itself by its secret.
async fn confidential(server: &Server, card: &mut Card) -> Value {
    let code = Browser::new(server).code("back", &OFFLINE, card).await;
    let (status, tokens) =
        send(server, "/oauth2/token", &redemption("back", &code), &[("authorization", &basic("back"))]).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

#[tokio::test]
async fn a_confidential_client_that_lost_an_answer_gets_another_within_a_minute() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let tokens = confidential(&server, &mut cards[0]).await;
    let old = text(&tokens, "refresh_token");
    let basic = basic("back");
    let headers = [("authorization", basic.as_str())];
    let (_, lost) = refresh(&server, "back", old, &headers).await;
    server.advance(30);
    let (status, again) = refresh(&server, "back", old, &headers).await;
    assert_eq!(status, 200, "{again}");
    for answer in [&lost, &again] {
        assert!(lives(&server, text(answer, "access_token")).await, "whichever answer arrived is good");
    }
    let (status, on) = refresh(&server, "back", text(&lost, "refresh_token"), &headers).await;
    assert_eq!(status, 200, "{on}");
    assert_eq!(refresh(&server, "back", text(&again, "refresh_token"), &headers).await.0, 200);
    server.advance(31);
    let (status, late) = refresh(&server, "back", old, &headers).await;
    assert_eq!((status, &late["error"]), (400, &json!("invalid_grant")), "{late}");
    assert!(text(&late, "error_description").contains("refresh token"), "{late}");
    for answer in [&tokens, &lost, &again, &on] {
        assert!(!lives(&server, text(answer, "access_token")).await, "so late it is a thief: all of the family dies");
    }
}

#[tokio::test]
async fn eight_refreshes_at_once_by_whoever_it_is_bound_to_are_eight_answers() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let tokens = confidential(&server, &mut cards[0]).await;
    let old = text(&tokens, "refresh_token");
    let basic = basic("back");
    let headers = [("authorization", basic.as_str())];
    let answers = join_all((0..8).map(|_| refresh(&server, "back", old, &headers))).await;
    for (status, answer) in &answers {
        assert_eq!(*status, 200, "{answer}");
        assert!(lives(&server, text(answer, "access_token")).await);
    }
}

#[tokio::test]
async fn a_public_client_with_a_key_may_ask_again_and_one_without_may_not() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let key = Key::new();
    let browser = Browser::new(&server);
    let proof = |jti: &str| key.proof(&server, ("POST", "/oauth2/token"), jti, None);
    let code = browser.code("bound", &OFFLINE, &mut cards[0]).await;
    let (_, tokens) = send(&server, "/oauth2/token", &redemption("bound", &code), &[("dpop", &proof("0"))]).await;
    let bound = text(&tokens, "refresh_token");
    assert_eq!(refresh(&server, "bound", bound, &[("dpop", &proof("1"))]).await.0, 200);
    assert_eq!(refresh(&server, "bound", bound, &[("dpop", &proof("2"))]).await.0, 200);
    let (_, without) = refresh(&server, "bound", bound, &[]).await;
    assert_eq!(without["error"], "invalid_dpop_proof", "what is missing is named: {without}");
    let other = Key::new().proof(&server, ("POST", "/oauth2/token"), "3", None);
    let (_, stolen) = refresh(&server, "bound", bound, &[("dpop", &other)]).await;
    assert_eq!(stolen["error"], "invalid_grant", "{stolen}");
    assert!(text(&stolen, "error_description").contains("DPoP key"), "{stolen}");

    let code = browser.code("rp", &OFFLINE, &mut cards[0]).await;
    let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let free = text(&tokens, "refresh_token");
    assert_eq!(refresh(&server, "rp", free, &[]).await.0, 200);
    assert_eq!(
        refresh(&server, "rp", free, &[]).await.1["error"],
        "invalid_grant",
        "nobody holds it but whoever has it"
    );
}

/// What a client under FAPI 2.0 sends with a form: its assertion.
fn asserted(server: &Server, key: &Key, client: &str, jti: &str) -> Vec<(String, String)> {
    let issuer = &server.app.settings.issuer;
    let exp = server.app.now().unix_seconds() + 60;
    let claims = json!({ "iss": client, "sub": client, "aud": issuer, "exp": exp, "jti": jti });
    let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
    vec![("client_assertion_type".to_owned(), JWT_BEARER.to_owned()), ("client_assertion".to_owned(), assertion)]
}

async fn ask(
    server: &Server,
    path: &str,
    form: &[(&str, &str)],
    proof: &[(String, String)],
    headers: &[(&str, &str)],
) -> (u16, Value) {
    let mut all: Vec<_> = proof.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend_from_slice(form);
    send(server, path, &all, headers).await
}

/// A code for `bank`, which is under FAPI 2.0, from a pushed request.
async fn bank_code(server: &Server, key: &Key, card: &mut Card, jti: &str) -> String {
    let parameters = super::rig::request("bank", &OFFLINE);
    let form: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (status, pushed) = ask(server, "/oauth2/par", &form, &asserted(server, key, "bank", jti), &[]).await;
    assert_eq!(status, 201, "{pushed}");
    let browser = Browser::new(server);
    let led = browser.get(&front("bank", text(&pushed, "request_uri"))).await;
    browser.log_in(&led, "alice", card).await.parameters()["code"].clone()
}

fn front(client: &str, request_uri: &str) -> String {
    let query = [("client_id", client), ("request_uri", request_uri)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("/oauth2/authorize?{query}")
}

#[tokio::test]
async fn under_fapi_nothing_rotates_and_a_code_lives_a_minute_whatever_the_setting() {
    let key = Key::new();
    let server = Server::with(&format!("{}\n[login]\ncode_life = \"10m\"\n", settings(&key, &[]))).await.at_work();
    let mut cards = server.user("alice", 1).await;
    let holder = Key::new();
    let proof = |jti: &str| holder.proof(&server, ("POST", "/oauth2/token"), jti, None);

    let code = bank_code(&server, &key, &mut cards[0], "1").await;
    let redeem = |code: String, jti: &'static str| {
        let (server, key, proof) = (&server, &key, proof(jti));
        async move {
            ask(
                server,
                "/oauth2/token",
                &redemption("bank", &code),
                &asserted(server, key, "bank", jti),
                &[("dpop", &proof)],
            )
            .await
        }
    };
    let (status, tokens) = redeem(code, "2").await;
    assert_eq!((status, &tokens["token_type"]), (200, &json!("DPoP")), "{tokens}");
    let token = text(&tokens, "refresh_token");
    for jti in ["3", "4"] {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let (status, next) =
            ask(&server, "/oauth2/token", &form, &asserted(&server, &key, "bank", jti), &[("dpop", &proof(jti))]).await;
        assert_eq!((status, next["refresh_token"].as_str()), (200, Some(token)), "{next}");
        assert!(lives(&server, text(&next, "access_token")).await);
        // Unused it may lie for 30 days, counted from its last use.
        server.advance(29 * 86_400);
    }

    let code = bank_code(&server, &key, &mut cards[0], "5").await;
    server.advance(61);
    let (status, late) = redeem(code, "6").await;
    assert_eq!((status, &late["error"]), (400, &json!("invalid_grant")), "{late}");
    assert!(text(&late, "error_description").contains("expired"), "{late}");
}

#[tokio::test]
async fn an_expired_request_uri_and_one_opened_elsewhere_are_refused() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let push = || async {
        let parameters = super::rig::request("rp", &[]);
        let form: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, pushed) = send(&server, "/oauth2/par", &form, &[]).await;
        assert_eq!(status, 201, "{pushed}");
        front("rp", text(&pushed, "request_uri"))
    };
    let old = push().await;
    server.advance(91);
    assert_eq!(Browser::new(&server).get(&old).await.status, 400, "expired");

    let (browser, other) = (Browser::new(&server), Browser::new(&server));
    let address = push().await;
    let head = server.http.head(format!("{}{address}", server.url)).send().await.unwrap();
    assert!(head.status().is_success() || head.status().is_redirection(), "{}", head.status());
    for visit in ["first", "again", "and again"] {
        let shown = browser.get(&address).await;
        assert!(shown.location.is_some_and(|to| to.starts_with("/login?request=")), "{visit}");
    }
    assert_eq!(other.get(&address).await.status, 400, "another browser's");
    // A page that is loaded again late in the login is still there; the request itself outlived its 90 seconds so.
    server.advance(600);
    assert_eq!(browser.get(&address).await.status, 303);
    server.advance(301);
    assert_eq!(browser.get(&address).await.status, 400, "and no longer than a request waits");
}

#[tokio::test]
async fn a_request_is_answered_once_whichever_of_its_pages_is_used() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let parameters = super::rig::request("rp", &[]);
    let form: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (_, pushed) = send(&server, "/oauth2/par", &form, &[]).await;
    let address = front("rp", text(&pushed, "request_uri"));
    let browser = Browser::new(&server);
    let (first, second) = (browser.get(&address).await, browser.get(&address).await);
    assert!(browser.log_in(&second, "alice", &mut cards[0]).await.parameters().contains_key("code"));
    assert_eq!(browser.get(&address).await.status, 400, "answered");
    let waiting = first.location.unwrap().replace("/login?request=", "/oauth2/authorize/continue?request=");
    assert_eq!(browser.get(&waiting).await.status, 400, "and so is its other page");
}

/// A proof counts as used only beside something of worth: what a stranger sends leaves nothing behind, so the very same
/// proof is as new the next time.
#[tokio::test]
async fn a_strangers_proof_is_not_noted_and_one_beside_a_real_code_or_token_is_good_once() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let key = Key::new();
    for (path, form) in [
        ("/oauth2/token", vec![("client_id", "rp")]),
        ("/oauth2/token", redemption("rp", "no-code")),
        ("/oauth2/token", vec![("client_id", "rp"), ("grant_type", "refresh_token"), ("refresh_token", "none")]),
        ("/oauth2/revoke", vec![("client_id", "rp")]),
        ("/oauth2/revoke", vec![("client_id", "rp"), ("token", "none")]),
    ] {
        let proof = key.proof(&server, ("POST", path), path, None);
        let mut answers = Vec::new();
        for _ in 0..2 {
            answers.push(send(&server, path, &form, &[("dpop", &proof)]).await);
        }
        assert_eq!(answers[0], answers[1], "{path} {form:?}");
        assert_ne!(answers[1].1["error"], "invalid_dpop_proof", "{path} {form:?}");
    }
    let browser = Browser::new(&server);
    let (first, second) =
        (browser.code("rp", &OFFLINE, &mut cards[0]).await, browser.code("rp", &OFFLINE, &mut cards[0]).await);
    let proof = key.proof(&server, ("POST", "/oauth2/token"), "once", None);
    let headers = [("dpop", proof.as_str())];
    assert_eq!(send(&server, "/oauth2/token", &redemption("rp", &first), &headers).await.0, 200);
    let (_, replayed) = send(&server, "/oauth2/token", &redemption("rp", &second), &headers).await;
    assert_eq!(replayed["error"], "invalid_dpop_proof", "{replayed}");
    let fresh = key.proof(&server, ("POST", "/oauth2/token"), "twice", None);
    let (status, tokens) = send(&server, "/oauth2/token", &redemption("rp", &second), &[("dpop", &fresh)]).await;
    assert_eq!(status, 200, "the replay used the code up: {tokens}");
}
