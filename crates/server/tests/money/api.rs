//! The institution's API: tokens, accounts, rates, and withdrawals from the request to what becomes of them.

use super::phones::{PIN as PHONE_PIN, activate};
use super::rig::{self, Key, basic, introspect, send, start};
use super::support::{PIN, Server};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A back end of the institution.
pub struct Office<'a> {
    server: &'a Server,
    pub token: String,
}

impl<'a> Office<'a> {
    pub async fn of(server: &'a Server, client: &str) -> Self {
        let (status, answer) = token(server, client, &[]).await;
        assert_eq!((status, &answer["token_type"]), (200, &json!("Bearer")), "{answer}");
        assert!(answer.get("refresh_token").is_none() && answer.get("id_token").is_none(), "{answer}");
        Self { server, token: answer["access_token"].as_str().unwrap().to_owned() }
    }

    /// With a token that it was given.
    pub fn with(server: &'a Server, token: String) -> Self {
        Self { server, token }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.http.request(method, format!("{}/api/v1{path}", self.server.url)).bearer_auth(&self.token)
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>, key: Option<&str>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", format!("\"{key}\""));
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, None, None).await;
        assert_eq!(status, 200, "{path} {answer}");
        answer
    }

    pub async fn ask(&self, key: &str, body: &Value) -> (u16, Value) {
        self.call(Method::POST, "/withdrawals", Some(body), Some(key)).await
    }

    pub async fn go_on(&self, id: &Value, body: &Value) -> (u16, Value) {
        let path = format!("/withdrawals/{}/continue", id.as_str().unwrap());
        self.call(Method::POST, &path, Some(body), None).await
    }

    pub async fn act(&self, id: &Value, act: &str) -> (u16, Value) {
        let path = format!("/withdrawals/{}/{act}", id.as_str().unwrap());
        self.call(Method::POST, &path, None, None).await
    }
}

pub async fn token(server: &Server, client: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let form = [&[("grant_type", "client_credentials")], more].concat();
    send(server, "/oauth2/token", &form, &[("authorization", &basic(client))]).await
}

pub fn asked(amount: &str) -> Value {
    json!({
        "user": "alice", "amount": amount, "currency": "USD",
        "destination": { "name": "Bob", "account": "DE89 3704 0044 0532 0130 17" },
    })
}

/// The id of alice's device of a class.
pub async fn device_of(office: &Office<'_>, class: &str) -> Value {
    let devices = office.get("/users/alice/devices").await["data"].clone();
    let found = devices.as_array().unwrap().iter().find(|device| device["class"] == class);
    found.unwrap_or_else(|| panic!("{devices}"))["id"].clone()
}

