//! What its owner does with a device, on every database and both ways.

use super::{Nouns, at};
use crate::{
    device_order::{self, DeviceOrder, Nonces},
    new_pin::{self, NewPin},
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

fn orders(nouns: &Nouns) {
    let new = |n: u8| DeviceOrder {
        user: nouns.user,
        device: DeviceId::from([n; 16]),
        confirmation: ConfirmationId::from([n; 16]),
        class: "dsc-plus".to_owned(),
        address: "12 Long Street".to_owned(),
        deposit: (n == 1).then(|| Money::from_minor(2000, Currency::USD)),
        replaces: (n == 1).then(|| DeviceId::from([9; 16])),
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
    let mailed = DeviceOrder { state: shipped, serial: serial.map(str::to_owned), changed_at: at(50), ..asked };
    assert_eq!(all().remove(0), mailed);
    let due = |when| nouns.run(move |sql, _, _| device_order::due(sql, at(when), 10));
    let own = (nouns.user, new(1).device);
    assert!(due(50).contains(&own) && !due(49).contains(&own));
    let listed = |state| nouns.run(move |sql, sealer, _| device_order::in_state(sql, sealer, state, 10));
    assert!(listed("shipped").contains(&mailed) && listed("proposed").contains(&new(2)));
    assert!(pass(mailed, OrderState::Active, None));
    assert_eq!(all().remove(0).serial.as_deref(), serial, "what was mailed stays known");
    assert!(!due(50).contains(&own));
}
