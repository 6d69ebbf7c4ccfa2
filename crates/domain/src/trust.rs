//! Trust in where a login comes from: earned slowly, and told when it begins.
//!
//! A browser or program that a login made known (a *mark*) may have been the thief's: a page that stands between the owner
//! and us gets one too. So its owner hears of it, and it spares the owner the number on the phone only after a while.

use crate::{Policy, Timestamp};

/// A known browser or program, as far as trust goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The login that made it known.
    pub first_login: Timestamp,
    /// The latest login from it.
    pub last_login: Timestamp,
}

impl Known {
    /// Whether it has earned that no number is asked for: by a second login, and by time.
    fn has_earned_trust(self, policy: &Policy, now: Timestamp) -> bool {
        self.last_login > self.first_login && now >= self.first_login.plus(policy.trusted_after)
    }
}

/// Where a login comes from, as the user is known there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whence {
    /// The mark of its browser or program; none for a stranger's.
    pub known: Option<Known>,
    /// Whether the user was seen in this network lately.
    pub network: bool,
    /// Whether the user was seen with this client lately.
    pub client: bool,
}

impl Whence {
    /// Whether the user must type the number from the login screen on the phone.
    pub fn is_unfamiliar(self, policy: &Policy, now: Timestamp) -> bool {
        let trusted = self.known.is_some_and(|known| known.has_earned_trust(policy, now));
        !(trusted && self.network && self.client)
    }
}

/// What about a login is new to its owner, who is told so. One message, whatever else is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The browser or program was not known.
    Program,
    /// It was known, and its network was not.
    Network,
}

/// What a login that succeeded brings that its owner should hear of.
pub fn news(known: bool, network: bool) -> Option<News> {
    match (known, network) {
        (false, _) => Some(News::Program),
        (true, false) => Some(News::Network),
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    const START: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    #[test]
    fn only_a_login_from_what_and_where_is_known_is_not_told() {
        assert_eq!(news(false, true), Some(News::Program));
        assert_eq!(news(false, false), Some(News::Program), "one message");
        assert_eq!(news(true, false), Some(News::Network));
        assert_eq!(news(true, true), None);
    }

    proptest! {
        /// The number is spared after two logins and a day, in a network and with a client that are known, and never else;
        /// and what spared it once goes on to spare it.
        #[test]
        fn trust_takes_two_logins_and_a_day(
            logins in prop::collection::vec(0_u64..200_000, 0..6), network: bool, client: bool, later in 0_u64..200_000,
        ) {
            let policy = Policy::default();
            let mut moments: Vec<_> = logins.iter().scan(0, |at, gap| { *at += gap + 1; Some(*at) }).collect();
            moments.dedup();
            let at = |seconds: u64| START.plus(Duration::from_secs(seconds));
            let known = moments.first().zip(moments.last());
            let known = known.map(|(first, last)| Known { first_login: at(*first), last_login: at(*last) });
            let now = moments.last().copied().unwrap_or_default() + later;
            let whence = Whence { known, network, client };
            let model = moments.len() >= 2 && now - moments[0] >= 24 * 3600 && network && client;
            prop_assert_eq!(whence.is_unfamiliar(&policy, at(now)), !model);
            if model {
                prop_assert!(!whence.is_unfamiliar(&policy, at(now + later)));
            }
        }
    }
}
