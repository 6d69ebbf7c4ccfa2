//! What happened: in sentences with a filter, as the rows of the log, and the question whether it was really not the owner.

use super::Frame;
use crate::activity::When;
use askama::Template;

/// Something that happened, in a sentence.
#[derive(Debug, Clone)]
pub struct StoryLine {
    /// When.
    pub when: When,
    /// The sentence.
    pub text: String,
    /// By which program, from where, and what else there is to know.
    pub place: String,
    /// Whether the owner should look twice.
    pub alarming: bool,
    /// The attempt of which the owner can say "it wasn't me"; none of others.
    pub report: Option<String>,
}

/// Which stories are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All of them.
    All,
    /// Logins.
    Logins,
    /// Money and cards.
    Money,
    /// Devices.
    Devices,
    /// Those at which the owner should look twice.
    Alarms,
}

impl Shown {
    /// Every one there is, as they are offered.
    pub const ALL: [Self; 5] = [Self::All, Self::Logins, Self::Money, Self::Devices, Self::Alarms];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Logins => "logins",
            Self::Money => "money",
            Self::Devices => "devices",
            Self::Alarms => "alarms",
        }
    }

    /// The one of a name; all of them for any other.
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|shown| shown.name() == name).unwrap_or(Self::All)
    }

    fn key(self) -> &'static str {
        match self {
            Self::All => "activity-show-all",
            Self::Logins => "activity-show-logins",
            Self::Money => "activity-show-money",
            Self::Devices => "activity-show-devices",
            Self::Alarms => "activity-show-alarms",
        }
    }
}

/// The page of the sentences.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/activity.html")]
pub struct ActivityPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// Which are shown.
    pub shown: Shown,
    /// The words that were looked for.
    pub words: String,
    /// The lines, newest first.
    pub activity: Vec<StoryLine>,
    /// The address of the earlier ones; none where there are none.
    pub older: Option<String>,
}

impl ActivityPage {
    /// What can be shown: the name in addresses, the words, and whether it is chosen.
    fn choices(&self) -> Vec<(&'static str, String, bool)> {
        let choice = |one: Shown| (one.name(), self.frame.t(one.key()), one == self.shown);
        Shown::ALL.map(choice).to_vec()
    }
}

/// A row of the log.
#[derive(Debug, Clone)]
pub struct EntryLine {
    /// When.
    pub when: When,
    /// What happened, in words.
    pub what: String,
    /// The stable name of its kind.
    pub kind: String,
    /// The device and the program, where it has them.
    pub by: String,
    /// The network address; empty where there is none.
    pub address: String,
}

/// The page of the rows.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/entries.html")]
pub struct EntriesPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The rows, newest first.
    pub entries: Vec<EntryLine>,
    /// The address of the earlier ones; none where there are none.
    pub older: Option<String>,
}

/// The page that asks whether it was really not the owner.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/report.html")]
pub struct ReportPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The attempt, sent back as `id`.
    pub id: String,
    /// What it is about.
    pub story: StoryLine,
}
