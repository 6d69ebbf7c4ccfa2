//! CIBA: a back end asks, the user answers with any device, the client fetches its tokens once.

use super::phones::{PIN as PHONE_PIN, activate, notices};
use super::receiver::Receiver;
use super::rig::{Browser, Key, basic, challenge, introspect, send, settings, start};
use super::support::{Card, PASSWORD, PIN, Server, until_next_try};
use countersign::flow::device::issue::EnrolError;
use operation::What;
use serde_json::{Value, json};
use wire::phone::{Decision, Operation};

const GRANT: &str = "urn:openid:params:grant-type:ciba";

async fn ask(server: &Server, client: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![("scope", "openid"), ("login_hint", "alice"), ("binding_message", "order 4711")];
    for (name, value) in more {
        form.retain(|(known, _)| known != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    send(server, "/oauth2/bc-authorize", &form, &[("authorization", &basic(client))]).await
}

pub async fn taken(server: &Server, client: &str, more: &[(&str, &str)]) -> String {
    let (status, answer) = ask(server, client, more).await;
    assert_eq!(status, 200, "{answer}");
    answer["auth_req_id"].as_str().unwrap().to_owned()
}

pub async fn poll(server: &Server, client: &str, id: &str) -> (u16, Value) {
    let form = [("grant_type", GRANT), ("auth_req_id", id)];
    send(server, "/oauth2/token", &form, &[("authorization", &basic(client))]).await
}

fn error(answer: (u16, Value)) -> String {
    assert!(answer.0 >= 400, "{}", answer.1);
    answer.1["error"].as_str().unwrap().to_owned()
}

pub fn claims(token: &Value) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Logs in to our own pages.
pub async fn sign_in<'a>(server: &'a Server, username: &str, card: &mut Card) -> Browser<'a> {
    let browser = Browser::new(server);
    let page = browser.get("/login").await;
    let form = [("csrf", page.field("csrf")), ("username", username.into()), ("password", PASSWORD.into())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let begun = browser.post("/login", &form).await;
    let step = browser.get(begun.location.as_deref().unwrap()).await;
    let response = card.answer(&challenge(&step.text), PIN);
    let form = [("csrf", step.field("csrf")), ("attempt", step.field("attempt")), ("response", response)];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.step("/login/answer", &form).await;
    assert_eq!(done.location.as_deref(), Some("/settings"), "{}", done.text);
    browser
}

#[tokio::test]
async fn the_phone_answers_and_the_client_fetches_once() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let (status, answer) = ask(&server, "payer", &[]).await;
    assert_eq!((status, &answer["expires_in"], &answer["interval"]), (200, &json!(300), &json!(5)), "{answer}");
    let id = answer["auth_req_id"].as_str().unwrap();
    assert_eq!(error(poll(&server, "payer", id).await), "authorization_pending");
    let pending = phone.one(None).await.unwrap();
    assert!(!pending.number_required, "there is no login screen to show a number on");
    let Operation { what, asked } = serde_json::from_value(pending.operation.clone()).unwrap();
    assert_eq!((what, asked.client_name.as_str()), (What::Authentication, "payer"));
    assert_eq!((asked.message.as_deref(), asked.address), (Some("order 4711"), None), "a back end is where it is");
    phone.approve(&pending, PHONE_PIN, None).await.unwrap();
    server.advance(5);
    assert_eq!(error(poll(&server, "payer-two", id).await), "invalid_grant", "another client's");
    let (status, tokens) = poll(&server, "payer", id).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["amr"], json!(["swk", "pin", "mfa"]), "no password took part");
    assert_eq!(claims["acr"], "urn:countersign:acr:two-factors");
    assert!(tokens.get("authorization_details").is_none() && tokens.get("receipt").is_none());
    assert_eq!(introspect(&server, tokens["access_token"].as_str().unwrap()).await["active"], true);
    server.advance(5);
    assert_eq!(error(poll(&server, "payer", id).await), "invalid_grant", "a second redemption");
}

