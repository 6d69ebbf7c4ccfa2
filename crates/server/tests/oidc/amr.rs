//! `amr` and `acr` tell what each class of device proved (RFC 8176), and nothing more.

use super::{
    authorize::claims,
    backchannel::waiting,
    rig::{Browser, Key, Shown, basic, challenge, send, start},
    support::{PASSWORD, Server, VERIFIER, session},
};
use countersign::flow::{
    Origin,
    device::issue::{self, NewDevice},
    login::app_session::{self, Ground},
};
use countersign_client::card::Card;
use domain::{
    Secret,
    audit::Actor,
    device::{Method, Verification},
    login::{acr, amr},
};
use serde_json::{Value, json};
use std::sync::Arc;

const PIN: &str = "7294";

/// A user whose only device is of this class, and the device.
async fn holder(server: &Server, class: &'static str, pin: bool) -> (tempfile::TempDir, Card) {
    server.user(class, 0).await;
    let app = Arc::clone(&server.app);
    let added = tokio::task::spawn_blocking(move || {
        issue::add_device(
            &app,
            &NewDevice {
                username: class.to_owned(),
                class: class.to_owned(),
                serial: "7710042".to_owned(),
                label: None,
                suite: None,
                key: None,
                pin: pin.then(|| Secret::new(PIN.to_owned())),
                adopt: true,
            },
        )
    });
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("card.json");
    let card = added.await.unwrap().unwrap().card().unwrap();
    std::fs::write(&path, serde_json::to_string(&card).unwrap()).unwrap();
    let card = Card::open(&path).unwrap();
    (dir, card)
}

/// What the device shows for the step that awaits it.
fn shown(server: &Server, card: &Card, step: &Value, pin: Option<&str>) -> String {
    let next = &step["next"];
    let now = u64::try_from(server.app.now().unix_seconds()).unwrap();
    match next["step"].as_str().unwrap() {
        "respond" => card.respond(next["challenge"].as_str().unwrap(), pin).unwrap().as_str().to_owned(),
        "passcode" => card.passcode(pin, now).unwrap().as_str().to_owned(),
        "code_card" => {
            let place = |n: usize| u32::try_from(next["indices"][n].as_u64().unwrap()).unwrap();
            card.values([place(0), place(1)]).unwrap().to_string()
        }
        other => panic!("{other}: {step}"),
    }
}

#[tokio::test]
async fn each_class_says_what_it_proved() {
    let server = Server::start().await;
    for (class, pin, amr) in [
        ("dsc-plus", true, json!(["pwd", "otp", "pin", "mfa"])),
        ("dsc", true, json!(["pwd", "otp", "pin", "mfa"])),
        ("gold", false, json!(["pwd", "otp", "mfa"])),
        ("platinum", false, json!(["pwd", "otp", "mfa"])),
        ("security-code-card", false, json!(["pwd", "otp", "mfa"])),
    ] {
        let (_dir, card) = holder(&server, class, pin).await;
        let (_, step) = server.begin(class, PASSWORD, &[("scope", "openid")]).await;
        let response = shown(&server, &card, &step, pin.then_some(PIN));
        let (status, done) = server.challenge(&[("auth_session", session(&step)), ("response", &response)]).await;
        assert_eq!(status, 200, "{class}: {done}");
        let code = done["authorization_code"].as_str().unwrap();
        let form =
            [("grant_type", "authorization_code"), ("client_id", "tws"), ("code", code), ("code_verifier", VERIFIER)];
        let (_, tokens) = server.post("/oauth2/token", &form).await;
        let told = claims(tokens["id_token"].as_str().unwrap_or_else(|| panic!("{class}: {tokens}")));
        assert_eq!((&told["amr"], &told["acr"]), (&amr, &json!(domain::login::ACR_TWO_FACTORS)), "{class}");
    }
}

/// Answers the page of the device that is awaited.
async fn answer(browser: &Browser<'_>, card: &Card, page: &Shown, pin: Option<&str>) -> Shown {
    let now = u64::try_from(browser.server.app.now().unix_seconds()).unwrap();
    let places: Vec<u32> = page.text.split("<li class=\"digits\">").skip(1).map(leading_number).collect();
    let response = match places.as_slice() {
        [first, second] => card.values([*first, *second]).unwrap().to_string(),
        _ if page.text.contains("id=\"challenge\"") => {
            card.respond(&challenge(&page.text), pin).unwrap().as_str().to_owned()
        }
        _ => card.passcode(pin, now).unwrap().as_str().to_owned(),
    };
    let (csrf, attempt) = (page.field("csrf"), page.field("attempt"));
    browser.step("/login/answer", &[("csrf", &csrf), ("attempt", &attempt), ("response", &response)]).await
}