/// The mission's example: the phone is refused before anything is sent, with the device that would do; that one confirms.
#[tokio::test]
async fn a_quarter_of_a_million_is_refused_for_the_phone_and_confirmed_by_the_card() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let id = async |class: &str| device_of(&office, class).await;
    let by_phone = json!({ "device_id": id("phone").await });
    let mut body = asked("250000.00");
    body.as_object_mut().unwrap().extend(by_phone.as_object().unwrap().clone());
    let (status, refused) = office.ask("a", &body).await;
    assert_eq!((status, &refused["type"]), (403, &json!("/problems/device-limit")), "{refused}");
    let card = json!([{ "id": id("dsc-plus").await, "class": "dsc-plus", "label": "Digital Security Card+" }]);
    assert_eq!(refused["devices"], card);
    assert!(phone.pending().await.unwrap().is_empty(), "nothing was sent");
    assert_eq!(office.get("/withdrawals?user=alice").await["data"], json!([]), "and no room is taken");

    // Where the user is to choose, the phone is shown with what is left for it.
    let (status, made) = office.ask("b", &asked("250000.00")).await;
    assert_eq!((status, &made["state"]), (201, &json!("awaiting_confirmation")), "{made}");
    assert_eq!(
        (&made["next"]["step"], &made["next"]["limited"][0]["available"]),
        (&json!("choose_device"), &json!("200000.00"))
    );
    let (status, still) = office.go_on(&made["id"], &by_phone).await;
    assert_eq!((status, &still["devices"]), (403, &card), "{still}");
    let (status, step) = office.go_on(&made["id"], &json!({ "device_id": id("dsc-plus").await })).await;
    assert_eq!((status, &step["next"]["step"]), (200, &json!("respond")), "{step}");
    let challenge = step["next"]["challenge"].as_str().unwrap().to_owned();
    assert!(challenge.starts_with(['8', '9']) && challenge.ends_with("017"), "{challenge}");
    let (status, wrong) = office.go_on(&made["id"], &json!({ "response": "00000000" })).await;
    assert_eq!(
        (status, &wrong["failure"]["reason"], &wrong["failure"]["attempts_left"]),
        (200, &json!("wrong_response"), &json!(2))
    );
    let response = cards[0].answer(&challenge, PIN);
    let (status, done) = office.go_on(&made["id"], &json!({ "response": response })).await;
    assert_eq!(
        (status, &done["state"], &done["confirmed_by"]["class"]),
        (200, &json!("confirmed"), &json!("dsc-plus")),
        "{done}"
    );
    assert!(done.get("next").is_none() && done.get("failure").is_none(), "{done}");

    // What proves it, with the window that it was counted in, and what the institution does with it; each once, however often it is said.
    let evidence = office.get(&format!("/withdrawals/{}/evidence", made["id"].as_str().unwrap())).await;
    let receipt = super::backchannel::claims(&evidence["receipt"]);
    assert_eq!(
        (&receipt["device_class"], &receipt["link"], &receipt["jti"]),
        (&json!("dsc-plus"), &json!("server_bound"), &made["id"])
    );
    let counted = &receipt["counted"];
    assert_eq!((&counted["usd"], &counted["business_day"]), (&json!("250000.00"), &done["counted"]["business_day"]));
    assert!(counted["five_days_from"].as_str() < counted["business_day"].as_str(), "{counted}");
    for _ in 0..2 {
        let (status, settled) = office.act(&made["id"], "settle").await;
        assert_eq!((status, &settled["state"]), (200, &json!("settled")), "{settled}");
    }
    let (status, late) = office.act(&made["id"], "cancel").await;
    assert_eq!(
        (status, &late["type"], &late["reason"]),
        (409, &json!("/problems/wrong-state"), &json!("settled")),
        "{late}"
    );
}

/// The mission's example goes on: what is left for the phone that day, and on each of the six business days after it,
/// with a second withdrawal on the first of them.
#[tokio::test]
async fn what_is_left_is_right_on_each_of_the_next_six_business_days() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    activate(&server, "alice").await;
    let mut days: Vec<Value> = Vec::new();
    let mut left = Vec::new();
    while days.len() < 7 {
        // A token lives an hour.
        let office = Office::of(&server, "office").await;
        let limits = office.get("/users/alice/limits").await;
        if days.last() == Some(&limits["business_day"]) {
            // A closed day belongs to the next open one, and opens nothing.
            server.advance(86_400);
            continue;
        }
        days.push(limits["business_day"].clone());
        if let Some(amount) = ["250000.00", "200000.00"].get(days.len() - 1) {
            let (_, made) = office.ask(amount, &asked(amount)).await;
            let step = json!({ "device_id": device_of(&office, "dsc-plus").await });
            let (_, step) = office.go_on(&made["id"], &step).await;
            let response = cards[0].answer(step["next"]["challenge"].as_str().unwrap(), PIN);
            let (_, done) = office.go_on(&made["id"], &json!({ "response": response })).await;
            assert_eq!(done["state"], "confirmed", "{done}");
        }
        let limits = office.get("/users/alice/limits").await;
        let phone = limits["devices"].as_array().unwrap().iter().find(|device| device["class"] == "phone").unwrap();
        left.push(phone["available"].as_str().unwrap().to_owned());
        server.advance(86_400);
    }
    // 200,000 a day and 600,000 in five: 250,000 and 200,000 leave 150,000, until the first and then the second is past.
    let expected = ["0.00", "0.00", "150000.00", "150000.00", "150000.00", "200000.00", "200000.00"].map(str::to_owned);
    assert_eq!(left, expected, "{days:?}");
}

