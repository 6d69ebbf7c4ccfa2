//! The page that invites a phone: a picture to scan, an id to type, and how it went.

use super::{Frame, login::TimeLeft, qr::Qr};
use askama::Template;

/// How the invitation stands.
#[derive(Debug, Clone)]
pub enum Invite {
    /// There is none yet.
    None,
    /// It waits for a phone.
    Open {
        /// The picture.
        qr: Qr,
        /// The id to type.
        id: String,
        /// The time left.
        clock: TimeLeft,
        /// The app's address, to be typed by hand.
        address: String,
    },
    /// A phone took it up.
    Used,
    /// The phone is active.
    Active,
    /// Its time is over.
    Over,
    /// The login is too long ago to make one.
    Stale,
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/phone.html")]
pub struct InvitePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The state of the invitation.
    pub invite: Invite,
    /// Whether the login is too long ago to make another one.
    pub stale: bool,
}

impl InvitePage {
    /// What the page waits for news about, by the name of what it shows.
    fn shown(&self) -> Option<&'static str> {
        match self.invite {
            Invite::Open { .. } => Some("open"),
            Invite::Used => Some("used"),
            Invite::None | Invite::Active | Invite::Over | Invite::Stale => None,
        }
    }

    /// Whether the page offers what is wanted already, so that a further code comes second.
    fn is_settled(&self) -> bool {
        matches!(self.invite, Invite::Open { .. } | Invite::Active)
    }

    fn username(&self) -> &str {
        self.frame.signed_in.as_deref().unwrap_or_default()
    }
}