#[tokio::test]
async fn details_are_shown_signed_and_repeated_with_a_receipt() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let details = json!([{
        "type": "card_payment", "merchant": "Café", "amount": "1480.50", "currency": "EUR", "card_id": "c-1",
    }]);
    let text = details.to_string();
    let more = [("binding_message", ""), ("authorization_details", text.as_str())];
    let id = taken(&server, "payer", &more).await;
    let pending = phone.one(None).await.unwrap();
    let shown = &pending.operation;
    assert_eq!((&shown["type"], &shown["merchant"]), (&json!("card_payment"), &json!("Café")), "{shown}");
    assert_eq!(
        (&shown["amount"], &shown["currency"], &shown["card_id"]),
        (&json!("1480.50"), &json!("EUR"), &json!("c-1"))
    );
    // What you see is what you sign: one changed character and nothing is confirmed.
    for (member, value) in [("amount", "1480.51"), ("merchant", "Cafe"), ("currency", "USD"), ("card_id", "c-2")] {
        let mut changed = pending.clone();
        changed.operation[member] = json!(value);
        let refused = super::phones::refused(phone.approve(&changed, PHONE_PIN, None).await);
        assert_eq!(refused, ("statement-mismatch".to_owned(), Some("operation".to_owned())), "{member}");
    }
    phone.approve(&pending, PHONE_PIN, None).await.unwrap();
    let (status, tokens) = poll(&server, "payer", &id).await;
    assert_eq!((status, &tokens["authorization_details"]), (200, &details), "{tokens}");
    assert_eq!(claims(&tokens["id_token"])["authorization_details"], details);
    let access = introspect(&server, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(access["authorization_details"], details);
    let receipt = claims(&tokens["receipt"]);
    assert_eq!((&receipt["authorization_details"], &receipt["aud"]), (&details, &json!("payer")));
    assert_eq!((&receipt["link"], &receipt["device_class"]), (&json!("seen_and_signed"), &json!("phone")));
    assert_eq!(receipt["statement_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(receipt["sub"], claims(&tokens["id_token"])["sub"]);
    the_statement_behind(&server, &receipt).await;
}

/// A receipt's client, and nobody else, fetches what the phone signed: the receipt's hash is over it as it came, and
/// the key that comes with it verifies it.
async fn the_statement_behind(server: &Server, receipt: &Value) {
    let (sub, jti) = (receipt["sub"].as_str().unwrap(), receipt["jti"].as_str().unwrap());
    let form = [("sub", sub), ("jti", jti)];
    let fetch = |client: &'static str| async move {
        send(server, "/oauth2/statement", &form, &[("authorization", &basic(client))]).await
    };
    let (status, signed) = fetch("payer").await;
    assert_eq!(status, 200, "{signed}");
    let statement = signed["statement"].as_str().unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, statement.as_bytes());
    let hex: String = digest.as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(receipt["statement_sha256"], hex);
    let key = oidc::jwk::PublicKey::of(&signed["device_key"]).unwrap();
    let payload = oidc::jws::verify(statement, &key, "countersign-statement+jws").unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload["statement"]["confirmation"], jti);
    for (client, form) in [("payer-two", form), ("payer", [("sub", sub), ("jti", sub)])] {
        let (status, refused) = send(server, "/oauth2/statement", &form, &[("authorization", &basic(client))]).await;
        assert_eq!((status, &refused["error"]), (404, &json!("not_found")), "{client}: {refused}");
    }
    let (_, public) = send(server, "/oauth2/statement", &[("client_id", "rp"), form[0], form[1]], &[]).await;
    assert_eq!(public["error"], "unauthorized_client");
}

