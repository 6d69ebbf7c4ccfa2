//! The page on coming back after a loss.

use super::Frame;
use askama::Template;

/// What is said of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryTold {
    /// No code alone brings a phone back any more.
    Never,
    /// No device may confirm it.
    NoDevice,
}

impl RecoveryTold {
    /// Every one there is.
    pub const ALL: [Self; 2] = [Self::Never, Self::NoDevice];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::NoDevice => "no-device",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    fn key(self) -> &'static str {
        match self {
            Self::Never => "recovery-told-never",
            Self::NoDevice => "limits-told-no-device",
        }
    }

    fn alarming(self) -> bool {
        self == Self::NoDevice
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/recovery.html")]
pub struct RecoveryPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// Whether a code alone may bring a phone back.
    pub open: bool,
    /// Whether the user said so; else it is the institution's rule.
    pub chosen: bool,
    /// What became of what was asked.
    pub told: Option<RecoveryTold>,
}
