//! Signals: after the commit and never before, never for what was undone, and nothing left behind.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{LazyLock, Mutex, mpsc};
use std::task::{Context, Waker};
use std::time::Duration;

use domain::confirmation::{Channel, Confirmation, Operation, State, What};
use domain::lockout::Budget;
use domain::{Timestamp, id::UserId};
use tokio::runtime::{Builder, Runtime};

use super::{Fixture, for_each_driver, put};
use crate::{Error, MIGRATIONS, Store, Watch, confirmation};

const TOPIC: [u8; 16] = [7; 16];
const OTHER: [u8; 16] = [8; 16];
/// Longer than any poll interval: who has not been woken by then never will be.
const DEADLINE: Duration = Duration::from_secs(60);

/// One for all waits: a watch keeps a timer of the runtime it waited on first.
fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap());
    &RUNTIME
}

/// Whether a signal is there already. Units are answered after those who wait were woken, so this needs no patience.
fn signalled(watch: &mut Watch) -> bool {
    runtime().block_on(async {
        let changed = pin!(watch.changed());
        changed.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    })
}

/// The store of a test, which hears other nodes already: whoever begins to listen wakes everybody once.
fn listening(fixture: &Fixture) -> Store {
    let store = fixture.open();
    if fixture.database.is_some() {
        runtime().block_on(store.alarms().wait_for(|alarms| *alarms > 0)).unwrap();
    }
    store
}

fn waking(store: &Store, topics: &'static [[u8; 16]]) -> Result<(), Error> {
    store.write_blocking(move |sql| {
        put(sql, "a", 1)?;
        topics.iter().for_each(|topic| sql.wake(*topic));
        Ok(())
    })
}

#[test]
fn a_committed_unit_wakes_its_topics_and_no_others() {
    for_each_driver(|fixture| {
        let store = listening(fixture);
        let (mut one, mut same, mut other) = (store.watch(TOPIC), store.watch(TOPIC), store.watch(OTHER));
        waking(&store, &[TOPIC]).unwrap();
        // Made after the commit: what came before is in the table already.
        let mut late = store.watch(TOPIC);
        assert!(signalled(&mut one) && signalled(&mut same));
        assert!(!signalled(&mut other) && !signalled(&mut late));
        assert!(!signalled(&mut one), "one signal wakes once");
        waking(&store, &[OTHER, TOPIC]).unwrap();
        assert!([one, same, other, late].iter_mut().all(signalled));
    });
}

#[test]
fn nobody_is_woken_before_the_commit() {
    for_each_driver(|fixture| {
        let store = listening(fixture);
        let mut watch = store.watch(TOPIC);
        let (named, wait_named) = mpsc::channel();
        let (go, wait_go) = mpsc::channel::<()>();
        let (named, wait_go) = (Mutex::new(named), Mutex::new(wait_go));
        let writing = store.clone();
        let unit = std::thread::spawn(move || {
            writing.write_blocking(move |sql| {
                put(sql, "a", 1)?;
                sql.wake(TOPIC);
                let _ = named.lock().unwrap().send(());
                // The sender is gone at the second run of a driver that runs units twice.
                let _ = wait_go.lock().unwrap().recv();
                Ok::<_, Error>(())
            })
        });
        wait_named.recv().unwrap();
        assert!(!signalled(&mut watch));
        drop(go);
        unit.join().unwrap().unwrap();
        assert!(signalled(&mut watch));
    });
}

#[test]
fn an_undone_unit_and_a_read_wake_nobody() {
    for_each_driver(|fixture| {
        let store = listening(fixture);
        let mut watch = store.watch(TOPIC);
        let undone: Result<(), Error> = store.write_blocking(|sql| {
            sql.wake(TOPIC);
            Err(Error::Closed)
        });
        assert_eq!(undone, Err(Error::Closed));
        let panicked: Result<(), Error> = store.write_blocking(|sql| {
            sql.wake(TOPIC);
            panic!("on purpose")
        });
        assert_eq!(panicked, Err(Error::Panicked));
        store
            .read_blocking(|sql| {
                sql.wake(TOPIC);
                Ok::<_, Error>(())
            })
            .unwrap();
        waking(&store, &[OTHER]).unwrap();
        assert!(!signalled(&mut watch));
    });
}

