//! More time, for whoever types slowly: once, while something is typed, or from the start for a user who wishes it.

use super::{Channel, Confirmation, LONGEST_LIFE, Moment, State, Step};
use crate::Policy;
use std::time::Duration;

/// How many times as long everything lives for a user who needs more time.
const LONGER: u32 = 3;

impl Confirmation {
    /// Whether its life may be prolonged: that of a login, once, while nothing is on a phone, which shows its own time.
    pub fn may_have_more_time(&self, policy: &Policy) -> bool {
        let typed = !matches!(self.state, State::AwaitingApproval(_) | State::Ended(_));
        typed && self.operation.logs_in() && self.life() <= policy.login_life
    }

    /// The same for a user who needs more time, before it is offered. A back end says itself how long it waits.
    #[must_use]
    pub fn unhurried(self) -> Self {
        if self.operation.channel == Channel::Backchannel {
            return self;
        }
        let life = self.life().saturating_mul(LONGER).min(LONGEST_LIFE);
        Self { expires_at: self.created_at.plus(life), ..self }
    }

    fn life(&self) -> Duration {
        Duration::from_secs(self.expires_at.seconds_from(self.created_at))
    }
}

impl Moment<'_> {
    /// The step that gives it as much time again.
    pub(super) fn more_time(&self) -> Step {
        let before = self.confirmation;
        let confirmation =
            Confirmation { expires_at: before.expires_at.plus(self.facts.policy.login_life), ..before.clone() };
        Step { confirmation, effects: Vec::new(), told: None }
    }
}
