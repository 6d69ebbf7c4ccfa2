//! Code cards: what stands at each place, which places are asked, which are spent.
//!
//! Values are derived from the card's key, so a database without the sealing key holds none of them.

use crate::{Nonce, Secret, Timestamp, device::Algorithm};
use otp::{Key, code_card};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Places of a card, unless set otherwise.
pub const DEFAULT_PLACES: u32 = 224;

/// When a card has only this many answers left, its user is told: once.
pub const FEW_ANSWERS: u32 = 10;

/// The value printed at `place`.
pub fn value_at(key: &[u8], place: u32) -> Secret<String> {
    Secret::new(code_card::value(&Key::new(key.to_vec()), place).as_str().to_owned())
}

/// What moves on a code card: the places that answered and the pair that is being asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CardUse {
    /// Places whose value was used.
    pub spent: BTreeSet<u32>,
    /// The pair that is asked until it is answered: asking again never draws a new one, or an attacker could
    /// reload until places came up that he has seen.
    pub asked: Option<[u32; 2]>,
}

impl CardUse {
    /// The pair to ask now, drawing one if none is open; none when fewer than two places are left.
    pub fn ask(&self, places: u32, nonce: &Nonce) -> Option<Self> {
        if self.asked.is_some() {
            return Some(self.clone());
        }
        let free: Vec<u32> = (1..=places).filter(|place| !self.spent.contains(place)).collect();
        let count = u64::try_from(free.len()).ok().filter(|count| *count >= 2)?;
        // One number below n(n-1) chooses an ordered pair of different places without bias.
        let drawn = nonce.below(count * (count - 1));
        let (first, step) = (drawn / (count - 1), drawn % (count - 1));
        let second = (first + 1 + step) % count;
        let place = |index: u64| free.get(usize::try_from(index).ok()?).copied();
        Some(Self { spent: self.spent.clone(), asked: Some([place(first)?, place(second)?]) })
    }

    /// After the right answer: the pair is closed and, unless values may be used again, spent.
    pub fn answered(&self, reuse: bool) -> Self {
        let mut spent = self.spent.clone();
        if !reuse {
            spent.extend(self.asked.into_iter().flatten());
        }
        Self { spent, asked: None }
    }

    /// How many more answers the card can give.
    pub fn answers_left(&self, places: u32) -> u32 {
        places.saturating_sub(u32::try_from(self.spent.len()).unwrap_or(u32::MAX)) / 2
    }

    /// What is to be said of the card after an answer that took it from `before` to this.
    pub fn running_out(&self, before: &Self, places: u32) -> Option<RunningOut> {
        let left = self.answers_left(places);
        // A card that had no more from the start is told of after its first answer.
        let few = FEW_ANSWERS.min((places / 2).saturating_sub(1));
        match left {
            // Values may be used again.
            _ if left == before.answers_left(places) => None,
            0 => Some(RunningOut::UsedUp),
            _ if left == few => Some(RunningOut::Few(left)),
            _ => None,
        }
    }
}

/// Why a card is not printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPrinted {
    /// It is no code card.
    #[error("this serial number is no code card: there is nothing to print")]
    NoCard,
    /// It was printed before.
    #[error("this card was printed before: two agents of the desk must agree to another one in its place")]
    Before,
    /// It has ended.
    #[error("this card has ended: nobody could use what is printed")]
    Over,
}

/// Whether a card may be printed: once, and not at its end. Its number of places.
pub fn may_print(algorithm: Option<&Algorithm>, printed: Option<Timestamp>, ended: bool) -> Result<u32, NotPrinted> {
    let Some(Algorithm::CodeCard { places }) = algorithm else { return Err(NotPrinted::NoCard) };
    match (printed, ended) {
        (_, true) => Err(NotPrinted::Over),
        (Some(_), false) => Err(NotPrinted::Before),
        (None, false) => Ok(*places),
    }
}

/// A card that comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunningOut {
    /// It has only this many answers left.
    Few(u32),
    /// It has none.
    UsedUp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nonce(n: u64) -> Nonce {
        let mut octets = [0; 32];
        octets[24..].copy_from_slice(&n.to_be_bytes());
        Nonce::new(octets)
    }

    #[test]
    fn all_pairs_can_be_drawn() {
        let mut pairs = BTreeSet::new();
        for n in 0..12 {
            let asked = CardUse::default().ask(4, &nonce(n)).unwrap().asked.unwrap();
            assert_ne!(asked[0], asked[1]);
            pairs.insert(asked);
        }
        assert_eq!(pairs.len(), 12);
    }

    #[test]
    fn a_card_is_printed_once_and_nothing_else_is() {
        let card = Algorithm::CodeCard { places: 224 };
        let now = Some(Timestamp::from_unix_seconds(1));
        assert_eq!(may_print(Some(&card), None, false), Ok(224));
        assert_eq!(may_print(Some(&card), now, false), Err(NotPrinted::Before));
        for printed in [None, now] {
            assert_eq!(may_print(Some(&card), printed, true), Err(NotPrinted::Over));
            assert_eq!(may_print(Some(&Algorithm::GOLD), printed, false), Err(NotPrinted::NoCard));
            assert_eq!(may_print(None, printed, false), Err(NotPrinted::NoCard));
        }
    }

    proptest! {
        /// No place is asked twice, the open pair stays, and a card gives exactly half its places in answers.
        #[test]
        fn a_card_is_used_up(places in 0_u32..40, draws in prop::collection::vec(any::<u64>(), 50)) {
            let mut card = CardUse::default();
            let mut seen = BTreeSet::new();
            let (mut answers, mut told, mut used_up) = (0, 0, 0);
            for n in draws {
                let Some(asked) = card.ask(places, &nonce(n)) else { break };
                prop_assert_eq!(asked.ask(places, &nonce(n.wrapping_add(1))).unwrap().asked, asked.asked);
                for place in asked.asked.unwrap() { prop_assert!(seen.insert(place)); }
                let left = card.answers_left(places);
                prop_assert_eq!(asked.answered(true).running_out(&asked, places), None);
                card = asked.answered(false);
                match card.running_out(&asked, places) {
                    Some(RunningOut::Few(few)) => { prop_assert!(few == card.answers_left(places) && few > 0); told += 1; }
                    Some(RunningOut::UsedUp) => { prop_assert_eq!(card.answers_left(places), 0); used_up += 1; }
                    None => prop_assert!(card.answers_left(places) > 0),
                }
                prop_assert_eq!(card.answers_left(places), left - 1);
                answers += 1;
            }
            prop_assert_eq!(answers, places / 2);
            prop_assert_eq!((told, used_up), (u32::from(places >= 4), u32::from(places >= 2)));
        }
    }
}
