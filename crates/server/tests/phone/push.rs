//! A phone that sleeps is woken by way of a push service.

use super::{
    phones::{PIN, activate, ask, awaiting, refused, shown, slug},
    push_service::{Browser, endpoint, push_service},
    receiver::{Received, Receiver, Told},
    support::{Server, settled, until_next_try},
};
use crate::login::pages::{self, Shown};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign::notify::webpush::{Answer, Keys, Message, Policy, Target, Vapid, WebPush};
use countersign_client::phone::{Phone, PhoneError, SigningKey};
use domain::{Timestamp, audit::Kind, id::DeviceId, user::Username};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use wire::phone::{
    Decision,
    push::{SubscriptionKeys, SubscriptionState},
    typ,
};

const CONTACT: &str = "mailto:desk@bank.example";

fn settings(more: &str) -> String {
    format!("[push]\nenabled = true\ncontact = \"{CONTACT}\"\n{more}\n")
}

fn trying() -> String {
    settings("allow_insecure_loopback = true")
}

/// A server whose clock stands, a phone that is subscribed, and both ends of the push service.
struct Rig {
    server: Server,
    phone: Phone,
    service: Receiver,
    browser: Browser,
}

impl Rig {
    async fn start() -> Self {
        let server = Server::with(&trying()).await.at_work();
        server.user("alice", 0).await;
        let phone = activate(&server, "alice").await;
        let rig = Self { server, phone, service: push_service().await, browser: Browser::new() };
        rig.subscribe().await;
        rig
    }

    async fn subscribe(&self) {
        self.phone.subscribe(&endpoint(&self.service, "secret-token"), self.browser.keys()).await.unwrap();
    }

    async fn state(&self) -> Option<SubscriptionState> {
        self.phone.push_state().await.unwrap().subscription
    }

    async fn last_result(&self) -> Option<String> {
        self.state().await.unwrap().last_result
    }

    /// A login that awaits the phone.
    async fn login(&self) -> Value {
        awaiting(&self.server, "alice", &[]).await
    }

    async fn audited(&self, kind: Kind) -> Vec<Value> {
        let entries = self.server.app.store.read(|sql| {
            let user = store::user::by_name(sql, &Username::parse("alice").unwrap())?.unwrap();
            store::audit::latest(sql, Some(user.id), 200)
        });
        let rows = entries.await.unwrap().into_iter().filter(|entry| entry.kind == kind.name());
        rows.map(|row| serde_json::from_str(&row.detail).unwrap()).collect()
    }
}

/// The claims of a push's VAPID token, which must be signed by the key that the phone was told.
fn vapid(push: &Received, server_key: &str, now: Timestamp) -> Value {
    let header = push.header("authorization");
    let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(",k=").unwrap();
    assert_eq!(key, server_key);
    let point = URL_SAFE_NO_PAD.decode(key).unwrap();
    let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    let key = jsonwebtoken::DecodingKey::from_ec_components(&text(&point[1..33]), &text(&point[33..])).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims;
    let life = claims["exp"].as_i64().unwrap() - now.unix_seconds();
    assert!((1..=24 * 3600).contains(&life), "{life}");
    claims
}

/// What the page of a login that awaits the phone says, and whether a program is told that nothing was sent.
async fn said(server: &Server) -> (Shown, Value) {
    let page = pages::Browser::new(server).password("alice").await;
    assert!(page.has("Approve on your phone"), "{}", page.text);
    server.advance(1);
    let told = awaiting(server, "alice", &[]).await;
    (page, told["next"]["silent"].clone())
}

#[tokio::test]
async fn what_is_said_to_be_sent_was_sent() {
    let sent = "We sent a notification to your phone";
    let opened = "Open the app on your phone";
    let rig = Rig::start().await;
    let (page, silent) = said(&rig.server).await;
    assert!(page.has(sent) && !page.has(opened), "{}", page.text);
    assert_eq!(silent, Value::Null);
    rig.phone.unsubscribe().await.unwrap();
    let (page, silent) = said(&rig.server).await;
    assert!(page.has(opened) && !page.has(sent), "{}", page.text);
    assert_eq!(silent, true);

    let off = Server::start().await;
    off.user("alice", 0).await;
    activate(&off, "alice").await;
    let (page, silent) = said(&off).await;
    assert!(page.has(opened) && !page.has(sent), "{}", page.text);
    assert_eq!(silent, true);
}

