//! What has been used of a limit, and what is left.

use super::{
    calendar::{Calendar, NoCalendar},
    rate::COUNTED_IN,
};
use crate::device::catalogue::{Limit, Limits};
use jiff::civil::Date;
use operation::Money;

/// A withdrawal or transfer that counts: one that is pending, confirmed or settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The business day on which it counts.
    pub business_day: Date,
    /// Its amount, in the minor unit of [`COUNTED_IN`].
    pub minor: i64,
}

/// What a user has used, whatever device confirmed it and from whatever account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// On the business day.
    pub day: i128,
    /// On it and the four business days before.
    pub five_days: i128,
}

impl Used {
    /// On a business day.
    ///
    /// # Errors
    /// Where there is no calendar.
    pub fn on(calendar: &Calendar, entries: &[Counted], business_day: Date) -> Result<Self, NoCalendar> {
        let start = calendar.window_start(business_day)?;
        let sum = |from| {
            let within = entries.iter().filter(|one| (from..=business_day).contains(&one.business_day));
            within.map(|one| i128::from(one.minor)).sum()
        };
        Ok(Self { day: sum(business_day), five_days: sum(start) })
    }

    /// What is left of a pair of limits; none where there is no limit. Never below zero.
    pub fn left(self, limits: Limits) -> Option<Money> {
        let left = |limit, used: i128| match limit {
            Limit::Unlimited => None,
            Limit::UpTo(most) => Some((i128::from(most.minor()) - used).max(0_i128)),
        };
        let both = [left(limits.per_day, self.day), left(limits.per_five_days, self.five_days)];
        let minor = both.into_iter().flatten().min()?;
        Some(Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX), COUNTED_IN))
    }
}

impl Limit {
    /// Whether this permits all that another permits.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Unlimited, _) => true,
            (Self::UpTo(_), Self::Unlimited) => false,
            (Self::UpTo(most), Self::UpTo(other)) => other.at_most(most).unwrap_or(false),
        }
    }

    /// The lower one.
    #[must_use]
    pub fn lower(self, other: Self) -> Self {
        if self.covers(other) { other } else { self }
    }
}

impl Limits {
    /// None at all.
    pub const NONE: Self = Self { per_day: Limit::Unlimited, per_five_days: Limit::Unlimited };

    /// Whether these permit all that others permit.
    pub fn cover(self, other: Self) -> bool {
        self.per_day.covers(other.per_day) && self.per_five_days.covers(other.per_five_days)
    }

    /// The lower of each.
    #[must_use]
    pub fn lower(self, other: Self) -> Self {
        Self {
            per_day: self.per_day.lower(other.per_day),
            per_five_days: self.per_five_days.lower(other.per_five_days),
        }
    }

    /// Whether an amount fits in, where nothing has been used.
    pub fn hold(self, amount: Money) -> bool {
        let fits = |limit| Limit::covers(limit, Limit::UpTo(amount));
        fits(self.per_day) && fits(self.per_five_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// The mission's example: 250,000 confirmed by a DSC+ leaves the phone nothing that day, and what is right on each of
    /// the business days that follow, over a weekend and Labor Day.
    #[test]
    fn what_is_left_on_each_of_the_next_days() {
        let calendar = Calendar::new(TimeZone::UTC);
        let phone = Limits { per_day: Limit::usd(200_000), per_five_days: Limit::usd(600_000) };
        let entries = [
            Counted { business_day: date("2026-09-03"), minor: 25_000_000 },
            Counted { business_day: date("2026-09-04"), minor: 20_000_000 },
            Counted { business_day: date("2026-09-08"), minor: 1_000_001 },
        ];
        for (day, left) in [
            ("2026-09-02", "200000.00 USD"),
            ("2026-09-03", "0.00 USD"),
            ("2026-09-04", "0.00 USD"),
            ("2026-09-08", "139999.99 USD"),
            ("2026-09-09", "139999.99 USD"),
            ("2026-09-10", "139999.99 USD"),
            ("2026-09-11", "200000.00 USD"),
        ] {
            // What comes later was not there yet.
            let so_far: Vec<_> = entries.into_iter().filter(|one| one.business_day <= date(day)).collect();
            let used = Used::on(&calendar, &so_far, date(day)).unwrap();
            assert_eq!(used.left(phone).unwrap().to_string(), left, "{day}");
            assert_eq!(used.left(Limits::NONE), None);
        }
    }

    #[test]
    fn the_lower_limit_is_the_one_that_permits_less() {
        let (low, high) = (Limit::usd(1), Limit::usd(2));
        assert_eq!((low.lower(high), high.lower(low), low.lower(Limit::Unlimited)), (low, low, low));
        assert!(Limit::Unlimited.covers(high) && !high.covers(Limit::Unlimited) && high.covers(high));
        let limits = Limits { per_day: low, per_five_days: high };
        assert!(limits.hold(Money::from_minor(100, COUNTED_IN)) && !limits.hold(Money::from_minor(101, COUNTED_IN)));
    }
}