#[test]
fn nothing_is_missed_between_two_waits_and_by_a_wait_that_was_given_up() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    let mut watch = store.watch(TOPIC);
    for _ in 0..3 {
        assert!(!signalled(&mut watch), "given up");
        waking(&store, &[TOPIC]).unwrap();
        assert!(signalled(&mut watch));
    }
}

#[test]
fn topics_are_forgotten_with_the_last_who_waits() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    waking(&store, &[TOPIC]).unwrap();
    assert_eq!(store.watched(), 0, "a signal alone leaves nothing");
    let (one, same, other) = (store.watch(TOPIC), store.watch(TOPIC), store.watch(OTHER));
    assert_eq!(store.watched(), 2);
    drop(one);
    assert_eq!(store.watched(), 2);
    drop(same);
    assert_eq!(store.watched(), 1);
    drop(store);
    drop(other);
    let store = fixture.open();
    let threads: Vec<_> = (0..4_u8)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                (0..500_u16).for_each(|n| drop(store.watch(u128::from(n ^ u16::from(thread & 1)).to_be_bytes())))
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(store.watched(), 0);
}

#[test]
fn a_thousand_who_wait_are_all_woken() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    let topic = |n: u16| u128::from(n % 500).to_be_bytes();
    let woken = runtime().block_on(async {
        let waiting: Vec<_> = (0..1000_u16)
            .map(|n| {
                let mut watch = store.watch(topic(n));
                tokio::spawn(async move {
                    watch.changed().await;
                    n
                })
            })
            .collect();
        assert_eq!(store.watched(), 500);
        let all = store.write(move |sql| {
            (0..500).for_each(|n| sql.wake(topic(n)));
            Ok::<_, Error>(())
        });
        all.await.unwrap();
        let mut woken = BTreeSet::new();
        for watch in waiting {
            woken.insert(tokio::time::timeout(DEADLINE, watch).await.unwrap().unwrap());
        }
        woken
    });
    assert_eq!(woken.len(), 1000);
    assert_eq!(store.watched(), 0);
}

#[test]
fn who_waits_looks_by_itself_after_a_while() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    runtime().block_on(async {
        let mut watch = store.watch(TOPIC);
        tokio::time::timeout(DEADLINE, watch.changed()).await.unwrap();
    });
}

fn login(user: UserId, id: u8) -> Confirmation {
    Confirmation {
        id: [id; 16].into(),
        user,
        operation: Operation {
            what: What::Login,
            message: None,
            client: "web".to_owned(),
            address: "192.0.2.1".to_owned(),
            agent: "browser".to_owned(),
            channel: Channel::Hosted,
            passkey_alone: false,
        },
        created_at: Timestamp::from_micros(0),
        expires_at: Timestamp::from_micros(1),
        wrong_answers: 0,
        budget: Budget::Strangers,
        asker: domain::pushes::Asker::Attempt,
        asked: std::collections::BTreeMap::new(),
        last_wrong: None,
        first: None,
        sent: None,
        state: State::AwaitingChoice,
    }
}

#[test]
fn every_change_of_a_confirmation_wakes_its_id_and_its_user() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(MIGRATIONS, 0).unwrap();
        let (user, bystander) = ([1; 16], [2; 16]);
        let attempt = login(user.into(), 3);
        let mut watches = [store.watch(user), store.watch([3; 16])];
        let mut others = [store.watch(bystander), store.watch([4; 16])];
        let adding = attempt.clone();
        store.write_blocking(move |sql| confirmation::insert(sql, &adding, [0; 32])).unwrap();
        assert!(watches.iter_mut().all(signalled));
        let saving = attempt.clone();
        assert_eq!(store.write_blocking(move |sql| confirmation::save(sql, 0, &saving)), Ok(true));
        assert!(watches.iter_mut().all(signalled));
        // Another step was saved first: nothing changed.
        assert_eq!(store.write_blocking(move |sql| confirmation::save(sql, 0, &attempt)), Ok(false));
        assert!(!watches.iter_mut().any(signalled) && !others.iter_mut().any(signalled));
    });
}
