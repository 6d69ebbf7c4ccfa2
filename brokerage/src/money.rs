//! Money: whole cents of US dollars, never a fraction that a machine rounds.

use amount::{Field, Marks, Refused};
use std::fmt;

/// An amount or a price in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

/// What all money here is.
pub const CURRENCY: &str = "USD";
/// The most that is read from outside: a hundred billion dollars. Sums of such amounts stay far from overflow.
const MOST: i64 = 10_000_000_000_000;

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// In cents.
    pub const fn count(self) -> i64 {
        self.0
    }

    /// Reads what machines write: `1234`, `1234.5` or `1234.50`. None for anything else, and for what is negative or
    /// absurdly large. What people type is read by [`Cents::typed`].
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 12 || fraction.len() > 2 {
            return None;
        }
        let tens = if fraction.len() == 1 { 10 } else { 1 };
        let cents = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fraction.parse::<i64>().ok()? * tens)?;
        (cents <= MOST).then_some(Self(cents))
    }

    /// Reads what somebody typed into a field, by the marks of their language.
    ///
    /// # Errors
    /// Why it is not understood, for words.
    pub fn typed(text: &str, marks: Marks) -> Result<Self, Refused> {
        let amount = amount::read(text, marks, Field { currency: CURRENCY, decimals: 2 })?;
        let cents = i64::try_from(amount.minor()).ok().filter(|cents| *cents <= MOST);
        cents.map(Self).ok_or(Refused::TooLarge)
    }

    /// The price of so many.
    pub const fn times(self, quantity: i64) -> Self {
        Self(self.0.saturating_mul(quantity))
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Without the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// For people: thousands apart, without the currency.
    pub fn number(self, marks: Marks) -> String {
        amount::number(&self.to_string(), marks)
    }

    /// For people, with the currency's code.
    pub fn written(self, marks: Marks) -> String {
        amount::write(&self.to_string(), CURRENCY, marks)
    }
}

/// As protocols write it: `1234.50`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_read_and_what_is_not() {
        for (text, cents) in [("0", 0), ("1", 100), ("1.5", 150), ("250000.00", 25_000_000)] {
            assert_eq!(Cents::parse(text), Some(Cents(cents)), "{text}");
        }
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1.005", "1e3", "1.2.3", "1,05", "1 000", "9999999999999", "١"] {
            assert_eq!(Cents::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for marks in [Marks::ENGLISH, Marks::RUSSIAN] {
            for cents in [5, 90_050, 25_000_000, 12_480_000] {
                assert_eq!(Cents::typed(&Cents(cents).written(marks), marks), Ok(Cents(cents)));
            }
        }
        assert_eq!(Cents::typed("99999999999999", Marks::ENGLISH), Err(Refused::TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(cents in 0..=MOST) {
            prop_assert_eq!(Cents::parse(&Cents(cents).to_string()), Some(Cents(cents)));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = Cents::parse(&text);
        }
    }
}
