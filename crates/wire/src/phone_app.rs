//! What the phone app's pages ask of the server beside the phone's API, under `/app/`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `GET /app/config.json`: what the app may know before anybody is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Config {
    /// The issuer.
    pub issuer: String,
    /// The product's name.
    pub product: String,
    /// The trader's address; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trade_url: Option<String>,
    /// Whether the institution has debit cards.
    pub cards: bool,
    /// Whether this is the demo.
    pub demo: bool,
    /// Telephone numbers of the desk.
    pub desk: Vec<Desk>,
    /// Whether the desk is told by itself when a user says "it wasn't me".
    #[serde(default)]
    pub desk_told: bool,
    /// The oldest version of the standalone app that hands over by itself; an older one is updated first.
    #[serde(default)]
    pub standalone_from: String,
}

/// A telephone number of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Desk {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// As it is dialled from abroad.
    pub phone: String,
}

/// `POST /app/session`: the code of a first-party login of the app.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// The authorization code.
    pub code: String,
    /// The verifier of its PKCE challenge (RFC 7636).
    pub code_verifier: String,
}

/// The app's session at the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Session {
    /// Whose.
    pub username: String,
    /// When it ends, Unix seconds.
    pub expires_at: i64,
}