#[tokio::test]
async fn a_card_answers_on_the_settings_page() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let details = json!([{
        "type": "withdrawal", "amount": "10.00", "currency": "USD", "account_id": "U1", "reference": "rent <b>",
        "destination": { "name": "Bob & Co", "account": "DE89 3704 0044 0532 0130 17" },
    }]);
    let id = taken(&server, "payer", &[("authorization_details", &details.to_string())]).await;
    assert!(notices(&server).await.contains(&"notice-asked".to_owned()), "no phone shows it: the owner is told");
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let page = browser.get("/settings").await;
    let form = [("csrf", page.field("csrf")), ("id", waiting(&page.text))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let to = browser.post("/settings/confirm", &form).await;
    let step = browser.get(to.location.as_deref().unwrap()).await;
    for shown in ["10.00\u{a0}USD", "Bob &#38; Co", "DE89 3704 0044 0532 0130 17", "rent &#60;b&#62;", "order 4711"] {
        assert!(step.text.contains(shown), "{shown} is not on the page: {}", step.text);
    }
    let digits = challenge(&step.text);
    assert!(digits.starts_with('8') && digits.ends_with("017"), "{digits}");
    let answer = async |response: String| {
        let form = [("csrf", step.field("csrf")), ("attempt", step.field("attempt")), ("response", response)];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.step("/login/answer", &form).await
    };
    assert_eq!(error(poll(&server, "payer", &id).await), "authorization_pending");
    let wrong = answer("00000000".to_owned()).await;
    assert!(wrong.text.contains("Login failed") || wrong.text.contains("attempts"), "{}", wrong.text);
    let done = answer(cards[0].answer(&digits, PIN)).await;
    assert!(done.status == 200 && done.text.contains("Confirmed"), "{}", done.text);
    server.advance(5);
    let (status, tokens) = poll(&server, "payer", &id).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(claims(&tokens["id_token"])["amr"], json!(["pwd", "otp", "pin", "mfa"]));
    let receipt = claims(&tokens["receipt"]);
    assert_eq!((&receipt["link"], &receipt["method"]), (&json!("server_bound"), &json!("challenge_response")));
}

#[tokio::test]
async fn the_settings_page_lists_what_the_phone_lists_money_first() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    let nothing = browser.get("/settings").await.text;
    assert!(!nothing.contains("id=\"waiting\""), "{nothing}");

    // A login elsewhere awaits the phone, and is answered nowhere else.
    let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
    let device = phone.shelf().read().unwrap().device_id.clone();
    let session = begun["auth_session"].as_str().unwrap().to_owned();
    let (_, step) = server.challenge(&[("auth_session", &session), ("device_id", &device)]).await;
    assert_eq!(step["next"]["step"], "approve", "{step}");
    server.advance(1);
    let details =
        json!([{ "type": "card_payment", "merchant": "Shop", "amount": "9.00", "currency": "USD", "card_id": "c-1" }]);
    let payment = taken(&server, "payer", &[("authorization_details", &details.to_string())]).await;
    assert_eq!(phone.pending().await.unwrap().len(), 2, "{payment}");

    let page = browser.get("/settings").await.text;
    let list = page.split("id=\"waiting\"").nth(1).unwrap().split("</section>").next().unwrap();
    let lines: Vec<_> = list.split("<li>").skip(1).collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(lines[0].contains("9.00\u{a0}USD") && lines[0].contains("/settings/confirm"), "{}", lines[0]);
    assert!(lines[1].contains(">Login") && lines[1].contains("on your phone"), "{}", lines[1]);
    assert!(!lines[1].contains("<form"), "no page takes up another's login: {}", lines[1]);

    for pending in phone.pending().await.unwrap() {
        phone.deny(&pending, Decision::Deny).await.unwrap();
    }
    assert!(!browser.get("/settings").await.text.contains("id=\"waiting\""), "what was answered waits no more");
}

