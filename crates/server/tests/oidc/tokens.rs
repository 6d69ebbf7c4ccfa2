//! Refresh, DPoP, introspection, revocation, userinfo.

use super::rig::{Browser, Key, basic, introspect, redemption, send, start};
use super::support::Server;
use futures_util::future::join_all;
use serde_json::{Value, json};

const OFFLINE: [(&str, &str); 1] = [("scope", "openid profile offline_access")];

async fn refresh(server: &Server, client: &str, token: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let form = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    send(server, "/oauth2/token", &form, headers).await
}

#[tokio::test]
async fn a_refresh_token_rotates_and_reuse_kills_the_family() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let code = Browser::new(&server).code("rp", &OFFLINE, &mut cards[0]).await;
    let (_, first) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let old = first["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(&server, "other-rp", old, &[]).await.1["error"], "invalid_grant", "another client's");
    let (status, second) = refresh(&server, "rp", old, &[]).await;
    assert_eq!((status, &second["scope"]), (200, &json!("openid profile offline_access")), "{second}");
    let new = second["refresh_token"].as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(introspect(&server, new).await, json!({ "active": false }), "no resource takes a refresh token");
    let access = second["access_token"].as_str().unwrap();
    assert_eq!(refresh(&server, "rp", old, &[]).await.1["error"], "invalid_grant");
    for token in [new, access, first["access_token"].as_str().unwrap()] {
        assert_eq!(introspect(&server, token).await, json!({ "active": false }));
    }
    assert_eq!(refresh(&server, "rp", new, &[]).await.1["error"], "invalid_grant", "the family is dead");
}

#[tokio::test]
async fn a_refresh_narrows_and_never_widens() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let code = Browser::new(&server).code("rp", &[("scope", "openid offline_access")], &mut cards[0]).await;
    let (_, first) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let token = first["refresh_token"].as_str().unwrap();
    let form =
        |scope| [("grant_type", "refresh_token"), ("client_id", "rp"), ("refresh_token", token), ("scope", scope)];
    let (_, wider) = server.post("/oauth2/token", &form("openid profile")).await;
    assert_eq!(wider["error"], "invalid_scope");
    let (status, narrower) = server.post("/oauth2/token", &form("openid")).await;
    assert_eq!((status, &narrower["scope"]), (200, &json!("openid")), "a refused one was not used up");
}

