//! Two of the customer's devices above a sum that the customer chose.

use super::{By, Case, Finding, Holding, Reason, Verdict};
use crate::money::calendar::NoCalendar;

/// Above the sum one is not enough.
#[expect(clippy::unnecessary_wraps, reason = "conditions have one form")]
pub(super) fn above(case: &Case<'_>, _: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    let sum = case.two_above.filter(|sum| case.by == By::Withdrawal && case.amount.minor() > sum.minor());
    let found =
        |sum: operation::Money| Finding { verdict: Verdict::Second, reason: Reason::TwoDevices { above: sum.into() } };
    Ok(sum.map(found).into_iter().collect())
}
