//! Limits by device, as a back end and the pages meet them.

use super::backchannel::{claims, sign_in, waiting};
use super::phones::{PIN as PHONE_PIN, activate};
use super::rig::{Browser, Key, Shown, basic, challenge, send, settings, start};
use super::support::{Card, PIN, Server};
use domain::money::withdrawal::WithdrawalState;
use operation::Currency;
use serde_json::{Value, json};

const GRANT: &str = "urn:openid:params:grant-type:ciba";

fn details(amount: &str, currency: &str) -> String {
    json!([{
        "type": "withdrawal", "amount": amount, "currency": currency, "account_id": "U1", "reference": "house",
        "destination": { "name": "Bob", "account": "DE89 3704 0044 0532 0130 17" },
    }])
    .to_string()
}

pub async fn ask(server: &Server, amount: &str, currency: &str) -> (u16, Value) {
    // A back end may not ask one user all the time.
    server.advance(60);
    let details = details(amount, currency);
    let form = [("scope", "openid"), ("login_hint", "alice"), ("authorization_details", details.as_str())];
    send(server, "/oauth2/bc-authorize", &form, &[("authorization", &basic("payer"))]).await
}

pub async fn asked(server: &Server, amount: &str) -> String {
    let (status, answer) = ask(server, amount, "USD").await;
    assert_eq!(status, 200, "{answer}");
    answer["auth_req_id"].as_str().unwrap().to_owned()
}

pub async fn poll(server: &Server, id: &str) -> (u16, Value) {
    let form = [("grant_type", GRANT), ("auth_req_id", id)];
    send(server, "/oauth2/token", &form, &[("authorization", &basic("payer"))]).await
}

/// The states of the user's withdrawals, the newest first.
pub async fn states(server: &Server) -> Vec<WithdrawalState> {
    let name = domain::user::Username::parse("alice").unwrap();
    let all = server.app.store.read(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::withdrawal::of_user(sql, user.id, None, 100)
    });
    all.await.unwrap().iter().map(|one| one.state).collect()
}

/// The page of the request that waits.
pub async fn taken_up(browser: &Browser<'_>) -> Shown {
    let page = browser.get("/settings").await;
    let form = [("csrf", page.field("csrf")), ("id", waiting(&page.text))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let to = browser.post("/settings/confirm", &form).await;
    browser.get(to.location.as_deref().unwrap()).await
}

pub async fn answered(browser: &Browser<'_>, step: &Shown, card: &mut Card) -> Shown {
    let response = card.answer(&challenge(&step.text), PIN);
    let form = [("csrf", step.field("csrf")), ("attempt", step.field("attempt")), ("response", response)];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.step("/login/answer", &form).await
}

/// The mission's example: too much for the phone, which is greyed with the reason; the DSC+ confirms it; and afterwards
/// the phone has nothing left that day, and all of it again when the window has passed.
#[tokio::test]
async fn a_quarter_of_a_million_is_for_the_card_and_uses_up_the_phone() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = sign_in(&server, "alice", &mut cards[0]).await;
    let phone = activate(&server, "alice").await;
    let (_, small) = ask(&server, "0.01", "USD").await;
    assert_eq!(small["devices"], Value::Null, "every device may: {small}");
    phone.deny(&phone.one(None).await.unwrap(), wire::phone::Decision::Deny).await.unwrap();
    let (_, accepted) = ask(&server, "250000.00", "USD").await;
    let id = accepted["auth_req_id"].as_str().unwrap().to_owned();
    let named = json!([{ "id": cards[0].id, "class": "dsc-plus", "label": accepted["devices"][0]["label"] }]);
    assert_eq!(accepted["devices"], named, "{accepted}");
    assert!(phone.pending().await.unwrap().is_empty(), "nothing is sent to a device that is too weak");
    let page = taken_up(&browser).await;
    assert!(page.text.contains("cannot confirm this amount") && page.text.contains("200,000.00"), "{}", page.text);
    let form = [("csrf", page.field("csrf")), ("attempt", page.field("attempt")), ("device", cards[0].id.clone())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let step = browser.step("/login/device", &form).await;
    let done = answered(&browser, &step, &mut cards[0]).await;
    assert!(done.text.contains("Confirmed"), "{}", done.text);
    server.advance(5);
    let (status, tokens) = poll(&server, &id).await;
    assert_eq!((status, &claims(&tokens["receipt"])["device_class"]), (200, &json!("dsc-plus")), "{tokens}");
    assert_eq!(states(&server).await, [WithdrawalState::Confirmed, WithdrawalState::Refused]);

    // The phone has nothing left; the card has no limit.
    asked(&server, "1.00").await;
    assert!(phone.pending().await.unwrap().is_empty());
    let page = taken_up(&browser).await;
    assert!(page.text.contains("0.00\u{a0}USD is left") || page.text.contains("$0.00 is left"), "{}", page.text);
}

async fn rate(server: &Server, usd: &'static str, age_seconds: u64) {
    let as_of = server.app.now().minus(std::time::Duration::from_secs(age_seconds));
    let euro = Currency::parse("EUR").unwrap();
    server.app.store.write(move |sql| store::rate::put(sql, euro, usd, as_of)).await.unwrap();
}

/// Exactly the limit may leave, a cent more may not; whoever is refused is told so at once, and takes up no room.
#[tokio::test]
async fn exactly_the_limit_and_not_a_cent_more() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let (status, answer) = ask(&server, "200000.01", "USD").await;
    assert_eq!((status, &answer["error"]), (403, &json!("access_denied")), "{answer}");
    assert!(answer["error_description"].as_str().unwrap().starts_with("no device of this user may"), "{answer}");
    assert!(states(&server).await.is_empty());
    let first = asked(&server, "199999.99").await;
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    server.advance(5);
    assert_eq!(poll(&server, &first).await.0, 200);
    assert_eq!(ask(&server, "0.02", "USD").await.0, 403);
    // What waits counts too; what was refused gives its room back.
    let second = asked(&server, "0.01").await;
    assert_eq!(ask(&server, "0.01", "USD").await.0, 403);
    phone.deny(&phone.one(None).await.unwrap(), wire::phone::Decision::Deny).await.unwrap();
    server.advance(5);
    assert_eq!(poll(&server, &second).await.1["error"], "access_denied");
    let third = asked(&server, "0.01").await;
    // Nobody answers: its room comes back with the end of its time.
    server.advance(301);
    countersign::flow::sweep::sweep(&server.app).await.unwrap();
    assert_eq!(poll(&server, &third).await.1["error"], "expired_token");
    assert_eq!(states(&server).await, [WithdrawalState::Expired, WithdrawalState::Refused, WithdrawalState::Confirmed]);
}

