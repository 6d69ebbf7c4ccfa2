//! Money: whole cents of US dollars, never a fraction that a machine rounds.

use std::fmt;

/// An amount or a price in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

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

    /// Reads `1234`, `1234.5` or `1234.50`; a comma for the point and spaces are taken too. None for anything else,
    /// and for what is negative or absurdly large.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.replace(',', ".");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 12 || fraction.len() > 2 {
            return None;
        }
        let tens = if fraction.len() == 1 { 10 } else { 1 };
        let cents = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fraction.parse::<i64>().ok()? * tens)?;
        (cents <= MOST).then_some(Self(cents))
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

    /// For people: thousands apart. `thousands` and `point` are the language's.
    pub fn grouped(self, thousands: char, point: char) -> String {
        let digits = (self.0.unsigned_abs() / 100).to_string();
        let mut out = String::new();
        if self.0 < 0 {
            out.push('−');
        }
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                out.push(thousands);
            }
            out.push(digit);
        }
        out.push(point);
        out.push_str(&format!("{:02}", self.0.unsigned_abs() % 100));
        out
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
        for (text, cents) in [("0", 0), ("1", 100), ("1.5", 150), ("1,05", 105), ("250 000.00", 25_000_000)] {
            assert_eq!(Cents::parse(text), Some(Cents(cents)), "{text}");
        }
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1.005", "1e3", "1.2.3", "9999999999999", "١"] {
            assert_eq!(Cents::parse(bad), None, "{bad}");
        }
        assert_eq!(Cents(-123_456_789).grouped(',', '.'), "−1,234,567.89");
        assert_eq!(Cents(5).grouped(' ', ','), "0,05");
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
