//! What an agent relays in a program or on a page, step by step.

use crate::flow::confirm::attempt::Act;
use std::time::Duration;

/// A step of the agent's, and how long to hold the answer while nothing changes.
#[derive(Debug, Clone)]
pub struct Step {
    /// What the agent does.
    pub act: Act,
    /// How long to wait for news.
    pub wait: Duration,
}

impl Step {
    /// To look, without waiting.
    pub const LOOK: Self = Self { act: Act::Look, wait: Duration::ZERO };
}
