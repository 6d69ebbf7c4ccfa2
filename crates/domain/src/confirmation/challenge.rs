//! Challenges, whose first digit says what they may be used for: login 1–4, calls 5, device changes 6–7, money 8–9.
//! A page that harvests responses can thus not pass a payment off as a login. Of money, 8 says that the challenge ends
//! as the account does that gets it, and 9 that there is nothing to compare: a device that knows the challenge alone
//! can say so.

use crate::Nonce;
use ::operation::Purpose;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Decimal digits to type into a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge(String);

impl Challenge {
    /// Draws a challenge of `digits` digits (4 to 19).
    pub fn draw(purpose: Purpose, digits: u8, nonce: &Nonce) -> Self {
        let space = Space::of(purpose, digits);
        space.at(nonce.below(space.size))
    }

    /// The same, leaving out what was answered: the next one in order takes its place. None when nothing is left.
    pub fn unanswered(purpose: Purpose, digits: u8, nonce: &Nonce, answered: &BTreeSet<String>) -> Option<Self> {
        let space = Space::of(purpose, digits);
        let (drawn, tries) = (nonce.below(space.size), u64::try_from(answered.len()).ok()?.checked_add(1)?);
        let near =
            (0..tries.min(space.size)).map(|next| (u128::from(drawn) + u128::from(next)) % u128::from(space.size));
        let near = near.filter_map(|index| u64::try_from(index).ok()).map(|index| space.at(index));
        near.into_iter().find(|challenge| !answered.contains(challenge.as_str()))
    }

    /// One that was drawn before, from its digits.
    pub fn drawn_before(digits: &str) -> Self {
        Self(digits.to_owned())
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
    fn of(purpose: Purpose, digits: u8) -> Self {
        let digits = u32::from(digits.clamp(4, 19));
        let (first, range): (u64, u64) = match purpose {
            Purpose::Login => (1, 4),
            Purpose::Call => (5, 1),
            Purpose::DeviceChange => (6, 2),
            Purpose::MoneyTo(_) => (8, 1),
            Purpose::Money => (9, 1),
        };
        let tail = match purpose {
            Purpose::MoneyTo(last) => last.as_str().to_owned(),
            Purpose::Login | Purpose::Call | Purpose::DeviceChange | Purpose::Money => String::new(),
        };
        let fresh = digits - u32::try_from(tail.len()).unwrap_or(0);
        let unit = 10_u64.pow(fresh - 1);
        Self { first: u128::from(first) * u128::from(unit), size: range * unit, tail }
    }

    fn at(&self, index: u64) -> Challenge {
        Challenge(format!("{}{}", self.first + u128::from(index), self.tail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::operation::LastDigits;
    use proptest::prelude::*;

    fn to(account: &str) -> Purpose {
        Purpose::MoneyTo(LastDigits::of(account).unwrap())
    }

    proptest! {
        #[test]
        fn the_first_digit_says_what_for(octets in any::<[u8; 32]>(), digits in 4_u8..=19) {
            let nonce = Nonce::new(octets);
            for (purpose, allowed) in [
                (Purpose::Login, "1234"),
                (Purpose::Call, "5"),
                (Purpose::DeviceChange, "67"),
                (to("DE89 3704 0044 0532 0130 00"), "8"),
                (Purpose::Money, "9"),
            ] {
                let challenge = Challenge::draw(purpose, digits, &nonce);
                prop_assert_eq!(challenge.as_str().len(), usize::from(digits));
                prop_assert!(challenge.as_str().bytes().all(|b| b.is_ascii_digit()));
                prop_assert!(allowed.contains(&challenge.as_str()[..1]));
                if let Purpose::MoneyTo(_) = purpose {
                    prop_assert!(challenge.as_str().ends_with("000"));
                }
            }
        }
    }

    /// A device that has answered almost everything is asked the rest, each once, and then nothing.
    #[test]
    fn what_was_answered_is_not_asked_again() {
        let (mut answered, money) = (BTreeSet::new(), to("DE89 3704 0044 0532 0130 17"));
        for n in 0..10 {
            let drawn = Challenge::unanswered(money, 5, &Nonce::new([n; 32]), &answered).unwrap();
            assert!(drawn.as_str().starts_with('8') && drawn.as_str().ends_with("017"), "{drawn:?}");
            assert!(answered.insert(drawn.as_str().to_owned()), "{drawn:?} again");
        }
        assert_eq!(Challenge::unanswered(money, 5, &Nonce::new([0; 32]), &answered), None);
        assert!(Challenge::unanswered(Purpose::Login, 5, &Nonce::new([0; 32]), &answered).is_some());
    }
}