#[tokio::test]
async fn a_request_wakes_the_phone_and_says_only_which() {
    let rig = Rig::start().await;
    let before = rig.phone.push_state().await.unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(&before.server_key).unwrap().len(), 65);
    let fresh = SubscriptionState {
        origin: rig.service.url.clone(),
        created_at: rig.server.app.now().unix_seconds(),
        last_sent_at: None,
        last_result: None,
    };
    assert_eq!(before.subscription, Some(fresh.clone()));

    rig.server.advance(3);
    let step = rig.login().await;
    let (pending, number) = shown(&rig.phone, &step).await;
    let push = rig.service.wait_for(1).await.remove(0);
    let device = rig.phone.shelf().read().unwrap().device_id;
    let told = json!({ "v": 1, "kind": "request", "device": device, "confirmation": pending.id });
    assert_eq!(rig.browser.reads(&push), told);
    assert_eq!(push.path, "/wpush/v2/secret-token");
    assert_eq!(push.header("urgency"), "high");
    // The phone may have asked before it was sent, a moment later.
    assert!(["180", "179"].contains(&push.header("ttl")), "no longer than the request lives: {}", push.header("ttl"));
    let topic = push.header("topic").to_owned();
    assert!(topic.len() <= 32 && topic.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{topic}");
    let claims = vapid(&push, &before.server_key, rig.server.app.now());
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!(rig.service.url), &json!(CONTACT)));
    settled(&rig.server).await;
    let now = rig.server.app.now().unix_seconds();
    let after = SubscriptionState { last_sent_at: Some(now), last_result: Some("accepted".to_owned()), ..fresh };
    assert_eq!(rig.state().await, Some(after));
    assert!(!String::from_utf8_lossy(&rig.server.dump()).contains("secret-token"), "an endpoint is sealed");

    rig.phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    rig.login().await;
    let pushes = rig.service.wait_for(2).await;
    assert_eq!(pushes[1].header("topic"), topic, "a newer one takes the place of one that was not delivered");
    assert_ne!(pushes[0].body, pushes[1].body);
    assert_eq!(rig.audited(Kind::PushSubscribed).await.len(), 1);
}

#[tokio::test]
async fn what_the_push_service_answers_decides_what_follows() {
    let rig = Rig::start().await;
    // The answers, the waits between them, what is seen of it, and whether the subscription goes on.
    let cases: [(&[Told], &[u64], &str); 10] = [
        (&[(201, None)], &[], "accepted"),
        (&[(202, None)], &[], "accepted"),
        (&[(204, None)], &[], "accepted"),
        (&[(500, None), (502, None), (201, None)], &[1, 4], "accepted"),
        (&[(429, Some("7")), (503, Some("2")), (201, None)], &[7, 4], "accepted"),
        (&[(429, Some("600"))], &[], "unreachable"),
        (&[(413, None)], &[], "refused"),
        (&[(403, None)], &[], "refused"),
        (&[(307, None)], &[], "refused"),
        (&[(500, None); 4], &[1, 4, 16], "unreachable"),
    ];
    let mut sent = 0;
    for (answers, waits, result) in cases {
        rig.server.advance(20);
        rig.service.answers(answers);
        rig.phone.push_state().await.unwrap();
        rig.phone.test_push().await.unwrap();
        for (tries, seconds) in (1..).zip(waits) {
            until_next_try(&rig.server, tries, *seconds).await;
        }
        settled(&rig.server).await;
        sent += answers.len();
        assert_eq!(rig.service.received().len(), sent, "{answers:?}");
        assert_eq!(rig.last_result().await.as_deref(), Some(result), "{answers:?}");
    }
    let pushes = rig.service.received();
    assert!(pushes.iter().all(|push| push.path == "/wpush/v2/secret-token"), "no redirect is followed");
    assert_eq!(rig.browser.reads(&pushes[0])["kind"], "test");
    assert_eq!(pushes[0].header("ttl"), "60");
    assert_eq!(pushes[5].header("ttl"), "55", "less is left after five seconds");

    for gone in [404, 410] {
        rig.server.advance(60);
        rig.service.answers(&[(gone, None)]);
        rig.phone.push_state().await.unwrap();
        rig.subscribe().await;
        rig.phone.test_push().await.unwrap();
        settled(&rig.server).await;
        assert_eq!(rig.last_result().await.as_deref(), Some("gone"));
        assert_eq!(slug(rig.phone.test_push().await), "not-subscribed");
        let count = rig.service.received().len();
        rig.login().await;
        settled(&rig.server).await;
        assert_eq!(rig.service.received().len(), count, "it is over");
        rig.phone.deny(&rig.phone.one(None).await.unwrap(), Decision::Deny).await.unwrap();
    }
    let ended = rig.audited(Kind::PushEnded).await;
    assert_eq!(ended.iter().map(|row| row["because"].as_str().unwrap()).collect::<Vec<_>>(), ["gone", "gone"]);
}

