//! The API of desktop programs: bearer tokens, which the issuer says what they are.

use super::{Shared, login::RECENT, part::Part, trader};
use crate::{
    market::{
        Side,
        exchange::{self, NewOrder, Order, Quote, Refusal},
    },
    money::Cents,
    provider::introspect::Bearer,
    store::{StoreError, customer},
};
use axum::{
    Json,
    body::to_bytes,
    extract::{FromRef, FromRequestParts, Path, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The programs whose tokens are taken: a token that some other client was given is not meant for us.
const PROGRAMS: &[&str] = &["tws", "phone-app"];
/// Longest body, in octets.
const LONGEST: usize = 4096;
/// Orders that are listed.
const LISTED: u32 = 50;

/// What the API says when it does not do what is asked.
#[derive(Debug)]
pub enum ApiError {
    /// There is no token, or not a living one of a program of ours.
    Token,
    /// The login is too old (RFC 9470, 3).
    Login,
    /// The body is not what it should be.
    Body,
    /// The market says no.
    Refused(String),
    /// There is no such order.
    NoOrder,
    /// There is no such withdrawal.
    NoWithdrawal,
    /// Trouble of ours, or of the issuer.
    Trouble,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let answer = |status: StatusCode, error: &str| (status, Json(json!({ "error": error }))).into_response();
        let challenged = |error: &str, challenge: String| {
            let body = Json(json!({ "error": error }));
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)], body).into_response()
        };
        match self {
            Self::Token => challenged("invalid_token", "Bearer error=\"invalid_token\"".to_owned()),
            Self::Login => {
                let error = "insufficient_user_authentication";
                challenged(error, format!("Bearer error=\"{error}\", max_age={RECENT}"))
            }
            Self::Body => answer(StatusCode::BAD_REQUEST, "invalid_request"),
            Self::Refused(reason) => answer(StatusCode::UNPROCESSABLE_ENTITY, &reason),
            Self::NoOrder => answer(StatusCode::NOT_FOUND, "order"),
            Self::NoWithdrawal => answer(StatusCode::NOT_FOUND, "withdrawal"),
            Self::Trouble => answer(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the API's database");
        Self::Trouble
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::Order => Self::NoOrder,
            other => Self::Refused(other.to_string()),
        }
    }
}

/// Whom a request is from.
#[derive(Debug)]
pub struct Caller {
    /// The username.
    pub(super) username: String,
    auth_time: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Shared: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = Shared::from_ref(state);
        let line = parts.headers.get(header::AUTHORIZATION).and_then(|line| line.to_str().ok()).unwrap_or_default();
        let (scheme, token) = line.split_once(' ').ok_or(ApiError::Token)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::Token);
        }
        let trouble = |error| {
            tracing::warn!(%error, "a token cannot be asked about");
            ApiError::Trouble
        };
        let found = app.provider.introspect(app.registered(Part::Trader), token).await.map_err(trouble)?;
        let Some(bearer) = found.filter(|found| PROGRAMS.contains(&found.client_id.as_str()) && !found.bound) else {
            return Err(ApiError::Token);
        };
        let username = known(&app, &bearer, token).await?;
        Ok(Self { username, auth_time: bearer.auth_time })
    }
}

/// The customer of a token: by the issuer's id where he was here before, else by the name that the issuer gives.
async fn known(app: &Shared, bearer: &Bearer, token: &str) -> Result<String, ApiError> {
    let sub = bearer.sub.clone();
    let found = app.store.run(move |tx| Ok::<_, ApiError>(customer::username_of(tx, &sub)?)).await?;
    if let Some(username) = found {
        return Ok(username);
    }
    let named = app.provider.username(app.registered(Part::Trader), token).await.ok().flatten();
    let (username, sub) = (named.ok_or(ApiError::Token)?, bearer.sub.clone());
    let linked = app.store.run(move |tx| {
        let linked = customer::know(tx, &username, &sub)?;
        Ok::<_, ApiError>(linked.then_some(username))
    });
    linked.await?.ok_or(ApiError::Token)
}

