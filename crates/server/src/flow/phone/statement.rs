//! What a phone signs is compared with what it was asked: what you see is what you sign, member by member.

use crate::app::App;
use domain::{
    Timestamp,
    confirmation::{Channel, Confirmation, Operation, What},
    device::Method,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use wire::phone::{Decision, Statement};

/// How far the phone's clock may be from ours.
pub(super) const CLOCK: Duration = Duration::from_secs(120);

/// Why a statement is refused: a reason for each member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not signed by this phone for this use, or not of the form.
    #[error("the body must be a JWS of the phone's key over a statement")]
    Signature,
    /// For another server.
    #[error("issuer is not this server")]
    Issuer,
    /// About another confirmation.
    #[error("confirmation is not the one in the path")]
    Confirmation,
    /// Of another device.
    #[error("device is not the phone that calls")]
    Device,
    /// Another operation than was asked: a changed detail.
    #[error("operation is not what was asked to be confirmed")]
    Operation,
    /// Another decision than the path says.
    #[error("decision does not fit the path")]
    Decision,
    /// Made too long ago, or in the future.
    #[error("decided_at is too far from the server's time")]
    Time,
    /// A number where none was asked, or a malformed one.
    #[error("number must be what the login screen shows: its two digits, or the token of its code")]
    Number,
    /// A proof with a refusal, or none with an approval.
    #[error("pin_proof, or assertion where the phone has a credential, belongs to an approval, and only to it")]
    PinProof,
    /// The platform's assertion does not hold.
    #[error("the assertion does not hold: {0}")]
    Assertion(oidc::webauthn::WebauthnError),
}

impl StatementError {
    /// The member it is about, as a stable word.
    pub fn member(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Confirmation => "confirmation",
            Self::Device => "device",
            Self::Operation => "operation",
            Self::Decision => "decision",
            Self::Time => "decided_at",
            Self::Number => "number",
            Self::PinProof => "pin_proof",
            Self::Assertion(_) => "assertion",
        }
    }
}

/// The operation as the user sees it on the phone.
pub fn shown(app: &App, confirmation: &Confirmation) -> wire::phone::Operation {
    shown_of(app, &confirmation.operation, confirmation.created_at)
}

/// The same, of an operation that was asked for at this time.
pub fn shown_of(app: &App, operation: &Operation, asked_at: Timestamp) -> wire::phone::Operation {
    let client = app.clients.find(operation.asks_for());
    // A back end and the desk ask from where the user is not.
    let from_user = !matches!(operation.channel, Channel::Backchannel | Channel::Call { .. });
    let asked = wire::phone::Asked {
        client_id: operation.asks_for().to_owned(),
        client_name: client.map_or_else(|| app.settings.product.clone(), |client| client.name.clone()),
        message: operation.message.clone(),
        address: from_user.then(|| operation.address.clone()),
        agent: (operation.what == What::Login).then(|| operation.agent.clone()),
        at: asked_at.unix_seconds(),
    };
    wire::phone::Operation { what: operation.what.shown(), asked }
}

/// [`shown`] as the JSON value that is signed.
pub fn shown_value(app: &App, confirmation: &Confirmation) -> Value {
    serde_json::to_value(shown(app, confirmation)).unwrap_or_default()
}

/// What a statement must say.
pub struct Expected<'a> {
    /// This server.
    pub issuer: &'a str,
    /// The confirmation in the path.
    pub confirmation: &'a str,
    /// The phone that calls.
    pub device: &'a str,
    /// What was asked.
    pub operation: &'a Value,
    /// Whether the path approves.
    pub approves: bool,
    /// What must cross from the login screen.
    pub crossing: Crossing,
    /// The server's time.
    pub now: Timestamp,
}

/// Compares a statement with what was asked.
pub fn check(statement: &Statement, expected: &Expected<'_>) -> Result<(), StatementError> {
    let approves = statement.decision == Decision::Approve;
    let decided_at = Timestamp::from_unix_seconds(statement.decided_at);
    let number_fits = match &statement.number {
        Some(number) => approves && expected.crossing.takes(number),
        None => !approves || expected.crossing == Crossing::Nothing,
    };
    for (holds, error) in [
        (statement.issuer == expected.issuer, StatementError::Issuer),
        (statement.confirmation == expected.confirmation, StatementError::Confirmation),
        (statement.device == expected.device, StatementError::Device),
        (statement.operation == *expected.operation, StatementError::Operation),
        (approves == expected.approves, StatementError::Decision),
        (decided_at.since(expected.now) <= CLOCK && expected.now.since(decided_at) <= CLOCK, StatementError::Time),
        (number_fits, StatementError::Number),
    ] {
        if !holds {
            return Err(error);
        }
    }
    Ok(())
}

/// SHA-256 of a value's canonical JSON: the question of the PIN proof (in hexadecimal), the challenge of an assertion.
pub fn digest(value: &impl serde::Serialize) -> Result<[u8; 32], StatementError> {
    let value = serde_json::to_value(value).map_err(|_| StatementError::Signature)?;
    let text = operation::canonical::canonical(&value).map_err(|_| StatementError::Operation)?;
    Ok(Sha256::digest(text.as_bytes()).into())
}

/// What must cross from the login screen to the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// Nothing.
    Nothing,
    /// Two digits, typed.
    Number,
    /// The token of a code, scanned.
    Qr,
}

impl Crossing {
    /// Whether a text has the form of it.
    fn takes(self, text: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Number => text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()),
            Self::Qr => text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()),
        }
    }
}

/// What must cross from the confirmation's login screen.
pub fn asked(confirmation: &Confirmation) -> Crossing {
    match &confirmation.state {
        domain::confirmation::State::AwaitingApproval(state) if state.scan.is_some() => Crossing::Qr,
        domain::confirmation::State::AwaitingApproval(state) if state.number.is_some() => Crossing::Number,
        _ => Crossing::Nothing,
    }
}

/// Whether this confirmation awaits an approval by this device.
pub fn awaits(confirmation: &Confirmation, device: domain::id::DeviceId) -> bool {
    confirmation.device() == Some(device)
        && confirmation.method() == Some(Method::Seamless)
        && confirmation.outcome().is_none()
}
