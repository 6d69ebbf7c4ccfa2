//! The keys that sign tokens: replaced under load, by command, with an overlap; and what is not signed by them.

use super::{
    authorize::claims,
    rig::{Browser, Key, jwks, redemption, start, verified},
    support::{Card, Server, until},
};
use countersign::{flow::oidc::keys, signing::OVERLAP};
use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, jwk::JwkSet};
use oidc::client::SigningAlg;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

/// An ID token for a client from the browser's session.
async fn id_token(browser: &Browser<'_>, client: &str, card: &mut Card) -> String {
    let code = browser.code(client, &[], card).await;
    let (status, tokens) = browser.server.post("/oauth2/token", &redemption(client, &code)).await;
    assert_eq!(status, 200, "{tokens}");
    tokens["id_token"].as_str().unwrap().to_owned()
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

fn kids(keys: &JwkSet) -> Vec<&str> {
    keys.keys.iter().map(|key| key.common.key_id.as_deref().unwrap()).collect()
}

/// The published keys, once they are such: a server hears within a second of what a command changed.
async fn published(server: &Server, wanted: impl Fn(&[&str]) -> bool) -> JwkSet {
    for _ in 0..500 {
        let keys = jwks(server).await;
        if wanted(&kids(&keys)) {
            return keys;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{:?}", kids(&jwks(server).await));
}

/// A relying party: keeps the keys, and asks again only for one it does not know.
struct Verifier<'a> {
    server: &'a Server,
    kept: RefCell<JwkSet>,
}

impl Verifier<'_> {
    async fn verify(&self, token: &str) {
        let kept = verified(self.server, &self.kept.borrow(), token, (Algorithm::ES256, "rp"));
        if kept.is_none() {
            let fetched = jwks(self.server).await;
            assert!(verified(self.server, &fetched, token, (Algorithm::ES256, "rp")).is_some(), "{}", kid(token));
            self.kept.replace(fetched);
        }
    }
}

#[tokio::test]
async fn no_token_fails_while_keys_are_replaced_under_load() {
    const ROUNDS: usize = 5;
    const PARTIES: usize = 8;
    let server = start(&Key::new()).await;
    let other_node = server.another_node().await.at_work();
    // Who had a token by which key.
    let seen: [RefCell<BTreeSet<String>>; PARTIES] = std::array::from_fn(|_| RefCell::default());
    let over = RefCell::new(false);
    // Time may leap only while nobody holds a code: it would be too old at once.
    let leap = tokio::sync::RwLock::new(());
    let verifier = Verifier { server: &server, kept: RefCell::new(jwks(&server).await) };
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    id_token(&browser, "rp", &mut cards[0]).await;
    let relying_parties = seen.iter().map(|seen| async {
        let mut card = cards[0].clone();
        while !*over.borrow() {
            let still = leap.read().await;
            let token = id_token(&browser, "rp", &mut card).await;
            drop(still);
            verifier.verify(&token).await;
            seen.borrow_mut().insert(kid(&token));
        }
    });
    let operator = async {
        for round in 0..ROUNDS {
            // The other node replaces it; this one has to hear of it.
            let app = Arc::clone(&other_node.app);
            let at_once = round % 2 == 1;
            let key = tokio::task::spawn_blocking(move || keys::rotate(&app, SigningAlg::Es256, at_once)).await;
            let key = key.unwrap().unwrap();
            if !at_once {
                let _leap = leap.write().await;
                server.advance(OVERLAP.as_secs());
            }
            // Each party must get one by each key: how often, is a matter of the machine.
            let all_have_it = async || seen.iter().all(|kids| kids.borrow().contains(&key.kid)).then_some(());
            until(&format!("round {round}: the new key signs for everybody"), all_have_it).await;
        }
        over.replace(true);
    };
    tokio::join!(join_all(relying_parties), operator);
    let kids: BTreeSet<String> = seen.iter().flat_map(|kids| kids.take()).collect();
    assert_eq!(kids.len(), ROUNDS + 1);
}

#[tokio::test]
async fn a_command_replaces_the_key_of_a_running_server_with_an_overlap() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let before = id_token(&browser, "rp", &mut cards[0]).await;
    let (code, made, complaint) = server.command(&["key", "rotate", "--json"]).await;
    assert_eq!((code, &made["state"], &made["alg"]), (0, &json!("next"), &json!("ES256")), "{complaint}");
    let new = made["kid"].as_str().unwrap();
    let early = published(&server, |kids| kids.contains(&new)).await;
    assert!(kids(&early).contains(&kid(&before).as_str()), "beside the one that signs");
    assert_eq!(kid(&id_token(&browser, "rp", &mut cards[0]).await), kid(&before), "and does not sign yet");
    let (code, _, complaint) = server.command(&["key", "rotate"]).await;
    assert!(code == 1 && complaint.contains("waiting already"), "{code} {complaint}");

    server.advance(OVERLAP.as_secs());
    let after = id_token(&browser, "rp", &mut cards[0]).await;
    assert_eq!(kid(&after), new);
    assert!(verified(&server, &early, &after, (Algorithm::ES256, "rp")).is_some(), "whoever asked before knows it");
    let late = jwks(&server).await;
    assert!(verified(&server, &late, &before, (Algorithm::ES256, "rp")).is_some(), "the old one is published still");
    // Its tokens have expired by then, with five minutes for clocks that differ.
    server.advance(server.app.settings.token_life.as_secs() + 301);
    assert!(!kids(&jwks(&server).await).contains(&kid(&before).as_str()), "and then drops out");
    let kept = server.http.get(format!("{}/oauth2/receipt-keys", server.url)).send().await.unwrap();
    assert!(kids(&kept.json().await.unwrap()).contains(&kid(&before).as_str()), "but for receipts");
    let gone = browser.get(&format!("/oauth2/logout?id_token_hint={before}&client_id=rp")).await;
    assert_ne!(gone.status, 400, "as a hint its tokens are taken for as long as the session lives");
}

