//! What nothing forgets grows without end: two years on, what must go is gone, and the record stays.

use crate::login::{own_devices, pages, passwords};

use super::{
    phones::{self, activate},
    rig::{self, Browser, Key, basic, redemption, send},
    support::{Card, PASSWORD, Server, queued},
};
use crate::money::api::{Office, asked};
use countersign::flow::sweep::sweep;
use domain::{
    audit::Actor,
    desk::{self, CallState},
    user::Username,
};
use reqwest::Method;
use std::{collections::BTreeMap, time::Duration};
use wire::phone::StartActivation;

/// Tables that keep a row for strangers, or for each back end, until the user's next success.
const UNTIL_A_SUCCESS: [&str; 2] = ["user_failures", "unanswered_pushes"];
/// Of this one what is in force stays: a contact point of each of two users.
const IN_FORCE: &str = "contacts";

/// Does a little of everything.
async fn live(server: &Server) {
    let mut card = server.user("alice", 1).await.remove(0);
    let browser = Browser::new(server);
    let code = browser.code("back", &[("scope", "openid offline_access")], &mut card).await;
    let form = [redemption("back", &code), vec![("scope", "openid")]].concat();
    let (status, tokens) = send(server, "/oauth2/token", &form, &[("authorization", &basic("back"))]).await;
    assert_eq!(status, 200, "{tokens}");
    assert!(tokens["refresh_token"].is_string(), "{tokens}");
    server.log_in("alice", &mut card, &[]).await;
    server.user("boris", 0).await;
    let phone = activate(server, "boris").await;
    let (_, step) = server.begin("boris", PASSWORD, &[]).await;
    let (pending, number) = phones::shown(&phone, &step).await;
    phone.approve(&pending, phones::PIN, number.as_deref()).await.unwrap();
    phones::ask(server, &step, "0").await;
    phone.begin_pin_change(&phones::known(server).await).await.unwrap();
    let own = [("grant_type", "client_credentials")];
    assert_eq!(send(server, "/oauth2/token", &own, &[("authorization", &basic("office"))]).await.0, 200);
    // What is begun and left.
    let ask = [("scope", "openid"), ("login_hint", "boris"), ("binding_message", "order 1")];
    let asked = send(server, "/oauth2/bc-authorize", &ask, &[("authorization", &basic("payer"))]).await;
    assert_eq!(asked.0, 200, "{}", asked.1);
    server.begin("boris", "a wrong guess", &[]).await;
    Browser::new(server).authorize("rp", &[]).await;
    phones::begin(server, "boris").await;
    changes(server, &mut card).await;
    of_the_institution(server).await;
    kept_alone(server).await;
}

/// A withdrawal that is told by a webhook which has ended since, and whose delivery was given up.
async fn of_the_institution(server: &Server) {
    let office = Office::of(server, "office").await;
    let hook = serde_json::json!({ "url": "https://bank.example/hook", "events": [] });
    let (status, hook) = office.call(Method::POST, "/webhooks", Some(&hook), None).await;
    assert_eq!(status, 201, "{hook}");
    let (status, asked) = office.ask("a", &asked("10.00")).await;
    assert_eq!(status, 201, "{asked}");
    let hook = format!("/webhooks/{}", hook["id"].as_str().unwrap());
    assert_eq!(office.call(Method::DELETE, &hook, None, None).await.0, 204);
    let now = server.app.now();
    for due in queued(server).await {
        let given_up = move |sql: &mut dyn store::Sql| {
            let claimed = store::delivery::claim(sql, &due, now.plus(Duration::from_secs(60)))?.unwrap();
            store::delivery::give_up(sql, &claimed, now)
        };
        assert!(server.app.store.write(given_up).await.unwrap());
    }
}

