//! What a phone sees and changes of itself: its label, its PIN, its end, what happened to its user.

use crate::phone::Jwk;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the user of a phone proves presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// By a PIN that only the server judges.
    Pin,
    /// By the platform's own user verification (WebAuthn).
    Biometric,
}

/// `GET device`: the phone as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhoneDevice {
    /// The device's id.
    pub device_id: String,
    /// Whose it is.
    pub username: String,
    /// What people and programs choose it by.
    pub label: String,
    /// Its class.
    pub class: String,
    /// What it said that it runs on.
    pub platform: String,
    /// The stable name of its state.
    pub state: String,
    /// How presence is proved.
    pub form: Form,
    /// When it was added, Unix seconds.
    pub created_at: i64,
    /// When it last confirmed something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_used_at: Option<i64>,
}

/// `GET device/fate`: what became of the phone, also of one that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fate {
    /// The stable name of its state.
    pub state: String,
    /// The phone that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub successor: Option<Successor>,
}

/// A phone that took another one's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Successor {
    /// Its label.
    pub label: String,
    /// What it runs on.
    pub platform: String,
    /// Since when, Unix seconds.
    pub since: i64,
    /// Until when the old phone may end it by a veto, Unix seconds: it came back by a code alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub veto_until: Option<i64>,
}

/// `POST device/veto`, a JWS ([`crate::phone::typ::VETO`]): ends the phone that took this one's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// The id of the phone that was replaced.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// `POST device/label`, a JWS ([`crate::phone::typ::LABEL`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The device's id.
    pub device: String,
    /// The new label: 1 to 60 characters that are shown as they are, no other living device's of this user.
    pub label: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// `POST device/remove`, a JWS ([`crate::phone::typ::REMOVAL`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// The device's id.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// `POST activity/report`, a JWS ([`crate::phone::typ::DISOWN`]): "it wasn't me", said of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Disown {
    /// The device's id.
    pub device: String,
    /// The attempt, as a line's `report` names it.
    pub attempt: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// `GET activity`: what happened to the user, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Activity {
    /// The lines.
    pub activity: Vec<ActivityLine>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityLine {
    /// When, Unix seconds.
    pub at: i64,
    /// In words of the asked language.
    pub text: String,
    /// How often, where it happened more than once and is told as one line; `at` and `address` are those of the last time.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    #[ts(as = "Option<u32>", optional)]
    pub count: u32,
    /// The network address it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<String>,
    /// Whether the owner should look twice.
    pub alarming: bool,
    /// The attempt of which the owner can say "it wasn't me"; none of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub report: Option<String>,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_once(count: &u32) -> bool {
    *count == 1
}

/// `POST pin-changes`, a JWS ([`crate::phone::typ::PIN_CHANGE`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangePin {
    /// The device's id.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// The answer: two responses are awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinChangeBegun {
    /// The change's handle.
    pub change: String,
    /// Seconds until it dies.
    pub expires_in: u64,
    /// A JWS ([`crate::phone::typ::AGREEMENT`]) over [`crate::phone::Agreement`], whose `activation` is the change.
    pub agreement: String,
    /// What both responses answer.
    pub challenge: String,
    /// Digits of a response.
    pub response_digits: u8,
}

/// `POST pin-changes/{change}/complete`, a JWS ([`crate::phone::typ::NEW_PIN`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    /// The change's handle.
    pub change: String,
    /// The phone's ephemeral key.
    pub agreement_key: Jwk,
    /// SHA-256 of the new PIN, sealed under the key of [`crate::phone::key_label::PIN`] of this agreement.
    pub sealed_pin: String,
    /// The response with the current PIN.
    pub current_response: String,
    /// The response with the new PIN, at the next counter.
    pub new_response: String,
}
