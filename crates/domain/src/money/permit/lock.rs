//! The transfer lock, said before a device is asked.

use super::{By, Case, Finding, Holding, Opens, Reason, Verdict};
use crate::money::{calendar::NoCalendar, lock::TransferLock};

/// Whether the lock keeps this from leaving now: cards where the customer said so.
pub(super) fn holds(case: &Case<'_>) -> bool {
    match case.by {
        By::Withdrawal => case.lock.at(case.now) != TransferLock::Open,
        By::Card => case.lock.holds_cards(case.now),
    }
}

/// Nothing leaves while it is closed.
#[expect(clippy::unnecessary_wraps, reason = "conditions have one form")]
pub(super) fn transfer_lock(case: &Case<'_>, _: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    let found = match case.lock.at(case.now) {
        _ if !holds(case) => None,
        TransferLock::Open => None,
        TransferLock::Closed(_) => {
            Some(Finding { verdict: Verdict::Closed(Opens::TransferLock), reason: Reason::TransferLockClosed })
        }
        TransferLock::Opening { until, .. } => {
            Some(Finding { verdict: Verdict::Waits(until), reason: Reason::TransferLockOpening { until } })
        }
    };
    Ok(found.into_iter().collect())
}
