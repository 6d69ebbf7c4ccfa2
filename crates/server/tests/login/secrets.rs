//! Canaries: no password, PIN, key, handle or code stands in the database or in the logs.

use super::support::{PASSWORD, PIN, Server, session};
use std::{
    io,
    sync::{Arc, Mutex},
};
use tracing_subscriber::fmt::MakeWriter;

/// What is logged.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens from now on, to every thread: the store's own write most of what is logged. Once in a process.
    pub(super) fn listen() -> Self {
        let log = Self::default();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    /// What was logged.
    pub(super) fn so_far(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl io::Write for Log {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_database_nor_log_holds_a_secret() {
    let log = Log::listen();
    let server = Server::start().await;
    let mut cards = server.user("alice", 1).await;
    let (_, step) = server.begin("alice", PASSWORD, &[]).await;
    let handle = session(&step).to_owned();
    server.challenge(&[("auth_session", &handle), ("response", "13572468")]).await;
    let response = cards[0].respond(&step);
    let (_, done) = server.challenge(&[("auth_session", &handle), ("response", &response)]).await;
    let code = done["authorization_code"].as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "tws"),
        ("code", code.as_str()),
        ("code_verifier", super::support::VERIFIER),
    ];
    let (_, tokens) = server.post("/oauth2/token", &form).await;

    let suite = otp::ocra::Suite::parse(super::support::SUITE).unwrap();
    let pin_hash = suite.pin_hash(PIN).unwrap();
    let texts = [
        ("password", PASSWORD),
        ("handle", &handle),
        ("code", &code),
        ("response", &response),
        ("wrong response", "13572468"),
        ("mark", done["client_mark"].as_str().unwrap()),
        ("token", tokens["access_token"].as_str().unwrap()),
        ("ID token", tokens["id_token"].as_str().unwrap()),
        ("mail address", "alice@example.com"),
    ];
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let mut canaries: Vec<(&str, Vec<u8>)> =
        texts.iter().map(|(what, text)| (*what, text.as_bytes().to_vec())).collect();
    canaries.push(("device key", cards[0].key.clone()));
    canaries.push(("device key in hexadecimal", hex(&cards[0].key).into_bytes()));
    canaries.push(("PIN hash", pin_hash.as_bytes().to_vec()));
    canaries.push(("PIN hash in hexadecimal", hex(pin_hash.as_bytes()).into_bytes()));

    let log = log.so_far();
    assert!(find(&log, b"confirmation.confirmed"), "the log was listened to");
    let database = server.dump();
    assert!(find(&database, b"confirmation.confirmed"), "the database was read");
    for (what, canary) in canaries {
        assert!(!find(&log, &canary), "the log holds the {what}");
        assert!(!find(&database, &canary), "the database holds the {what}");
    }
}

pub(super) fn find(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
