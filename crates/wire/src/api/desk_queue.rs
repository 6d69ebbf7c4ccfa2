//! What waits at the secure-login desk: users who said "it wasn't me", and messages that could not be delivered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which page of the alarms, and how it is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// In which language, `en` or `ru`; `en` where it is not said.
    pub locale: Option<String>,
    /// Where it begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// A user who said "it wasn't me", and whose password is refused since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alarm {
    /// The user's id.
    pub user: String,
    /// The username.
    pub username: String,
    /// Since when the password is refused.
    pub since: String,
    /// What it was said of, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// By which program and from where: each in a few words.
    pub circumstances: Vec<String>,
    /// The label of the device on which it was said; absent where it was a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Until when a link for another password is good that was sent to the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_until: Option<String>,
    /// The id of an open case that gives the user a way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The agent who takes care of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_by: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
}

/// A message that could not be delivered. What it says is told to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undelivered {
    /// Its id.
    pub id: String,
    /// The id of the user to whom, or about whom, it is.
    pub user: String,
    /// The username.
    pub username: String,
    /// What kind of message: `activation_code`, `sent_code`, `contact_code`, `password_link`, `invitation`, `desk_case`, `contact_change`,
    /// `desk_report` or `notice`.
    pub kind: String,
    /// `mail` or `sms`; absent where its contact point is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Where to, masked; absent where it goes to the desk, or its contact point is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why it was given up: `refused`, `too_late`, `gone`, `no_way` or `unreachable`.
    pub why: String,
    /// What mail server, gateway or we said of it: a status, or a few words.
    pub status: String,
    /// When it was queued.
    pub created_at: String,
    /// When it was given up.
    pub failed_at: String,
    /// When the desk last had it sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_again_at: Option<String>,
}

/// `POST /desk/undelivered/{id}/put-aside`.
///
/// ```
/// let asked: wire::api::desk_queue::PutAside = serde_json::from_str(r#"{ "reason": "Told on the telephone" }"#)?;
/// assert_eq!(asked.reason, "Told on the telephone");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAside {
    /// Why, in up to 240 characters.
    pub reason: String,
}
