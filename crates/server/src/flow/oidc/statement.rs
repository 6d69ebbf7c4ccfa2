//! What a phone or a passkey signed, for the client that asked for it: beside the receipt the proof that needs nobody's word.

use crate::{app::App, clients::Client, flow::oidc::Denied};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    confirmation::{Confirmation, Outcome},
    device::Method,
    id::{ConfirmationId, DeviceId, UserId},
};
use oidc::{OAuthError, webauthn::Key};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use store::{Error, Sql};
use wire::api::withdrawal::Assertion;

/// A statement, and what verifies it.
#[derive(Debug, Clone, Serialize)]
pub struct Signed {
    /// What a receipt's `statement_sha256` is over: a phone's compact JWS, as it came; of a passkey the statement itself.
    pub statement: String,
    /// The device's public key, a JWK.
    pub device_key: Value,
    /// A passkey's assertion, whose challenge is that digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,
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

/// What a phone signed of a confirmation, or else a passkey, where one did.
pub fn of(sql: &mut dyn Sql, user: UserId, confirmation: ConfirmationId) -> Result<Option<Signed>, Error> {
    let Some(evidence) = store::evidence::one(sql, user, confirmation)? else {
        return by_passkey(sql, user, confirmation);
    };
    let device = store::device::one(sql, user, evidence.device)?;
    let key = device.and_then(|device| device.phone).and_then(|phone| serde_json::from_str(&phone.signing_key).ok());
    Ok(key.map(|device_key| Signed { statement: evidence.statement, device_key, assertion: None }))
}

fn by_passkey(sql: &mut dyn Sql, user: UserId, confirmation: ConfirmationId) -> Result<Option<Signed>, Error> {
    let Some(stored) = store::confirmation::by_id(sql, user, confirmation)? else { return Ok(None) };
    let Some(device) = signer(&stored.confirmation) else { return Ok(None) };
    let Some(evidence) = store::passkey_evidence::one(sql, user, confirmation, device)? else { return Ok(None) };
    let passkey = store::device::one(sql, user, device)?.and_then(|device| device.passkey);
    let cose = passkey.and_then(|passkey| URL_SAFE_NO_PAD.decode(passkey.cose).ok());
    let key = cose.and_then(|cose| Key::read(&cose).ok());
    let assertion = Assertion {
        authenticator_data: URL_SAFE_NO_PAD.encode(&evidence.authenticator_data),
        client_data_json: URL_SAFE_NO_PAD.encode(&evidence.client_data),
        signature: URL_SAFE_NO_PAD.encode(&evidence.signature),
    };
    Ok(key.map(|(key, _)| Signed { statement: evidence.statement, device_key: key.jwk(), assertion: Some(assertion) }))
}

/// The passkey that confirmed; of two the last.
pub fn signer(confirmation: &Confirmation) -> Option<DeviceId> {
    let last = match confirmation.outcome() {
        Some(Outcome::Confirmed { device, method, .. }) => Some((device, method)),
        _ => None,
    };
    let first = confirmation.first.map(|first| (first.device, first.method));
    last.into_iter().chain(first).find(|(_, method)| *method == Method::Webauthn).map(|(device, _)| device)
}
