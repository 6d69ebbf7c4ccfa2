//! Who may wait for a hashing place, and who is next: a pure rule.
//!
//! Places and room are scarce, and a stranger can have as many addresses as he likes. So nobody is given a fixed
//! number: a network (and an address in it, half as much) may have as many inside as there is room left. One network
//! that floods gets half of the room and leaves the other half; several leave less, but the last of the room goes only
//! to a network that has nobody inside. A quarter of the room is kept for browsers and programs that are known.

use std::{collections::VecDeque, net::IpAddr};

/// Who asks, as far as sharing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The network address.
    pub address: IpAddr,
    /// Whether it shows that it was here before: a mark of the user it names, or a client's own secret.
    pub known: bool,
}

impl Caller {
    /// What one customer of a network has for himself: an IPv4 address, or a /64 of IPv6.
    fn own(self) -> u64 {
        self.leading(32, 64)
    }

    /// What a network has for all its customers: a /24 of IPv4, a /48 of IPv6.
    fn network(self) -> u64 {
        self.leading(24, 48)
    }

    /// The leading bits. A marker above those of IPv4 keeps them apart from IPv6, where no address begins so: `::/16`
    /// is routed nowhere.
    fn leading(self, of_v4: u32, of_v6: u32) -> u64 {
        match self.address.to_canonical() {
            IpAddr::V4(v4) => (1 << 32) | u64::from(v4.to_bits() >> (32 - of_v4) << (32 - of_v4)),
            IpAddr::V6(v6) => u64::try_from(v6.to_bits() >> (128 - of_v6)).unwrap_or_default() << (64 - of_v6),
        }
    }
}

/// Names one who is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// How many known ones go first before a stranger who waits has a turn.
const KNOWN_IN_A_ROW: usize = 3;

/// Everybody inside: some have a place, the others wait.
#[derive(Debug)]
pub(super) struct Line<T> {
    places: usize,
    room: usize,
    tickets: u64,
    served: Vec<(Ticket, Caller)>,
    waiting: VecDeque<(Ticket, Caller, T)>,
    known_in_a_row: usize,
}

impl<T> Line<T> {
    /// With so many places, and room for so many inside, places included.
    pub(super) fn new(places: usize, room: usize) -> Self {
        Self { places, room, tickets: 0, served: Vec::new(), waiting: VecDeque::new(), known_in_a_row: 0 }
    }

    /// Lets one in to wait, with what is to be done; none where there is no room for this caller.
    pub(super) fn enter(&mut self, caller: Caller, what: T) -> Option<Ticket> {
        if !self.admits(caller) {
            return None;
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.waiting.push_back((ticket, caller, what));
        Some(ticket)
    }

    /// Whose turn it is: known ones first, but strangers are not kept waiting for ever.
    pub(super) fn next(&mut self) -> Option<(Ticket, T)> {
        let first = |known: bool| self.waiting.iter().position(|(_, caller, _)| caller.known == known);
        let at = match (first(true), first(false)) {
            (Some(_), Some(stranger)) if self.known_in_a_row >= KNOWN_IN_A_ROW => stranger,
            (Some(known), _) => known,
            (None, stranger) => stranger?,
        };
        let (ticket, caller, what) = self.waiting.remove(at)?;
        self.known_in_a_row = if caller.known { self.known_in_a_row + 1 } else { 0 };
        self.served.push((ticket, caller));
        Some((ticket, what))
    }

    /// One who waited has gone away. Whoever has a place already keeps it until it is [`Self::done`].
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.waiting.retain(|(waiting, ..)| *waiting != ticket);
    }

    /// One who was served gives the place back.
    pub(super) fn done(&mut self, ticket: Ticket) {
        self.served.retain(|(served, _)| *served != ticket);
    }

    fn admits(&self, caller: Caller) -> bool {
        let inside = self.inside().count();
        // With a place to spare there is nothing to share out.
        if inside < self.places.min(self.room) {
            return true;
        }
        let left = self.left(caller.known);
        let alike = || self.inside().filter(|other| other.known == caller.known);
        let of_network = alike().filter(|other| other.network() == caller.network()).count();
        let of_address = alike().filter(|other| other.own() == caller.own()).count();
        of_network < left && of_address * 2 < left
    }

    /// The room that is left for known ones, or for strangers.
    fn left(&self, known: bool) -> usize {
        let left = self.room.saturating_sub(self.inside().count());
        if known {
            return left;
        }
        let strangers = self.inside().filter(|other| !other.known).count();
        left.min((self.room - self.room / 4).saturating_sub(strangers))
    }

