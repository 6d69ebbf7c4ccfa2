//! Business days of the Federal Reserve Bank, by rule, with the institution's own dates on top.
//!
//! Monday to Friday without eleven holidays. One that falls on a Sunday closes the Monday after it; one that falls on a
//! Saturday closes nothing (the rule of federal employees, which moves it to the Friday, is another one).

use crate::Timestamp;
use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// The years whose dates were compared with other implementations of the rule.
pub const YEARS: RangeInclusive<i16> = 2022..=2040;

/// Business days of the window that a limit per five business days looks at.
const WINDOW: u8 = 5;

/// There is no calendar for a day: nothing is taken for "no holidays".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no calendar of business days for the year {0}")]
pub struct NoCalendar(pub i16);

/// Which days are business days, and where a day begins.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    years: RangeInclusive<i16>,
    closed: BTreeSet<Date>,
    open: BTreeSet<Date>,
}

impl Calendar {
    /// The bank's days, in a zone.
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, years: YEARS, closed: BTreeSet::new(), open: BTreeSet::new() }
    }

    /// With further days of the institution's: such as are closed, and such as are open though the bank is closed. A day
    /// in both is closed.
    #[must_use]
    pub fn with_days(self, closed: impl IntoIterator<Item = Date>, open: impl IntoIterator<Item = Date>) -> Self {
        Self { closed: closed.into_iter().collect(), open: open.into_iter().collect(), ..self }
    }

    /// The date in the institution's zone.
    pub fn date(&self, at: Timestamp) -> Date {
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        at.to_zoned_datetime(self.zone.clone()).date()
    }

    /// When a date begins in the institution's zone.
    ///
    /// # Errors
    /// At the end of time.
    pub fn start(&self, date: Date) -> Result<Timestamp, NoCalendar> {
        let start = date.to_zoned_datetime(self.zone.clone()).map_err(|_| NoCalendar(date.year()))?;
        Ok(Timestamp::from_micros(start.timestamp().as_microsecond()))
    }

    /// Whether a date is a business day.
    ///
    /// # Errors
    /// In a year without a calendar.
    pub fn is_open(&self, date: Date) -> Result<bool, NoCalendar> {
        if !self.years.contains(&date.year()) {
            return Err(NoCalendar(date.year()));
        }
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let bank = !weekend && !holidays(date.year()).into_iter().any(|holiday| closes(holiday) == Some(date));
        Ok(!self.closed.contains(&date) && (bank || self.open.contains(&date)))
    }

    /// The business day on which something counts that is asked on a date: that date, or the next open one.
    ///
    /// # Errors
    /// Where that leads into a year without a calendar.
    pub fn business_day(&self, date: Date) -> Result<Date, NoCalendar> {
        let mut day = date;
        while !self.is_open(day)? {
            day = next(day)?;
        }
        Ok(day)
    }

    /// The business day at a moment.
    ///
    /// # Errors
    /// As [`Calendar::business_day`].
    pub fn business_day_at(&self, at: Timestamp) -> Result<Date, NoCalendar> {
        self.business_day(self.date(at))
    }

    /// The business day after a date.
    ///
    /// # Errors
    /// As [`Calendar::business_day`].
    pub fn after(&self, date: Date) -> Result<Date, NoCalendar> {
        self.business_day(next(date)?)
    }

    /// The business day before a date.
    ///
    /// # Errors
    /// As [`Calendar::business_day`].
    pub fn before(&self, date: Date) -> Result<Date, NoCalendar> {
        let mut day = yesterday(date)?;
        while !self.is_open(day)? {
            day = yesterday(day)?;
        }
        Ok(day)
    }

    /// The first of the five business days that end with a business day.
    ///
    /// # Errors
    /// As [`Calendar::business_day`].
    pub fn window_start(&self, business_day: Date) -> Result<Date, NoCalendar> {
        (1..WINDOW).try_fold(business_day, |day, _| self.before(day))
    }
}

fn next(day: Date) -> Result<Date, NoCalendar> {
    day.tomorrow().map_err(|_| NoCalendar(day.year()))
}

fn yesterday(day: Date) -> Result<Date, NoCalendar> {
    day.yesterday().map_err(|_| NoCalendar(day.year()))
}

/// The date that a holiday closes.
fn closes(holiday: Date) -> Option<Date> {
    match holiday.weekday() {
        Weekday::Saturday => None,
        Weekday::Sunday => holiday.checked_add(1.day()).ok(),
        _ => Some(holiday),
    }
}

