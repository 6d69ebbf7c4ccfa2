//! What strangers write: no row before a secret was proved or a bucket was paid, whatever route they call and however
//! often.

use super::{
    rig::{self, Key},
    support::{Server, WIDE},
};
use countersign::http::routes::{self, Route};
use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// Requests to each route, far more than a stranger's bucket pays for.
const TIMES: usize = 500;
/// Connections over which they come.
const CONNECTIONS: usize = 4;
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

/// The requests of a stranger who fills in whatever the route may ask for, each with a good proof of a key of his own. As
/// they go over the wire: a client's own work is most of what many of them take.
fn requests(server: &Server, route: &Route, key: &Key) -> Vec<String> {
    let (client, name) = if route.path.ends_with("authorize-challenge") { ("tws", "alice") } else { ("rp", "nobody") };
    let mut form = rig::request(client, &[]);
    let more = [
        ("username", name),
        ("grant_type", "authorization_code"),
        ("code_verifier", super::support::VERIFIER),
        ("login_hint", "alice"),
        ("binding_message", "order 1"),
        ("answer", "continue"),
        ("lang", "ru"),
    ];
    form.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let parts = route.path.split('/');
    let path = parts.map(|part| if part.starts_with('{') { "01930000-0000-7000-8000-000000000000" } else { part });
    let (path, method) = (path.collect::<Vec<_>>().join("/"), route.method.to_uppercase());
    let host = server.url.trim_start_matches("http://");
    (0..TIMES)
        .map(|n| {
            let proof = key.proof(server, (&method, &path), &format!("{path} {n}"), None);
            let guess = format!("a+wrong+guess+{n}");
            let form = format!("{form}&password={guess}&code={guess}&token={guess}&request={guess}&attempt={n}&id={n}");
            let (query, content, body) = match (route.method, path.as_str()) {
                ("get", _) => (format!("?{form}"), "text/plain", String::new()),
                (_, "/api/phone/v1/activations") => {
                    (String::new(), "application/json", json!({ "username": "alice", "password": guess }).to_string())
                }
                (_, path) if path.starts_with("/api/phone") => (String::new(), "application/jose", proof.clone()),
                ("put" | "delete", _) => (String::new(), "application/json", json!({}).to_string()),
                _ => (String::new(), "application/x-www-form-urlencoded", form),
            };
            let length = body.len();
            format!(
                "{method} {path}{query} HTTP/1.1\r\nHost: {host}\r\nDPoP: {proof}\r\nContent-Type: {content}\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            )
        })
        .collect()
}

/// Sends requests over one connection, one after the other; each is answered.
async fn send(server: &Server, requests: &[String]) {
    let mut stream = BufReader::new(TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap());
    for request in requests {
        stream.get_mut().write_all(request.as_bytes()).await.unwrap();
        let (mut length, mut line) = (None, String::new());
        while line != "\r\n" {
            line.clear();
            assert!(stream.read_line(&mut line).await.unwrap() > 0, "not answered: {request}");
            let header = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            length = length.or(header.map(|(_, value)| value.trim().parse().unwrap()));
        }
        // An answer that is held open, or without a length, is none for a stranger.
        let mut body = vec![0; length.unwrap_or_else(|| panic!("no length: {request}"))];
        stream.read_exact(&mut body).await.unwrap();
    }
}

/// Asks every `PARTS`th route, from the `part`th on.
async fn no_rows_for_nothing(part: usize) {
    let narrow = format!("[throttle]\naddress_burst = {PAID}\naddress_per_second = 1\nusername_burst = {PAID}\n");
    let settings = rig::settings(&Key::new(), &[]);
    let (_, clients) = settings.split_once("[[clients]]").unwrap();
    assert!(settings.starts_with(WIDE.lines().next().unwrap()), "what is narrowed here stands first");
    let server = Server::with(&format!("{narrow}[[clients]]{clients}")).await;
    server.user("alice", 1).await;
    let key = Key::new();
    let (mut asked, mut wrote) = (0, Vec::new());
    for route in routes::all().skip(part).step_by(PARTS) {
        // Each route finds full buckets, which the ones before have emptied.
        server.advance(3600);
        let before = rows(&server);
        let requests = requests(&server, route, &key);
        join_all(requests.chunks(TIMES / CONNECTIONS).map(|some| send(&server, some))).await;
        asked += 1;
        let written = rows(&server) - before;
        if written > PAID * ROWS {
            wrote.push((route.method, route.path, written));
        }
    }
    assert!(asked > 60 / PARTS, "the table of routes");
    assert!(wrote.is_empty(), "rows for nothing: {wrote:?}");
}

/// The routes in parts, each a test of its own: one after the other they took longer than all other tests beside them.
macro_rules! parts {
    ($($name:ident: $part:literal),*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            no_rows_for_nothing($part).await;
        })*
        /// How many parts there are.
        const PARTS: usize = [$($part),*].len();
    };
}

parts! {
    no_route_writes_for_strangers_before_a_bucket_was_paid_1: 0,
    no_route_writes_for_strangers_before_a_bucket_was_paid_2: 1,
    no_route_writes_for_strangers_before_a_bucket_was_paid_3: 2,
    no_route_writes_for_strangers_before_a_bucket_was_paid_4: 3
}
