//! Passkeys: made on the settings page and vouched for by another device, used at login with and without a username and
//! for a withdrawal, and removed.

use super::{
    authenticator::{Authenticator, SYNCED, options},
    support::{Card, PASSWORD, PIN, Server},
};
use crate::{
    oidc::{
        backchannel::{claims, sign_in},
        rig::{self, Browser, CALLBACK, Key, Shown, challenge},
    },
    phone::phones::notices,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What an authenticator does otherwise than it should.
type Change = fn(&mut Authenticator);

async fn start() -> Server {
    rig::start(&Key::new()).await
}

fn authenticator(server: &Server, flags: u8) -> Authenticator {
    Authenticator::at(&server.app.settings.issuer, flags)
}

async fn post(browser: &Browser<'_>, page: &Shown, path: &str, fields: &[(&str, &str)]) -> Shown {
    let csrf = page.field("csrf");
    let form: Vec<_> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(path, &form).await
}

fn to(shown: &Shown) -> &str {
    shown.location.as_deref().unwrap_or_else(|| panic!("{} {}", shown.status, shown.text))
}

/// Makes a passkey on the settings page; where that led.
async fn make(browser: &Browser<'_>, authenticator: &mut Authenticator, label: &str) -> Shown {
    let page = browser.get("/settings/passkeys").await;
    let credential = authenticator.make(&options(&page.text));
    post(browser, &page, "/settings/passkeys", &[("label", label), ("credential", &credential)]).await
}

/// The step of a device in an attempt, chosen where there is a choice.
async fn chosen(browser: &Browser<'_>, page: Shown, device: &str) -> Shown {
    if !page.text.contains("name=\"device\"") {
        return page;
    }
    let (csrf, attempt) = (page.field("csrf"), page.field("attempt"));
    browser.step("/login/device", &[("csrf", &csrf), ("attempt", &attempt), ("device", device)]).await
}

/// Makes a passkey, and has the card vouch for it.
async fn add(browser: &Browser<'_>, authenticator: &mut Authenticator, label: &str, card: &mut Card) {
    let made = make(browser, authenticator, label).await;
    let page = browser.get(to(&made)).await;
    let page = chosen(browser, page, &card.id).await;
    assert!(page.text.contains(label), "the page names it: {}", page.text);
    let digits = challenge(&page.text);
    assert!(digits.starts_with(['6', '7']), "a change of devices: {digits}");
    let (csrf, attempt) = (page.field("csrf"), page.field("attempt"));
    let response = card.answer(&digits, PIN);
    let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("response", &response)];
    let done = browser.step("/login/answer", &form).await;
    assert!(done.text.contains("The passkey is ready"), "{}", done.text);
}

/// The id of a device by its label, from the settings page.
async fn device(server: &Server, label: &str) -> String {
    let (name, label) = (domain::user::Username::parse("alice").unwrap(), label.to_owned());
    let devices = server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::device::of_user(sql, user.id)
    });
    let devices = devices.await.unwrap();
    devices.iter().find(|device| device.label == label && !device.state.ended()).unwrap().id.to_string()
}

/// Logs in by a passkey alone; where that led.
async fn alone(browser: &Browser<'_>, authenticator: &mut Authenticator) -> Shown {
    let page = browser.get("/login/passkey").await;
    let asked = options(&page.text);
    assert_eq!(asked["allowCredentials"], json!([]), "nothing tells whose passkeys there are");
    let credential = authenticator.sign(&asked);
    post(browser, &page, "/login/passkey", &[("credential", &credential)]).await
}

/// Answers the step of a passkey.
async fn answer(browser: &Browser<'_>, step: &Shown, authenticator: &mut Authenticator) -> Shown {
    let credential = authenticator.sign(&options(&step.text));
    let (csrf, attempt) = (step.field("csrf"), step.field("attempt"));
    browser.step("/login/assert", &[("csrf", &csrf), ("attempt", &attempt), ("credential", &credential)]).await
}

/// The step of a device in a new login by password.
async fn by_password<'a>(browser: &Browser<'a>, device: &str) -> Shown {
    let page = browser.get("/login").await;
    let begun = post(browser, &page, "/login", &[("username", "alice"), ("password", PASSWORD)]).await;
    let page = browser.get(to(&begun)).await;
    chosen(browser, page, device).await
}

/// The `amr` of the sessions, the latest first.
async fn amr(server: &Server) -> Vec<String> {
    let name = domain::user::Username::parse("alice").unwrap();
    let sessions = server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::session::open(sql, user.id)
    });
    let mut sessions = sessions.await.unwrap();
    sessions.sort_by_key(|session| std::cmp::Reverse(session.created_at));
    sessions.into_iter().map(|session| session.amr).collect()
}

