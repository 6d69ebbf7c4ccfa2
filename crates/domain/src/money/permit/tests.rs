use super::*;
use crate::{
    device::catalogue::{Catalogue, Limit},
    money::{lock::Lock, own::Rise},
};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use proptest::prelude::*;
use std::time::Duration;

const HOUR: u64 = 3_600;

fn calendar() -> Calendar {
    Calendar::new(TimeZone::get("America/New_York").unwrap())
}

fn dollars(whole: i64) -> Money {
    Money::from_minor(whole * 100, COUNTED_IN)
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

fn id(n: u8) -> DeviceId {
    DeviceId::from([n; 16])
}

fn case<'a>(calendar: &'a Calendar, entries: &'a [Counted], amount: Money, now: Timestamp) -> Case<'a> {
    let (lock, two_above) = (TransferLock::Open, None);
    Case { amount, by: By::Withdrawal, entries, calendar, lock, two_above, now }
}

fn holding(class: &Class, n: u8) -> Holding<'_> {
    Holding { id: id(n), class, own: OwnLimits::NONE, recovered: None }
}

/// A Thursday.
const THURSDAY: &str = "2026-09-03T15:00:00Z";

#[test]
fn the_missions_example() {
    let (calendar, catalogue) = (calendar(), Catalogue::default());
    let (phone, card) = (catalogue.class("phone").unwrap(), catalogue.class("dsc-plus").unwrap());
    let devices = [holding(phone, 1), holding(card, 2)];
    let asked = permit(&case(&calendar, &[], dollars(250_000), at(THURSDAY)), &devices).unwrap();
    assert_eq!(asked.permit(), Permit::Needs { devices: vec![id(2)], two: false });
    let phone = asked.of(id(1)).unwrap();
    assert_eq!(phone.verdict, Verdict::Closed(Opens::StrongerDevice));
    let reached = Reached { limit: "200000.00".to_owned(), used: "0.00".to_owned() };
    assert_eq!(phone.reasons, [Reason::ClassPerDay(reached)]);
    assert_eq!(asked.of(id(2)).unwrap().available, None);

    // Confirmed with the card, it leaves the phone nothing until the next business day.
    let entries = [Counted { business_day: "2026-09-03".parse().unwrap(), minor: 25_000_000 }];
    let next = permit(&case(&calendar, &entries, dollars(1), at(THURSDAY)), &devices).unwrap();
    let phone = next.of(id(1)).unwrap();
    assert_eq!(phone.verdict, Verdict::Waits(at("2026-09-04T04:00:00Z")));
    assert_eq!(phone.available.unwrap().to_string(), "0.00 USD");
}

#[test]
fn exactly_the_limit_and_a_cent_over() {
    let (calendar, catalogue) = (calendar(), Catalogue::default());
    let devices = [holding(catalogue.class("phone").unwrap(), 1)];
    let ask = |entries: &[Counted], amount| {
        permit(&case(&calendar, entries, amount, at(THURSDAY)), &devices).unwrap().permit()
    };
    assert_eq!(ask(&[], dollars(200_000)), Permit::Free);
    let over = Money::from_minor(20_000_001, COUNTED_IN);
    assert_eq!(ask(&[], over), Permit::Closed { opens: Opens::StrongerDevice });
    let used = [Counted { business_day: "2026-09-03".parse().unwrap(), minor: 19_999_999 }];
    assert_eq!(ask(&used, Money::from_minor(1, COUNTED_IN)), Permit::Free);
    let waits = Permit::Waits { until: at("2026-09-04T04:00:00Z") };
    assert_eq!(ask(&used, Money::from_minor(2, COUNTED_IN)), waits);
}

