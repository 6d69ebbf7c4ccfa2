//! An amount as it was asked for: money, to the letter.

use crate::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most digits before the point: a quadrillion of anything is a mistake.
const WHOLE: usize = 15;

/// An amount and its currency as somebody wrote them: shown, signed and given back to the letter, so that `3.5` stays
/// `3.5`.
// What comes from outside is made by `parse`; what was kept is read back as it stands, as its currency may have been
// withdrawn since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Amount {
    /// An exact decimal, such as `250000.00`.
    amount: String,
    /// ISO 4217.
    currency: String,
}

impl Amount {
    /// Reads an amount that is to be moved: more than nothing, and no finer than its currency.
    ///
    /// # Errors
    /// When it is no such amount.
    ///
    /// ```
    /// use operation::{Amount, MoneyError};
    ///
    /// assert_eq!(Amount::parse("1.234", "BHD").map(|amount| amount.to_string()), Ok("1.234 BHD".to_owned()));
    /// assert_eq!(Amount::parse("100.50", "JPY"), Err(MoneyError::TooFine));
    /// assert_eq!(Amount::parse("1.00", "ZZZ"), Err(MoneyError::NotACurrency));
    /// ```
    pub fn parse(amount: &str, currency: &str) -> Result<Self, MoneyError> {
        let kept = Self { amount: amount.to_owned(), currency: currency.to_owned() };
        kept.check().map(|()| kept)
    }

    /// The digits, as written.
    pub fn digits(&self) -> &str {
        &self.amount
    }

    /// The code of the currency, as written.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// What it comes to.
    ///
    /// # Errors
    /// Never where [`Amount::parse`] made it; else as that.
    pub fn money(&self) -> Result<Money, MoneyError> {
        Money::parse(&self.amount, Currency::parse(&self.currency)?)
    }

    pub(crate) fn check(&self) -> Result<(), MoneyError> {
        let money = self.money()?;
        if money.minor() == 0 {
            return Err(MoneyError::Zero);
        }
        let whole = self.amount.split('.').next().map_or(0, str::len);
        if whole > WHOLE { Err(MoneyError::TooLarge) } else { Ok(()) }
    }
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        let printed = money.to_string();
        let (amount, currency) = printed.split_once(' ').unwrap_or((&printed, ""));
        Self { amount: amount.to_owned(), currency: currency.to_owned() }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_is_positive_and_no_finer_than_its_currency() {
        for (amount, currency) in
            [("250000.00", "USD"), ("100", "JPY"), ("1.234", "BHD"), ("3.5", "EUR"), ("0.01", "USD")]
        {
            let read = Amount::parse(amount, currency).unwrap();
            assert_eq!((read.digits(), read.currency()), (amount, currency));
            assert!(read.money().unwrap().minor() > 0);
        }
        for (amount, currency, why) in [
            ("1.2345", "USD", MoneyError::TooFine),
            ("100.50", "JPY", MoneyError::TooFine),
            ("1.00", "ZZZ", MoneyError::NotACurrency),
            ("0.00", "USD", MoneyError::Zero),
            ("-1", "USD", MoneyError::NotAnAmount),
            ("1234567890123456", "USD", MoneyError::TooLarge),
            ("999999999999999.9999", "CLF", MoneyError::TooLarge),
        ] {
            assert_eq!(Amount::parse(amount, currency), Err(why), "{amount} {currency}");
        }
    }

    proptest! {
        #[test]
        fn money_and_amount_are_one(minor in 1..100_000_000_000_000_000_i64) {
            let money = Money::from_minor(minor, Currency::USD);
            let amount = Amount::from(money);
            prop_assert_eq!(amount.money(), Ok(money));
            prop_assert_eq!(Amount::parse(amount.digits(), amount.currency()), Ok(amount.clone()));
            prop_assert_eq!(amount.to_string(), money.to_string());
        }

        #[test]
        fn no_text_panics(amount in any::<String>(), currency in any::<String>()) {
            let _ = Amount::parse(&amount, &currency);
        }
    }
}
