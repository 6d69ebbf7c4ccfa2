//! Devices that are ordered and come by mail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /device-orders`: orders a device for a user, who is told. Nothing is confirmed by the user.
///
/// ```
/// let asked: wire::api::order::NewOrder = serde_json::from_str(r#"{
///     "user": "alice", "class": "dsc-plus", "address": "Alice Example, 12 Long Street, Springfield"
/// }"#)?;
/// assert!(asked.replaces.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Whose, by id or username.
    pub user: String,
    /// The class of the device: one that is issued on request.
    pub class: String,
    /// Where it is mailed to, on as many lines as it has: 1 to 240 characters.
    pub address: String,
    /// The id of the user's device that ends once this one is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

/// `POST /device-orders/{id}/ship`: the device goes into the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ship {
    /// Its serial number, in the depot.
    pub serial: String,
}

/// Which orders.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Those in a state: `asked`, `shipped`, `active`, `lost_in_post`, `cancelled` or `returned`.
    pub state: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// An order of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// Its id, which is also the id of the device that comes of it.
    pub id: String,
    /// The id of the user.
    pub user: String,
    /// The class of the device.
    pub class: String,
    /// Where it stands: `asked`, `shipped`, `active`, `lost_in_post`, `cancelled` or `returned`.
    pub state: String,
    /// Where it is mailed to.
    pub address: String,
    /// What is held back until it is returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Deposit>,
    /// The id of the device that ends once this one is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The serial number of the device that was mailed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Whether its user has still to choose the PIN, on the settings page. Until then only a device whose maker gave it a
    /// PIN is mailed.
    pub awaits_pin: bool,
    /// When it was ordered.
    pub created_at: String,
    /// When it is active by itself, where it was mailed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_at: Option<String>,
    /// When it last changed.
    pub changed_at: String,
}

/// What is held back for a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deposit {
    /// An exact decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}
