//! Rates of exchange into the currency in which limits are counted, as the institution posts them.

use crate::Timestamp;
use operation::{Currency, Money};
use std::time::Duration;

/// The currency in which limits are written and counted.
pub const COUNTED_IN: Currency = Currency::USD;

/// Most decimal places of a posted rate.
const PLACES: usize = 12;

/// What one unit of a currency is worth, in dollars: an exact decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Dollars for one unit, in units of 10^-[`PLACES`].
    worth: i128,
    /// When it was so.
    as_of: Timestamp,
}

/// Why a rate was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRate {
    /// Not digits with an optional point and fraction.
    #[error("a rate is digits with a point before at most twelve decimals, such as 1.0843")]
    NotARate,
    /// Nothing, or beyond what money comes to.
    #[error("a rate lies above zero and below a million")]
    OutOfRange,
}

/// Why an amount was not converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotConverted {
    /// No rate was posted.
    #[error("no rate was posted for {0:?}")]
    Missing(Currency),
    /// The rate is older than allowed, or of a time to come.
    #[error("the rate for {0:?} is too old")]
    Stale(Currency),
    /// More than can be counted.
    #[error("the amount is too large")]
    TooLarge,
}

impl Rate {
    /// Reads `1.0843`.
    ///
    /// # Errors
    /// [`NoRate`].
    ///
    /// ```
    /// use domain::{Timestamp, money::rate::{NoRate, Rate}};
    ///
    /// let now = Timestamp::from_unix_seconds(0);
    /// assert!(Rate::parse("1.0843", now).is_ok());
    /// assert_eq!(Rate::parse("0", now), Err(NoRate::OutOfRange));
    /// assert_eq!(Rate::parse("1,08", now), Err(NoRate::NotARate));
    /// ```
    pub fn parse(text: &str, as_of: Timestamp) -> Result<Self, NoRate> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(NoRate::NotARate),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
        if !digits || fraction.len() > PLACES || whole.len() > 12 {
            return Err(NoRate::NotARate);
        }
        let worth: i128 = format!("{whole}{fraction:0<PLACES$}").parse().map_err(|_| NoRate::NotARate)?;
        let million = 1_000_000 * scale();
        if worth > 0 && worth < million { Ok(Self { worth, as_of }) } else { Err(NoRate::OutOfRange) }
    }

    /// What one unit is worth: an exact decimal without needless zeros.
    ///
    /// ```
    /// # use domain::{Timestamp, money::rate::Rate};
    /// let digits = |text| Rate::parse(text, Timestamp::from_unix_seconds(0)).map(|rate| rate.digits());
    /// assert_eq!(digits("1.0840"), Ok("1.084".to_owned()));
    /// assert_eq!(digits("0.000000000001"), Ok("0.000000000001".to_owned()));
    /// assert_eq!(digits("12"), Ok("12".to_owned()));
    /// ```
    pub fn digits(self) -> String {
        let (whole, fraction) = (self.worth / scale(), self.worth % scale());
        let fraction = format!("{fraction:0PLACES$}");
        match fraction.trim_end_matches('0') {
            "" => whole.to_string(),
            fraction => format!("{whole}.{fraction}"),
        }
    }

    /// When it was so.
    pub const fn as_of(self) -> Timestamp {
        self.as_of
    }
}

/// One, in the units of [`Rate::worth`].
const fn scale() -> i128 {
    10_i128.pow(12)
}

