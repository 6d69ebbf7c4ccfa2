//! What a phone signed, for the client that asked for it: beside the receipt the proof that needs nobody's word.

use crate::{app::App, clients::Client, flow::oidc::Denied};
use domain::{
    confirmation::Outcome,
    id::{ConfirmationId, UserId},
};
use oidc::OAuthError;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use store::{Error, Sql};

/// A statement, and what verifies it.
#[derive(Debug, Clone, Serialize)]
pub struct Signed {
    /// The compact JWS, as it came: what a receipt's `statement_sha256` is over.
    pub statement: String,
    /// The phone's public key, a JWK.
    pub device_key: Value,
}

/// The statement behind a receipt of this client: its user (`sub`) and its confirmation (`jti`).
pub async fn of_receipt(
    app: &Arc<App>,
    client: &Client,
    user: UserId,
    confirmation: ConfirmationId,
) -> Result<Signed, Denied> {
    let client = client.id.clone();
    let found = app.store.read(move |sql| {
        let Some(stored) = store::confirmation::by_id(sql, user, confirmation)? else { return Ok(None) };
        let asked = &stored.confirmation;
        if asked.operation.client != client || !matches!(asked.outcome(), Some(Outcome::Confirmed { .. })) {
            return Ok(None);
        }
        of(sql, user, confirmation)
    });
    found.await?.ok_or_else(|| OAuthError::NoStatement.into())
}

/// What a phone signed of a confirmation, where one did.
pub fn of(sql: &mut dyn Sql, user: UserId, confirmation: ConfirmationId) -> Result<Option<Signed>, Error> {
    let Some(evidence) = store::evidence::one(sql, user, confirmation)? else { return Ok(None) };
    let device = store::device::one(sql, user, evidence.device)?;
    let key = device.and_then(|device| device.phone).and_then(|phone| serde_json::from_str(&phone.signing_key).ok());
    Ok(key.map(|device_key| Signed { statement: evidence.statement, device_key }))
}
