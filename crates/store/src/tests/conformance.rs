//! What every driver must do alike.

use std::sync::{Arc, Mutex, mpsc};

use super::{ADOPT, DELETE, GET, INSERT, LIST, ORDER, SWAP, UPSERT, for_each_driver, keys, list, put};
use crate::sql::params;
use crate::{Error, Options, Store, Val};

/// An error of a caller, into which the store's are turned.
#[derive(Debug, PartialEq)]
enum Refusal {
    Policy,
    Store(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

fn concurrent(workers: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build().unwrap()
}

#[test]
fn err_undoes_the_whole_unit() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let refused: Result<(), Refusal> = store.write_blocking(|sql| {
            put(sql, "a", 1)?;
            put(sql, "b", 2)?;
            Err(Refusal::Policy)
        });
        assert_eq!(refused, Err(Refusal::Policy));
        assert!(keys(&store).is_empty());
    });
}

#[test]
fn a_unit_sees_its_own_writes_and_goes_on_after_a_statement_failed() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        store
            .write_blocking(|sql| {
                put(sql, "a", 1)?;
                let again = sql.exec(INSERT, &params!["a", 9, None::<Vec<u8>>]);
                assert!(matches!(again, Err(Error::Unique { statement }) if statement.ends_with("::INSERT")));
                let row = sql.one(GET, &params!["a"])?;
                put(sql, "b", row.i64(0)? + 1)
            })
            .unwrap();
        assert_eq!(list(&store), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
    });
}

#[test]
fn a_taken_key_and_a_missing_parent_are_told_apart() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
        let taken = store.write_blocking(|sql| sql.exec(INSERT, &params!["a", 1, None::<Vec<u8>>]));
        assert!(matches!(taken, Err(Error::Unique { .. })), "{taken:?}");
        let orphan = store.write_blocking(|sql| sql.exec(ADOPT, &params![1, 7]));
        assert!(matches!(orphan, Err(Error::Reference { .. })), "{orphan:?}");
    });
}

#[test]
fn values_come_back_as_they_went_in() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let blobs: [Option<Vec<u8>>; 4] = [None, Some(vec![]), Some((0..=255).collect()), Some(vec![7; 100_000])];
        for (index, blob) in blobs.into_iter().enumerate() {
            for n in [None, Some(0), Some(i64::MIN), Some(i64::MAX), Some(-1)] {
                let key = format!("ключ 🔑 {index} {n:?}");
                let (wrote, blob_wrote) = (key.clone(), blob.clone());
                store
                    .write_blocking(move |sql| sql.exec(INSERT, &params![wrote.as_str(), n, blob_wrote.clone()]))
                    .unwrap();
                let row = store.read_blocking(move |sql| sql.one(GET, &params![key.as_str()])).unwrap();
                assert_eq!(row.opt_i64(0), Ok(n));
                assert_eq!(row.opt_bytes(1), Ok(blob.as_deref()));
            }
        }
    });
}

#[test]
fn parameters_are_bound_by_their_number() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let row = store.read_blocking(|sql| sql.one(ORDER, &params!["a", "b"])).unwrap();
        assert_eq!(row.text(0), Ok("bab"));
    });
}

#[test]
fn a_wrong_number_of_arguments_is_refused() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        for given in [0, 1, 3] {
            let args = vec![Val::from("a"); given];
            let refused = store.read_blocking(move |sql| sql.rows(ORDER, &args));
            assert!(matches!(refused, Err(Error::Arguments { wanted: 2, given: found, .. }) if found == given));
        }
    });
}

#[test]
fn upsert_returns_the_row_as_it_became() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        for expected in [5, 10, 15] {
            let row = store.write_blocking(|sql| sql.one(UPSERT, &params!["a", 5])).unwrap();
            assert_eq!((row.text(0), row.i64(1)), (Ok("a"), Ok(expected)));
        }
        assert_eq!(store.write_blocking(|sql| sql.exec(DELETE, &params!["a"])), Ok(1));
        assert_eq!(store.write_blocking(|sql| sql.exec(DELETE, &params!["a"])), Ok(0));
    });
}