/// A card payment counts nowhere; a class may say how much one of them may be.
#[test]
fn a_class_caps_one_card_payment() {
    let calendar = calendar();
    let class = Catalogue::default().class("phone").unwrap().clone();
    let capped = Class { per_card_payment: Limit::usd(500), ..class.clone() };
    let devices = [holding(&capped, 1), holding(&class, 2)];
    let ask = |by, amount| {
        permit(&Case { by, ..case(&calendar, &[], amount, at(THURSDAY)) }, &devices).unwrap().of(id(1)).unwrap().clone()
    };
    assert_eq!(ask(By::Card, dollars(500)).verdict, Verdict::Free);
    let over = ask(By::Card, Money::from_minor(50_001, COUNTED_IN));
    assert_eq!(over.verdict, Verdict::Closed(Opens::StrongerDevice));
    assert_eq!(over.reasons, [Reason::ClassPerCardPayment { limit: dollars(500).into() }]);
    assert_eq!(ask(By::Withdrawal, dollars(501)).verdict, Verdict::Free, "another limit");
    let both = permit(&Case { by: By::Card, ..case(&calendar, &[], dollars(501), at(THURSDAY)) }, &devices).unwrap();
    assert_eq!(both.permit(), Permit::Needs { devices: vec![id(2)], two: false });
}

#[test]
fn a_weekend_counts_as_the_monday_after_it() {
    let (calendar, catalogue) = (calendar(), Catalogue::default());
    let devices = [holding(catalogue.class("phone").unwrap(), 1)];
    // Labor Day is Monday the 7th.
    let tuesday: Date = "2026-09-08".parse().unwrap();
    let used = [Counted { business_day: tuesday, minor: 20_000_000 }];
    for moment in ["2026-09-05T15:00:00Z", "2026-09-06T15:00:00Z", "2026-09-07T15:00:00Z", "2026-09-08T15:00:00Z"] {
        let asked = permit(&case(&calendar, &used, dollars(1), at(moment)), &devices).unwrap();
        assert_eq!(asked.permit(), Permit::Waits { until: at("2026-09-09T04:00:00Z") }, "{moment}");
    }
}

#[test]
fn the_lock_is_said_of_every_device_and_holds_cards_by_choice() {
    let (calendar, catalogue) = (calendar(), Catalogue::default());
    let devices = [holding(catalogue.class("dsc-plus").unwrap(), 1)];
    let lock = |cards| Lock { wait: Duration::from_secs(24 * HOUR), cards };
    let closed = Case { lock: TransferLock::Closed(lock(false)), ..case(&calendar, &[], dollars(1), at(THURSDAY)) };
    let asked = permit(&closed, &devices).unwrap();
    assert_eq!(asked.permit(), Permit::Closed { opens: Opens::TransferLock });
    assert_eq!(asked.of(id(1)).unwrap().available, Some(dollars(0)));
    let card = Case { by: By::Card, ..closed };
    assert_eq!(permit(&card, &devices).unwrap().permit(), Permit::Free);
    let held = Case { lock: TransferLock::Closed(lock(true)), ..card };
    assert_eq!(permit(&held, &devices).unwrap().permit(), Permit::Closed { opens: Opens::TransferLock });
    let until = at("2026-09-04T15:00:00Z");
    let opening = Case { lock: TransferLock::Opening { until, lock: lock(false) }, ..closed };
    assert_eq!(permit(&opening, &devices).unwrap().permit(), Permit::Waits { until });
}

#[test]
fn two_devices_above_a_sum() {
    let (calendar, catalogue) = (calendar(), Catalogue::default());
    let (phone, card) = (catalogue.class("phone").unwrap(), catalogue.class("dsc-plus").unwrap());
    let asked = Case { two_above: Some(dollars(10_000)), ..case(&calendar, &[], dollars(10_001), at(THURSDAY)) };
    let both = permit(&asked, &[holding(phone, 1), holding(card, 2)]).unwrap();
    assert_eq!(both.permit(), Permit::Needs { devices: vec![id(1), id(2)], two: true });
    let alone = permit(&asked, &[holding(card, 2)]).unwrap();
    assert_eq!(alone.permit(), Permit::Closed { opens: Opens::StrongerDevice });
    let at_the_sum = Case { amount: dollars(10_000), ..asked };
    assert_eq!(permit(&at_the_sum, &[holding(phone, 1)]).unwrap().permit(), Permit::Free);
}

