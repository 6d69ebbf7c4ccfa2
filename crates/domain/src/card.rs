//! Code cards: what stands at each place, which places are asked, which are spent.
//!
//! Values are derived from the card's key, so a database without the sealing key holds none of them.

use crate::{Nonce, Secret};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeSet;

/// Characters of a value: capitals and digits without 0, O, 1 and I, which are misread. 32, so that five bits
/// choose one without bias.
pub const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Characters of one value.
pub const VALUE_LENGTH: usize = 3;
/// Places of a card, unless set otherwise.
pub const DEFAULT_PLACES: u32 = 224;

/// The value printed at `place`: three characters chosen by HMAC-SHA-256 of the place under the card's key.
pub fn value_at(key: &[u8], place: u32) -> Secret<String> {
    let mut text = String::with_capacity(VALUE_LENGTH);
    // HMAC takes a key of any length, so this arm is always taken.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(b"countersign/code-card/v1");
        mac.update(&place.to_be_bytes());
        for octet in mac.finalize().into_bytes().iter().take(VALUE_LENGTH) {
            text.extend(ALPHABET.get(usize::from(octet & 31)).map(|c| char::from(*c)));
        }
    }
    Secret::new(text)
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
}

/// A typed answer as it is compared: capitals, without the spaces people put between the two values.
pub fn read_answer(typed: &str) -> Secret<String> {
    Secret::new(typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_uppercase())
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
    fn values_are_stable_and_of_the_alphabet() {
        // Made with Python: hmac.new(bytes(range(32)), b"countersign/code-card/v1" + (7).to_bytes(4, "big"), sha256)
        let key: Vec<u8> = (0..32).collect();
        let value = value_at(&key, 7);
        assert_eq!(value.expose().len(), 3);
        assert!(value.expose().bytes().all(|b| ALPHABET.contains(&b)));
        assert_ne!(value.expose(), value_at(&key, 8).expose());
    }

    /// NIST SP 800-63B-4, 3.1.2.1: chi-square over the characters of 10^5 values.
    #[test]
    fn characters_are_even() {
        let mut counts = [0_u32; 32];
        for place in 0..100_000 {
            for byte in value_at(b"a key of thirty-two octets......", place).expose().bytes() {
                counts[ALPHABET.iter().position(|c| *c == byte).unwrap()] += 1;
            }
        }
        let expected = 300_000.0 / 32.0;
        let chi: f64 = counts.iter().map(|c| (f64::from(*c) - expected).powi(2) / expected).sum();
        assert!(chi < 61.1, "31 degrees of freedom, 99.9 %: {chi}");
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

    proptest! {
        /// No place is asked twice, the open pair stays, and a card gives exactly half its places in answers.
        #[test]
        fn a_card_is_used_up(places in 0_u32..40, draws in prop::collection::vec(any::<u64>(), 50)) {
            let mut card = CardUse::default();
            let mut seen = BTreeSet::new();
            let mut answers = 0;
            for n in draws {
                let Some(asked) = card.ask(places, &nonce(n)) else { break };
                prop_assert_eq!(asked.ask(places, &nonce(n.wrapping_add(1))).unwrap().asked, asked.asked);
                for place in asked.asked.unwrap() { prop_assert!(seen.insert(place)); }
                let left = card.answers_left(places);
                card = asked.answered(false);
                prop_assert_eq!(card.answers_left(places), left - 1);
                answers += 1;
            }
            prop_assert_eq!(answers, places / 2);
        }
    }
}