#[tokio::test]
async fn a_key_that_leaked_is_out_at_once() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let leaked = kid(&id_token(&browser, "rp", &mut cards[0]).await);
    let (code, _, complaint) = server.command(&["key", "retire", &leaked]).await;
    assert!(code == 1 && complaint.contains("rotate first"), "{code} {complaint}");
    let (code, waiting, complaint) = server.command(&["key", "rotate", "--json"]).await;
    assert_eq!((code, &waiting["state"]), (0, &json!("next")), "{complaint}");
    let (code, retired, complaint) = server.command(&["key", "retire", &leaked, "--json"]).await;
    assert_eq!((code, &retired["state"]), (0, &json!("retired")), "{complaint}");
    // What it signed is believed no more.
    published(&server, |kids| !kids.contains(&leaked.as_str())).await;
    assert_eq!(kid(&id_token(&browser, "rp", &mut cards[0]).await), waiting["kid"].as_str().unwrap());
    let (code, promoted, _) = server.command(&["key", "rotate", "--at-once", "--json"]).await;
    assert_eq!((code, &promoted["state"]), (0, &json!("current")));
    assert_eq!(server.command(&["key", "retire", "unknown"]).await.0, 1);
    assert_eq!(server.command(&["key", "rotate", "--alg", "HS256"]).await.0, 2);
    let (_, listed, _) = server.command(&["key", "list", "--json"]).await;
    let state = |key: &Value| (key["kid"].as_str().unwrap().to_owned(), key["state"].as_str().unwrap().to_owned());
    let states: Vec<_> = listed.as_array().unwrap().iter().filter(|key| key["alg"] == "ES256").map(state).collect();
    let expected = [(&promoted["kid"], "current"), (&waiting["kid"], "retiring"), (&json!(leaked), "retired")];
    assert_eq!(states, expected.map(|(kid, state)| (kid.as_str().unwrap().to_owned(), state.to_owned())));
}

