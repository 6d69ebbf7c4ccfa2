//! Money: accounts, rates, withdrawals, and what customers wish for them.

use std::time::Duration;

use domain::device::catalogue::{Limit, Limits};
use domain::id::{ConfirmationId, DeviceId};
use domain::money::limit::Counted;
use domain::money::lock::{Lock, TransferLock};
use domain::money::own::{OwnLimits, Rise};
use domain::money::two_devices::{SumRise, TwoAbove};
use domain::money::withdrawal::WithdrawalState;
use operation::{Currency, Money, What};

use super::{Nouns, at};
use crate::account::Account;
use crate::holding::{self, Holdings};
use crate::transfer_rule::TransferRule;
use crate::withdrawal::{ConfirmedBy, Keyed, Withdrawal};
use crate::{Error, account, device, own_limit, rate, transfer_rule, withdrawal};

pub(super) fn all(nouns: &Nouns) {
    accounts(nouns);
    rates(nouns);
    withdrawals(nouns);
    states_of_withdrawals(nouns);
    own_limits(nouns);
    transfer_rules(nouns);
}

fn accounts(nouns: &Nouns) {
    let id = nouns.name("U100");
    let equity = |minor| Money::from_minor(minor, Currency::parse("EUR").unwrap());
    let (first, second) = (
        Account { id: id.clone(), equity: equity(1), told_at: at(1) },
        Account { id: id.clone(), equity: equity(-500), told_at: at(2) },
    );
    let last = second.clone();
    nouns.run(move |sql, _, user| {
        account::put(sql, &first)?;
        account::put(sql, &second)?;
        account::join(sql, user, &second.id)?;
        account::join(sql, user, &second.id)
    });
    let name = id.clone();
    let read = nouns.run_with(vec![account::ask_of_user(nouns.user)], move |sql, _, user| {
        Ok((account::one(sql, &name)?, account::users(sql, &name)?, account::of_user(sql, user)?))
    });
    assert_eq!(read, (Some(last), vec![nouns.user], vec![id.clone()]));
    let name = id.clone();
    nouns.run(move |sql, _, user| account::leave(sql, user, &name));
    assert!(nouns.run(move |sql, _, _| account::users(sql, &id)).is_empty());
}

fn rates(nouns: &Nouns) {
    // Each way to run units has a currency of its own.
    let currency = Currency::parse(if nouns.guarded { "EUR" } else { "CHF" }).unwrap();
    let asks = vec![rate::ask_one(currency)];
    assert_eq!(nouns.run_with(asks.clone(), move |sql, _, _| rate::one(sql, currency)), None);
    nouns.run(move |sql, _, _| rate::put(sql, currency, "1.08", at(10)));
    nouns.run(move |sql, _, _| rate::put(sql, currency, "1.07", at(9)));
    let known = nouns.run_with(asks, move |sql, _, _| rate::one(sql, currency)).unwrap();
    assert_eq!(known, domain::money::rate::Rate::parse("1.08", at(10)).unwrap(), "what is older is not taken");
}

fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

pub(super) fn new(nouns: &Nouns, number: u8, business_day: &str, key: Option<u8>) -> Withdrawal {
    let what = r#"[{"type":"withdrawal","amount":"1.00","currency":"USD","destination":{"name":"A","account":"1 234"},
        "account_id":"U1","reference":"r"}]"#;
    let mut id = [number; 16];
    id[15] = nouns.user.octets()[0];
    Withdrawal {
        user: nouns.user,
        id: id.into(),
        transfer: number.is_multiple_of(2),
        state: WithdrawalState::AwaitingConfirmation,
        client: "payments".to_owned(),
        what: What::read(what).unwrap(),
        payee: "1234".to_owned(),
        counted: Counted { minor: i64::from(number) * 100, business_day: day(business_day) },
        confirmed_by: None,
        request: key.map(|key| Keyed { key: [key; 32], asked: [key; 32] }),
        created_at: at(i64::from(number)),
        changed_at: at(i64::from(number)),
    }
}

fn withdrawals(nouns: &Nouns) {
    let (first, second) = (new(nouns, 10, "2026-12-01", Some(1)), new(nouns, 11, "2026-12-02", None));
    let added = [first.clone(), second.clone()];
    nouns.run(move |sql, _, _| added.iter().try_for_each(|one| withdrawal::insert(sql, one)));
    let again = Withdrawal { id: [99; 16].into(), ..first.clone() };
    let taken = nouns.attempt(vec![], move |sql, _, _| withdrawal::insert(sql, &again));
    assert!(matches!(taken, Err(Error::Unique { .. })), "a key of a request counts once: {taken:?}");
    let by_key = withdrawal::ask_by_key(nouns.user, [1; 32]);
    let found = nouns.run_with(vec![by_key], move |sql, _, user| withdrawal::by_key(sql, user, [1; 32]));
    assert_eq!(found, Some(first.clone()));
    let (id, asks) = (first.id, vec![withdrawal::ask_one(nouns.user, first.id)]);
    let found = nouns.run_with(asks, move |sql, _, user| withdrawal::one(sql, user, id));
    assert_eq!(found, Some(first.clone()));
    let found = nouns.run(move |sql, _, _| Ok((withdrawal::owner(sql, id)?, withdrawal::owner(sql, [98; 16].into())?)));
    assert_eq!(found, (Some(nouns.user), None));
    let page = |before: Option<ConfirmationId>, limit| {
        nouns.run(move |sql, _, user| withdrawal::of_user(sql, user, before, limit))
    };
    assert_eq!(page(None, 1), std::slice::from_ref(&second));
    assert_eq!(page(Some(second.id), 9), std::slice::from_ref(&first));
    let counting = |from: &str, without: Option<ConfirmationId>| {
        let from = day(from);
        let asks = vec![withdrawal::ask_counting(nouns.user, from)];
        nouns.run_with(asks, move |sql, _, user| withdrawal::counting(sql, user, from, without))
    };
    assert_eq!(counting("2026-12-02", None), [second.counted]);
    assert_eq!(counting("2026-12-01", Some(second.id)), [first.counted]);
}

