//! A user leaves: what is kept is handed over, and then nothing personal of them is left in the database.

use super::{
    api::{Office, asked},
    rig::{Browser, Key, settings, start},
    support::{CHALLENGE, Card, PASSWORD, PIN, Server, session},
};
use reqwest::Method;
use serde_json::{Value, json};

/// Whatever says who alice is, or where she was.
const CANARIES: [&str; 10] = [
    "alice",
    "kanarienvogel",
    "+4915112345678",
    "canary label",
    "CanaryBrowser",
    "203.0.113.77",
    "Canary Payee",
    "DE89370400440532013017",
    "canary reference",
    "CANARYACCOUNT",
];

fn found(server: &Server) -> Vec<&'static str> {
    server.checkpoint();
    let dump = server.dump();
    let there = |text: &&&str| dump.windows(text.len()).any(|octets| octets == text.as_bytes());
    CANARIES.iter().filter(there).copied().collect()
}

/// A program's login from an address and by a browser of its own.
async fn logs_in(server: &Server, card: &mut Card) -> (u16, Value) {
    let post = async |form: &[(&str, &str)]| {
        let url = format!("{}/oauth2/authorize-challenge", server.url);
        let request = server.http.post(url).form(form).header("x-forwarded-for", "203.0.113.77");
        let answer = request.header("user-agent", "CanaryBrowser/1.0").send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, begun) =
        post(&[("client_id", "tws"), ("username", "alice"), ("password", PASSWORD), ("code_challenge", CHALLENGE)])
            .await;
    if begun["auth_session"].is_null() {
        return (status, begun);
    }
    let response = card.respond(&begun);
    post(&[("auth_session", session(&begun)), ("response", &response)]).await
}

/// A withdrawal that her card has confirmed.
async fn withdraws(office: &Office<'_>, card: &mut Card) -> Value {
    let mut body = asked("250.00");
    body["destination"]["name"] = json!("Canary Payee");
    body["reference"] = json!("canary reference");
    body["account_id"] = json!("CANARYACCOUNT");
    let (status, made) = office.ask("once", &body).await;
    assert_eq!(status, 201, "{made}");
    let response = card.answer(made["next"]["challenge"].as_str().unwrap(), PIN);
    let (_, done) = office.go_on(&made["id"], &json!({ "response": response })).await;
    assert_eq!(done["state"], "confirmed", "{done}");
    made["id"].clone()
}

async fn rename(server: &Server, card: &Card) {
    let (id, name) = (card.id.parse().unwrap(), domain::user::Username::parse("alice").unwrap());
    let renamed = server.app.store.write(move |sql| {
        let user = store::user::by_name(sql, &name)?.unwrap();
        store::device::save_label(sql, user.id, id, "canary label")
    });
    renamed.await.unwrap();
}

async fn history(server: &Server) -> (usize, i64, usize) {
    let read = |sql: &mut dyn store::Sql| {
        let rows = store::audit::page(sql, None, None, 10_000)?;
        let day = jiff::civil::date(2000, 1, 1);
        let mut counted = 0;
        let users: std::collections::BTreeSet<_> = rows.iter().filter_map(|row| row.user).collect();
        for user in users {
            counted += store::withdrawal::counting(sql, user, day, None)?.iter().map(|one| one.minor).sum::<i64>();
        }
        let kinds = rows.iter().filter(|row| row.kind == "confirmation.confirmed").count();
        Ok::<_, store::Error>((rows.len(), counted, kinds))
    };
    server.app.store.read(read).await.unwrap()
}

