//! Counting failures, on devices and on users. What is locked follows from what is stored: there is no flag
//! that could disagree with the count.

use crate::{
    Policy, Timestamp,
    id::{MarkId, UserId},
    policy::{DeviceLock, UserLock},
};
use serde::{Deserialize, Serialize};

/// How long something stays locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Until {
    /// Until this moment.
    At(Timestamp),
    /// Until the desk or another device lifts it.
    Lifted,
}

impl Until {
    /// Whole seconds left, rounded up; none when only a person can lift it.
    pub fn seconds_from(self, now: Timestamp) -> Option<u64> {
        match self {
            Self::At(end) => Some(end.seconds_from(now)),
            Self::Lifted => None,
        }
    }
}

/// Consecutive wrong answers on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceFailures {
    /// Failures since the last success.
    pub consecutive: u32,
    /// The moment of the last failure; none where there is none.
    pub last_at: Option<Timestamp>,
}

impl DeviceFailures {
    /// One more wrong answer.
    pub fn one_more(self, now: Timestamp) -> Self {
        Self { consecutive: self.consecutive.saturating_add(1), last_at: Some(now) }
    }

    /// Until when the device is locked, if it is locked now.
    pub fn locked(self, policy: &DeviceLock, now: Timestamp) -> Option<Until> {
        if self.consecutive >= policy.for_good_from {
            return Some(Until::Lifted);
        }
        let doublings = self.consecutive.checked_sub(policy.from)?;
        let wait = policy.first.saturating_mul(2_u32.saturating_pow(doublings));
        let end = self.last_at?.plus(wait);
        (now < end).then_some(Until::At(end))
    }
}

/// Whose failures are counted together: a browser or program that the user has logged in from before has a
/// budget of its own, so that a stranger who guesses cannot lock the owner out of the owner's own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Budget {
    /// Everyone who shows no valid mark.
    Strangers,
    /// One known browser or program.
    Known(MarkId),
    /// What no password came before: what a phone asks for by itself, and clients' back ends. Whoever holds a copy of a
    /// phone may guess here, so no success takes anything off this count.
    WithoutPassword,
}

impl Budget {
    /// What is not a login: strangers who guess at the login do not touch it. Behind a password it is a signed-in user's.
    pub fn beyond_login(user: UserId, behind_password: bool) -> Self {
        if behind_password { Self::Known(MarkId::from(user.octets())) } else { Self::WithoutPassword }
    }

    /// The failures that lock it.
    pub fn lock(self, policy: &Policy) -> &UserLock {
        match self {
            Self::Strangers | Self::Known(_) => &policy.user_lock,
            Self::WithoutPassword => &policy.answers_without_password,
        }
    }
}

/// A user's consecutive failures in one budget: the moments of those that may still matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserFailures(Vec<Timestamp>);

impl UserFailures {
    /// The counted failures, oldest first.
    pub fn moments(&self) -> &[Timestamp] {
        &self.0
    }

    /// One more failure; those that are too old to matter are dropped. Not to be called while locked.
    pub fn one_more(&self, policy: &UserLock, now: Timestamp) -> Self {
        let horizon = now.minus(policy.within);
        let mut moments: Vec<_> = self.0.iter().copied().filter(|at| *at > horizon).collect();
        moments.push(now);
        Self(moments)
    }

    /// Until when the user is locked, if locked now.
    pub fn locked(&self, policy: &UserLock, now: Timestamp) -> Option<Timestamp> {
        if self.0.len() < policy.failures {
            return None;
        }
        let end = self.0.last()?.plus(policy.within);
        (now < end).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    const START: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn a_device_locks_for_a_doubling_time_then_for_good() {
        let policy = Policy::default().device_lock;
        let mut failures = DeviceFailures::default();
        let mut waits = Vec::new();
        for _ in 0..10 {
            failures = failures.one_more(START);
            waits.push(match failures.locked(&policy, START) {
                None => 0,
                Some(Until::At(end)) => end.seconds_from(START) / 60,
                Some(Until::Lifted) => u64::MAX,
            });
        }
        assert_eq!(waits, [0, 0, 0, 0, 15, 30, 60, 120, 240, u64::MAX]);
        assert_eq!(failures.locked(&policy, after(u32::MAX.into())), Some(Until::Lifted));
        let five = DeviceFailures { consecutive: 5, last_at: Some(START) };
        assert!(five.locked(&policy, after(899)).is_some());
        assert_eq!(five.locked(&policy, after(900)), None);
    }

    #[test]
    fn ten_within_a_day_lock_until_a_day_after_the_last() {
        let policy = Policy::default().user_lock;
        let mut failures = UserFailures::default();
        for n in 0..10 {
            assert_eq!(failures.locked(&policy, after(n * 60)), None);
            failures = failures.one_more(&policy, after(n * 60));
        }
        let end = after(9 * 60 + 24 * 3600);
        assert_eq!(failures.locked(&policy, after(9 * 60)), Some(end));
        assert!(failures.locked(&policy, end.minus(Duration::from_micros(1))).is_some());
        assert_eq!(failures.locked(&policy, end), None);
        assert_eq!(failures.one_more(&policy, end).moments(), [end]);
    }

    proptest! {
        /// The lock says yes exactly when a plain count over the sliding day reaches ten.
        #[test]
        fn the_window_slides(gaps in prop::collection::vec(0_u64..20_000, 1..60)) {
            let policy = Policy::default().user_lock;
            let (mut failures, mut model, mut at) = (UserFailures::default(), Vec::<u64>::new(), 0);
            for gap in gaps {
                at += gap;
                if failures.locked(&policy, after(at)).is_some() {
                    prop_assert!(at < model.last().unwrap() + 24 * 3600);
                    continue;
                }
                failures = failures.one_more(&policy, after(at));
                model.push(at);
                let recent = model.iter().filter(|t| **t + 24 * 3600 > at).count();
                prop_assert_eq!(failures.locked(&policy, after(at)).is_some(), recent >= 10);
                if recent >= 10 { model = model.split_off(model.len() - 10); }
            }
        }
    }
}
