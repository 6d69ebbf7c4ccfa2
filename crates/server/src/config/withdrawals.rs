//! `[withdrawals]`: business days and rates.

use super::{
    Span,
    section::{Wrong, section},
};
use jiff::civil::Date;

section! {
    /// Withdrawals: on which days they count, and how other currencies become dollars, in which limits are counted.
    pub struct Withdrawals = "withdrawals" {
        /// How old a posted rate may be. Without a younger one, nothing leaves in that currency.
        pub rates_valid_for: Span = Span::seconds(86_400), in Span::seconds(60)..=Span::seconds(7 * 86_400);
        /// Days on which the institution is closed though the Federal Reserve Bank is open: "2026-12-24".
        pub closed_days: Vec<String> = Vec::new(), is dates;
        /// Days on which it is open though the bank is closed.
        pub open_days: Vec<String> = Vec::new(), is dates;
    }
}

impl Withdrawals {
    /// The days on which the institution is closed.
    pub fn closed(&self) -> impl Iterator<Item = Date> {
        self.closed_days.iter().filter_map(|day| day.parse().ok())
    }

    /// The days on which it is open.
    pub fn open(&self) -> impl Iterator<Item = Date> {
        self.open_days.iter().filter_map(|day| day.parse().ok())
    }
}

fn dates(days: &[String]) -> Vec<Wrong> {
    let bad = days.iter().filter(|day| day.parse::<Date>().is_err());
    bad.map(|day| Wrong::Not(day.clone(), "a date, such as \"2026-12-24\"")).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::File;

    #[test]
    fn what_is_no_date_is_named_with_its_line() {
        let errors = File::parse("[withdrawals]\nclosed_days = [\"2026-12-24\", \"2026-02-30\"]\n").unwrap_err();
        assert_eq!(errors[0].to_string(), "line 2: closed_days: \"2026-02-30\" is not a date, such as \"2026-12-24\"");
    }
}
