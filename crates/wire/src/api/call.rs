//! Who is on the line with the secure-login desk, shown by a device of the caller's.

use crate::{Failure, Next};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /desk/calls`: has a device of a user's show that it is they who call.
///
/// ```
/// let asked: wire::api::call::NewCall = serde_json::from_str(r#"{ "user": "alice" }"#)?;
/// assert_eq!(asked.user, "alice");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCall {
    /// As whom the caller calls, by id or username.
    pub user: String,
}

/// Where a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// A device is asked.
    Asked,
    /// A device said yes.
    Proved,
    /// It ended in any other way.
    Failed,
}

/// A check of who calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The user's id.
    pub user: String,
    /// The user's name.
    pub username: String,
    /// Where it stands.
    pub state: CallState,
    /// By what the user's phone names the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Two words that the agent says first, in the user's language: the user's phone shows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What the device that said yes is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Until when it shows this agent who is on the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What is awaited of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Seconds that it is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// Why the step failed, or no device said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}