#[test]
fn a_column_takes_no_value_of_another_type() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let refused = store.write_blocking(|sql| sql.exec(INSERT, &params!["canary-key", "canary-value", "x"]));
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("INSERT") && !message.contains("canary"), "{message}");
        assert!(keys(&store).is_empty());
    });
}

#[test]
fn getters_name_statement_and_column_but_no_value() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        store.write_blocking(|sql| sql.exec(INSERT, &params!["a", 3, "canary".as_bytes()])).unwrap();
        let row = store.read_blocking(|sql| sql.one(GET, &params!["a"])).unwrap();
        let error = row.text(1).unwrap_err().to_string();
        assert_eq!(error, "store::tests::GET, column 1: expected text, found bytes");
        assert_eq!(row.array::<6>(1), Ok(*b"canary"));
        for refused in [row.id16(1).err(), row.bool(0).err(), row.i64(2).err(), row.bytes(0).err()] {
            assert!(matches!(refused, Some(Error::Corrupt { .. })), "{refused:?}");
        }
        assert!(!format!("{row:?} {:?}", Val::from("canary")).contains("canary"));
    });
}

#[test]
fn one_and_row_count() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let none = store.read_blocking(|sql| sql.one(LIST, &[]));
        assert!(matches!(none, Err(Error::RowCount { found: 0, .. })));
        assert_eq!(store.read_blocking(|sql| sql.row(LIST, &[])), Ok(None));
        store.write_blocking(|sql| put(sql, "a", 1).and_then(|()| put(sql, "b", 2))).unwrap();
        let two = store.read_blocking(|sql| sql.row(LIST, &[]));
        assert!(matches!(two, Err(Error::RowCount { found: 2, .. })));
    });
}

#[test]
fn a_panic_is_an_error_of_its_own_unit() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let panicked: Result<(), Error> = store.write_blocking(|sql| {
            put(sql, "a", 1)?;
            panic!("on purpose")
        });
        assert_eq!(panicked, Err(Error::Panicked));
        let panicked: Result<(), Error> = store.read_blocking(|_| panic!("on purpose"));
        assert_eq!(panicked, Err(Error::Panicked));
        store.write_blocking(|sql| put(sql, "b", 2)).unwrap();
        assert_eq!(keys(&store), ["b"]);
    });
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    for_each_driver(|fixture| {
        for round in 0..3_i64 {
            let store = fixture.open();
            store.write_blocking(move |sql| put(sql, &round.to_string(), round)).unwrap();
            drop(store);
            assert_eq!(keys(&fixture.open()).len(), usize::try_from(round).unwrap() + 1);
        }
    });
}

#[test]
fn of_fifty_compare_and_sets_exactly_one_wins() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        store.write_blocking(|sql| put(sql, "a", 0)).unwrap();
        let wins = concurrent(4).block_on(async {
            let tasks: Vec<_> = (1..=50_i64)
                .map(|n| {
                    let store = store.clone();
                    tokio::spawn(async move { store.write(move |sql| sql.exec(SWAP, &params!["a", 0, n])).await })
                })
                .collect();
            let mut wins = Vec::new();
            for (task, n) in tasks.into_iter().zip(1_i64..) {
                if task.await.unwrap().unwrap() == 1 {
                    wins.push(n);
                }
            }
            wins
        });
        assert_eq!(wins.len(), 1);
        assert_eq!(list(&store), [("a".to_owned(), wins[0])]);
    });
}

#[test]
fn read_modify_write_loses_no_update() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        store.write_blocking(|sql| put(sql, "a", 0)).unwrap();
        concurrent(4).block_on(async {
            let tasks: Vec<_> = (0..100)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        let add = store.write(|sql| {
                            let n = sql.one(GET, &params!["a"])?.i64(0)?;
                            put(sql, "a", n + 1)
                        });
                        add.await
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        });
        assert_eq!(list(&store), [("a".to_owned(), 100)]);
    });
}