/// What an amount comes to in dollars, by the rate that was posted for its currency and is at most `age` old. A part of a
/// cent counts as a whole one, so that nothing gets away by being cut up.
///
/// # Errors
/// [`NotConverted`]; dollars need no rate.
pub fn counted(money: Money, rate: Option<Rate>, age: Duration, now: Timestamp) -> Result<Money, NotConverted> {
    let currency = money.currency();
    if currency == COUNTED_IN {
        return Ok(money);
    }
    let rate = rate.ok_or(NotConverted::Missing(currency))?;
    if now.since(rate.as_of) > age || rate.as_of > now.plus(age) {
        return Err(NotConverted::Stale(currency));
    }
    let cents = 10_i128.pow(COUNTED_IN.exponent());
    let divisor = scale().checked_mul(10_i128.pow(currency.exponent())).ok_or(NotConverted::TooLarge)?;
    let product = i128::from(money.minor()).checked_mul(rate.worth).and_then(|one| one.checked_mul(cents));
    let rounded_up = product.and_then(|one| one.checked_add(divisor - 1)).map(|one| one.div_euclid(divisor));
    let minor = rounded_up.and_then(|minor| i64::try_from(minor).ok()).ok_or(NotConverted::TooLarge)?;
    Ok(Money::from_minor(minor, COUNTED_IN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn money(digits: &str, code: &str) -> Money {
        Money::parse(digits, Currency::parse(code).unwrap()).unwrap()
    }

    fn at(rate: &str) -> Option<Rate> {
        Some(Rate::parse(rate, Timestamp::from_unix_seconds(1_000_000)).unwrap())
    }

    #[test]
    fn amounts_are_converted_exactly_and_rounded_up() {
        let now = Timestamp::from_unix_seconds(1_000_000);
        for (digits, code, rate, dollars) in [
            ("100.00", "EUR", "1.0843", "108.43"),
            ("0.01", "EUR", "1.0843", "0.02"),
            ("10000", "JPY", "0.0064", "64.00"),
            ("1", "JPY", "0.0064", "0.01"),
            ("1.001", "BHD", "2.65", "2.66"),
            ("90071992547409.93", "EUR", "1", "90071992547409.93"),
        ] {
            let counted = counted(money(digits, code), at(rate), DAY, now);
            assert_eq!(counted, Ok(money(dollars, "USD")), "{digits} {code} at {rate}");
        }
        assert_eq!(counted(money("5", "USD"), None, DAY, now), Ok(money("5", "USD")));
    }

    #[test]
    fn without_a_fresh_rate_nothing_is_guessed() {
        let euro = money("1", "EUR");
        let seconds = |after: i64| Timestamp::from_unix_seconds(1_000_000 + after);
        assert_eq!(counted(euro, None, DAY, seconds(0)), Err(NotConverted::Missing(euro.currency())));
        assert!(counted(euro, at("1.1"), DAY, seconds(86_400)).is_ok());
        assert_eq!(counted(euro, at("1.1"), DAY, seconds(86_401)), Err(NotConverted::Stale(euro.currency())));
        assert_eq!(counted(euro, at("1.1"), DAY, seconds(-86_401)), Err(NotConverted::Stale(euro.currency())));
        let all = Money::from_minor(i64::MAX, euro.currency());
        assert_eq!(counted(all, at("1.1"), DAY, seconds(0)), Err(NotConverted::TooLarge));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for bad in ["", ".", "1.", ".5", "-1", "1e3", "1,5", " 1", "1.0000000000001", "١"] {
            assert_eq!(Rate::parse(bad, Timestamp::from_unix_seconds(0)), Err(NoRate::NotARate), "{bad:?}");
        }
        for bad in ["0", "0.000", "1000000"] {
            assert_eq!(Rate::parse(bad, Timestamp::from_unix_seconds(0)), Err(NoRate::OutOfRange), "{bad:?}");
        }
    }

    proptest! {
        /// Cut up, an amount never counts for less.
        #[test]
        fn parts_count_for_no_less(a in 0..1_000_000_000_i64, b in 0..1_000_000_000_i64, worth in 1..99_999_999_u32) {
            let euro = Currency::parse("EUR").unwrap();
            let now = Timestamp::from_unix_seconds(1_000_000);
            let rate = at(&format!("{}.{:06}", worth / 1_000_000, worth % 1_000_000));
            let dollars = |minor| counted(Money::from_minor(minor, euro), rate, DAY, now).unwrap().minor();
            prop_assert!(dollars(a) + dollars(b) >= dollars(a + b));
            prop_assert!(a == 0 || dollars(a) > 0);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Rate::parse(&text, Timestamp::from_unix_seconds(0));
        }
    }
}
