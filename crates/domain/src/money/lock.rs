//! The transfer lock: closed in one tap by any device, opened by the strongest and after a wait.

use crate::Timestamp;
use std::{ops::RangeInclusive, time::Duration};

/// The waits that a customer may choose from: twelve hours to seven days.
pub const WAITS: RangeInclusive<Duration> = Duration::from_secs(12 * 3_600)..=Duration::from_secs(7 * 86_400);

/// Whether money may leave at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransferLock {
    /// It may.
    #[default]
    Open,
    /// Nothing leaves.
    Closed(Lock),
    /// Nothing leaves until then; any device may keep it closed.
    Opening {
        /// When it opens.
        until: Timestamp,
        /// As it was closed.
        lock: Lock,
    },
}

/// How it was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// How long opening it takes.
    pub wait: Duration,
    /// Whether card payments are held too.
    pub cards: bool,
}

/// Why the lock stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LockRefusal {
    /// The wait is shorter than twelve hours or longer than seven days.
    #[error("opening the lock takes between 12 hours and 7 days")]
    Wait,
    /// Another device is stronger.
    #[error("only the strongest of the active devices opens the lock")]
    WeakDevice,
    /// It is open, or opening.
    #[error("the lock is not closed")]
    NotClosed,
}

impl TransferLock {
    /// As it stands at a moment.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Opening { until, .. } if until <= now => Self::Open,
            other => other,
        }
    }

    /// Whether it holds card payments now.
    pub fn holds_cards(self, now: Timestamp) -> bool {
        match self.at(now) {
            Self::Open => false,
            Self::Closed(lock) | Self::Opening { lock, .. } => lock.cards,
        }
    }

    /// Closes it, or keeps it closed, by any device. One that is not open yet never opens sooner for it.
    ///
    /// # Errors
    /// [`LockRefusal::Wait`].
    pub fn close(self, wish: Lock, now: Timestamp) -> Result<Self, LockRefusal> {
        if !WAITS.contains(&wish.wait) {
            return Err(LockRefusal::Wait);
        }
        Ok(Self::Closed(match self.at(now) {
            Self::Open => wish,
            Self::Closed(held) | Self::Opening { lock: held, .. } => {
                Lock { wait: held.wait.max(wish.wait), cards: held.cards || wish.cards }
            }
        }))
    }

    /// Begins to open it.
    ///
    /// # Errors
    /// When a weaker device asks, or it is not closed.
    pub fn open(self, strongest: bool, now: Timestamp) -> Result<Self, LockRefusal> {
        match self.at(now) {
            Self::Closed(_) if !strongest => Err(LockRefusal::WeakDevice),
            Self::Closed(lock) => Ok(Self::Opening { until: now.plus(lock.wait), lock }),
            Self::Open | Self::Opening { .. } => Err(LockRefusal::NotClosed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn hours(n: i64) -> Timestamp {
        Timestamp::from_unix_seconds(n * 3_600)
    }

    #[test]
    fn it_opens_after_the_wait_unless_a_device_keeps_it_closed() {
        let lock = Lock { wait: 24 * HOUR, cards: false };
        let closed = TransferLock::Open.close(lock, hours(0)).unwrap();
        assert_eq!(closed.open(false, hours(1)), Err(LockRefusal::WeakDevice));
        let opening = closed.open(true, hours(1)).unwrap();
        assert!(matches!(opening.at(hours(24)), TransferLock::Opening { .. }));
        assert_eq!(opening.at(hours(25)), TransferLock::Open);
        let kept = opening.close(Lock { wait: 12 * HOUR, cards: true }, hours(2)).unwrap();
        assert_eq!(kept, TransferLock::Closed(Lock { wait: 24 * HOUR, cards: true }), "and no sooner than before");
        assert_eq!(TransferLock::Open.close(Lock { wait: 11 * HOUR, cards: false }, hours(0)), Err(LockRefusal::Wait));
        assert_eq!(opening.open(true, hours(2)), Err(LockRefusal::NotClosed));
    }

    proptest! {
        /// Whatever is done, it is not open before its wait has passed since it was closed.
        #[test]
        fn no_act_opens_it_sooner(acts in prop::collection::vec((any::<bool>(), any::<bool>(), 12..168_u64, 0..12_i64), 1..30)) {
            let first = Lock { wait: 12 * HOUR, cards: false };
            let mut lock = TransferLock::Open.close(first, hours(0)).unwrap();
            for (opens, strongest, wait, at) in acts {
                let at = hours(at);
                let next = if opens { lock.open(strongest, at) } else { lock.close(Lock { wait: HOUR * u32::try_from(wait).unwrap(), cards: false }, at) };
                lock = next.unwrap_or(lock);
                prop_assert_ne!(lock.at(at), TransferLock::Open);
            }
        }
    }
}
