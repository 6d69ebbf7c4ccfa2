//! Somebody has the password, the unlocked phone and its PIN. Whatever they do, in whatever order, nothing leaves before
//! the transfer lock's wait has passed; and the owner, with any one device, always wins.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping"
)]

use domain::{
    Timestamp,
    device::catalogue::{Catalogue, Limit, Limits},
    id::DeviceId,
    money::{
        calendar::Calendar,
        lock::{Lock, TransferLock},
        own::{Change, OwnLimits},
        permit::{By, Case, Holding, Loosening, Verdict, loosen, permit},
        rate::COUNTED_IN,
        two_devices::TwoAbove,
    },
};
use jiff::tz::TimeZone;
use operation::Money;
use proptest::prelude::*;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// What can be done with a session and one device.
#[derive(Debug, Clone, Copy)]
enum Act {
    Close { hours: u64, cards: bool },
    AskToOpen,
    Limit { of: usize, dollars: Option<i64>, hours: u64 },
    KeepLimit { of: usize },
    Two { dollars: Option<i64>, hours: u64 },
    KeepTwo,
    ReportLost { of: usize },
    Withdraw { dollars: i64 },
}

fn act() -> impl Strategy<Value = Act> {
    let dollars = || prop::option::of(0..300_000_i64);
    prop_oneof![
        1 => (0..200_u64, any::<bool>()).prop_map(|(hours, cards)| Act::Close { hours, cards }),
        3 => Just(Act::AskToOpen),
        1 => (0..2_usize, dollars(), 0..200_u64).prop_map(|(of, dollars, hours)| Act::Limit { of, dollars, hours }),
        1 => (0..2_usize).prop_map(|of| Act::KeepLimit { of }),
        1 => (dollars(), 0..200_u64).prop_map(|(dollars, hours)| Act::Two { dollars, hours }),
        1 => Just(Act::KeepTwo),
        1 => (0..2_usize).prop_map(|of| Act::ReportLost { of }),
        3 => (1..250_000_i64).prop_map(|dollars| Act::Withdraw { dollars }),
    ]
}

/// What a user has: two devices, the first the phone, and what was wished of them.
struct World {
    catalogue: Catalogue,
    calendar: Calendar,
    classes: [&'static str; 2],
    active: [bool; 2],
    own: [OwnLimits; 2],
    lock: TransferLock,
    two: TwoAbove,
    now: Timestamp,
}

fn dollars(whole: i64) -> Money {
    Money::from_minor(whole * 100, COUNTED_IN)
}

impl World {
    fn new(other: &'static str) -> Self {
        let start: jiff::Timestamp = "2026-03-02T15:00:00Z".parse().unwrap();
        Self {
            catalogue: Catalogue::default(),
            calendar: Calendar::new(TimeZone::get("America/New_York").unwrap()),
            classes: ["phone", other],
            active: [true; 2],
            own: [OwnLimits::NONE; 2],
            lock: TransferLock::Closed(Lock { wait: 12 * HOUR, cards: false }),
            two: TwoAbove { now: Some(dollars(1_000)), rise: None },
            now: Timestamp::from_micros(start.as_microsecond()),
        }
    }

    fn holding(&self, n: usize) -> Holding<'_> {
        let id = DeviceId::from([u8::try_from(n).unwrap(); 16]);
        Holding { id, class: self.catalogue.class(self.classes[n]).unwrap(), own: self.own[n], recovered: None }
    }

