//! The card processor's API, for the institution's login server alone: `docs/card-processor.md`. What it carries out, it
//! carries out once for each `Idempotency-Key`.

use super::{Shared, visit::once};
use crate::{
    app::{App, digest},
    processor::{self, CURRENCY, Refusal, Seen, Shown},
    store::{
        StoreError,
        answered::{self, Answered},
        promise::WINDOW,
    },
};
use axum::{
    body::to_bytes,
    extract::{FromRef, FromRequestParts, Path, Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use rusqlite::Transaction;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Longest body, in octets.
const LONGEST: usize = 4096;
/// Longest key, in octets.
const LONGEST_KEY: usize = 128;

/// Whoever holds the processor's secret. A handler cannot get one without the check.
#[derive(Debug)]
pub struct Institution;

impl<S: Send + Sync> FromRequestParts<S> for Institution
where
    Shared: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let app = Shared::from_ref(state);
        let Some(secret) = &app.processor_secret else { return Err(Failure::Absent) };
        let line = parts.headers.get(header::AUTHORIZATION).and_then(|line| line.to_str().ok()).unwrap_or_default();
        let given = line.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let given = digest(given.map(|(_, token)| token).unwrap_or_default());
        if given.ct_eq(secret).into() { Ok(Self) } else { Err(Failure::Token) }
    }
}

