//! What only PostgreSQL does: units that meet, connections that break, signals between nodes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use testing::postgres::{Cluster, Database, SERVER};

use super::guarded::{self, user};
use super::{Fixture, GET, INSERT, keys, list, put};
use crate::sql::{params, statements};
use crate::{Error, Options, Sql, Store, UnitSpec, Watch, shown};
use domain::id::UserId;

statements! {
    /// Breaks a constraint that is looked at only by the commit.
    LATE = "INSERT INTO late_children (id, parent) VALUES (1, 7)";
    /// Whether this connection is encrypted.
    ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
}

const TOPIC: [u8; 16] = [7; 16];
/// For what must happen, however slow the machine is.
const DEADLINE: Duration = Duration::from_secs(120);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn units_that_meet_run_again_until_both_are_kept() {
    let fixture = Fixture::postgres(false);
    let store = fixture.open();
    store.write_blocking(|sql| put(sql, "a", 0).and_then(|()| put(sql, "b", 0))).unwrap();
    // Both have read both rows before either writes: of these first runs one cannot be kept (write skew).
    let (met, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU64::new(0)));
    let threads: Vec<_> = [("a", "b"), ("b", "a")]
        .map(|(read, written)| {
            let (store, met, runs) = (store.clone(), Arc::clone(&met), Arc::clone(&runs));
            std::thread::spawn(move || {
                let first = Mutex::new(true);
                store.write_blocking(move |sql| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let n = sql.one(GET, &params![read])?.i64(0)?;
                    if std::mem::take(&mut *first.lock().unwrap()) {
                        met.wait();
                    }
                    put(sql, written, n + 1)
                })
            })
        })
        .into();
    threads.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
    assert!(runs.load(Ordering::Relaxed) > 2, "nobody ran again");
    let mut values: Vec<_> = list(&store).into_iter().map(|(_, n)| n).collect();
    values.sort_unstable();
    assert_eq!(values, [1, 2], "as if one had run after the other");
}

#[test]
fn a_commit_that_is_refused_is_told_and_keeps_nothing() {
    for rehearse in [false, true] {
        let fixture = Fixture::postgres(rehearse);
        let store = fixture.open();
        let refused = store.write_blocking(|sql| put(sql, "lost", 1).and_then(|()| sql.exec(LATE, &[])));
        assert!(matches!(refused, Err(Error::Commit { .. })), "{refused:?}");
        store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
        assert_eq!(keys(&store), ["a"]);
    }
}

