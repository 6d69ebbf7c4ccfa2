//! Headers by the grammar of their RFCs.

use super::{
    rig::{self, Browser, Key, redemption},
    support::Server,
};

async fn token(server: &Server) -> String {
    let mut cards = server.user("alice", 1).await;
    let code = Browser::new(server).code("rp", &[], &mut cards[0]).await;
    let (status, tokens) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    assert_eq!(status, 200, "{tokens}");
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn credentials_stand_behind_one_space_or_more() {
    let server = rig::start(&Key::new()).await;
    let token = token(&server).await;
    for (line, wanted) in [
        (format!("Bearer {token}"), 200),
        (format!("Bearer  {token}"), 200),
        (format!("bEARER      {token}"), 200),
        (format!("Bearer\t{token}"), 401),
        (format!("Bearer{token}"), 401),
        (format!("Bearer {token} {token}"), 401),
        (format!("Bearer {token}, Bearer {token}"), 401),
        (format!("Basic {token}"), 401),
        ("Bearer".to_owned(), 401),
    ] {
        let request = server.http.get(format!("{}/oauth2/userinfo", server.url));
        let answer = request.header("authorization", &line).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), wanted, "{line:?}");
    }
    let spaced = rig::basic("resource").replace(' ', "   ");
    let (status, _) =
        rig::send(&server, "/oauth2/introspect", &[("token", &token)], &[("authorization", &spaced)]).await;
    assert_eq!(status, 200, "a client's secret too");
}

/// Where no token was sent nothing was wrong with it (RFC 6750, 3.1): the schemes, and no error.
#[tokio::test]
async fn a_resource_without_a_token_is_refused_without_an_error() {
    let server = rig::start(&Key::new()).await;
    for (sent, error) in [(None, false), (Some("Bearer nonsense"), true)] {
        let mut request = server.http.get(format!("{}/oauth2/userinfo", server.url));
        if let Some(sent) = sent {
            request = request.header("authorization", sent);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{sent:?}");
        let header = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(header.starts_with("Bearer") && header.contains("DPoP"), "{header}");
        assert_eq!(header.contains("error="), error, "{sent:?}: {header}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["error"] == "invalid_token", error, "{sent:?}: {body}");
    }
}

/// A proof names the same address in every normal form of it, and no other.
#[tokio::test]
async fn a_proofs_address_is_compared_as_an_address() {
    let server = rig::start(&Key::new()).await;
    let key = Key::new();
    let issuer = server.app.settings.issuer.clone();
    let loud = issuer.replace("http://localhost", "HTTP://LocalHost");
    for (n, (htu, fits)) in [
        (format!("{issuer}/oauth2/token"), true),
        (format!("{loud}/oauth2/token?x#y"), true),
        (format!("{issuer}/x/../oauth2/./token"), true),
        (format!("{issuer}/oauth2/%74oken"), true),
        (format!("{issuer}/oauth2/token/"), false),
        (format!("{issuer}//oauth2/token"), false),
        (format!(" {issuer}/oauth2/token"), false),
        (issuer.replace("http://", "http:") + "/oauth2/token", false),
        (issuer.replace("http://", "http://me@") + "/oauth2/token", false),
        ("https://evil.example/oauth2/token".to_owned(), false),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = serde_json::json!({
            "jti": format!("n-{n}"), "htm": "POST", "htu": htu, "iat": server.app.now().unix_seconds(),
        });
        let header = serde_json::json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.public() });
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "rp"),
            ("code", "x"),
            ("code_verifier", super::support::VERIFIER),
        ];
        let (_, answer) = rig::send(&server, "/oauth2/token", &form, &[("dpop", &key.sign(&header, &claims))]).await;
        assert_eq!(answer["error"] != "invalid_dpop_proof", fits, "{htu}: {answer}");
    }
}