#[tokio::test]
async fn nothing_is_sent_for_a_request_that_is_over_and_a_lost_push_stops_nobody() {
    let rig = Rig::start().await;
    // Approved after its push was lost: the phone asks by itself.
    rig.service.answers(&[(500, None)]);
    let step = rig.login().await;
    rig.service.wait_for(1).await;
    let (pending, number) = shown(&rig.phone, &step).await;
    rig.phone.approve(&pending, PIN, number.as_deref()).await.unwrap();
    assert_eq!(ask(&rig.server, &step, "0").await.0, 200);
    until_next_try(&rig.server, 1, 1).await;
    settled(&rig.server).await;
    assert_eq!(rig.service.received().len(), 1, "answered");

    // Withdrawn: the user takes a challenge instead.
    rig.service.answers(&[(500, None)]);
    let step = rig.login().await;
    rig.service.wait_for(2).await;
    let other = [("auth_session", super::support::session(&step)), ("method", "challenge_response")];
    let (_, step) = rig.server.challenge(&other).await;
    assert_eq!(step["next"]["step"], "respond", "{step}");
    until_next_try(&rig.server, 1, 1).await;
    settled(&rig.server).await;
    assert_eq!(rig.service.received().len(), 2, "withdrawn");

    // Never taken: tried within the life of the request, 180 s, and not after.
    rig.service.answers(&[(503, None); 20]);
    rig.login().await;
    for (tries, seconds) in (1..).zip([1, 4, 16, 64]) {
        until_next_try(&rig.server, tries, seconds).await;
    }
    settled(&rig.server).await;
    assert_eq!(rig.service.received().len(), 2 + 5);
}

#[tokio::test]
async fn a_subscription_ends_by_its_phone_and_with_it() {
    let rig = Rig::start().await;
    rig.phone.unsubscribe().await.unwrap();
    rig.phone.unsubscribe().await.unwrap();
    assert_eq!(rig.state().await, None);
    assert_eq!(slug(rig.phone.test_push().await), "not-subscribed");
    assert_eq!(rig.audited(Kind::PushEnded).await.len(), 1, "what is not there cannot end");

    rig.subscribe().await;
    let old: DeviceId = rig.phone.shelf().read().unwrap().device_id.parse().unwrap();
    // The code is the one that was sent last.
    rig.server.advance(1);
    let newer = activate(&rig.server, "alice").await;
    let app = rig.server.app.clone();
    let left = rig.server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &Username::parse("alice").unwrap())?.unwrap();
        store::push::one(sql, &app.sealer, user.id, old)
    });
    assert!(left.await.unwrap().is_none(), "it went with the phone that was replaced");
    assert!(newer.push_state().await.unwrap().subscription.is_none(), "the newer one says for itself");
    newer.subscribe(&endpoint(&rig.service, "another"), rig.browser.keys()).await.unwrap();
    newer.test_push().await.unwrap();
    assert_eq!(rig.service.wait_for(1).await[0].path, "/wpush/v2/another");

    let newest = newer.shelf().read().unwrap().device_id;
    let (code, _, error) = rig.server.command(&["device", "revoke", &newest, "--user", "alice"]).await;
    assert_eq!(code, 0, "{error}");
    assert_eq!(slug(newer.push_state().await), "unauthorized");
    let app = rig.server.app.clone();
    let left = rig.server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &Username::parse("alice").unwrap())?.unwrap();
        store::push::one(sql, &app.sealer, user.id, newest.parse().unwrap())
    });
    assert!(left.await.unwrap().is_none(), "it went with the phone that was revoked");
}

#[tokio::test]
async fn one_key_is_for_all_nodes_and_for_good() {
    let server = Server::with(&trying()).await;
    let key = server.app.push.as_ref().unwrap().server_key().to_owned();
    let other = server.another_node().await;
    assert_eq!(other.app.push.as_ref().unwrap().server_key(), key);
    drop(other);
    let server = server.restart().await;
    assert_eq!(server.app.push.as_ref().unwrap().server_key(), key);
}

