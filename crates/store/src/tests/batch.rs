//! Group commit, as SQLite's writer does it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, mpsc};
use std::task::Poll;
use std::time::Duration;

use super::{Fixture, INSERT, keys, list, put};
use crate::sql::{params, statements};
use crate::{Error, Sql, Store};

statements! {
    /// Ends the whole transaction when the key is taken, as SQLite also does by itself when a disk is full.
    DESTROY = "INSERT OR ROLLBACK INTO kv (k, n) VALUES ($1, 0)";
    /// Breaks a constraint that is looked at only by the commit.
    LATE = "INSERT INTO late_children (id, parent) VALUES (1, 7)";
}

type Work = Box<dyn Fn(&mut dyn Sql) -> Result<(), Error> + Send>;

/// Runs the units in one batch: the writer is held by another unit until all of them are queued. Everything happens on
/// one thread, so this would stand still if waiting for a place in the queue blocked it.
fn in_one_batch(store: &Store, units: Vec<Work>) -> Vec<Result<(), Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Unconstrained: this one task queues more units than tokio lets a task do at a time.
    runtime.block_on(tokio::task::unconstrained(async {
        let (started, wait_started) = mpsc::channel();
        let (go, wait_go) = mpsc::channel::<()>();
        let (started, wait_go) = (Mutex::new(started), Mutex::new(wait_go));
        let mut holder = Box::pin(store.write(move |_| {
            started.lock().unwrap().send(()).unwrap();
            let _ = wait_go.lock().unwrap().recv();
            Ok::<_, Error>(())
        }));
        poll_once(holder.as_mut()).await;
        wait_started.recv().unwrap();
        let mut answers: Vec<_> = units.into_iter().map(|unit| Box::pin(store.write(unit))).collect();
        for answer in &mut answers {
            poll_once(answer.as_mut()).await;
        }
        go.send(()).unwrap();
        drop(go);
        holder.await.unwrap();
        let mut results = Vec::new();
        for answer in answers {
            results.push(answer.await);
        }
        results
    }))
}

async fn poll_once<T>(mut future: Pin<&mut impl Future<Output = T>>) {
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

fn unit(work: impl Fn(&mut dyn Sql) -> Result<(), Error> + Send + 'static) -> Work {
    Box::new(work)
}

fn putting(key: impl Into<String>) -> Work {
    let key = key.into();
    unit(move |sql| put(sql, &key, 1))
}

#[test]
fn many_units_share_one_commit() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    let before = store.units();
    let results = in_one_batch(&store, (0..256).map(|n| putting(n.to_string())).collect());
    assert!(results.iter().all(Result::is_ok));
    let work = store.units() - before;
    assert_eq!((work.writes, work.commits), (257, 2));
    assert_eq!(keys(&store).len(), 256);
}

#[test]
fn callers_wait_when_the_queue_is_full() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    let results = in_one_batch(&store, (0..3000).map(|n| putting(n.to_string())).collect());
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3000);
    assert_eq!(keys(&store).len(), 3000);
}

#[test]
fn a_failing_unit_does_not_undo_its_neighbours() {
    for rehearse in [false, true] {
        let fixture = Fixture::sqlite(rehearse);
        let store = fixture.open();
        let before = store.units();
        let failing = unit(|sql| {
            put(sql, "lost", 1)?;
            put(sql, "a", 99)?;
            Err(Error::Closed)
        });
        let panicking = unit(|sql| {
            put(sql, "lost", 1)?;
            panic!("on purpose")
        });
        let results = in_one_batch(&store, vec![putting("a"), failing, putting("b"), panicking, putting("c")]);
        assert_eq!(results, [Ok(()), Err(Error::Closed), Ok(()), Err(Error::Panicked), Ok(())]);
        assert_eq!((store.units() - before).commits, 2);
        assert_eq!(list(&store), ["a", "b", "c"].map(|key| (key.to_owned(), 1)));
    }
}

