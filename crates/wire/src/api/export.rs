//! Everything that is kept of a user, for the user.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `GET /users/{id}/export`: what is kept of a user, without secrets. Moments are written as RFC 3339 has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Export {
    /// When this was written down.
    pub exported_at: String,
    /// The user's id.
    pub id: String,
    /// The username.
    pub username: String,
    /// The language of messages.
    pub locale: String,
    /// When the user was added.
    pub created_at: String,
    /// The accounts that the institution posted.
    pub accounts: Vec<String>,
    /// Where messages go.
    pub contacts: Vec<Contact>,
    /// Every device that the user ever had.
    pub devices: Vec<Device>,
    /// Devices that were requested by mail.
    pub orders: Vec<Order>,
    /// Browsers and programs that are known.
    pub known_programs: Vec<KnownProgram>,
    /// Open browser sessions.
    pub sessions: Vec<super::user::Session>,
    /// Withdrawals and transfers, the newest first.
    pub withdrawals: Vec<Withdrawal>,
    /// What happened, the newest first.
    pub activity: Vec<Happened>,
}

/// A mail address or number, in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// `mail` or `phone`.
    pub kind: String,
    /// The address or number.
    pub address: String,
    /// When it was replaced or removed, where it was lately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<String>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The label that the user knows it by.
    pub label: String,
    /// Its serial number; empty where it has none.
    pub serial: String,
    /// The stable name of its state.
    pub state: String,
    /// When it was added.
    pub created_at: String,
    /// When it last confirmed something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// A device that was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// Its class.
    pub class: String,
    /// Where it is mailed to.
    pub address: String,
    /// The stable name of where it stands.
    pub state: String,
    /// When it was requested.
    pub created_at: String,
}

/// A browser or program that the user logged in from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KnownProgram {
    /// The client.
    pub client: String,
    /// What it calls itself.
    pub agent: String,
    /// When it was seen last.
    pub last_seen_at: String,
}

/// A withdrawal or transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawal {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// What was asked, member for member.
    pub what: Vec<Value>,
    /// When it was asked for.
    pub created_at: String,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Happened {
    /// When.
    pub at: String,
    /// What, in the user's language.
    pub what: String,
    /// What, by its stable name.
    pub kind: String,
    /// The rest, as the log has it.
    pub detail: Value,
}