#[test]
fn a_unit_that_swallows_an_error_keeps_the_rest() {
    for rehearse in [false, true] {
        let fixture = Fixture::postgres(rehearse);
        let store = fixture.open();
        store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
        // The failing statement is the last one, and its error is not looked at.
        store
            .write_blocking(|sql| {
                put(sql, "b", 2)?;
                let _ = sql.exec(INSERT, &params!["a", 9, None::<Vec<u8>>]);
                Ok::<_, Error>(())
            })
            .unwrap();
        assert_eq!(list(&store), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
    }
}

#[test]
fn statements_are_prepared_anew_when_a_table_changed() {
    let fixture = Fixture::postgres(false);
    let store = fixture.open();
    store.write_blocking(|sql| put(sql, "a", 1).and_then(|()| sql.one(GET, &params!["a"]).map(drop))).unwrap();
    // On every connection.
    for _ in 0..fixture.options.connections * 2 {
        store.read_blocking(|sql| sql.one(GET, &params!["a"])).unwrap();
    }
    let url = fixture.options.url.as_str();
    let mut beside = postgres::Client::connect(url, postgres::NoTls).unwrap();
    beside.batch_execute("ALTER TABLE kv ALTER COLUMN n TYPE integer").unwrap();
    for _ in 0..fixture.options.connections * 2 {
        assert_eq!(store.read_blocking(|sql| sql.one(GET, &params!["a"])).unwrap().i64(0), Ok(1));
    }
    store.write_blocking(|sql| put(sql, "a", 2)).unwrap();
    assert_eq!(list(&store), [("a".to_owned(), 2)]);
}

#[test]
fn a_lane_prepares_anew_when_a_table_changed_or_its_connection_died() {
    let fixture = Fixture::postgres(false);
    let store = guarded::open(&fixture);
    let raise = || {
        let about = UnitSpec::about(user(1), vec![guarded::ask(user(1), "a")]);
        guarded::unit(&store, about, |sql| {
            let n = guarded::get(sql, user(1), "a")?.unwrap_or(0);
            guarded::put(sql, user(1), "a", n + 1)
        })
    };
    raise().unwrap();
    let mut beside = postgres::Client::connect(&fixture.options.url, postgres::NoTls).unwrap();
    beside.batch_execute("ALTER TABLE own ALTER COLUMN n TYPE integer").unwrap();
    raise().unwrap();
    cut(fixture.database.as_ref().unwrap(), "true");
    raise().unwrap();
    assert_eq!(guarded::list(&store, user(1)), [("a".to_owned(), 3)]);
    assert_eq!(store.units().alone, 0, "the lane connected anew");
}

#[test]
fn whoever_looks_before_adding_never_finds_the_key_taken() {
    let fixture = Fixture::postgres(false);
    let store = fixture.open();
    for round in 0..20 {
        let key = format!("{round}");
        let together = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (store, key, together) = (store.clone(), key.clone(), Arc::clone(&together));
                std::thread::spawn(move || {
                    let first = Mutex::new(true);
                    store.write_blocking(move |sql| {
                        let there = sql.row(GET, &params![key.as_str()])?.is_some();
                        if std::mem::take(&mut *first.lock().unwrap()) {
                            together.wait();
                        }
                        let blob = None::<Vec<u8>>;
                        if there { Ok(0) } else { sql.exec(INSERT, &params![key.as_str(), 1, blob]) }
                    })
                })
            })
            .collect();
        let added: u64 = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).sum();
        assert_eq!(added, 1);
    }
}

#[test]
fn messages_of_the_server_hold_no_values() {
    let fixture = Fixture::postgres(false);
    let store = fixture.open();
    store.write_blocking(|sql| put(sql, "canary", 1)).unwrap();
    for text in ["canary", "canary\0"] {
        let refused = store.write_blocking(move |sql| sql.exec(INSERT, &params![text, 1, None::<Vec<u8>>]));
        let refused = refused.unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("canary"), "{refused:?}");
    }
}

#[test]
fn a_database_that_does_not_sort_by_octets_is_refused_with_the_remedy() {
    #[allow(clippy::disallowed_methods, reason = "the tests' server")]
    let server = std::env::var(SERVER).unwrap();
    for (words, told) in [
        ("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", "SQL_ASCII"),
        ("LOCALE_PROVIDER icu ICU_LOCALE 'en-US' ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", "ICU"),
    ] {
        let database = Database::create_on(&server, words);
        let refused = Store::open(&Options::new(database.url.as_str())).unwrap_err().to_string();
        assert!(refused.contains(told) && refused.contains("CREATE DATABASE"), "{refused}");
    }
}

#[test]
fn an_account_that_may_make_no_tables_is_found_before_it_has_to() {
    let fixture = Fixture::postgres(false);
    let owner = fixture.open();
    let before = owner.tables().unwrap();
    owner.may_change_schema().unwrap();
    assert_eq!(owner.tables().unwrap(), before, "trying leaves nothing behind");
    let database = fixture.database.as_ref().unwrap();
    let (_, place) = database.url.split_once('@').unwrap();
    let account = Account::new(database);
    let url = format!("postgres://{0}:{0}@{place}", account.name);
    let refused = Store::open(&Options { url, ..fixture.options.clone() }).unwrap().may_change_schema().unwrap_err();
    assert!(refused.to_string().contains("permission denied for schema"), "{refused}");
}