#[test]
fn a_phone_that_came_back_by_number_may_do_less_for_a_day() {
    let (calendar, catalogue) = (calendar(), Catalogue::default());
    let until = at("2026-09-04T10:00:00Z");
    let limits = catalogue.class("temporary-code").unwrap().limits;
    let phone =
        Holding { recovered: Some(Recovered { until, limits }), ..holding(catalogue.class("phone").unwrap(), 1) };
    let ask = |amount, now| permit(&case(&calendar, &[], amount, now), &[phone]).unwrap();
    assert_eq!(ask(dollars(50_000), at(THURSDAY)).permit(), Permit::Free);
    let over = ask(dollars(50_001), at(THURSDAY));
    assert_eq!(over.permit(), Permit::Waits { until });
    assert!(matches!(over.of(id(1)).unwrap().reasons[..], [Reason::RecoveredPerDay(_)]));
    assert_eq!(ask(dollars(50_001), until).permit(), Permit::Free);
}

/// Everything that decides, drawn at random: what a day has seen, locks, own limits and recoveries.
#[derive(Debug, Clone)]
struct World {
    entries: Vec<Counted>,
    amount: Money,
    lock: TransferLock,
    two_above: Option<Money>,
    now: Timestamp,
    devices: Vec<(usize, OwnLimits, Option<Recovered>)>,
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..400_000_i64, 0..400_000_i64)
        .prop_map(|(day, more)| Limits { per_day: Limit::usd(day), per_five_days: Limit::usd(day + more) })
}

fn moment() -> impl Strategy<Value = Timestamp> {
    // A year with a leap day, around holidays and both changes of the clock.
    (0..366 * 24 * 60_i64)
        .prop_map(|minutes| at("2028-01-15T00:00:00Z").plus(Duration::from_secs(60 * u64::try_from(minutes).unwrap())))
}

fn own(now: Timestamp) -> impl Strategy<Value = OwnLimits> {
    let rise =
        (limits(), 0..96 * HOUR).prop_map(move |(to, after)| Rise { to, at: now.plus(Duration::from_secs(after)) });
    // A rise leads to what covers the limits of before.
    (prop_oneof![Just(Limits::NONE), limits()], prop::option::of(rise))
        .prop_map(|(held, rise)| OwnLimits { now: rise.map_or(held, |rise| held.lower(rise.to)), rise })
}

fn lock(now: Timestamp) -> impl Strategy<Value = TransferLock> {
    let lock =
        (12..168_u64, any::<bool>()).prop_map(|(hours, cards)| Lock { wait: Duration::from_secs(hours * HOUR), cards });
    let opening = (lock.clone(), 0..168_u64).prop_map(move |(lock, hours)| TransferLock::Opening {
        until: now.plus(Duration::from_secs(hours * HOUR)),
        lock,
    });
    prop_oneof![4 => Just(TransferLock::Open), 1 => lock.prop_map(TransferLock::Closed), 1 => opening]
}

fn world() -> impl Strategy<Value = World> {
    moment().prop_flat_map(|now| {
        let recovered = (limits(), 0..24 * HOUR)
            .prop_map(move |(limits, after)| Recovered { until: now.plus(Duration::from_secs(after)), limits });
        let device = (0..12_usize, own(now), prop::option::of(recovered));
        let entry = (0..12_i64, 0..30_000_000_i64);
        let above = prop::option::of((0..300_000_i64).prop_map(dollars));
        (prop::collection::vec(entry, 0..8), 1..40_000_000_i64, lock(now), above, prop::collection::vec(device, 1..5))
            .prop_map(move |(entries, minor, lock, two_above, devices)| {
                let calendar = calendar();
                let today = calendar.business_day_at(now).unwrap();
                let entry = |(ago, minor): (i64, i64)| {
                    let day = calendar.business_day(today.checked_sub(ago.days()).unwrap()).unwrap();
                    Counted { business_day: day, minor }
                };
                let entries = entries.into_iter().map(entry).collect();
                World { entries, amount: Money::from_minor(minor, COUNTED_IN), lock, two_above, now, devices }
            })
    })
}

