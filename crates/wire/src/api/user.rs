//! Users, as the institution's back ends read them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// The user's id.
    pub id: String,
    /// The username.
    pub username: String,
    /// The language of messages and, after a login, of pages.
    pub locale: String,
    /// Where messages go, masked.
    pub contacts: Vec<Contact>,
    /// The accounts that the institution posted.
    pub accounts: Vec<String>,
    /// When the user was added.
    pub created_at: String,
}

/// `POST /users`: a user who is invited by mail to choose a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The username: lower-case letters, digits and `.`, `-`, `_`.
    pub username: String,
    /// The language of messages: `en` (where it is not said) or `ru`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A mail address: the invitation goes there, and is good for seven days.
    pub mail: String,
    /// A phone number, with the plus sign and the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// `PATCH /users/{id}`: what is there is changed, the rest stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The language of messages: `en` or `ru`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The mail address, in place of the oldest one. That one is told and can undo it for 72 hours; until then the new one is
    /// told what happens, and no link goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// The phone number, with the plus sign and the country; as with the mail address, no code goes there for 72 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// `mail` or `phone`.
    pub kind: String,
    /// Masked.
    pub address: String,
}

/// Which users.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The one with this username.
    pub username: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// A device of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The label that the user knows it by.
    pub label: String,
    /// The stable name of its state.
    pub state: String,
    /// Its serial, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The methods by which it confirms.
    pub methods: Vec<String>,
    /// Whether it is the user's default device.
    pub default: bool,
    /// When it was added.
    pub created_at: String,
    /// When it last confirmed something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// `GET /users/{id}/locks`: what keeps a user or a device out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Locks {
    /// Each lock.
    pub data: Vec<Lock>,
}

/// A lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lock {
    /// What is locked.
    pub of: Locked,
    /// The device, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Until when; absent where it must be lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Consecutive failures.
    pub failures: u32,
}

/// What is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Locked {
    /// Logins from browsers and programs that are not known.
    User,
    /// A device.
    Device,
}

/// A browser session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// What the browser calls itself.
    pub agent: String,
    /// The network address that it began from.
    pub address: String,
    /// How strong its login was (`acr`).
    pub acr: String,
    /// When it began.
    pub created_at: String,
    /// When it was used last.
    pub last_seen_at: String,
    /// When it ends whatever happens.
    pub expires_at: String,
}
