//! The institution's API, `/api/v1`: what its back ends post and read.
//!
//! Moments are RFC 3339 in UTC, amounts exact decimals in a string beside their ISO 4217 currency, ids UUIDs. A user is
//! addressed by id or by username.

pub mod account;
pub mod call;
pub mod desk;
pub mod desk_queue;
pub mod desk_user;
pub mod event;
pub mod export;
pub mod inventory;
pub mod limits;
pub mod order;
pub mod user;
pub mod webhook;
pub mod withdrawal;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub struct List<T> {
    /// What is on it.
    pub data: Vec<T>,
    /// Where the next page begins, to be sent as `cursor`; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Where it begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}