/// What needs a colleague, an authenticator or a file that breaks off: as the store keeps it.
async fn kept_alone(server: &Server) {
    let (name, now) = (Username::parse("alice").unwrap(), server.app.now());
    let keep = move |sql: &mut dyn store::Sql| {
        let user = store::user::by_name(sql, &name)?.unwrap().id;
        let state = CallState::Asked;
        let call = desk::Call { agent: user, state, asked_at: now, ended_at: now, device: None };
        store::call::insert(sql, &store::call::Call { user, id: [7; 16].into(), call })?;
        let signed = store::passkey_evidence::PasskeyEvidence {
            user,
            confirmation: [7; 16].into(),
            device: [7; 16].into(),
            statement: "{}".to_owned(),
            authenticator_data: vec![1],
            client_data: vec![1],
            signature: vec![1],
            at: now,
        };
        store::passkey_evidence::keep(sql, &signed)?;
        let file = store::inventory::Batch {
            id: [7; 16].into(),
            source: "tokens.xml".to_owned(),
            adopted: false,
            actor: Actor::Operator { name: "root".to_owned() },
            created_at: now,
            ready_at: None,
        };
        store::inventory::open(sql, &file)
    };
    server.app.store.write(keep).await.unwrap();
}

/// A PIN, a password and a contact point that are asked for and not confirmed, and one that is replaced.
async fn changes(server: &Server, card: &mut Card) {
    let settings = pages::Browser::new(server);
    settings.log_in("alice", card).await;
    own_devices::wish(&settings, card, ["8351"; 3]).await;
    let browser = Browser::new(server);
    passwords::forgets(&browser, "alice").await;
    passwords::chooses(&browser, &passwords::link(server, 0).await, passwords::NEW).await;
    let page = settings.get("/settings/contacts").await;
    settings.post("/settings/contacts", &page, &[("address", "alice@new.example")]).await;
    let office = Office::of(server, "office").await;
    let body = serde_json::json!({ "mail": "alice@other.example" });
    assert_eq!(office.call(Method::PATCH, "/users/alice", Some(&body), None).await.0, 200);
}

#[tokio::test]
async fn two_years_on_what_must_go_is_gone_and_the_record_stays() {
    let server = Server::with(&rig::settings(&Key::new(), &[])).await;
    live(&server).await;
    let before = server.rows();
    let ends: BTreeMap<_, _> = store::retention::tables().collect();
    for (table, _) in ends.iter().filter(|(_, stays)| stays.is_none()) {
        assert!(before[*table] > 0, "nothing is in {table}, so that it goes says nothing: {before:?}");
    }
    sweep(&server.app).await.unwrap();
    let swept = server.rows();
    for table in ["confirmations", "sessions", "marks", "evidence", "tokens", "audit"] {
        assert_eq!(swept[table], before[table], "nothing of {table} goes at once");
    }
    server.advance(2 * 365 * 86_400);
    // What is open ends first, and is forgotten in its time after that.
    sweep(&server.app).await.unwrap();
    server.advance(2 * 365 * 86_400);
    sweep(&server.app).await.unwrap();
    let after = server.rows();
    for (table, stays) in &ends {
        match stays {
            Some(_) => assert!(after[*table] >= before[*table], "{table} stays: {before:?} {after:?}"),
            None if *table == IN_FORCE => assert_eq!((before[*table], after[*table]), (3, 2), "{table}"),
            None if UNTIL_A_SUCCESS.contains(table) => assert!(after[*table] <= 2, "{table}: {after:?}"),
            None => assert_eq!(after[*table], 0, "{table}: {after:?}"),
        }
    }
    assert!(after["audit"] > before["audit"], "the ends are recorded too");
}

