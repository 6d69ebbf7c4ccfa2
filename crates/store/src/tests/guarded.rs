//! Units about one user, which decide before they write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use domain::device::{DeviceState, Moving};
use domain::id::UserId;
use domain::lockout::DeviceFailures;

use super::{Fixture, MIGRATIONS, for_each_driver};
use crate::device::{self, Device, Nonces};
use crate::seal::{FreshKey, KeyRing, Sealer};
use crate::sql::{Ask, params, statements};
use crate::throttle::{self, Rate};
use crate::{Error, Migration, Sql, Store, UnitSpec};

/// A table of users' rows.
pub(super) const OWN: Migration = Migration {
    name: "9999_users_rows",
    sql: "CREATE TABLE own (user_id BYTEA NOT NULL, k TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (user_id, k));",
};

statements! {
    USER = "INSERT INTO users (user_id, username, password_phc, locale, created_at) VALUES ($1, $2, '', 'en', 0)";
    ADD = "INSERT INTO own (user_id, k, n) VALUES ($1, $2, $3)";
    GET = "SELECT n FROM own WHERE user_id = $1 AND k = $2";
    SET = "UPDATE own SET n = $3 WHERE user_id = $1 AND k = $2";
    SWAP = "UPDATE own SET n = $4 WHERE user_id = $1 AND k = $2 AND n = $3";
    PUT = "INSERT INTO own (user_id, k, n) VALUES ($1, $2, $3) ON CONFLICT (user_id, k) DO UPDATE SET n = excluded.n";
    DROP = "DELETE FROM own WHERE user_id = $1 AND k = $2";
    RAISED = "UPDATE own SET n = n + 1 WHERE user_id = $1 AND k = $2 RETURNING n";
    OF_USER = "SELECT k, n FROM own WHERE user_id = $1 ORDER BY k";
}

pub(super) fn user(number: u8) -> UserId {
    [number; 16].into()
}

/// A store with some users who have nothing yet.
pub(super) fn open(fixture: &Fixture) -> Store {
    let store = Store::open(&fixture.options).unwrap();
    fill(&store);
    store
}

/// The tables and the users, where they are not there yet.
pub(super) fn fill(store: &Store) {
    store.migrate(&[MIGRATIONS, &[OWN]].concat(), 0).unwrap();
    let users = store.write_blocking(|sql| {
        (1..=8).try_for_each(|number| match sql.row(crate::guard::VERSION, &params![[number; 16]])? {
            Some(_) => Ok(()),
            None => sql.apply(USER, &params![[number; 16], number.to_string()]),
        })
    });
    users.unwrap();
}

pub(super) fn ask(owner: UserId, key: &str) -> Ask {
    Ask::new(GET, params![owner.octets(), key])
}

pub(super) fn get(sql: &mut dyn Sql, owner: UserId, key: &str) -> Result<Option<i64>, Error> {
    ask(owner, key).row(sql)?.map(|row| row.i64(0)).transpose()
}

pub(super) fn put(sql: &mut dyn Sql, owner: UserId, key: &str, n: i64) -> Result<(), Error> {
    sql.apply(PUT, &params![owner.octets(), key, n])
}

pub(super) fn add(sql: &mut dyn Sql, owner: UserId, key: &str, n: i64) -> Result<(), Error> {
    sql.apply(ADD, &params![owner.octets(), key, n])
}

pub(super) fn remove(sql: &mut dyn Sql, owner: UserId, key: &str) -> Result<bool, Error> {
    sql.changes_one(DROP, &params![owner.octets(), key])
}

pub(super) fn list(store: &Store, owner: UserId) -> Vec<(String, i64)> {
    let rows = store.read_blocking(move |sql| sql.rows(OF_USER, &params![owner.octets()])).unwrap();
    rows.iter().map(|row| (row.text(0).unwrap().to_owned(), row.i64(1).unwrap())).collect()
}