/// An account that may come into a database and nothing more; it goes with this value.
struct Account<'a> {
    name: String,
    database: &'a Database,
}

impl<'a> Account<'a> {
    fn new(database: &'a Database) -> Self {
        let name = format!("account_of_{}", database.name());
        database.admin(&format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'"));
        Self { name, database }
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.database.admin(&format!("DROP ROLE {}", self.name));
    }
}

#[test]
fn addresses_are_shown_without_their_passwords() {
    for (url, expected) in [
        ("sqlite:/a/b.db", "sqlite:/a/b.db"),
        ("postgres://u:canary@h/d", "postgres://u@h:5432/d"),
        ("postgresql://u:canary@h:5433/d?sslmode=verify-full", "postgres://u@h:5433/d"),
        ("postgres://u@h1:1,h2:2/d?password=canary&sslmode=disable", "postgres://u@h1:1,h2:2/d"),
        ("postgres://u:canary@h/d?what=canary", "postgres://…"),
        ("postgres://u:canary@h:canary/d", "postgres://…"),
    ] {
        assert_eq!(shown(url), expected);
    }
    for url in ["postgres://u:canary@h:canary/d", "postgres://u:canary@127.0.0.1:1/d?sslmode=canary"] {
        let refused = Store::open(&Options::new(url)).unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("canary"), "{refused:?}");
    }
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let options = Options { patience: Duration::from_millis(100), ..Options::new("postgres://x@127.0.0.1:1/x") };
    let refused = Store::open(&options).unwrap_err();
    assert!(matches!(refused, Error::Other { statement: "open", .. }), "{refused:?}");
}

/// A certificate authority and what it says about a host.
fn certify(host: &str) -> (rcgen::Certificate, String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new([]).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::new(authority, key);
    let server = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new([host.to_owned()]).unwrap().signed_by(&server, &issuer).unwrap();
    (root, certificate.pem(), server.serialize_pem())
}

#[test]
fn tls_is_spoken_with_the_right_server_and_with_nobody_else() {
    let (root, certificate, key) = certify("localhost");
    let cluster = Cluster::start().unwrap();
    cluster.speak_tls(&certificate, &key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.pem"), folder.path().join("bad.pem"));
    std::fs::write(&good, root.pem()).unwrap();
    std::fs::write(&bad, certify("localhost").0.pem()).unwrap();
    let database = Database::create_on(&cluster.url(), "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let open = |host: &str, mode: &str, roots: &std::path::Path| {
        let url = database.url.replace("127.0.0.1", host);
        let url = format!("{url}?sslmode={mode}&sslrootcert={}", roots.display());
        let store = Store::open(&Options { patience: DEADLINE, ..Options::new(url) })?;
        Ok::<_, Error>(store.read_blocking(|sql| sql.one(ENCRYPTED, &[]))?.bool(0).unwrap())
    };
    assert_eq!(open("localhost", "disable", &good), Ok(false));
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        assert_eq!(open("localhost", mode, &good), Ok(true), "{mode}");
        assert!(open("localhost", mode, &bad).is_err(), "{mode}: an authority that is not ours");
        assert!(open("127.0.0.1", mode, &good).is_err(), "{mode}: a name that is not the server's");
    }
    assert!(open("localhost", "require", &folder.path().join("none.pem")).is_err());
}

#[test]
fn a_server_without_tls_is_refused_where_it_is_required() {
    let fixture = Fixture::postgres(false);
    let refused = Store::open(&Options::new(format!("{}?sslmode=require", fixture.options.url)));
    assert!(matches!(refused, Err(Error::Other { statement: "open", .. })), "{refused:?}");
}

/// A counter of each user and a row for each addition, in one unit: what was acknowledged is there, and nothing is there
/// twice.
struct Load {
    acknowledged: BTreeSet<String>,
    unknown: BTreeSet<String>,
}

