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
}

impl InvitePage {
    fn username(&self) -> &str {
        self.frame.signed_in.as_deref().unwrap_or_default()
    }
}
