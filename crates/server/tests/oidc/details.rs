//! `authorization_details` by the browser's way: pushed, confirmed by whoever is signed in, repeated in the tokens.

use super::phones::activate;
use super::rig::{
    Browser, CALLBACK, Key, Shown, basic, challenge, introspect, redemption, request, send, settings, start,
};
use super::support::{Card, PIN, Server};
use serde_json::{Value, json};
use wire::phone::Decision;

fn details() -> Value {
    json!([{
        "type": "withdrawal", "amount": "250000.00", "currency": "USD", "account_id": "U1234567", "reference": "house",
        "destination": { "name": "Alice Example", "account": "DE89370400440532013042" },
    }])
}

/// Pushes a request with the details and follows it to our pages.
async fn begin(browser: &Browser<'_>, more: &[(&str, &str)]) -> Shown {
    begin_of(browser, &details(), more).await
}

async fn begin_of(browser: &Browser<'_>, details: &Value, more: &[(&str, &str)]) -> Shown {
    let text = details.to_string();
    let mut all = vec![("authorization_details", text.as_str())];
    all.extend_from_slice(more);
    let form = request("portal-rp", &all);
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (status, pushed) = send(browser.server, "/oauth2/par", &form, &[("authorization", &basic("portal-rp"))]).await;
    assert_eq!(status, 201, "{pushed}");
    let uri = pushed["request_uri"].as_str().unwrap();
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", "portal-rp"), ("request_uri", uri)])
        .finish();
    let led = browser.get(&format!("/oauth2/authorize?{query}")).await;
    browser.agrees(led).await
}

async fn signed_in<'a>(server: &'a Server, card: &mut Card) -> Browser<'a> {
    super::backchannel::sign_in(server, "alice", card).await
}

async fn answer(browser: &Browser<'_>, step: &Shown, response: &str) -> Shown {
    let (csrf, attempt) = (step.field("csrf"), step.field("attempt"));
    browser.step("/login/answer", &[("csrf", &csrf), ("attempt", &attempt), ("response", response)]).await
}

async fn tokens(server: &Server, code: &str) -> (u16, Value) {
    let form: Vec<_> = redemption("portal-rp", code).into_iter().filter(|(name, _)| *name != "client_id").collect();
    send(server, "/oauth2/token", &form, &[("authorization", &basic("portal-rp"))]).await
}

#[tokio::test]
async fn a_card_confirms_a_withdrawal() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = signed_in(&server, &mut cards[0]).await;
    let led = begin(&browser, &[("scope", "openid offline_access")]).await;
    let step = browser.get(led.location.as_deref().unwrap()).await;
    for shown in ["250,000.00\u{a0}USD", "Alice Example", "DE89370400440532013042", "U1234567", "house", "portal-rp"] {
        assert!(step.text.contains(shown), "{shown} is not on the page");
    }
    assert!(!step.policy.contains("form-action"), "{}", step.policy);
    let digits = challenge(&step.text);
    assert!(digits.starts_with('8') && digits.ends_with("042"), "{digits}");
    let done = answer(&browser, &step, &cards[0].answer(&digits, PIN)).await;
    let parameters = done.parameters();
    assert!(done.location.as_deref().unwrap().starts_with(CALLBACK));
    assert_eq!((parameters["state"].as_str(), &parameters["iss"]), ("s&t", &server.app.settings.issuer));
    let (status, tokens) = tokens(&server, &parameters["code"]).await;
    assert_eq!((status, &tokens["authorization_details"]), (200, &details()), "{tokens}");
    assert!(tokens["receipt"].is_string());
    assert!(tokens["refresh_token"].is_null(), "what was confirmed once is not renewed");
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(introspect(&server, access).await["authorization_details"], details());
    let again = answer(&browser, &step, "12345678").await;
    assert!(again.text.contains("Already confirmed"), "{}", again.text);
}

