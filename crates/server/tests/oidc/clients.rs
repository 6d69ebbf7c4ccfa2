//! How clients prove themselves, and what discovery promises.

use super::rig::{Browser, Key, SECRET, basic, redemption, send, start};
use serde_json::{Value, json};

#[tokio::test]
async fn a_secret_counts_only_the_registered_way() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let code = browser.code("back", &[], &mut cards[0]).await;
    let form = redemption("back", &code);
    assert_eq!(send(&server, "/oauth2/token", &form, &[]).await.1["error"], "invalid_client", "no secret");
    let wrong = "Basic YmFjazp3cm9uZw==";
    let (status, refused) = send(&server, "/oauth2/token", &form, &[("authorization", wrong)]).await;
    assert_eq!((status, &refused["error"]), (401, &json!("invalid_client")));
    let mut posted = form.clone();
    posted.push(("client_secret", SECRET));
    assert_eq!(send(&server, "/oauth2/token", &posted, &[]).await.1["error"], "invalid_client", "not this way");
    let both = send(&server, "/oauth2/token", &posted, &[("authorization", &basic("back"))]).await;
    assert_eq!(both.1["error"], "invalid_request", "two ways at once");
    let (status, tokens) = send(&server, "/oauth2/token", &form, &[("authorization", &basic("back"))]).await;
    assert_eq!(status, 200, "{tokens}");
}

#[tokio::test]
async fn an_assertion_is_good_once_and_every_forgery_never() {
    let key = Key::new();
    let server = start(&key).await;
    let now = server.app.now().unix_seconds();
    let issuer = server.app.settings.issuer.clone();
    let claims = |jti: &str| json!({ "iss": "signer", "sub": "signer", "aud": issuer, "exp": now + 60, "jti": jti });
    let call = |assertion: String| {
        let server = &server;
        async move {
            let form = [
                ("token", "x"),
                ("client_assertion_type", oidc::client_auth::JWT_BEARER),
                ("client_assertion", assertion.as_str()),
            ];
            send(server, "/oauth2/revoke", &form, &[]).await
        }
    };
    let header = json!({ "alg": "ES256" });
    let good = key.sign(&header, &claims("1"));
    assert_eq!(call(good.clone()).await.0, 200);
    assert_eq!(call(good).await.1["error"], "invalid_client", "replayed");
    let mut elsewhere = claims("2");
    elsewhere["aud"] = json!(format!("{issuer}/oauth2/token"));
    let unsigned = {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(json!({ "alg": "none" })), part(claims("3")))
    };
    let symmetric = {
        let secret = jsonwebtoken::EncodingKey::from_secret(key.public().to_string().as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims("4"), &secret).unwrap()
    };
    for bad in [
        key.sign(&header, &elsewhere),
        Key::new().sign(&header, &claims("5")),
        key.sign(&json!({ "alg": "ES256", "crit": ["x"] }), &claims("6")),
        unsigned,
        symmetric,
    ] {
        assert_eq!(call(bad.clone()).await.1["error"], "invalid_client", "{bad}");
    }
}

#[tokio::test]
async fn every_endpoint_that_is_advertised_is_there() {
    let server = start(&Key::new()).await;
    let get = |path: String| server.http.get(path).send();
    let discovery: Value =
        get(format!("{}/.well-known/openid-configuration", server.url)).await.unwrap().json().await.unwrap();
    let issuer = discovery["issuer"].as_str().unwrap();
    assert_eq!(issuer, server.app.settings.issuer);
    let mut endpoints = 0;
    for (name, value) in discovery.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = value.as_str().unwrap().strip_prefix(issuer).unwrap();
            let status = get(format!("{}{path}", server.url)).await.unwrap().status().as_u16();
            assert_ne!(status, 404, "{name}");
            endpoints += 1;
        }
    }
    assert!(endpoints >= 9, "{discovery}");
    assert_eq!(discovery["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(discovery["authorization_response_iss_parameter_supported"], true);
}
