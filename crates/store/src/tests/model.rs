//! Random histories of units, some undone, with reopening in between, beside a plain map: units as transactions of their
//! own, and units of two users that decide first.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::guarded::{self, user};
use super::{CLEAR, DELETE, Fixture, GET, UPSERT, for_each_driver, list, put};
use crate::sql::params;
use crate::{Error, Sql, Store, UnitSpec};
use domain::id::UserId;

type Map = BTreeMap<String, i64>;

#[derive(Clone, Debug)]
enum Step {
    Put(u8, i64),
    Add(u8, i64),
    Delete(u8),
    Copy(u8, u8),
}

#[derive(Clone, Debug)]
enum Event {
    Unit { steps: Vec<Step>, undo: bool },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let (key, n) = (|| 0..6_u8, || -1000..1000_i64);
    prop_oneof![
        (key(), any::<i64>()).prop_map(|(key, n)| Step::Put(key, n)),
        (key(), n()).prop_map(|(key, n)| Step::Put(key, n)),
        (key(), n()).prop_map(|(key, n)| Step::Add(key, n)),
        key().prop_map(Step::Delete),
        (key(), key()).prop_map(|(from, to)| Step::Copy(from, to)),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (vec(step(), 0..6), any::<bool>()).prop_map(|(steps, undo)| Event::Unit { steps, undo }),
        1 => Just(Event::Reopen),
    ]
}

fn name(key: u8) -> String {
    format!("key {key}")
}

/// The model: `None` when a sum leaves the range of an integer, which no step of ours may do.
fn on_map(map: &mut Map, step: &Step) -> Option<()> {
    match *step {
        Step::Put(key, n) => drop(map.insert(name(key), n)),
        Step::Add(key, n) => {
            let sum = map.get(&name(key)).map_or(Some(n), |old| old.checked_add(n))?;
            map.insert(name(key), sum);
        }
        Step::Delete(key) => drop(map.remove(&name(key))),
        Step::Copy(from, to) => {
            if let Some(n) = map.get(&name(from)).copied() {
                map.insert(name(to), n);
            }
        }
    }
    Some(())
}

fn on_store(sql: &mut dyn Sql, step: &Step) -> Result<(), Error> {
    match *step {
        Step::Put(key, n) => put(sql, &name(key), n),
        Step::Add(key, n) => sql.one(UPSERT, &params![name(key), n]).map(drop),
        Step::Delete(key) => sql.exec(DELETE, &params![name(key)]).map(drop),
        Step::Copy(from, to) => match sql.row(GET, &params![name(from)])? {
            Some(row) => put(sql, &name(to), row.i64(0)?),
            None => Ok(()),
        },
    }
}

fn run(store: &Store, map: &mut Map, steps: Vec<Step>, undo: bool) {
    let mut after = map.clone();
    let fits = steps.iter().try_for_each(|step| on_map(&mut after, step)).is_some();
    let result = store.write_blocking(move |sql| {
        steps.iter().try_for_each(|step| on_store(sql, step))?;
        if undo { Err(Error::Closed) } else { Ok(()) }
    });
    assert_eq!(result.is_ok(), fits && !undo, "{result:?}");
    if result.is_ok() {
        *map = after;
    }
}

#[test]
fn behaves_as_a_map() {
    for_each_driver(|fixture| {
        let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
        let check = |history| {
            follow(fixture, history);
            Ok(())
        };
        TestRunner::new(config).run(&vec(event(), 1..25), check).unwrap();
    });
}

/// Goes through a history on the emptied database of a fixture and on a map.
fn follow(fixture: &Fixture, history: Vec<Event>) {
    let mut store = fixture.open();
    store.write_blocking(|sql| sql.exec(CLEAR, &[])).unwrap();
    let mut map = Map::new();
    for event in history {
        match event {
            Event::Unit { steps, undo } => run(&store, &mut map, steps, undo),
            Event::Reopen => {
                drop(store);
                store = Store::open(&fixture.options).unwrap();
            }
        }
        assert_eq!(list(&store), map.clone().into_iter().collect::<Vec<_>>());
    }
}

/// How a unit about a user is run.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// As a transaction of its own.
    Plain,
    /// It decides first, and says beforehand what it reads.
    Asked,
    /// It decides first, and says nothing.
    Unasked,
}

/// A unit about one of two users.
#[derive(Clone, Debug)]
struct Turn {
    owner: u8,
    way: Way,
    steps: Vec<Step>,
    undo: bool,
}

fn turn() -> impl Strategy<Value = Turn> {
    let way = prop_oneof![Just(Way::Plain), Just(Way::Asked), Just(Way::Unasked)];
    (1..3_u8, way, vec(step(), 0..5), any::<bool>()).prop_map(|(owner, way, steps, undo)| Turn {
        owner,
        way,
        steps,
        undo,
    })
}

/// The same steps on a user's rows. Most read what an earlier step wrote, or take a row that may not be there.
fn on_rows(sql: &mut dyn Sql, owner: UserId, step: &Step) -> Result<(), Error> {
    match *step {
        Step::Put(key, n) => guarded::put(sql, owner, &name(key), n),
        Step::Add(key, n) => {
            let sum = guarded::get(sql, owner, &name(key))?.unwrap_or(0).checked_add(n);
            guarded::put(sql, owner, &name(key), sum.ok_or(Error::Closed)?)
        }
        Step::Delete(key) => guarded::remove(sql, owner, &name(key)).map(drop),
        Step::Copy(from, to) => match guarded::get(sql, owner, &name(from))? {
            Some(n) => guarded::put(sql, owner, &name(to), n),
            None => Ok(()),
        },
    }
}

#[test]
fn two_users_behave_as_two_maps() {
    for_each_driver(|fixture| {
        let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
        let nodes = [guarded::open(fixture), guarded::open(fixture)];
        let check = |history| {
            take_turns(&nodes, history);
            Ok(())
        };
        TestRunner::new(config).run(&vec(turn(), 1..20), check).unwrap();
    });
}

/// Goes through a history on two nodes in turn.
fn take_turns(nodes: &[Store; 2], history: Vec<Turn>) {
    let mut maps = [Map::new(), Map::new()];
    for owner in [1, 2] {
        let clear =
            move |sql: &mut dyn Sql| (0..6).try_for_each(|key| guarded::remove(sql, user(owner), &name(key)).map(drop));
        nodes[0].write_blocking(clear).unwrap();
    }
    for (number, Turn { owner, way, steps, undo }) in history.into_iter().enumerate() {
        let (node, map) = (&nodes[number % 2], &mut maps[usize::from(owner) - 1]);
        let mut after = map.clone();
        let fits = steps.iter().try_for_each(|step| on_map(&mut after, step)).is_some();
        let owner = user(owner);
        let work = move |sql: &mut dyn Sql| {
            steps.iter().try_for_each(|step| on_rows(sql, owner, step))?;
            if undo { Err(Error::Closed) } else { Ok(()) }
        };
        let asks = || (0..6).map(|key| guarded::ask(owner, &name(key))).collect();
        let result = match way {
            Way::Plain => node.write_blocking(work),
            Way::Asked => guarded::unit(node, UnitSpec::about(owner, asks()), work),
            Way::Unasked => guarded::unit(node, UnitSpec::about(owner, vec![]), work),
        };
        assert_eq!(result.is_ok(), fits && !undo, "{result:?}");
        if result.is_ok() {
            *map = after;
        }
        for (map, owner) in maps.iter().zip(1..) {
            assert_eq!(guarded::list(node, user(owner)), map.clone().into_iter().collect::<Vec<_>>());
        }
    }
}