/// The eleven holidays of a year. Those by weekday are found from the month's first day.
fn holidays(year: i16) -> impl IntoIterator<Item = Date> {
    let fixed = |month, day| Date::new(year, month, day).ok();
    let nth =
        |n, weekday, month| Date::new(year, month, 1).and_then(|first| first.nth_weekday_of_month(n, weekday)).ok();
    [
        fixed(1, 1),
        nth(3, Weekday::Monday, 1),
        nth(3, Weekday::Monday, 2),
        nth(-1, Weekday::Monday, 5),
        fixed(6, 19),
        fixed(7, 4),
        nth(1, Weekday::Monday, 9),
        nth(2, Weekday::Monday, 10),
        fixed(11, 11),
        nth(4, Weekday::Thursday, 11),
        fixed(12, 25),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn bank() -> Calendar {
        Calendar::new(TimeZone::get("America/New_York").unwrap())
    }

    fn day(value: &Value) -> Date {
        value.as_str().unwrap().parse().unwrap()
    }

    /// Dates and windows that two other implementations gave (see the file's `verified_with`).
    #[test]
    fn the_bank_is_open_as_others_say() {
        let file: Value = serde_json::from_str(include_str!("../../../../vectors/us-bank-calendar.json")).unwrap();
        let bank = bank();
        let (mut holidays, mut windows) = (0, 0);
        for (year, listed) in file["years"].as_object().unwrap() {
            let closed: BTreeSet<Date> = listed
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| !one["closed_on"].is_null())
                .map(|one| day(&one["closed_on"]))
                .collect();
            holidays += closed.len();
            let mut date = Date::new(year.parse().unwrap(), 1, 1).unwrap();
            while date.year().to_string() == *year {
                let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
                assert_eq!(bank.is_open(date).unwrap(), !weekend && !closed.contains(&date), "{date}");
                date = date.tomorrow().unwrap();
            }
        }
        for one in file["vectors"].as_array().unwrap() {
            let date = day(&one["date"]);
            let (mut after, mut before) = (date, date);
            for n in 1..=5 {
                (after, before) = (bank.after(after).unwrap(), bank.before(before).unwrap());
                if n == 1 {
                    assert_eq!(after, day(&one["plus_1"]), "{date}");
                }
            }
            assert_eq!(bank.is_open(date).unwrap(), one["business_day"].as_bool().unwrap(), "{date}");
            assert_eq!(bank.business_day(date).unwrap(), day(&one["roll_forward"]), "{date}");
            assert_eq!((after, before), (day(&one["plus_5"]), day(&one["minus_5"])), "{date}");
            let end = bank.business_day(date).unwrap();
            assert_eq!((bank.window_start(end).unwrap(), end), (day(&one["window5_start"]), day(&one["window5_end"])));
            windows += 1;
        }
        assert!(holidays > 180 && windows > 30, "{holidays} {windows}");
    }

    #[test]
    fn the_rule_of_federal_employees_is_another_one() {
        for date in ["2026-07-03", "2027-06-18", "2027-12-24", "2027-12-31"] {
            assert_eq!(bank().is_open(date.parse().unwrap()), Ok(true), "{date}");
        }
    }

    #[test]
    fn a_year_without_a_calendar_is_no_year_without_holidays() {
        for date in ["2041-03-04", "2021-12-31"] {
            let date: Date = date.parse().unwrap();
            assert_eq!(bank().is_open(date), Err(NoCalendar(date.year())));
        }
        let last: Date = "2040-12-31".parse().unwrap();
        assert_eq!(bank().business_day(last), Ok(last));
        assert_eq!(bank().after(last), Err(NoCalendar(2041)));
    }

    #[test]
    fn the_institution_adds_and_takes_away_days() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let ours = bank().with_days([date("2026-12-24")], [date("2026-12-25"), date("2026-12-26"), date("2026-12-24")]);
        let open = |text| ours.is_open(date(text)).unwrap();
        assert!(!open("2026-12-24"), "closed goes before open");
        assert!(open("2026-12-25") && open("2026-12-26") && !open("2026-12-27"));
    }

    /// A day begins at midnight of the zone, also where the clock was put forward or back.
    #[test]
    fn days_begin_in_the_zone() {
        let bank = bank();
        let at = |text: &str| Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        for (moment, date) in [
            ("2026-03-08T04:59:59Z", "2026-03-07"),
            ("2026-03-08T05:00:00Z", "2026-03-08"),
            ("2026-03-09T03:59:59Z", "2026-03-08"),
            ("2026-03-09T04:00:00Z", "2026-03-09"),
            ("2026-11-01T03:59:59Z", "2026-10-31"),
            ("2026-11-01T04:00:00Z", "2026-11-01"),
            ("2026-11-02T04:59:59Z", "2026-11-01"),
            ("2026-11-02T05:00:00Z", "2026-11-02"),
            ("2028-02-29T05:00:00Z", "2028-02-29"),
        ] {
            assert_eq!(bank.date(at(moment)).to_string(), date, "{moment}");
        }
        assert_eq!(bank.start("2026-03-09".parse().unwrap()), Ok(at("2026-03-09T04:00:00Z")));
    }

    proptest! {
        #[test]
        fn windows_follow_one_another(days in 0..6_500_i64) {
            let bank = bank();
            let date = Date::constant(2022, 2, 1).checked_add(days.days()).unwrap();
            let today = bank.business_day(date).unwrap();
            let start = bank.window_start(today).unwrap();
            let mut counted = 0;
            let mut day = start;
            while day <= today {
                counted += u32::from(bank.is_open(day).unwrap());
                day = day.tomorrow().unwrap();
            }
            prop_assert_eq!(counted, 5);
            prop_assert!(bank.is_open(start).unwrap());
            prop_assert_eq!(bank.window_start(bank.after(today).unwrap()), bank.after(start));
        }
    }
}
