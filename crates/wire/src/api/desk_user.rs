//! One user, as an agent of the secure-login desk sees them.

use super::desk::Case;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the timeline is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// In which language, `en` or `ru`; `en` where it is not said.
    pub locale: Option<String>,
    /// Where the timeline goes on: the `next_cursor` of the answer before.
    pub cursor: Option<String>,
}

/// `GET /desk/users/{id}`: a user, with a timeline that says why a login failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeenUser {
    /// The user's id.
    pub id: String,
    /// The username.
    pub username: String,
    /// When the user was added.
    pub created_at: String,
    /// Where messages go, masked.
    pub contacts: Vec<String>,
    /// Whether failures lock the user.
    pub locked: bool,
    /// Since when the password is refused, after "it wasn't me".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_refused_since: Option<String>,
    /// The devices.
    pub devices: Vec<SeenDevice>,
    /// How many sessions live.
    pub sessions: u32,
    /// Until when a device of the user's shows this agent that it is they who call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_until: Option<String>,
    /// What needs two people, the latest first.
    pub cases: Vec<Case>,
    /// What happened, the latest first.
    pub activity: Vec<Happened>,
    /// Where the timeline goes on; absent where there is nothing earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A device, as an agent sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeenDevice {
    /// Its id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The label that the user knows it by.
    pub label: String,
    /// The stable name of its state.
    pub state: String,
    /// Its serial number, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Whether failures lock it.
    pub locked: bool,
    /// When it was added.
    pub created_at: String,
    /// When it last confirmed something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Happened {
    /// When.
    pub at: String,
    /// What, in one sentence.
    pub text: String,
    /// By which program, from where, and by whose hand: each in a few words.
    pub circumstances: Vec<String>,
    /// Whether the user should look twice.
    pub alarming: bool,
}

/// `POST /desk/users/{id}/suspend`, `…/lost` and `…/unlock-device`.
///
/// ```
/// let asked: wire::api::desk_user::OneDevice = serde_json::from_str(r#"{ "device": "019aa000-0000-7000-8000-0000000000d1" }"#)?;
/// assert!(asked.device.ends_with("d1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneDevice {
    /// The device's id.
    pub device: String,
}
