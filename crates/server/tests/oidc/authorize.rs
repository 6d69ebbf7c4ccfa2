//! `/oauth2/authorize` and `/oauth2/par`.

use super::{
    rig::{Browser, CALLBACK, Key, basic, introspect, redemption, request, send, settings, start},
    support::{CHALLENGE, Server, VERIFIER},
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_login_comes_back_with_code_state_and_issuer_and_the_next_needs_none() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let led = browser.authorize("rp", &[("scope", "openid profile")]).await;
    assert_eq!(led.status, 303);
    let back = browser.log_in(&led, "alice", &mut cards[0]).await;
    assert_eq!(back.status, 303, "{}", back.text);
    assert!(back.location.as_ref().unwrap().starts_with("https://rp.example/cb?code="));
    let parameters = back.parameters();
    assert_eq!((parameters["state"].as_str(), &parameters["iss"]), ("s&t", &server.app.settings.issuer));

    let (status, tokens) = server.post("/oauth2/token", &redemption("rp", &parameters["code"])).await;
    assert_eq!((status, &tokens["token_type"]), (200, &json!("Bearer")), "{tokens}");
    assert!(tokens["refresh_token"].is_null(), "offline_access was not asked for");
    let claims = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&claims["aud"], &claims["nonce"], &claims["preferred_username"]),
        (&json!("rp"), &json!("n"), &json!("alice"))
    );
    assert_eq!(claims["amr"], json!(["pwd", "otp", "pin", "mfa"]));
    assert!(claims["sid"].is_string() && claims["at_hash"].is_string());

    let silent = browser.authorize("other-rp", &[("prompt", "none")]).await.parameters();
    let (status, tokens) = server.post("/oauth2/token", &redemption("other-rp", &silent["code"])).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(super::authorize::claims(tokens["id_token"].as_str().unwrap())["auth_time"], claims["auth_time"]);
}

pub fn claims(jwt: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn an_unregistered_uri_gets_no_redirect() {
    let server = start(&Key::new()).await;
    let browser = Browser::new(&server);
    for uri in [
        "https://rp.example/cb/",
        "https://rp.example/CB",
        "https://rp.example/cb?x=1",
        "https://user@rp.example/cb",
        "https://rp.example.evil.example/cb",
        "http://rp.example/cb",
        "https://rp.example:443/cb",
        "http://localhost:1234/cb",
        "http://127.0.0.1:1234/other",
        "javascript:alert(1)",
        "",
    ] {
        let shown = browser.authorize("rp", &[("redirect_uri", uri)]).await;
        assert_eq!((shown.status, &shown.location), (400, &None), "{uri}");
    }
    let unknown = browser.authorize("nobody", &[]).await;
    assert_eq!((unknown.status, unknown.location), (400, None));
    let port = browser.authorize("rp", &[("redirect_uri", "http://127.0.0.1:51004/cb")]).await;
    assert!(port.location.unwrap().starts_with("/login?request="), "only a loopback port may differ");
}

#[tokio::test]
async fn each_bad_request_goes_back_with_its_error() {
    let server = start(&Key::new()).await;
    let browser = Browser::new(&server);
    let hint = Key::new().sign(&json!({ "alg": "ES256", "kid": "k" }), &json!({ "iss": "x", "sub": "y", "aud": "z" }));
    let level = |level: &str| format!(r#"{{"id_token":{{"acr":{{"essential":true,"value":"{level}"}}}}}}"#);
    for (more, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "id_token"), "unsupported_response_type"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("scope", "openid admin"), "invalid_scope"),
        (("prompt", "none"), "login_required"),
        (("prompt", "none login"), "invalid_request"),
        (("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"),
        (("response_mode", "fragment"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("claims", &level("urn:countersign:acr:better")), "unmet_authentication_requirements"),
        (("id_token_hint", &hint), "invalid_request"),
        (("authorization_details", "[]"), "invalid_authorization_details"),
    ] {
        let shown = browser.authorize("rp", &[more]).await;
        assert!(shown.location.as_ref().is_some_and(|to| to.starts_with(CALLBACK)), "{more:?} {}", shown.text);
        let parameters = shown.parameters();
        assert_eq!(parameters["error"], error, "{more:?}");
        assert_eq!((parameters["state"].as_str(), &parameters["iss"]), ("s&t", &server.app.settings.issuer));
    }
    for met in [level("urn:countersign:acr:two-factors"), r#"{"id_token":{"acr":{"value":"a-wish"}}}"#.to_owned()] {
        let shown = browser.authorize("rp", &[("claims", &met)]).await;
        assert!(shown.location.unwrap().starts_with("/login?request="));
    }
}

#[tokio::test]
async fn prompt_and_max_age_ask_again() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.code("rp", &[], &mut cards[0]).await;
    server.advance(120);
    let silent = |more: Vec<(&'static str, &'static str)>| {
        let browser = &browser;
        async move { browser.authorize("rp", &more).await.parameters() }
    };
    assert!(silent(vec![("prompt", "none"), ("max_age", "600")]).await.contains_key("code"));
    assert_eq!(silent(vec![("prompt", "none"), ("max_age", "60")]).await["error"], "login_required");
    for more in [("prompt", "login"), ("max_age", "60"), ("max_age", "0")] {
        let led = browser.authorize("rp", &[more]).await;
        let back = browser.log_in(&led, "alice", &mut cards[0]).await.parameters();
        let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &back["code"])).await;
        let age = server.app.now().unix_seconds()
            - claims(tokens["id_token"].as_str().unwrap())["auth_time"].as_i64().unwrap();
        assert!(age < 60, "{more:?}: a fresh login, not one {age} s ago");
        server.advance(120);
    }
    let led = browser.authorize("rp", &[("prompt", "login")]).await;
    let waiting = led.location.unwrap().replace("/login?", "/oauth2/authorize/continue?");
    let skipped = browser.get(&waiting).await;
    assert!(skipped.location.unwrap().starts_with("/login?request="), "the login cannot be skipped");
}