/// Tasks that add at once, two for each user: one in transactions of its own, one in units that decide first.
const TASKS: usize = 8;

fn owner(task: usize) -> UserId {
    user(u8::try_from(task / 2).unwrap() + 1)
}

impl Load {
    /// Adds from several tasks until each has made `rounds`, while `disturb` does its worst.
    fn run(store: &Store, rounds: usize, disturb: impl FnOnce(&AtomicU64) + Send + 'static) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let watched = Arc::clone(&done);
        let disturbing = std::thread::spawn(move || disturb(&watched));
        let load = runtime().block_on(async {
            let tasks: Vec<_> =
                (0..TASKS).map(|task| tokio::spawn(add(store.clone(), task, rounds, Arc::clone(&done)))).collect();
            let mut load = Self { acknowledged: BTreeSet::new(), unknown: BTreeSet::new() };
            for task in tasks {
                for (key, outcome) in task.await.unwrap() {
                    match outcome {
                        Ok(()) => drop(load.acknowledged.insert(key)),
                        // Only these may have been kept; all other errors say that nothing was.
                        Err(Error::Commit { .. }) => drop(load.unknown.insert(key)),
                        Err(_) => {}
                    }
                }
            }
            load
        });
        disturbing.join().unwrap();
        load
    }

    fn check(&self, store: &Store) {
        let mut there = BTreeSet::new();
        for task in (0..TASKS).step_by(2) {
            let mut rows = guarded::list(store, owner(task));
            let counter = rows.iter().position(|(key, _)| key == "counter").map_or(0, |place| rows.remove(place).1);
            assert_eq!(counter, i64::try_from(rows.len()).unwrap(), "a unit was kept twice, or half");
            there.extend(rows.into_iter().map(|(key, _)| key));
        }
        assert!(self.acknowledged.is_subset(&there), "what was acknowledged is lost");
        let surprising: Vec<_> =
            there.difference(&self.acknowledged).filter(|key| !self.unknown.contains(*key)).collect();
        assert!(surprising.is_empty(), "kept, though it was told that it was not: {surprising:?}");
    }
}

async fn add(store: Store, task: usize, rounds: usize, done: Arc<AtomicU64>) -> Vec<(String, Result<(), Error>)> {
    let (mut outcomes, owner) = (Vec::new(), owner(task));
    for round in 0..rounds {
        let key = format!("{task}.{round}");
        let adding = key.clone();
        let unit = move |sql: &mut dyn Sql| {
            let counter = guarded::get(sql, owner, "counter")?.unwrap_or(0);
            guarded::add(sql, owner, &adding, 1)?;
            guarded::put(sql, owner, "counter", counter + 1)
        };
        let outcome = match task % 2 {
            0 => store.write(unit).await,
            _ => store.unit(UnitSpec::about(owner, vec![guarded::ask(owner, "counter")]), unit).await,
        };
        outcomes.push((key, outcome));
        done.fetch_add(1, Ordering::Relaxed);
    }
    outcomes
}

fn wait_until(done: &AtomicU64, count: u64) {
    while done.load(Ordering::Relaxed) < count {
        std::thread::yield_now();
    }
}

#[test]
fn connections_that_are_cut_lose_and_repeat_nothing() {
    let fixture = Fixture::postgres(false);
    let store = guarded::open(&fixture);
    let database = Arc::new(fixture);
    let cutting = Arc::clone(&database);
    let load = Load::run(&store, 60, move |done| {
        for count in [20, 100, 180, 260, 340] {
            wait_until(done, count);
            cut(cutting.database.as_ref().unwrap(), "true");
        }
    });
    load.check(&store);
    assert!(load.acknowledged.len() >= 400, "{} of 480", load.acknowledged.len());
}