fn leading_number(text: &str) -> u32 {
    text.split('<').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_class_answers_a_back_end_on_the_settings_page() {
    let server = start(&Key::new()).await;
    for (class, pin, link) in [
        ("dsc-plus", true, "server_bound"),
        ("platinum", false, "server_bound"),
        ("dsc", true, "presence_only"),
        ("gold", false, "presence_only"),
        ("security-code-card", false, "presence_only"),
    ] {
        let (_dir, card) = holder(&server, class, pin).await;
        let pin = pin.then_some(PIN);
        let details = json!([{
            "type": "card_payment", "merchant": "Shop", "amount": "9.50", "currency": "EUR", "card_id": "c-1",
        }])
        .to_string();
        let form = [("scope", "openid"), ("login_hint", class), ("authorization_details", details.as_str())];
        let headers = [("authorization", basic("payer"))];
        let headers = [(headers[0].0, headers[0].1.as_str())];
        let (status, asked) = send(&server, "/oauth2/bc-authorize", &form, &headers).await;
        assert_eq!(status, 200, "{class}: {asked}");

        let browser = Browser::new(&server);
        let csrf = browser.get("/login").await.field("csrf");
        let begun = browser.post("/login", &[("csrf", &csrf), ("username", class), ("password", PASSWORD)]).await;
        let page = browser.get(begun.location.as_deref().unwrap()).await;
        let in_now = answer(&browser, &card, &page, pin).await;
        assert_eq!(in_now.location.as_deref(), Some("/settings"), "{class}: {}", in_now.text);
        // A passcode is good once: the next one is shown half a minute later.
        server.advance(30);
        let page = browser.get("/settings").await;
        let (csrf, id) = (page.field("csrf"), waiting(&page.text));
        let to = browser.post("/settings/confirm", &[("csrf", &csrf), ("id", &id)]).await.location.unwrap();
        let page = browser.get(&to).await;
        assert!(page.text.contains("9.50\u{a0}EUR"), "{class}: {}", page.text);
        let mut done = answer(&browser, &card, &page, pin).await;
        if class == "security-code-card" {
            // The login spent the pair that both asked for: nothing counts, and the card's next pair is asked.
            assert!(done.text.contains("class=\"places\"") && !done.text.contains("id=\"alert\""), "{}", done.text);
            done = answer(&browser, &card, &done, pin).await;
        }
        assert!(done.text.contains("Confirmed"), "{class}: {}", done.text);

        let id = asked["auth_req_id"].as_str().unwrap();
        let form = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", id)];
        let (status, tokens) = send(&server, "/oauth2/token", &form, &headers).await;
        assert_eq!(status, 200, "{class}: {tokens}");
        assert_eq!(claims(tokens["receipt"].as_str().unwrap())["link"], link, "{class}");
    }
}

/// A browser in the session that the phone app opened itself: no password took part.
async fn by_the_phone_alone<'a>(server: &'a Server, username: &'static str) -> Browser<'a> {
    let opened = server.app.work::<_, store::Error, _>(Actor::User, move |work| {
        let user = store::user::by_name(work.sql, &domain::user::Username::parse(username).unwrap())?.unwrap().id;
        let origin = Origin { address: std::net::Ipv4Addr::LOCALHOST.into(), agent: String::new() };
        let used = amr(false, Method::Seamless, Verification::Pin);
        let ground = Ground { confirmation: [7; 16].into(), acr: acr(&used), amr: &used.join(" "), origin: &origin };
        Ok(app_session::open(work, user, &ground)?)
    });
    Browser::in_session(server, &opened.await.unwrap().unwrap().handle)
}

#[tokio::test]
async fn a_code_typed_in_a_session_without_password_says_so() {
    let server = start(&Key::new()).await;
    let (_dir, card) = holder(&server, "security-code-card", false).await;
    let authorization = basic("payer");
    let headers = [("authorization", authorization.as_str())];
    let form = [("scope", "openid"), ("login_hint", "security-code-card"), ("binding_message", "order 4711")];
    let (_, asked) = send(&server, "/oauth2/bc-authorize", &form, &headers).await;

    let browser = by_the_phone_alone(&server, "security-code-card").await;
    let page = browser.get("/settings").await;
    let (csrf, id) = (page.field("csrf"), waiting(&page.text));
    let to = browser.post("/settings/confirm", &[("csrf", &csrf), ("id", &id)]).await.location.unwrap();
    let done = answer(&browser, &card, &browser.get(&to).await, None).await;
    assert!(done.text.contains("Confirmed"), "{}", done.text);

    let id = asked["auth_req_id"].as_str().unwrap();
    let form = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", id)];
    let (_, tokens) = send(&server, "/oauth2/token", &form, &headers).await;
    let told = claims(tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}")));
    assert_eq!(told["amr"], json!(["swk", "pin", "mfa", "otp"]));
    assert_eq!(told["acr"], domain::login::ACR_TWO_FACTORS, "the session's own two");
}