#[tokio::test]
async fn a_passkey_is_added_used_with_and_without_a_username_and_removed() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let mut key = authenticator(&server, 0);
    add(&browser, &mut key, "Blue key", &mut cards[0]).await;
    assert_eq!(notices(&server).await.iter().filter(|told| *told == "notice-device-activated").count(), 1);
    let page = browser.get("/settings").await;
    assert!(page.text.contains("Blue key"), "{}", page.text);

    server.advance(1);
    let id = device(&server, "Blue key").await;
    let other = Browser::new(&server);
    let step = by_password(&other, &id).await;
    assert_eq!(options(&step.text)["allowCredentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(answer(&other, &step, &mut key).await.location.as_deref(), Some("/settings"));
    assert_eq!(amr(&server).await[0], "pwd hwk user mfa");

    server.advance(1);
    let third = Browser::new(&server);
    let done = alone(&third, &mut key).await;
    assert_eq!((done.status, to(&done)), (303, "/settings"));
    assert!(third.get("/settings").await.text.contains("alice"));
    assert_eq!(amr(&server).await[0], "hwk user mfa");
    // Whoever holds nothing but a passkey makes no other one.
    assert!(third.get("/settings/passkeys").await.text.contains("log in with your password"));
    let again = make(&browser, &mut key, "Again").await;
    assert_eq!(to(&again), "/settings/passkeys?said=known", "one credential is one device");

    let page = browser.get("/settings").await;
    let gone = post(&browser, &page, "/settings/devices/remove", &[("id", &id)]).await;
    assert_eq!(to(&gone), "/settings?said=removed");
    assert!(notices(&server).await.contains(&"notice-device-revoked".to_owned()));
    assert_eq!(third.get("/settings").await.status, 303, "what it opened has ended");
    let refused = alone(&Browser::new(&server), &mut key).await;
    assert!(to(&refused).starts_with("/login?said="), "{}", to(&refused));
}

#[tokio::test]
async fn a_synced_passkey_is_of_the_weaker_class_and_vouches_for_no_stronger_one() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let (mut synced, mut bound) = (authenticator(&server, SYNCED), authenticator(&server, 0));
    add(&browser, &mut synced, "Phone key", &mut cards[0]).await;
    server.advance(1);
    alone(&Browser::new(&server), &mut synced).await;
    assert_eq!(amr(&server).await[0], "swk user mfa");
    let id = device(&server, "Phone key").await;
    let asked = make(&browser, &mut bound, "Bound").await;
    let page = browser.get(to(&asked)).await;
    assert!(page.text.contains("Bound"), "{}", page.text);
    let tried = chosen(&browser, page, &id).await;
    assert!(!tried.text.contains("data-passkey"), "the weaker one is not asked: {}", tried.text);
}

#[tokio::test]
async fn what_is_made_elsewhere_or_otherwise_is_no_passkey_here() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let changes: [(&str, Change); 5] = [
        ("origin", |it| it.origin = "https://evil.example".to_owned()),
        ("rp id", |it| it.rp_id = "evil.example".to_owned()),
        ("frame", |it| it.cross_origin = true),
        ("not verified", |it| it.flags = 0b001),
        ("copied though it cannot be", |it| it.flags |= 0b1_0000),
    ];
    for (what, change) in changes {
        let mut key = authenticator(&server, 0);
        change(&mut key);
        assert_eq!(to(&make(&browser, &mut key, "Bad").await), "/settings/passkeys?said=failed", "{what}");
    }
    // For another browser's page, and twice for the same one.
    let thief = Browser::new(&server);
    let mut key = authenticator(&server, 0);
    let credential =
        key.make(&options(&thief.get("/login/passkey").await.text.replace("rpId", "rp")).as_object().map_or(
            Value::Null,
            |asked| {
                let mut asked = asked.clone();
                asked.insert("user".into(), json!({ "id": "AA" }));
                let selection = json!({ "userVerification": "required", "residentKey": "required" });
                asked.insert("authenticatorSelection".into(), selection);
                Value::Object(asked)
            },
        ));
    let page = browser.get("/settings/passkeys").await;
    let foreign =
        post(&browser, &page, "/settings/passkeys", &[("label", "Foreign"), ("credential", &credential)]).await;
    assert_eq!(to(&foreign), "/settings/passkeys?said=failed");
    for bad in ["", "{}", "nonsense"] {
        let answer = post(&browser, &page, "/settings/passkeys", &[("label", "Bad"), ("credential", bad)]).await;
        assert_eq!(to(&answer), "/settings/passkeys?said=failed", "{bad}");
    }
    let credential = key.make(&options(&page.text));
    for (label, told) in [(" ", "bad-label"), ("Digital Security Card+", "label-taken")] {
        let answer =
            post(&browser, &page, "/settings/passkeys", &[("label", label), ("credential", &credential)]).await;
        assert_eq!(to(&answer), format!("/settings/passkeys?said={told}"), "{label}");
    }
    server.advance(601);
    let late = post(&browser, &page, "/settings/passkeys", &[("label", "Late"), ("credential", &credential)]).await;
    assert_eq!(to(&late), "/settings/passkeys?said=failed", "the challenge is too old");
    server.advance(580);
    let page = browser.get("/settings/passkeys").await;
    let credential = key.make(&options(&page.text));
    server.advance(30);
    let stale = post(&browser, &page, "/settings/passkeys", &[("label", "Stale"), ("credential", &credential)]).await;
    assert_eq!(to(&stale), "/settings/passkeys", "the login is too long ago");
    assert!(browser.get("/settings/passkeys").await.text.contains("log in with your password"));
}

