//! Accounts and rates, as the institution posts them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `PUT /accounts/{id}`: whose an account is and what it is worth.
///
/// ```
/// let account: wire::api::account::PutAccount =
///     serde_json::from_str(r#"{"users": ["alice"], "currency": "USD", "equity": "812345.00"}"#)?;
/// assert_eq!(account.users, ["alice"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAccount {
    /// Its users, each by id or username: these and no others from now on. 1 to 20.
    #[schemars(length(min = 1, max = 20))]
    pub users: Vec<String>,
    /// Its currency (ISO 4217).
    pub currency: String,
    /// What it is worth: an exact decimal, no finer than its currency. May be below zero.
    pub equity: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// The institution's own name for it.
    pub id: String,
    /// The ids of its users.
    pub users: Vec<String>,
    /// Its currency (ISO 4217).
    pub currency: String,
    /// What it is worth.
    pub equity: String,
    /// When the institution said so.
    pub told_at: String,
}

/// `PUT /rates/{currency}`: what one unit of a currency is worth in US dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRate {
    /// An exact decimal above zero, such as `1.0843`.
    pub usd: String,
    /// As of when (RFC 3339); no time to come. A rate that is older than the one we know changes nothing.
    pub as_of: String,
}

/// A rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// The currency (ISO 4217).
    pub currency: String,
    /// What one unit is worth in US dollars.
    pub usd: String,
    /// As of when.
    pub as_of: String,
    /// Until when it is used: nothing is counted at an older rate.
    pub valid_until: String,
}
