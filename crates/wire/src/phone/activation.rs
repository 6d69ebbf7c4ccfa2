//! A phone becomes a device: `/api/phone/v1/activations`.

use super::{Assertion, Credential, Jwk, PhoneTokens, Suites};
use crate::{Failure, Next, Recovery};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `POST activations`: username and password; or username and the id that a signed-in page shows; or what that page's
/// code says. The key of the DPoP proof is the phone's signing key from here on.
#[derive(Clone, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StartActivation {
    /// The username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username: Option<String>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub password: Option<String>,
    /// The id that a signed-in page shows; letter case, spaces and hyphens do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub session_id: Option<String>,
    /// What follows `#activate=` in that page's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub session: Option<String>,
    /// With username and password: the way to come back that is wished for, where another device would be asked first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub recover: Option<Recovery>,
}

/// The answer: what must be proven next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivationStarted {
    /// The activation's handle.
    pub activation: String,
    /// Whose it is.
    pub username: String,
    /// Seconds until it dies.
    pub expires_in: u64,
    /// What must be proven: `code` (one was sent), `device` (another device of the user is asked), `session` (nothing
    /// more), `phone` (nothing more: the old phone vouched), `hand_over` (the old phone signs).
    pub proof: String,
    /// `sms` or `mail`, where a code was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sent_by: Option<String>,
    /// Where the code went, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sent_to: Option<String>,
    /// What the other device must do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<Next>,
    /// The other ways to come back: start again with one of them where the device that is asked is not at hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Recovery>>")]
    pub recover: Vec<Recovery>,
    /// The challenge that the standalone app answers, where that hands over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub challenge: Option<String>,
    /// Whether the user's key lives in the standalone app.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub standalone: bool,
    /// A JWS ([`super::typ::AGREEMENT`]) over [`Agreement`], by a key of `/oauth2/jwks`.
    pub agreement: String,
}

/// The server's half of the key agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Agreement {
    /// The activation, or the change of a PIN, that it belongs to.
    pub activation: String,
    /// The server's ephemeral key.
    pub agreement_key: Jwk,
}

/// `POST activations/{activation}/confirm`: a step with the user's other device, or the code that was sent; empty asks
/// how it stands.
#[derive(Clone, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConfirmActivation {
    /// Picks a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device_id: Option<String>,
    /// Picks a method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub method: Option<String>,
    /// Answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub response: Option<String>,
    /// The code, where one was sent: judged before the phone asks for anything else, and sent again to complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Confirming {
    /// Whether the other device confirmed.
    pub confirmed: bool,
    /// What it must do next, where it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<Next>,
    /// What went wrong in this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failure: Option<Failure>,
    /// Seconds left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expires_in: Option<u64>,
}

/// `POST activations/{activation}/complete`, a JWS ([`super::typ::ACTIVATION`]) by the new signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CompleteActivation {
    /// The activation's handle.
    pub activation: String,
    /// The code, where one was sent; letter case, spaces and hyphens do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
    /// The phone's signing key, the one of its DPoP proofs.
    pub signing_key: Jwk,
    /// The phone's ephemeral key.
    pub agreement_key: Jwk,
    /// SHA-256 of the PIN, sealed under the key of [`super::key_label::PIN`]; base64url of nonce, ciphertext and tag.
    pub sealed_pin: String,
    /// What the phone runs on: `android`, `ios`, `web` or `terminal`.
    pub platform: String,
    /// A label of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<String>,
    /// The standalone app's version, where that is what is activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub standalone: Option<String>,
    /// The platform's credential, where that stands in place of a PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credential: Option<Credential>,
}

/// The answer: keys are agreed, and the first response is awaited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// `POST activations/{activation}/prove`, a JWS ([`super::typ::FIRST_RESPONSE`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProveActivation {
    /// The activation's handle.
    pub activation: String,
    /// The response to the challenge.
    pub response: String,
    /// Where a credential was given: an assertion whose challenge is SHA-256 of the canonical JSON of the other two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub assertion: Option<Assertion>,
}

/// The answer: the phone is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Activated {
    /// The device's id.
    pub device_id: String,
    /// `active`.
    pub state: String,
    /// Devices that ended with this activation.
    pub ended: Vec<EndedDevice>,
}

/// A device that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EndedDevice {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its state now.
    pub state: String,
    /// Since when it had been active, Unix seconds.
    pub since: i64,
}
