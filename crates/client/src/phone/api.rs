//! The phone's API, spoken by an active phone.

use super::{PhoneError, Shelf, SigningKey};
use crate::first_party::{Server, ServerUrl};
use otp::{
    Key,
    ocra::{Input, Suite},
};
use reqwest::{Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use wire::{
    Problem,
    card_file::KeyBytes,
    phone::{Decide, Decided, Decision, JOSE, Logout, Pending, PendingList, PhoneTokens, Refresh, Statement, typ},
};
use zeroize::Zeroizing;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a stream of events may last; whoever wants more listens again.
const LISTENING: Duration = Duration::from_secs(24 * 3600);
/// A server says at least every 15 seconds that it is there: one that is silent for longer is gone.
const SILENCE: Duration = Duration::from_secs(50);

/// A connection to a server that proves a key with every call.
#[derive(Debug, Clone)]
pub(super) struct Line {
    http: reqwest::Client,
    issuer: String,
    key: Arc<SigningKey>,
    unix_now: fn() -> u64,
    /// How long an answer may take; a stream may take longer.
    answers_within: Duration,
    /// How far the server's clock is ahead of this machine's, as learned.
    ahead: Arc<AtomicI64>,
}

/// A request, made anew for each try: a proof is good for one.
struct Call<'a> {
    method: Method,
    path: &'a str,
    content: Option<(&'static str, &'a [u8])>,
    token: Option<&'a str>,
    timeout: Option<Duration>,
}

impl Line {
    pub(super) fn new(server: &Server, key: SigningKey, unix_now: fn() -> u64) -> Self {
        Self {
            http: server.http(),
            issuer: server.metadata().issuer.trim_end_matches('/').to_owned(),
            key: Arc::new(key),
            unix_now,
            answers_within: ANSWER_TIMEOUT,
            ahead: Arc::default(),
        }
    }

    pub(super) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The time as this phone signs it: Unix seconds, by the server's clock as far as it was learned.
    pub(super) fn signed_at(&self) -> i64 {
        i64::try_from(self.now()).unwrap_or(i64::MAX)
    }

    fn now(&self) -> u64 {
        (self.unix_now)().saturating_add_signed(self.ahead.load(Ordering::Relaxed))
    }

    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &[u8],
        token: Option<&str>,
    ) -> Result<T, PhoneError> {
        let content = Some(("application/json", body));
        self.answer(&Call { method: Method::POST, path, content, token, timeout: Some(self.answers_within) }).await
    }

    pub(super) async fn signed<T: DeserializeOwned>(
        &self,
        path: &str,
        typ: &str,
        payload: &impl Serialize,
        token: Option<&str>,
    ) -> Result<T, PhoneError> {
        let jws = self.key.sign(typ, payload)?;
        let content = Some((JOSE, jws.as_bytes()));
        self.answer(&Call { method: Method::POST, path, content, token, timeout: Some(self.answers_within) }).await
    }

    async fn answer<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, PhoneError> {
        let response = self.send(call).await?;
        let octets = response.bytes().await?;
        // An empty answer is one without content.
        let octets = if octets.is_empty() { b"null".as_slice() } else { &octets };
        serde_json::from_slice(octets).map_err(|_| PhoneError::Answer("it is not of the expected form"))
    }

    /// Sends a call; once more when the server says that this machine's clock is off, by the server's own.
    async fn send(&self, call: &Call<'_>) -> Result<reqwest::Response, PhoneError> {
        match self.once(call).await {
            Err(Unsent::Clock { server_time, .. }) => {
                let ahead = i64::try_from(server_time).unwrap_or(0) - i64::try_from((self.unix_now)()).unwrap_or(0);
                self.ahead.store(ahead, Ordering::Relaxed);
                self.once(call).await.map_err(PhoneError::from)
            }
            answered => answered.map_err(PhoneError::from),
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<reqwest::Response, Unsent> {
        let url = format!("{}/api/phone/v1/{}", self.issuer, call.path);
        // A proof is of the address without its query (RFC 9449, 4.2).
        let plain = url.split('?').next().unwrap_or_default();
        let proof = self.key.proof(call.method.as_str(), plain, call.token, self.now())?;
        let mut request = self.http.request(call.method.clone(), &url).header("DPoP", proof);
        if let Some(timeout) = call.timeout {
            request = request.timeout(timeout);
        }
        if let Some(token) = call.token {
            request = request.header(header::AUTHORIZATION, format!("DPoP {token}"));
        }
        if let Some((kind, body)) = call.content {
            request = request.header(header::CONTENT_TYPE, kind).body(body.to_vec());
        }
        let response = request.send().await.map_err(PhoneError::from)?;
        if response.status().is_success() {
            return Ok(response);
        }
        let server_time = response.headers().get("x-server-time").and_then(|value| value.to_str().ok()?.parse().ok());
        let status = response.status();
        let problem = Box::new(response.json::<Problem>().await.map_err(|_| match status {
            StatusCode::NOT_FOUND => PhoneError::Answer("there is no phone API at this server"),
            _ => PhoneError::Answer("an error without a problem document"),
        })?);
        let clock = problem.kind.ends_with("/invalid-proof") && problem.reason.as_deref() == Some("iat");
        match server_time.filter(|_| clock) {
            Some(server_time) => Err(Unsent::Clock { problem, server_time }),
            None => Err(PhoneError::Refused(problem).into()),
        }
    }
}

/// Why a call was not answered.
enum Unsent {
    /// This machine's clock is off: the server tells its own, Unix seconds.
    Clock { problem: Box<Problem>, server_time: u64 },
    /// Anything else.
    Failed(PhoneError),
}

impl From<PhoneError> for Unsent {
    fn from(error: PhoneError) -> Self {
        Self::Failed(error)
    }
}

impl From<Unsent> for PhoneError {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Clock { problem, .. } => Self::Refused(problem),
            Unsent::Failed(error) => error,
        }
    }
}

