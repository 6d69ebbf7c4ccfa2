//! Challenges, whose first digit says what they may be used for: login 1–5, device changes 6–7, money 8–9.
//! A page that harvests responses can thus not pass a payment off as a login.

use crate::Nonce;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
        let space = Space::of(purpose, digits);
        space.at(nonce.below(space.size))
    }

    /// The same, leaving out what was answered: the next one in order takes its place. None when nothing is left.
    pub fn unanswered(purpose: Purpose<'_>, digits: u8, nonce: &Nonce, answered: &BTreeSet<String>) -> Option<Self> {
        let space = Space::of(purpose, digits);
        let (drawn, tries) = (nonce.below(space.size), u64::try_from(answered.len()).ok()?.checked_add(1)?);
        let near =
            (0..tries.min(space.size)).map(|next| (u128::from(drawn) + u128::from(next)) % u128::from(space.size));
        let near = near.filter_map(|index| u64::try_from(index).ok()).map(|index| space.at(index));
        near.into_iter().find(|challenge| !answered.contains(challenge.as_str()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The challenges of one purpose and length: `size` numbers from `first` on, and what all of them end with.
struct Space {
    first: u128,
    size: u64,
    tail: String,
}

impl Space {
    fn of(purpose: Purpose<'_>, digits: u8) -> Self {
        let digits = u32::from(digits.clamp(4, 19));
        let (first, range): (u64, u64) = match purpose {
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
        Self { first: u128::from(first) * u128::from(unit), size: range * unit, tail }
    }

    fn at(&self, index: u64) -> Challenge {
        Challenge(format!("{}{}", self.first + u128::from(index), self.tail))
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

    /// A device that has answered almost everything is asked the rest, each once, and then nothing.
    #[test]
    fn what_was_answered_is_not_asked_again() {
        let mut answered = BTreeSet::new();
        for n in 0..20 {
            let money = Purpose::Money { destination: "DE89 3704 0044 0532 0130 17" };
            let drawn = Challenge::unanswered(money, 5, &Nonce::new([n; 32]), &answered).unwrap();
            assert!(drawn.as_str().starts_with(['8', '9']) && drawn.as_str().ends_with("017"), "{drawn:?}");
            assert!(answered.insert(drawn.as_str().to_owned()), "{drawn:?} again");
        }
        let money = Purpose::Money { destination: "17" };
        assert_eq!(Challenge::unanswered(money, 5, &Nonce::new([0; 32]), &answered), None);
        assert!(Challenge::unanswered(Purpose::Login, 5, &Nonce::new([0; 32]), &answered).is_some());
    }

    #[test]
    fn short_accounts_are_filled() {
        assert_eq!(last_three_digits("A-7"), "007");
        assert_eq!(last_three_digits("12 34"), "234");
        assert_eq!(last_three_digits(""), "000");
    }
}
