//! Two of the customer's devices above a sum: lower at once, higher or not at all after a wait.

use super::own::RISE_WAITS;
use crate::Timestamp;
use operation::Money;
use std::time::Duration;

/// Above which sum two devices are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TwoAbove {
    /// Until the rise, or for good; none where one device is always enough.
    pub now: Option<Money>,
    /// A higher one, and from when.
    pub rise: Option<SumRise>,
}

/// A rise that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SumRise {
    /// To what.
    pub to: Option<Money>,
    /// From when.
    pub at: Timestamp,
}

/// Why the sum stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SumRefusal {
    /// The user has only one device.
    #[error("two devices are needed for this")]
    OneDevice,
    /// Another device is stronger.
    #[error("only the strongest of the active devices confirms this")]
    WeakDevice,
    /// The wait is shorter than a day or longer than a week.
    #[error("a rise waits between a day and a week")]
    Wait,
}

impl TwoAbove {
    /// What holds at a moment.
    pub fn at(self, now: Timestamp) -> Option<Money> {
        match self.rise {
            Some(rise) if rise.at <= now => rise.to,
            _ => self.now,
        }
    }

    /// Whether another sum asks for two devices wherever this one does: then it holds at once, and nothing confirms it.
    pub fn only_lowered_by(self, wanted: Option<Money>, now: Timestamp) -> bool {
        lower(wanted, self.at(now)) == wanted
    }

    /// A rise that waits is given up.
    #[must_use]
    pub fn kept(self, now: Timestamp) -> Self {
        Self { now: self.at(now), rise: None }
    }

    /// A lower sum, which holds at once.
    #[must_use]
    pub fn lowered(self, wanted: Option<Money>, now: Timestamp) -> Self {
        Self { now: lower(wanted, self.at(now)), rise: None }
    }

    /// A higher one, or none, after a wait; one that is wished again does not wait anew.
    ///
    /// # Errors
    /// When a weaker device asks, or the wait is none.
    pub fn raise(
        self,
        wanted: Option<Money>,
        strongest: bool,
        now: Timestamp,
        wait: Duration,
    ) -> Result<Self, SumRefusal> {
        if self.only_lowered_by(wanted, now) {
            return Ok(self.lowered(wanted, now));
        }
        if !strongest {
            return Err(SumRefusal::WeakDevice);
        }
        if !RISE_WAITS.contains(&wait) {
            return Err(SumRefusal::Wait);
        }
        let waited_for = self.rise.filter(|rise| rise.to == wanted && rise.at > now);
        Ok(Self { now: self.at(now), rise: Some(waited_for.unwrap_or(SumRise { to: wanted, at: now.plus(wait) })) })
    }
}

/// The lower of two sums, where none is higher than any.
fn lower(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.minor() <= other.minor() { one } else { other }),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::rate::COUNTED_IN;
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn sum(dollars: i64) -> Option<Money> {
        Some(Money::from_minor(dollars * 100, COUNTED_IN))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn lower_at_once_and_higher_after_a_wait() {
        let set = TwoAbove::default().lowered(sum(10_000), at(0));
        assert_eq!(set.at(at(0)), sum(10_000));
        assert!(set.only_lowered_by(sum(9_999), at(0)) && set.only_lowered_by(sum(10_000), at(0)));
        assert!(!set.only_lowered_by(None, at(0)) && !set.only_lowered_by(sum(10_001), at(0)));
        assert_eq!(set.raise(None, false, at(0), DAY), Err(SumRefusal::WeakDevice));
        assert_eq!(set.raise(None, true, at(0), Duration::from_secs(86_399)), Err(SumRefusal::Wait));
        let rising = set.raise(None, true, at(0), DAY).unwrap();
        assert_eq!((rising.at(at(86_399)), rising.at(at(86_400))), (sum(10_000), None));
        assert_eq!(rising.raise(None, true, at(5_000), DAY), Ok(rising), "it does not wait anew");
        assert_eq!(rising.kept(at(86_399)), set);
        assert_eq!(rising.lowered(sum(5), at(10)), TwoAbove { now: sum(5), rise: None });
    }

    proptest! {
        /// Whatever is wished in a day, with any device, what holds in it is never more than what held before.
        #[test]
        fn nothing_rises_within_the_wait(
            wishes in prop::collection::vec((prop::option::of(0..300_000_i64), any::<bool>(), 0..86_400_i64), 1..12),
        ) {
            let mut sorted = wishes;
            sorted.sort_by_key(|(_, _, at)| *at);
            let first = sum(1_000);
            let mut two = TwoAbove { now: first, rise: None };
            for (wanted, strongest, seconds) in sorted {
                let wanted = wanted.and_then(sum);
                two = two.raise(wanted, strongest, at(seconds), DAY).unwrap_or(two);
                prop_assert_eq!(lower(two.at(at(seconds)), first), two.at(at(seconds)));
            }
        }
    }
}
