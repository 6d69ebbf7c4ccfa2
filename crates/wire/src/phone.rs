//! The phone's API, `/api/phone/v1`. Every call carries a DPoP proof by the phone's signing key; whatever changes
//! state is a compact JWS by that key, sent as `application/jose`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod activation;
pub mod cards;
mod confirmation;
pub mod lock;
pub mod manage;
pub mod migration;
pub mod own;
pub mod push;

pub use activation::{
    Activated, ActivationCompleted, ActivationStarted, Agreement, CompleteActivation, ConfirmActivation, Confirming,
    EndedDevice, ProveActivation, StartActivation,
};
pub use confirmation::{Asked, Calling, Decide, Decided, Decision, Operation, Pending, PendingList, Statement};

/// The media type of a body that is a compact JWS.
pub const JOSE: &str = "application/jose";

/// What a JWS is for: its `typ`. One use never passes for another.
pub mod typ {
    /// The server's agreement key, signed with a published key.
    pub const AGREEMENT: &str = "countersign-agreement+jws";
    /// [`super::CompleteActivation`].
    pub const ACTIVATION: &str = "countersign-activation+jws";
    /// [`super::ProveActivation`].
    pub const FIRST_RESPONSE: &str = "countersign-first-response+jws";
    /// [`super::Decide`].
    pub const STATEMENT: &str = "countersign-statement+jws";
    /// [`super::Logout`].
    pub const LOGOUT: &str = "countersign-logout+jws";
    /// [`super::own::Request`].
    pub const REQUEST: &str = "countersign-request+jws";
    /// [`super::own::Finish`].
    pub const FINISH: &str = "countersign-finish+jws";
    /// [`super::manage::Rename`].
    pub const LABEL: &str = "countersign-label+jws";
    /// [`super::manage::Remove`].
    pub const REMOVAL: &str = "countersign-removal+jws";
    /// [`super::manage::Veto`].
    pub const VETO: &str = "countersign-veto+jws";
    /// [`super::migration::HandOver`].
    pub const HAND_OVER: &str = "countersign-hand-over+jws";
    /// [`super::manage::Disown`].
    pub const DISOWN: &str = "countersign-disown+jws";
    /// [`super::manage::ChangePin`].
    pub const PIN_CHANGE: &str = "countersign-pin-change+jws";
    /// [`super::manage::NewPin`].
    pub const NEW_PIN: &str = "countersign-new-pin+jws";
    /// [`super::push::Subscribe`].
    pub const PUSH_SUBSCRIPTION: &str = "countersign-push-subscription+jws";
    /// [`super::push::PushCall`], to end the subscription.
    pub const PUSH_END: &str = "countersign-push-end+jws";
    /// [`super::push::PushCall`], for a test.
    pub const PUSH_TEST: &str = "countersign-push-test+jws";
    /// [`super::cards::Block`].
    pub const CARD_BLOCK: &str = "countersign-card-block+jws";
    /// [`super::lock::CloseLock`].
    pub const TRANSFER_LOCK: &str = "countersign-transfer-lock+jws";
}

/// Labels of the keys that are derived from the agreement (HKDF-SHA-256, RFC 5869, `info`); 32 octets each.
pub mod key_label {
    /// OCRA responses.
    pub const RESPOND: &[u8] = b"countersign/respond/v1";
    /// PIN proofs.
    pub const APPROVE: &[u8] = b"countersign/approve/v1";
    /// Sending the PIN's hash (AES-256-GCM, the handle of the activation or change as additional data; nonce,
    /// ciphertext, tag).
    pub const PIN: &[u8] = b"countersign/pin/v1";
}

/// A public P-256 key (RFC 7518, 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// base64url, 32 octets.
    pub x: String,
    /// base64url, 32 octets.
    pub y: String,
}

/// OCRA suites (RFC 6287) of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Suites {
    /// Responses to challenges.
    pub respond: String,
    /// PIN proofs.
    pub approve: String,
}

/// Tokens of the phone's API, bound to its key (RFC 9449).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhoneTokens {
    /// For the `Authorization: DPoP` header.
    pub access_token: String,
    /// `DPoP`.
    pub token_type: String,
    /// Seconds the access token lives.
    pub expires_in: u64,
    /// For `POST refresh`; absent in that call's own answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub refresh_token: Option<String>,
}

/// `POST refresh`: another access token.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token.
    pub refresh_token: String,
}

/// A credential of the phone's platform authenticator (Web Authentication), which stands in place of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Its id, base64url.
    pub id: String,
    /// Its public key, for ES256.
    pub public_key: Jwk,
}

/// An assertion by that credential; every member base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// The credential's id.
    pub credential_id: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// `clientDataJSON`.
    pub client_data_json: String,
    /// `signature`, DER as the browser gives it.
    pub signature: String,
}

/// `POST logout`, a JWS ([`typ::LOGOUT`]): ends the app's session; the device stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Logout {
    /// The device's id.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}