/// The id of the request that waits on the settings page.
pub fn waiting(html: &str) -> String {
    let at = html.find("/settings/confirm").unwrap_or_else(|| panic!("nothing waits: {html}"));
    html[at..].split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn refused_on_the_phone_reported_and_refused_on_the_page() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    for decision in [Decision::Deny, Decision::Report] {
        // It is on the phone already; chosen on the page, it stays there.
        let id = taken(&server, "payer", &[]).await;
        let page = browser.get("/settings").await;
        let form = [("csrf", page.field("csrf")), ("id", waiting(&page.text))];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let to = browser.post("/settings/confirm", &form).await.location.unwrap();
        let chooser = browser.get(&to).await;
        let device = phone.shelf().read().unwrap().device_id.clone();
        let form = [("csrf", chooser.field("csrf")), ("attempt", chooser.field("attempt")), ("device", device)];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.step("/login/device", &form).await;
        let pending = phone.one(None).await.unwrap();
        phone.deny(&pending, decision).await.unwrap();
        assert_eq!(poll(&server, "payer", &id).await, (400, denied()));
        assert!(browser.get(&to).await.text.contains("Denied"));
    }
    let told = notices(&server).await;
    assert!(told.contains(&"notice-not-my-operation".to_owned()));
    assert!(!told.contains(&"notice-not-me".to_owned()), "a back end's request says nothing about the password");

    let id = taken(&server, "payer", &[]).await;
    let page = browser.get("/settings").await;
    let form = [("csrf", page.field("csrf")), ("id", waiting(&page.text))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let to = browser.post("/settings/confirm", &form).await.location.unwrap();
    let chooser = browser.get(&to).await;
    let form = [("csrf", chooser.field("csrf")), ("attempt", chooser.field("attempt"))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.step("/login/decline", &form).await;
    assert!(done.text.contains("Denied"), "{}", done.text);
    assert_eq!(error(poll(&server, "payer", &id).await), "access_denied");
}

pub fn denied() -> Value {
    json!({ "error": "access_denied", "error_description": "the user refused, or the request ended" })
}

#[tokio::test]
async fn asking_too_often_slows_down_and_time_runs_out() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let (_, answer) = ask(&server, "payer", &[("requested_expiry", "60")]).await;
    assert_eq!(answer["expires_in"], 60);
    let id = answer["auth_req_id"].as_str().unwrap();
    for (wait, expected) in [
        (0, "authorization_pending"),
        (3, "slow_down"),
        (6, "slow_down"),
        (10, "authorization_pending"),
        (9, "slow_down"),
        (10, "authorization_pending"),
        (2, "slow_down"),
    ] {
        server.advance(wait);
        assert_eq!(error(poll(&server, "payer", id).await), expected, "after {wait} s more");
    }
    server.advance(60);
    assert_eq!(error(poll(&server, "payer", id).await), "expired_token");
    server.advance(3600);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(error(poll(&server, "payer", id).await), "invalid_grant", "forgotten");
    for asked in ["1", "5", "29", "601", "86400"] {
        let (status, refused) = ask(&server, "payer", &[("requested_expiry", asked)]).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_request")), "{asked}: {refused}");
        assert!(refused["error_description"].as_str().unwrap().contains("30 to 600"), "in words: {refused}");
    }
    for asked in [30, 600] {
        let (_, taken) = ask(&server, "payer", &[("requested_expiry", &asked.to_string())]).await;
        assert_eq!(taken["expires_in"], asked, "{taken}");
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_as_the_standard_says() {
    let key = Key::new();
    let server = start(&key).await;
    server.user("alice", 1).await;
    let long = "x".repeat(65);
    for (more, expected) in [
        (vec![("login_hint", "nobody")], "unknown_user_id"),
        (vec![("login_hint", "")], "invalid_request"),
        (vec![("id_token_hint", "x.y.z")], "invalid_request"),
        (vec![("login_hint", ""), ("id_token_hint", "x.y.z")], "unknown_user_id"),
        (vec![("scope", "profile")], "invalid_scope"),
        (vec![("scope", "")], "invalid_request"),
        (vec![("binding_message", "")], "invalid_request"),
        (vec![("binding_message", long.as_str())], "invalid_binding_message"),
        (vec![("binding_message", "a\u{202e}b")], "invalid_binding_message"),
        (vec![("binding_message", "a\nb")], "invalid_binding_message"),
        (vec![("requested_expiry", "soon")], "invalid_request"),
        (vec![("requested_expiry", "0")], "invalid_request"),
        (vec![("authorization_details", "[{\"type\":\"gift\"}]")], "invalid_authorization_details"),
    ] {
        let (status, answer) = ask(&server, "payer", &more).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some(expected)), "{more:?}: {answer}");
    }
    assert_eq!(error(ask(&server, "back", &[]).await), "unauthorized_client", "not registered for CIBA");
    let (status, answer) = server.post("/oauth2/bc-authorize", &[("client_id", "payer"), ("scope", "openid")]).await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_client")), "not authenticated");
    assert_eq!(error(poll(&server, "payer", "nonsense").await), "invalid_grant");
    // Ours, but of another kind.
    let (handle, _) = server.app.handles.mint(countersign::handle::Kind::Refresh, [7; 16].into());
    assert_eq!(error(poll(&server, "payer", &handle).await), "invalid_grant");
}

#[tokio::test]
async fn a_request_may_have_to_be_signed_and_counts_once() {
    let key = Key::new();
    let server = start(&key).await;
    server.user("alice", 1).await;
    let now = server.app.now().unix_seconds();
    let issuer = server.app.settings.issuer.clone();
    let assertion = |jti: &str| {
        let claims = json!({
            "iss": "sealed", "sub": "sealed", "aud": issuer, "exp": now + 60, "iat": now, "jti": format!("a-{jti}"),
        });
        key.sign(&json!({ "alg": "ES256" }), &claims)
    };
    let request = |jti: &str, changed: (&str, Value)| {
        let mut claims = json!({
            "iss": "sealed", "aud": issuer, "exp": now + 300, "nbf": now, "iat": now, "jti": jti,
            "scope": "openid", "login_hint": "alice", "binding_message": "order 4711",
        });
        claims[changed.0] = changed.1;
        key.sign(&json!({ "alg": "ES256" }), &claims)
    };
    let post = async |jti: &str, more: &[(&str, &str)]| {
        let assertion = assertion(jti);
        let mut form = vec![
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        form.extend_from_slice(more);
        send(&server, "/oauth2/bc-authorize", &form, &[]).await
    };
    let good = request("r-1", ("scope", json!("openid")));
    assert_eq!(post("1", &[("request", &good)]).await.0, 200);
    assert_eq!(error(post("2", &[("request", &good)]).await), "invalid_request", "the same jti again");
    let plain = [("scope", "openid"), ("login_hint", "alice"), ("binding_message", "m")];
    assert_eq!(error(post("3", &plain).await), "invalid_request", "not signed");
    let beside = request("r-2", ("scope", json!("openid")));
    assert_eq!(error(post("4", &[("request", &beside), ("login_hint", "alice")]).await), "invalid_request");
    for (n, changed) in [
        ("5", ("exp", json!(now - 1))),
        ("6", ("exp", json!(now + 3700))),
        ("7", ("aud", json!("https://elsewhere.example"))),
        ("8", ("iss", json!("payer"))),
    ] {
        let bad = request(&format!("r-{n}"), changed.clone());
        assert_eq!(error(post(n, &[("request", &bad)]).await), "invalid_request", "{changed:?}");
    }
    let foreign = Key::new().sign(&json!({ "alg": "ES256" }), &json!({ "iss": "sealed", "login_hint": "alice" }));
    assert_eq!(error(post("9", &[("request", &foreign)]).await), "invalid_request");
}

/// Sets what alice tells clients.
async fn set_user_code(server: &Server, code: &'static str) -> Result<(), EnrolError> {
    let app = server.app.clone();
    let set = move || {
        countersign::flow::user::set_user_code(&app, "alice", Some(&domain::Secret::new(code.to_owned()))).map(|_| ())
    };
    tokio::task::spawn_blocking(set).await.unwrap()
}

#[tokio::test]
async fn a_user_code_keeps_strangers_from_asking() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    assert_eq!(error(ask(&server, "coder", &[]).await), "missing_user_code");
    assert_eq!(error(ask(&server, "coder", &[("user_code", "1234")]).await), "invalid_user_code", "none is set");
    assert!(matches!(set_user_code(&server, "12345").await, Err(EnrolError::UserCode)), "too short");
    set_user_code(&server, "4711-blue").await.unwrap();
    assert_eq!(error(ask(&server, "coder", &[("user_code", "4711")]).await), "invalid_user_code");
    assert_eq!(ask(&server, "coder", &[("user_code", "4711-blue")]).await.0, 200);
}

#[tokio::test]
async fn guessing_the_user_code_stops_and_keeps_no_other_client_out() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    set_user_code(&server, "4711-blue").await.unwrap();
    let mut guesses = 0;
    // Slower than any other limit.
    while error(ask(&server, "coder", &[("user_code", "000000")]).await) == "invalid_user_code" {
        guesses += 1;
        server.advance(120);
    }
    assert_eq!(guesses, 5, "five, and one more an hour");
    let (status, answer) = ask(&server, "coder", &[("user_code", "4711-blue")]).await;
    assert_eq!((status, &answer["error"]), (429, &json!("temporarily_unavailable")), "nothing is compared any more");
    for _ in 0..4 {
        assert_eq!(ask(&server, "payer", &[]).await.0, 200, "what was guessed took nothing from others");
    }
    server.advance(3600);
    assert_eq!(ask(&server, "coder", &[("user_code", "4711-blue")]).await.0, 200);
    let rows = server.app.store.read(|sql| {
        let user = store::user::by_name(sql, &domain::user::Username::parse("alice").unwrap())?.unwrap();
        store::audit::latest(sql, Some(user.id), 100)
    });
    let rows = rows.await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.kind == "backchannel.refused").count(), 5);
}