/// A guarded unit, with the thread blocked.
pub(super) fn unit<T: Send + 'static>(
    store: &Store,
    spec: UnitSpec,
    work: impl Fn(&mut dyn Sql) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    runtime(1).block_on(store.unit(spec, work))
}

fn about(owner: UserId) -> UnitSpec {
    UnitSpec::about(owner, vec![])
}

fn runtime(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build().unwrap()
}

#[test]
fn what_is_asked_for_is_fetched_at_once_and_what_is_decided_is_kept() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let one = user(1);
        let work = move |sql: &mut dyn Sql| {
            let n = get(sql, one, "a")?.unwrap_or(0);
            put(sql, one, "a", n + 1)?;
            Ok(n)
        };
        let before = store.units();
        assert_eq!(unit(&store, UnitSpec::about(one, vec![ask(one, "a")]), work), Ok(0));
        let done = store.units() - before;
        assert_eq!((done.writes, done.guarded, done.alone, done.unasked, done.commits), (1, 1, 0, 0, 1));
        // What was not asked for is fetched all the same.
        assert_eq!(unit(&store, about(one), work), Ok(1));
        assert_eq!((store.units() - before).alone, 0);
        assert_eq!(list(&store, one), [("a".to_owned(), 2)]);
    });
}

#[test]
fn a_refusal_keeps_nothing_and_wakes_nobody() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let one = user(1);
        let before = store.units();
        let refused: Result<(), _> = unit(&store, about(one), move |sql| {
            put(sql, one, "a", 1)?;
            Err(Error::Closed)
        });
        assert_eq!(refused, Err(Error::Closed));
        assert!(list(&store, one).is_empty());
        assert_eq!((store.units() - before).commits, 0);
    });
}

#[test]
fn whoever_is_woken_finds_what_was_kept() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let one = user(1);
        runtime(2).block_on(async {
            let mut news = store.watch([7; 16]);
            let kept = store.unit(about(one), move |sql| {
                sql.wake([7; 16]);
                put(sql, one, "a", 1)
            });
            kept.await.unwrap();
            tokio::time::timeout(Duration::from_secs(120), news.changed()).await.unwrap();
        });
        assert_eq!(list(&store, one).len(), 1);
    });
}

#[test]
fn what_cannot_be_decided_beforehand_runs_alone_and_is_right() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let (one, two) = (user(1), user(2));
        let alone = |work: fn(&mut dyn Sql, UserId, UserId) -> Result<i64, Error>| {
            let before = store.units();
            let answer = unit(&store, about(one), move |sql| work(sql, one, two)).unwrap();
            let done = store.units() - before;
            assert_eq!((done.writes, done.guarded, done.alone), (1, 1, 1));
            answer
        };
        // It looks at what it has just written.
        let seen = alone(|sql, one, _| {
            put(sql, one, "a", 5)?;
            Ok(get(sql, one, "a")?.unwrap_or(0))
        });
        assert_eq!(seen, 5);
        // It takes a row of a write.
        assert_eq!(alone(|sql, one, _| sql.one(RAISED, &params![one.octets(), "a"])?.i64(0)), 6);
        // It wants to know how many rows changed.
        assert_eq!(alone(|sql, one, _| Ok(sql.exec(SET, &params![one.octets(), "a", 7])? as i64)), 1);
        // It writes, or reads, another user's rows.
        assert_eq!(alone(|sql, _, two| put(sql, two, "b", 1).map(|()| 0)), 0);
        let copied = alone(|sql, one, two| {
            let n = get(sql, two, "b")?.unwrap_or(0);
            put(sql, one, "b", n).map(|()| n)
        });
        assert_eq!(copied, 1);
        // It expected a row that is not there.
        assert_eq!(alone(|sql, one, _| Ok(i64::from(remove(sql, one, "none")?))), 0);
        assert_eq!(list(&store, one), [("a".to_owned(), 7), ("b".to_owned(), 1)]);
        assert_eq!(list(&store, two), [("b".to_owned(), 1)]);
    });
}

