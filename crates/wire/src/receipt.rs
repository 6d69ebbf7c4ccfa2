//! The receipt of a confirmed operation: a JWS ([`TYP`]) by a key of `/oauth2/jwks`, for whoever must act on it and
//! for whoever checks later. It is not a token: its `typ` keeps it from being taken for one.

use operation::What;
use serde::{Deserialize, Serialize};

/// `typ` of a receipt.
pub const TYP: &str = "receipt+jwt";

/// What a receipt says.
///
/// ```
/// use wire::receipt::{Link, Receipt};
///
/// let receipt: Receipt = serde_json::from_str(r#"{
///     "iss": "https://login.example", "aud": "payments", "sub": "u", "iat": 1700000000, "jti": "c",
///     "authorization_details": [{ "type": "card_payment", "merchant": "Café", "amount": "3.50", "currency": "EUR",
///         "card_id": "c-1" }],
///     "device_class": "dsc-plus", "method": "challenge_response", "link": "server_bound"
/// }"#)?;
/// // The card answered a challenge of this operation alone, but showed neither payee nor amount.
/// assert_eq!(receipt.link, Link::ServerBound);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The issuer.
    pub iss: String,
    /// The client that asked.
    pub aud: String,
    /// The user who confirmed.
    pub sub: String,
    /// When the user confirmed, Unix seconds. The same operation always has the same.
    pub iat: i64,
    /// The confirmation's id: an operation is confirmed once, so whoever acts on receipts acts on each id once.
    pub jti: String,
    /// What was confirmed, to the letter as it was asked for.
    pub authorization_details: Vec<What>,
    /// The class of the device that confirmed.
    pub device_class: String,
    /// How: `seamless`, `webauthn`, `challenge_response`, `time_code` or `code_card`.
    pub method: String,
    /// How firmly the answer is tied to the operation.
    pub link: Link,
    /// The device that confirmed first, where two were needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
    /// SHA-256, in hexadecimal, of the statement that was signed: the phone's, a compact JWS, or else that of a passkey,
    /// whose challenge it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_sha256: Option<String>,
    /// What it takes up of limits, and of which windows; none of what counts nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
}

/// The first of two answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// The class of the device.
    pub device_class: String,
    /// How it confirmed.
    pub method: String,
    /// How firmly its answer is tied to the operation.
    pub link: Link,
}

/// What a withdrawal takes up of limits, and of which windows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// In US dollars, at the rate of when it was asked for: an exact decimal.
    pub usd: String,
    /// The business day on which it counts, the last of five.
    pub business_day: String,
    /// The first of them.
    pub five_days_from: String,
}

/// How firmly an answer is tied to the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Every detail was shown and signed: by the phone on its own screen, or by a passkey on the page of ours that showed
    /// them.
    SeenAndSigned,
    /// The device answered a challenge that belongs to this operation alone, but showed neither payee nor amount.
    ServerBound,
    /// The answer shows that the device was there, nothing more.
    PresenceOnly,
}