#[tokio::test]
async fn tokens_are_bound_to_the_key_that_was_proved() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let (key, other) = (Key::new(), Key::new());
    let code = browser.code("bound", &OFFLINE, &mut cards[0]).await;
    let at = ("POST", "/oauth2/token");
    let (_, refused) = server.post("/oauth2/token", &redemption("bound", &code)).await;
    assert_eq!(refused["error"], "invalid_dpop_proof", "this client must bind");
    let wrong_path = key.proof(&server, ("POST", "/oauth2/par"), "0", None);
    let (_, refused) = send(&server, at.1, &redemption("bound", &code), &[("dpop", &wrong_path)]).await;
    assert_eq!(refused["error"], "invalid_dpop_proof");
    let proof = key.proof(&server, at, "1", None);
    let two = [("dpop", proof.as_str()), ("dpop", proof.as_str())];
    assert_eq!(send(&server, at.1, &redemption("bound", &code), &two).await.1["error"], "invalid_dpop_proof");
    let (status, tokens) = send(&server, at.1, &redemption("bound", &code), &[("dpop", &proof)]).await;
    assert_eq!((status, &tokens["token_type"]), (200, &json!("DPoP")), "{tokens}");
    let access = tokens["access_token"].as_str().unwrap();
    let jkt = oidc::jwk::PublicKey::of(&key.public()).unwrap().thumbprint();
    assert_eq!(introspect(&server, access).await["cnf"], json!({ "jkt": jkt }));

    let user = |scheme: &str, proof: Option<String>| {
        let mut request = server.http.get(format!("{}/oauth2/userinfo", server.url));
        request = request.header("authorization", format!("{scheme} {access}"));
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        async { request.send().await.unwrap().status().as_u16() }
    };
    let at_user = ("GET", "/oauth2/userinfo");
    let good = key.proof(&server, at_user, "2", Some(access));
    assert_eq!(user("DPoP", Some(good.clone())).await, 200);
    assert_eq!(user("DPoP", Some(good)).await, 400, "the same proof again");
    assert_eq!(user("Bearer", None).await, 401, "a bound token without a proof");
    assert_eq!(user("DPoP", Some(other.proof(&server, at_user, "3", Some(access)))).await, 401, "another key");
    assert_eq!(user("DPoP", Some(key.proof(&server, at_user, "4", None))).await, 400, "without the token's hash");
    assert_eq!(user("DPoP", Some(key.proof(&server, ("POST", at_user.1), "5", Some(access)))).await, 400);

    let token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(&server, "bound", token, &[]).await.1["error"], "invalid_dpop_proof", "without the key");
    let theirs = other.proof(&server, at, "6", None);
    assert_eq!(refresh(&server, "bound", token, &[("dpop", &theirs)]).await.1["error"], "invalid_grant");
    let ours = key.proof(&server, at, "7", None);
    assert_eq!(refresh(&server, "bound", token, &[("dpop", &ours)]).await.0, 200);
    let replayed = key.proof(&server, at, "7", None);
    assert_eq!(refresh(&server, "bound", token, &[("dpop", &replayed)]).await.1["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn a_code_bound_by_dpop_jkt_needs_that_key() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let (key, other) = (Key::new(), Key::new());
    let jkt = oidc::jwk::PublicKey::of(&key.public()).unwrap().thumbprint();
    let code = Browser::new(&server).code("rp", &[("dpop_jkt", &jkt)], &mut cards[0]).await;
    for (n, key, status) in [("1", &other, 400), ("2", &key, 200)] {
        let proof = key.proof(&server, ("POST", "/oauth2/token"), n, None);
        let answer = send(&server, "/oauth2/token", &redemption("rp", &code), &[("dpop", &proof)]).await;
        assert_eq!(answer.0, status, "{}", answer.1);
    }
}

#[tokio::test]
async fn introspection_and_revocation() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let code = Browser::new(&server).code("rp", &OFFLINE, &mut cards[0]).await;
    let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let access = tokens["access_token"].as_str().unwrap();
    let known = introspect(&server, access).await;
    assert_eq!((&known["client_id"], &known["token_type"]), (&json!("rp"), &json!("Bearer")));
    assert_eq!(known["acr"], domain::login::ACR_TWO_FACTORS);
    assert!(known["exp"].is_i64() && known["auth_time"].is_i64());
    for unknown in ["", "x", &"x".repeat(5000)] {
        if !unknown.is_empty() {
            assert_eq!(introspect(&server, unknown).await, json!({ "active": false }));
        }
    }
    let ask = |headers: Vec<(&'static str, String)>, client: &'static str| {
        let server = &server;
        async move {
            let headers: Vec<_> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            send(server, "/oauth2/introspect", &[("token", access), ("client_id", client)], &headers).await
        }
    };
    assert_eq!(ask(vec![], "rp").await.1["error"], "invalid_client", "a public client cannot ask");
    assert_eq!(ask(vec![("authorization", "Basic eDp5".into())], "").await.0, 401);
    let (_, foreign) = ask(vec![("authorization", basic("back"))], "back").await;
    assert_eq!(foreign, json!({ "active": false }), "not its own, and no resource server");

    let revoke = |client: &'static str, token: String| {
        let server = &server;
        async move { send(server, "/oauth2/revoke", &[("token", &token), ("client_id", client)], &[]).await.0 }
    };
    assert_eq!(revoke("other-rp", access.to_owned()).await, 200);
    assert_eq!(introspect(&server, access).await["active"], true, "another client takes nothing back");
    assert_eq!(revoke("rp", "unknown".to_owned()).await, 200);
    assert_eq!(revoke("rp", tokens["refresh_token"].as_str().unwrap().to_owned()).await, 200);
    assert_eq!(introspect(&server, access).await, json!({ "active": false }), "the whole family");
    server.advance(1);
    let user = server.http.get(format!("{}/oauth2/userinfo", server.url)).bearer_auth(access).send().await.unwrap();
    assert_eq!(user.status().as_u16(), 401);
    assert!(user.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    let query = server.http.get(format!("{}/oauth2/userinfo?access_token={access}", server.url)).send().await.unwrap();
    assert_eq!(query.status().as_u16(), 401, "no token in a query");
}

#[tokio::test]
async fn userinfo_says_what_the_scope_allows() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    for (scope, named) in [("openid profile", true), ("openid", false)] {
        let code = browser.code("rp", &[("scope", scope)], &mut cards[0]).await;
        let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
        let url = format!("{}/oauth2/userinfo", server.url);
        let user = server.http.get(url).bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
        let user: Value = user.json().await.unwrap();
        assert!(user["sub"].is_string());
        assert_eq!(user["preferred_username"] == "alice", named, "{user}");
    }
}