/// An active phone.
#[derive(Debug, Clone)]
pub struct Phone {
    line: Line,
    shelf: Shelf,
}

impl Phone {
    /// The phone of a shelf, at its server. `ca_pem` holds further certificate authorities to trust (PEM).
    ///
    /// # Errors
    /// When the state cannot be read or the server does not describe itself.
    pub async fn open(shelf: Shelf, ca_pem: Option<&[u8]>, unix_now: fn() -> u64) -> Result<Self, PhoneError> {
        let state = shelf.read()?;
        let server = Server::discover(&state.server.parse::<ServerUrl>()?, ca_pem).await?;
        Self::at(&server, shelf, unix_now)
    }

    /// The phone of a shelf, at a server that was found before: many phones share its connections.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn at(server: &Server, shelf: Shelf, unix_now: fn() -> u64) -> Result<Self, PhoneError> {
        let state = shelf.read()?;
        let key = SigningKey::read(state.signing_key.expose())?;
        Ok(Self { line: Line::new(server, key, unix_now), shelf })
    }

    /// What awaits this phone, oldest first.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn pending(&self) -> Result<Vec<Pending>, PhoneError> {
        Ok(self.told().await?.confirmations)
    }

    /// What awaits this phone, and who of the desk is on the line with its user.
    ///
    /// # Errors
    /// As [`Phone::pending`].
    pub async fn told(&self) -> Result<PendingList, PhoneError> {
        self.call(Method::GET, "confirmations", None).await
    }

    /// One confirmation: the named one, or the only one that awaits this phone.
    ///
    /// # Errors
    /// [`PhoneError::Choice`] when there is none, or more than one and none was named.
    pub async fn one(&self, id: Option<&str>) -> Result<Pending, PhoneError> {
        if let Some(id) = id {
            return self.call(Method::GET, &format!("confirmations/{id}"), None).await;
        }
        let mut pending = self.pending().await?;
        match (pending.pop(), pending.len()) {
            (Some(only), 0) => Ok(only),
            (None, _) => Err(PhoneError::Choice("nothing awaits this phone".to_owned())),
            (Some(_), more) => {
                Err(PhoneError::Choice(format!("{} confirmations await this phone; name one", more + 1)))
            }
        }
    }

    /// Approves what was shown, with the PIN and, where it is asked for, the number on the login screen.
    ///
    /// # Errors
    /// As the server refuses: a wrong PIN is a wrong response.
    pub async fn approve(&self, shown: &Pending, pin: &str, number: Option<&str>) -> Result<Decided, PhoneError> {
        let statement = self.statement(shown, Decision::Approve, number)?;
        let value = serde_json::to_value(&statement).map_err(|_| PhoneError::Key)?;
        let text = operation::canonical::canonical(&value).map_err(|_| PhoneError::Key)?;
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
        let state = self.shelf.read()?;
        let suite = Suite::parse(&state.suites.approve).map_err(|_| PhoneError::Key)?;
        let hash = suite.pin_hash(pin);
        let input = Input { question: &digest, pin: hash.as_ref(), ..Input::default() };
        let proof = suite.respond(&Key::new(state.approve_key.expose().to_vec()), &input);
        let pin_proof = Some(proof.map_err(PhoneError::Challenge)?.as_str().to_owned());
        self.decide(shown, "approve", &Decide { statement, pin_proof, assertion: None }).await
    }

    /// Refuses; with [`Decision::Report`] as "it wasn't me".
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn deny(&self, shown: &Pending, decision: Decision) -> Result<Decided, PhoneError> {
        let statement = self.statement(shown, decision, None)?;
        self.decide(shown, "deny", &Decide { statement, pin_proof: None, assertion: None }).await
    }

    /// Ends the app's session.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn log_out(&self) -> Result<(), PhoneError> {
        let state = self.shelf.read()?;
        self.post("logout", typ::LOGOUT, &Logout { device: state.device_id, at: self.signed_at() }).await
    }

    /// Listens for what awaits this phone.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn events(&self) -> Result<Events, PhoneError> {
        let response = self.respond(Method::GET, "events", None, Some(LISTENING)).await?;
        Ok(Events { response, buffer: Vec::new() })
    }

    /// The shelf.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn statement(&self, shown: &Pending, decision: Decision, number: Option<&str>) -> Result<Statement, PhoneError> {
        Ok(Statement {
            issuer: shown.issuer.clone(),
            confirmation: shown.id.clone(),
            device: self.shelf.read()?.device_id,
            operation: shown.operation.clone(),
            decision,
            number: number.map(str::to_owned),
            decided_at: self.signed_at(),
        })
    }

    async fn decide(&self, shown: &Pending, way: &str, decide: &Decide) -> Result<Decided, PhoneError> {
        self.post(&format!("confirmations/{}/{way}", shown.id), typ::STATEMENT, decide).await
    }

    /// The time as this phone signs it: Unix seconds, by the server's clock as far as it was learned.
    pub(super) fn signed_at(&self) -> i64 {
        self.line.signed_at()
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, PhoneError> {
        self.call(Method::GET, path, None).await
    }

    /// Posts what the phone signs for one use.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        typ: &str,
        payload: &impl Serialize,
    ) -> Result<T, PhoneError> {
        let jws = self.line.key.sign(typ, payload)?;
        self.call(Method::POST, path, Some(jws.as_bytes())).await
    }

    /// This phone's id and the time, as a signed body names them.
    pub(super) fn named_now(&self) -> Result<(String, i64), PhoneError> {
        Ok((self.shelf.read()?.device_id, i64::try_from(self.line.now()).unwrap_or(i64::MAX)))
    }

    /// Sends what this phone's key signs for a use, made for a moment; once more when it was only now that the server's
    /// time was learned.
    pub(super) async fn signed<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        typ: &str,
        body: impl Fn(i64) -> B,
    ) -> Result<T, PhoneError> {
        let at = || i64::try_from(self.line.now()).unwrap_or(i64::MAX);
        let jws = self.line.key.sign(typ, &body(at()))?;
        match self.call(Method::POST, path, Some(jws.as_bytes())).await {
            Err(PhoneError::Refused(problem)) if problem.reason.as_deref() == Some("at") => {
                let jws = self.line.key.sign(typ, &body(at()))?;
                self.call(Method::POST, path, Some(jws.as_bytes())).await
            }
            answered => answered,
        }
    }

    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        jws: Option<&[u8]>,
    ) -> Result<T, PhoneError> {
        let octets = self.respond(method, path, jws, Some(self.line.answers_within)).await?.bytes().await?;
        let octets = if octets.is_empty() { b"null".as_slice() } else { &octets };
        serde_json::from_slice(octets).map_err(|_| PhoneError::Answer("it is not of the expected form"))
    }

    /// Calls with the access token; when it is over, with another one.
    async fn respond(
        &self,
        method: Method,
        path: &str,
        jws: Option<&[u8]>,
        timeout: Option<Duration>,
    ) -> Result<reqwest::Response, PhoneError> {
        let content = jws.map(|jws| (JOSE, jws));
        let token = text(&self.shelf.read()?.access_token);
        let call = Call { method: method.clone(), path, content, token: Some(&token), timeout };
        match self.line.send(&call).await {
            Err(PhoneError::Refused(problem)) if problem.kind.ends_with("/unauthorized") => {
                let token = self.refresh().await?;
                self.line.send(&Call { method, path, content, token: Some(&token), timeout }).await
            }
            answered => answered,
        }
    }

    async fn refresh(&self) -> Result<Zeroizing<String>, PhoneError> {
        let body = Refresh { refresh_token: text(&self.shelf.read()?.refresh_token).to_string() };
        let body = Zeroizing::new(serde_json::to_vec(&body).map_err(|_| PhoneError::Key)?);
        let tokens: PhoneTokens = self.line.json("refresh", &body, None).await?;
        let token = Zeroizing::new(tokens.access_token);
        self.shelf.change(|state| {
            state.access_token = KeyBytes::new(token.as_bytes().to_vec());
            Ok(())
        })?;
        Ok(token)
    }
}

fn text(octets: &KeyBytes) -> Zeroizing<String> {
    Zeroizing::new(String::from_utf8_lossy(octets.expose()).into_owned())
}

/// The stream of what awaits a phone (server-sent events).
#[derive(Debug)]
pub struct Events {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Events {
    /// The next list; none when the stream ended, which it does with the access token.
    ///
    /// # Errors
    /// When the connection breaks, or the server is silent.
    pub async fn next(&mut self) -> Result<Option<Vec<Pending>>, PhoneError> {
        loop {
            while let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.buffer.drain(..end + 2).collect();
                if let Some(list) = read_event(&event) {
                    return Ok(Some(list.confirmations));
                }
            }
            let chunk = tokio::time::timeout(SILENCE, self.response.chunk()).await;
            match chunk.map_err(|_| PhoneError::Network("it has become silent".to_owned()))?? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

fn read_event(event: &[u8]) -> Option<PendingList> {
    let text = std::str::from_utf8(event).ok()?;
    let data: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start).collect();
    serde_json::from_str(&data.join("\n")).ok()
}

#[cfg(test)]
mod tests;