/// The phone confirms what a back end waits for, and what it signed is there as evidence.
#[tokio::test]
async fn a_phone_confirms_while_its_back_end_waits() {
    let server = start(&Key::new()).await;
    server.user("alice", 0).await;
    let phone = activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let (status, made) = office.ask("a", &asked("1000.00")).await;
    assert_eq!((status, &made["next"]["step"]), (201, &json!("approve")), "{made}");
    let held = json!({ "wait": 30 });
    let waiting = office.go_on(&made["id"], &held);
    let approving = async {
        phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();
    };
    let ((status, done), ()) = tokio::join!(waiting, approving);
    assert_eq!((status, &done["state"]), (200, &json!("confirmed")), "{done}");
    let evidence = office.get(&format!("/withdrawals/{}/evidence", made["id"].as_str().unwrap())).await;
    let receipt = super::backchannel::claims(&evidence["receipt"]);
    let signed = evidence["statement"].as_str().unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, signed.as_bytes());
    let digest: String = digest.as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!((&receipt["link"], &receipt["statement_sha256"]), (&json!("seen_and_signed"), &json!(digest)));
    assert_eq!(evidence["device_key"]["kty"], "EC");
    // Confirmed, it can still be given up; then it is not settled.
    assert_eq!(office.act(&made["id"], "cancel").await.1["state"], "cancelled");
    assert_eq!(office.act(&made["id"], "settle").await.0, 409);
    let path = format!("/withdrawals/{}/evidence", made["id"].as_str().unwrap());
    assert_eq!(office.call(Method::GET, &path, None, None).await.0, 409, "nobody is to act on it any more");
}

/// A key stands for one request: sent again it gives the same, with another content it is refused.
#[tokio::test]
async fn a_key_acts_once() {
    let server = start(&Key::new()).await;
    server.user("alice", 2).await;
    let office = Office::of(&server, "office").await;
    let body = asked("10.00");
    let all = (0..20).map(|_| office.ask("once", &body));
    let answers = futures_util::future::join_all(all).await;
    for (status, answer) in &answers {
        assert_eq!((*status, &answer["id"]), (201, &answers[0].1["id"]), "{answer}");
    }
    assert_eq!(office.get("/withdrawals?user=alice").await["data"].as_array().unwrap().len(), 1);
    let (status, other) = office.ask("once", &asked("11.00")).await;
    assert_eq!((status, &other["type"]), (422, &json!("/problems/idempotency-key-reused")), "{other}");
    let (status, none) = office.call(Method::POST, "/withdrawals", Some(&body), None).await;
    assert_eq!((status, &none["type"]), (400, &json!("/problems/idempotency-key-missing")), "{none}");
    // Given up while a device is awaited: nobody can confirm it any more.
    let id = &answers[0].1["id"];
    assert_eq!(office.act(id, "cancel").await.1["state"], "cancelled");
    let (status, over) = office.go_on(id, &json!({})).await;
    assert_eq!((status, &over["state"], over.get("next")), (200, &json!("cancelled"), None), "{over}");
}