#[tokio::test]
async fn a_client_may_have_its_id_tokens_signed_by_rsa() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let token = id_token(&browser, "with-rsa", &mut cards[0]).await;
    let keys = jwks(&server).await;
    let claims = verified(&server, &keys, &token, (Algorithm::RS256, "with-rsa")).unwrap();
    assert_eq!((&claims["aud"], claims["at_hash"].is_string()), (&json!("with-rsa"), true));
    let curve = id_token(&browser, "rp", &mut cards[0]).await;
    assert!(verified(&server, &keys, &curve, (Algorithm::ES256, "rp")).is_some(), "both kinds are published");
    let (code, made, _) = server.command(&["key", "rotate", "--alg", "RS256", "--at-once", "--json"]).await;
    assert_eq!((code, &made["alg"]), (0, &json!("RS256")));
    let query = format!("id_token_hint={token}&post_logout_redirect_uri=https://with-rsa.example/bye");
    let gone = browser.get(&format!("/oauth2/logout?{query}")).await;
    assert_eq!(gone.location.as_deref(), Some("https://with-rsa.example/bye"), "as a hint it is known too");
}

#[tokio::test]
async fn a_hint_that_is_not_ours_is_refused() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let token = id_token(&browser, "rp", &mut cards[0]).await;
    let (kid, told) = (kid(&token), claims(&token));
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let key = jwks(&server).await.find(&kid).cloned().unwrap();
    let public = serde_json::to_value(&key).unwrap();
    let point = oidc::jwk::PublicKey::of(&public).unwrap().sec1();
    let symmetric = |secret: &[u8]| {
        let header = jsonwebtoken::Header { kid: Some(kid.clone()), ..jsonwebtoken::Header::default() };
        jsonwebtoken::encode(&header, &told, &jsonwebtoken::EncodingKey::from_secret(secret)).unwrap()
    };
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let mut other = told.clone();
    other["sub"] = json!("somebody-else");
    let forged = [
        format!("{}.{}.", part(&json!({ "alg": "none", "kid": kid })), part(&told)),
        format!("{}.{}.{signature}", part(&json!({ "alg": "none", "kid": kid })), part(&told)),
        symmetric(public.to_string().as_bytes()),
        symmetric(&point),
        symmetric(b""),
        Key::new().sign(&json!({ "alg": "ES256", "typ": "JWT", "kid": kid }), &told),
        format!("{header}.{}.{signature}", part(&other)),
        format!("{signed}."),
        signed.to_owned(),
    ];
    for forged in forged {
        let asked = browser.authorize("rp", &[("id_token_hint", &forged), ("prompt", "none")]).await;
        assert_eq!(asked.parameters()["error"], "invalid_request", "{forged}");
        let kept = browser.get(&format!("/oauth2/logout?id_token_hint={forged}")).await;
        assert_eq!((kept.status, kept.location), (400, None), "{forged}");
    }
    assert!(
        browser
            .authorize("rp", &[("id_token_hint", &token), ("prompt", "none")])
            .await
            .parameters()
            .contains_key("code")
    );
}

#[tokio::test]
async fn whoever_asks_for_keys_waits_for_no_database_and_may_keep_them() {
    let server = Server::start().await;
    let before = server.app.store.units();
    for path in ["/oauth2/jwks", "/oauth2/receipt-keys"] {
        for _ in 0..20 {
            let answer = server.http.get(format!("{}{path}", server.url)).send().await.unwrap();
            let kept = answer.headers()["cache-control"].to_str().unwrap().to_owned();
            let seconds: u64 = kept.strip_prefix("public, max-age=").unwrap().parse().unwrap();
            assert!(seconds > 0 && seconds < OVERLAP.as_secs(), "no longer than a key is published before it signs");
            assert!(!answer.json::<JwkSet>().await.unwrap().keys.is_empty());
        }
    }
    let after = server.app.store.units();
    assert_eq!((after - before).reads, 0);
}
