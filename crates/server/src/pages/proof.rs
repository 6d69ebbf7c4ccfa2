//! Pages on which a device in its owner's hand answers one question: for another PIN, and to be taken into use.

use super::{Frame, device::Told};
use askama::Template;

/// What a device is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The response to this challenge.
    Challenge(String),
    /// The passcode that it shows.
    Passcode,
    /// The values at these two places.
    Places([u32; 2]),
}

impl Question {
    pub(super) fn challenge(&self) -> Option<&str> {
        match self {
            Self::Challenge(challenge) => Some(challenge),
            Self::Passcode | Self::Places(_) => None,
        }
    }

    pub(super) fn places(&self) -> Option<&[u32; 2]> {
        match self {
            Self::Places(places) => Some(places),
            Self::Passcode | Self::Challenge(_) => None,
        }
    }
}

/// The page that gives a card another PIN.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/pin.html")]
pub struct PinPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The card's id, sent back as `id`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Which question this is, sent back as `round`.
    pub round: String,
    /// What the card is asked.
    pub question: Question,
    /// What became of what was asked.
    pub told: Option<Told>,
}

/// The page that takes a device into use.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/start.html")]
pub struct StartPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The device's id, sent back as `id`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Which question this is, sent back as `round`.
    pub round: String,
    /// What the device is asked.
    pub question: Question,
    /// Whether it takes a PIN.
    pub has_pin: bool,
    /// Whether it came by mail, and was never in use.
    pub first: bool,
    /// What became of what was asked.
    pub told: Option<Told>,
}