/// `GET /api/quotes`.
pub async fn quotes(State(app): State<Shared>, _: Caller) -> Result<Json<Value>, ApiError> {
    let quotes = app.store.run(|tx| Ok::<_, ApiError>(exchange::quotes(tx)?)).await?;
    let quotes: Vec<Value> = quotes.iter().map(quote).collect();
    Ok(Json(json!({ "quotes": quotes })))
}

fn quote(quote: &Quote) -> Value {
    json!({
        "symbol": quote.symbol,
        "name": quote.name,
        "bid": quote.bid.map(|price| price.to_string()),
        "ask": quote.ask.map(|price| price.to_string()),
        "open": quote.home.to_string(),
    })
}

/// `GET /api/positions`.
pub async fn positions(State(app): State<Shared>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let now = app.clock.now();
    let board = app.store.run(move |tx| trader::look(tx, &caller.username, now).map_err(ApiError::from)).await?;
    let positions: Vec<Value> = board
        .positions
        .iter()
        .map(|held| json!({ "symbol": held.symbol, "quantity": held.quantity, "price": held.mid.to_string() }))
        .collect();
    Ok(Json(json!({
        "account": board.account.id,
        "currency": "USD",
        "cash": board.account.cash.to_string(),
        "free": board.account.free().to_string(),
        "positions": positions,
    })))
}

/// `GET /api/orders`.
pub async fn orders(State(app): State<Shared>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let now = app.clock.now();
    let orders = app.store.run(move |tx| {
        let account = trader::trading_account(tx, &caller.username, now)?;
        Ok::<_, ApiError>(exchange::orders(tx, &account.id, LISTED)?)
    });
    let orders: Vec<Value> = orders.await?.iter().map(order).collect();
    Ok(Json(json!({ "orders": orders })))
}

fn order(order: &Order) -> Value {
    json!({
        "number": order.number,
        "symbol": order.symbol,
        "side": order.side.name(),
        "limit": order.limit.map(|limit| limit.to_string()),
        "quantity": order.quantity,
        "left": order.left,
        "state": order.state,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    symbol: String,
    side: String,
    quantity: i64,
    /// A decimal; none for a market order.
    limit: Option<String>,
}

/// `POST /api/orders`.
pub async fn place(
    State(app): State<Shared>,
    caller: Caller,
    request: Request,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let octets = to_bytes(request.into_body(), LONGEST).await.map_err(|_| ApiError::Body)?;
    let wish: Wish = serde_json::from_slice(&octets).map_err(|_| ApiError::Body)?;
    let side = Side::parse(&wish.side).ok_or(ApiError::Body)?;
    let limit =
        wish.limit.map(|limit| Cents::parse(&limit).ok_or(ApiError::Refused("limit".to_owned()))).transpose()?;
    let now = app.clock.now();
    let placed = app.store.run(move |tx| {
        let account = trader::trading_account(tx, &caller.username, now)?.id;
        let new = NewOrder { account, symbol: wish.symbol, side, limit, quantity: wish.quantity };
        exchange::place(tx, &new, now).map_err(ApiError::from)
    });
    Ok((StatusCode::CREATED, Json(order(&placed.await?))))
}

/// `DELETE /api/orders/{number}`.
pub async fn cancel(
    State(app): State<Shared>,
    caller: Caller,
    Path(number): Path<i64>,
) -> Result<StatusCode, ApiError> {
    let now = app.clock.now();
    let cancelled = app.store.run(move |tx| {
        let account = trader::trading_account(tx, &caller.username, now)?.id;
        exchange::cancel(tx, &account, number).map_err(ApiError::from)
    });
    cancelled.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/statements`: for a login that is not older than five minutes.
pub async fn statements(State(app): State<Shared>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let now = app.clock.now();
    if caller.auth_time.is_none_or(|at| now - at > RECENT) {
        return Err(ApiError::Login);
    }
    let entries = app.store.run(move |tx| Ok::<_, ApiError>(customer::entries(tx, &caller.username)?)).await?;
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| {
            json!({
                "at": entry.at,
                "account": entry.account,
                "kind": entry.kind,
                "what": entry.what,
                "quantity": entry.quantity,
                "amount": entry.amount.to_string(),
            })
        })
        .collect();
    Ok(Json(json!({ "statements": entries })))
}
