//! Answers of the OAuth endpoints that clients of others read too.

use crate::problem::ProblemDevice;
use serde::{Deserialize, Serialize};

/// The answer of `/oauth2/par` (RFC 9126, 2.2).
///
/// ```
/// let pushed: wire::oauth::Pushed = serde_json::from_str(
///     r#"{ "expires_in": 90, "request_uri": "urn:ietf:params:oauth:request_uri:…" }"#,
/// )?;
/// assert_eq!(pushed.expires_in, 90);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// Seconds in which the request may be used.
    pub expires_in: u64,
    /// What names it at `/oauth2/authorize`.
    pub request_uri: String,
}

/// The answer of `/oauth2/bc-authorize` (OpenID Connect CIBA Core, 7.3).
///
/// ```
/// let accepted: wire::oauth::BackchannelAccepted =
///     serde_json::from_str(r#"{ "auth_req_id": "…", "expires_in": 180, "interval": 5 }"#)?;
/// assert_eq!((accepted.expires_in, accepted.interval), (180, 5));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackchannelAccepted {
    /// What the tokens are fetched with.
    pub auth_req_id: String,
    /// Seconds in which the user can confirm.
    pub expires_in: u64,
    /// Seconds between two polls, at least.
    pub interval: u64,
    /// Where the operation is too much for some device of the user: those that may confirm it, to be named to the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<ProblemDevice>>,
}
