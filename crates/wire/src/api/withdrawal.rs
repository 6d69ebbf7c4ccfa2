//! Withdrawals and transfers.

use crate::{Failure, Next};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What money leaves as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To somebody else's hands, or the user's own outside.
    #[default]
    Withdrawal,
    /// To another account of the same institution. Counts together with withdrawals.
    Transfer,
}

/// Where money goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Whose account: 1 to 140 characters that are shown as they are.
    pub name: String,
    /// Its number, as people write it: 1 to 64 characters.
    pub account: String,
}

/// `POST /withdrawals`: asks a user to confirm a withdrawal or transfer. Its room in the limits is kept from now on.
///
/// ```
/// let asked: wire::api::withdrawal::NewWithdrawal = serde_json::from_str(r#"{
///     "user": "alice", "amount": "250000.00", "currency": "USD",
///     "destination": { "name": "A. Person", "account": "DE89 3704 0044 0532 0130 00" }
/// }"#)?;
/// assert!(asked.device_id.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWithdrawal {
    /// Whose, by id or username.
    pub user: String,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// The account that the money leaves; may be left out where the user has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The device to ask; where it is left out the user chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// An exact decimal above zero, no finer than its currency. Left out where `payments` are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Where it goes. Left out where `payments` are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    /// The institution's own words for it, which the user sees: up to 140 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Several payments in the place of `amount` and `destination`, confirmed or refused as one: 2 to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub payments: Vec<NewPayment>,
}

/// One of several payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// An exact decimal above zero, no finer than the currency.
    pub amount: String,
    /// Where it goes.
    pub destination: Destination,
    /// The institution's own words for it; those of the whole where they are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// One of several payments, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Payment {
    /// How much.
    pub amount: String,
    /// Where it goes.
    pub destination: Destination,
    /// The institution's own words for it.
    pub reference: String,
}

/// What whoever is asked chose or typed, to be relayed: at most one of the first three. A user for a withdrawal, the second
/// agent for what needs two people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Continue {
    /// This device was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// This method of the device was chosen (beside `device_id`, or of the one that is asked).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// Seconds to hold the answer while nothing changes: 0 to 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 30))]
    pub wait: Option<u64>,
}

/// Where a withdrawal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A device is asked; its room is kept.
    AwaitingConfirmation,
    /// A device has confirmed it.
    Confirmed,
    /// The institution has carried it out.
    Settled,
    /// The institution, or the user, gave it up.
    Cancelled,
    /// The user refused it, or answered wrong too often.
    Refused,
    /// Nobody answered in time.
    Expired,
}

/// What a withdrawal takes up of the limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counted {
    /// In US dollars, at the rate of when it was asked for.
    pub usd: String,
    /// On which business day.
    pub business_day: String,
}

/// The device that confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmedBy {
    /// Its id.
    pub device_id: String,
    /// Its class then.
    pub class: String,
}

/// A withdrawal or transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawal {
    /// Its id.
    pub id: String,
    /// Whose: the user's id.
    pub user: String,
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The client that asked.
    pub client: String,
    /// How much, as it was asked for; of several payments, their sum.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// Where it goes; of several payments, the first.
    pub destination: Destination,
    /// The account that it leaves.
    pub account_id: String,
    /// The institution's own words for it; of several payments, those for the first.
    pub reference: String,
    /// Each of several payments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// What it takes up of the limits, while its state counts.
    pub counted: Counted,
    /// The device that confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<ConfirmedBy>,
    /// When it was asked for.
    pub created_at: String,
    /// When its state changed last.
    pub changed_at: String,
    /// What the user must do next, while a device is awaited: as in a first-party login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Seconds until the request is over, while a device is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// Why the last step was refused, or why the request ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// Which withdrawals.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Whose, by id or username.
    pub user: String,
    /// Where the page begins: the `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many are on it at most: 1 to 100, 50 where it is not said.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
}

/// `GET /withdrawals/{id}/evidence`: what proves that the user confirmed it, to whoever asks later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The signed receipt: a JWS by one of the keys at `/oauth2/receipt-keys`.
    pub receipt: String,
    /// What the device signed, where a phone or a passkey confirmed it: a phone's compact JWS, a passkey's statement. The
    /// receipt holds its SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// The device's public key, a JWK, by which the statement is verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<serde_json::Value>,
    /// A passkey's assertion: its challenge is the SHA-256 of the statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,
}

/// A passkey's assertion (Web Authentication), its parts in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assertion {
    /// What the authenticator said.
    pub authenticator_data: String,
    /// What the browser said: the page's origin and the challenge.
    pub client_data_json: String,
    /// Over the first and the SHA-256 of the second.
    pub signature: String,
}