#[tokio::test]
async fn a_client_that_asks_too_often_does_not_keep_others_out() {
    let poll = |client| (client, "ciba = \"poll\"");
    let server = Server::with(&settings(&Key::new(), &[poll("pinger"), poll("back")])).await;
    for name in ["alice", "bob", "carol", "dan"] {
        server.user(name, 1).await;
    }
    for client in ["payer", "payer-two"] {
        for _ in 0..4 {
            assert_eq!(ask(&server, client, &[]).await.0, 200, "{client}");
        }
        assert_eq!(ask(&server, client, &[]).await.0, 429, "{client} has asked this user enough");
    }
    for _ in 0..4 {
        assert_eq!(ask(&server, "pinger", &[]).await.0, 200);
    }
    assert_eq!(ask(&server, "back", &[]).await.0, 429, "all clients together have");
    for name in ["bob", "carol"] {
        for _ in 0..3 {
            assert_eq!(ask(&server, "payer", &[("login_hint", name)]).await.0, 200, "{name}");
        }
    }
    assert_eq!(ask(&server, "payer", &[("login_hint", "dan")]).await.0, 200);
    assert_eq!(ask(&server, "payer", &[("login_hint", "dan")]).await.0, 429, "the client's limit");
    assert_eq!(ask(&server, "payer-two", &[("login_hint", "dan")]).await.0, 200, "another client's is its own");
}

