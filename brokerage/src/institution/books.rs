//! Our books beside the institution's: money leaves an account here when the evidence of its confirmation holds.

use super::coded;
use crate::{
    app::App,
    provider::{
        ProviderError, Registered,
        api::Call,
        evidence::{Evidence, Expected, Proven},
    },
    store::{
        StoreError, customer,
        withdrawal::{self, State, Withdrawal},
    },
    web::{part::Part, trouble::Trouble},
};
use serde_json::Value;

/// Fetches the evidence of a withdrawal and checks it by keys alone. None where there is none.
///
/// # Errors
/// [`ProviderError::Untrue`] when it does not hold; others when it cannot be fetched.
pub async fn evidence(app: &App, jti: &str, ours: &Withdrawal) -> Result<Option<(Evidence, Proven)>, Trouble> {
    let path = format!("/withdrawals/{}/evidence", coded(jti));
    let Some(evidence) = super::read::<Evidence>(app, path).await? else { return Ok(None) };
    let username = ours.username.clone();
    let sub = app.store.run(move |tx| Ok::<_, StoreError>(customer::sub_of(tx, &username)?)).await?.unwrap_or_default();
    let operation: Value = serde_json::from_str(&ours.details).unwrap_or_default();
    let expected = Expected { client: client(app, &ours.client), jti, sub: &sub, operation: &operation };
    let proven = app.provider.evidence(&evidence, expected).await?;
    Ok(Some((evidence, proven)))
}

/// The client that asked for a withdrawal.
fn client<'a>(app: &'a App, id: &str) -> &'a Registered {
    if id == app.payments().id { app.payments() } else { app.registered(Part::Portal) }
}

/// Carries over what became of a withdrawal that a desktop program asked for: `state` is the institution's word.
///
/// # Errors
/// When the evidence cannot be fetched; what does not hold is booked as that.
pub async fn follow(app: &App, ours: &Withdrawal, state: &str) -> Result<(), Trouble> {
    let ended = match state {
        "confirmed" | "settled" => return book(app, ours).await,
        "refused" => State::Declined,
        "expired" => State::Expired,
        "cancelled" => State::Cancelled,
        _ => return Ok(()),
    };
    end(app, &ours.id, ended).await
}

async fn book(app: &App, ours: &Withdrawal) -> Result<(), Trouble> {
    let found = match evidence(app, &ours.id, ours).await {
        Ok(Some((evidence, _))) => evidence,
        Ok(None) => return Ok(()),
        Err(Trouble::Provider(error @ ProviderError::Untrue(_))) => {
            tracing::warn!(%error, id = ours.id, "a withdrawal is not booked");
            return end(app, &ours.id, State::Mismatched).await;
        }
        Err(trouble) => return Err(trouble),
    };
    let (id, now) = (ours.id.clone(), app.clock.now());
    app.store.run(move |tx| Ok(withdrawal::book(tx, &id, (&found.receipt, &id), now)?)).await.map(|_: bool| ())
}

async fn end(app: &App, id: &str, state: State) -> Result<(), Trouble> {
    let id = id.to_owned();
    app.store.run(move |tx| Ok(withdrawal::end(tx, &id, state)?)).await
}

/// What a call of the API answers, to be handed on as it is.
///
/// # Errors
/// When the institution cannot be reached.
pub async fn relayed(app: &App, call: &Call<'_>) -> Result<(u16, Value), ProviderError> {
    app.provider.call(app.payments(), call).await
}
