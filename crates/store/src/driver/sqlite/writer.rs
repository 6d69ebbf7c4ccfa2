//! The one writer: many units per durable commit.
//!
//! `BEGIN IMMEDIATE`, one unit after the other, `COMMIT`, and only then is anyone answered. A unit that fails undoes
//! itself alone. A unit that was decided by a reader is written behind its guard; where the guard or what it expects
//! fails it runs here as any other. Most that fail have written nothing; only when one has is the batch begun again *carefully*, with each
//! unit in a savepoint of its own, which costs about a quarter more. When the commit fails every unit of the batch
//! reports that.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::session::{Session, failure};
use super::{abandon, control};
use crate::guard::{HOLDS, Holder};
use crate::record::{Expected, Record};
use crate::signal::{Hub, Topic};
use crate::unit::{Counters, Unit, Verdict, settle};
use crate::{Error, Sql};

/// The most units that share one commit.
const BATCH: usize = 256;

/// A unit that waits to be written.
pub(super) struct Entry {
    pub(super) unit: Box<dyn Unit>,
    /// What a reader has decided of it; without that it runs here.
    pub(super) decision: Option<Decision>,
}

/// What a unit writes, and what it rests on.
pub(super) struct Decision {
    pub(super) user: Holder,
    pub(super) version: i64,
    pub(super) record: Record,
}

pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) queue: mpsc::Receiver<Entry>,
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
    fn commit(&self, mut batch: Vec<Entry>) {
        let mut careful = self.rehearse;
        while !batch.is_empty() {
            let outcome = match self.attempt(&mut batch, careful) {
                Ok(()) => Ok(()),
                Err(Failure::Batch(error)) => Err(error),
                Err(Failure::Unit(index, error)) => {
                    abandon(&self.connection);
                    settle(batch.remove(index).unit, Err(error));
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
            for entry in batch.drain(..) {
                settle(entry.unit, outcome.clone());
            }
        }
    }

    fn attempt(&self, batch: &mut [Entry], careful: bool) -> Result<(), Failure> {
        control(&self.connection, "BEGIN IMMEDIATE").map_err(|error| Failure::Batch(failure("begin", error)))?;
        let mut wakes = Vec::new();
        for (index, entry) in batch.iter_mut().enumerate() {
            if let Some(decision) = &entry.decision {
                match self.write(decision, careful).map_err(|error| Failure::Unit(index, error))? {
                    Written::Kept => {
                        wakes.extend(&decision.record.wakes);
                        continue;
                    }
                    Written::Half => return Err(Failure::Careless),
                    Written::Nothing => {
                        Counters::add(&self.counters.alone);
                        entry.decision = None;
                    }
                }
            }
            wakes.extend(self.unit(index, entry.unit.as_mut(), careful)?);
        }
        control(&self.connection, "COMMIT")
            .map_err(|error| Failure::Batch(Error::Commit { message: error.to_string() }))?;
        Counters::add(&self.counters.commits);
        self.hub.wake(&wakes);
        Ok(())
    }

    /// Runs a unit and gives whom to wake when it is durable.
    fn unit(&self, index: usize, unit: &mut dyn Unit, careful: bool) -> Result<Vec<Topic>, Failure> {
        let ended = |error| Failure::Unit(index, error);
        if careful {
            return self.protected(unit).map_err(ended);
        }
        let ran = self.run_once(unit).map_err(ended)?;
        match ran.verdict {
            Verdict::Keep => Ok(ran.wakes),
            Verdict::Undo if ran.wrote => Err(Failure::Careless),
            Verdict::Undo => Ok(Vec::new()),
        }
    }

    /// Writes what was decided. An error here is not the unit's own: the transaction around it is gone.
    fn write(&self, decision: &Decision, careful: bool) -> Result<Written, Error> {
        let savepoint = |sql| control(&self.connection, sql).map_err(|error| failure("savepoint", error));
        let mut session = Session::behind_guard(&self.connection, &self.counters, decision.user);
        if decision.record.needs_guard() {
            let held = session.changes_one(HOLDS, &decision.user.at(decision.version));
            session.intact()?;
            if held != Ok(true) {
                return Ok(Written::Nothing);
            }
        }
        if careful {
            savepoint("SAVEPOINT unit")?;
        }
        let written = decision.record.writes.iter().all(|write| match write.expected {
            Expected::Any => session.apply(write.stmt, &write.args).is_ok(),
            Expected::One => session.changes_one(write.stmt, &write.args) == Ok(true),
        });
        session.intact()?;
        match (written, careful) {
            (true, false) => Ok(Written::Kept),
            (true, true) => savepoint("RELEASE unit").map(|()| Written::Kept),
            (false, false) => Ok(Written::Half),
            (false, true) => {
                savepoint("ROLLBACK TO unit")?;
                savepoint("RELEASE unit").map(|()| Written::Nothing)
            }
        }
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

/// What came of writing what was decided.
enum Written {
    /// All of it.
    Kept,
    /// Nothing, apart from a version that was raised: the unit runs here.
    Nothing,
    /// Some of it, and there is no savepoint to go back to.
    Half,
}

/// What came of running a unit.
struct Ran {
    verdict: Verdict,
    wrote: bool,
    wakes: Vec<Topic>,
}
