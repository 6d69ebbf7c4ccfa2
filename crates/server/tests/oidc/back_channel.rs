//! Clients are told that a session ended (OpenID Connect Back-Channel Logout).

use super::{
    authorize::claims,
    receiver::{Received, Receiver},
    rig::{Browser, Key, introspect, jwks, redemption, settings, verified},
    support::{Card, Server, queued, settled, until_next_try},
};
use countersign::flow::messages::queue::{self, New};
use domain::audit::Actor;
use domain::{Secret, audit::Kind};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use std::time::Duration;
use store::delivery::{self, Delivery};

/// The settings of clients `rp` and `other-rp` that want to be told.
fn wanting(receiver: &Receiver) -> String {
    let told = |path: &str| format!("backchannel_logout_uri = \"{}/{path}\"", receiver.url);
    settings(&Key::new(), &[("rp", &told("rp")), ("other-rp", &told("other")), ("with-rsa", &told("with-rsa"))])
}

async fn start(receiver: &Receiver) -> Server {
    Server::with(&wanting(receiver)).await.at_work()
}

/// Tokens for a client from the browser's session.
async fn tokens(browser: &Browser<'_>, client: &str, scope: &str, card: &mut Card) -> Value {
    let code = browser.code(client, &[("scope", scope)], card).await;
    let (status, tokens) = browser.server.post("/oauth2/token", &redemption(client, &code)).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

async fn log_out(browser: &Browser<'_>, tokens: &Value) {
    let hint = tokens["id_token"].as_str().unwrap();
    let gone = browser.get(&format!("/oauth2/logout?id_token_hint={hint}")).await;
    assert_eq!(gone.location.as_deref(), Some("/login?notice=signed-out"));
}

/// The claims of a logout token, which one of the published keys must have signed for this use.
async fn logout_token(server: &Server, received: &Received, (alg, client): (Algorithm, &str)) -> Value {
    assert_eq!(received.header("content-type"), "application/x-www-form-urlencoded");
    let token = received.text().strip_prefix("logout_token=").unwrap();
    assert_eq!(jsonwebtoken::decode_header(token).unwrap().typ.as_deref(), Some("logout+jwt"));
    verified(server, &jwks(server).await, token, (alg, client)).expect("by a published key")
}

async fn given_up(server: &Server, user: &str) -> usize {
    let name = domain::user::Username::parse(user).unwrap();
    let entries = server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::audit::latest(sql, Some(user.id), 100)
    });
    entries.await.unwrap().iter().filter(|entry| entry.kind == Kind::DeliveryGivenUp.name()).count()
}

#[tokio::test]
async fn every_client_of_a_session_is_told_and_loses_its_tokens() {
    let receiver = Receiver::start(&[]).await;
    let server = start(&receiver).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let rp = tokens(&browser, "rp", "openid offline_access", &mut cards[0]).await;
    let other = tokens(&browser, "other-rp", "openid", &mut cards[0]).await;
    let rsa = tokens(&browser, "with-rsa", "openid", &mut cards[0]).await;
    let quiet = tokens(&browser, "quiet", "openid", &mut cards[0]).await;
    let unused = browser.code("other-rp", &[], &mut cards[0]).await;
    log_out(&browser, &other).await;

    let mut received = receiver.wait_for(3).await;
    received.sort_by(|a, b| a.path.cmp(&b.path));
    let expected = [
        ("/other", "other-rp", Algorithm::ES256, &other),
        ("/rp", "rp", Algorithm::ES256, &rp),
        ("/with-rsa", "with-rsa", Algorithm::RS256, &rsa),
    ];
    for (received, (path, client, alg, tokens)) in received.iter().zip(expected) {
        assert_eq!(received.path, path);
        let told = logout_token(&server, received, (alg, client)).await;
        let id = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!((&told["sub"], &told["sid"]), (&id["sub"], &id["sid"]));
        assert_eq!(told["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        assert!(told["nonce"].is_null() && told["jti"].as_str().unwrap().len() >= 16);
        assert!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap() <= 120);
    }
    settled(&server).await;
    assert_eq!(receiver.received().len(), 3, "each once, and nobody else");

    for tokens in [&rp, &other, &rsa, &quiet] {
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(introspect(&server, access).await, json!({ "active": false }));
    }
    let (_, late) = server.post("/oauth2/token", &redemption("other-rp", &unused)).await;
    assert_eq!(late["error"], "invalid_grant", "a code that was left over");
    let refresh = rp["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", "rp"), ("refresh_token", refresh)];
    assert_eq!(server.post("/oauth2/token", &form).await.0, 200, "what was granted for longer goes on");
}