#[tokio::test]
async fn pushed_requests() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.code("rp", &[], &mut cards[0]).await;
    let push = |client: &'static str, more: Vec<(&'static str, &'static str)>| {
        let server = &server;
        async move {
            let form = request(client, &more);
            let form: Vec<_> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            server.post("/oauth2/par", &form).await
        }
    };
    let plain = browser.authorize("pusher", &[]).await.parameters();
    assert_eq!(plain["error"], "invalid_request", "this client must push");
    let (status, pushed) = push("pusher", vec![]).await;
    assert_eq!((status, &pushed["expires_in"]), (201, &json!(90)), "{pushed}");
    let uri = pushed["request_uri"].as_str().unwrap();
    let by = |client: &str| format!("/oauth2/authorize?client_id={client}&request_uri={uri}");
    assert!(browser.get(&by("pusher")).await.parameters().contains_key("code"));
    let again = browser.get(&by("pusher")).await;
    assert_eq!((again.status, again.location), (400, None), "once");

    for (client, wait) in [("rp", 0), ("pusher", 91)] {
        let (_, pushed) = push("pusher", vec![]).await;
        server.advance(wait);
        let uri = pushed["request_uri"].as_str().unwrap();
        let shown = browser.get(&format!("/oauth2/authorize?client_id={client}&request_uri={uri}")).await;
        assert_eq!((shown.status, shown.location), (400, None), "{client} after {wait} s");
    }
    for (more, error) in [
        (("request_uri", "urn:ietf:params:oauth:request_uri:x"), "invalid_request"),
        (("redirect_uri", "https://e.example/"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
    ] {
        let (status, refused) = push("rp", vec![more]).await;
        assert_eq!((status, &refused["error"]), (400, &json!(error)), "{more:?}");
    }
    assert_eq!(browser.get("/oauth2/par").await.status, 405);
    let (status, refused) = push("back", vec![]).await;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid_client")), "a secret is needed");
}

#[tokio::test]
async fn a_code_is_good_once_for_its_client_verifier_and_uri() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let code = browser.code("rp", &[], &mut cards[0]).await;
    for (at, to) in [(1, "other-rp"), (3, &VERIFIER.replace('d', "D")), (3, CHALLENGE), (4, "http://127.0.0.1/cb")] {
        let mut near_miss = redemption("rp", &code);
        near_miss[at].1 = to;
        let (status, refused) = server.post("/oauth2/token", &near_miss).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_grant")), "{near_miss:?}");
    }
    let (status, refused) = server.post("/oauth2/token", &redemption("rp", &code)[..4]).await;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid_grant")), "without its redirect_uri");
    let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(introspect(&server, token).await["active"], true);
    let (_, again) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    assert_eq!(again["error"], "invalid_grant");
    assert_eq!(introspect(&server, token).await, json!({ "active": false }), "its tokens die");
    let (_, password) = server.post("/oauth2/token", &[("grant_type", "password"), ("client_id", "rp")]).await;
    assert_eq!(password["error"], "unsupported_grant_type");
    let late = browser.code("rp", &[], &mut cards[0]).await;
    server.advance(server.app.settings.code_life.as_secs() + 1);
    let (_, refused) = send(&server, "/oauth2/token", &redemption("rp", &late), &[]).await;
    assert_eq!(refused["error"], "invalid_grant");
}

