//! Errors of our own HTTP APIs: `application/problem+json` (RFC 9457).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A problem document. `type` is `/problems/<slug>` and stable; `detail` says what to do.
///
/// ```
/// use wire::Problem;
///
/// let problem: Problem = serde_json::from_str(r#"{
///     "type": "/problems/throttled", "title": "Too many requests", "status": 429, "retry_after": 3
/// }"#)?;
/// // Programs go by the type, which is stable; people read the title.
/// assert_eq!((problem.kind.as_str(), problem.retry_after), ("/problems/throttled", Some(3)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// `/problems/<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, for people.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// Advice about this occurrence, for people; English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// A stable word for the reason, where one slug has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Wrong answers left before the attempt ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u32>,
    /// Seconds until it may be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The user's devices that could confirm it (`device-limit`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<ProblemDevice>>,
    /// What one of the user's accounts must be worth at least, an exact decimal (`not-eligible`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// The currency of `required`, ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The moment from which on it is possible (`waits`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The request's id, to quote to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// A device that would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProblemDevice {
    /// The device's id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The label that the user knows it by.
    pub label: String,
}
