//! What is to be confirmed.

use super::challenge::Purpose;
use serde::{Deserialize, Serialize};

/// An operation with its details, fixed when the confirmation is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Operation {
    /// Logging in.
    Login(LoginOperation),
}

/// A login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginOperation {
    /// The program that asks, by its OAuth client id; our own pages have one too.
    pub client: String,
    /// The network address it came from.
    pub address: String,
    /// What the program calls itself (the browser's user agent), for the list of known programs.
    pub agent: String,
    /// What is given once it is confirmed.
    pub channel: LoginChannel,
}

/// Where a login came from, and so what it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum LoginChannel {
    /// The hosted pages: a browser session.
    Hosted,
    /// A first-party program: an authorization code.
    FirstParty(Redemption),
}

/// What an authorization code is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The PKCE challenge (RFC 7636, S256).
    pub code_challenge: String,
    /// The scope that was asked for and may be given.
    pub scope: String,
    /// The nonce to repeat in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

impl Operation {
    /// What a challenge for this operation may be used for.
    pub fn purpose(&self) -> Purpose<'_> {
        match self {
            Self::Login(_) => Purpose::Login,
        }
    }

    /// The OAuth client that asks.
    pub fn client(&self) -> &str {
        match self {
            Self::Login(login) => &login.client,
        }
    }
}