/// Who is a customer is nobody's to list: names of nobody have a limit far below that of users.
#[tokio::test]
async fn names_that_are_not_there_have_a_limit_of_their_own() {
    let server = Server::with(&settings(&Key::new(), &[])).await;
    server.user("alice", 1).await;
    for n in 0..10 {
        let (status, refused) = ask(&server, "payer", &[("login_hint", &format!("nobody-{n}"))]).await;
        assert_eq!((status, refused["error"].as_str()), (400, Some("unknown_user_id")), "{n}");
    }
    assert_eq!(ask(&server, "payer", &[("login_hint", "nobody-10")]).await.0, 429);
    assert_eq!(ask(&server, "payer-two", &[("login_hint", "nobody-10")]).await.0, 400, "another client's is its own");
    assert_eq!(ask(&server, "payer", &[("login_hint", "alice")]).await.0, 200, "users are asked all the same");
}

#[tokio::test]
async fn a_back_ends_requests_come_one_after_the_other_and_strangers_at_the_login_do_not_lock_them() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let first = taken(&server, "payer", &[("binding_message", "first")]).await;
    let second = taken(&server, "payer", &[("binding_message", "second")]).await;
    let pending = phone.one(None).await.unwrap();
    assert_eq!(pending.operation["message"], "second", "a back end's newer request takes its own older one's place");
    for _ in 0..10 {
        server.begin("alice", "wrong", &[]).await;
    }
    phone.approve(&pending, PHONE_PIN, None).await.unwrap();
    assert_eq!(poll(&server, "payer", &second).await.0, 200);
    assert_eq!(error(poll(&server, "payer", &first).await), "authorization_pending");
    let handed = phone.one(None).await.unwrap();
    assert_eq!(handed.operation["message"], "first", "and what waited behind it is handed over");
    phone.approve(&handed, PHONE_PIN, None).await.unwrap();
    server.advance(6);
    assert_eq!(poll(&server, "payer", &first).await.0, 200);
}