/// What is answered when nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such API here: it was given no secret.
    #[error("there is no card processor here")]
    Absent,
    /// The secret is not given, or wrong.
    #[error("a bearer token is needed")]
    Token,
    /// The request is not of the form.
    #[error("{0}")]
    Request(&'static str),
    /// The key was used for something else.
    #[error("this Idempotency-Key was used for another request")]
    Key,
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Failure {
    /// Status, stable name, and what belongs to it.
    fn row(&self) -> (StatusCode, &'static str, Value) {
        let none = Value::Null;
        match self {
            Self::Absent => (StatusCode::NOT_FOUND, "absent", none),
            Self::Token => (StatusCode::UNAUTHORIZED, "unauthorized", none),
            Self::Request(_) => (StatusCode::BAD_REQUEST, "invalid-request", none),
            Self::Key => (StatusCode::CONFLICT, "key-used", none),
            Self::Refused(Refusal::Card) => (StatusCode::NOT_FOUND, "unknown-card", none),
            Self::Refused(Refusal::Payment) => (StatusCode::NOT_FOUND, "unknown-payment", none),
            Self::Refused(Refusal::Standing(standing)) => {
                (StatusCode::CONFLICT, "card-not-active", json!({ "state": standing.name() }))
            }
            Self::Refused(Refusal::Changed) => (StatusCode::CONFLICT, "changed", none),
            Self::Refused(Refusal::Whole) => (StatusCode::UNPROCESSABLE_ENTITY, "not-whole", none),
            Self::Refused(Refusal::Ordinary(limit)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not-needed", json!({ "limit": limit.to_string() }))
            }
            Self::Refused(Refusal::Funds(available)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "insufficient-funds", json!({ "available": available.to_string() }))
            }
            Self::Refused(Refusal::Sqlite(_)) | Self::Store(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", none)
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, error, more) = self.row();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(error = %self, "the card processor");
        }
        let mut body = json!({ "error": error, "detail": self.to_string() });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let mut response = said(status, body.to_string());
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn said(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// `GET /processor/v1/cards?user=…`.
pub async fn list(_: Institution, State(app): State<Shared>, uri: Uri) -> Result<Response, Failure> {
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let user = once(&query, "user").ok_or(Failure::Request("user must be given, once"))?.to_owned();
    let now = app.clock.now();
    let cards = app.store.run(move |tx| Ok::<_, Failure>(processor::cards(tx, &user, now)?)).await?;
    let cards: Vec<Value> = cards.iter().map(card).collect();
    Ok(said(StatusCode::OK, json!({ "cards": cards, "window_seconds": WINDOW }).to_string()))
}

fn card(seen: &Seen) -> Value {
    let declined = |payment: &crate::store::card::Payment| {
        json!({
            "id": payment.id,
            "merchant": payment.merchant,
            "amount": payment.amount.to_string(),
            "currency": CURRENCY,
            "at": payment.at,
        })
    };
    let mut body = json!({
        "id": seen.card.id,
        "label": seen.card.label,
        "last_four": seen.card.last_four,
        "state": seen.card.standing.name(),
        "currency": CURRENCY,
        "available": seen.available.to_string(),
        "limit": seen.card.limit.to_string(),
        "declined": seen.declined.iter().map(declined).collect::<Vec<_>>(),
    });
    if let (Some(open), Some(body)) = (&seen.preauthorisation, body.as_object_mut()) {
        let open = json!({ "id": open.id, "amount": open.amount.to_string(), "expires_at": open.expires });
        body.insert("preauthorisation".to_owned(), open);
    }
    body
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    user: String,
    amount: String,
    currency: String,
}

/// `POST /processor/v1/cards/{card}/preauthorisations`.
pub async fn preauthorise(
    _: Institution,
    State(app): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let request = Once::read(&app, request).await?;
    let wish: Wish = request.body()?;
    if wish.currency != CURRENCY {
        return Err(Failure::Request("currency must be the card's"));
    }
    let now = request.now;
    let done = request.done(&app, StatusCode::CREATED, move |tx| {
        let open = processor::preauthorise(tx, (&wish.user, &id), &wish.amount, now)?;
        let amount = open.amount.to_string();
        Ok(json!({ "id": open.id, "card": id, "amount": amount, "currency": CURRENCY, "expires_at": open.expires }))
    });
    done.await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Yes {
    user: String,
    merchant: String,
    amount: String,
    currency: String,
}

/// `POST /processor/v1/cards/{card}/payments/{payment}/authorise`.
pub async fn authorise(
    _: Institution,
    State(app): State<Shared>,
    Path((id, payment)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Failure> {
    let request = Once::read(&app, request).await?;
    let yes: Yes = request.body()?;
    let now = request.now;
    let done = request.done(&app, StatusCode::OK, move |tx| {
        let shown = Shown { payment, merchant: yes.merchant, amount: yes.amount, currency: yes.currency };
        let until = processor::authorise(tx, (&yes.user, &id), &shown, now)?;
        Ok(json!({ "id": shown.payment, "card": id, "expires_at": until }))
    });
    done.await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    user: String,
}

/// `POST /processor/v1/cards/{card}/block`.
pub async fn block(
    _: Institution,
    State(app): State<Shared>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let request = Once::read(&app, request).await?;
    let whose: Whose = request.body()?;
    let now = request.now;
    let done = request.done(&app, StatusCode::OK, move |tx| Ok(card(&processor::block(tx, (&whose.user, &id), now)?)));
    done.await
}

/// A request that is carried out once.
struct Once {
    key: String,
    /// The digest of path and body: a key belongs to one request.
    request: [u8; 32],
    octets: Vec<u8>,
    now: i64,
}

impl Once {
    async fn read(app: &App, request: Request) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let mut keys = parts.headers.get_all("idempotency-key").iter();
        let key = match (keys.next().and_then(|key| key.to_str().ok()), keys.next()) {
            (Some(key), None) if !key.is_empty() && key.len() <= LONGEST_KEY => key.to_owned(),
            _ => return Err(Failure::Request("one Idempotency-Key of at most 128 characters is needed")),
        };
        let octets = to_bytes(body, LONGEST).await.map_err(|_| Failure::Request("the body is too long"))?.to_vec();
        let path = parts.uri.path().as_bytes();
        let request = Sha256::new().chain_update(path).chain_update([0]).chain_update(&octets).finalize().into();
        Ok(Self { key, request, octets, now: app.clock.now() })
    }

    fn body<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.octets).map_err(|_| Failure::Request("the body is not of the form"))
    }

    /// Does the work and keeps what was answered, or answers as the first time. A refusal changes nothing and is not
    /// kept: the same key may be tried again.
    async fn done(
        self,
        app: &App,
        status: StatusCode,
        work: impl FnOnce(&Transaction<'_>) -> Result<Value, Refusal> + Send + 'static,
    ) -> Result<Response, Failure> {
        let answered = app.store.run(move |tx| {
            if let Some(before) = answered::find(tx, &self.key, self.now)? {
                return if before.request == self.request { Ok(before) } else { Err(Failure::Key) };
            }
            let body = work(tx)?.to_string();
            let answer = Answered { request: self.request, status: status.as_u16(), body };
            answered::keep(tx, &self.key, &answer, self.now)?;
            Ok(answer)
        });
        let answered = answered.await?;
        Ok(said(StatusCode::from_u16(answered.status).unwrap_or(status), answered.body))
    }
}