#[tokio::test]
async fn who_is_not_signed_in_logs_in_first_and_the_login_alone_confirms_nothing() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = Browser::new(&server);
    let led = begin(&browser, &[]).await;
    let on = browser.log_in(&led, "alice", &mut cards[0]).await;
    let on = browser.agrees(on).await;
    assert!(on.location.as_deref().unwrap().starts_with("/login?attempt="), "a second confirmation, of the operation");
    let step = browser.get(on.location.as_deref().unwrap()).await;
    let digits = challenge(&step.text);
    // A response to a login challenge is none to this one.
    let wrong = answer(&browser, &step, &cards[0].clone().answer("123456", PIN)).await;
    assert_eq!(wrong.status, 200);
    let done = answer(&browser, &step, &cards[0].answer(&digits, PIN)).await;
    assert!(done.parameters().contains_key("code"));
    let silent = begin(&browser, &[("prompt", "none")]).await;
    assert_eq!(silent.parameters()["error"], "interaction_required");
    let stranger = Browser::new(&server);
    assert_eq!(begin(&stranger, &[("prompt", "none")]).await.parameters()["error"], "login_required");
}

#[tokio::test]
async fn refusing_leads_back_with_the_error() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = signed_in(&server, &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    let led = begin(&browser, &[]).await;
    let chooser = browser.get(led.location.as_deref().unwrap()).await;
    let (csrf, attempt) = (chooser.field("csrf"), chooser.field("attempt"));
    let done = browser.step("/login/decline", &[("csrf", &csrf), ("attempt", &attempt)]).await;
    let parameters = done.parameters();
    assert_eq!((parameters["error"].as_str(), parameters["state"].as_str()), ("access_denied", "s&t"));
    assert_eq!(parameters["error_reason"], "denied");

    // As much as a phone may confirm.
    let mut little = details();
    little[0]["amount"] = json!("2500.00");
    let led = begin_of(&browser, &little, &[]).await;
    let to = led.location.unwrap();
    let chooser = browser.get(&to).await;
    let (csrf, attempt) = (chooser.field("csrf"), chooser.field("attempt"));
    let device = phone.shelf().read().unwrap().device_id.clone();
    browser.step("/login/device", &[("csrf", &csrf), ("attempt", &attempt), ("device", &device)]).await;
    let pending = phone.one(None).await.unwrap();
    assert_eq!(pending.operation["destination"]["account"], "DE89370400440532013042");
    phone.deny(&pending, Decision::Deny).await.unwrap();
    let parameters = browser.get(&to).await.parameters();
    assert_eq!((parameters["error"].as_str(), parameters["error_reason"].as_str()), ("access_denied", "denied"));
}

#[tokio::test]
async fn what_is_late_gives_nothing_and_says_how_to_go_on() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = signed_in(&server, &mut cards[0]).await;
    let led = begin(&browser, &[]).await;
    let step = browser.get(led.location.as_deref().unwrap()).await;
    server.advance(301);
    let late = answer(&browser, &step, &cards[0].answer(&challenge(&step.text), PIN)).await;
    assert!(late.text.contains("Time is up") && late.text.contains("Back to portal-rp"), "{}", late.text);
    assert!(late.text.contains("error=access_denied") && late.text.contains("error_reason=expired"), "{}", late.text);
}

/// Money is of a type: no finer than its currency, and the currency is one.
#[tokio::test]
async fn money_that_is_none_is_refused_where_it_comes_in() {
    let server = start(&Key::new()).await;
    for (amount, currency, good) in [
        ("250000.00", "USD", true),
        ("100", "JPY", true),
        ("1.234", "BHD", true),
        ("90071992547409.93", "USD", true),
        ("1.2345", "USD", false),
        ("100.50", "JPY", false),
        ("1.00", "ZZZ", false),
        ("1.00", "XAU", false),
        ("1.00", "HRK", false),
        ("0.000", "BHD", false),
    ] {
        let mut asked = details();
        asked[0]["amount"] = json!(amount);
        asked[0]["currency"] = json!(currency);
        let form = request("portal-rp", &[("authorization_details", &asked.to_string())]);
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, answer) = send(&server, "/oauth2/par", &form, &[("authorization", &basic("portal-rp"))]).await;
        let refused = answer["error"] == "invalid_authorization_details";
        assert_eq!((status, refused), if good { (201, false) } else { (400, true) }, "{amount} {currency}: {answer}");
    }
}