#[tokio::test]
async fn of_two_redemptions_at_once_one_wins() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let granted = |answers: &[(u16, Value)]| answers.iter().filter(|(status, _)| *status == 200).count();
    for _ in 0..5 {
        let code = browser.code("rp", &OFFLINE, &mut cards[0]).await;
        let form = redemption("rp", &code);
        let answers = join_all((0..4).map(|_| server.post("/oauth2/token", &form))).await;
        assert_eq!(granted(&answers), 1, "{answers:?}");
        let (_, tokens) = answers.iter().find(|(status, _)| *status == 200).unwrap();
        let refused = answers.iter().filter(|(status, _)| *status != 200);
        assert!(refused.clone().all(|(_, answer)| answer["error"] == "invalid_grant"), "{answers:?}");
        assert_eq!(introspect(&server, tokens["access_token"].as_str().unwrap()).await["active"], false, "taken back");

        let code = browser.code("rp", &OFFLINE, &mut cards[0]).await;
        let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
        let token = tokens["refresh_token"].as_str().unwrap();
        let answers = join_all((0..4).map(|_| refresh(&server, "rp", token, &[]))).await;
        assert_eq!(granted(&answers), 1, "{answers:?}");
        assert_eq!(introspect(&server, tokens["access_token"].as_str().unwrap()).await["active"], false, "the family");
    }
}

#[tokio::test]
async fn of_two_uses_of_a_proof_or_a_pushed_request_at_once_one_wins() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let (browser, key) = (Browser::new(&server), Key::new());
    let code = browser.code("rp", &[], &mut cards[0]).await;
    let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let form = [("client_id", "rp"), ("token", tokens["access_token"].as_str().unwrap())];
    let proof = key.proof(&server, ("POST", "/oauth2/revoke"), "1", None);
    let headers = [("dpop", proof.as_str())];
    let answers = join_all((0..4).map(|_| send(&server, "/oauth2/revoke", &form, &headers))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1, "{answers:?}");
    let request = super::rig::request("rp", &[]);
    let form: Vec<_> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let (_, pushed) = server.post("/oauth2/par", &form).await;
    let path = format!("/oauth2/authorize?client_id=rp&request_uri={}", pushed["request_uri"].as_str().unwrap());
    let answers = join_all((0..4).map(|_| browser.get(&path))).await;
    assert_eq!(answers.iter().filter(|shown| shown.location.is_some()).count(), 1);
}

#[tokio::test]
async fn endpoints_of_clients_ask_for_their_proof_and_read_no_query() {
    let server = start(&Key::new()).await;
    let wrong = [("authorization", "Basic YmFjazp3cm9uZw==")];
    for path in ["/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke"] {
        let form = [("token", "x"), ("grant_type", "authorization_code"), ("code", "x")];
        let (status, refused) = send(&server, path, &form, &wrong).await;
        assert_eq!((status, &refused["error"]), (401, &json!("invalid_client")), "{path}");
        let query = format!("{path}?client_id=back&client_secret={}", super::rig::SECRET);
        let (status, refused) = send(&server, &query, &form, &[]).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_request")), "{path}: {refused}");
    }
}
