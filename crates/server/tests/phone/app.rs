//! What the app asks for itself, codes that are scanned, and the platform's authenticator in place of a PIN.

use super::{
    phones::{PIN, activate, ask, awaiting, refused, shown, slug},
    support::{CHALLENGE, PASSWORD, Server, VERIFIER, session},
    tampering::Hand,
};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_client::phone::Phone;
use oidc::jwk::PublicKey;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wire::phone::{Pending, typ};

async fn alice() -> (Hand, Phone) {
    let server = Server::start().await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    (Hand::of(server, &phone).await, phone)
}

/// Asks for the app's own session.
async fn unlock(hand: &Hand) -> Pending {
    let request = json!({ "device": hand.device, "what": { "type": "login" }, "at": hand.now() });
    let jws = hand.key.sign(typ::REQUEST, &request).unwrap();
    let (status, pending) = hand.send("/api/phone/v1/confirmations", &jws).await;
    assert_eq!(status, 201, "{pending}");
    serde_json::from_value(pending).unwrap()
}

async fn finish(hand: &Hand, id: &str) -> (u16, Value, Option<String>) {
    let body = json!({ "device": hand.device, "confirmation": id, "at": hand.now() });
    let jws = hand.key.sign(typ::FINISH, &body).unwrap();
    let answer = hand.posted(&format!("/api/phone/v1/confirmations/{id}/finish"), &jws).await;
    let cookie = answer.headers().get("set-cookie").map(|line| line.to_str().unwrap().to_owned());
    (answer.status().as_u16(), answer.json().await.unwrap(), cookie)
}