/// Whoever builds the request is told which member is wrong, pushed or by a back end.
#[tokio::test]
async fn a_refusal_names_the_member_that_is_wrong() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let with = |path: &str, value: Value| {
        let mut asked = details();
        *asked.pointer_mut(path).unwrap() = value;
        asked.to_string()
    };
    let mut missing = details();
    missing[0].as_object_mut().unwrap().remove("reference");
    let mut extra = details();
    extra[0]["urgent"] = json!(true);
    for (text, member) in [
        (missing.to_string(), "reference"),
        (extra.to_string(), "urgent"),
        (with("/0/amount", json!(250_000)), "amount"),
        (with("/0/amount", json!("1,5")), "amount"),
        (with("/0/currency", json!("ZZZ")), "currency"),
        (with("/0/destination", json!("Alice")), "destination.name"),
        (with("/0/destination/account", json!("a\nb")), "destination.account"),
        (with("/0/account_id", json!("")), "account_id"),
        (with("/0/type", json!("gift")), "type"),
    ] {
        let form = request("portal-rp", &[("authorization_details", &text)]);
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ciba = [("scope", "openid"), ("login_hint", "alice"), ("authorization_details", text.as_str())];
        for (path, client, form) in [("/oauth2/par", "portal-rp", &form[..]), ("/oauth2/bc-authorize", "payer", &ciba)]
        {
            let (status, refused) = send(&server, path, form, &[("authorization", &basic(client))]).await;
            assert_eq!((status, &refused["error"]), (400, &json!("invalid_authorization_details")), "{text}");
            let words = refused["error_description"].as_str().unwrap();
            assert!(words.contains(member), "{path} {text}: {words}");
        }
    }
}

/// An account that does not end in three digits cannot be compared, and nobody is told to.
#[tokio::test]
async fn no_page_advises_to_compare_what_is_not_there() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = signed_in(&server, &mut cards[0]).await;
    for (account, comparable) in [
        ("XY", false),
        ("MT84MALT011000012345MTLCAST001S", false),
        ("17", false),
        ("DE89 3704 0044 0532 0130 42", true),
    ] {
        let mut asked = details();
        asked[0]["destination"]["account"] = json!(account);
        let led = begin_of(&browser, &asked, &[]).await;
        let step = browser.get(led.location.as_deref().unwrap()).await;
        let digits = challenge(&step.text);
        assert_eq!(step.text.contains("its last three digits"), comparable, "{account}");
        assert_eq!(step.text.contains("your device cannot name it"), !comparable, "{account}");
        assert!(digits.starts_with(if comparable { '8' } else { '9' }), "{account}: {digits}");
        // One in a thousand of the others ends so too, by luck.
        assert!(!comparable || digits.ends_with("042"), "{account}: {digits}");
        let done = answer(&browser, &step, &cards[0].answer(&digits, PIN)).await;
        let (status, tokens) = tokens(&server, &done.parameters()["code"]).await;
        assert_eq!((status, &tokens["authorization_details"]), (200, &asked), "{tokens}");
    }
}

#[tokio::test]
async fn only_registered_types_and_one_at_a_time() {
    let server = start(&Key::new()).await;
    let both = json!([details()[0], details()[0]]).to_string();
    let one = details().to_string();
    for (client, text) in [("portal-rp", both.as_str()), ("portal-rp", "[]"), ("portal-rp", "{}"), ("back", &one)] {
        let form = request(client, &[("authorization_details", text)]);
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, refused) = send(&server, "/oauth2/par", &form, &[("authorization", &basic(client))]).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_authorization_details")), "{client} {text}");
    }
}

#[tokio::test]
async fn what_a_session_began_ends_with_it() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = signed_in(&server, &mut cards[0]).await;
    let led = begin(&browser, &[]).await;
    let step = browser.get(led.location.as_deref().unwrap()).await;
    let csrf = step.field("csrf");
    assert_eq!(browser.post("/logout", &[("csrf", &csrf)]).await.location.as_deref(), Some("/login?notice=signed-out"));
    let late = answer(&browser, &step, &cards[0].answer(&challenge(&step.text), PIN)).await;
    assert!(late.location.is_none() && late.text.contains("name=\"password\""), "{}", late.text);
}

#[tokio::test]
async fn operations_are_asked_at_a_pace() {
    let settings = settings(&Key::new(), &[]).replace("username_burst = 100000", "username_burst = 6");
    let server = Server::with(&settings).await;
    let mut cards = server.user("alice", 1).await;
    let browser = signed_in(&server, &mut cards[0]).await;
    for n in 0..6 {
        let led = begin(&browser, &[]).await;
        assert!(led.location.as_deref().unwrap().starts_with("/login?attempt="), "operation {n}: {:?}", led.location);
    }
    assert_eq!(begin(&browser, &[]).await.parameters()["error"], "temporarily_unavailable");
    server.advance(1);
    assert!(begin(&browser, &[]).await.location.unwrap().starts_with("/login?attempt="));
}
