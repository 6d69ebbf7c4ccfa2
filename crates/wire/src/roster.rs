//! Users for load tests: what `countersign user crowd` writes and `countersign-client bench` reads and keeps up to date.
//!
//! It holds every secret of users who are nobody.

use crate::{card_file::CardFile, phone_file::PhoneFile};
use serde::{Deserialize, Serialize};

/// The file's `format` value; another value is another program's file or a newer version.
pub const FORMAT: &str = "countersign-roster/1";

/// A roster.
///
/// ```
/// use wire::roster::{FORMAT, Roster};
///
/// let text = format!(r#"{{ "format": "{FORMAT}", "password": "p", "pin": "7294", "users": [] }}"#);
/// assert!(serde_json::from_str::<Roster>(&text)?.users.is_empty());
/// assert!(serde_json::from_str::<Roster>(r#"{ "users": [] }"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// Always [`FORMAT`].
    pub format: String,
    /// The password of all of them.
    pub password: String,
    /// The PIN of all their cards and phones.
    pub pin: String,
    /// The users.
    pub users: Vec<User>,
}

/// A user with a card and a phone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The username.
    pub username: String,
    /// The card's device id.
    pub card_id: String,
    /// The card.
    pub card: CardFile,
    /// The phone.
    pub phone: PhoneFile,
    /// The mark of a program that logged this user in before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}
