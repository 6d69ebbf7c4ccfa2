use super::*;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use wire::{card_file::KeyBytes, phone::Suites, phone_file::PhoneFile};

/// A request's first line, once its head is there; none when whoever asked has gone.
async fn asked(connection: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        connection.read_line(&mut head).await.ok().filter(|octets| *octets > 0)?;
    }
    head.lines().next().map(str::to_owned)
}

async fn say(connection: &mut BufReader<TcpStream>, text: &str) {
    connection.get_mut().write_all(text.as_bytes()).await.unwrap();
}

/// What a server and its test tell each other.
#[derive(Default)]
struct Told {
    /// The stream was asked for.
    asked: Notify,
    /// It may begin.
    begin: Notify,
}

/// A server that describes itself, begins a stream when it may, and answers nothing else.
async fn streaming(listener: TcpListener, told: Arc<Told>) {
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let mut unanswered = Vec::new();
    loop {
        let mut connection = BufReader::new(listener.accept().await.unwrap().0);
        let Some(what) = asked(&mut connection).await else { continue };
        if what.contains("/.well-known/") {
            let names = ["authorization_endpoint", "authorization_challenge_endpoint", "token_endpoint", "jwks_uri"];
            let mut document: serde_json::Map<_, _> =
                names.into_iter().map(|name| (name.to_owned(), json!(issuer))).collect();
            document.insert("issuer".to_owned(), json!(issuer));
            let body = serde_json::Value::from(document).to_string();
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json";
            say(&mut connection, &format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await;
        } else if what.contains("/events") {
            told.asked.notify_one();
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                told.begin.notified().await;
                say(&mut connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n").await;
                say(&mut connection, "data: {\"confirmations\": []}\n\n").await;
                told.begin.notified().await;
            });
        } else {
            unanswered.push(connection);
        }
    }
}

fn state(server: &str) -> PhoneFile {
    let octets = || KeyBytes::new(vec![7; 32]);
    PhoneFile {
        format: wire::phone_file::FORMAT.to_owned(),
        server: server.to_owned(),
        username: "alice".to_owned(),
        device_id: "one".to_owned(),
        label: "Phone".to_owned(),
        suites: Suites { respond: String::new(), approve: String::new() },
        counter: 0,
        signing_key: KeyBytes::new(SigningKey::generate().unwrap().1.to_vec()),
        respond_key: octets(),
        approve_key: octets(),
        access_token: KeyBytes::new(b"token".to_vec()),
        refresh_token: KeyBytes::new(b"again".to_vec()),
        standalone: None,
        migrated: false,
    }
}

/// `phone watch` says that it watches until it is stopped. An ordinary call that begins after the stream was asked for, and is
/// given up, shows that the time of an answer has passed for the stream as well: it is there all the same.
#[tokio::test]
async fn a_stream_has_not_the_time_of_an_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let told = Arc::new(Told::default());
    let serving = tokio::spawn(streaming(listener, Arc::clone(&told)));
    let server = Server::discover(&url.parse().unwrap(), None).await.unwrap();
    let mut phone = Phone::at(&server, Shelf::memory(state(&url)), || 1_800_000_000).unwrap();
    phone.line.answers_within = Duration::from_millis(20);
    phone.line.http = reqwest::Client::builder().no_proxy().timeout(phone.line.answers_within).build().unwrap();
    let passes = async {
        told.asked.notified().await;
        let given_up = phone.pending().await;
        assert!(matches!(given_up, Err(PhoneError::Network(_))), "{given_up:?}");
        told.begin.notify_one();
    };
    let (events, ()) = tokio::join!(phone.events(), passes);
    assert_eq!(events.unwrap().next().await.unwrap(), Some(Vec::new()));
    serving.abort();
}