#[test]
fn a_unit_about_nobody_is_a_unit_all_the_same() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let unknown = user(99);
        unit(&store, about(unknown), move |sql| put(sql, unknown, "a", 1)).unwrap();
        unit(&store, UnitSpec::default(), move |sql| put(sql, unknown, "b", 1)).unwrap();
        assert_eq!(list(&store, unknown).len(), 2);
    });
}

#[test]
fn a_panic_and_a_taken_key_are_the_units_own() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        runtime(4).block_on(async {
            let tasks: Vec<_> = (1..=8)
                .map(|number| {
                    let (store, own) = (store.clone(), user(number));
                    tokio::spawn(async move {
                        let work = move |sql: &mut dyn Sql| {
                            add(sql, own, "a", 1)?;
                            match number {
                                2 => panic!("on purpose"),
                                3 => add(sql, own, "a", 1),
                                _ => Ok(()),
                            }
                        };
                        store.unit(about(own), work).await
                    })
                })
                .collect();
            for (task, number) in tasks.into_iter().zip(1..) {
                match (number, task.await.unwrap()) {
                    (2, refused) => assert_eq!(refused, Err(Error::Panicked)),
                    (3, refused) => assert!(matches!(refused, Err(Error::Unique { .. })), "{refused:?}"),
                    (_, kept) => assert_eq!(kept, Ok(())),
                }
            }
        });
        for number in 1..=8 {
            assert_eq!(list(&store, user(number)).len(), usize::from(![2, 3].contains(&number)));
        }
    });
}

