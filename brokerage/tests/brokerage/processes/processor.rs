//! The card processor: its API as the login server calls it, and the counter where cards are swiped. The brokerage's own
//! process, alone: nobody answers as the issuer, so what needs a customer's confirmation at once does not get it.

use super::rig::{Running, program};
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

const SECRET: &str = "the-processor's-own-secret";
const CARD: &str = "card-alice-4417";

/// A brokerage with its data in a folder, and a browser at its counter.
struct Shop {
    running: Running,
    http: Client,
    cookie: String,
    csrf: String,
}

impl Shop {
    async fn open(folder: &Path) -> Self {
        let mut command = Command::new(program("countersign-brokerage"));
        command
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--issuer", "http://localhost:9", "--data"])
            .arg(folder.join("brokerage.db"))
            .arg("--clock")
            .arg(folder.join("clock"));
        for part in ["CLIENT_PORTAL", "WEB_TRADER", "PAYMENTS"] {
            command.env(format!("BROKERAGE_{part}_SECRET"), "a client's");
        }
        let running = Running::start(command.env("BROKERAGE_PROCESSOR_SECRET", SECRET));
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let page = http.get(format!("{}/cards/", running.text("url"))).send().await.unwrap();
        let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let text = page.text().await.unwrap();
        let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        Self { running, http, cookie, csrf }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.text("url"))
    }

    /// Swipes at a till that does not wait; `approved` or the reason.
    async fn swipe(&self, card: &str, merchant: &str, amount: &str) -> String {
        let fields = [
            ("csrf", self.csrf.as_str()),
            ("card", card),
            ("merchant", merchant),
            ("amount", amount),
            ("till", "hurried"),
        ];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let sent = self.http.post(self.url("/cards/swipe")).header("cookie", &self.cookie).body(body);
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let to = self.url(answer.headers()["location"].to_str().unwrap());
        let page = self.http.get(to).header("accept-language", "en").send().await.unwrap().text().await.unwrap();
        for (words, name) in [
            ("The payment is made.", "approved"),
            ("the till did not wait", "confirmation"),
            ("not enough money", "cash"),
            ("card is blocked", "blocked"),
            ("card is not in use", "pending"),
        ] {
            if page.contains(words) {
                return name.to_owned();
            }
        }
        panic!("{page}");
    }

    async fn card(&self, user: &str, id: &str) -> Value {
        let cards = self.cards(user).await;
        cards.as_array().unwrap().iter().find(|card| card["id"] == id).unwrap_or_else(|| panic!("{cards}")).clone()
    }

    async fn cards(&self, user: &str) -> Value {
        let request = self.http.get(self.url(&format!("/processor/v1/cards?user={user}"))).bearer_auth(SECRET);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["window_seconds"], 900, "{answer}");
        answer["cards"].clone()
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(self.url(&format!("/processor/v1/cards/{path}"))).bearer_auth(SECRET);
        let answer = request.header("idempotency-key", key).body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn preauthorise(&self, key: &str, user: &str, amount: &str) -> (u16, Value) {
        let body = json!({ "user": user, "amount": amount, "currency": "USD" });
        self.post(&format!("{CARD}/preauthorisations"), key, &body).await
    }

    async fn authorise(&self, key: &str, payment: &Value, change: (&str, Value)) -> (u16, Value) {
        let mut body = json!({
            "user": "alice",
            "merchant": payment["merchant"],
            "amount": payment["amount"],
            "currency": payment["currency"],
        });
        body[change.0] = change.1;
        self.post(&format!("{CARD}/payments/{}/authorise", payment["id"].as_str().unwrap()), key, &body).await
    }
}

