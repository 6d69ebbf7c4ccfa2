//! How many messages strangers may cause: what needs no device of the user is sent so often a day, then one message says
//! that more waits, and then nothing more. What a success, the owner, a device or the desk causes is always told.

use std::time::Duration;

/// What counts as a day.
pub const DAY: Duration = Duration::from_secs(86_400);

/// What becomes of a message that strangers may cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// It is sent.
    Send,
    /// Another one is sent in its place, which says that more waits.
    MoreWaits,
    /// Nothing is sent.
    Hold,
}

impl Room {
    /// After so many of the kind in the last day, of the most that may be.
    pub fn after(sent: usize, most: u32) -> Self {
        match sent.cmp(&usize::try_from(most).unwrap_or(usize::MAX)) {
            std::cmp::Ordering::Less => Self::Send,
            std::cmp::Ordering::Equal => Self::MoreWaits,
            std::cmp::Ordering::Greater => Self::Hold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whenever messages are wished for, no day sees more than the most and the one that says so, and whoever was held
        /// back was told so before.
        #[test]
        fn no_day_sees_more(most in 1_u32..8, gaps in prop::collection::vec(0_u64..40_000, 1..60)) {
            let (mut sent, mut now) = (Vec::<(u64, Room)>::new(), 0);
            for gap in gaps {
                now += gap;
                let today = |at: u64| at + DAY.as_secs() > now;
                let recent: Vec<_> = sent.iter().copied().filter(|(at, _)| today(*at)).collect();
                match Room::after(recent.len(), most) {
                    Room::Hold => prop_assert!(recent.iter().any(|(_, room)| *room == Room::MoreWaits)),
                    room => sent.push((now, room)),
                }
                let recent = sent.iter().filter(|(at, _)| today(*at)).count();
                prop_assert!(recent <= usize::try_from(most).unwrap() + 1);
            }
        }
    }
}
