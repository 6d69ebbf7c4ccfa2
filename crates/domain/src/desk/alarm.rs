//! Alarms: users who said "it wasn't me". One agent at a time takes care of one, so that two do not call the same customer.
//!
//! An alarm is there as long as the password is refused. What was taken counts for the lock that was there at that moment,
//! and for one working day: a colleague who went home holds nobody up.

use crate::{Timestamp, id::UserId};
use std::time::Duration;

/// For how long an alarm is one agent's.
pub const HELD: Duration = Duration::from_secs(8 * 3600);

/// Who takes care of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The agent.
    pub agent: UserId,
    /// Since when.
    pub at: Timestamp,
}

/// A user's alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// Since when the password is refused.
    pub since: Timestamp,
    /// Who last took it, also before this lock.
    pub taken: Option<Taken>,
}

/// Why an alarm is not taken, or not left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AlarmRefusal {
    /// An agent is not served at their own desk.
    #[error("nobody decides about themselves")]
    OwnUser,
    /// Another agent takes care of it.
    #[error("a colleague takes care of it")]
    Anothers,
    /// It is nobody's, or another agent's.
    #[error("it is not this agent's")]
    NotYours,
}

impl Alarm {
    /// Who takes care of it now.
    pub fn held(&self, now: Timestamp) -> Option<Taken> {
        self.taken.filter(|taken| taken.at >= self.since && now < taken.at.plus(HELD))
    }

    /// The same alarm in an agent's hands.
    pub fn take(self, agent: UserId, user: UserId, now: Timestamp) -> Result<Self, AlarmRefusal> {
        if agent == user {
            return Err(AlarmRefusal::OwnUser);
        }
        match self.held(now) {
            Some(taken) if taken.agent != agent => Err(AlarmRefusal::Anothers),
            _ => Ok(Self { taken: Some(Taken { agent, at: now }), ..self }),
        }
    }

    /// The same alarm in nobody's hands, by whoever has it.
    pub fn leave(self, agent: UserId, now: Timestamp) -> Result<Self, AlarmRefusal> {
        match self.held(now) {
            Some(taken) if taken.agent == agent => Ok(Self { taken: None, ..self }),
            _ => Err(AlarmRefusal::NotYours),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What happens to one user and three agents, the first of whom is the user.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Passes(u64),
        LockedAnew,
        Takes(u8),
        Leaves(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..HELD.as_secs() * 2).prop_map(Step::Passes),
            Just(Step::LockedAnew),
            (0..3u8).prop_map(Step::Takes),
            (0..3u8).prop_map(Step::Leaves),
        ]
    }

    fn id(of: u8) -> UserId {
        [of; 16].into()
    }

    proptest! {
        #[test]
        fn it_is_one_agents_until_it_is_left_locked_anew_or_the_day_is_over(steps in prop::collection::vec(step(), 0..60)) {
            let mut now = Timestamp::from_unix_seconds(1_000);
            let mut alarm = Alarm { since: now, taken: None };
            // Whose it is, and for how many more seconds.
            let mut model: Option<(u8, u64)> = None;
            for step in steps {
                match step {
                    Step::Passes(seconds) => {
                        now = now.plus(Duration::from_secs(seconds));
                        model = model.and_then(|(agent, left)| Some((agent, left.checked_sub(seconds)?)));
                        model = model.filter(|(_, left)| *left > 0);
                    }
                    Step::LockedAnew => {
                        now = now.plus(Duration::from_secs(1));
                        (alarm.since, model) = (now, None);
                    }
                    Step::Takes(agent) => {
                        let free = agent != 0 && model.is_none_or(|(holder, _)| holder == agent);
                        let took = alarm.take(id(agent), id(0), now);
                        prop_assert_eq!(took.is_ok(), free, "{:?}", took);
                        if let Ok(taken) = took {
                            (alarm, model) = (taken, Some((agent, HELD.as_secs())));
                        }
                    }
                    Step::Leaves(agent) => {
                        let left = alarm.leave(id(agent), now);
                        prop_assert_eq!(left.is_ok(), model.is_some_and(|(holder, _)| holder == agent));
                        if let Ok(left) = left {
                            (alarm, model) = (left, None);
                        }
                    }
                }
                prop_assert_eq!(alarm.held(now).map(|taken| taken.agent), model.map(|(agent, _)| id(agent)));
            }
        }
    }
}
