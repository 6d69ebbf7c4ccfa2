//! The phone's API, `/api/phone/v1`. Every call carries a DPoP proof by the phone's signing key; whatever changes
//! state is a compact JWS by that key, sent as `application/jose`.

use crate::{Failure, Next};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub mod cards;
pub mod manage;
pub mod own;
pub mod push;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// `POST activations`: username and password; or username and the id that a signed-in page shows; or what that page's
/// code says. The key of the DPoP proof is the phone's signing key from here on.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartActivation {
    /// The username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The id that a signed-in page shows; letter case, spaces and hyphens do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// What follows `#activate=` in that page's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// The answer: what must be proven next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationStarted {
    /// The activation's handle.
    pub activation: String,
    /// Whose it is.
    pub username: String,
    /// Seconds until it dies.
    pub expires_in: u64,
    /// What must be proven: `code` (one was sent), `device` (another device of the user is asked), `session` (nothing
    /// more).
    pub proof: String,
    /// `sms` or `mail`, where a code was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
    /// Where the code went, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<String>,
    /// What the other device must do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// A JWS ([`typ::AGREEMENT`]) over [`Agreement`], by a key of `/oauth2/jwks`.
    pub agreement: String,
}

/// The server's half of the key agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The activation, or the change of a PIN, that it belongs to.
    pub activation: String,
    /// The server's ephemeral key.
    pub agreement_key: Jwk,
}

/// `POST activations/{activation}/confirm`: a step with the user's other device; empty asks how it stands.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmActivation {
    /// Picks a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Picks a method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirming {
    /// Whether the other device confirmed.
    pub confirmed: bool,
    /// What it must do next, where it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// What went wrong in this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Seconds left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
}

/// `POST activations/{activation}/complete`, a JWS ([`typ::ACTIVATION`]) by the new signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompleteActivation {
    /// The activation's handle.
    pub activation: String,
    /// The code, where one was sent; letter case, spaces and hyphens do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The phone's signing key, the one of its DPoP proofs.
    pub signing_key: Jwk,
    /// The phone's ephemeral key.
    pub agreement_key: Jwk,
    /// SHA-256 of the PIN, sealed under the key of [`key_label::PIN`]; base64url of nonce, ciphertext and tag.
    pub sealed_pin: String,
    /// What the phone runs on: `android`, `ios`, `web` or `terminal`.
    pub platform: String,
    /// A label of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The platform's credential, where that stands in place of a PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
}

/// The answer: keys are agreed, and the first response is awaited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationCompleted {
    /// The device's id.
    pub device_id: String,
    /// Its label.
    pub label: String,
    /// The server's ephemeral key, as in the [`Agreement`].
    pub agreement_key: Jwk,
    /// How the phone computes.
    pub suites: Suites,
    /// The challenge to answer with the new PIN, which activates the device.
    pub challenge: String,
    /// Digits of its response.
    pub response_digits: u8,
    /// The phone's tokens.
    #[serde(flatten)]
    pub tokens: PhoneTokens,
}

/// OCRA suites (RFC 6287) of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suites {
    /// Responses to challenges.
    pub respond: String,
    /// PIN proofs.
    pub approve: String,
}

/// Tokens of the phone's API, bound to its key (RFC 9449).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneTokens {
    /// For the `Authorization: DPoP` header.
    pub access_token: String,
    /// `DPoP`.
    pub token_type: String,
    /// Seconds the access token lives.
    pub expires_in: u64,
    /// For `POST refresh`; absent in that call's own answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// `POST activations/{activation}/prove`, a JWS ([`typ::FIRST_RESPONSE`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProveActivation {
    /// The activation's handle.
    pub activation: String,
    /// The response to the challenge.
    pub response: String,
    /// Where a credential was given: an assertion whose challenge is SHA-256 of the canonical JSON of the other two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,
}

/// The answer: the phone is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activated {
    /// The device's id.
    pub device_id: String,
    /// `active`.
    pub state: String,
    /// Devices that ended with this activation.
    pub ended: Vec<EndedDevice>,
}

/// A device that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedDevice {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its state now.
    pub state: String,
}

/// `POST refresh`: another access token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token.
    pub refresh_token: String,
}