#[test]
fn a_unit_sees_its_neighbours_of_the_same_batch() {
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    let taking = || unit(|sql| sql.exec(INSERT, &params!["code", 1, None::<Vec<u8>>]).map(drop));
    let results = in_one_batch(&store, vec![taking(), taking(), taking()]);
    assert_eq!(results[0], Ok(()));
    assert!(results[1..].iter().all(|result| matches!(result, Err(Error::Unique { .. }))), "{results:?}");
}

#[test]
fn a_commit_that_fails_is_told_to_every_unit_of_the_batch() {
    for rehearse in [false, true] {
        let fixture = Fixture::sqlite(rehearse);
        let store = fixture.open();
        let refusing = unit(|_| Err(Error::Closed));
        let late = unit(|sql| sql.exec(LATE, &[]).map(drop));
        let results = in_one_batch(&store, vec![putting("a"), late, refusing, putting("b")]);
        assert_eq!(results.len(), 4);
        assert!(results.iter().all(|result| matches!(result, Err(Error::Commit { .. }))), "{results:?}");
        assert!(keys(&store).is_empty());
        store.write_blocking(|sql| put(sql, "c", 1)).unwrap();
        assert_eq!(keys(&store), ["c"]);
    }
}

#[test]
fn a_unit_that_ends_the_transaction_fails_alone() {
    for rehearse in [false, true] {
        let fixture = Fixture::sqlite(rehearse);
        let store = fixture.open();
        store.write_blocking(|sql| put(sql, "taken", 1)).unwrap();
        let destroying = unit(|sql| {
            put(sql, "lost", 1)?;
            sql.exec(DESTROY, &params!["taken"]).map(drop)
        });
        // This one does not look at the error and goes on.
        let deaf = unit(|sql| {
            let _ = sql.exec(DESTROY, &params!["taken"]);
            let _ = put(sql, "lost", 1);
            Ok(())
        });
        let results = in_one_batch(&store, vec![putting("a"), destroying, putting("b"), deaf, putting("c")]);
        assert!(results[0].is_ok() && results[2].is_ok() && results[4].is_ok(), "{results:?}");
        assert!(matches!(results[1], Err(Error::Unique { .. })), "{results:?}");
        assert!(matches!(results[3], Err(Error::Unique { .. })), "{results:?}");
        assert_eq!(keys(&store), ["a", "b", "c", "taken"]);
    }
}

#[test]
fn another_process_may_write_beside() {
    let fixture = Fixture::sqlite(false);
    let (server, tool) = (fixture.open(), fixture.open());
    for round in 0..50 {
        let store = if round % 2 == 0 { &server } else { &tool };
        store.write_blocking(move |sql| put(sql, &format!("{round:02}"), round)).unwrap();
        assert_eq!(keys(&server).len(), keys(&tool).len());
    }
    assert_eq!(keys(&server).len(), 50);
}

#[test]
fn a_lock_that_another_process_keeps_is_busy_and_no_more() {
    let mut fixture = Fixture::sqlite(false);
    // Long enough that a busy machine's pauses do not look like a store that answers nobody.
    fixture.options.patience = Duration::from_secs(1);
    let store = fixture.open();
    let other = rusqlite::Connection::open(fixture.dir.path().join("test.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let results = two_units(&store);
    // Whoever waits behind another unit may have waited twice the patience before its own turn is over.
    let refused = |result: &Result<(), Error>| matches!(result, Err(Error::Busy | Error::Away { .. }));
    assert!(results.iter().all(refused) && results.contains(&Err(Error::Busy)), "{results:?}");
    assert!(keys(&store).is_empty(), "readers go on");
    assert_eq!(store.migrate(super::TABLES, 0), Err(Error::Busy));
    other.execute_batch("COMMIT").unwrap();
    store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
    assert_eq!(keys(&store), ["a"]);
}

fn two_units(store: &Store) -> Vec<Result<(), Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (first, second) =
            tokio::join!(store.write(|sql| put(sql, "lost", 1)), store.write(|sql| put(sql, "lost", 2)));
        vec![first, second]
    })
}

#[test]
#[cfg(unix)]
fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::sqlite(false);
    let store = fixture.open();
    store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
    let files: Vec<_> = std::fs::read_dir(fixture.dir.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "the database, its log and its index");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}