#[tokio::test]
async fn a_large_purchase_goes_through_inside_its_window_and_uses_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = Shop::open(folder.path()).await;
    let before = shop.card("alice", CARD).await;
    assert_eq!((&before["state"], &before["limit"]), (&json!("active"), &json!("250.00")), "{before}");
    assert_eq!((&before["available"], &before["last_four"]), (&json!("842150.75"), &json!("4417")));
    assert!(before.get("preauthorisation").is_none(), "{before}");
    for (amount, status, error) in [
        ("250", 422, "not-needed"),
        ("1500.50", 422, "not-whole"),
        ("1500.00", 422, "not-whole"),
        ("01500", 422, "not-whole"),
        ("842151", 422, "insufficient-funds"),
    ] {
        let (got, said) = shop.preauthorise("a", "alice", amount).await;
        assert_eq!((got, said["error"].as_str()), (status, Some(error)), "{amount}: {said}");
    }
    assert_eq!(shop.preauthorise("a", "alice", "842151").await.1["available"], "842150.75");
    let (status, open) = shop.preauthorise("a", "alice", "1500").await;
    assert_eq!((status, &open["amount"]), (201, &json!("1500.00")), "{open}");
    // Once more, also after a crash between: the same answer, and nothing done twice.
    assert_eq!(shop.preauthorise("a", "alice", "1500").await, (201, open.clone()));
    assert_eq!(shop.preauthorise("a", "alice", "1501").await.1["error"], "key-used");
    shop.running.child.kill().unwrap();
    shop.running.child.wait().unwrap();
    let shop = Shop::open(folder.path()).await;
    let card = shop.card("alice", CARD).await;
    assert_eq!(card["preauthorisation"]["expires_at"], open["expires_at"]);
    assert_eq!(card["available"], "840650.75", "its money is held");
    assert_eq!(shop.preauthorise("a", "alice", "1500").await, (201, open));
    // An ordinary purchase leaves it alone; one above it is not covered.
    assert_eq!(shop.swipe(CARD, "Kiosk", "250").await, "approved");
    assert_eq!(shop.swipe(CARD, "Yachts", "1500.01").await, "confirmation");
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.50").await, "approved");
    let card = shop.card("alice", CARD).await;
    assert!(card.get("preauthorisation").is_none(), "{card}");
    assert_eq!(card["available"], "840420.25");
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.50").await, "confirmation");
}

#[tokio::test]
async fn the_window_ends_and_a_new_one_takes_the_place_of_the_old() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::open(folder.path()).await;
    assert_eq!(shop.preauthorise("a", "alice", "840000").await.0, 201);
    // More than is free beside the first, but not more than there is.
    let (status, second) = shop.preauthorise("b", "alice", "842150").await;
    assert_eq!(status, 201, "{second}");
    assert_eq!(shop.card("alice", CARD).await["preauthorisation"]["id"], second["id"]);
    fs::write(folder.path().join("clock"), "901000000").unwrap();
    let card = shop.card("alice", CARD).await;
    assert!(card.get("preauthorisation").is_none(), "{card}");
    assert_eq!(card["available"], "842150.75", "its money is free again");
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.50").await, "confirmation");
}

#[tokio::test]
async fn a_declined_payment_is_authorised_and_tried_again_once() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::open(folder.path()).await;
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.50").await, "confirmation");
    assert_eq!(shop.swipe(CARD, "Yachts", "900000").await, "cash");
    let declined = shop.card("alice", CARD).await["declined"].clone();
    assert_eq!(declined.as_array().unwrap().len(), 1, "what there is no money for cannot be authorised: {declined}");
    let payment = &declined[0];
    assert_eq!((&payment["merchant"], &payment["amount"]), (&json!("Cameras"), &json!("1480.50")));
    for (change, status, error) in [
        (("amount", json!("1480.51")), 409, "changed"),
        (("merchant", json!("Camera")), 409, "changed"),
        (("currency", json!("EUR")), 409, "changed"),
        (("user", json!("boris")), 404, "unknown-card"),
    ] {
        let (got, said) = shop.authorise("c", payment, change).await;
        assert_eq!((got, said["error"].as_str()), (status, Some(error)), "{said}");
    }
    let (status, done) = shop.authorise("c", payment, ("user", json!("alice"))).await;
    assert_eq!(status, 200, "{done}");
    let card = shop.card("alice", CARD).await;
    assert_eq!((&card["declined"], &card["available"]), (&json!([]), &json!("840670.25")));
    // The merchant's retry, and nobody else's.
    assert_eq!(shop.swipe(CARD, "Yachts", "1480.50").await, "confirmation");
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.51").await, "confirmation");
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.50").await, "approved");
    assert_eq!(shop.card("alice", CARD).await["available"], "840670.25");
    assert_eq!(shop.swipe(CARD, "Cameras", "1480.50").await, "confirmation");
    assert_eq!(shop.authorise("c", payment, ("user", json!("alice"))).await, (200, done));
    assert_eq!(shop.authorise("d", payment, ("user", json!("alice"))).await.1["error"], "unknown-payment");
    // A day later nothing of it can be authorised any more.
    let declined = shop.card("alice", CARD).await["declined"].as_array().unwrap().len();
    assert_eq!(declined, 3);
    fs::write(folder.path().join("clock"), format!("{}000000", 24 * 3600 + 5)).unwrap();
    assert_eq!(shop.card("alice", CARD).await["declined"], json!([]));
}

