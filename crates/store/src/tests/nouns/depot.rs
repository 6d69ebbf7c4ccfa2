//! The depot: what comes in, and where it goes.

use domain::Secret;
use domain::audit::Actor;
use domain::device::inventory::{Holder, Stock, Terms};
use domain::device::{Algorithm, Keys, Moving};
use domain::id::BatchId;

use super::{Nouns, at};
use crate::inventory::{Batch, Event, NewItem, ROWS, SERIALS};
use crate::{Error, inventory};

pub(super) fn all(nouns: &Nouns) {
    a_file(nouns);
    given_up(nouns);
    what_happens(nouns);
}

fn actor() -> Actor {
    Actor::Operator { name: "root".to_owned() }
}

fn batch(nouns: &Nouns, number: u8) -> Batch {
    let mut id = [number; 16];
    id[0] = nouns.user.octets()[0];
    Batch {
        id: id.into(),
        source: "tokens.xml".to_owned(),
        adopted: number == 1,
        actor: actor(),
        created_at: at(10),
        ready_at: None,
    }
}

fn item(serial: &str, number: u8) -> NewItem {
    NewItem {
        serial: serial.to_owned(),
        class: "gold".to_owned(),
        algorithm: Algorithm::GOLD,
        moving: Moving { drift: i64::from(number), ..Moving::default() },
        terms: Terms { manufacturer: Some("Acme".to_owned()), ..Terms::default() },
        keys: Keys {
            key: Secret::new(vec![number; 20]),
            pin: (number % 2 == 1).then(|| Secret::new(vec![number])),
            approve: None,
        },
        key_nonce: [number; 12],
        pin_nonce: [number; 12],
    }
}

/// A batch with so many devices, their serial numbers in order.
fn bring_in(nouns: &Nouns, number: u8, serials: &[String]) -> Result<(), Error> {
    let (batch, serials) = (batch(nouns, number), serials.to_vec());
    nouns.attempt(vec![], move |sql, sealer, _| {
        inventory::open(sql, &batch)?;
        let items = serials.iter().zip(0_u8..).map(|(serial, number)| item(serial, number));
        inventory::add(sql, sealer, &batch, &items.collect::<Vec<_>>())
    })
}

fn ready(nouns: &Nouns, id: BatchId, items: usize) -> bool {
    nouns.run(move |sql, _, _| inventory::ready(sql, id, items as u64, at(11)))
}

fn one(nouns: &Nouns, serial: &str) -> Option<inventory::Item> {
    let serial = serial.to_owned();
    nouns.run(move |sql, _, _| inventory::one(sql, &serial))
}

/// More than one statement adds, so that there are rows of both statements; there for nobody until all are.
fn a_file(nouns: &Nouns) {
    let serials: Vec<_> = (0..ROWS + 3).map(|n| format!("{}-{n:03}", nouns.name("S"))).collect();
    let id = batch(nouns, 1).id;
    bring_in(nouns, 1, &serials).unwrap();
    let holding = |asked: Vec<String>| {
        nouns.run(move |sql, _, _| {
            inventory::holding(sql, &asked.iter().map(String::as_str).take(SERIALS).collect::<Vec<_>>())
        })
    };
    let asked = || vec![serials[0].clone(), "none".to_owned(), serials[ROWS + 2].clone()];
    let there = |ready| asked().into_iter().filter(|serial| serial != "none").map(|serial| (serial, ready)).collect();
    assert_eq!((holding(asked()), one(nouns, &serials[0])), (there(false), None));
    assert!(!ready(nouns, id, serials.len() - 1), "one is missing in the count");
    assert!(ready(nouns, id, serials.len()));
    assert!(!ready(nouns, id, serials.len()), "once");
    assert_eq!(holding(asked()), there(true));
    let found = nouns.run(move |sql, _, _| inventory::batch(sql, id)).unwrap();
    assert_eq!(found, Batch { ready_at: Some(at(11)), ..batch(nouns, 1) });
    for (serial, number) in serials.iter().zip(0_u8..) {
        let (new, found) = (item(serial, number), one(nouns, serial).unwrap());
        assert_eq!((found.algorithm, found.moving, found.terms), (new.algorithm, new.moving, new.terms));
        assert_eq!((found.class.as_str(), found.state, found.adopted), ("gold", Stock::InStock, true));
        let asked = serial.clone();
        let keys = nouns.run(move |sql, sealer, _| inventory::keys(sql, sealer, &asked)).unwrap();
        assert_eq!(keys.key.expose(), new.keys.key.expose());
        assert_eq!(keys.pin.map(|pin| pin.expose().clone()), new.keys.pin.map(|pin| pin.expose().clone()));
    }
    let page = |after: &str, limit| {
        let after = after.to_owned();
        let (all, in_stock) = nouns.run(move |sql, _, _| {
            Ok((
                inventory::page(sql, &after, limit)?,
                inventory::page_of_state(sql, Stock::InStock.name(), &after, limit)?,
            ))
        });
        assert_eq!(all, in_stock);
        all.into_iter().map(|item| item.serial).collect::<Vec<_>>()
    };
    assert_eq!(page(&serials[0], 2), serials[1..3]);
    assert!(page("zzz", 2).is_empty());
    // Nothing of what is there can be taken back as if it were not, and a serial number is there once.
    assert_eq!(nouns.run(move |sql, _, _| inventory::abandon(sql, id)), 0);
    assert!(one(nouns, &serials[0]).is_some());
    assert!(matches!(bring_in(nouns, 2, &serials[..1]), Err(Error::Unique { .. })));
}

