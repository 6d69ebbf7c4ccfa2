//! How a phone that sleeps is woken: its subscription with a push service (Push API, RFC 8030), and what a push says.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `GET push-subscription`: whether and where this phone is woken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PushState {
    /// The server's public key, `applicationServerKey` for the browser: base64url, 65 octets.
    pub server_key: String,
    /// This phone's subscription.
    pub subscription: Option<SubscriptionState>,
}

/// A subscription as its phone may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubscriptionState {
    /// The push service.
    pub origin: String,
    /// When it was made, Unix seconds.
    pub created_at: i64,
    /// When a push was last tried, Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_sent_at: Option<i64>,
    /// What came of it: `accepted`, `gone` (subscribe anew), `refused` or `unreachable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_result: Option<String>,
}

/// `POST push-subscription`, a JWS ([`super::typ::PUSH_SUBSCRIPTION`]): wake this phone there. It takes the place of an
/// older subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// The device's id.
    pub device: String,
    /// The address that the browser was given.
    pub endpoint: String,
    /// The browser's keys.
    pub keys: SubscriptionKeys,
    /// When, Unix seconds.
    pub at: i64,
}

/// The keys of a subscription, base64url (Push API, `PushSubscriptionJSON`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionKeys {
    /// The browser's public key: an uncompressed point of P-256, 65 octets.
    pub p256dh: String,
    /// Its authentication secret, 16 octets.
    pub auth: String,
}

/// `POST push-subscription/end` and `…/test`, a JWS ([`super::typ::PUSH_END`], [`super::typ::PUSH_TEST`]): wake this
/// phone no more; wake it once to see whether it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PushCall {
    /// The device's id.
    pub device: String,
    /// When, Unix seconds.
    pub at: i64,
}

/// What a push says. Ids only: what is asked the phone fetches itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PushMessage {
    /// The form of the message: 1.
    pub v: u32,
    /// Why the phone is woken.
    pub kind: PushKind,
    /// The phone's device id: an app may hold several.
    pub device: String,
    /// The confirmation that awaits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confirmation: Option<String>,
}

/// Why a phone is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PushKind {
    /// A confirmation awaits it.
    Request,
    /// It asked to be, to see whether it works.
    Test,
}

impl PushKind {
    /// The stable name.
    ///
    /// ```
    /// # use wire::phone::push::PushKind;
    /// assert_eq!(PushKind::Request.name(), "request");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Test => "test",
        }
    }
}
