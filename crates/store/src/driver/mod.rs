//! The databases behind one seam. A driver takes type-less units of work, runs each as one transaction and answers
//! when it is durable; what differs between databases is a method here and never a branch in a query.
//!
//! | method | SQLite |
//! |---|---|
//! | `write`, `read` | one writer thread with group commit, a few reader threads |
//! | `schema_change` | a connection of its own under the database's write lock |
//! | `tables` | what is there, in the migrations' words |
//! | `prepare` | asks the database whether it understands a statement |
//! | `poll` | five seconds: signals stay in this process |

mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use crate::migrate::Schema;
use crate::signal::Hub;
use crate::unit::{Counts, Unit};
use crate::{Error, Options, Stmt, Table};

/// The database a store speaks to, chosen by the address it was opened with.
pub(crate) enum Driver {
    Sqlite(sqlite::Sqlite),
}

impl Driver {
    pub(crate) fn open(options: &Options, hub: &Arc<Hub>) -> Result<Self, Error> {
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
            Self::Sqlite(sqlite) => sqlite.write(unit).await,
        }
    }

    /// Queues a read unit.
    pub(crate) async fn read(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(unit).await,
        }
    }

    /// Runs `change` in one transaction that nothing else can write beside.
    pub(crate) fn schema_change(
        &self,
        change: &mut dyn FnMut(&mut dyn Schema) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Self::Sqlite(sqlite) => sqlite.schema_change(change),
        }
    }

    pub(crate) fn tables(&self) -> Result<Vec<Table>, Error> {
        match self {
            Self::Sqlite(sqlite) => sqlite.tables(),
        }
    }

    pub(crate) fn prepare(&self, statements: &[Stmt]) -> Result<(), Error> {
        match self {
            Self::Sqlite(sqlite) => sqlite.prepare(statements),
        }
    }

    /// How long a signal of another process may be missed before whoever waits looks by itself.
    pub(crate) fn poll(&self) -> Duration {
        match self {
            Self::Sqlite(_) => sqlite::POLL,
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        match self {
            Self::Sqlite(sqlite) => sqlite.counts(),
        }
    }
}