/// Trouble of one kind is swept in batches, however much there is.
#[tokio::test]
async fn more_than_a_batch_goes_in_one_sweep() {
    let server = Server::with(&rig::settings(&Key::new(), &[])).await;
    let now = server.app.now();
    let filled = server.app.store.write(move |sql| {
        (0..2500_u32).try_for_each(|n| {
            let mut digest = [7; 32];
            digest[..4].copy_from_slice(&n.to_be_bytes());
            store::replay::first_use(sql, digest, now).map(drop)
        })
    });
    filled.await.unwrap();
    assert!(server.rows()["replays"] >= 2500);
    server.advance(3600);
    sweep(&server.app).await.unwrap();
    assert_eq!(server.rows()["replays"], 0);
}

#[tokio::test]
async fn codes_have_a_daily_end_and_the_owner_is_told_of_what_waits() {
    let server = Server::with(&rig::settings(&Key::new(), &[])).await;
    server.user("alice", 0).await;
    let known = phones::known(&server).await;
    let start = StartActivation {
        username: Some("alice".to_owned()),
        password: Some(PASSWORD.to_owned()),
        ..StartActivation::default()
    };
    let begin = async || {
        let activation = countersign_client::phone::Activation::new(&known, phones::unix_now).unwrap();
        activation.begin_with(known.clone(), &start).await.map(drop)
    };
    let mut begun = 0;
    for _ in 0..6 {
        for _ in 0..8 {
            match begin().await {
                Ok(()) => begun += 1,
                refused => assert_eq!(phones::slug(refused), "throttled"),
            }
        }
        server.advance(601);
    }
    assert_eq!(begun, 20, "five each ten minutes, and twenty a day");
    let sent = phones::notices(&server).await;
    assert_eq!(sent.iter().filter(|message| *message == "notice-activation-code").count(), 20);
    server.advance(86_400);
    begin().await.unwrap();
}

/// Notices that strangers cause give way to one that says so; those of what the desk or the owner does never do.
#[tokio::test]
async fn notices_of_strangers_have_a_daily_end_and_others_are_told_all_the_same() {
    let settings = rig::settings(&Key::new(), &[]);
    let server = Server::with(&format!("{settings}[messages]\na_day = 3\n")).await;
    let cards = server.user("alice", 2).await;
    for card in &cards {
        for _ in 0..2 {
            let (_, begun) = server.begin("alice", PASSWORD, &[]).await;
            let (_, asked) =
                server.challenge(&[("auth_session", super::support::session(&begun)), ("device_id", &card.id)]).await;
            for wrong in ["00000001", "00000002", "00000003"] {
                server.challenge(&[("auth_session", super::support::session(&asked)), ("response", wrong)]).await;
            }
        }
    }
    let told = phones::notices(&server).await;
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(told[0], "notice-more-waits", "{told:?}");
    let app = server.app.clone();
    let password = domain::Secret::new("another long password".to_owned());
    let set = move || countersign::flow::user::set_password(&app, "alice", &password).map(drop);
    tokio::task::spawn_blocking(set).await.unwrap().unwrap();
    assert_eq!(phones::notices(&server).await[0], "notice-password-set");
}

/// A back end may ask as often as its limits let it; its user is told so many times a day, and once that more waits.
#[tokio::test]
async fn messages_that_something_waits_have_a_daily_end() {
    let settings = rig::settings(&Key::new(), &[]);
    let server = Server::with(&format!("{settings}[messages]\na_day = 3\n")).await;
    server.user("alice", 1).await;
    let ask = async || {
        let form = [("scope", "openid"), ("login_hint", "alice"), ("binding_message", "order 1")];
        let (status, asked) = send(&server, "/oauth2/bc-authorize", &form, &[("authorization", &basic("payer"))]).await;
        assert_eq!(status, 200, "{asked}");
        server.advance(3600);
    };
    for _ in 0..8 {
        ask().await;
    }
    let told = phones::notices(&server).await;
    assert_eq!(told, ["notice-more-waits", "notice-asked", "notice-asked", "notice-asked"]);
    server.advance(86_400);
    ask().await;
    assert_eq!(phones::notices(&server).await[0], "notice-asked", "the next day is another one");
}