/// Whose the app's session is, as the app's page asks.
async fn whose(hand: &Hand, cookie: &str) -> (u16, Value) {
    let request = hand.server.http.get(format!("{}/app/session", hand.server.url));
    let answer = request.header("Cookie", cookie).header("Sec-Fetch-Site", "same-origin").send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn the_app_opens_its_own_session_once_for_half_a_day_without_idling() {
    let (hand, phone) = alice().await;
    let pending = unlock(&hand).await;
    assert_eq!(pending.operation["client_id"], "phone-app");
    let path = format!("/api/phone/v1/confirmations/{}/finish", pending.id);
    assert_eq!(finish(&hand, &pending.id).await.1["type"], "/problems/not-awaited", "not approved yet: {path}");
    assert_eq!(slug(phone.approve(&pending, "739186", None).await), "wrong-response");
    phone.approve(&pending, PIN, None).await.unwrap();
    let (status, done, cookie) = finish(&hand, &pending.id).await;
    assert_eq!((status, &done["type"]), (200, &json!("login")), "{done}");
    let cookie = cookie.expect("a session");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(finish(&hand, &pending.id).await.0, 404, "carried out once");

    let (status, mine) = whose(&hand, &cookie).await;
    assert_eq!((status, &mine["username"]), (200, &json!("alice")));
    let left = mine["expires_at"].as_i64().unwrap() - hand.server.app.now().unix_seconds();
    assert!(left > 0 && left <= 12 * 3600, "{left}");
    // Long past the time after which other sessions idle; the end itself may be the weekend's night.
    if left > 3600 {
        hand.server.advance(3600);
        assert_eq!(whose(&hand, &cookie).await.0, 200, "it does not idle");
    }
    hand.server.advance(12 * 3600);
    assert_eq!(whose(&hand, &cookie).await.0, 204, "half a day is the most");

    let elsewhere = hand.server.http.get(format!("{}/app/session", hand.server.url)).header("Cookie", &cookie);
    let elsewhere = elsewhere.header("Sec-Fetch-Site", "cross-site").send().await.unwrap();
    assert_eq!(elsewhere.status().as_u16(), 403);
}

#[tokio::test]
async fn what_the_phone_asks_itself_is_approved_in_time_and_stands_in_nobodys_way() {
    let (hand, phone) = alice().await;
    let pending = unlock(&hand).await;
    // A login meanwhile still reaches the phone.
    let step = awaiting(&hand.server, "alice", &[]).await;
    let listed: Vec<_> = phone.pending().await.unwrap();
    let login = listed.iter().find(|other| other.id != pending.id).expect("the login's request");
    let number = step["next"]["number"].as_str();
    phone.approve(login, PIN, number).await.unwrap();
    assert_eq!(ask(&hand.server, &step, "0").await.0, 200);

    phone.approve(&pending, PIN, None).await.unwrap();
    hand.server.advance(61);
    assert_eq!(finish(&hand, &pending.id).await.0, 404, "what nobody carried out in time is over");
    let late = unlock(&hand).await;
    hand.server.advance(181);
    assert_eq!(refused(phone.one(Some(&late.id)).await).1.as_deref(), Some("expired"));
}

#[tokio::test]
async fn a_code_on_the_login_page_is_scanned_instead_of_a_notification() {
    let (hand, phone) = alice().await;
    let step = awaiting(&hand.server, "alice", &[]).await;
    assert_eq!(step["next"]["fallback"], json!(["challenge_response", "qr"]));
    let chosen = [("auth_session", session(&step)), ("method", "qr")];
    let (_, asked) = hand.server.challenge(&chosen).await;
    assert_eq!(asked["next"]["step"], "qr", "{asked}");
    let again = hand.server.challenge(&chosen).await.1;
    assert_eq!(again["next"]["payload"], asked["next"]["payload"], "a page sent twice keeps its code");
    let payload = asked["next"]["payload"].as_str().unwrap();
    let (link, code) = payload.split_once("#login=").unwrap();
    assert_eq!(link, format!("{}/app/", hand.server.app.settings.issuer));
    let (id, token) = code.split_once('.').unwrap();
    assert!(phone.pending().await.unwrap().is_empty(), "the request is nowhere but on the page");
    let pending = phone.one(Some(id)).await.unwrap();
    assert!(pending.qr_required && !pending.number_required);
    assert_eq!(refused(phone.approve(&pending, PIN, None).await).1.as_deref(), Some("number"));
    assert_eq!(refused(phone.approve(&pending, PIN, Some("47")).await).1.as_deref(), Some("number"));
    phone.approve(&pending, PIN, Some(token)).await.unwrap();
    assert_eq!(ask(&hand.server, &step, "0").await.0, 200);

    // The code of another login is worth nothing here, and there is one try.
    let step = awaiting(&hand.server, "alice", &[]).await;
    let (_, asked) = hand.server.challenge(&[("auth_session", session(&step)), ("method", "qr")]).await;
    let (id, _) = asked["next"]["payload"].as_str().unwrap().split_once("#login=").unwrap().1.split_once('.').unwrap();
    let pending = phone.one(Some(id)).await.unwrap();
    assert_eq!(slug(phone.approve(&pending, PIN, Some(token)).await), "wrong-number");
    let (_, after) = ask(&hand.server, &step, "0").await;
    assert_eq!(after["next"]["step"], "respond", "the same attempt goes on with a challenge: {after}");
}

/// A wish that the answer before offered is taken with the device that it is for, wherever the attempt stands.
#[tokio::test]
async fn a_scan_may_be_wished_for_together_with_its_device() {
    let server = Server::start().await;
    let cards = server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let hand = Hand::of(server, &phone).await;
    let (_, begun) = hand.server.begin("alice", PASSWORD, &[]).await;
    assert_eq!(begun["next"]["step"], "choose_device", "{begun}");
    let wish = |device: &str| {
        let form = [("auth_session", session(&begun)), ("device_id", device), ("method", "qr")];
        let form = form.map(|(name, value)| (name, value.to_owned()));
        let server = &hand.server;
        async move {
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            server.challenge(&form).await
        }
    };
    let (status, refused) = wish(&cards[0].id).await;
    assert_eq!(status, 400);
    assert_ne!(refused["next"]["step"], "qr", "a card scans nothing: {refused}");
    let (_, asked) = wish(&hand.device).await;
    assert_eq!((&asked["next"]["step"], asked["failure"].is_null()), (&json!("qr"), true), "{asked}");
    let payload = asked["next"]["payload"].as_str().unwrap();
    let (id, token) = payload.split_once("#login=").unwrap().1.split_once('.').unwrap();
    assert!(phone.pending().await.unwrap().is_empty(), "nothing was pushed");
    let pending = phone.one(Some(id)).await.unwrap();
    phone.approve(&pending, PIN, Some(token)).await.unwrap();
    assert_eq!(ask(&hand.server, &begun, "0").await.0, 200);
}

/// A platform authenticator that says what it is told to.
struct Platform {
    key: EcdsaKeyPair,
    origin: String,
}

impl Platform {
    fn assertion(&self, challenge: &[u8], flags: u8, counter: u32) -> Value {
        let client = json!({
            "type": "webauthn.get", "challenge": URL_SAFE_NO_PAD.encode(challenge), "origin": self.origin,
            "crossOrigin": false,
        });
        let client = client.to_string();
        let mut data = Sha256::digest("localhost").to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "credential_id": "Y3JlZGVudGlhbA", "authenticator_data": URL_SAFE_NO_PAD.encode(&data),
            "client_data_json": URL_SAFE_NO_PAD.encode(&client), "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
        })
    }
}

const PRESENT_AND_VERIFIED: u8 = 0b101;

