//! What `countersign demo --json` prints as its first line, and the demo's own small requests.

use serde::{Deserialize, Serialize};

/// The demo, ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The server's address, `http://localhost:PORT`.
    pub url: String,
    /// The sample brokerage; null where the program is not beside `countersign`.
    pub brokerage_url: Option<String>,
    /// The page of messages that would have been sent.
    pub outbox_url: String,
    /// The OpenID issuer.
    pub issuer: String,
    /// The registered clients.
    pub clients: Vec<Client>,
    /// The sample users.
    pub users: Vec<User>,
    /// The agents of the secure-login desk.
    #[serde(default)]
    pub agents: Vec<Agent>,
    /// A bearer token with full scopes on `/api/v1` and for `/demo/clock`.
    pub api_token: String,
}

/// A registered client of the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The OAuth client id.
    pub client_id: String,
    /// The secret of a confidential client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// A sample user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The username.
    pub username: String,
    /// The password.
    pub password: String,
    /// The devices, in the chooser's order.
    pub devices: Vec<Device>,
}

/// A sample agent of the secure-login desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The username.
    pub username: String,
    /// The password.
    pub password: String,
    /// The roles, such as `agent`.
    pub roles: Vec<String>,
    /// The devices.
    pub devices: Vec<Device>,
}

/// A sample user's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The device's id.
    pub id: String,
    /// The device class.
    pub class: String,
    /// The device's label.
    pub label: String,
    /// Its PIN, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Absolute path of the file for `countersign-client … --state FILE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_file: Option<String>,
}

/// `POST /demo/clock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvanceClock {
    /// Whole seconds to move the server's clock forward.
    pub advance_seconds: u64,
}

/// The answer of `POST /demo/clock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockNow {
    /// The server's time after the move, Unix seconds.
    pub now: i64,
}

/// `POST /demo/card-reader/press`: what the virtual card's keypad computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPress {
    /// The device's id.
    pub device: String,
    /// The PIN typed on the card.
    pub pin: String,
    /// The challenge typed on the card; absent for a time code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

/// What the virtual card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardShows {
    /// The response or passcode.
    pub value: String,
}
