//! A phone that comes back by a code to a contact point alone, with no other device: who may do so, what it costs for a day,
//! and who may undo it.

use super::DeviceState;
use crate::{Timestamp, id::DeviceId};
use operation::Money;
use std::time::Duration;

/// How long such a phone is in doubt: a number can be taken over, and its owner must have time to notice.
pub const IN_DOUBT_FOR: Duration = Duration::from_secs(86_400);

/// What the user said about this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Never.
    Never,
    /// It may be used.
    Allowed,
}

/// What decides whether a code alone brings a phone back.
#[derive(Debug, Clone, Copy)]
pub struct CodeFacts {
    /// Whether a permanent device of the user was ever active: else it is no coming back.
    pub had_device: bool,
    /// What the user said; none where the institution's rule holds.
    pub choice: Option<Choice>,
    /// What the user's most valuable account is worth, in the currency of `never_from`.
    pub equity: Option<Money>,
    /// From which equity on it is never so, unless the user said otherwise; none where it always may be.
    pub never_from: Option<Money>,
}

/// How a code alone may bring a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByCode {
    /// The first one: there was nothing that somebody could take over.
    First,
    /// Back, with doubt.
    Again,
    /// Not at all.
    Never,
}

/// Whether a code alone may bring a phone.
pub fn by_code(facts: &CodeFacts) -> ByCode {
    let rich = match (facts.never_from, facts.equity) {
        (Some(from), Some(equity)) => from.at_most(equity) == Ok(true),
        (None, _) | (_, None) => false,
    };
    match facts.choice {
        _ if !facts.had_device => ByCode::First,
        Some(Choice::Never) => ByCode::Never,
        None if rich => ByCode::Never,
        Some(Choice::Allowed) | None => ByCode::Again,
    }
}

impl ByCode {
    /// Until when a phone that becomes active now is in doubt.
    pub fn in_doubt_until(self, now: Timestamp) -> Option<Timestamp> {
        (self == Self::Again).then(|| now.plus(IN_DOUBT_FOR))
    }
}

/// What proved that a phone is its user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A code alone, or a login by one.
    Code(ByCode),
    /// A device, and until when that is in doubt itself.
    Device(Option<Timestamp>),
    /// A login with a device that is beyond doubt.
    Login,
}

/// Until when a phone that becomes active now is in doubt. What is in doubt vouches for nothing that is not.
pub fn doubt(ground: Ground, now: Timestamp) -> Option<Timestamp> {
    match ground {
        Ground::Code(by_code) => by_code.in_doubt_until(now),
        Ground::Device(until) => until.filter(|until| now < *until),
        Ground::Login => None,
    }
}

/// A device, as far as a veto may concern it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: DeviceId,
    /// Where it is in its life.
    pub state: DeviceState,
    /// Until when it is in doubt, since it came back by a code alone.
    pub in_doubt_until: Option<Timestamp>,
}

impl Standing {
    /// Whether it is in doubt now.
    pub fn is_in_doubt(&self, now: Timestamp) -> bool {
        self.in_doubt_until.is_some_and(|until| now < until)
    }

    /// What took its place.
    fn next(&self) -> Option<DeviceId> {
        match self.state {
            DeviceState::Replaced { by } | DeviceState::Migrated { to: by } => Some(by),
            _ => None,
        }
    }

    /// What took its place in the end: one that is in doubt may have handed on what was not its own.
    pub fn successor<'a>(&self, all: &'a [Self], now: Timestamp) -> Option<&'a Self> {
        let mut next = self.next()?;
        // As many steps as there are devices, should they ever go in a circle.
        for _ in all {
            let found = all.iter().find(|one| one.id == next)?;
            match found.next() {
                Some(further) if found.is_in_doubt(now) => next = further,
                _ => return Some(found),
            }
        }
        None
    }
}

