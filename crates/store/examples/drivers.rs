//! Measures durable write units on both databases in turn: `cargo run -p store --example drivers -- URL [folder]`.
//!
//! URL is an empty PostgreSQL database; the folder decides which disk SQLite writes to. Sixty-four callers append audit
//! rows for two seconds each way: on SQLite, on PostgreSQL, and on PostgreSQL with a signal to other nodes from each
//! unit; then all of them raise one of a thousand counters, or all the same one.

#![allow(clippy::print_stdout, reason = "a measuring tool speaks to its user")]
#![allow(clippy::disallowed_methods, reason = "measuring needs the clock")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::audit::Kind;
use store::throttle::{Rate, take};
use store::{Error, MIGRATIONS, Options, Sql, Store, audit};

const CALLERS: u128 = 64;
const SPAN: Duration = Duration::from_secs(2);

/// What a unit does.
#[derive(Clone, Copy)]
enum Work {
    /// Appends a row.
    Append,
    /// Appends a row and wakes whoever waits for it, on all nodes.
    AppendAndWake,
    /// Takes a token of one of so many buckets: reads a row, changes it.
    Take(u128),
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: drivers URL [folder]")?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let sqlite = Store::open(&Options::new(format!("sqlite:{}", folder.path().join("bench.db").display())))?;
    let postgres = Store::open(&Options::new(url.as_str()))?;
    // Another node, which takes the signals.
    let _other = Store::open(&Options { connections: 1, ..Options::new(url) })?;
    for store in [&sqlite, &postgres] {
        store.migrate(MIGRATIONS, 0)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!("{:<34} {:>10} {:>14} {:>8} {:>8}", "", "units/s", "units/commit", "p50 ms", "p99 ms");
    let mut number = 0;
    for round in 1..=3 {
        for (name, store, work) in [
            ("SQLite, append", &sqlite, Work::Append),
            ("PostgreSQL, append", &postgres, Work::Append),
            ("PostgreSQL, append and wake", &postgres, Work::AppendAndWake),
            ("SQLite, 1000 counters", &sqlite, Work::Take(1000)),
            ("PostgreSQL, 1000 counters", &postgres, Work::Take(1000)),
            ("SQLite, one counter", &sqlite, Work::Take(1)),
            ("PostgreSQL, one counter", &postgres, Work::Take(1)),
        ] {
            number += 1;
            let before = store.units();
            let (mut waits, failed) = runtime.block_on(measure(store, work, number))?;
            let done = store.units() - before;
            waits.sort_unstable();
            let at = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
            let rate = waits.len() as f64 / SPAN.as_secs_f64();
            let grouped = done.writes as f64 / done.commits as f64;
            let given_up = if failed > 0 { format!("  {failed} gave up") } else { String::new() };
            println!("{name:<28} {round:>5} {rate:>10.0} {grouped:>14.1} {:>8.2} {:>8.2}{given_up}", at(50), at(99));
        }
    }
    Ok(())
}

/// How long each unit took until it was durable, and how many gave up.
async fn measure(
    store: &Store,
    work: Work,
    number: u128,
) -> Result<(Vec<Duration>, usize), Box<dyn std::error::Error>> {
    let end = Instant::now() + SPAN;
    let callers: Vec<_> =
        (0..CALLERS).map(|caller| tokio::spawn(call(store.clone(), work, number << 64 | caller, end))).collect();
    let (mut waits, mut failed) = (Vec::new(), 0);
    for caller in callers {
        let (done, lost) = caller.await??;
        waits.extend(done);
        failed += lost;
    }
    Ok((waits, failed))
}

async fn call(store: Store, work: Work, unique: u128, end: Instant) -> Result<(Vec<Duration>, usize), Error> {
    let (mut waits, mut failed) = (Vec::new(), 0);
    while Instant::now() < end {
        let begun = Instant::now();
        // Unique, and spread over the key as the ids of many users are.
        let id = (unique | (waits.len() as u128) << 16).wrapping_mul(SPREAD);
        match store.write(move |sql| run(sql, work, id)).await {
            Ok(()) => waits.push(begun.elapsed()),
            Err(Error::Retry) => failed += 1,
            Err(error) => return Err(error),
        }
    }
    Ok((waits, failed))
}

fn run(sql: &mut dyn Sql, work: Work, id: u128) -> Result<(), Error> {
    let octets = id.to_be_bytes();
    match work {
        Work::Take(buckets) => {
            let bucket = (id.rotate_left(64) % buckets).to_be_bytes();
            let rate = Rate { burst: u32::MAX, each: Duration::from_micros(1) };
            return take(sql, bucket, rate, Timestamp::from_micros(0)).map(drop);
        }
        Work::AppendAndWake => sql.wake(octets),
        Work::Append => {}
    }
    audit::insert(sql, &row(octets, KIND, DETAIL))
}

/// Odd, so that multiplying by it keeps numbers apart.
const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
const KIND: Kind = Kind::Confirmed;
const DETAIL: &str = "{\"device\":\"0192f0c1-2b3c-7d4e-8f90-a1b2c3d4e5f6\",\"method\":\"challenge_response\",\"address\":\
    \"192.0.2.17\",\"agent\":\"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\",\"client\":\"brokerage\",\"try\":1}";

fn row(id: [u8; 16], kind: Kind, detail: &str) -> audit::Entry {
    let at = Timestamp::from_micros(0);
    audit::Entry { user: Some(id.into()), id: id.into(), at, kind: kind.name().to_owned(), detail: detail.to_owned() }
}