#[tokio::test]
async fn trouble_is_tried_again_later_each_time_and_a_refusal_is_not() {
    // One logout each: which statuses it meets, and whether it is given up.
    let cases: [(&[u16], usize); 5] =
        [(&[204], 0), (&[400], 1), (&[500, 200], 0), (&[302, 307, 200], 0), (&[500; 8], 1)];
    let answers: Vec<u16> = cases.iter().flat_map(|(answers, _)| answers.iter().copied()).collect();
    let receiver = Receiver::start(&answers).await;
    let server = Server::with(&wanting(&receiver)).await.at_work();
    let mut cards = server.user("alice", 1).await;
    let (mut sent, mut lost) = (0, 0);
    for (answers, given_up_now) in cases {
        let browser = Browser::new(&server);
        let rp = tokens(&browser, "rp", "openid", &mut cards[0]).await;
        log_out(&browser, &rp).await;
        for tries in 1..answers.len() {
            next_try(&server, u32::try_from(tries).unwrap()).await;
        }
        settled(&server).await;
        (sent, lost) = (sent + answers.len(), lost + given_up_now);
        assert_eq!((receiver.received().len(), given_up(&server, "alice").await), (sent, lost), "{answers:?}");
    }
    let received = receiver.received();
    assert!(received.iter().all(|received| received.path == "/rp"), "no redirect is followed");
    assert_ne!(logout_claims(&received[2])["jti"], logout_claims(&received[3])["jti"], "sent later it is a new token");
}

/// Waits until the one that is queued waits again after so many tries, and lets that time pass.
async fn next_try(server: &Server, tries: u32) {
    until_next_try(server, tries, 4u64.pow(tries - 1)).await;
}

fn logout_claims(received: &Received) -> Value {
    claims(received.text().strip_prefix("logout_token=").unwrap())
}

#[tokio::test]
async fn a_session_that_ends_by_itself_or_by_its_owner_is_told_too() {
    let receiver = Receiver::start(&[]).await;
    let server = start(&receiver).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    tokens(&browser, "rp", "openid", &mut cards[0]).await;
    server.advance(server.app.settings.session_idle.as_secs() + 1);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    receiver.wait_for(1).await;

    let (one, other) = (Browser::new(&server), Browser::new(&server));
    let first = tokens(&one, "rp", "openid", &mut cards[0]).await;
    tokens(&other, "other-rp", "openid", &mut cards[0]).await;
    let sid = claims(first["id_token"].as_str().unwrap())["sid"].as_str().unwrap().to_owned();
    let page = other.get("/settings").await;
    let ended = other.post("/settings/sessions/end", &[("csrf", &page.field("csrf")), ("id", &sid)]).await;
    assert_eq!(ended.status, 303, "{}", ended.text);
    let received = receiver.wait_for(2).await;
    assert_eq!(logout_claims(&received[1])["sid"], sid.as_str());
    settled(&server).await;
    assert_eq!(receiver.received().len(), 2, "the other session goes on");
}

#[tokio::test]
async fn a_login_anew_takes_the_session_over_and_another_user_ends_it() {
    let receiver = Receiver::start(&[]).await;
    let server = start(&receiver).await;
    let mut alice = server.user("alice", 1).await;
    let mut bob = server.user("bob", 1).await;
    let browser = Browser::new(&server);
    let sid = |tokens: &Value| claims(tokens["id_token"].as_str().unwrap())["sid"].as_str().unwrap().to_owned();
    let first = tokens(&browser, "rp", "openid", &mut alice[0]).await;
    let other = tokens(&browser, "other-rp", "openid", &mut alice[0]).await;
    let held = browser.code("quiet", &[], &mut alice[0]).await;
    let code = browser.code("rp", &[("prompt", "login")], &mut alice[0]).await;
    let (_, again) = server.post("/oauth2/token", &redemption("rp", &code)).await;
    assert_ne!(sid(&again), sid(&first), "a new value at each login");
    assert!(queued(&server).await.is_empty() && receiver.received().is_empty(), "nothing ended");
    assert_eq!(introspect(&server, other["access_token"].as_str().unwrap()).await["active"], true);
    assert_eq!(server.post("/oauth2/token", &redemption("quiet", &held)).await.0, 200, "a code from before is good");

    log_out(&browser, &again).await;
    let told = receiver.wait_for(3).await;
    settled(&server).await;
    let mut told: Vec<_> =
        told.iter().map(|t| (t.path.clone(), logout_claims(t)["sid"].as_str().unwrap().to_owned())).collect();
    told.sort();
    let mut expected =
        [("/other".to_owned(), sid(&other)), ("/rp".to_owned(), sid(&first)), ("/rp".to_owned(), sid(&again))];
    expected.sort();
    assert_eq!(told, expected, "each by the name it knows the session by");
    assert_eq!(introspect(&server, other["access_token"].as_str().unwrap()).await["active"], false);

    let hers = tokens(&browser, "rp", "openid", &mut alice[0]).await;
    let led = browser.authorize("rp", &[("prompt", "login")]).await;
    browser.log_in(&led, "bob", &mut bob[0]).await;
    let told = receiver.wait_for(4).await;
    assert_eq!(logout_claims(&told[3])["sid"], sid(&hers).as_str());
}