#[tokio::test]
async fn a_denied_passkey_never_was() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let mut key = authenticator(&server, 0);
    let made = make(&browser, &mut key, "Denied").await;
    let page = browser.get(to(&made)).await;
    let (csrf, attempt) = (page.field("csrf"), page.field("attempt"));
    let pending = alone(&Browser::new(&server), &mut key).await;
    assert!(to(&pending).starts_with("/login?said="), "nobody has vouched for it");
    browser.step("/login/decline", &[("csrf", &csrf), ("attempt", &attempt)]).await;
    assert!(to(&alone(&Browser::new(&server), &mut key).await).starts_with("/login?said="));
    // Its name and its credential are free again.
    add(&browser, &mut key, "Denied", &mut cards[0]).await;
    assert_eq!(to(&alone(&Browser::new(&server), &mut key).await), "/settings");
}

#[tokio::test]
async fn each_part_of_an_assertion_altered_is_refused() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let mut key = authenticator(&server, 0);
    add(&browser, &mut key, "Blue key", &mut cards[0]).await;
    let id = device(&server, "Blue key").await;
    let changes: [(&str, Change, Change); 7] = [
        ("origin", |it| it.origin = "https://evil.example".to_owned(), |_| ()),
        ("rp id", |it| it.rp_id = "evil.example".to_owned(), |_| ()),
        ("frame", |it| it.cross_origin = true, |it| it.cross_origin = false),
        ("not present", |it| it.flags = 0b100, |it| it.flags = 0b101),
        ("not verified", |it| it.flags = 0b001, |it| it.flags = 0b101),
        ("another kind", |it| it.flags |= SYNCED, |it| it.flags = 0b101),
        ("for another user", |it| it.user_handle = Some("AAAA".to_owned()), |_| ()),
    ];
    let (origin, rp_id, handle) = (key.origin.clone(), key.rp_id.clone(), key.user_handle.clone());
    for (what, alter, back) in changes {
        alter(&mut key);
        let refused = alone(&Browser::new(&server), &mut key).await;
        assert!(to(&refused).starts_with("/login?said="), "{what}: {}", to(&refused));
        let other = Browser::new(&server);
        let step = by_password(&other, &id).await;
        let wrong = answer(&other, &step, &mut key).await;
        assert!(wrong.text.contains("Login failed"), "{what}: {}", wrong.text);
        back(&mut key);
        (key.origin, key.rp_id, key.user_handle) = (origin.clone(), rp_id.clone(), handle.clone());
        // The right one clears what was counted.
        assert_eq!(answer(&other, &wrong, &mut key).await.location.as_deref(), Some("/settings"), "{what}");
    }
    // A good signature for another browser's page, for another attempt, without a user, and a second time.
    let (mine, theirs) = (Browser::new(&server), Browser::new(&server));
    let page = mine.get("/login/passkey").await;
    let credential = key.sign(&options(&page.text));
    let there = theirs.get("/login/passkey").await;
    let replayed = post(&theirs, &there, "/login/passkey", &[("credential", &credential)]).await;
    assert!(to(&replayed).starts_with("/login?said="), "{}", to(&replayed));
    key.user_handle = None;
    assert!(to(&alone(&Browser::new(&server), &mut key).await).starts_with("/login?said="));
    key.user_handle = handle;
    let credential = key.sign(&options(&page.text));
    let form = [("credential", credential.as_str())];
    assert_eq!(to(&post(&mine, &page, "/login/passkey", &form).await), "/settings");
    assert!(to(&post(&mine, &page, "/login/passkey", &form).await).starts_with("/login?said="), "once");
    let (one, two) = (Browser::new(&server), Browser::new(&server));
    let (first, second) = (by_password(&one, &id).await, by_password(&two, &id).await);
    let credential = key.sign(&options(&first.text));
    let (csrf, attempt) = (second.field("csrf"), second.field("attempt"));
    let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("credential", &credential)];
    assert!(two.step("/login/assert", &form).await.text.contains("Login failed"), "another attempt's");
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_told() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let mut key = authenticator(&server, 0);
    add(&browser, &mut key, "Blue key", &mut cards[0]).await;
    key.counter = 10;
    assert_eq!(to(&alone(&Browser::new(&server), &mut key).await), "/settings");
    key.counter = 5;
    assert!(to(&alone(&Browser::new(&server), &mut key).await).starts_with("/login?said="));
    assert!(notices(&server).await.contains(&"notice-passkey-copied".to_owned()));
    key.counter = 20;
    assert_eq!(to(&alone(&Browser::new(&server), &mut key).await), "/settings");
}

