//! Money: integer minor units of an ISO 4217 currency. No floating point, no silent rounding.

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

/// Currencies whose minor unit is not a hundredth (ISO 4217 list one).
const OTHER_EXPONENTS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

impl Currency {
    /// United States dollar, in which the default limits are written.
    pub const USD: Self = Self(*b"USD");

    /// Reads a code of three capital letters.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::NotACurrency),
        }
    }

    /// The code, three capital letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Decimal places of the minor unit.
    pub fn exponent(&self) -> u32 {
        OTHER_EXPONENTS.iter().find(|(code, _)| *code == self.code()).map_or(2, |(_, exponent)| *exponent)
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code)
    }
}

/// An exact amount of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount was not understood or not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("a currency is three capital letters, as in ISO 4217")]
    NotACurrency,
    /// Not digits with an optional point and fraction.
    #[error("an amount is digits, with a point before the fraction: 250000.00")]
    NotAnAmount,
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

    /// Reads `250000.00`: digits, optionally a point and at most as many decimals as the currency has.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(MoneyError::NotAnAmount),
            Some(parts) => parts,
            None => (text, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(MoneyError::NotAnAmount);
        }
        let exponent = usize::try_from(currency.exponent()).unwrap_or(0);
        if fraction.len() > exponent {
            return Err(MoneyError::TooFine);
        }
        let digits = format!("{whole}{fraction:0<exponent$}");
        let minor = digits.parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self { minor, currency })
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

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        write!(f, "{sign}{}", minor / unit)?;
        if exponent > 0 {
            write!(f, ".{:0width$}", minor % unit, width = usize::try_from(exponent).unwrap_or(0))?;
        }
        write!(f, " {}", self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const JPY: Currency = Currency(*b"JPY");

    #[test]
    fn amounts_are_exact() {
        let money = |text| Money::parse(text, Currency::USD);
        assert_eq!(money("250000.00").map(Money::minor), Ok(25_000_000));
        assert_eq!(money("0.5").map(Money::minor), Ok(50));
        assert_eq!(money("90071992547409.93").map(Money::minor), Ok(9_007_199_254_740_993));
        assert_eq!(money("1.005"), Err(MoneyError::TooFine));
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1,000", "1e3", " 1", "١"] {
            assert_eq!(money(bad), Err(MoneyError::NotAnAmount), "{bad:?}");
        }
        assert_eq!(money("92233720368547758.08"), Err(MoneyError::TooLarge));
        assert_eq!(Money::parse("12", JPY).map(|m| m.to_string()), Ok("12 JPY".to_owned()));
        assert_eq!(Money::parse("12.5", JPY), Err(MoneyError::TooFine));
    }

    #[test]
    fn currencies_do_not_mix() {
        let (dollar, yen) = (Money::from_minor(1, Currency::USD), Money::from_minor(1, JPY));
        assert_eq!(dollar.plus(yen), Err(MoneyError::OtherCurrency));
        assert_eq!(dollar.at_most(yen), Err(MoneyError::OtherCurrency));
        assert_eq!(Money::from_minor(i64::MAX, JPY).plus(yen), Err(MoneyError::TooLarge));
        assert_eq!(Currency::parse("usd"), Err(MoneyError::NotACurrency));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(minor in 0..i64::MAX) {
            let money = Money::from_minor(minor, Currency::USD);
            let printed = money.to_string();
            prop_assert_eq!(Money::parse(printed.strip_suffix(" USD").unwrap(), Currency::USD), Ok(money));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Money::parse(&text, Currency::USD);
            let _ = Currency::parse(&text);
        }
    }
}
