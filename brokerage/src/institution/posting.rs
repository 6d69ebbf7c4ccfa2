//! What the institution's login server is told again and again: what accounts are worth, and what currencies are.

use crate::{
    app::App,
    clock,
    provider::{ProviderError, api::Call},
    store::{StoreError, customer},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// How often, in seconds of the brokerage's clock.
const EVERY: i64 = 3600;
/// How often that clock is looked at, which a test may move.
const LOOK: Duration = Duration::from_secs(1);
/// After a try that failed, in seconds: the server may still be starting.
const AGAIN: i64 = 5;
/// Today's sample figures: what one unit is worth in US dollars.
pub const RATES: [(&str, &str); 4] = [("EUR", "1.0843"), ("GBP", "1.2710"), ("CHF", "1.1205"), ("JPY", "0.006415")];

/// Posts at start and every hour, until it is aborted.
pub async fn run(app: Arc<App>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut next = i64::MIN;
    loop {
        looks.tick().await;
        let now = app.clock.now();
        if now < next {
            continue;
        }
        next = now
            + match post(&app).await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::info!(%error, "accounts and rates are not posted; they will be again");
                    AGAIN
                }
            };
    }
}

/// Posts every account's equity, and every rate.
///
/// # Errors
/// When the login server cannot be reached. What it refuses is logged, and the rest is posted.
pub async fn post(app: &App) -> Result<(), PostError> {
    let as_of = clock::rfc3339(app.clock.now());
    for (currency, usd) in RATES {
        put(app, format!("/rates/{currency}"), &json!({ "usd": usd, "as_of": as_of })).await?;
    }
    let accounts = app.store.run(|tx| Ok::<_, StoreError>(customer::worths(tx)?)).await?;
    for (account, worth) in accounts {
        let body = json!({ "users": [account.username], "currency": "USD", "equity": worth.to_string() });
        put(app, format!("/accounts/{}", account.id), &body).await?;
    }
    Ok(())
}

async fn put(app: &App, path: String, body: &Value) -> Result<(), ProviderError> {
    let call = Call { method: Method::PUT, path, body: Some(body), key: None };
    let (status, answer) = app.provider.call(app.payments(), &call).await?;
    // A customer of ours need not be a user there.
    if status != 200 {
        tracing::debug!(status, %answer, path = call.path, "the login server does not take what is posted");
    }
    Ok(())
}

/// Why nothing, or not all, was posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The login server.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}