/// Nobody gets more of the API than its token is good for, and a token than its client is registered for.
#[tokio::test]
async fn a_token_is_good_for_its_scopes_and_for_as_long_as_it_lives() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    for (client, scope, error) in [
        ("back", None, "unauthorized_client"),
        ("reader", Some("withdrawals:write"), "invalid_scope"),
        ("office", Some("openid"), "invalid_scope"),
    ] {
        let more: Vec<_> = scope.iter().map(|scope| ("scope", *scope)).collect();
        assert_eq!(token(&server, client, &more).await.1["error"], error, "{client}");
    }
    // Not by a login either.
    let led = rig::Browser::new(&server).authorize("office", &[("scope", "openid rates:write")]).await;
    assert_eq!(led.parameters()["error"], "invalid_scope");
    let reader = Office::of(&server, "reader").await;
    assert_eq!(reader.get("/users/alice").await["username"], "alice");
    let (status, refused) = reader.ask("a", &asked("1.00")).await;
    assert_eq!(
        (status, &refused["type"], &refused["reason"]),
        (403, &json!("/problems/insufficient-scope"), &json!("withdrawals:write"))
    );
    let told = introspect(&server, &reader.token).await;
    assert_eq!(
        (&told["active"], &told["sub"], &told["scope"]),
        (&json!(true), &json!("reader"), &json!("withdrawals:read users:read"))
    );
    // A user's token is none of a back end, and one that was given back none at all.
    send(&server, "/oauth2/revoke", &[("token", &reader.token)], &[("authorization", &basic("office"))]).await;
    assert_eq!(reader.call(Method::GET, "/users", None, None).await.0, 200, "nobody else gives it back");
    send(&server, "/oauth2/revoke", &[("token", &reader.token)], &[("authorization", &basic("reader"))]).await;
    let (status, gone) = reader.call(Method::GET, "/users", None, None).await;
    assert_eq!((status, &gone["reason"]), (401, &json!("invalid_token")), "{gone}");
    let office = Office::of(&server, "office").await;
    server.advance(3601);
    assert_eq!(office.call(Method::GET, "/users", None, None).await.0, 401);
}

/// A token that is bound to a key is of no use without it, and each proof is good once.
#[tokio::test]
async fn a_bound_token_needs_its_key() {
    let server = start(&Key::new()).await;
    let (ours, other) = (Key::new(), Key::new());
    let proof = ours.proof(&server, ("POST", "/oauth2/token"), "1", None);
    let headers = [("authorization", basic("office")), ("dpop", proof)];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (_, answer) = send(&server, "/oauth2/token", &[("grant_type", "client_credentials")], &headers).await;
    assert_eq!(answer["token_type"], "DPoP", "{answer}");
    let token = answer["access_token"].as_str().unwrap();
    let call = async |scheme: &str, proof: Option<String>| {
        let mut request = server.http.get(format!("{}/api/v1/users", server.url));
        request = request.header("authorization", format!("{scheme} {token}"));
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let of = |key: &Key, jti: &str| Some(key.proof(&server, ("GET", "/api/v1/users"), jti, Some(token)));
    assert_eq!(call("Bearer", None).await, 401);
    assert_eq!(call("DPoP", None).await, 401);
    assert_eq!(call("DPoP", of(&other, "2")).await, 401);
    assert_eq!(call("DPoP", of(&ours, "3")).await, 200);
    assert_eq!(call("DPoP", of(&ours, "3")).await, 401, "a proof is good once");
}

/// What the institution posts, and what cannot be taken, each named.
#[tokio::test]
async fn accounts_and_rates_are_posted_and_bad_input_is_named() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    server.user("bob", 1).await;
    let office = Office::of(&server, "office").await;
    let account =
        |users: Value, currency: &str, equity: &str| json!({ "users": users, "currency": currency, "equity": equity });
    let put =
        async |id: &str, body: &Value| office.call(Method::PUT, &format!("/accounts/{id}"), Some(body), None).await;
    let (status, made) = put("U1", &account(json!(["alice", "bob"]), "USD", "812345.00")).await;
    assert_eq!(
        (status, &made["equity"], made["users"].as_array().map(Vec::len)),
        (200, &json!("812345.00"), Some(2)),
        "{made}"
    );
    put("U1", &account(json!(["alice"]), "EUR", "-12.5")).await;
    put("U2", &account(json!(["alice"]), "JPY", "1200")).await;
    let read = office.get("/accounts/U1").await;
    assert_eq!(
        (&read["equity"], &read["currency"], read["users"].as_array().map(Vec::len)),
        (&json!("-12.50"), &json!("EUR"), Some(1)),
        "{read}"
    );
    for (body, reason) in [
        (account(json!(["nobody"]), "USD", "1"), "user"),
        (account(json!([]), "USD", "1"), "users"),
        (account(json!(["alice"]), "ZZZ", "1"), "currency"),
        (account(json!(["alice"]), "JPY", "1.5"), "equity"),
        (account(json!(["alice"]), "USD", "1,000.00"), "equity"),
        (account(json!("alice"), "USD", "1"), "body"),
        (json!({ "users": ["alice"], "currency": "USD", "equity": "1", "owner": 1 }), "body"),
    ] {
        let (status, refused) = put("U9", &body).await;
        assert!(
            [400, 404].contains(&status) && refused["reason"] == reason && refused["detail"].is_string(),
            "{body} {refused}"
        );
    }
    assert_eq!(office.call(Method::GET, "/accounts/U9", None, None).await.0, 404);
}

