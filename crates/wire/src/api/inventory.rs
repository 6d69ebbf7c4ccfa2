//! The depot: hardware by its serial number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which serial numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Those in a state: `in_stock`, `assigned`, `returned` or `retired`.
    pub state: Option<String>,
    /// Where the page begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// A serial number of the depot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// The serial number.
    pub serial: String,
    /// The class that it is as a device.
    pub class: String,
    /// Where it is: `in_stock`, `assigned`, `returned` or `retired`.
    pub state: String,
    /// The id of the user who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The id of the device that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// The id of the import that brought it.
    pub batch: String,
    /// Whether a customer held it already when it was imported.
    pub adopted: bool,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// From when its key is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when its key is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// When it last changed.
    pub changed_at: String,
}

/// A serial number with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// The serial number.
    #[serde(flatten)]
    pub item: Item,
    /// What happened to it, the newest first.
    pub history: Vec<Happened>,
}

/// What happened to a serial number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Happened {
    /// When.
    pub at: String,
    /// The state that it came to.
    pub state: String,
    /// Who did it: `operator`, `client`, `agent` or `server`.
    pub by: String,
    /// The id of the user who got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The id of the device that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
}

/// `POST /inventory/{serial}/assign`. No `Debug`: it may hold a PIN.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// Who gets it, by id or username.
    pub user: String,
    /// A label of its own, for choosers; else the class's.
    pub label: Option<String>,
    /// Its PIN, where it has one and the maker's file did not bring it.
    pub pin: Option<String>,
}

/// `POST /inventory/imports`: how a file of devices is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Whether it is only looked what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// The class of the devices, where the file does not say.
    pub class: Option<String>,
    /// Whether customers already hold these devices: needed for classes that are not issued any more.
    #[serde(default)]
    pub adopt: bool,
    /// The name of the file, for the audit log.
    #[schemars(length(max = 200))]
    pub source: Option<String>,
}

/// What came of a file, or would.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Imported {
    /// Whether it was only looked.
    pub dry_run: bool,
    /// Whether its devices are in the depot now; else nothing changed.
    pub done: bool,
    /// Devices that were read.
    pub read: u64,
    /// Those that the depot did not have.
    pub new: u64,
    /// Those that it had already, the same.
    pub same: u64,
    /// Those that are refused: where there is one, nothing of the file comes in.
    pub wrong: u64,
    /// The new ones by class.
    pub classes: BTreeMap<String, u64>,
    /// The first of those that are refused.
    pub refused: Vec<RefusedEntry>,
}

/// An entry of a file that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusedEntry {
    /// The line of the file.
    pub line: u64,
    /// Its serial number, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Why.
    pub why: String,
}