#[tokio::test]
async fn what_a_phone_may_not_say_is_refused_for_its_reason() {
    let server = Server::with(&settings("")).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let keys = Browser::new().keys();
    for (endpoint, reason) in [
        ("http://127.0.0.1:9000/x", "endpoint_scheme"),
        ("http://localhost:9000/x", "endpoint_scheme"),
        ("https://127.0.0.1/x", "endpoint_number"),
        ("https://10.0.0.1/x", "endpoint_number"),
        ("https://localhost/x", "endpoint_service"),
        ("https://push.evil.example/x", "endpoint_service"),
        ("https://fcm.googleapis.com:8443/x", "endpoint_service"),
        ("https://user@fcm.googleapis.com/x", "endpoint_extra"),
        ("x", "endpoint_malformed"),
    ] {
        let (slug, why) = refused(phone.subscribe(endpoint, keys.clone()).await);
        assert_eq!((slug.as_str(), why.as_deref()), ("bad-request", Some(reason)), "{endpoint}");
    }
    let good = "https://fcm.googleapis.com/fcm/send/x";
    for (keys, member) in [
        (SubscriptionKeys { p256dh: URL_SAFE_NO_PAD.encode([4; 65]), ..keys.clone() }, "p256dh"),
        (SubscriptionKeys { auth: "AAAA".to_owned(), ..keys.clone() }, "auth"),
    ] {
        assert_eq!(refused(phone.subscribe(good, keys).await).1.as_deref(), Some(member));
    }
    let state = phone.shelf().read().unwrap();
    let (own, now) = (state.device_id.clone(), server.unix_now());
    let signed = Signed { server: &server, key: SigningKey::read(state.signing_key.expose()).unwrap(), state: &state };
    for (typ, body, reason) in [
        (typ::PUSH_END, json!({ "device": own, "at": now }), "body"),
        (typ::PUSH_TEST, json!({ "device": own, "at": now, "more": 1 }), "body"),
        (typ::PUSH_TEST, json!({ "device": DeviceId::from([9; 16]).to_string(), "at": now }), "device"),
        (typ::PUSH_TEST, json!({ "device": own, "at": now - 300 }), "at"),
        (typ::PUSH_TEST, json!({ "device": own, "at": now + 300 }), "at"),
    ] {
        let (status, problem) = signed.post("push-subscription/test", typ, &body).await;
        assert_eq!((status, problem["reason"].as_str()), (400, Some(reason)), "{body}");
    }
    let quiet = Server::start().await;
    quiet.user("bob", 0).await;
    let phone = activate(&quiet, "bob").await;
    assert_eq!(slug(phone.push_state().await), "no-push");
    assert_eq!(slug(phone.subscribe(good, keys).await), "no-push");
    assert_eq!(slug(phone.test_push().await), "no-push");
    phone.unsubscribe().await.unwrap();
}

/// A phone that signs anything.
struct Signed<'a> {
    server: &'a Server,
    key: SigningKey,
    state: &'a wire::phone_file::PhoneFile,
}

impl Signed<'_> {
    async fn post(&self, path: &str, typ: &str, body: &Value) -> (u16, Value) {
        let token = String::from_utf8(self.state.access_token.expose().to_vec()).unwrap();
        let path = format!("/api/phone/v1/{path}");
        let url = format!("{}{path}", self.server.app.settings.issuer);
        let request = self.server.http.post(format!("{}{path}", self.server.url));
        let request =
            request.header("DPoP", self.key.proof("POST", &url, Some(&token), self.server.unix_now()).unwrap());
        let request = request.header("Authorization", format!("DPoP {token}"));
        let request = request.header("Content-Type", "application/jose").body(self.key.sign(typ, body).unwrap());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn a_phone_asks_for_a_test_a_few_times_a_minute() {
    let rig = Rig::start().await;
    for _ in 0..5 {
        rig.phone.test_push().await.unwrap();
    }
    let Err(PhoneError::Refused(problem)) = rig.phone.test_push().await else { panic!("a sixth was taken") };
    assert_eq!((problem.status, problem.kind.as_str(), problem.retry_after), (429, "/problems/throttled", Some(20)));
    rig.server.advance(20);
    rig.phone.push_state().await.unwrap();
    rig.phone.test_push().await.unwrap();
    settled(&rig.server).await;
    assert_eq!(rig.service.received().len(), 6);
}

#[tokio::test]
async fn no_salt_and_no_key_is_used_twice_in_a_thousand_sends() {
    let (service, browser) = (push_service().await, Browser::new());
    let policy = Policy { services: Vec::new(), loopback: true };
    let keys = browser.keys();
    let target = Target {
        endpoint: policy.endpoint(&endpoint(&service, "x")).unwrap(),
        keys: Keys::parse(&keys.p256dh, &keys.auth).unwrap(),
    };
    let sender = WebPush::new(policy, CONTACT, &Vapid::new_key().unwrap()).unwrap();
    let message = Message { text: b"{}", ttl: Duration::from_secs(60), topic: "topic" };
    for _ in 0..1000 {
        let answer = sender.send(&target, &message, Timestamp::from_unix_seconds(1_700_000_000)).await;
        assert_eq!(answer, Answer::Accepted);
    }
    let received = service.received();
    let distinct = |range: std::ops::Range<usize>| {
        received.iter().map(|push| push.body[range.clone()].to_vec()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((received.len(), distinct(0..16), distinct(21..86)), (1000, 1000, 1000));
    assert_eq!(browser.reads(&received[999]), json!({}));
}
