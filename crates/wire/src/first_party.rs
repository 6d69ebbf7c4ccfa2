//! The answers of `/oauth2/authorize-challenge` (OAuth 2.0 for First-Party Applications, draft 04).

use crate::next::Next;
use operation::What;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a step was refused or an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The response, code or PIN was wrong (never told apart); the attempt lives.
    WrongResponse,
    /// The number typed on the phone was wrong.
    WrongNumber,
    /// The code that was sent is good no more, or none could be sent; nothing was judged. `method=sent_code` sends another.
    CodeOver,
    /// Refused on the device.
    Denied,
    /// The attempt's time is over.
    Expired,
    /// Too many wrong answers; the attempt ended.
    TooManyAttempts,
    /// The attempt was answered before.
    AlreadyAnswered,
    /// The device is locked after too many wrong answers.
    DeviceLocked,
    /// The user has no device that can confirm this.
    NoUsableDevice,
    /// Unknown user, wrong password or locked user: not told apart.
    InvalidCredentials,
}

/// What went wrong, in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Failure {
    /// The reason.
    pub reason: Reason,
    /// Wrong answers left before the attempt ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub attempts_left: Option<u32>,
    /// Seconds until the device may be used again (`device_locked` only; absent when only the desk can lift it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
    /// Ways by which the user gets a device again without the desk (`no_usable_device` only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Recovery>>")]
    pub recover: Vec<Recovery>,
}

/// A way to a device again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// The app is activated with a code that is sent to the registered number.
    RegisteredNumber,
}

impl Failure {
    /// A failure that is only a reason.
    ///
    /// ```
    /// use wire::{Failure, Reason};
    ///
    /// let text = serde_json::to_string(&Failure::of(Reason::InvalidCredentials)).unwrap();
    /// assert_eq!(text, r#"{"reason":"invalid_credentials"}"#);
    /// ```
    pub fn of(reason: Reason) -> Self {
        Self { reason, attempts_left: None, retry_after: None, recover: Vec::new() }
    }
}

/// Every answer of the endpoint, as one shape: fields that do not apply are absent.
///
/// `error` is `insufficient_authorization` while the attempt lives, `access_denied` when it ended, an OAuth
/// error code for a request that could not be understood, and absent together with status 200.
///
/// ```
/// use wire::{Answer, Next, Reason};
///
/// // What a wrong response is answered with: the attempt lives, and the same step is asked again.
/// let answer: Answer = serde_json::from_str(r#"{
///     "error": "insufficient_authorization", "auth_session": "…", "expires_in": 172,
///     "next": {
///         "step": "respond", "challenge": "381204", "response_digits": 8,
///         "device": { "id": "d", "class": "dsc-plus", "label": "Digital Security Card+",
///                     "methods": ["challenge_response"], "default": true }
///     },
///     "failure": { "reason": "wrong_response", "attempts_left": 2 }
/// }"#)?;
/// assert!(matches!(answer.next, Some(Next::Respond { response_digits: 8, .. })));
/// assert_eq!(answer.failure.map(|failure| failure.reason), Some(Reason::WrongResponse));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// The OAuth error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For programmers, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// The attempt's handle, repeated in every answer while it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session: Option<String>,
    /// Seconds until the attempt expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Why the last step was refused, or why the attempt ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The code to redeem at `/oauth2/token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_code: Option<String>,
    /// To be sent with the next first request from the same program: it has a failure budget of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_mark: Option<String>,
}

/// The answer of `/oauth2/token`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// The OAuth error code (then nothing else but the description is set).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For programmers, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// The access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// `Bearer`, or `DPoP` for a token that is bound to a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// Seconds the access token lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// The ID token (a JWT), when `openid` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// The granted scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The refresh token, with `offline_access`; each is good once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What the user confirmed, to the letter as it was asked for (RFC 9396, 7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Vec<What>>,
    /// The signed proof of it ([`crate::receipt`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}