/// What never was ready goes, whether who brought it gives it up or is gone.
fn given_up(nouns: &Nouns) {
    let serials = [format!("{}-x", nouns.name("S")), format!("{}-y", nouns.name("S"))];
    let id = batch(nouns, 3).id;
    let abandon = || nouns.run(move |sql, _, _| inventory::abandon(sql, id));
    bring_in(nouns, 3, &serials).unwrap();
    assert_eq!((abandon(), abandon()), (2, 0));
    assert_eq!(nouns.run(move |sql, _, _| inventory::batch(sql, id)), None);
    assert!(!ready(nouns, id, 0), "it was given up");
    bring_in(nouns, 3, &serials).unwrap();
    let sweep = |before| nouns.run(move |sql, _, _| inventory::sweep(sql, at(before)));
    assert_eq!((sweep(9), sweep(10), sweep(10), sweep(10)), (0, 2, 0, 0));
    assert_eq!(nouns.run(move |sql, _, _| inventory::batch(sql, id)), None);
}

/// To a user, and back, and out; what was read and has changed since changes nothing any more.
fn what_happens(nouns: &Nouns) {
    let serial = format!("{}-001", nouns.name("S"));
    let pass = |item: inventory::Item, to, counter| {
        nouns.run(move |sql, _, _| {
            let moving = Moving { counter, ..Moving::default() };
            inventory::pass(sql, &item, to, &moving, &Event { state: to, actor: actor(), at: at(20) })
        })
    };
    let history = || {
        let serial = serial.clone();
        nouns.run(move |sql, _, _| inventory::history(sql, &serial, 10))
    };
    let pin = || {
        let serial = serial.clone();
        nouns.run(move |sql, sealer, _| {
            Ok(inventory::keys(sql, sealer, &serial)?.is_some_and(|keys| keys.pin.is_some()))
        })
    };
    let before = one(nouns, &serial).unwrap();
    assert!(history().is_empty() && pin());
    let print = |when| {
        let serial = serial.clone();
        nouns.run(move |sql, _, _| inventory::print(sql, &serial, at(when)))
    };
    assert_eq!(before.printed_at, None);
    assert_eq!((print(15), print(16)), (true, false), "a card is printed once");
    assert_eq!(one(nouns, &serial).unwrap().printed_at, Some(at(15)));
    let assigned = Stock::Assigned(Holder { user: nouns.user, device: [7; 16].into() });
    assert!(pass(before.clone(), assigned, 4));
    assert!(!pass(before, Stock::Retired, 5));
    let now = one(nouns, &serial).unwrap();
    assert_eq!((now.state, now.moving.counter, now.version, now.changed_at), (assigned, 4, 1, at(20)));
    assert!(pin(), "its holder's device has it too");
    assert!(pass(now, Stock::Returned, 9));
    assert!(!pin(), "who had it knows it");
    assert_eq!(one(nouns, &serial).unwrap().moving.counter, 9);
    assert!(pass(one(nouns, &serial).unwrap(), Stock::Retired, 9));
    let states: Vec<_> = history().into_iter().map(|event| (event.state, event.actor, event.at)).collect();
    let by = |state| (state, actor(), at(20));
    assert_eq!(states, [by(Stock::Retired), by(Stock::Returned), by(assigned)]);
}