#[test]
fn a_read_unit_sees_one_moment_and_cannot_write() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
        let refused = store.read_blocking(|sql| put(sql, "b", 2));
        assert!(matches!(refused, Err(Error::ReadOnly { .. })), "{refused:?}");

        let (looked, wait_looked) = mpsc::channel();
        let (wrote, wait_wrote) = mpsc::channel::<()>();
        let (looked, wait_wrote) = (Mutex::new(looked), Mutex::new(wait_wrote));
        let reading = store.clone();
        let reader = std::thread::spawn(move || {
            reading.read_blocking(move |sql| {
                let before = sql.rows(LIST, &[])?;
                looked.lock().unwrap().send(()).unwrap();
                wait_wrote.lock().unwrap().recv().unwrap();
                Ok::<_, Error>((before, sql.rows(LIST, &[])?))
            })
        });
        wait_looked.recv().unwrap();
        store.write_blocking(|sql| put(sql, "c", 3)).unwrap();
        wrote.send(()).unwrap();
        let (before, after) = reader.join().unwrap().unwrap();
        assert_eq!((before.len(), before), (1, after));
        assert_eq!(keys(&store), ["a", "c"]);
    });
}

#[test]
fn dropping_the_store_waits_for_what_is_queued_though_no_caller_does() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let queued = Arc::new(());
        let held = Arc::clone(&queued);
        concurrent(1).block_on(async {
            // Long enough that it cannot be done before the store is dropped.
            let mut unit = Box::pin(store.write(move |sql| {
                let _keep = &held;
                (0..3000).try_for_each(|n| put(sql, &n.to_string(), n))
            }));
            // The first poll queues the unit; dropping the future then is what a client that hangs up does.
            std::future::poll_fn(|context| {
                assert!(unit.as_mut().poll(context).is_pending());
                std::task::Poll::Ready(())
            })
            .await;
        });
        drop(store);
        assert_eq!(Arc::strong_count(&queued), 1, "the unit is still under way");
        assert_eq!(keys(&fixture.open()).len(), 3000);
    });
}

#[test]
fn a_unit_may_hold_the_last_store() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let (started, wait_started) = mpsc::channel();
        let (go, wait_go) = mpsc::channel::<()>();
        let (started, wait_go) = (Mutex::new(started), Mutex::new(wait_go));
        let held = store.clone();
        let ended = Arc::new(());
        let alive = Arc::clone(&ended);
        concurrent(1).block_on(async {
            let unit = store.write(move |sql| {
                let _keep = (&held, &alive);
                started.lock().unwrap().send(()).unwrap();
                // The sender is gone at the second run of a driver that runs units twice.
                let _ = wait_go.lock().unwrap().recv();
                put(sql, "a", 1)
            });
            let mut unit = Box::pin(unit);
            std::future::poll_fn(|context| {
                let _ = unit.as_mut().poll(context);
                std::task::Poll::Ready(())
            })
            .await;
            wait_started.recv().unwrap();
        });
        drop(store);
        go.send(()).unwrap();
        drop(go);
        while Arc::strong_count(&ended) > 1 {
            std::thread::yield_now();
        }
        assert_eq!(keys(&fixture.open()), ["a"]);
    });
}

#[test]
fn the_same_work_counts_the_same() {
    for_each_driver(|fixture| {
        let store = fixture.open();
        let work = |key: &'static str| {
            let before = store.units();
            store.write_blocking(move |sql| put(sql, key, 1)).unwrap();
            store.read_blocking(move |sql| sql.row(GET, &params![key])).unwrap();
            store.units() - before
        };
        let first = work("a");
        assert_eq!((first.writes, first.reads, first.commits), (1, 1, 1));
        assert_eq!(first.statements, if fixture.options.rehearse { 3 } else { 2 });
        assert_eq!(work("b"), first);
    });
}

#[test]
fn only_known_addresses_open() {
    for url in ["", "sqlite:", "sqlite://", "mysql://localhost/x", "test.db"] {
        assert_eq!(Store::open(&Options::new(url)).err(), Some(Error::Address), "{url}");
    }
    let missing = Store::open(&Options::new("sqlite:/nowhere/at/all.db")).err();
    assert!(matches!(missing, Some(Error::Other { statement: "open", .. })), "{missing:?}");
}
