//! What is to be confirmed.

use super::Purpose;
use ::operation::What;
use serde::{Deserialize, Serialize};

/// What is asked of a user, by whom, and what it gives. Fixed when the confirmation is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// What is to be confirmed.
    #[serde(deserialize_with = "::operation::kept::read")]
    pub what: What,
    /// The program that asks, by its OAuth client id; our own pages have one too.
    pub client: String,
    /// The network address it came from.
    pub address: String,
    /// What the program calls itself (the browser's user agent), for the list of known programs.
    pub agent: String,
    /// What the program says about it, shown on both sides (CIBA, `binding_message`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where it came from, and so what is given once it is confirmed.
    pub channel: Channel,
    /// Whether a passkey alone is to confirm it, before anything else was proved: a login without a password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passkey_alone: bool,
}

/// Where an operation came from, and so what it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum Channel {
    /// The hosted pages: a browser session.
    Hosted,
    /// A first-party program: an authorization code.
    FirstParty(Redemption),
    /// The hosted pages on behalf of another program's authorization request: a browser session, and the way back.
    Authorization {
        /// The handle of the request that waits, sealed: a copy of the database must not take the request over.
        request: String,
        /// Scheme, host and port of where the answer will go.
        origin: String,
        /// That program, by its client id.
        #[serde(default)]
        client: String,
    },
    /// Details that another program's authorization request asks a signed-in user to confirm: an authorization code,
    /// sent back at once.
    Details(Box<Return>),
    /// A client's back end (CIBA, the institution's API): it fetches what comes of it itself.
    Backchannel,
    /// The phone itself, which carries out what it had confirmed.
    Phone,
    /// A phone that is about to be activated, which shows the steps.
    Activation,
    /// Our own settings page, which changes what was confirmed.
    Settings {
        /// The session that asks.
        session: crate::id::SessionId,
    },
    /// An agent of the desk, who relays what the caller reads out.
    Call {
        /// The agent.
        agent: crate::id::UserId,
    },
    /// Our own page for whoever forgot the password, reached by a link that was sent.
    Recovery {
        /// A keyed digest of the browser's cookie.
        browser: [u8; 16],
    },
}

/// The way back of an authorization request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// What the code is bound to; holds the redirect URI.
    pub redemption: Redemption,
    /// The session it belongs to.
    pub session: crate::id::SessionId,
    /// What the session proved.
    pub proved: Proved,
    /// To be repeated in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Scheme, host and port of where the answer will go.
    pub origin: String,
}

/// What a login proved, as tokens tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// How strong it was.
    pub acr: String,
    /// What was used (RFC 8176), separated by spaces.
    pub amr: String,
    /// When it was confirmed.
    pub at: crate::Timestamp,
}

/// What an authorization code is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The PKCE challenge (RFC 7636, S256); none where the client registered to do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
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
    /// Whether its confirmation was of details, which the tokens repeat (RFC 9396, 7).
    #[serde(default)]
    pub details: bool,
}

impl Operation {
    /// What a challenge for this operation may be used for.
    pub fn purpose(&self) -> Purpose {
        self.what.purpose()
    }

    /// The program that is told to the user as the one that asks: the one that a login lets them into, and not the page
    /// that asks in its name.
    pub fn asks_for(&self) -> &str {
        match &self.channel {
            Channel::Authorization { client, .. } if !client.is_empty() => client,
            _ => &self.client,
        }
    }

    /// Whether the user gave a password on the way here: on a page or in a program, not where a back end asks or a
    /// password was forgotten.
    pub fn behind_password(&self) -> bool {
        !self.passkey_alone
            && !matches!(
                self.channel,
                Channel::Backchannel | Channel::Phone | Channel::Recovery { .. } | Channel::Call { .. }
            )
    }

    /// The session that it began in, and ends with.
    pub fn session(&self) -> Option<crate::id::SessionId> {
        match &self.channel {
            Channel::Details(back) => Some(back.session),
            Channel::Settings { session } => Some(*session),
            _ => None,
        }
    }

    /// Whether a password was given for it and for nothing else.
    pub fn takes_password(&self) -> bool {
        (self.logs_in() && !self.passkey_alone) || self.channel == Channel::Activation
    }

    /// Whether it is a login that gives a session or a code of its own.
    pub fn logs_in(&self) -> bool {
        matches!(self.channel, Channel::Hosted | Channel::FirstParty(_) | Channel::Authorization { .. })
    }
}