#[test]
fn a_restart_of_the_server_loses_and_repeats_nothing() {
    let cluster = Arc::new(Cluster::start().unwrap());
    let database = Database::create_on(&cluster.url(), "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    let options = Options { patience: DEADLINE, ..Options::new(database.url.as_str()) };
    let store = Store::open(&options).unwrap();
    guarded::fill(&store);
    let restarting = Arc::clone(&cluster);
    let load = Load::run(&store, 40, move |done| {
        for count in [60, 180] {
            wait_until(done, count);
            restarting.restart().unwrap();
        }
    });
    load.check(&store);
    assert!(load.acknowledged.len() >= 280, "{} of 320", load.acknowledged.len());
    drop(store);
    drop(database);
}

/// Cuts the connections of a database that fit a condition.
fn cut(database: &Database, condition: &str) {
    database.admin(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '{}' AND pid <> pg_backend_pid() AND {condition}",
        database.name()
    ));
}

fn waking(store: &Store, key: &'static str) {
    let unit = move |sql: &mut dyn Sql| {
        put(sql, key, 1)?;
        sql.wake(TOPIC);
        Ok::<_, Error>(())
    };
    store.write_blocking(unit).unwrap();
}

async fn woken(watch: &mut Watch) {
    tokio::time::timeout(DEADLINE, watch.changed()).await.unwrap();
}

#[test]
fn a_unit_on_one_node_wakes_who_waits_on_another() {
    let fixture = Fixture::postgres(false);
    let (one, other) = (fixture.open(), fixture.open());
    runtime().block_on(async {
        let wake = async || {
            let waiting = one.clone();
            tokio::task::spawn_blocking(move || waking(&waiting, "a")).await.unwrap();
        };
        // Only a signal wakes this one. What was sent before both nodes had found the database is lost.
        let mut watch = other.watch_signals(TOPIC);
        let found = async {
            while tokio::time::timeout(Duration::from_millis(100), watch.changed()).await.is_err() {
                wake().await;
            }
        };
        tokio::time::timeout(DEADLINE, found).await.unwrap();
        for _ in 0..20 {
            wake().await;
            woken(&mut watch).await;
        }
    });
}

#[test]
fn who_waits_looks_by_itself_when_signals_are_cut() {
    let mut fixture = Fixture::postgres(false);
    // Only connections that are there already are used, since no new ones will come.
    fixture.options.connections = 1;
    let (one, other) = (fixture.open(), fixture.open());
    assert!(keys(&other).is_empty());
    waking(&one, "a");
    let database = fixture.database.as_ref().unwrap();
    database.admin(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", database.name()));
    cut(database, "(query LIKE 'LISTEN%' OR query LIKE '%pg_notify%' OR query LIKE '%synchronous_commit = off%')");
    runtime().block_on(async {
        let mut watch = other.watch(TOPIC);
        for key in ["b", "c"] {
            let waiting = one.clone();
            tokio::task::spawn_blocking(move || waking(&waiting, key)).await.unwrap();
            // The first time a signal from before the cut may come in between.
            let mut waits = 0;
            while other.read(move |sql| sql.row(GET, &params![key])).await.unwrap().is_none() || waits == 0 {
                woken(&mut watch).await;
                waits += 1;
            }
        }
    });
    assert_eq!(keys(&other), ["a", "b", "c"]);
}

#[test]
fn more_topics_than_a_message_holds_arrive_too() {
    let fixture = Fixture::postgres(false);
    let (one, other) = (fixture.open(), fixture.open());
    let topic = |n: u16| u128::from(n).to_be_bytes();
    runtime().block_on(async {
        let watches: Vec<_> = (0..1000).map(|n| other.watch(topic(n))).collect();
        let all = move |sql: &mut dyn Sql| {
            (0..1000).for_each(|n| sql.wake(topic(n)));
            Ok::<_, Error>(())
        };
        one.write(all).await.unwrap();
        for mut watch in watches {
            woken(&mut watch).await;
        }
    });
}