#[tokio::test]
async fn of_two_nodes_one_sends() {
    let receiver = Receiver::start(&[]).await;
    let server = start(&receiver).await;
    let _node = server.another_node().await.at_work();
    let mut cards = server.user("alice", 1).await;
    let mut all = Vec::new();
    for _ in 0..12 {
        let browser = Browser::new(&server);
        let rp = tokens(&browser, "rp", "openid", &mut cards[0]).await;
        all.push((browser, rp));
    }
    for (browser, rp) in &all {
        log_out(browser, rp).await;
    }
    receiver.wait_for(all.len()).await;
    settled(&server).await;
    assert_eq!(receiver.received().len(), all.len());
}

#[tokio::test]
async fn asking_in_the_background_does_not_keep_a_session() {
    let server = super::rig::start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    browser.code("rp", &[], &mut cards[0]).await;
    let third = server.app.settings.session_idle.as_secs() / 3 + 1;
    for _ in 0..2 {
        server.advance(third);
        assert!(browser.authorize("rp", &[("prompt", "none")]).await.parameters().contains_key("code"));
    }
    server.advance(third);
    let after = browser.authorize("rp", &[("prompt", "none")]).await.parameters();
    assert_eq!(after["error"], "login_required", "nobody used it for as long as it may idle");
}

#[tokio::test]
async fn a_ping_carries_its_bearer_token_and_is_of_no_use_too_late() {
    let receiver = Receiver::start(&[]).await;
    let server = start(&receiver).await;
    let queue = |url: String, life: u64| {
        server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
            let (now, body) = (work.now, r#"{"auth_req_id":"a"}"#.to_owned());
            let new = New {
                user: None,
                kind: delivery::Kind::Ping,
                client: "rp",
                url: &url,
                bearer: Some(Secret::new("told-beforehand".to_owned())),
                body: body.clone(),
                expires_at: Some(now.plus(Duration::from_secs(life))),
            };
            Ok(queue::queue(work, new)?)
        })
    };
    queue(format!("{}/late", receiver.url), 0).await.unwrap();
    queue(format!("{}/ping", receiver.url), 60).await.unwrap();
    let received = receiver.wait_for(1).await;
    settled(&server).await;
    assert_eq!(receiver.received().len(), 1);
    assert_eq!((received[0].path.as_str(), received[0].header("content-type")), ("/ping", "application/json"));
    assert_eq!(received[0].header("authorization"), "Bearer told-beforehand");
    assert_eq!(received[0].text(), r#"{"auth_req_id":"a"}"#);
    let dump = server.dump();
    for secret in ["told-beforehand", "auth_req_id"] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is in the database");
    }
}

#[tokio::test]
async fn a_delivery_is_one_nodes_until_its_time_is_over() {
    // Nobody sends here but the test.
    let server = Server::with("").await;
    let queued_now = server.app.work::<_, store::Error, _>(Actor::Server, move |work| {
        let new = New {
            user: None,
            kind: delivery::Kind::Ping,
            client: "rp",
            url: "http://localhost:1/",
            bearer: None,
            body: "{}".to_owned(),
            expires_at: None,
        };
        Ok(queue::queue(work, new)?)
    });
    queued_now.await.unwrap();
    let now = server.app.now();
    let (lease, later) = (now.plus(Duration::from_secs(30)), now.plus(Duration::from_secs(60)));
    let seen = queued(&server).await.remove(0);
    let claim = |until| {
        let seen = seen.clone();
        server.app.store.write(move |sql| delivery::claim(sql, &seen, until))
    };
    let first = claim(lease).await.unwrap().unwrap();
    assert!(claim(later).await.unwrap().is_none(), "another node saw the same and came second");
    let due = |at| {
        let app = server.app.clone();
        server.app.store.read(move |sql| delivery::due(sql, &app.sealer, delivery::Kind::Ping, at, 9, 9))
    };
    assert!(due(now).await.unwrap().is_empty());
    let left = due(lease).await.unwrap().remove(0);
    assert_eq!(left.attempts, 1);
    let second = server.app.store.write(move |sql| delivery::claim(sql, &left, later)).await.unwrap().unwrap();
    let done = |held: Delivery| server.app.store.write(move |sql| delivery::done(sql, &held, now));
    assert!(!done(first).await.unwrap(), "who took too long has lost it");
    assert!(done(second).await.unwrap() && queued(&server).await.is_empty());
}
