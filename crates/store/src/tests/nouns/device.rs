//! What its owner does with a device, on every database and both ways.

use super::{Nouns, at};
use crate::{
    device_order::{self, DeviceOrder, Nonces},
    new_pin::{self, NewPin},
    withdrawal::Keyed,
};
use domain::{
    Secret,
    device::order::OrderState,
    id::{ConfirmationId, DeviceId},
};
use operation::{Currency, Money};

pub(super) fn all(nouns: &Nouns) {
    new_pins(nouns);
    orders(nouns);
}

fn new_pins(nouns: &Nouns) {
    let new = |n: u8| NewPin {
        user: nouns.user,
        confirmation: ConfirmationId::from([n; 16]),
        device: DeviceId::from([7; 16]),
        pin: Secret::new(vec![n; 32]),
        expires_at: at(100),
    };
    for n in [1, 2] {
        let added = new(n);
        nouns.run(move |sql, sealer, _| new_pin::insert(sql, sealer, &added, [n; 12]));
    }
    let take = || nouns.run(|sql, sealer, user| new_pin::take(sql, sealer, user, [1; 16].into()));
    let taken = take().unwrap();
    assert_eq!((taken.device, taken.pin.expose().clone(), taken.expires_at), (new(1).device, vec![1; 32], at(100)));
    assert!(take().is_none(), "taken twice");
    assert_eq!(nouns.run(|sql, _, _| new_pin::sweep(sql, at(100))), 1);
}

/// Orders page by page; the first was mailed, the second waits for its confirmation.
fn pages_of_orders(nouns: &Nouns, [mailed, waiting]: [&DeviceOrder; 2]) {
    let page = |state, after: Option<u8>| {
        let after = after.map(|n| DeviceId::from([n; 16]));
        let found = nouns.run(move |sql, sealer, _| device_order::page(sql, sealer, state, after, 10));
        found.into_iter().filter(|order| order.user == nouns.user).map(|order| order.device).collect::<Vec<_>>()
    };
    let (first, second) = (mailed.device, waiting.device);
    assert_eq!(page(None, None), [first], "what nobody confirmed yet is no order");
    let ask = waiting.clone();
    nouns.run(move |sql, _, _| device_order::pass(sql, &ask, OrderState::Asked, None, at(60)));
    assert_eq!(page(None, None), [first, second]);
    assert_eq!((page(None, Some(1)), page(Some("shipped"), None)), (vec![second], vec![first]));
    let save = |order: DeviceOrder| {
        nouns
            .run(move |sql, sealer, _| device_order::save_pin(sql, sealer, &order, &Secret::new(vec![6; 32]), [60; 12]))
    };
    let id = waiting.device;
    let found = || nouns.run(move |sql, sealer, _| device_order::by_id(sql, sealer, id));
    assert!(save(waiting.clone()) && found().is_some_and(|order| order.has_pin));
    assert!(!save(mailed.clone()), "it was mailed");
}

fn orders(nouns: &Nouns) {
    let new = |n: u8| DeviceOrder {
        user: nouns.user,
        device: DeviceId::from([n; 16]),
        confirmation: (n != 2).then(|| ConfirmationId::from([n; 16])),
        request: (n == 2).then_some(Keyed { key: [n; 32], asked: [n + 1; 32] }),
        class: "dsc-plus".to_owned(),
        address: "12 Long Street".to_owned(),
        deposit: (n == 1).then(|| Money::from_minor(2000, Currency::USD)),
        replaces: (n == 1).then(|| DeviceId::from([9; 16])),
        has_pin: n == 1,
        serial: None,
        state: OrderState::Proposed,
        created_at: at(i64::from(n)),
        changed_at: at(i64::from(n)),
    };
    for n in [1, 2, 3] {
        let (added, pin) = (new(n), (n == 1).then(|| Secret::new(vec![4; 32])));
        nouns.run(move |sql, sealer, _| {
            device_order::insert(sql, sealer, &added, pin.as_ref(), Nonces { pin: [n; 12], address: [n + 100; 12] })
        });
    }
    let all = || nouns.run(|sql, sealer, user| device_order::of_user(sql, sealer, user));
    assert_eq!(all(), [new(1), new(2), new(3)]);
    let by_id = |n: u8| nouns.run(move |sql, sealer, _| device_order::by_id(sql, sealer, DeviceId::from([n; 16])));
    assert_eq!((by_id(2), by_id(4)), (Some(new(2)), None));
    let by_key = |n: u8| nouns.run(move |sql, sealer, user| device_order::by_key(sql, sealer, user, [n; 32]));
    assert_eq!((by_key(2), by_key(3)), (Some(new(2)), None));
    let third = new(3);
    nouns.run(move |sql, _, _| device_order::forget(sql, &third));
    let pass = |order: DeviceOrder, to: OrderState, serial: Option<&'static str>| {
        nouns.run(move |sql, _, _| device_order::pass(sql, &order, to, serial, at(50)))
    };
    let pin = || {
        let order = new(1);
        let found = nouns.run(move |sql, sealer, _| device_order::pin(sql, sealer, &order));
        found.map(|pin| pin.expose().clone())
    };
    assert!(pass(new(1), OrderState::Asked, None));
    assert!(!pass(new(1), OrderState::Asked, None), "it has passed meanwhile");
    assert_eq!(pin(), Some(vec![4; 32]));
    let asked = all().remove(0);
    let forget = asked.clone();
    nouns.run(move |sql, _, _| device_order::forget(sql, &forget));
    assert_eq!(all().len(), 2, "what was confirmed is not forgotten");
    let (shipped, serial) = (OrderState::Shipped { at: at(50) }, Some("SN-1"));
    assert!(pass(asked.clone(), shipped, serial));
    assert_eq!(pin(), None, "the device has it now");
    let mailed =
        DeviceOrder { has_pin: false, state: shipped, serial: serial.map(str::to_owned), changed_at: at(50), ..asked };
    assert_eq!(all().remove(0), mailed);
    let due = |when| nouns.run(move |sql, _, _| device_order::due(sql, at(when), 10));
    let own = (nouns.user, new(1).device);
    assert!(due(50).contains(&own) && !due(49).contains(&own));
    let listed = |state| nouns.run(move |sql, sealer, _| device_order::in_state(sql, sealer, state, 10));
    assert!(listed("shipped").contains(&mailed) && listed("proposed").contains(&new(2)));
    pages_of_orders(nouns, [&new(1), &new(2)]);
    assert!(pass(mailed, OrderState::Active, None));
    assert_eq!(all().remove(0).serial.as_deref(), serial, "what was mailed stays known");
    assert!(!due(50).contains(&own));
}