#[tokio::test]
async fn the_login_says_who_asks_in_a_language_that_the_client_wishes_and_the_user_may_choose() {
    let server = start(&Key::new()).await;
    let browser = Browser::new(&server);
    let page = |more: Vec<(&'static str, &'static str)>| {
        let browser = &browser;
        async move {
            let led = browser.authorize("rp", &more).await.location.unwrap();
            browser.get(&led).await
        }
    };
    assert!(page(vec![]).await.text.contains("rp asks you to log in."));
    let russian = page(vec![("ui_locales", "fr-CA ru-RU en")]).await;
    assert!(russian.text.contains("Войдите, чтобы продолжить в «rp»."), "{}", russian.text);
    let (csrf, request) = (russian.field("csrf"), russian.field("request"));
    let form = [("csrf", csrf.as_str()), ("request", &request), ("username", "nobody"), ("password", "wrong")];
    let wrong = browser.step("/login", &form).await;
    assert!(wrong.status == 403 && wrong.text.contains("Войдите, чтобы продолжить в «rp»."), "{}", wrong.text);
    let chosen = browser.post("/language", &[("csrf", &csrf), ("lang", "en"), ("back", "/login")]).await;
    assert_eq!(chosen.status, 303);
    assert!(page(vec![("ui_locales", "ru")]).await.text.contains("rp asks you to log in."), "the user's choice counts");
    assert!(!browser.get("/login").await.text.contains("asks you"), "nobody asks");
}

#[tokio::test]
async fn strangers_may_not_have_requests_kept_without_end() {
    let settings = settings(&Key::new(), &[]).replace("address_burst = 100000", "address_burst = 6");
    let settings = settings.replace("address_per_second = 1000", "address_per_second = 1");
    let server = Server::with(&settings).await;
    let query = |client| form_urlencoded::Serializer::new(String::new()).extend_pairs(request(client, &[])).finish();
    let get = async |client| {
        let url = format!("{}/oauth2/authorize?{}", server.url, query(client));
        let answer = server.http.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
    };
    let push = async |client: &str, headers: &[(&str, &str)]| {
        let form = request(client, &[]);
        let mut post = server.http.post(format!("{}/oauth2/par", server.url)).form(&form);
        for (name, value) in headers {
            post = post.header(*name, *value);
        }
        let answer = post.send().await.unwrap();
        (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
    };
    for _ in 0..3 {
        assert_eq!(get("rp").await, (303, false));
        assert_eq!(push("pusher", &[]).await, (201, false));
    }
    assert_eq!(get("rp").await, (429, true));
    assert_eq!(get("back").await, (429, true), "whoever it says to be for");
    assert_eq!(push("pusher", &[]).await, (429, true));
    assert_eq!(push("back", &[("authorization", &basic("back"))]).await.0, 201, "a client that proved itself");
    server.advance(1);
    assert_eq!(get("rp").await, (303, false));
}
