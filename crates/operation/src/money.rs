//! Money: integer minor units of an ISO 4217 currency. No floating point, no silent rounding.

use std::fmt;

/// Codes that the list of [`iso_currency`] calls superseded and ISO 4217 does not: VED came beside VES, not after it.
const STILL_CURRENT: [&str; 1] = ["VES"];

/// A currency of ISO 4217 in which an amount can be written today: none that was withdrawn, and none without a minor
/// unit, such as gold or the codes for tests.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// United States dollar, in which the default limits are written.
    pub const USD: Self = Self { code: *b"USD", exponent: 2 };

    /// Reads a code of three capital letters.
    ///
    /// # Errors
    /// [`MoneyError::NotACurrency`].
    ///
    /// ```
    /// use operation::{Currency, MoneyError};
    ///
    /// assert_eq!(Currency::parse("BHD").map(|dinar| dinar.exponent()), Ok(3));
    /// for none in ["ZZZ", "usd", "XAU", "HRK"] {
    ///     assert_eq!(Currency::parse(none), Err(MoneyError::NotACurrency));
    /// }
    /// ```
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let known = iso_currency::Currency::from_code(code).ok_or(MoneyError::NotACurrency)?;
        let current = known.is_superseded().is_none() || STILL_CURRENT.contains(&code);
        match (code.as_bytes(), known.exponent().and_then(|places| u8::try_from(places).ok())) {
            (&[a, b, c], Some(exponent)) if current => Ok(Self { code: [a, b, c], exponent }),
            _ => Err(MoneyError::NotACurrency),
        }
    }

    /// The code, three capital letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Decimal places of the minor unit.
    pub const fn exponent(self) -> u32 {
        self.exponent as u32
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An exact amount of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount was not understood or not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// No current code of ISO 4217 with a minor unit.
    #[error("the currency is no current code of ISO 4217, such as USD")]
    NotACurrency,
    /// Not digits with an optional point and fraction.
    #[error("the amount is not digits with a point before the fraction, such as 250000.00")]
    NotAnAmount,
    /// Nothing at all.
    #[error("the amount is zero")]
    Zero,
    /// More decimal places than the currency has.
    #[error("the amount has more decimal places than its currency")]
    TooFine,
    /// Does not fit.
    #[error("the amount is too large")]
    TooLarge,
    /// Two currencies in one computation.
    #[error("amounts of two currencies cannot be added or compared")]
    OtherCurrency,
}

