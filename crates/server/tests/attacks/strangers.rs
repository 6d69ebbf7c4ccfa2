//! What strangers write: no row before a secret was proved or a bucket was paid, whatever route they call and however
//! often.

use super::{
    rig::{self, Key},
    support::{Server, WIDE},
};
use countersign::http::routes::{self, Route};
use serde_json::json;
use std::time::Duration;

/// Requests to each route, far more than a stranger's bucket pays for.
const TIMES: usize = 120;
/// What the address's bucket holds.
const PAID: usize = 10;
/// Rows that one paid request may leave behind.
const ROWS: usize = 4;
/// The buckets themselves, and the one row by which a server shows that it can write.
const NO_STATE: [&str; 2] = ["throttle", "pulse"];

/// All rows but those of buckets.
fn rows(server: &Server) -> usize {
    server.rows().into_iter().filter(|(table, _)| !NO_STATE.contains(&table.as_str())).map(|(_, rows)| rows).sum()
}

/// The nth request of a stranger who fills in whatever the route may ask for, with a good proof of a key of his own.
async fn ask(server: &Server, route: &Route, key: &Key, n: usize) {
    let (client, name) = if route.path.ends_with("authorize-challenge") { ("tws", "alice") } else { ("rp", "nobody") };
    let (number, password) = (format!("{n}"), format!("a wrong guess {n}"));
    let mut form = rig::request(client, &[]);
    let more = [
        ("username", name),
        ("password", &password),
        ("grant_type", "authorization_code"),
        ("code", &password),
        ("token", &password),
        ("code_verifier", super::support::VERIFIER),
        ("login_hint", "alice"),
        ("binding_message", "order 1"),
        ("attempt", &number),
        ("request", &password),
        ("id", &number),
        ("answer", "continue"),
        ("lang", "ru"),
    ];
    form.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let path: String = route
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { "01930000-0000-7000-8000-000000000000" } else { part })
        .collect::<Vec<_>>()
        .join("/");
    let method = route.method.to_uppercase();
    let proof = key.proof(server, (&method, &path), &format!("{path} {n}"), None);
    let url = format!("{}{path}", server.url);
    let request = match (route.method, path.as_str()) {
        ("get", _) => {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
            server.http.get(format!("{url}?{query}"))
        }
        (_, "/api/phone/v1/activations") => {
            server.http.post(url).json(&json!({ "username": "alice", "password": password }))
        }
        (_, path) if path.starts_with("/api/phone") => {
            server.http.post(url).header("content-type", "application/jose").body(proof.clone())
        }
        ("put" | "delete", _) => server.http.request(method.parse().unwrap(), url).json(&json!({})),
        _ => server.http.post(url).form(&form),
    };
    // An answer that is held open for a stranger is none that writes.
    drop(request.header("DPoP", proof).timeout(Duration::from_secs(10)).send().await);
}

#[tokio::test]
async fn no_route_writes_for_strangers_before_a_bucket_was_paid() {
    let narrow = format!("[throttle]\naddress_burst = {PAID}\naddress_per_second = 1\nusername_burst = {PAID}\n");
    let settings = rig::settings(&Key::new(), &[]);
    let (_, clients) = settings.split_once("[[clients]]").unwrap();
    assert!(settings.starts_with(WIDE.lines().next().unwrap()), "what is narrowed here stands first");
    let server = Server::with(&format!("{narrow}[[clients]]{clients}")).await;
    server.user("alice", 1).await;
    let key = Key::new();
    let (mut asked, mut wrote) = (0, Vec::new());
    for route in routes::all() {
        // Each route finds full buckets, which the ones before have emptied.
        server.advance(3600);
        let before = rows(&server);
        for n in 0..TIMES {
            ask(&server, route, &key, n).await;
        }
        asked += 1;
        let written = rows(&server) - before;
        if written > PAID * ROWS {
            wrote.push((route.method, route.path, written));
        }
    }
    assert!(asked > 60, "the table of routes");
    assert!(wrote.is_empty(), "rows for nothing: {wrote:?}");
}
