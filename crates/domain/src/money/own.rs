//! Limits that a customer sets for a device: lower at once, higher after a wait.

use crate::{
    Timestamp,
    device::catalogue::{Limit, Limits},
};
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, time::Duration};

/// How long a rise waits: a day, or longer where the customer chose so, up to a week.
pub const RISE_WAITS: RangeInclusive<Duration> = Duration::from_secs(86_400)..=Duration::from_secs(7 * 86_400);

/// A customer's own limits of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnLimits {
    /// Until the rise, or for good.
    pub now: Limits,
    /// Higher ones, and from when.
    pub rise: Option<Rise>,
}

/// A rise that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rise {
    /// To what.
    pub to: Limits,
    /// From when.
    pub at: Timestamp,
}

/// Why own limits are not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotChanged {
    /// Above what the class permits.
    #[error("above what such a device may authorise")]
    AboveClass,
    /// Per day above per five business days.
    #[error("the limit per day is above the limit per five business days")]
    DayAboveFiveDays,
    /// The device that confirms it may not do as much itself.
    #[error("a device that may do as much must confirm it")]
    WeakDevice,
    /// The wait is shorter than a day or longer than a week.
    #[error("a rise waits between a day and a week")]
    Wait,
}

impl OwnLimits {
    /// No limits but those of the class.
    pub const NONE: Self = Self { now: Limits::NONE, rise: None };

    /// What holds at a moment.
    pub fn at(self, now: Timestamp) -> Limits {
        match self.rise {
            Some(rise) if rise.at <= now => rise.to,
            _ => self.now,
        }
    }

    /// What holds once nothing is waited for.
    pub fn in_the_end(self) -> Limits {
        self.rise.map_or(self.now, |rise| rise.to)
    }

    /// Whether other limits are only lower: then they hold at once, and nothing confirms them.
    pub fn only_lowered_by(self, wanted: Limits, now: Timestamp) -> bool {
        self.at(now).cover(wanted)
    }

    /// A rise that waits is given up.
    #[must_use]
    pub fn kept(self, now: Timestamp) -> Self {
        Self { now: self.at(now), rise: None }
    }

    /// Other limits are wished: what is lower holds at once, what is higher after `wait`. `by` are the limits, all told, of
    /// the device that confirms it: it must have what it gives. A rise that waits is given up, unless it is wished again.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub fn change(self, wish: &Change) -> Result<Self, NotChanged> {
        let Change { wanted, class, by, now, wait } = *wish;
        wanted.fit(class)?;
        if matches!((wanted.per_day, wanted.per_five_days), (Limit::UpTo(day), Limit::UpTo(five)) if !day.at_most(five).unwrap_or(false))
        {
            return Err(NotChanged::DayAboveFiveDays);
        }
        let held = self.at(now);
        if held.cover(wanted) {
            return Ok(Self { now: wanted, rise: None });
        }
        if !RISE_WAITS.contains(&wait) {
            return Err(NotChanged::Wait);
        }
        if !by.cover(wanted.lower(class)) {
            return Err(NotChanged::WeakDevice);
        }
        let waited_for = self.rise.filter(|rise| rise.to == wanted && rise.at > now);
        let rise = waited_for.unwrap_or(Rise { to: wanted, at: now.plus(wait) });
        Ok(Self { now: held.lower(wanted), rise: Some(rise) })
    }
}

impl Limits {
    /// Whether a customer may wish these for a device of a class: each is the class's at most, or none.
    ///
    /// # Errors
    /// [`NotChanged::AboveClass`].
    fn fit(self, class: Self) -> Result<(), NotChanged> {
        let fits = |wanted: Limit, class: Limit| wanted == Limit::Unlimited || class.covers(wanted);
        let both = fits(self.per_day, class.per_day) && fits(self.per_five_days, class.per_five_days);
        if both { Ok(()) } else { Err(NotChanged::AboveClass) }
    }
}