#[tokio::test]
async fn a_passkey_signs_the_withdrawal_that_the_page_shows() {
    let server = start().await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let mut key = authenticator(&server, 0);
    add(&browser, &mut key, "Blue key", &mut cards[0]).await;
    let id = device(&server, "Blue key").await;
    let page = asked(&browser, "150000.00").await;
    let step = chosen(&browser, page, &id).await;
    for shown in ["150,000.00\u{a0}USD", "Alice Example", "DE89370400440532013042"] {
        assert!(step.text.contains(shown), "{shown} is not on the page: {}", step.text);
    }
    let done = answer(&browser, &step, &mut key).await;
    assert!(to(&done).starts_with(CALLBACK), "{}", to(&done));
    let code = done.parameters()["code"].clone();
    let form: Vec<_> =
        rig::redemption("portal-rp", &code).into_iter().filter(|(name, _)| *name != "client_id").collect();
    let authorization = [("authorization", rig::basic("portal-rp"))];
    let authorization: Vec<_> = authorization.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, tokens) = rig::send(&server, "/oauth2/token", &form, &authorization).await;
    assert_eq!(status, 200, "{tokens}");
    let receipt = claims(&tokens["receipt"]);
    assert_eq!(
        (&receipt["device_class"], &receipt["method"], &receipt["link"]),
        (&json!("passkey-bound"), &json!("webauthn"), &json!("seen_and_signed"))
    );
    // The hash of what was shown was the challenge, and is in the receipt.
    let challenge = options(&step.text)["challenge"].as_str().unwrap().to_owned();
    let statement = evidence(&server, &receipt["jti"]).await;
    let hash = Sha256::digest(&statement);
    let hex: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(receipt["statement_sha256"], json!(hex));
    assert_eq!(base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash), challenge);
    let statement: Value = serde_json::from_str(&statement).unwrap();
    assert_eq!(statement["operation"]["amount"], "150000.00", "{statement}");
    assert_eq!(statement["operation"]["destination"]["account"], "DE89370400440532013042");
    // More than is left for such a passkey: it is not asked.
    let page = asked(&browser, "50000.01").await;
    assert!(!chosen(&browser, page, &id).await.text.contains("data-passkey"));
}

/// Has a client ask for a withdrawal; the page that it leads to.
async fn asked(browser: &Browser<'_>, amount: &str) -> Shown {
    let details = json!([{
        "type": "withdrawal", "amount": amount, "currency": "USD", "account_id": "U1234567", "reference": "house",
        "destination": { "name": "Alice Example", "account": "DE89370400440532013042" },
    }]);
    let led = browser.authorize("portal-rp", &[("authorization_details", &details.to_string())]).await;
    let led = browser.agrees(led).await;
    browser.get(to(&led)).await
}

/// The statement that a passkey signed.
async fn evidence(server: &Server, confirmation: &Value) -> String {
    let id = confirmation.as_str().unwrap().parse().unwrap();
    let (name, passkey) = (domain::user::Username::parse("alice").unwrap(), device(server, "Blue key").await);
    let found = server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::passkey_evidence::one(sql, user.id, id, passkey.parse().unwrap())
    });
    found.await.unwrap().unwrap().statement
}
