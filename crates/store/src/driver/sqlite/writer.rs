//! The one writer: many units per durable commit.
//!
//! `BEGIN IMMEDIATE`, one unit after the other, `COMMIT`, and only then is anyone answered. A unit that fails undoes
//! itself alone. Most that fail have written nothing; only when one has is the batch begun again *carefully*, with each
//! unit in a savepoint of its own, which costs about a quarter more. When the commit fails every unit of the batch
//! reports that.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::session::{Session, failure};
use super::{abandon, control};
use crate::Error;
use crate::signal::{Hub, Topic};
use crate::unit::{Counters, Unit, Verdict, settle};

/// The most units that share one commit.
const BATCH: usize = 256;

pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) queue: mpsc::Receiver<Box<dyn Unit>>,
    pub(super) counters: Arc<Counters>,
    pub(super) hub: Arc<Hub>,
    /// Runs every unit twice and undoes the first run.
    pub(super) rehearse: bool,
}

/// Why a batch was not committed.
enum Failure {
    /// None of it can be.
    Batch(Error),
    /// Unit number so-and-so took the whole transaction down with it; the others may run again.
    Unit(usize, Error),
    /// A unit wrote something and is to be undone, and there is no savepoint to go back to.
    Careless,
}

impl Writer {
    /// Works until every sender is gone and the queue is empty.
    pub(super) fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.queue.blocking_recv_many(&mut batch, BATCH) > 0 {
            for _ in &batch {
                Counters::add(&self.counters.writes);
            }
            self.commit(std::mem::take(&mut batch));
        }
    }

    /// Commits a batch, without those units that do not let it be committed.
    fn commit(&self, mut batch: Vec<Box<dyn Unit>>) {
        let mut careful = self.rehearse;
        while !batch.is_empty() {
            let outcome = match self.attempt(&mut batch, careful) {
                Ok(()) => Ok(()),
                Err(Failure::Batch(error)) => Err(error),
                Err(Failure::Unit(index, error)) => {
                    abandon(&self.connection);
                    settle(batch.remove(index), Err(error));
                    continue;
                }
                Err(Failure::Careless) => {
                    abandon(&self.connection);
                    careful = true;
                    continue;
                }
            };
            if outcome.is_err() {
                abandon(&self.connection);
            }
            for unit in batch.drain(..) {
                settle(unit, outcome.clone());
            }
        }
    }

    fn attempt(&self, batch: &mut [Box<dyn Unit>], careful: bool) -> Result<(), Failure> {
        control(&self.connection, "BEGIN IMMEDIATE").map_err(|error| Failure::Batch(failure("begin", error)))?;
        let mut wakes = Vec::new();
        for (index, unit) in batch.iter_mut().enumerate() {
            let ended = |error| Failure::Unit(index, error);
            if careful {
                wakes.extend(self.protected(unit.as_mut()).map_err(ended)?);
                continue;
            }
            let ran = self.run_once(unit.as_mut()).map_err(ended)?;
            match ran.verdict {
                Verdict::Keep => wakes.extend(ran.wakes),
                Verdict::Undo if ran.wrote => return Err(Failure::Careless),
                Verdict::Undo => {}
            }
        }
        control(&self.connection, "COMMIT")
            .map_err(|error| Failure::Batch(Error::Commit { message: error.to_string() }))?;
        Counters::add(&self.counters.commits);
        self.hub.wake(&wakes);
        Ok(())
    }

    /// Runs one unit in its savepoint and gives whom to wake when it is durable. An error here is not the unit's own:
    /// the transaction around it is gone.
    fn protected(&self, unit: &mut dyn Unit) -> Result<Vec<Topic>, Error> {
        let savepoint = |sql| control(&self.connection, sql).map_err(|error| failure("savepoint", error));
        savepoint("SAVEPOINT unit")?;
        if self.rehearse {
            self.run_once(unit)?;
            savepoint("ROLLBACK TO unit")?;
        }
        let mut ran = self.run_once(unit)?;
        if ran.verdict == Verdict::Undo {
            ran.wakes.clear();
            savepoint("ROLLBACK TO unit")?;
        }
        savepoint("RELEASE unit").map(|()| ran.wakes)
    }

    fn run_once(&self, unit: &mut dyn Unit) -> Result<Ran, Error> {
        let mut session = Session::new(&self.connection, &self.counters);
        let verdict = unit.run(&mut session);
        session.intact()?;
        Ok(Ran { verdict, wrote: session.wrote(), wakes: session.into_wakes() })
    }
}

/// What came of running a unit.
struct Ran {
    verdict: Verdict,
    wrote: bool,
    wakes: Vec<Topic>,
}