/// Other currencies count at the rate that was posted last; without a fresh one nothing leaves. A rate that changes later
/// moves nothing that was counted.
#[tokio::test]
async fn other_currencies_count_at_a_fresh_rate() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    // Before the server's clock is moved on: a command waits for the system's to follow.
    for bad in [["ZZZ", "1"], ["USD", "1"], ["EUR", "0"], ["EUR", "1,08"]] {
        let (code, _, complaint) = server.command(&["rate", "set", bad[0], bad[1]]).await;
        assert_eq!(code, 1, "{bad:?} {complaint}");
    }
    let (code, posted, complaint) =
        server.command(&["rate", "set", "EUR", "1.9", "--as-of", "2026-01-01T00:00:00Z", "--json"]).await;
    assert_eq!((code, &posted["usd"]), (0, &json!("1.9")), "{complaint}");
    let franc = ask(&server, "1.00", "CHF").await;
    assert_eq!(franc.0, 403, "no rate: {}", franc.1);
    assert_eq!(ask(&server, "1.00", "EUR").await.0, 403, "too old a rate");
    rate(&server, "2.0", 10).await;
    assert_eq!(ask(&server, "100000.01", "EUR").await.0, 403);
    let (status, answer) = ask(&server, "100000.00", "EUR").await;
    assert_eq!(status, 200, "{answer}");
    rate(&server, "3.0", 0).await;
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    assert_eq!(states(&server).await, [WithdrawalState::Confirmed], "at the rate of when it was asked for");
}

/// A limit that was used up while a request lay on the phone: its approval is no approval any more.
#[tokio::test]
async fn what_was_enough_when_it_was_asked_may_not_be_enough_when_it_is_answered() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    asked(&server, "100.00").await;
    let pending = phone.one(None).await.unwrap();
    let name = domain::user::Username::parse("alice").unwrap();
    let lock = domain::money::lock::Lock { wait: std::time::Duration::from_secs(86_400), cards: false };
    let closed = server.app.store.write(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        let lock = domain::money::lock::TransferLock::Closed(lock);
        store::transfer_rule::put(sql, user.id, store::transfer_rule::TransferRule { lock, ..Default::default() })
    });
    closed.await.unwrap();
    let decided = phone.approve(&pending, PHONE_PIN, None).await.unwrap();
    assert_eq!(decided.outcome, "denied");
    assert_eq!(states(&server).await, [WithdrawalState::Refused]);
    assert_eq!(ask(&server, "100.00", "USD").await.0, 403, "said before a device is asked");
}

/// Card payments count towards no limit; a class may say how much one of them may be, and then what it comes to is asked.
#[tokio::test]
async fn a_class_may_cap_one_card_payment() {
    let cap = "[device_classes.phone]\nper_card_payment = \"500.00 USD\"\n";
    let server = Server::with(&format!("{}\n{cap}", settings(&Key::new(), &[]))).await.at_work();
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let pay = async |amount: &str, currency: &str| {
        server.advance(60);
        let details = json!([{ "type": "card_payment", "merchant": "Shop", "amount": amount, "currency": currency, "card_id": "c" }]);
        let form = [("scope", "openid"), ("login_hint", "alice"), ("authorization_details", &details.to_string())];
        let (status, answer) =
            send(&server, "/oauth2/bc-authorize", &form, &[("authorization", &basic("payer"))]).await;
        if status == 200 {
            phone.deny(&phone.one(None).await.unwrap(), wire::phone::Decision::Deny).await.unwrap();
        }
        (status, answer)
    };
    assert_eq!(pay("500.00", "USD").await.0, 200);
    let (status, refused) = pay("500.01", "USD").await;
    assert_eq!((status, &refused["error"]), (403, &json!("access_denied")), "{refused}");
    // Without a rate nobody can say what it comes to.
    assert_eq!(pay("1.00", "EUR").await.0, 403);
    rate(&server, "2.0", 0).await;
    assert_eq!(pay("250.00", "EUR").await.0, 200);
    assert_eq!(pay("250.01", "EUR").await.0, 403);
    assert!(states(&server).await.is_empty(), "a card payment is no withdrawal");
}
