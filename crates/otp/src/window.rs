//! Search of a window of counters or time steps, with the same work whatever is found.

use subtle::{Choice, ConditionallySelectable};

/// `from`, then `look_ahead` more. At the largest counter the last one repeats, which keeps the work the same.
pub(crate) fn ahead(from: u64, look_ahead: u32) -> impl Iterator<Item = u64> {
    (0..=u64::from(look_ahead)).map(move |by| from.saturating_add(by))
}

/// `back` steps before `step`, `step` itself and `ahead` after it; at either end of the range the last one repeats.
pub(crate) fn around(step: u64, back: u32, ahead: u32) -> impl Iterator<Item = u64> {
    let before = (1..=u64::from(back)).rev().map(move |by| step.saturating_sub(by));
    before.chain((0..=u64::from(ahead)).map(move |by| step.saturating_add(by)))
}

/// The first value that matches. Every value is tried, also after a match.
pub(crate) fn first(values: impl Iterator<Item = u64>, matches: impl Fn(u64) -> Choice) -> Option<u64> {
    let mut found = Choice::from(0);
    let mut first = 0;
    for value in values {
        let hit = matches(value);
        first.conditional_assign(&value, hit & !found);
        found |= hit;
    }
    bool::from(found).then_some(first)
}
