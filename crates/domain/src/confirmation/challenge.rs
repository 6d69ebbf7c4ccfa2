//! Challenges, whose first digit says what they may be used for: login 1–5, device changes 6–7, money 8–9.
//! A page that harvests responses can thus not pass a payment off as a login.

use crate::Nonce;
use serde::{Deserialize, Serialize};

/// What a challenge may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// Logging in.
    Login,
    /// Adding, replacing or changing a device.
    DeviceChange,
    /// Moving money to an account.
    Money {
        /// The destination account, whose last three digits the challenge ends with.
        destination: &'a str,
    },
    /// Paying where there is no account to compare with.
    Payment,
}

/// Decimal digits to type into a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge(String);

impl Challenge {
    /// Draws a challenge of `digits` digits (4 to 19).
    pub fn draw(purpose: Purpose<'_>, digits: u8, nonce: &Nonce) -> Self {
        let digits = u32::from(digits.clamp(4, 19));
        let (first, range) = match purpose {
            Purpose::Login => (1, 5),
            Purpose::DeviceChange => (6, 2),
            Purpose::Money { .. } | Purpose::Payment => (8, 2),
        };
        let tail = match purpose {
            Purpose::Money { destination } => last_three_digits(destination),
            _ => String::new(),
        };
        let fresh = digits - u32::try_from(tail.len()).unwrap_or(0);
        let unit = 10_u64.pow(fresh - 1);
        let number = u128::from(first * unit) + u128::from(nonce.below(range * unit));
        Self(format!("{number}{tail}"))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The last three digits of an account, whatever stands between them; zeros on the left when it has fewer.
fn last_three_digits(account: &str) -> String {
    let digits: Vec<char> = account.chars().filter(char::is_ascii_digit).collect();
    let tail: String = digits.iter().skip(digits.len().saturating_sub(3)).collect();
    format!("{tail:0>3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_digit_says_what_for(octets in any::<[u8; 32]>(), digits in 4_u8..=19) {
            let nonce = Nonce::new(octets);
            for (purpose, allowed) in [
                (Purpose::Login, "12345"),
                (Purpose::DeviceChange, "67"),
                (Purpose::Money { destination: "DE89 3704 0044 0532 0130 00" }, "89"),
                (Purpose::Payment, "89"),
            ] {
                let challenge = Challenge::draw(purpose, digits, &nonce);
                prop_assert_eq!(challenge.as_str().len(), usize::from(digits));
                prop_assert!(challenge.as_str().bytes().all(|b| b.is_ascii_digit()));
                prop_assert!(allowed.contains(&challenge.as_str()[..1]));
                if let Purpose::Money { .. } = purpose {
                    prop_assert!(challenge.as_str().ends_with("000"));
                }
            }
        }
    }

    #[test]
    fn short_accounts_are_filled() {
        assert_eq!(last_three_digits("A-7"), "007");
        assert_eq!(last_three_digits("12 34"), "234");
        assert_eq!(last_three_digits(""), "000");
    }
}
