//! Readers: each unit sees one moment of the database, while the writer goes on.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::session::{Session, failure};
use super::{abandon, control};
use crate::Error;
use crate::unit::{Counters, Unit, settle};

/// The queue all readers share: whoever is idle waits in it.
type Shared = Arc<Mutex<mpsc::Receiver<Box<dyn Unit>>>>;

pub(super) struct Reader {
    connection: Connection,
    queue: Shared,
    counters: Arc<Counters>,
}

impl Reader {
    pub(super) fn new(connection: Connection, queue: Shared, counters: Arc<Counters>) -> Result<Self, Error> {
        control(&connection, "PRAGMA query_only = ON").map_err(|error| failure("open", error))?;
        Ok(Self { connection, queue, counters })
    }

    /// Works until every sender is gone and the queue is empty.
    pub(super) fn run(self) {
        while let Some(mut unit) = self.next() {
            Counters::add(&self.counters.reads);
            let outcome = self.read(unit.as_mut()).map_err(|error| failure("read", error));
            abandon(&self.connection);
            settle(unit, outcome);
        }
    }

    fn next(&self) -> Option<Box<dyn Unit>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    fn read(&self, unit: &mut dyn Unit) -> rusqlite::Result<()> {
        control(&self.connection, "BEGIN")?;
        unit.run(&mut Session::new(&self.connection, &self.counters));
        control(&self.connection, "COMMIT")
    }
}
