//! A server of the tests' own: a client's, or a push service. It keeps what it is sent and answers as it was told.

use super::support::until;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// A status, and what `Retry-After` says. Status 0: it never answers.
pub type Told = (u16, Option<&'static str>);

pub struct Receiver {
    /// Its address, without a path.
    pub url: String,
    kept: Arc<Kept>,
}

struct Kept {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<Told>>,
    /// The status when nothing was told.
    otherwise: u16,
}

#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Received {
    /// A header that is there once.
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("{name} is missing")).to_str().unwrap();
        assert!(values.next().is_none(), "{name} is there once");
        value
    }

    /// The body, as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Receiver {
    /// Answers with these statuses, one after the other, and with 200 from then on.
    pub async fn start(answers: &[u16]) -> Self {
        let receiver = Self::answering(200).await;
        receiver.answers(&answers.iter().map(|status| (*status, None)).collect::<Vec<_>>());
        receiver
    }

    /// Answers with this status, unless told otherwise.
    pub async fn answering(otherwise: u16) -> Self {
        let kept = Arc::new(Kept { received: Mutex::default(), answers: Mutex::default(), otherwise });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let router = Router::new().fallback(take).with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, kept }
    }

    /// The next answers.
    pub fn answers(&self, answers: &[Told]) {
        self.kept.answers.lock().unwrap().extend(answers);
    }

    pub fn received(&self) -> Vec<Received> {
        self.kept.received.lock().unwrap().clone()
    }

    /// What was received, as soon as it is so many.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let enough = async || Some(self.received()).filter(|received| received.len() >= count);
        until(&format!("{count} are received"), enough).await
    }
}

async fn take(State(kept): State<Arc<Kept>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let received = Received { path: uri.path().to_owned(), headers, body: body.to_vec() };
    kept.received.lock().unwrap().push(received);
    let (status, after) = kept.answers.lock().unwrap().pop_front().unwrap_or((kept.otherwise, None));
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let mut response = StatusCode::from_u16(status).unwrap().into_response();
    let extra = match after {
        Some(after) => Some((header::RETRY_AFTER, after)),
        None if response.status().is_redirection() => Some((header::LOCATION, "/elsewhere")),
        None => None,
    };
    response.headers_mut().extend(extra.map(|(name, value)| (name, value.parse().unwrap())));
    response
}
