//! Withdrawals and transfers.

use super::{
    caller::{WithdrawalsRead, WithdrawalsWrite},
    cursor, id,
    key::IdempotencyKey,
    page, rows, shown,
    step::Step,
    unfit,
};
use crate::{
    flow::institution::withdrawal::{self as flow, Asked, Payment, Relayed},
    http::{
        Shared,
        answer::{Data, Made},
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::{ApiProblem, Slug},
    },
};
use axum::extract::State;
use domain::id::ConfirmationId;
use operation::{Amount, Destination, Text};
use wire::api::{
    List,
    withdrawal::{Continue, Evidence, Filter, Kind, NewWithdrawal, Withdrawal},
};

/// `POST /withdrawals`.
pub async fn ask(
    State(app): State<Shared>,
    caller: WithdrawalsWrite,
    IdempotencyKey(key): IdempotencyKey,
    ApiBody(body): ApiBody<NewWithdrawal>,
) -> Result<Made<Withdrawal>, ApiProblem> {
    let octets = serde_json::to_vec(&body).map_err(|_| Slug::Internal)?;
    let client = caller.client.id.clone();
    let asked = Asked {
        key: flow::keyed(&client, &key, &octets),
        client,
        origin: caller.origin,
        user: body.user.clone(),
        transfer: body.kind == Kind::Transfer,
        account: body.account_id.as_deref().map(|account| text("account_id", account)).transpose()?,
        payments: payments(&body)?,
        device: body.device_id.as_deref().map(device).transpose()?,
    };
    Ok(Made(shown::standing(flow::ask(&app, asked).await?, app.now())))
}

/// The payments that are asked for: `amount` and `destination`, or each of `payments`.
fn payments(body: &NewWithdrawal) -> Result<Vec<Payment>, ApiProblem> {
    let payment = |amount: &str, destination: &wire::api::withdrawal::Destination, reference: Option<&str>| {
        Ok(Payment {
            amount: Amount::parse(amount, &body.currency).map_err(|error| unfit("amount", &error.to_string()))?,
            destination: Destination {
                name: text("destination.name", &destination.name)?,
                account: text("destination.account", &destination.account)?,
            },
            reference: reference.or(body.reference.as_deref()).map(|words| text("reference", words)).transpose()?,
        })
    };
    match (&body.amount, &body.destination, body.payments.as_slice()) {
        (Some(amount), Some(destination), []) => Ok(vec![payment(amount, destination, None)?]),
        (None, None, several @ [_, ..]) => {
            several.iter().map(|one| payment(&one.amount, &one.destination, one.reference.as_deref())).collect()
        }
        (None, None, []) => Err(unfit("amount", "and destination are needed, or payments")),
        _ => Err(unfit("payments", "stand in the place of amount and destination: say one or the other")),
    }
}

fn text<const MOST: usize>(member: &'static str, text: &str) -> Result<Text<MOST>, ApiProblem> {
    Text::parse(text).map_err(|error| unfit(member, &error.to_string()))
}

fn device<T: std::str::FromStr>(text: &str) -> Result<T, ApiProblem> {
    text.parse().map_err(|_| unfit("device_id", "is no id of a device"))
}

/// `POST /withdrawals/{id}/continue`.
pub async fn go_on(
    State(app): State<Shared>,
    caller: WithdrawalsWrite,
    Segment(segment): Segment,
    ApiBody(body): ApiBody<Continue>,
) -> Result<Data<Withdrawal>, ApiProblem> {
    let id: ConfirmationId = id(segment)?;
    let Step { act, wait } = body.try_into()?;
    let relayed = Relayed { client: caller.client.id.clone(), origin: caller.origin, act, wait };
    Ok(Data(shown::standing(flow::go_on(&app, id, relayed).await?, app.now())))
}

/// `GET /withdrawals`.
pub async fn list(
    State(app): State<Shared>,
    _: WithdrawalsRead,
    Params(filter): Params<Filter>,
) -> Result<Data<List<Withdrawal>>, ApiProblem> {
    let (limit, before) = (rows(filter.limit)?, cursor(filter.cursor.as_deref())?);
    let found = flow::list(&app, filter.user, before, limit.saturating_add(1)).await?;
    let found: Vec<_> = found.iter().map(shown::withdrawal).collect();
    Ok(Data(page(found, limit, |one| one.id.clone())))
}

/// `GET /withdrawals/{id}`.
pub async fn one(
    State(app): State<Shared>,
    caller: WithdrawalsRead,
    Segment(segment): Segment,
) -> Result<Data<Withdrawal>, ApiProblem> {
    let standing = flow::one(&app, id(segment)?, &caller.client.id, caller.origin).await?;
    Ok(Data(shown::standing(standing, app.now())))
}

/// `POST /withdrawals/{id}/settle`.
pub async fn settle(
    State(app): State<Shared>,
    caller: WithdrawalsWrite,
    Segment(segment): Segment,
) -> Result<Data<Withdrawal>, ApiProblem> {
    Ok(Data(shown::withdrawal(&flow::settle(&app, id(segment)?, &caller.client.id).await?)))
}

/// `POST /withdrawals/{id}/cancel`.
pub async fn cancel(
    State(app): State<Shared>,
    caller: WithdrawalsWrite,
    Segment(segment): Segment,
) -> Result<Data<Withdrawal>, ApiProblem> {
    Ok(Data(shown::withdrawal(&flow::cancel(&app, id(segment)?, &caller.client.id).await?)))
}

/// `GET /withdrawals/{id}/evidence`.
pub async fn evidence(
    State(app): State<Shared>,
    _: WithdrawalsRead,
    Segment(segment): Segment,
) -> Result<Data<Evidence>, ApiProblem> {
    let evidence = flow::evidence(&app, id(segment)?).await?;
    let alg = app.clients.find(&evidence.receipt.aud).map(|client| client.oauth.id_token_signed_response_alg);
    let receipt = app
        .signer
        .sign_as(wire::receipt::TYP, alg.unwrap_or_default(), &evidence.receipt, app.now())
        .map_err(|error| {
            tracing::error!(%error, "a receipt could not be signed");
            Slug::Internal
        })?;
    let signed = evidence.statement;
    let assertion = signed.as_ref().and_then(|signed| signed.assertion.clone());
    let (statement, device_key) = signed.map(|signed| (signed.statement, signed.device_key)).unzip();
    Ok(Data(Evidence { receipt, statement, device_key, assertion }))
}