#[tokio::test]
async fn a_blocked_card_never_pays_again() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::open(folder.path()).await;
    assert_eq!(shop.preauthorise("a", "alice", "1500").await.0, 201);
    assert_eq!(shop.swipe(CARD, "Yachts", "5000").await, "confirmation");
    let payment = shop.card("alice", CARD).await["declined"][0].clone();
    assert_eq!(shop.authorise("b", &payment, ("user", json!("alice"))).await.0, 200);
    let block = async |user: &str, key: &str| shop.post(&format!("{CARD}/block"), key, &json!({ "user": user })).await;
    assert_eq!(block("boris", "k").await.1["error"], "unknown-card");
    let (status, card) = block("alice", "k").await;
    assert_eq!((status, &card["state"], &card["available"]), (200, &json!("blocked"), &json!("0.00")), "{card}");
    assert_eq!(block("alice", "k").await.0, 200);
    assert_eq!(block("alice", "l").await.1["state"], "blocked");
    for (merchant, amount) in [("Kiosk", "5"), ("Cameras", "1480"), ("Yachts", "5000")] {
        assert_eq!(shop.swipe(CARD, merchant, amount).await, "blocked");
    }
    let (status, said) = shop.preauthorise("z", "alice", "1500").await;
    assert_eq!((status, &said["error"], &said["state"]), (409, &json!("card-not-active"), &json!("blocked")));
    // What was promised to it is free for the account's other card.
    assert_eq!(shop.card("alice", "card-alice-9020").await["available"], "842150.75");
    assert_eq!(shop.swipe("card-alice-3105", "Kiosk", "5").await, "pending");
}

#[tokio::test]
async fn only_the_institution_and_only_what_is_of_the_form() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::open(folder.path()).await;
    let list = shop.url("/processor/v1/cards?user=alice");
    for request in [shop.http.get(&list), shop.http.get(&list).bearer_auth("x"), shop.http.get(&list).bearer_auth("")] {
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["www-authenticate"]),
            (401, &"Bearer".parse().unwrap())
        );
    }
    for path in ["preauthorisations", "payments/x/authorise", "block"] {
        let url = shop.url(&format!("/processor/v1/cards/{CARD}/{path}"));
        assert_eq!(shop.http.post(&url).send().await.unwrap().status(), 401, "{path}");
        let keyless = shop.http.post(&url).bearer_auth(SECRET).body(r#"{"user":"alice"}"#).send().await.unwrap();
        assert_eq!(keyless.status(), 400, "{path}");
        let (status, said) = shop.post(&format!("{CARD}/{path}"), "k", &json!({ "user": "alice", "more": 1 })).await;
        assert_eq!((status, &said["error"]), (400, &json!("invalid-request")), "{path}");
    }
    assert_eq!(shop.cards("nobody").await, json!([]));
    let states: Vec<String> =
        shop.cards("carol").await.as_array().unwrap().iter().map(|card| card["state"].to_string()).collect();
    assert_eq!(states, ["\"active\"", "\"pending\""]);
}

#[tokio::test]
async fn the_quotes_are_there_for_anybody_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::open(folder.path()).await;
    let slash = shop.http.get(shop.url("/trader?view=read-only")).send().await.unwrap();
    assert_eq!(
        (slash.status().as_u16(), &slash.headers()["location"]),
        (303, &"/trader/?view=read-only".parse().unwrap())
    );
    for path in ["/trader/?view=read-only", "/trader/board?view=read-only"] {
        let page = shop.http.get(shop.url(path)).header("accept-language", "en").send().await.unwrap();
        assert_eq!(page.status(), 200);
        let text = page.text().await.unwrap();
        assert!(text.contains("HLX") && !text.contains("place-order") && !text.contains("/trader/orders"), "{text}");
        assert_eq!(
            text.contains("Read-only") && text.contains("href=\"/trader/login\""),
            path.contains("/?"),
            "{text}"
        );
    }
    assert!(!shop.http.get(shop.url("/trader/")).send().await.unwrap().text().await.unwrap().contains("HLX"));
}
