//! The page of one of the user's devices: its name, whether it is the default, and what to do when it is lost.

use super::Frame;
use askama::Template;

/// What is said of what was asked about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It has another name.
    Renamed,
    /// It is the default now.
    Default,
    /// It was set aside.
    Suspended,
    /// There is no such device.
    Unknown,
    /// The name cannot be shown.
    BadLabel,
    /// Another device has the name.
    LabelTaken,
}

impl Told {
    /// Every one there is.
    pub const ALL: [Self; 6] =
        [Self::Renamed, Self::Default, Self::Suspended, Self::Unknown, Self::BadLabel, Self::LabelTaken];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Default => "default",
            Self::Suspended => "suspended",
            Self::Unknown => "unknown-device",
            Self::BadLabel => "bad-label",
            Self::LabelTaken => "label-taken",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Renamed => "own-device-told-renamed",
            Self::Default => "own-device-told-default",
            Self::Suspended => "own-device-told-suspended",
            Self::Unknown => "own-device-told-unknown",
            Self::BadLabel => "own-device-told-bad-label",
            Self::LabelTaken => "own-device-told-label-taken",
        }
    }

    pub(crate) fn alarming(self) -> bool {
        matches!(self, Self::Unknown | Self::BadLabel | Self::LabelTaken)
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/device.html")]
pub struct DevicePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// Its id, sent back as `id`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Whether it is the default.
    pub default: bool,
    /// Whether the page asks only whether the last usable device shall be set aside.
    pub asks: bool,
    /// What became of what was asked.
    pub told: Option<Told>,
}

impl DevicePage {
    fn bad_label(&self) -> bool {
        matches!(self.told, Some(Told::BadLabel | Told::LabelTaken))
    }
}