    fn inside(&self) -> impl Iterator<Item = Caller> {
        let waiting = self.waiting.iter().map(|(_, caller, _)| *caller);
        self.served.iter().map(|(_, caller)| *caller).chain(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn caller(address: &str, known: bool) -> Caller {
        Caller { address: address.parse().unwrap(), known }
    }

    fn fill(line: &mut Line<()>, addresses: impl Iterator<Item = String>) -> usize {
        addresses.filter(|address| line.enter(caller(address, false), ()).is_some()).count()
    }

    #[test]
    fn networks_are_told_apart_by_24_and_48_bits() {
        let same = |a: &str, b: &str| caller(a, false).network() == caller(b, false).network();
        assert!(same("203.0.113.1", "203.0.113.254") && !same("203.0.113.1", "203.0.112.1"));
        assert!(same("2001:db8:1:1::1", "2001:db8:1:2::1") && !same("2001:db8:1::1", "2001:db8:2::1"));
        assert!(same("203.0.113.1", "::ffff:203.0.113.9"), "mapped addresses are IPv4");
        let own = |a: &str, b: &str| caller(a, false).own() == caller(b, false).own();
        assert!(!own("203.0.113.1", "203.0.113.2") && !own("2001:db8:1:1::1", "2001:db8:1:2::1"));
        assert!(own("2001:db8:1:1::1", "2001:db8:1:1::2") && !own("0.0.0.0", "::"));
    }

    /// A flood from every /64 of one /48: half of the strangers' room stays for others, and a quarter for the known.
    #[test]
    fn a_network_that_floods_leaves_room_for_others() {
        let mut line = Line::new(2, 66);
        let flood = (0..400).map(|n| format!("2001:db8:1:{n:x}::1"));
        assert_eq!(fill(&mut line, flood), 25);
        assert!(line.enter(caller("198.51.100.7", false), ()).is_some());
        let address = (0..400).map(|_| "192.0.2.1".to_owned());
        assert_eq!(fill(&mut line, address), 8, "an address has half of what a network has");
        let many = (0..250).map(|n| format!("10.{n}.0.1"));
        fill(&mut line, many);
        assert!(line.enter(caller("198.51.101.7", false), ()).is_none(), "as many networks as room: strangers wait");
        assert!(line.enter(caller("198.51.101.7", true), ()).is_some(), "not who is known");
    }

    #[test]
    fn known_ones_go_first_and_strangers_are_not_kept_waiting_for_ever() {
        let mut line = Line::new(1, 40);
        for (n, known) in [false, false, true, true, true, true, true].into_iter().enumerate() {
            assert!(line.enter(caller(&format!("10.0.{n}.1"), known), n).is_some());
        }
        let turns: Vec<_> = std::iter::from_fn(|| line.next()).map(|(_, n)| n).collect();
        assert_eq!(turns, [2, 3, 4, 0, 5, 6, 1]);
    }

    #[test]
    fn who_has_gone_away_takes_no_room() {
        let mut line = Line::new(1, 2);
        let first = line.enter(caller("10.0.0.1", false), ()).unwrap();
        assert_eq!(line.next().map(|(ticket, ())| ticket), Some(first));
        let second = line.enter(caller("10.1.0.1", false), ()).unwrap();
        assert!(line.enter(caller("10.2.0.1", true), ()).is_none());
        line.leave(second);
        line.leave(first);
        assert!(line.next().is_none(), "the one who waited is gone, the one who is served keeps the place");
        assert!(line.enter(caller("10.2.0.1", true), ()).is_some());
        line.done(first);
    }

    proptest! {
        /// Whatever comes and goes: never more inside than there is room for; a place to spare refuses nobody while there
        /// is room; strangers leave a quarter to the known; the last of the room goes to a network that has nobody
        /// inside; and everybody who got in is served.
        #[test]
        fn the_room_is_shared(
            places in 1_usize..5,
            more in 0_usize..40,
            acts in prop::collection::vec((0_u8..4, 0_u8..6, 0_u8..4, any::<bool>()), 1..300),
        ) {
            let room = places + more;
            let mut line = Line::new(places, room);
            let (mut entered, mut turns, mut served) = (0, 0, Vec::new());
            for (act, network, host, known) in acts {
                if act == 0 && served.len() == places {
                    line.done(served.remove(0));
                } else if act == 1 && served.len() < places {
                    if let Some((ticket, ())) = line.next() {
                        served.push(ticket);
                        turns += 1;
                    }
                } else {
                    let caller = caller(&format!("10.{network}.0.{host}"), known);
                    let (inside, left) = (line.inside().count(), line.left(known));
                    let alike = line.inside().filter(|o| o.known == known && o.network() == caller.network()).count();
                    let taken = line.enter(caller, ()).is_some();
                    entered += usize::from(taken);
                    prop_assert!(inside >= places || taken, "a place to spare refuses nobody");
                    if taken && inside >= places {
                        prop_assert!(left > 0);
                        prop_assert!(left > 1 || alike == 0, "the last of the room goes to who has nobody inside");
                    }
                    prop_assert!(taken || left == 0 || alike > 0, "who has nobody inside is let in while there is room");
                }
                let strangers = line.inside().filter(|other| !other.known).count();
                prop_assert!(line.inside().count() <= room);
                prop_assert!(strangers <= places.max(room - room / 4));
            }
            while line.next().is_some() {
                turns += 1;
            }
            prop_assert_eq!(turns, entered);
        }
    }
}
