//! Where a lane's deliveries go to, so that nobody holds more of the lane than a share: a server of others that takes
//! everything and says nothing would else delay what the others are to be told.

use reqwest::Url;
use std::{collections::HashMap, time::Duration};
use store::delivery::Kind;

/// Who takes longer than this for an answer gets one at a time until an answer comes sooner.
const SLOW: Duration = Duration::from_secs(2);

/// Deliveries of a kind that a node makes at once.
pub fn at_once(kind: Kind) -> usize {
    match kind {
        Kind::Logout | Kind::Ping | Kind::Push | Kind::Webhook => 64,
        Kind::Mail | Kind::Sms => 32,
    }
}

/// How much of a lane one destination may hold.
fn share(kind: Kind) -> usize {
    match kind {
        Kind::Logout | Kind::Ping | Kind::Webhook => at_once(kind) / 4,
        // Most phones are woken by one of three push services.
        Kind::Push => at_once(kind) / 2,
        // There is one gateway for all.
        Kind::Mail | Kind::Sms => at_once(kind),
    }
}

/// A destination: scheme, host and port. What has no address goes where everything of its kind goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination(String);

impl Destination {
    /// That of an address.
    pub fn of(url: &str) -> Self {
        Self(Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.origin().ascii_serialization()))
    }
}

/// The destinations of a lane that something is under way to, or that were slow.
#[derive(Debug)]
pub struct Destinations {
    kind: Kind,
    known: HashMap<Destination, Known>,
}

#[derive(Debug, Default)]
struct Known {
    under_way: usize,
    slow: bool,
}

impl Destinations {
    /// None yet.
    pub fn new(kind: Kind) -> Self {
        Self { kind, known: HashMap::new() }
    }

    /// The most that one of them may hold.
    pub fn share(&self) -> usize {
        share(self.kind)
    }

    /// Takes a place of a destination's share. False when it has none left.
    pub fn enter(&mut self, to: &Destination) -> bool {
        let share = self.share();
        let known = self.known.entry(to.clone()).or_default();
        // Behind one gateway all wait for the same; there is nobody to be kept apart.
        let alone = known.slow && share < at_once(self.kind);
        let room = known.under_way < if alone { 1 } else { share };
        known.under_way += usize::from(room);
        room
    }

    /// Gives it back, after a delivery that took so long.
    pub fn leave(&mut self, to: &Destination, took: Duration) {
        let Some(known) = self.known.get_mut(to) else { return };
        known.under_way = known.under_way.saturating_sub(1);
        known.slow = took > SLOW;
        if known.under_way == 0 && !known.slow {
            self.known.remove(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_secs(5);

    fn entered(all: &mut Destinations, to: &Destination) -> usize {
        (0..1000).take_while(|_| all.enter(to)).count()
    }

    #[test]
    fn who_is_slow_gets_one_at_a_time_until_an_answer_comes_soon() {
        let (silent, other) = (Destination::of("https://a.example/x"), Destination::of("https://b.example/x"));
        let mut all = Destinations::new(Kind::Logout);
        assert_eq!((entered(&mut all, &silent), entered(&mut all, &other)), (16, 16));
        (0..16).for_each(|_| all.leave(&silent, LATE));
        assert_eq!(entered(&mut all, &silent), 1, "a try");
        all.leave(&silent, LATE);
        assert_eq!(entered(&mut all, &silent), 1, "another");
        all.leave(&silent, SOON);
        assert_eq!(entered(&mut all, &silent), 16);
        assert_eq!(entered(&mut all, &other), 0, "which holds its share still");
    }

    #[test]
    fn a_destination_is_an_origin() {
        let of = Destination::of;
        assert_eq!(of("https://a.example/x?y"), of("HTTPS://A.example:443/z"));
        assert_ne!(of("https://a.example/"), of("https://a.example:8443/"));
        assert_ne!(of("https://a.example/"), of("http://a.example/"));
        assert_eq!(of(""), of(""));
    }

    #[test]
    fn a_gateway_is_everybodys_and_may_take_its_time() {
        let mut all = Destinations::new(Kind::Mail);
        let gateway = Destination::of("");
        assert_eq!(entered(&mut all, &gateway), 32);
        (0..32).for_each(|_| all.leave(&gateway, LATE));
        assert_eq!(entered(&mut all, &gateway), 32);
    }

    proptest! {
        /// Whatever comes and goes, nobody holds more than a share, and a lane that is left remembers the slow only.
        #[test]
        fn nobody_holds_more_than_a_share(acts in proptest::collection::vec((0u8..4, any::<bool>(), any::<bool>()), 0..300)) {
            let mut all = Destinations::new(Kind::Ping);
            let mut held = Vec::new();
            for (to, leaves, late) in acts {
                if leaves {
                    if let Some(to) = held.pop() {
                        all.leave(&to, if late { LATE } else { SOON });
                    }
                } else {
                    let to = Destination::of(&format!("https://{to}.example/"));
                    if all.enter(&to) {
                        held.push(to);
                    }
                }
                for known in all.known.values() {
                    prop_assert!(known.under_way <= share(Kind::Ping));
                }
            }
            held.into_iter().for_each(|to| all.leave(&to, SOON));
            prop_assert!(all.known.values().all(|known| known.under_way == 0));
        }
    }
}