    fn holdings(&self) -> Vec<Holding<'_>> {
        (0..2).filter(|n| self.active[*n]).map(|n| self.holding(n)).collect()
    }

    /// Whether a device confirms what loosens.
    fn confirms(&self, with: usize, wish: Loosening) -> bool {
        let id = self.holding(with).id;
        let judged = loosen(wish, &self.holdings(), self.now);
        judged.iter().any(|one| one.id == id && one.verdict == Verdict::Free)
    }

    /// What leaves by an act with a session and one device.
    fn act(&mut self, with: usize, act: Act) -> Option<Money> {
        let now = self.now;
        match act {
            Act::Close { hours, cards } => {
                let wish = Lock { wait: HOUR * u32::try_from(hours).unwrap(), cards };
                self.lock = self.lock.close(wish, now).unwrap_or(self.lock);
            }
            Act::AskToOpen => {
                let strongest = self.active[with] && self.confirms(with, Loosening::Transfers);
                self.lock = self.lock.open(strongest, now).unwrap_or(self.lock);
            }
            Act::Limit { of, dollars: wanted, hours } => {
                let limit = wanted.map_or(Limit::Unlimited, |wanted| Limit::UpTo(dollars(wanted)));
                let wanted = Limits { per_day: limit, per_five_days: limit };
                let class = self.holding(of).class.limits;
                // Without a device that may confirm it, only what is lower is done.
                let confirmed = self.active[with] && self.confirms(with, Loosening::Own(wanted.lower(class)));
                let by = self.holding(with).limits_at(now);
                let change = Change { wanted, class, by, now, wait: HOUR * u32::try_from(hours).unwrap() };
                if confirmed || self.own[of].only_lowered_by(wanted, now) {
                    self.own[of] = self.own[of].change(&change).unwrap_or(self.own[of]);
                }
            }
            Act::KeepLimit { of } => self.own[of] = self.own[of].kept(now),
            Act::Two { dollars: above, hours } => {
                let strongest = self.active[with] && self.confirms(with, Loosening::Transfers);
                let wait = HOUR * u32::try_from(hours).unwrap();
                self.two = self.two.raise(above.map(dollars), strongest, now, wait).unwrap_or(self.two);
            }
            Act::KeepTwo => self.two = self.two.kept(now),
            // A device that is reported lost comes back by the desk alone.
            Act::ReportLost { of } => self.active[of] = false,
            Act::Withdraw { dollars: amount } => return self.withdraw(with, dollars(amount)),
        }
        None
    }

    fn withdraw(&self, with: usize, amount: Money) -> Option<Money> {
        let two_above = self.two.at(self.now);
        let (calendar, lock) = (&self.calendar, self.lock);
        let case = Case { amount, by: By::Withdrawal, entries: &[], calendar, lock, two_above, now: self.now };
        let decision = permit(&case, &self.holdings()).unwrap();
        let judged = decision.of(self.holding(with).id)?;
        (judged.verdict == Verdict::Free).then_some(amount)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nobody comes: the thief's acts are minutes apart, and the lock was closed at the start.
    #[test]
    fn nothing_leaves_before_the_wait_ends(
        acts in prop::collection::vec((0..3_u32, act()), 10_000),
        other in prop::sample::select(&["dsc-plus", "security-code-card", "temporary-code"][..]),
    ) {
        let mut world = World::new(other);
        let (mut asked, mut closed) = (None, world.now);
        for (minutes, act) in acts {
            world.now = world.now.plus(MINUTE * minutes);
            let before = world.lock.at(world.now);
            let left = world.act(0, act);
            match (before, world.lock.at(world.now)) {
                (TransferLock::Closed(_), TransferLock::Opening { .. }) => asked = Some(world.now),
                (TransferLock::Open | TransferLock::Opening { .. }, TransferLock::Closed(_)) => {
                    (asked, closed) = (None, world.now);
                }
                _ => {}
            }
            if left.is_some() {
                let asked = asked.expect("it was never asked to open");
                prop_assert!(world.now >= asked.plus(12 * HOUR) && asked >= closed, "{left:?} left too soon");
                prop_assert_ne!(world.classes[1], "dsc-plus", "while the card was active, the phone was not the strongest");
            }
            if world.classes[1] == "dsc-plus" && !world.active[1] {
                // The card was reported lost: from here on the phone is all there is, and the wait alone holds.
                world.classes[1] = "temporary-code";
            }
        }
    }

    /// The owner looks twice a day, with whatever device is at hand, and keeps the lock closed: nothing ever leaves.
    #[test]
    fn the_owner_with_any_one_device_wins(
        acts in prop::collection::vec((0..3_u32, act()), 10_000),
        other in prop::sample::select(&["dsc-plus", "security-code-card", "temporary-code"][..]),
    ) {
        let mut world = World::new(other);
        let mut looked = world.now;
        for (minutes, act) in acts {
            world.now = world.now.plus(MINUTE * minutes);
            // The wait may be longer than twelve hours, and never shorter.
            if world.now >= looked.plus(12 * HOUR - 5 * MINUTE) {
                looked = world.now;
                world.act(1, Act::Close { hours: 12, cards: false });
                prop_assert!(matches!(world.lock, TransferLock::Closed(_)));
            }
            prop_assert_eq!(world.act(0, act), None);
        }
    }

    /// The sum above which two devices are needed, and limits that were set low, hold for a day against one device, also
    /// while the lock is open.
    #[test]
    fn a_day_passes_before_one_device_may_do_more(acts in prop::collection::vec(act(), 200)) {
        let mut world = World::new("security-code-card");
        world.lock = TransferLock::Open;
        let start = world.now;
        for act in acts {
            world.now = world.now.plus(7 * MINUTE);
            let left = world.act(0, act);
            prop_assert!(world.now < start.plus(DAY));
            prop_assert!(left.is_none_or(|left| left.minor() <= dollars(1_000).minor()), "{left:?}");
        }
    }
}