/// Whether `by` may end `phone`, which came back by a code alone: any other active device that is beyond doubt, and the very
/// phone whose place it took, which may be in its owner's hand. `all`: every device that their user ever had.
pub fn may_veto(by: &Standing, phone: &Standing, all: &[Standing], now: Timestamp) -> bool {
    let holds = match by.state {
        DeviceState::Active => !by.is_in_doubt(now),
        _ => !by.is_in_doubt(now) && by.successor(all, now).is_some_and(|successor| successor.id == phone.id),
    };
    by.id != phone.id && holds && phone.state == DeviceState::Active && phone.is_in_doubt(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::rate::COUNTED_IN;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    fn dollars(whole: i64) -> Money {
        Money::from_minor(whole * 100, COUNTED_IN)
    }

    prop_compose! {
        fn choice()(n in 0..3) -> Option<Choice> {
            [None, Some(Choice::Never), Some(Choice::Allowed)][usize::try_from(n).unwrap()]
        }
    }

    fn standing() -> impl Strategy<Value = Standing> {
        let id = |n: u8| DeviceId::from([n; 16]);
        let state = prop_oneof![
            3 => Just(DeviceState::Active),
            1 => Just(DeviceState::Suspended),
            1 => Just(DeviceState::Lost),
            2 => (0_u8..3).prop_map(move |n| DeviceState::Replaced { by: id(n) }),
            1 => (0_u8..3).prop_map(move |n| DeviceState::Migrated { to: id(n) }),
        ];
        (0_u8..3, state, prop::option::of(-10_i64..10)).prop_map(move |(n, state, doubt)| Standing {
            id: id(n),
            state,
            in_doubt_until: doubt.map(|seconds| Timestamp::from_unix_seconds(NOW.unix_seconds() + seconds)),
        })
    }

    proptest! {
        /// As the settings page says it: my word goes before the institution's, and who never had a device loses none.
        #[test]
        fn the_users_word_goes_before_the_institutions(
            had_device in any::<bool>(), choice in choice(),
            equity in prop::option::of(0_i64..10), from in prop::option::of(0_i64..10),
        ) {
            let facts = CodeFacts {
                had_device, choice, equity: equity.map(dollars), never_from: from.map(dollars),
            };
            let found = by_code(&facts);
            prop_assert_eq!(found == ByCode::First, !had_device);
            if had_device {
                let never = choice.map_or(
                    equity.zip(from).is_some_and(|(equity, from)| equity >= from),
                    |choice| choice == Choice::Never,
                );
                prop_assert_eq!(found == ByCode::Never, never);
            }
            let doubt = found.in_doubt_until(NOW);
            prop_assert_eq!(doubt, (found == ByCode::Again).then(|| NOW.plus(IN_DOUBT_FOR)));
        }

        /// Nothing ends a phone that is beyond doubt, nothing that has ended ends one but the phone whose place it took, and
        /// none ends itself.
        #[test]
        fn only_what_was_there_before_ends_a_phone_in_doubt(by in standing(), phone in standing()) {
            let all = [by, phone];
            let may = may_veto(&by, &phone, &all, NOW);
            let doubted = phone.in_doubt_until.is_some_and(|until| until > NOW) && phone.state == DeviceState::Active;
            prop_assert!(!may || (doubted && by.id != phone.id));
            if doubted && by.id != phone.id {
                let sure = by.state == DeviceState::Active && by.in_doubt_until.is_none_or(|until| until <= NOW);
                let beyond = by.in_doubt_until.is_none_or(|until| until <= NOW);
                let replaced = [DeviceState::Replaced { by: phone.id }, DeviceState::Migrated { to: phone.id }];
                prop_assert_eq!(may, sure || (beyond && replaced.contains(&by.state)));
            }
        }

        /// Whoever came back by a code alone may hand on as often as they like: the last phone is in doubt as long as the
        /// first would be, and the phone that was there before ends it.
        #[test]
        fn no_handing_on_takes_doubt_away(hands in prop::collection::vec(0_u64..30_000, 0..8)) {
            let id = |n: usize| DeviceId::from([u8::try_from(n).unwrap(); 16]);
            let until = doubt(Ground::Code(ByCode::Again), NOW);
            let mut all = vec![
                Standing { id: id(0), state: DeviceState::Replaced { by: id(1) }, in_doubt_until: None },
                Standing { id: id(1), state: DeviceState::Active, in_doubt_until: until },
            ];
            let mut now = NOW;
            for seconds in hands {
                now = now.plus(Duration::from_secs(seconds));
                let (n, last) = (all.len(), all.last_mut().unwrap());
                last.state = DeviceState::Replaced { by: id(n) };
                let in_doubt_until = doubt(Ground::Device(last.in_doubt_until), now);
                all.push(Standing { id: id(n), state: DeviceState::Active, in_doubt_until });
            }
            let (owner, last) = (all[0], *all.last().unwrap());
            let doubted = until.is_some_and(|until| now < until);
            prop_assert_eq!(last.is_in_doubt(now), doubted);
            prop_assert_eq!(may_veto(&owner, &last, &all, now), doubted);
        }
    }
}
