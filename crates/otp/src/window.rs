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

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use core::cell::Cell;

    use super::*;

    #[test]
    fn windows_keep_their_size_at_both_ends() {
        assert_eq!(ahead(5, 2).collect::<Vec<_>>(), [5, 6, 7]);
        assert_eq!(ahead(u64::MAX - 1, 3).collect::<Vec<_>>(), [u64::MAX - 1, u64::MAX, u64::MAX, u64::MAX]);
        assert_eq!(around(5, 2, 1).collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(around(1, 3, 1).collect::<Vec<_>>(), [0, 0, 0, 1, 2]);
        assert_eq!(around(u64::MAX, 1, 2).collect::<Vec<_>>(), [u64::MAX - 1, u64::MAX, u64::MAX, u64::MAX]);
    }

    #[test]
    fn every_value_is_tried_wherever_the_match_is() {
        let tries = |wanted: &[u64]| {
            let tried = Cell::new(0);
            let found = first(ahead(10, 20), |value| {
                tried.set(tried.get() + 1);
                Choice::from(u8::from(wanted.contains(&value)))
            });
            (found, tried.get())
        };
        assert_eq!(tries(&[]), (None, 21));
        assert_eq!(tries(&[10]), (Some(10), 21));
        assert_eq!(tries(&[30]), (Some(30), 21));
        assert_eq!(tries(&[9, 31]), (None, 21));
        assert_eq!(tries(&[12, 17, 30]), (Some(12), 21));
    }
}