/// A rate is posted as it was at some time, and of no time to come.
#[tokio::test]
async fn rates_are_posted() {
    let server = start(&Key::new()).await;
    let office = Office::of(&server, "office").await;
    let now = jiff::Timestamp::from_second(server.app.now().unix_seconds()).unwrap();
    let rate = async |code: &str, usd: &str, as_of: &str| {
        office.call(Method::PUT, &format!("/rates/{code}"), Some(&json!({ "usd": usd, "as_of": as_of })), None).await
    };
    let (status, posted) = rate("EUR", "1.0840", &now.to_string()).await;
    assert_eq!((status, &posted["usd"]), (200, &json!("1.084")), "{posted}");
    let future = now.checked_add(jiff::Span::new().hours(1)).unwrap().to_string();
    for (code, usd, as_of, reason) in [
        ("EUR", "0", now.to_string(), "usd"),
        ("EUR", "1,08", now.to_string(), "usd"),
        ("EUR", "1.08", "yesterday".to_owned(), "as_of"),
        ("EUR", "1.08", future, "as_of"),
        ("USD", "1", now.to_string(), "currency"),
        ("ZZZ", "1", now.to_string(), "currency"),
    ] {
        let (status, refused) = rate(code, usd, &as_of).await;
        assert_eq!((status, &refused["reason"]), (400, &json!(reason)), "{code} {usd} {refused}");
    }
    assert_eq!(office.get("/rates/EUR").await["usd"], "1.084");
}

/// Each member of a request that cannot be taken is named, and nothing is asked of anybody.
#[tokio::test]
async fn a_withdrawal_that_cannot_be_taken_is_refused_by_its_member() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let office = Office::of(&server, "office").await;
    for id in ["U1", "U2"] {
        let body = json!({ "users": ["alice"], "currency": "USD", "equity": "1" });
        assert_eq!(office.call(Method::PUT, &format!("/accounts/{id}"), Some(&body), None).await.0, 200);
    }
    // With several accounts the request says which; another one's is none of this user's.
    for (more, reason) in [
        (json!({}), "account_id"),
        (json!({ "account_id": "U7" }), "account_id"),
        (json!({ "account_id": "U1", "amount": "0.00" }), "amount"),
        (json!({ "account_id": "U1", "amount": "1.005" }), "amount"),
        (json!({ "account_id": "U1", "currency": "ZZZ" }), "amount"),
        (json!({ "account_id": "U1", "user": "nobody" }), "user"),
        (json!({ "account_id": "U1", "device_id": "x" }), "device_id"),
        (json!({ "account_id": "U1", "destination": { "name": "Bob", "account": " " } }), "destination.account"),
        (json!({ "account_id": "U1", "destination": { "name": "B\u{202e}ob", "account": "1" } }), "destination.name"),
        (json!({ "account_id": "U1", "kind": "gift" }), "body"),
    ] {
        let mut body = asked("10.00");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, refused) = office.ask("k", &body).await;
        assert!([400, 404].contains(&status) && refused["reason"] == reason, "{more} {refused}");
    }
    assert_eq!(office.get("/withdrawals?user=alice").await["data"], json!([]));
}

