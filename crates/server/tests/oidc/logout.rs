//! RP-initiated logout.

use super::rig::{Browser, Key, redemption, start};
use serde_json::json;

#[tokio::test]
async fn a_hint_ends_the_session_and_leads_only_where_the_client_registered() {
    let key = Key::new();
    let server = start(&key).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let code = browser.code("rp", &[], &mut cards[0]).await;
    let (_, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let forged = key.sign(&json!({ "alg": "ES256", "kid": "x" }), &super::authorize::claims(hint));
    for query in [
        format!("id_token_hint={hint}&post_logout_redirect_uri=https://evil.example/bye"),
        format!("id_token_hint={hint}&post_logout_redirect_uri=https://rp.example/bye/"),
        format!("id_token_hint={hint}&post_logout_redirect_uri=https://other-rp.example/bye"),
        format!("id_token_hint={hint}&client_id=other-rp"),
        format!("id_token_hint={forged}&post_logout_redirect_uri=https://rp.example/bye"),
        "post_logout_redirect_uri=https://rp.example/bye".to_owned(),
    ] {
        let shown = browser.get(&format!("/oauth2/logout?{query}")).await;
        assert_eq!((shown.status, shown.location), (400, None), "{query}");
    }
    let asked = browser.get("/oauth2/logout?client_id=rp&post_logout_redirect_uri=https://rp.example/bye").await;
    assert_eq!(asked.location.as_deref(), Some("/settings"), "without a hint the user decides");
    assert!(browser.authorize("rp", &[("prompt", "none")]).await.parameters().contains_key("code"), "still in");

    let query = format!("id_token_hint={hint}&post_logout_redirect_uri=https://rp.example/bye&state=a%26b");
    let gone = browser.get(&format!("/oauth2/logout?{query}")).await;
    assert_eq!(gone.location.as_deref(), Some("https://rp.example/bye?state=a%26b"));
    let after = browser.authorize("rp", &[("prompt", "none")]).await.parameters();
    assert_eq!(after["error"], "login_required");
}
