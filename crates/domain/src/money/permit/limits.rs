//! Limits per day and per five business days: the class's, and the customer's own.

use super::{By, Case, Finding, Holding, Opens, Reached, Reason, Verdict};
use crate::{
    Timestamp,
    device::catalogue::{Limit, Limits},
    money::{calendar::NoCalendar, limit::Used, rate::COUNTED_IN},
};
use operation::{Amount, Money};

/// How a limit that is reached is called.
pub(super) struct Names {
    pub(super) per_day: fn(Reached) -> Reason,
    pub(super) per_five_days: fn(Reached) -> Reason,
}

/// The class's limits.
pub(super) fn of_class(case: &Case<'_>, device: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    let names = Names { per_day: Reason::ClassPerDay, per_five_days: Reason::ClassPerFiveDays };
    within(case, device.class.limits, &names)
}

/// The class's limit for one card payment.
pub(super) fn of_card_payment(case: &Case<'_>, device: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    Ok(match (case.by, device.class.per_card_payment) {
        (By::Card, Limit::UpTo(most)) if case.amount.minor() > most.minor() => {
            let reason = Reason::ClassPerCardPayment { limit: most.into() };
            vec![Finding { verdict: Verdict::Closed(Opens::StrongerDevice), reason }]
        }
        _ => Vec::new(),
    })
}

/// The customer's own, as they stand now; a rise that is under way is waited for.
pub(super) fn own(case: &Case<'_>, device: &Holding<'_>) -> Result<Vec<Finding>, NoCalendar> {
    let names = Names { per_day: Reason::OwnPerDay, per_five_days: Reason::OwnPerFiveDays };
    let found = within(case, device.own.at(case.now), &names)?;
    match device.own.rise.filter(|rise| case.now < rise.at) {
        Some(rise) => later(case, found, rise.at, rise.to),
        None => Ok(found),
    }
}

/// What limits have against an amount, where others hold from a moment on.
pub(super) fn later(
    case: &Case<'_>,
    found: Vec<Finding>,
    at: Timestamp,
    others: Limits,
) -> Result<Vec<Finding>, NoCalendar> {
    let names = Names { per_day: Reason::OwnPerDay, per_five_days: Reason::OwnPerFiveDays };
    let then = Case { now: at, ..*case };
    let verdict = within(&then, others, &names)?.into_iter().map(|one| one.verdict).max();
    let then = match verdict {
        None => Verdict::Waits(at),
        Some(Verdict::Waits(until)) => Verdict::Waits(until.max(at)),
        Some(other) => other,
    };
    // What holds now may be over sooner.
    Ok(found.into_iter().map(|one| Finding { verdict: one.verdict.min(then), ..one }).collect())
}

/// What limits have against the amount of a case.
pub(super) fn within(case: &Case<'_>, limits: Limits, names: &Names) -> Result<Vec<Finding>, NoCalendar> {
    if case.by == By::Card {
        return Ok(Vec::new());
    }
    let used = case.used()?;
    let amount = i128::from(case.amount.minor());
    let reached = |limit: Limit, used: i128, name: fn(Reached) -> Reason| match limit {
        Limit::UpTo(most) if amount + used > i128::from(most.minor()) => Some(name(Reached {
            limit: digits(most),
            used: digits(Money::from_minor(i64::try_from(used).unwrap_or(i64::MAX), COUNTED_IN)),
        })),
        _ => None,
    };
    let reasons = [
        reached(limits.per_day, used.day, names.per_day),
        reached(limits.per_five_days, used.five_days, names.per_five_days),
    ];
    let reasons: Vec<_> = reasons.into_iter().flatten().collect();
    if reasons.is_empty() {
        return Ok(Vec::new());
    }
    let verdict = match limits.hold(case.amount) {
        true => Verdict::Waits(room(case, limits)?),
        false => Verdict::Closed(Opens::StrongerDevice),
    };
    Ok(reasons.into_iter().map(|reason| Finding { verdict, reason }).collect())
}

/// When there is room again for an amount that limits hold: a business day counts from the midnight after the one before.
fn room(case: &Case<'_>, limits: Limits) -> Result<Timestamp, NoCalendar> {
    let mut day = case.calendar.business_day_at(case.now)?;
    loop {
        let begins = day.tomorrow().map_err(|_| NoCalendar(day.year()))?;
        day = case.calendar.after(day)?;
        // What is used on five business days is over on the sixth, so this comes to an end.
        let left = Used::on(case.calendar, case.entries, day)?.left(limits);
        if left.is_none_or(|left| left.minor() >= case.amount.minor()) {
            return case.calendar.start(begins);
        }
    }
}

fn digits(money: Money) -> String {
    Amount::from(money).digits().to_owned()
}