#[tokio::test]
async fn an_erased_user_leaves_nothing_personal_and_the_money_whole() {
    let settings = format!("[http]\ntrusted_proxies = [\"127.0.0.0/8\"]\n{}", settings(&Key::new(), &[]));
    let server = Server::with(&settings).await;
    let mut cards = server.user("alice", 1).await;
    server.user("bob", 0).await;
    rename(&server, &cards[0]).await;
    let office = Office::of(&server, "office").await;
    let body = json!({ "mail": "kanarienvogel@new.example", "phone": "+4915112345678" });
    assert_eq!(office.call(Method::PATCH, "/users/alice", Some(&body), None).await.0, 200);
    let shared = json!({ "users": ["alice", "bob"], "currency": "USD", "equity": "1.00" });
    assert_eq!(office.call(Method::PUT, "/accounts/SHARED", Some(&shared), None).await.0, 200);
    let account = json!({ "users": ["alice"], "currency": "USD", "equity": "1000.00" });
    assert_eq!(office.call(Method::PUT, "/accounts/CANARYACCOUNT", Some(&account), None).await.0, 200);
    let (status, done) = logs_in(&server, &mut cards[0]).await;
    assert_eq!(status, 200, "{done}");
    let id = withdraws(&office, &mut cards[0]).await;

    // What she takes along says all of it.
    let (status, kept) = office.call(Method::GET, "/users/alice/export", None, None).await;
    assert_eq!(status, 200, "{kept}");
    let text = kept.to_string();
    for canary in CANARIES {
        let written = canary.replace("DE89370400440532013017", "DE89 3704 0044 0532 0130 17");
        assert!(text.contains(&written), "{canary}: {text}");
    }
    assert!(kept["activity"].as_array().unwrap().iter().any(|one| one["what"] == "Online access created"), "{text}");
    assert!(!text.contains("phc") && !text.contains("argon") && !text.contains("sealed"), "and no secret");

    // Money that is on its way keeps its owner.
    let (status, refused) = office.call(Method::DELETE, "/users/alice", None, None).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/wrong-state")), "{refused}");
    assert!(found(&server).len() > 5, "nothing went");
    let settle = format!("/withdrawals/{}/settle", id.as_str().unwrap());
    assert_eq!(office.call(Method::POST, &settle, None, None).await.0, 200);
    let (rows, counted, confirmed) = history(&server).await;
    assert!(counted >= 25_000 && confirmed >= 2, "{counted} {confirmed}");

    let reader = Office::of(&server, "reader").await;
    assert_eq!(reader.call(Method::DELETE, "/users/alice", None, None).await.0, 403);
    assert_eq!(office.call(Method::DELETE, "/users/alice", None, None).await.0, 204);
    assert_eq!(found(&server), Vec::<&str>::new());
    let (rows_now, counted_now, confirmed_now) = history(&server).await;
    assert_eq!((counted_now, confirmed_now), (counted, confirmed), "windows and what was confirmed stay");
    assert!(rows_now > rows, "every row of the log is there, and that of the erasure");
    assert_eq!(office.get("/accounts/SHARED").await["users"].as_array().map(Vec::len), Some(1));
    let stays = server.rows();
    assert_eq!((stays["withdrawals"], stays["contacts"], stays["confirmations"], stays["evidence"]), (1, 1, 0, 0));

    // Nobody logs in by it, and nobody gets it again.
    let (status, refused) = logs_in(&server, &mut cards[0]).await;
    assert_eq!((status, &refused["failure"]["reason"]), (400, &json!("invalid_credentials")), "{refused}");
    assert_eq!(office.call(Method::GET, "/users/alice", None, None).await.0, 404);
    assert_eq!(office.call(Method::DELETE, "/users/alice", None, None).await.0, 404);
    let again = json!({ "username": "alice", "mail": "other@example.org" });
    let (status, taken) = office.call(Method::POST, "/users", Some(&again), None).await;
    assert_eq!((status, &taken["type"]), (409, &json!("/problems/username-taken")), "{taken}");
    let kept = office.get(&format!("/withdrawals/{}", id.as_str().unwrap())).await;
    assert_eq!((&kept["state"], &kept["amount"]), (&json!("settled"), &json!("250.00")), "{kept}");
    assert_eq!(office.get("/users").await["data"].as_array().map(Vec::len), Some(1), "bob is as he was");
}

/// A browser that was open, a link on its way and a request that waits: nothing of it goes on.
#[tokio::test]
async fn what_was_open_ends_with_its_user() {
    let server = start(&Key::new()).await;
    let mut cards = server.user("alice", 1).await;
    let browser = super::backchannel::sign_in(&server, "alice", &mut cards[0]).await;
    let office = Office::of(&server, "office").await;
    assert_eq!(office.call(Method::POST, "/users/alice/password-reset", None, None).await.0, 204);
    let link = super::passwords::newest(&server, "notice-password-link").await;
    let (_, waits) = office.ask("waits", &asked("10.00")).await;
    assert_eq!(waits["state"], "awaiting_confirmation", "{waits}");
    let (code, done, trouble) = server.command(&["user", "export", "alice", "--json"]).await;
    assert_eq!((code, &done["username"]), (0, &json!("alice")), "{trouble}");
    let (code, done, trouble) = server.command(&["user", "erase", "alice", "--json"]).await;
    assert_eq!((code, &done["erased"]), (0, &json!(true)), "{trouble}");
    assert_ne!(browser.get("/settings").await.status, 200);
    assert!(!Browser::new(&server).get(&link).await.text.contains("name=\"new\""));
    let now = office.get(&format!("/withdrawals/{}", waits["id"].as_str().unwrap())).await;
    assert_eq!(now["state"], "refused", "{now}");
    let (code, _, trouble) = server.command(&["user", "erase", "alice"]).await;
    assert_eq!(code, 1, "{trouble}");
    let (code, _, trouble) = server.command(&["user", "add", "alice", "--invite", "--mail", "a@example.org"]).await;
    assert!(code == 1 && trouble.contains("taken"), "{trouble}");
}
