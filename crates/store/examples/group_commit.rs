//! Measures durable write units: `cargo run -p store --example group_commit -- [folder]`.
//!
//! Sixty-four callers append audit rows for two seconds each way: as the store does it (many units per commit), and
//! one at a time (one commit per unit). The folder decides which disk is measured; the default is the system's
//! temporary one.

#![allow(clippy::print_stdout, reason = "a measuring tool speaks to its user")]
#![allow(clippy::disallowed_methods, reason = "measuring needs the clock")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::audit::Kind;
use store::{Error, MIGRATIONS, Options, Store, audit};
use tokio::sync::Mutex;

const CALLERS: u64 = 64;
const SPAN: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let store = Store::open(&Options::new(format!("sqlite:{}", folder.path().join("bench.db").display())))?;
    store.migrate(MIGRATIONS, 0)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    println!("{:<28} {:>10} {:>14} {:>8} {:>8}", "", "units/s", "units/commit", "p50 ms", "p99 ms");
    for round in 1..=3 {
        for (way, turn) in [("one commit per unit", Some(Arc::new(Mutex::new(())))), ("group commit", None)] {
            let before = store.units();
            let mut waits = runtime.block_on(measure(&store, turn))?;
            let work = store.units() - before;
            waits.sort_unstable();
            let at = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
            let rate = waits.len() as f64 / SPAN.as_secs_f64();
            let grouped = work.writes as f64 / work.commits as f64;
            println!("{way:<20} round {round} {rate:>10.0} {grouped:>14.1} {:>8.2} {:>8.2}", at(50), at(99));
        }
    }
    Ok(())
}

/// How long each unit took until it was durable.
async fn measure(store: &Store, turn: Option<Arc<Mutex<()>>>) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let end = Instant::now() + SPAN;
    let unique = store.units().writes;
    let callers: Vec<_> =
        (0..CALLERS).map(|caller| tokio::spawn(call(store.clone(), turn.clone(), (unique, caller), end))).collect();
    let mut waits = Vec::new();
    for caller in callers {
        waits.extend(caller.await??);
    }
    Ok(waits)
}

async fn call(
    store: Store,
    turn: Option<Arc<Mutex<()>>>,
    (unique, caller): (u64, u64),
    end: Instant,
) -> Result<Vec<Duration>, Error> {
    let mut waits = Vec::new();
    while Instant::now() < end {
        let begun = Instant::now();
        let _turn = match &turn {
            Some(turn) => Some(turn.lock().await),
            None => None,
        };
        // Unique, and spread over the key as the ids of many users are.
        let number = u128::from(unique + waits.len() as u64) << 64 | u128::from(caller);
        let id = number.wrapping_mul(SPREAD);
        let row = move |sql: &mut dyn store::Sql| audit::insert(sql, &row(id.to_be_bytes(), KIND, DETAIL));
        store.write(row).await?;
        waits.push(begun.elapsed());
    }
    Ok(waits)
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