/// What is wished, by what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The limits wished; [`Limits::NONE`] for those of the class.
    pub wanted: Limits,
    /// The limits of the device's class.
    pub class: Limits,
    /// The limits, all told, of the device that confirms the change.
    pub by: Limits,
    /// When.
    pub now: Timestamp,
    /// How long a rise waits.
    pub wait: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const CLASS: Limits = Limits { per_day: Limit::usd(200_000), per_five_days: Limit::usd(600_000) };

    fn limits(day: i64, five: i64) -> Limits {
        Limits { per_day: Limit::usd(day), per_five_days: Limit::usd(five) }
    }

    fn wish(wanted: Limits, by: Limits, now: i64) -> Change {
        Change { wanted, class: CLASS, by, now: Timestamp::from_unix_seconds(now), wait: DAY }
    }

    #[test]
    fn lower_at_once_and_higher_after_a_day() {
        let low = OwnLimits::NONE.change(&wish(limits(1_000, 5_000), CLASS, 0)).unwrap();
        assert_eq!(low.at(Timestamp::from_unix_seconds(0)), limits(1_000, 5_000));
        let rising = low.change(&wish(limits(2_000, 4_000), CLASS, 10)).unwrap();
        assert_eq!(rising.at(Timestamp::from_unix_seconds(10)), limits(1_000, 4_000), "what is lower holds at once");
        assert_eq!(rising.at(Timestamp::from_unix_seconds(10 + 86_399)), limits(1_000, 4_000));
        assert_eq!(rising.at(Timestamp::from_unix_seconds(10 + 86_400)), limits(2_000, 4_000));
        let again = rising.change(&wish(limits(2_000, 4_000), CLASS, 5_000)).unwrap();
        assert_eq!(again, rising, "wished again, it does not wait anew");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let own = OwnLimits::NONE;
        assert_eq!(own.change(&wish(limits(200_001, 600_000), CLASS, 0)), Err(NotChanged::AboveClass));
        assert_eq!(own.change(&wish(limits(2, 1), CLASS, 0)), Err(NotChanged::DayAboveFiveDays));
        let low = own.change(&wish(limits(1_000, 5_000), CLASS, 0)).unwrap();
        assert_eq!(low.change(&wish(limits(2_000, 5_000), limits(1_000, 5_000), 0)), Err(NotChanged::WeakDevice));
        assert_eq!(low.change(&wish(Limits::NONE, limits(1_000, 5_000), 0)), Err(NotChanged::WeakDevice));
        assert!(low.change(&wish(Limits::NONE, CLASS, 0)).is_ok(), "back to what the class permits");
        let day = Limits { per_day: Limit::usd(1_000), ..Limits::NONE };
        assert!(own.change(&wish(day, Limits { per_day: Limit::usd(0), ..CLASS }, 0)).is_ok(), "one of the two alone");
        let soon = Change { wait: Duration::from_secs(86_399), ..wish(limits(2_000, 5_000), CLASS, 0) };
        assert_eq!(low.change(&soon), Err(NotChanged::Wait));
    }

    #[test]
    fn a_rise_that_waits_can_be_given_up() {
        let low = OwnLimits { now: limits(1_000, 5_000), rise: None };
        let rising = low.change(&wish(CLASS, CLASS, 0)).unwrap();
        assert_eq!(rising.kept(Timestamp::from_unix_seconds(86_399)), low);
        let risen = OwnLimits { now: CLASS, rise: None };
        assert_eq!(rising.kept(Timestamp::from_unix_seconds(86_400)), risen, "it holds already");
        assert!(low.only_lowered_by(limits(1_000, 1_000), Timestamp::from_unix_seconds(0)));
        assert!(!low.only_lowered_by(limits(1_001, 5_000), Timestamp::from_unix_seconds(0)));
    }

    proptest! {
        /// Whatever is wished in a day, what holds in it is never more than what held before.
        #[test]
        fn nothing_rises_within_the_wait(wishes in prop::collection::vec((0..300_000_i64, 0..700_000_i64, 0..86_399_i64), 1..12)) {
            let mut sorted = wishes;
            sorted.sort_by_key(|(_, _, at)| *at);
            let mut own = OwnLimits { now: limits(1_000, 5_000), rise: None };
            for (day, five, at) in sorted {
                let before = own.at(Timestamp::from_unix_seconds(at));
                if let Ok(changed) = own.change(&wish(limits(day, five), Limits::NONE, at)) {
                    own = changed;
                }
                prop_assert!(before.cover(own.at(Timestamp::from_unix_seconds(at))));
                prop_assert!(limits(1_000, 5_000).cover(own.at(Timestamp::from_unix_seconds(at))));
            }
        }
    }
}