fn states_of_withdrawals(nouns: &Nouns) {
    let one = new(nouns, 20, "2027-01-04", None);
    let added = one.clone();
    nouns.run(move |sql, _, _| withdrawal::insert(sql, &added));
    let by = ConfirmedBy { device: DeviceId::from([5; 16]), class: "dsc-plus".to_owned() };
    let confirm = || {
        let (one, by) = (one.clone(), by.clone());
        nouns.run(move |sql, _, _| withdrawal::confirm(sql, &one, &by, at(30)))
    };
    assert!(confirm());
    assert!(!confirm(), "it is not in that state any more");
    let id = one.id;
    let read = || nouns.run(move |sql, _, user| withdrawal::one(sql, user, id)).unwrap();
    let confirmed = read();
    let all = nouns.run(move |sql, _, user| withdrawal::confirmed(sql, user));
    assert!(all.iter().any(|one| one.id == id) && all.iter().all(|one| one.state == WithdrawalState::Confirmed));
    assert_eq!((confirmed.state, confirmed.confirmed_by.clone()), (WithdrawalState::Confirmed, Some(by.clone())));
    assert!(nouns.run(move |sql, _, _| withdrawal::pass(sql, &confirmed, WithdrawalState::Cancelled, at(31))));
    assert_eq!((read().state, read().changed_at), (WithdrawalState::Cancelled, at(31)));
    let counted = nouns.run(|sql, _, user| withdrawal::counting(sql, user, day("2027-01-01"), None));
    assert!(counted.is_empty(), "what is cancelled takes up no room");
}

fn own_limits(nouns: &Nouns) {
    let device = DeviceId::from([7; 16]);
    let limits = |day| Limits { per_day: Limit::usd(day), per_five_days: Limit::Unlimited };
    let rise = Some(Rise { to: limits(5), at: at(50) });
    for own in [OwnLimits { now: limits(3), rise }, OwnLimits { now: limits(2), rise: None }] {
        nouns.run(move |sql, _, user| own_limit::put(sql, user, device, own));
        let asks = vec![own_limit::ask_of_user(nouns.user)];
        assert_eq!(nouns.run_with(asks, |sql, _, user| own_limit::of_user(sql, user)), [(device, own)]);
    }
}

/// One statement reads what three others do.
pub(super) fn holdings(nouns: &Nouns) {
    let own = OwnLimits { now: Limits { per_day: Limit::usd(3), per_five_days: Limit::Unlimited }, rise: None };
    let (held, devices, rule) = nouns.run(move |sql, _, user| {
        let devices = device::of_user(sql, user)?;
        own_limit::put(sql, user, devices[0].id, own)?;
        Ok((holding::of_user(sql, user)?, devices, transfer_rule::of_user(sql, user)?))
    });
    assert!(devices.len() > 1 && rule != TransferRule::default());
    assert_eq!(held, Holdings { own: vec![(devices[0].id, own)], devices, rule });
    let nobody = nouns.run(|sql, _, _| holding::of_user(sql, [0xfe; 16].into()));
    assert_eq!(nobody, Holdings::default());
}

fn transfer_rules(nouns: &Nouns) {
    let read = || {
        let asks = vec![transfer_rule::ask_of_user(nouns.user)];
        nouns.run_with(asks, |sql, _, user| transfer_rule::of_user(sql, user))
    };
    assert_eq!(read(), TransferRule::default());
    let lock = Lock { wait: Duration::from_secs(86_400), cards: true };
    for lock in [TransferLock::Closed(lock), TransferLock::Opening { until: at(60), lock }, TransferLock::Open] {
        let sum = |minor| Some(Money::from_minor(minor, Currency::USD));
        let rises = [None, Some(SumRise { to: sum(9), at: at(70) }), Some(SumRise { to: None, at: at(80) })];
        for (rise, usual) in
            rises.into_iter().zip([None, Some(Lock { wait: Duration::from_secs(43_200), cards: false }), None])
        {
            let rule = TransferRule { lock, two_above: TwoAbove { now: sum(5), rise }, usual };
            nouns.run(move |sql, _, user| transfer_rule::put(sql, user, rule));
            assert_eq!(read(), rule);
        }
    }
}
