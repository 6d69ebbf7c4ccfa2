//! A phone that came back by the registered number alone may do less for a day: a number can be taken over.

use super::{
    Case, Finding, Holding, Reason,
    limits::{Names, later, within},
};
use crate::{device::catalogue::Limits, money::calendar::NoCalendar};

/// The limits after that.
pub(super) fn after_number(case: &Case<'_>, device: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    let Some(recovered) = device.recovered.filter(|one| case.now < one.until) else { return Ok(Vec::new()) };
    let names = Names { per_day: Reason::RecoveredPerDay, per_five_days: Reason::RecoveredPerFiveDays };
    let found = within(case, recovered.limits, &names)?;
    later(case, found, recovered.until, Limits::NONE)
}
