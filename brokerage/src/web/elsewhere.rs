//! Withdrawals that are confirmed elsewhere (CIBA, poll): on the phone, or on the login server's settings page with any
//! device. The page waits.

use super::{Shared, trouble::Trouble, withdraw};
use crate::{
    provider::{ProviderError, ciba::Answer, login::Identity},
    store::withdrawal::{self, State, Withdrawal},
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The issuer says when the time is over; so much later, in seconds, nothing more is to be expected of it.
const GRACE: i64 = 60;

/// Asks the customer, and waits for the answer beside the page.
///
/// # Errors
/// When the login server refuses, or cannot be reached.
pub async fn ask(app: &Shared, mut asked: Withdrawal) -> Result<(), ProviderError> {
    let operation: Value = serde_json::from_str(&asked.details).unwrap_or_default();
    let message = message(&asked);
    let request = app.provider.ask(app.payments(), &asked.username, &message, &operation).await?;
    asked.pause = request.interval;
    asked.expires = app.clock.now() + request.expires_in + GRACE;
    let (id, name, pause, expires) = (asked.id.clone(), request.auth_req_id.clone(), asked.pause, asked.expires);
    let noted =
        app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::asked_elsewhere(tx, &id, &name, pause, expires)?)).await;
    if let Err(error) = noted {
        tracing::error!(%error, "a request to a customer is not noted");
    }
    tokio::spawn(wait(Arc::clone(app), asked, request.auth_req_id));
    Ok(())
}

/// What page and device both show, so that the customer can tell this request from another.
pub fn message(asked: &Withdrawal) -> String {
    asked.id.chars().take(6).collect::<String>().to_ascii_uppercase()
}

/// Goes on asking about what awaited its customer when the program stopped.
///
/// # Errors
/// The database's.
pub async fn resume(app: &Shared) -> Result<(), Trouble> {
    for asked in app.store.run(|tx| Ok::<_, Trouble>(withdrawal::elsewhere(tx)?)).await? {
        if let Some(request) = asked.auth_req_id.clone() {
            tokio::spawn(wait(Arc::clone(app), asked, request));
        }
    }
    Ok(())
}

async fn wait(app: Shared, asked: Withdrawal, request: String) {
    let mut pause = asked.pause;
    while app.clock.now() < asked.expires {
        tokio::time::sleep(Duration::from_secs(pause.unsigned_abs())).await;
        match app.provider.poll(app.payments(), &request).await {
            Ok(Answer::Pending) => {}
            // CIBA, 11: five seconds more, for good.
            Ok(Answer::SlowDown) => pause += 5,
            Ok(Answer::Declined) => return end(&app, &asked, State::Declined).await,
            Ok(Answer::Expired) => return end(&app, &asked, State::Expired).await,
            Ok(Answer::Confirmed(identity)) => return book(&app, &asked, &identity).await,
            Err(ProviderError::Trouble(error)) => tracing::warn!(error, "the login server is asked again"),
            Err(error) => {
                tracing::warn!(%error, id = asked.id, "a withdrawal is not booked");
                return end(&app, &asked, withdraw::state_of(&error)).await;
            }
        }
    }
    end(&app, &asked, State::Expired).await;
}

/// Books it, if the answer carries exactly what was asked, twice: said and signed.
async fn book(app: &Shared, asked: &Withdrawal, identity: &Identity) {
    let proven = if identity.username == asked.username {
        withdraw::proven(app, app.payments(), asked, identity).await
    } else {
        Err(ProviderError::Untrue("somebody else confirmed"))
    };
    let (receipt, jti) = match proven {
        Ok(proven) => proven,
        Err(error) => {
            tracing::warn!(%error, id = asked.id, "a withdrawal is not booked");
            return end(app, asked, withdraw::state_of(&error)).await;
        }
    };
    let (id, now) = (asked.id.clone(), app.clock.now());
    let booked = app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::book(tx, &id, (&receipt, &jti), now)?)).await;
    if let Err(error) = booked {
        tracing::error!(%error, "a confirmed withdrawal is not booked");
    }
}

async fn end(app: &Shared, asked: &Withdrawal, state: State) {
    let id = asked.id.clone();
    if let Err(error) = app.store.run(move |tx| Ok::<_, Trouble>(withdrawal::end(tx, &id, state)?)).await {
        tracing::error!(%error, "held money is not released");
    }
}