#[tokio::test]
async fn fifty_questions_at_once_give_tokens_once() {
    let server = std::sync::Arc::new(start(&Key::new()).await);
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let id = taken(&server, "payer", &[]).await;
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    let questions = (0..50).map(|_| {
        let (server, id) = (std::sync::Arc::clone(&server), id.clone());
        tokio::spawn(async move { poll(&server, "payer", &id).await })
    });
    let mut given = 0;
    for question in questions.collect::<Vec<_>>() {
        let (status, answer) = question.await.unwrap();
        match status {
            200 => given += 1,
            _ => assert!(["slow_down", "invalid_grant"].contains(&answer["error"].as_str().unwrap()), "{answer}"),
        }
    }
    assert_eq!(given, 1);
}

#[tokio::test]
async fn tokens_can_be_bound_to_a_key() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let id = taken(&server, "bound-payer", &[]).await;
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    assert_eq!(error(poll(&server, "bound-payer", &id).await), "invalid_dpop_proof");
    let key = Key::new();
    let proof = key.proof(&server, ("POST", "/oauth2/token"), "1", None);
    let form = [("grant_type", GRANT), ("auth_req_id", id.as_str())];
    let headers = [("authorization", basic("bound-payer")), ("dpop", proof)];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, tokens) = send(&server, "/oauth2/token", &form, &headers).await;
    assert_eq!((status, &tokens["token_type"]), (200, &json!("DPoP")), "{tokens}");
}

/// A client that wants to be told, at the receiver's address.
async fn telling(receiver: &Receiver) -> Server {
    let more = format!("ciba = \"ping\"\nclient_notification_endpoint = \"{}/ping\"", receiver.url);
    let text = settings(&Key::new(), &[("pinger", &more)]);
    Server::with(&text).await.at_work()
}

const TOKEN: &str = "8d67dc78-7faa-4d41-aabd-67707b374255";

#[tokio::test]
async fn a_ping_tells_that_the_user_has_answered() {
    let receiver = Receiver::start(&[503]).await;
    let server = telling(&receiver).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    for bad in ["", "short", "has spaces has spaces has spaces"] {
        assert_eq!(error(ask(&server, "pinger", &[("client_notification_token", bad)]).await), "invalid_request");
    }
    let id = taken(&server, "pinger", &[("client_notification_token", TOKEN)]).await;
    assert!(receiver.received().is_empty(), "nothing to tell yet");
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    // The first was not taken, so it is told again.
    until_next_try(&server, 1, 1).await;
    for told in receiver.wait_for(2).await {
        assert_eq!((told.path.as_str(), told.header("content-type")), ("/ping", "application/json"));
        assert_eq!(told.header("authorization"), format!("Bearer {TOKEN}"));
        assert_eq!(serde_json::from_slice::<Value>(&told.body).unwrap(), json!({ "auth_req_id": id }));
    }
    assert_eq!(poll(&server, "pinger", &id).await.0, 200);

    let id = taken(&server, "pinger", &[("client_notification_token", TOKEN)]).await;
    phone.deny(&phone.one(None).await.unwrap(), Decision::Deny).await.unwrap();
    receiver.wait_for(3).await;
    assert_eq!(error(poll(&server, "pinger", &id).await), "access_denied");
    // Neither the bearer token nor the request's id can be read from the database.
    let dump = server.dump();
    for secret in [TOKEN.as_bytes(), id.as_bytes()] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret));
    }
}