impl World {
    fn judged(&self, conditions: &[Condition], now: Timestamp) -> Decision {
        let (calendar, catalogue) = (calendar(), Catalogue::default());
        let classes = catalogue.classes();
        let holding = |(n, (class, own, recovered)): (usize, &(usize, OwnLimits, Option<Recovered>))| Holding {
            id: id(u8::try_from(n).unwrap()),
            class: &classes[class % classes.len()],
            own: *own,
            recovered: *recovered,
        };
        let devices: Vec<_> = self.devices.iter().enumerate().map(holding).collect();
        let (lock, two_above) = (self.lock, self.two_above);
        let case = Case { lock, two_above, ..case(&calendar, &self.entries, self.amount, now) };
        judge(conditions, &case, &devices).unwrap()
    }
}

proptest! {
    /// First law.
    #[test]
    fn another_condition_never_permits_more(world in world(), kept in prop::collection::vec(any::<bool>(), CONDITIONS.len())) {
        let fewer: Vec<_> = CONDITIONS.iter().zip(kept).filter(|(_, kept)| *kept).map(|(condition, _)| *condition).collect();
        let (all, fewer) = (world.judged(CONDITIONS, world.now), world.judged(&fewer, world.now));
        for (all, fewer) in all.devices.iter().zip(&fewer.devices) {
            prop_assert!(all.verdict >= fewer.verdict, "{all:?} {fewer:?}");
        }
    }

    /// Second law.
    #[test]
    fn time_alone_only_loosens(world in world(), minutes in 0..30 * 24 * 60_u64) {
        let later = world.now.plus(Duration::from_secs(60 * minutes));
        let (before, after) = (world.judged(CONDITIONS, world.now), world.judged(CONDITIONS, later));
        for (before, after) in before.devices.iter().zip(&after.devices) {
            let same_or_looser = match (before.verdict, after.verdict) {
                // What is waited for does not move away.
                (Verdict::Waits(one), Verdict::Waits(other)) => other <= one,
                (before, after) => after <= before,
            };
            prop_assert!(same_or_looser, "{before:?} {after:?}");
            let more = |one: Option<Money>| one.map_or(i64::MAX, Money::minor);
            prop_assert!(more(after.available) >= more(before.available));
        }
    }

    /// What is said to be waited for is there then, and not a moment before.
    #[test]
    fn a_wait_ends_when_it_was_said_to(world in world()) {
        for (n, judged) in world.judged(CONDITIONS, world.now).devices.iter().enumerate() {
            let Verdict::Waits(until) = judged.verdict else { continue };
            let then = |now| world.judged(CONDITIONS, now).devices[n].verdict;
            prop_assert!(then(until) <= Verdict::Second, "{judged:?}");
            prop_assert!(then(until.minus(Duration::from_micros(1))) > Verdict::Second, "{judged:?}");
        }
    }

    /// What is left is what would be permitted, to the cent.
    #[test]
    fn what_is_left_is_what_may_leave(world in world()) {
        for (n, judged) in world.judged(CONDITIONS, world.now).devices.iter().enumerate() {
            let Some(left) = judged.available else { continue };
            let may = |minor| {
                let amount = Money::from_minor(minor, COUNTED_IN);
                World { amount, ..world.clone() }.judged(CONDITIONS, world.now).devices[n].verdict <= Verdict::Second
            };
            prop_assert!(left.minor() == 0 || may(left.minor()));
            prop_assert!(!may(left.minor() + 1));
        }
    }

    /// Fourth law: whatever is said differently is signed differently.
    #[test]
    fn what_was_shown_is_what_was_evaluated(a in world(), b in world()) {
        let input = |world: &World| {
            let decision = world.judged(CONDITIONS, world.now);
            let first = decision.devices[0].clone();
            (decision.digest_input(first.id).unwrap(), decision.amount, first.id, first.verdict, first.reasons)
        };
        let (a, b) = (input(&a), input(&b));
        prop_assert_eq!(a.0 == b.0, (&a.1, a.2, a.3, &a.4) == (&b.1, b.2, b.3, &b.4));
    }
}
