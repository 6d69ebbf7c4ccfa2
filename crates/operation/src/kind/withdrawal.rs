//! A withdrawal: money leaves an account.

use crate::{Amount, Row, Text, Unfit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Money leaves an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Withdrawal {
    /// How much.
    #[serde(flatten)]
    pub amount: Amount,
    /// Where it goes.
    pub destination: Destination,
    /// Which of the user's accounts it leaves.
    pub account_id: Text<64>,
    /// The client's own words for it.
    pub reference: Text<140>,
}

/// Where money goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Destination {
    /// Whose account.
    pub name: Text<140>,
    /// Its number.
    pub account: Text<64>,
}

impl Destination {
    /// The same for an account however it is written: its letters and digits alone, in capitals.
    ///
    /// ```
    /// use operation::{Destination, Text};
    ///
    /// let destination = Destination {
    ///     name: Text::parse("A. Person").unwrap(),
    ///     account: Text::parse("de89 3704-0044 0532 0130 00").unwrap(),
    /// };
    /// assert_eq!(destination.payee(), "DE89370400440532013000");
    /// ```
    pub fn payee(&self) -> String {
        self.account.as_str().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    }
}

impl Withdrawal {
    /// How much it was, and nothing else of it but its number among others.
    pub(crate) fn forgotten(&self, nth: u32) -> Self {
        Self {
            amount: self.amount.clone(),
            destination: Destination { name: Text::fenced("-"), account: Text::fenced("-") },
            account_id: Text::fenced("-"),
            reference: Text::fenced(&nth.to_string()),
        }
    }

    pub(crate) fn check(&self) -> Result<(), Unfit> {
        self.amount.check()?;
        self.destination.name.check().map_err(|error| Unfit::Text("destination.name", error))?;
        self.destination.account.check().map_err(|error| Unfit::Text("destination.account", error))?;
        self.account_id.check().map_err(|error| Unfit::Text("account_id", error))?;
        self.reference.check().map_err(|error| Unfit::Text("reference", error))
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        vec![
            Row::text("confirm-to", self.destination.name.as_str()),
            Row::text("confirm-to-account", self.destination.account.as_str()),
            Row::text("confirm-from", self.account_id.as_str()),
            Row::text("confirm-reference", self.reference.as_str()),
        ]
    }
}

/// The three digits that an account ends with: what a challenge that is typed into a device can name it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDigits([u8; 3]);

impl LastDigits {
    /// Of an account as people write it, with spaces, hyphens, points or strokes between its parts. None where it does
    /// not end in three digits: nobody could compare them then.
    ///
    /// ```
    /// use operation::LastDigits;
    ///
    /// let digits = |account| LastDigits::of(account).map(|last| last.as_str().to_owned());
    /// assert_eq!(digits("DE89 3704 0044 0532 0130 17"), Some("017".to_owned()));
    /// assert_eq!(digits("XY"), None);
    /// assert_eq!(digits("123 X"), None);
    /// ```
    pub fn of(account: &str) -> Option<Self> {
        let mut last = account.chars().rev().filter(|c| !c.is_whitespace() && !"-./".contains(*c));
        let mut digit = || last.next().filter(char::is_ascii_digit).and_then(|c| u8::try_from(c).ok());
        let (third, second, first) = (digit()?, digit()?, digit()?);
        Some(Self([first, second, third]))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_an_account_that_ends_in_three_digits_is_named_by_them() {
        for (account, digits) in [
            ("DE89370400440532013000", Some("000")),
            ("DE89 3704 0044 0532 0130 17", Some("017")),
            ("12 34", Some("234")),
            ("40-47-84/1234.567", Some("567")),
            ("XY", None),
            ("", None),
            ("17", None),
            ("A-17", None),
            ("MT84MALT011000012345MTLCAST001S", None),
            ("123X", None),
            ("12a345b", None),
            ("١٢٣", None),
            ("１２３", None),
        ] {
            assert_eq!(LastDigits::of(account).as_ref().map(LastDigits::as_str), digits, "{account:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_named_stands_at_the_end(account in any::<String>()) {
            if let Some(last) = LastDigits::of(&account) {
                let plain: String = account.chars().filter(|c| !c.is_whitespace() && !"-./".contains(*c)).collect();
                prop_assert!(plain.ends_with(last.as_str()));
            }
        }
    }
}
