//! The console's page of whoever mails devices.

use super::Frame;
use askama::Template;

/// What is said of what was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTold {
    /// It was.
    Done,
    /// No such device lies in the depot.
    NotInDepot,
    /// It is of another class than what was ordered.
    OtherClass,
    /// Another device has this serial number.
    Taken,
    /// The order stands elsewhere by now.
    State,
    /// There is no such order.
    Unknown,
    /// The device cannot be given to anybody.
    NotUsable,
    /// Nobody mails to themselves.
    OwnUser,
}

impl MailTold {
    /// Every one there is.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::NotInDepot,
        Self::OtherClass,
        Self::Taken,
        Self::State,
        Self::Unknown,
        Self::NotUsable,
        Self::OwnUser,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        // Without what all keys begin with.
        self.key().split_once("told-").map_or("", |(_, name)| name)
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn alarming(self) -> bool {
        self != Self::Done
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Done => "mailing-told-done",
            Self::NotInDepot => "mailing-told-not-in-depot",
            Self::OtherClass => "mailing-told-other-class",
            Self::Taken => "mailing-told-taken",
            Self::State => "mailing-told-state",
            Self::Unknown => "mailing-told-unknown",
            Self::NotUsable => "mailing-told-not-usable",
            Self::OwnUser => "mailing-told-own-user",
        }
    }
}

/// An order on the way to its user.
#[derive(Debug, Clone)]
pub struct MailLine {
    /// The order's id.
    pub id: String,
    /// Whose.
    pub user: String,
    /// What was ordered.
    pub label: String,
    /// Where to.
    pub address: String,
    /// Since when.
    pub since: String,
    /// The serial number of what was mailed.
    pub serial: Option<String>,
    /// Whether its user has still to choose a PIN: then it stays here.
    pub awaits_pin: bool,
}

/// What is to be mailed, and what is on its way.
#[derive(Debug, Clone, Template)]
#[template(path = "console/mailing.html")]
pub struct MailingPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// To be mailed.
    pub asked: Vec<MailLine>,
    /// On their way.
    pub shipped: Vec<MailLine>,
    /// Whether the roles allow to note anything.
    pub may_note: bool,
    /// What became of what was noted.
    pub told: Option<MailTold>,
}