/// What a confirmation is about, as the user sees it and the phone signs it. Every detail is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Operation {
    /// Logging in.
    Login {
        /// The program's OAuth client id.
        client_id: String,
        /// The program's name.
        client_name: String,
        /// The network address it came from.
        address: String,
        /// What the program calls itself.
        agent: String,
        /// When, Unix seconds.
        at: i64,
    },
    /// A client's back end asks whether it is really the user (CIBA).
    Authentication {
        /// Who asks.
        #[serde(flatten)]
        asked: Asked,
    },
    /// Money leaves an account.
    Withdrawal {
        /// Who asks.
        #[serde(flatten)]
        asked: Asked,
        /// An exact decimal, to the letter as the client asked.
        amount: String,
        /// ISO 4217.
        currency: String,
        /// Where it goes.
        destination: Destination,
        /// Which of the user's accounts it leaves.
        account_id: String,
        /// The client's own words for it.
        reference: String,
    },
    /// A card pays a merchant.
    CardPayment {
        /// Who asks.
        #[serde(flatten)]
        asked: Asked,
        /// Who is paid.
        merchant: String,
        /// An exact decimal, to the letter as the client asked.
        amount: String,
        /// ISO 4217.
        currency: String,
        /// Which card.
        card_id: String,
    },
    /// A card may pay one large purchase soon.
    CardPreauthorisation {
        /// Who asks.
        #[serde(flatten)]
        asked: Asked,
        /// The most it may be, in whole units of the currency.
        amount: String,
        /// ISO 4217.
        currency: String,
        /// Which card.
        card_id: String,
        /// How long it may come, from the moment when this is carried out.
        minutes: u32,
    },
}

/// Who asks for something that is not a login, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The program's OAuth client id.
    pub client_id: String,
    /// The program's name.
    pub client_name: String,
    /// The program's own words about this request, shown there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The address of the browser in which the user began it; absent where a back end asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When, Unix seconds.
    pub at: i64,
}

/// Where money goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Whose account.
    pub name: String,
    /// Its number.
    pub account: String,
}

/// A confirmation that awaits this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The confirmation's id.
    pub id: String,
    /// Who asks: the issuer.
    pub issuer: String,
    /// What is to be confirmed: an [`Operation`], kept as it came so that it is signed whole.
    pub operation: Value,
    /// When it dies, Unix seconds.
    pub expires_at: i64,
    /// Seconds until it dies.
    pub expires_in: u64,
    /// Whether the two digits on the login screen must be typed.
    pub number_required: bool,
    /// Whether the code on the login screen must be scanned: its token stands in the statement as the number would.
    #[serde(default)]
    pub qr_required: bool,
}

/// `GET confirmations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingList {
    /// Those that await this phone, oldest first.
    pub confirmations: Vec<Pending>,
}

/// What the user decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Deny,
    /// "It wasn't me": no, and the password is locked.
    Report,
}

impl Decision {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::Report => "report",
        }
    }
}

/// What the phone signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The issuer it is for.
    pub issuer: String,
    /// The confirmation's id.
    pub confirmation: String,
    /// The phone's device id.
    pub device: String,
    /// The operation with all its details, as it was shown.
    pub operation: Value,
    /// The decision.
    pub decision: Decision,
    /// The two digits that were typed, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When, Unix seconds.
    pub decided_at: i64,
}

/// `POST confirmations/{id}/approve` and `…/deny`, a JWS ([`typ::STATEMENT`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// The statement.
    pub statement: Statement,
    /// OCRA over SHA-256 of the statement's canonical JSON ([`crate::canonical`]), with the PIN: for an approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_proof: Option<String>,
    /// In its place, where the phone's platform verifies its user: the challenge is SHA-256 of the statement's canonical
    /// JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,
}

/// A credential of the phone's platform authenticator (Web Authentication), which stands in place of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Its id, base64url.
    pub id: String,
    /// Its public key, for ES256.
    pub public_key: Jwk,
}

/// An assertion by that credential; every member base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The answer to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The confirmation's id.
    pub id: String,
    /// `confirmed` or `denied`.
    pub outcome: String,
}

/// `POST logout`, a JWS ([`typ::LOGOUT`]): ends the app's session; the device stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logout {
    /// The device's id.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}