impl Money {
    /// An amount in minor units (cents).
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads `250000.00`: digits without a needless zero before them, optionally a point and at most as many decimals
    /// as the currency has.
    ///
    /// # Errors
    /// When it is not written so, is finer than the currency, or does not fit.
    ///
    /// ```
    /// use operation::{Currency, Money, MoneyError};
    ///
    /// let dollars = |text| Money::parse(text, Currency::USD);
    /// assert_eq!(dollars("90071992547409.93").map(Money::minor), Ok((1 << 53) + 1));
    /// assert_eq!(dollars("1.2345"), Err(MoneyError::TooFine));
    /// ```
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(MoneyError::NotAnAmount),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
        if !digits || (whole.starts_with('0') && whole != "0") {
            return Err(MoneyError::NotAnAmount);
        }
        let exponent = usize::from(currency.exponent);
        if fraction.len() > exponent {
            return Err(MoneyError::TooFine);
        }
        let digits = format!("{whole}{fraction:0<exponent$}");
        let minor = digits.parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self { minor, currency })
    }

    /// The same of a balance, which may be below zero: `-12.50`.
    ///
    /// # Errors
    /// As [`Money::parse`].
    pub fn parse_balance(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        match text.strip_prefix('-') {
            Some(below) => Self::parse(below, currency).map(|money| Self { minor: -money.minor, ..money }),
            None => Self::parse(text, currency),
        }
    }

    /// Minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum; both must be of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }

    /// Whether this is at most `limit`; both must be of one currency.
    pub fn at_most(self, limit: Self) -> Result<bool, MoneyError> {
        self.same_currency(limit)?;
        Ok(self.minor <= limit.minor)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::OtherCurrency) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        write!(f, "{sign}{}", minor / unit)?;
        if exponent > 0 {
            write!(f, ".{:0width$}", minor % unit, width = usize::from(self.currency.exponent))?;
        }
        write!(f, " {}", self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yen() -> Currency {
        Currency::parse("JPY").unwrap()
    }

    /// Every code there could be that is a currency.
    fn currencies() -> Vec<Currency> {
        let letters = || b'A'..=b'Z';
        let codes = letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
        codes.filter_map(|code| Currency::parse(std::str::from_utf8(&code).unwrap()).ok()).collect()
    }

    #[test]
    fn amounts_are_exact() {
        let money = |text| Money::parse(text, Currency::USD);
        assert_eq!(money("250000.00").map(Money::minor), Ok(25_000_000));
        assert_eq!(money("0.5").map(Money::minor), Ok(50));
        assert_eq!(money("0").map(Money::minor), Ok(0));
        assert_eq!(money("90071992547409.93").map(Money::minor), Ok(9_007_199_254_740_993));
        assert_eq!(money("1.005"), Err(MoneyError::TooFine));
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1,000", "1e3", " 1", "1 ", "1.-5", "01", "00.5", "١", "１"] {
            assert_eq!(money(bad), Err(MoneyError::NotAnAmount), "{bad:?}");
        }
        assert_eq!(money("92233720368547758.08"), Err(MoneyError::TooLarge));
        assert_eq!(Money::parse("12", yen()).map(|m| m.to_string()), Ok("12 JPY".to_owned()));
        assert_eq!(Money::parse("12.5", yen()), Err(MoneyError::TooFine));
        assert_eq!(Money::parse_balance("-12.50", Currency::USD).map(|m| m.to_string()), Ok("-12.50 USD".to_owned()));
        assert_eq!(Money::parse_balance("--1", Currency::USD), Err(MoneyError::NotAnAmount));
    }

    #[test]
    fn currencies_do_not_mix() {
        let (dollar, yen) = (Money::from_minor(1, Currency::USD), Money::from_minor(1, yen()));
        assert_eq!(dollar.plus(yen), Err(MoneyError::OtherCurrency));
        assert_eq!(dollar.at_most(yen), Err(MoneyError::OtherCurrency));
        assert_eq!(Money::from_minor(i64::MAX, yen.currency()).plus(yen), Err(MoneyError::TooLarge));
    }

    #[test]
    fn a_currency_is_a_current_one_of_iso_4217() {
        let exponent = |code| Currency::parse(code).map(Currency::exponent);
        for (code, places) in [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("VES", 2)] {
            assert_eq!(exponent(code), Ok(places), "{code}");
        }
        assert_eq!(Currency::parse("USD"), Ok(Currency::USD));
        for none in ["", "US", "USDX", "usd", "ZZZ", "XXX", "XTS", "XAU", "HRK", "BGN", "SLL", "CUC", "ＵＳＤ", "U$D"]
        {
            assert_eq!(Currency::parse(none), Err(MoneyError::NotACurrency), "{none:?}");
        }
        assert!((150..=180).contains(&currencies().len()), "{}", currencies().len());
    }

    #[test]
    fn no_currency_takes_more_decimals_than_it_has() {
        for currency in currencies() {
            let places = usize::try_from(currency.exponent()).unwrap();
            for fraction in 1..=6 {
                let text = format!("1.{}", "5".repeat(fraction));
                let read = Money::parse(&text, currency);
                if fraction <= places {
                    assert!(read.is_ok(), "{text} {currency:?}");
                } else {
                    assert_eq!(read, Err(MoneyError::TooFine), "{text} {currency:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(minor in any::<i64>(), which in any::<prop::sample::Index>()) {
            let currency = *which.get(&currencies());
            let money = Money::from_minor(minor.max(-i64::MAX), currency);
            let printed = money.to_string();
            let amount = printed.strip_suffix(&format!(" {}", currency.code())).unwrap();
            prop_assert_eq!(Money::parse_balance(amount, currency), Ok(money));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Money::parse(&text, Currency::USD);
            let _ = Money::parse_balance(&text, yen());
            let _ = Currency::parse(&text);
        }
    }
}
