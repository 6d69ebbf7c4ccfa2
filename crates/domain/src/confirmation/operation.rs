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
    /// The hosted pages on behalf of another program's authorization request: a browser session, and the way back.
    Authorization {
        /// The handle of the request that waits.
        request: String,
        /// Scheme, host and port of where the answer will go.
        origin: String,
    },
}

/// What an authorization code is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The PKCE challenge (RFC 7636, S256).
    pub code_challenge: String,
    /// The scope that was asked for and may be given.
    pub scope: String,
    /// The nonce to repeat in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The redirect URI that must be named again (RFC 6749, 4.1.3); a first-party login has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The thumbprint of the key that the code is bound to (RFC 9449, 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
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
