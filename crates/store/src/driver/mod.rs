//! The databases behind one seam. A driver takes type-less units of work, runs each as one transaction and answers
//! when it is durable; what differs between databases is a method here and never a branch in a query.
//!
//! | method | SQLite | PostgreSQL |
//! |---|---|---|
//! | `write`, `read` | one writer thread with group commit, a few reader threads | threads with a connection each; a unit is a transaction |
//! | `guarded` | readers decide, the writer checks the guards and writes | lanes: many users' units in one transaction |
//! | `schema_change` | a connection of its own under the database's write lock | the same under an advisory lock |
//! | `tables` | what is there, in the migrations' words | the same |
//! | `prepare` | asks the database whether it understands a statement | the same |
//! | `poll` | five seconds: signals stay in this process | two seconds: a notification may be lost |

mod postgres;
mod sqlite;

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::migrate::Schema;
use crate::signal::Hub;
use crate::unit::{Counts, Guarded, Unit};
use crate::{Error, Options, Stmt, Table};

/// The database a store speaks to, chosen by the address it was opened with.
pub(crate) enum Driver {
    Postgres(postgres::Postgres),
    Sqlite(sqlite::Sqlite),
}

impl Driver {
    pub(crate) fn open(options: &Options, hub: &Arc<Hub>) -> Result<Self, Error> {
        if let Some(postgres) = postgres::Postgres::open(options, hub) {
            return postgres.map(Self::Postgres);
        }
        let path = options.url.strip_prefix("sqlite:").ok_or(Error::Address)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(Error::Address);
        }
        Ok(Self::Sqlite(sqlite::Sqlite::open(path.as_ref(), options, hub)?))
    }

    /// Queues a write unit; waits, without blocking the thread, while the queue is full.
    pub(crate) async fn write(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        match self {
            Self::Postgres(postgres) => postgres.write(unit).await,
            Self::Sqlite(sqlite) => sqlite.write(unit).await,
        }
    }

    /// Queues a unit that decides before it writes.
    pub(crate) async fn guarded(&self, unit: Guarded) -> Result<(), Error> {
        match self {
            Self::Postgres(postgres) => postgres.guarded(unit).await,
            Self::Sqlite(sqlite) => sqlite.guarded(unit).await,
        }
    }

    /// Queues a read unit.
    pub(crate) async fn read(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        match self {
            Self::Postgres(postgres) => postgres.read(unit).await,
            Self::Sqlite(sqlite) => sqlite.read(unit).await,
        }
    }

    /// Runs `change` in one transaction that nothing else can write beside.
    pub(crate) fn schema_change(
        &self,
        change: &mut (dyn FnMut(&mut dyn Schema) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        match self {
            Self::Postgres(postgres) => postgres.schema_change(change),
            Self::Sqlite(sqlite) => sqlite.schema_change(change),
        }
    }

    pub(crate) fn tables(&self) -> Result<Vec<Table>, Error> {
        match self {
            Self::Postgres(postgres) => postgres.tables(),
            Self::Sqlite(sqlite) => sqlite.tables(),
        }
    }

    /// The database's own time; none where it is this machine's.
    pub(crate) fn clock(&self) -> Result<Option<i64>, Error> {
        match self {
            Self::Postgres(postgres) => postgres.clock().map(Some),
            Self::Sqlite(_) => Ok(None),
        }
    }

    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Postgres(_) => {
                let message = "copies of a PostgreSQL database are made by pg_dump".to_owned();
                Err(Error::Other { statement: "copy", message })
            }
            Self::Sqlite(sqlite) => sqlite.copy_to(path),
        }
    }

    pub(crate) fn prepare(&self, statements: &[Stmt]) -> Result<(), Error> {
        match self {
            Self::Postgres(postgres) => postgres.prepare(statements),
            Self::Sqlite(sqlite) => sqlite.prepare(statements),
        }
    }

    /// How long a signal of another process may be missed before whoever waits looks by itself.
    pub(crate) fn poll(&self) -> Duration {
        match self {
            Self::Postgres(_) => postgres::POLL,
            Self::Sqlite(_) => sqlite::POLL,
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        match self {
            Self::Postgres(postgres) => postgres.counts(),
            Self::Sqlite(sqlite) => sqlite.counts(),
        }
    }
}

/// The address as it may be shown: without a password.
pub(crate) fn shown(url: &str) -> String {
    if postgres::is_postgres(url) { postgres::shown(url) } else { url.to_owned() }
}

/// Units leave transactions and settings to the driver.
fn check_verb(stmt: Stmt) -> Result<(), Error> {
    let verb = stmt.sql().split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb.as_str()) {
        return Ok(());
    }
    let message = "only SELECT, INSERT, UPDATE, DELETE and WITH are statements of a unit".to_owned();
    Err(Error::Other { statement: stmt.name(), message })
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|error| Error::Other { statement: "open", message: error.to_string() })
}

/// Waits for threads that were told to stop. False when one of them is this very thread, which goes on: the last store
/// may have been held by a unit, and then it is dropped on the thread that ran it.
fn join(threads: &mut Vec<JoinHandle<()>>) -> bool {
    let own = thread::current().id();
    let mut all = true;
    for handle in threads.drain(..) {
        if handle.thread().id() == own {
            all = false;
        } else if handle.join().is_err() {
            tracing::error!("a thread of the store panicked");
        }
    }
    all
}