/// Lists come in pages, and each row is on one of them.
#[tokio::test]
async fn lists_come_in_pages() {
    let server = start(&Key::new()).await;
    server.user("alice", 2).await;
    for name in ["bob", "carol", "dave"] {
        server.user(name, 0).await;
    }
    let office = Office::of(&server, "office").await;
    for n in 0..5 {
        assert_eq!(office.ask(&format!("{n}"), &asked("1.00")).await.0, 201);
    }
    for (path, key, wanted) in
        [("/users?", "username", 4), ("/withdrawals?user=alice&", "id", 5), ("/users/alice/activity?", "id", 5)]
    {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = office.get(&format!("{path}limit=2{cursor}")).await;
            let rows = page["data"].as_array().unwrap();
            assert!(rows.len() <= 2);
            seen.extend(rows.iter().map(|row| row[key].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert!(seen.len() == all && all >= wanted, "{path} {seen:?}");
    }
    for bad in ["limit=0", "limit=101", "limit=x", "cursor=x&user=alice", "page=2"] {
        let (status, refused) = office.call(Method::GET, &format!("/withdrawals?user=alice&{bad}"), None, None).await;
        assert_eq!((status, &refused["type"]), (400, &json!("/problems/bad-request")), "{bad} {refused}");
    }
}

/// What is left by each device and why, and what the rule says beforehand: the same that page and phone go by.
#[tokio::test]
async fn limits_and_permit_say_what_is_left_and_why() {
    let server = start(&Key::new()).await;
    server.user("alice", 1).await;
    let phone = activate(&server, "alice").await;
    let office = Office::of(&server, "office").await;
    let (phone_id, card_id) = (device_of(&office, "phone").await, device_of(&office, "dsc-plus").await);
    let body = json!({ "device_id": phone_id });
    let mut wanted = asked("150000.00");
    wanted.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    assert_eq!(office.ask("a", &wanted).await.0, 201);
    phone.approve(&phone.one(None).await.unwrap(), PHONE_PIN, None).await.unwrap();

    let before = server.app.store.units();
    let limits = office.get("/users/alice/limits").await;
    let taken = server.app.store.units() - before;
    assert!(taken.statements <= 3 + 1, "three, and one for the token: {taken:?}");
    assert_eq!((&limits["currency"], &limits["zone"]), (&json!("USD"), &json!("America/New_York")), "{limits}");
    assert_eq!((&limits["day"]["used"], &limits["five_days"]["used"]), (&json!("150000.00"), &json!("150000.00")));
    assert_eq!((&limits["five_days"]["to"], &limits["lock"]["state"]), (&limits["business_day"], &json!("open")));
    let of = |id: &Value| limits["devices"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap().clone();
    let (by_phone, by_card) = (of(&phone_id), of(&card_id));
    assert_eq!((&by_phone["available"], &by_phone["per_day"]), (&json!("50000.00"), &json!("200000.00")));
    let reason = json!([{ "code": "class_per_day", "amount": "200000.00", "used": "150000.00" }]);
    assert_eq!(by_phone["reasons"], reason);
    assert_eq!(
        (&by_card["available"], &by_card["per_day"], &by_card["own_per_day"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );

    let permit = async |amount: &str| {
        office.get(&format!("/users/alice/permit?operation=withdrawal&amount={amount}&currency=USD")).await
    };
    assert_eq!(permit("50000.00").await["answer"], "free");
    let more = permit("50000.01").await;
    assert_eq!((&more["answer"], &more["how_many"]), (&json!("needs"), &json!(1)), "{more}");
    let may: Vec<_> = more["devices"].as_array().unwrap().iter().filter(|one| one["permitted"] == true).collect();
    assert_eq!((may.len(), &may[0]["id"]), (1, &card_id));
    for bad in [
        "operation=gift&amount=1&currency=USD",
        "operation=withdrawal&amount=0&currency=USD",
        "operation=withdrawal&amount=1",
    ] {
        let (status, refused) = office.call(Method::GET, &format!("/users/alice/permit?{bad}"), None, None).await;
        assert_eq!(status, 400, "{bad} {refused}");
    }
    assert_eq!(office.call(Method::GET, "/users/nobody/limits", None, None).await.0, 404);
}
