//! The transfer lock, said before a device is asked.

use super::{By, Case, Finding, Holding, Opens, Reason, Verdict};
use crate::money::{
    calendar::NoCalendar,
    lock::{Lock, TransferLock},
};

/// Nothing leaves while it is closed; cards are held where the customer said so.
#[expect(clippy::unnecessary_wraps, reason = "conditions have one form")]
pub(super) fn transfer_lock(case: &Case<'_>, _: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    let holds = |lock: Lock| case.by == By::Withdrawal || lock.cards;
    let found = match case.lock.at(case.now) {
        TransferLock::Closed(lock) if holds(lock) => (Verdict::Closed(Opens::TransferLock), Reason::TransferLockClosed),
        TransferLock::Opening { until, lock } if holds(lock) => {
            (Verdict::Waits(until), Reason::TransferLockOpening { until })
        }
        _ => return Ok(Vec::new()),
    };
    Ok(vec![Finding { verdict: found.0, reason: found.1 }])
}
