//! Withdrawals of desktop programs: they ask us with the token of their login, and we ask the institution, whose answers
//! (what the user must do next, why a step was refused) are handed on as they come.

use super::{Shared, api::ApiError, api::Caller, pages::Given, trader, trouble::Trouble, withdraw};
use crate::{
    app::{App, token},
    institution::{books, coded},
    money::{CURRENCY, Cents},
    provider::{ProviderError, api::Call},
    store::withdrawal::{self, Withdrawal},
};
use axum::{
    body::to_bytes,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// Longest body, in octets.
const LONGEST: usize = 4096;
/// The words for a withdrawal that the program gives none.
const REFERENCE: &str = "TWS";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    amount: String,
    currency: String,
    destination: Destination,
    account_id: Option<String>,
    device_id: Option<String>,
    reference: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Destination {
    name: String,
    account: String,
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Store(error) => error.into(),
            Trouble::Provider(error) => error.into(),
        }
    }
}

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        tracing::warn!(%error, "a withdrawal is not asked for");
        Self::Trouble
    }
}

/// `POST /tws/withdrawals`.
pub async fn ask(State(app): State<Shared>, caller: Caller, request: Request) -> Result<Response, ApiError> {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let key = key.unwrap_or_else(|| format!("\"{}\"", token()));
    let octets = to_bytes(request.into_body(), LONGEST).await.map_err(|_| ApiError::Body)?;
    let wish: Wish = serde_json::from_slice(&octets).map_err(|_| ApiError::Body)?;
    let device = wish.device_id.clone();
    let (given, amount) = fitting(&app, &caller, wish).await?;
    let asked = withdraw::asked(&app, &caller.username, app.payments(), &given, amount);
    let mut body = json!({
        "user": caller.username,
        "amount": amount.to_string(),
        "currency": CURRENCY,
        "destination": { "name": given.name, "account": given.destination },
        "account_id": given.account,
        "reference": given.reference,
    });
    if let (Some(device), Some(body)) = (device, body.as_object_mut()) {
        body.insert("device_id".to_owned(), device.into());
    }
    // The institution keeps one withdrawal for each key of a client, and we are one client.
    let key = format!("\"{}\"", hex(&crate::app::digest(&format!("{} {key}", caller.username))));
    let call = Call { method: Method::POST, path: "/withdrawals".to_owned(), body: Some(&body), key: Some(&key) };
    let (status, answer) = books::relayed(&app, &call).await?;
    let Some(id) = answer.get("id").and_then(Value::as_str).filter(|_| status == 201) else {
        return Ok(relayed(status, &answer));
    };
    let ours = Withdrawal { id: id.to_owned(), ..asked };
    if !known(&app, &caller, id).await? && !withdraw::hold(&app, ours.clone()).await? {
        crate::institution::act(&app, id, "cancel").await?;
        return Err(ApiError::Refused("cash".to_owned()));
    }
    follow(&app, &ours, &answer).await?;
    Ok(relayed(status, &answer))
}

/// What is asked for, if it holds together: from the customer's own account, with so much free.
async fn fitting(app: &App, caller: &Caller, wish: Wish) -> Result<(Given, Cents), ApiError> {
    let refused = |member: &str| ApiError::Refused(member.to_owned());
    if wish.currency != CURRENCY {
        return Err(refused("currency"));
    }
    let amount = Cents::parse(&wish.amount).filter(|amount| *amount > Cents::ZERO).ok_or(refused("amount"))?;
    let (username, now) = (caller.username.clone(), app.clock.now());
    let account = app.store.run(move |tx| match wish.account_id {
        Some(id) => Ok(crate::store::customer::account(tx, &id, now)?.filter(|account| account.username == username)),
        None => trader::trading_account(tx, &username, now).map(Some).map_err(ApiError::from),
    });
    let account = account.await?.ok_or(refused("account"))?;
    if amount > account.free() {
        return Err(refused("cash"));
    }
    let given = Given {
        account: account.id,
        amount: amount.to_string(),
        name: wish.destination.name,
        destination: wish.destination.account,
        reference: wish.reference.unwrap_or_else(|| REFERENCE.to_owned()),
    };
    withdraw::plain(&given).map_err(refused)?;
    Ok((given, amount))
}

async fn known(app: &App, caller: &Caller, id: &str) -> Result<bool, ApiError> {
    Ok(own(app, caller, id).await?.is_some())
}

/// `POST /tws/withdrawals/{id}/continue`.
pub async fn go_on(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let ours = own(&app, &caller, &id).await?.ok_or(ApiError::NoWithdrawal)?;
    let octets = to_bytes(request.into_body(), LONGEST).await.map_err(|_| ApiError::Body)?;
    let body: Value = serde_json::from_slice(&octets).map_err(|_| ApiError::Body)?;
    let path = format!("/withdrawals/{}/continue", coded(&id));
    let (status, answer) = books::relayed(&app, &Call { body: Some(&body), ..Call::post(path) }).await?;
    follow(&app, &ours, &answer).await?;
    Ok(relayed(status, &answer))
}

/// `POST /tws/withdrawals/{id}/cancel`: the user turned to something else, and room and money are free again.
pub async fn cancel(State(app): State<Shared>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let ours = own(&app, &caller, &id).await?.ok_or(ApiError::NoWithdrawal)?;
    // What a device has confirmed meanwhile is the back office's to give up.
    if ours.state != withdrawal::State::Asked || !crate::institution::act(&app, &id, "cancel").await? {
        return Ok(StatusCode::CONFLICT);
    }
    books::follow(&app, &ours, "cancelled").await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn own(app: &App, caller: &Caller, id: &str) -> Result<Option<Withdrawal>, ApiError> {
    let (id, username) = (id.to_owned(), caller.username.clone());
    app.store.run(move |tx| Ok::<_, ApiError>(withdrawal::one(tx, &id, &username)?)).await
}

/// Books what was confirmed, before the program hears of it.
async fn follow(app: &App, ours: &Withdrawal, answer: &Value) -> Result<(), ApiError> {
    match answer.get("state").and_then(Value::as_str) {
        Some(state) => Ok(books::follow(app, ours, state).await?),
        None => Ok(()),
    }
}

fn relayed(status: u16, answer: &Value) -> Response {
    let content = if status < 400 { "application/json" } else { "application/problem+json" };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [(header::CONTENT_TYPE, content)], answer.to_string()).into_response()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
