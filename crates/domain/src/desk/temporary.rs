//! Temporary access: a code in place of a device, its two periods, and when there may be one.

use crate::{Nonce, Secret, Timestamp};
use otp::code_card::ALPHABET;
use std::time::Duration;

/// Characters of a code: five bits each.
pub const LENGTH: u32 = 12;

/// The periods of a temporary access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long the code takes the place of a device.
    pub full: Duration,
    /// How long it then leads to the page of the online code card, and nowhere else.
    pub card: Duration,
    /// How long the card serves that is had there.
    pub card_life: Duration,
    /// How long the desk waits, and the user may object, where no device proved the caller.
    pub unproven: Duration,
}

const DAY: u64 = 86_400;

impl Default for Terms {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * DAY);
        Self { full: days(2), card: days(10), card_life: days(21), unproven: days(1) }
    }
}

/// For how long what is lent serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Until when it takes the place of a device; none where it does so until its end.
    pub full_until: Option<Timestamp>,
    /// When it ends.
    pub until: Timestamp,
}

/// What something lent is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It takes the place of a device.
    Full,
    /// It leads to the page of the online code card, and nowhere else.
    CardOnly,
    /// It is over.
    Over,
}

impl Life {
    /// Of a code that is shown now.
    pub fn of_code(terms: &Terms, now: Timestamp) -> Self {
        let full = now.plus(terms.full);
        Self { full_until: Some(full), until: full.plus(terms.card) }
    }

    /// Of an online code card that is issued now.
    pub fn of_card(terms: &Terms, now: Timestamp) -> Self {
        Self { full_until: None, until: now.plus(terms.card_life) }
    }

    /// What it is good for at a moment.
    pub fn phase(self, now: Timestamp) -> Phase {
        match () {
            () if self.until <= now => Phase::Over,
            () if self.full_until.is_some_and(|full| full <= now) => Phase::CardOnly,
            () => Phase::Full,
        }
    }
}

/// Why a user gets no temporary access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLent {
    /// There was one, and no permanent device has been active since.
    #[error("no permanent device has been active since the last temporary access")]
    InARow,
    /// One is under way.
    #[error("a temporary access is under way")]
    UnderWay,
}

/// Whether a user may get one: `last` is when the last one was granted, `permanent` when a permanent device became active
/// last, and `open` whether a case for one waits.
pub fn may_have(last: Option<Timestamp>, permanent: Option<Timestamp>, open: bool) -> Result<(), NotLent> {
    match last {
        _ if open => Err(NotLent::UnderWay),
        Some(last) if permanent.is_none_or(|active| active <= last) => Err(NotLent::InARow),
        _ => Ok(()),
    }
}

/// Draws a code, such as `K7QM-2XWP-A4TN`: upper case, without letters that look like digits.
pub fn draw(nonce: &Nonce) -> Secret<String> {
    let drawn = nonce.below(1 << (5 * LENGTH));
    let mut code = String::new();
    for place in 0..LENGTH {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let index = usize::try_from((drawn >> (5 * place)) & 31).unwrap_or(0);
        code.extend(ALPHABET.get(index).map(|octet| char::from(*octet)));
    }
    Secret::new(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    #[derive(Debug, Clone, Copy)]
    enum Happens {
        Grant,
        Activate,
        Wait(u32),
    }

    proptest! {
        /// Never a second one without a permanent device in between, whatever happens in whatever order.
        #[test]
        fn never_two_in_a_row(happens in proptest::collection::vec(prop_oneof![
            Just(Happens::Grant), Just(Happens::Activate), (0_u32..2_000_000).prop_map(Happens::Wait),
        ], 0..40)) {
            let (mut last, mut permanent, mut now, mut in_between) = (None, None, NOW, true);
            for one in happens {
                match one {
                    Happens::Grant => {
                        if may_have(last, permanent, false).is_ok() {
                            prop_assert!(in_between, "two in a row");
                            in_between = false;
                            last = Some(now);
                        }
                        prop_assert_eq!(may_have(last, permanent, true), Err(NotLent::UnderWay));
                    }
                    Happens::Activate => {
                        now = now.plus(Duration::from_secs(1));
                        permanent = Some(now);
                        in_between = true;
                    }
                    Happens::Wait(seconds) => now = now.plus(Duration::from_secs(u64::from(seconds))),
                }
            }
        }

        #[test]
        fn a_phase_only_ever_gets_less(at in 0_u64..2_000_000, later in 0_u64..2_000_000) {
            let life = Life::of_code(&Terms::default(), NOW);
            let rank = |seconds| match life.phase(NOW.plus(Duration::from_secs(seconds))) {
                Phase::Full => 2,
                Phase::CardOnly => 1,
                Phase::Over => 0,
            };
            prop_assert!(rank(at + later) <= rank(at));
        }

        #[test]
        fn codes_are_of_the_alphabet(octets in any::<[u8; 32]>()) {
            let code = draw(&Nonce::new(octets));
            let text = code.expose();
            prop_assert_eq!(text.len(), 14);
            let fits = |(at, b): (usize, u8)| if at % 5 == 4 { b == b'-' } else { ALPHABET.contains(&b) };
            prop_assert!(text.bytes().enumerate().all(fits));
        }
    }

    #[test]
    fn two_days_then_ten_then_nothing() {
        let life = Life::of_code(&Terms::default(), NOW);
        let at = |seconds| life.phase(NOW.plus(Duration::from_secs(seconds)));
        assert_eq!(at(0), Phase::Full);
        assert_eq!(at(2 * DAY - 1), Phase::Full);
        assert_eq!(at(2 * DAY), Phase::CardOnly);
        assert_eq!(at(12 * DAY - 1), Phase::CardOnly);
        assert_eq!(at(12 * DAY), Phase::Over);
        let card = Life::of_card(&Terms::default(), NOW);
        assert_eq!(card.phase(NOW.plus(Duration::from_secs(21 * DAY - 1))), Phase::Full);
        assert_eq!(card.phase(NOW.plus(Duration::from_secs(21 * DAY))), Phase::Over);
    }
}
