//! The page on which an agent has a device of the caller's show who calls.

use super::{
    Frame,
    console::{DeskTold, ProofLine},
};
use askama::Template;

/// A device that the caller may have at hand.
#[derive(Debug, Clone)]
pub struct CallDevice {
    /// The id.
    pub id: String,
    /// What it is called.
    pub label: String,
}

/// Where a check stands.
#[derive(Debug, Clone)]
pub enum CallStands {
    /// The caller says which device is at hand.
    Choosing(Vec<CallDevice>),
    /// The phone is asked.
    Approving {
        /// What it is called.
        device: String,
        /// Whether it can also answer a challenge.
        offline: bool,
    },
    /// The caller reads out the response to a challenge.
    Responding {
        /// What the device is called.
        device: String,
        /// The challenge.
        challenge: String,
        /// Digits of the response.
        digits: u32,
    },
    /// A device said yes.
    Proved(ProofLine),
    /// It ended in any other way.
    Failed,
}

/// The page of a check.
#[derive(Debug, Clone, Template)]
#[template(path = "console/call.html")]
pub struct CallPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The check's id.
    pub id: String,
    /// As whom the caller calls.
    pub user: String,
    /// That user's id.
    pub user_id: String,
    /// By what the user knows the agent.
    pub first_name: String,
    /// What the agent says first.
    pub words: String,
    /// Where it stands.
    pub stands: CallStands,
    /// Whether another device may be chosen.
    pub others: bool,
    /// Minutes that are left, rounded up.
    pub minutes: u64,
    /// Whether the last response was wrong.
    pub wrong: bool,
    /// What became of what was done.
    pub told: Option<DeskTold>,
}

impl CallPage {
    fn open(&self) -> bool {
        !matches!(self.stands, CallStands::Proved(_) | CallStands::Failed)
    }

    fn awaits_phone(&self) -> bool {
        matches!(self.stands, CallStands::Approving { .. })
    }
}