#[tokio::test]
async fn the_platforms_word_stands_in_place_of_a_pin() {
    let (hand, phone) = alice().await;
    let issuer = hand.server.app.settings.issuer.clone();
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let public = PublicKey::of_sec1(key.public_key().as_ref()).unwrap().jwk().to_string();
    let platform = Platform { key, origin: issuer.clone() };
    let device = hand.device.parse().unwrap();
    let written = hand.server.app.store.write(move |sql| {
        let name = domain::user::Username::parse("alice").unwrap();
        let user = store::user::by_name(sql, &name)?.unwrap().id;
        let credential = store::device::Credential { id: "Y3JlZGVudGlhbA".into(), key: public.clone(), counter: 7 };
        store::device::save_credential(sql, user, device, &credential)
    });
    written.await.unwrap();

    let step = awaiting(&hand.server, "alice", &[]).await;
    let (pending, number) = shown(&phone, &step).await;
    let mut statement = json!({
        "issuer": issuer, "confirmation": pending.id, "device": hand.device, "operation": pending.operation,
        "decision": "approve", "decided_at": hand.now(),
    });
    if let Some(number) = number {
        statement["number"] = number.into();
    }
    let digest: [u8; 32] = Sha256::digest(operation::canonical::canonical(&statement).unwrap()).into();
    let path = format!("/api/phone/v1/confirmations/{}/approve", pending.id);
    let other = Platform { key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(), origin: issuer };
    let away = Platform {
        key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
        origin: "https://a.test".into(),
    };
    for (what, body, member) in [
        ("a PIN proof", json!({ "statement": statement, "pin_proof": "12345678" }), "pin_proof"),
        ("nothing", json!({ "statement": statement }), "pin_proof"),
        ("an unverified user", with(&statement, platform.assertion(&digest, 0b001, 8)), "assertion"),
        ("an absent user", with(&statement, platform.assertion(&digest, 0b100, 8)), "assertion"),
        (
            "a counter that stands still",
            with(&statement, platform.assertion(&digest, PRESENT_AND_VERIFIED, 7)),
            "assertion",
        ),
        ("another statement", with(&statement, platform.assertion(&[0; 32], PRESENT_AND_VERIFIED, 8)), "assertion"),
        ("another authenticator", with(&statement, other.assertion(&digest, PRESENT_AND_VERIFIED, 8)), "assertion"),
        ("another site", with(&statement, away.assertion(&digest, PRESENT_AND_VERIFIED, 8)), "assertion"),
    ] {
        let (status, problem) = hand.send(&path, &hand.key.sign(typ::STATEMENT, &body).unwrap()).await;
        assert_eq!((status, &problem["reason"]), (422, &json!(member)), "{what}: {problem}");
    }
    let body = with(&statement, platform.assertion(&digest, PRESENT_AND_VERIFIED, 8));
    let (status, done) = hand.send(&path, &hand.key.sign(typ::STATEMENT, &body).unwrap()).await;
    assert_eq!((status, &done["outcome"]), (200, &json!("confirmed")), "{done}");
    let (status, _) = ask(&hand.server, &step, "0").await;
    assert_eq!(status, 200);
}

fn with(statement: &Value, assertion: Value) -> Value {
    json!({ "statement": statement, "assertion": assertion })
}

#[tokio::test]
async fn a_phone_asks_for_something_a_few_times_a_minute() {
    let (hand, _) = alice().await;
    let body = || json!({ "device": hand.device, "what": { "type": "login" }, "at": hand.now() });
    let asked = async || {
        let jws = hand.key.sign(typ::REQUEST, &body()).unwrap();
        let answer = hand.posted("/api/phone/v1/confirmations", &jws).await;
        (answer.status().as_u16(), answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned()))
    };
    for nth in 0..20 {
        assert_eq!(asked().await, (201, None), "{nth}");
    }
    assert_eq!(asked().await, (429, Some("10".to_owned())));
    hand.server.advance(10);
    assert_eq!(asked().await, (201, None));
}

#[tokio::test]
async fn the_apps_session_ends_with_the_phone_that_opened_it() {
    let (hand, phone) = alice().await;
    for (how, device) in [("suspend", &hand.device), ("revoke", &hand.device)] {
        let pending = unlock(&hand).await;
        phone.approve(&pending, PIN, None).await.unwrap();
        let cookie = finish(&hand, &pending.id).await.2.expect("a session");
        assert_eq!(whose(&hand, &cookie).await.0, 200);
        let (code, _, error) = hand.server.command(&["device", how, device, "--user", "alice", "--json"]).await;
        assert_eq!(code, 0, "{error}");
        assert_eq!(whose(&hand, &cookie).await.0, 204, "{how}");
        let _ = hand.server.command(&["device", "reactivate", device, "--user", "alice", "--json"]).await;
    }
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_the_session_that_it_gave() {
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let begun =
        [("client_id", "phone-app"), ("username", "alice"), ("password", PASSWORD), ("code_challenge", CHALLENGE)];
    let (_, step) = server.challenge(&begun).await;
    let response = cards[0].respond(&step);
    let (_, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
    let body = json!({ "code": done["authorization_code"], "code_verifier": VERIFIER });
    let posted = async || {
        let request = server.http.post(format!("{}/app/session", server.url)).header("Sec-Fetch-Site", "same-origin");
        let answer = request.json(&body).send().await.unwrap();
        let cookie = answer.headers().get("set-cookie").map(|line| line.to_str().unwrap().to_owned());
        (answer.status().as_u16(), cookie)
    };
    let (status, cookie) = posted().await;
    let cookie = cookie.unwrap_or_else(|| panic!("no session: {status}"));
    let alive = async || {
        let request = server.http.get(format!("{}/app/session", server.url)).header("Cookie", &cookie);
        request.header("Sec-Fetch-Site", "same-origin").send().await.unwrap().status().as_u16()
    };
    assert_eq!(alive().await, 200);
    assert!(posted().await.1.is_none(), "a code is good once");
    assert_eq!(alive().await, 204, "whoever brought it first may have been the thief");
}
