//! Log lines that a crowd could cause: said now and then.

use domain::Timestamp;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

/// Lets something be said once in a while.
#[derive(Debug)]
pub struct Seldom {
    /// In microseconds since 1970; from then on it may be said again.
    again_at: AtomicI64,
}

impl Default for Seldom {
    fn default() -> Self {
        Self { again_at: AtomicI64::new(i64::MIN) }
    }
}

impl Seldom {
    /// Whether it may be said now; then it may be said again after this long.
    pub fn may_be_said(&self, now: Timestamp, every: Duration) -> bool {
        let (now, next) = (now.micros(), now.plus(every).micros());
        let step = |at| (at <= now).then_some(next);
        self.again_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_in_a_while() {
        let (seldom, minute) = (Seldom::default(), Duration::from_secs(60));
        let said = [0, 1, 59, 60, 61, 120].map(|at| seldom.may_be_said(Timestamp::from_unix_seconds(at), minute));
        assert_eq!(said, [true, false, false, true, false, true]);
    }
}
