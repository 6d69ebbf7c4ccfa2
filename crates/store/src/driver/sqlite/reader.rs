//! Readers: each unit sees one moment of the database, while the writer goes on. They also decide the units that decide
//! before they write, so that the one writer has only to write.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::session::{Session, failure};
use super::writer::{Decision, Entry};
use super::{abandon, control};
use crate::guard::VERSION;
use crate::record::{Decided, Source, decide};
use crate::signal::Hub;
use crate::unit::{Counters, Guarded, Unit, settle};
use crate::{Error, Sql};

/// What a reader is to do.
pub(super) enum Task {
    /// A unit that only reads.
    Read(Box<dyn Unit>),
    /// A unit that decides here and writes there.
    Decide(Guarded),
}

/// The queue all readers share: whoever is idle waits in it.
type Shared = Arc<Mutex<mpsc::Receiver<Task>>>;

pub(super) struct Reader {
    /// One that refuses to write (`query_only`).
    pub(super) connection: Connection,
    pub(super) queue: Shared,
    /// Where the writer takes what was decided.
    pub(super) writer: mpsc::Sender<Entry>,
    pub(super) counters: Arc<Counters>,
    pub(super) hub: Arc<Hub>,
    pub(super) rehearse: bool,
}

impl Reader {
    /// Works until every sender is gone and the queue is empty.
    pub(super) fn run(self) {
        while let Some(task) = self.next() {
            match task {
                Task::Read(mut unit) => {
                    Counters::add(&self.counters.reads);
                    let outcome = self.read(unit.as_mut()).map_err(|error| failure("read", error));
                    abandon(&self.connection);
                    settle(unit, outcome);
                }
                Task::Decide(unit) => self.decide(unit),
            }
        }
    }

    fn next(&self) -> Option<Task> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    fn read(&self, unit: &mut dyn Unit) -> rusqlite::Result<()> {
        control(&self.connection, "BEGIN")?;
        unit.run(&mut Session::new(&self.connection, &self.counters));
        control(&self.connection, "COMMIT")
    }

    /// Decides a unit on one moment of the database. One that has nothing to write is done, since that moment holds only
    /// what is durable; every other goes to the writer.
    fn decide(&self, mut guarded: Guarded) {
        Counters::add(&self.counters.guarded);
        let decided = self.decision(&mut guarded);
        abandon(&self.connection);
        let decision = match decided {
            Ok((Decided::Keep(record), _)) if record.writes.is_empty() => {
                Counters::add(&self.counters.writes);
                self.hub.wake(&record.wakes);
                settle(guarded.unit, Ok(()));
                return;
            }
            Ok((Decided::Refused, _)) => {
                Counters::add(&self.counters.writes);
                settle(guarded.unit, Ok(()));
                return;
            }
            Ok((Decided::Keep(record), Some(version))) => Some(Decision { user: guarded.user, version, record }),
            Ok(_) | Err(_) => None,
        };
        if decision.is_none() {
            Counters::add(&self.counters.alone);
        }
        if let Err(refused) = self.writer.blocking_send(Entry { unit: guarded.unit, decision }) {
            settle(refused.0.unit, Err(Error::Closed));
        }
    }

    fn decision(&self, guarded: &mut Guarded) -> Result<(Decided, Option<i64>), Error> {
        control(&self.connection, "BEGIN").map_err(|error| failure("read", error))?;
        let mut session = Session::new(&self.connection, &self.counters);
        let Some(row) = session.row(VERSION, &[guarded.user.key()])? else { return Ok((Decided::Alone, None)) };
        let version = row.i64(0)?;
        let source = Source::Live(&mut session, &guarded.asks);
        let decided = decide(guarded.unit.as_mut(), guarded.user, source, self.rehearse);
        Ok((decided, Some(version)))
    }
}
