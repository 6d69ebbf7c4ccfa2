//! What a user may withdraw, by which device, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `GET /users/{id}/limits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// The institution's zone (IANA), by which days are told.
    pub zone: String,
    /// The business day on which what is asked now counts.
    pub business_day: String,
    /// What limits are counted in: `USD`.
    pub currency: String,
    /// That day.
    pub day: Day,
    /// It and the four business days before it.
    pub five_days: FiveDays,
    /// The user's active devices.
    pub devices: Vec<DeviceLimits>,
    /// The transfer lock.
    pub lock: Lock,
}

/// A day, and what it has taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Day {
    /// The business day.
    pub date: String,
    /// What withdrawals and transfers that wait, were confirmed or settled take up.
    pub used: String,
}

/// Five business days, and what they have taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FiveDays {
    /// The first.
    pub from: String,
    /// The last.
    pub to: String,
    /// What withdrawals and transfers that wait, were confirmed or settled take up.
    pub used: String,
}

/// What a device may confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceLimits {
    /// The device's id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The label that the user knows it by.
    pub label: String,
    /// Its class's limit for a day; null: none.
    pub per_day: Option<String>,
    /// Its class's limit for five business days; null: none.
    pub per_five_days: Option<String>,
    /// The most that one card payment may be; card payments count towards no limit. None where there is no such limit.
    #[serde(default)]
    pub per_card_payment: Option<String>,
    /// The user's own limit for a day; null: none.
    pub own_per_day: Option<String>,
    /// The user's own limit for five business days; null: none.
    pub own_per_five_days: Option<String>,
    /// The most that it could confirm now; null: no limit.
    pub available: Option<String>,
    /// Why it may confirm no more.
    pub reasons: Vec<Reason>,
}

/// Why something is not permitted, or not more of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Which condition it is: a stable word.
    pub code: String,
    /// Until when it holds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The limit, or the sum above which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// What of the limit is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
}

/// The transfer lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lock {
    /// Whether money may leave.
    pub state: LockState,
    /// When it opens, while it is opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Whether money may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LockState {
    /// It may.
    Open,
    /// Nothing leaves.
    Closed,
    /// Nothing leaves before the time that the user chose.
    Opening,
}

/// What `GET /users/{id}/permit` asks about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskPermit {
    /// `withdrawal`, `transfer` or `card_payment`.
    pub operation: Operation,
    /// An exact decimal above zero, no finer than its currency.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// What may be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Money leaves.
    Withdrawal,
    /// Money goes to another account of the institution.
    Transfer,
    /// A card pays.
    CardPayment,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Any active device may confirm it.
    Free,
    /// Those of `devices` that are permitted may.
    Needs,
    /// Nothing may before `until`.
    Waits,
    /// Nothing may.
    Closed,
}

/// What the one rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Permit {
    /// In a word.
    pub answer: Answer,
    /// Until when nothing may leave, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How many different devices it needs: 1 or 2.
    pub how_many: u32,
    /// What it comes to in US dollars.
    pub usd: String,
    /// Each active device.
    pub devices: Vec<PermitDevice>,
}

/// What is said of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PermitDevice {
    /// The device's id.
    pub id: String,
    /// Its class.
    pub class: String,
    /// The label that the user knows it by.
    pub label: String,
    /// Whether it may confirm this.
    pub permitted: bool,
    /// The most that it could confirm now; null: no limit.
    pub available: Option<String>,
    /// Why not.
    pub reasons: Vec<Reason>,
}