/// Runs many units at once on two nodes, some guarded and some not, and gives how often each went well.
async fn race(
    nodes: [Store; 2],
    rounds: usize,
    work: impl Fn(&mut dyn Sql, usize) -> Result<bool, Error> + Send + Sync + Copy + 'static,
    about: impl Fn(usize) -> UserId,
) -> u64 {
    let wins = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..rounds)
        .map(|round| {
            let (store, owner, wins) = (nodes[round % 2].clone(), about(round), Arc::clone(&wins));
            tokio::spawn(async move {
                let run = move |sql: &mut dyn Sql| work(sql, round);
                // A third of them as a plain transaction: guarded and unguarded units protect each other.
                let won = if round.is_multiple_of(3) {
                    store.write(run).await
                } else {
                    store.unit(UnitSpec::about(owner, vec![]), run).await
                };
                wins.fetch_add(u64::from(won.unwrap()), Ordering::Relaxed);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    wins.load(Ordering::Relaxed)
}

/// Reads, lets somebody else change the row on the first run, and writes on.
fn interrupted(
    between: impl Fn() + Send + 'static,
) -> (Arc<AtomicU64>, impl Fn(&mut dyn Sql) -> Result<(), Error> + Send) {
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let work = move |sql: &mut dyn Sql| {
        let n = get(sql, user(1), "a")?.unwrap_or(0);
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            between();
        }
        put(sql, user(1), "a", n + 1)
    };
    (runs, work)
}

#[test]
fn a_unit_whose_guard_fails_decides_anew() {
    for_each_driver(|fixture| {
        let (store, other) = (open(fixture), open(fixture));
        for guarded in [false, true] {
            let before = list(&store, user(1)).first().map_or(0, |(_, n)| *n);
            let node = other.clone();
            let raise = |sql: &mut dyn Sql| {
                let n = get(sql, user(1), "a")?.unwrap_or(0);
                put(sql, user(1), "a", n + 10)
            };
            let (runs, work) = interrupted(move || {
                std::thread::scope(|scope| {
                    let (node, spec) = (&node, UnitSpec::about(user(1), vec![ask(user(1), "a")]));
                    let changed =
                        scope.spawn(move || if guarded { unit(node, spec, raise) } else { node.write_blocking(raise) });
                    changed.join().unwrap().unwrap();
                });
            });
            // Asked for, so that the row is read before the other unit runs.
            unit(&store, UnitSpec::about(user(1), vec![ask(user(1), "a")]), work).unwrap();
            assert!(runs.load(Ordering::Relaxed) >= 2, "it rests on what was so no more");
            assert_eq!(list(&store, user(1)), [("a".to_owned(), before + 11)]);
        }
    });
}

#[test]
fn a_plain_unit_meets_a_guarded_one_and_runs_again() {
    // Only PostgreSQL lets another node write meanwhile.
    let fixture = Fixture::postgres(false);
    let (store, other) = (open(&fixture), open(&fixture));
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    // It reads what the other writes, and writes another row: only the user's version tells.
    let copy = move |sql: &mut dyn Sql| {
        let n = get(sql, user(1), "a")?.unwrap_or(0);
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            std::thread::scope(|scope| {
                let change = || unit(&other, about(user(1)), |sql| put(sql, user(1), "a", 10));
                scope.spawn(change).join().unwrap().unwrap();
            });
        }
        put(sql, user(1), "b", n)
    };
    store.write_blocking(copy).unwrap();
    assert!(runs.load(Ordering::Relaxed) >= 2, "it rests on what was so no more");
    assert_eq!(list(&store, user(1)), [("a".to_owned(), 10), ("b".to_owned(), 10)]);
}

#[test]
fn on_two_nodes_no_update_is_lost() {
    for_each_driver(|fixture| {
        let nodes = [open(fixture), open(fixture)];
        let raise = |sql: &mut dyn Sql, round: usize| {
            let owner = user(if round.is_multiple_of(2) { 1 } else { 2 });
            let n = get(sql, owner, "a")?.unwrap_or(0);
            put(sql, owner, "a", n + 1).map(|()| true)
        };
        let owner = |round: usize| user(if round.is_multiple_of(2) { 1 } else { 2 });
        let wins = runtime(4).block_on(race(nodes.clone(), 120, raise, owner));
        let sum: i64 = [1, 2].iter().flat_map(|number| list(&nodes[0], user(*number))).map(|(_, n)| n).sum();
        assert_eq!((wins, sum), (120, 120));
    });
}

/// Each unit reads two rows and writes one, so that two which meet would both be right, and wrong together.
#[test]
fn on_two_nodes_no_write_is_skewed() {
    for_each_driver(|fixture| {
        let nodes = [open(fixture), open(fixture)];
        for round in 0..6 {
            let empty = |sql: &mut dyn Sql| put(sql, user(1), "a", 0).and_then(|()| put(sql, user(1), "b", 0));
            nodes[round % 2].write_blocking(empty).unwrap();
            let spend = |sql: &mut dyn Sql, round: usize| {
                let (a, b) = (get(sql, user(1), "a")?.unwrap_or(0), get(sql, user(1), "b")?.unwrap_or(0));
                if a + b >= 1 {
                    return Ok(false);
                }
                let (key, n) = if round.is_multiple_of(2) { ("a", a) } else { ("b", b) };
                put(sql, user(1), key, n + 1).map(|()| true)
            };
            let wins = runtime(4).block_on(race(nodes.clone(), 12, spend, |_| user(1)));
            let sum: i64 = list(&nodes[0], user(1)).into_iter().map(|(_, n)| n).sum();
            assert_eq!((wins, sum), (1, 1));
        }
    });
}

#[test]
fn on_two_nodes_of_many_compare_and_sets_exactly_one_wins() {
    for_each_driver(|fixture| {
        let nodes = [open(fixture), open(fixture)];
        nodes[0].write_blocking(|sql| put(sql, user(1), "a", 0)).unwrap();
        let swap = |sql: &mut dyn Sql, round: usize| {
            sql.changes_one(SWAP, &params![user(1).octets(), "a", 0, round as i64 + 1])
        };
        assert_eq!(runtime(4).block_on(race(nodes, 40, swap, |_| user(1))), 1);
    });
}

#[test]
fn a_bucket_of_all_users_gives_exactly_what_is_in_it() {
    for_each_driver(|fixture| {
        let nodes = [open(fixture), open(fixture)];
        let take = |sql: &mut dyn Sql, _: usize| {
            let rate = Rate { burst: 10, each: Duration::from_secs(3600) };
            Ok(throttle::take(sql, [9; 16], rate, Timestamp::from_micros(0))?.is_none())
        };
        let owner = |round: usize| user(u8::try_from(round % 8).unwrap() + 1);
        assert_eq!(runtime(4).block_on(race(nodes, 60, take, owner)), 10);
    });
}

/// A device of each user, all with one serial number.
fn same_serial(owner: UserId) -> Device {
    Device {
        user: owner,
        id: owner.octets().into(),
        class: "gold".to_owned(),
        label: "Card".to_owned(),
        serial: "7710042".to_owned(),
        state: DeviceState::Active,
        algorithm: None,
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: Timestamp::from_micros(0),
        activated_at: None,
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    }
}

/// Nobody's version guards the number, and each may have found it free: its key decides.
#[test]
fn on_two_nodes_of_many_users_who_claim_one_serial_number_exactly_one_has_it() {
    for_each_driver(|fixture| {
        let nodes = [open(fixture), open(fixture)];
        let ring = KeyRing::new(&[[7; 32].into()]).unwrap();
        let fresh =
            move |sql: &mut dyn Sql| Sealer::load_or_create(sql, &ring, &FreshKey::new([9; 32].into(), [9; 12]), 0);
        let sealer = nodes[0].write_blocking(fresh).unwrap();
        let devices = |owner| nodes[0].read_blocking(move |sql| device::of_user(sql, owner)).unwrap();
        let nonces = Nonces { key: [1; 12], pin: [2; 12], approve: [3; 12] };
        let claims = (1..=8_u8).map(|number| {
            let (node, owner, sealer) = (nodes[usize::from(number % 2)].clone(), user(number), sealer.clone());
            async move {
                let claim = move |sql: &mut dyn Sql| device::insert(sql, &sealer, &same_serial(owner), None, nonces);
                // Some as a plain transaction.
                if number.is_multiple_of(3) { node.write(claim).await } else { node.unit(about(owner), claim).await }
            }
        });
        let runtime = runtime(4);
        let tasks: Vec<_> = claims.map(|claim| runtime.spawn(claim)).collect();
        let mut holders = 0;
        for (task, number) in tasks.into_iter().zip(1..) {
            let claimed = runtime.block_on(task).unwrap();
            assert!(matches!(claimed, Ok(()) | Err(Error::Unique { .. })), "{claimed:?}");
            assert_eq!(devices(user(number)).len(), usize::from(claimed.is_ok()), "of who has it not nothing is kept");
            holders += usize::from(claimed.is_ok());
        }
        assert_eq!(holders, 1);
    });
}

#[test]
fn an_empty_bucket_that_was_asked_for_refuses_without_a_write() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        let take = |sql: &mut dyn Sql| {
            let rate = Rate { burst: 1, each: Duration::from_secs(10) };
            throttle::take(sql, [9; 16], rate, Timestamp::from_micros(0))
        };
        let spec = || UnitSpec::about(user(1), vec![throttle::ask([9; 16])]);
        assert_eq!(unit(&store, spec(), take), Ok(None));
        let before = store.units();
        assert_eq!(unit(&store, spec(), take), Ok(Some(Duration::from_secs(10))));
        let done = store.units() - before;
        assert_eq!((done.alone, done.commits), (0, 0));
    });
}

#[test]
fn the_store_may_be_dropped_while_units_wait() {
    for_each_driver(|fixture| {
        let store = open(fixture);
        runtime(1).block_on(async {
            for number in 1..=8 {
                let mut waiting = Box::pin(store.unit(about(user(number)), move |sql| put(sql, user(number), "a", 1)));
                std::future::poll_fn(|context| {
                    assert!(waiting.as_mut().poll(context).is_pending());
                    std::task::Poll::Ready(())
                })
                .await;
            }
        });
        drop(store);
        let store = open(fixture);
        assert!((1..=8).all(|number| list(&store, user(number)).len() == 1));
    });
}
