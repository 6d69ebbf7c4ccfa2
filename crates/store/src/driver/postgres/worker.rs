//! Workers: each has a thread, a connection, and one unit at a time in one transaction.
//!
//! Write units are SERIALIZABLE. Read units are REPEATABLE READ: one moment that has everything acknowledged before,
//! never refused and at no cost for the writers. Whatever decides something is a write unit, where the database itself
//! watches that units might as well have run one after the other.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::failure::{is_answer, is_conflict, words};
use super::link::{Link, gone, is_lost, lost};
use super::session::{Broken, Session};
use super::signals::Outbound;
use crate::Error;
use crate::signal::{Hub, Topic};
use crate::unit::{Counters, Unit, Verdict, settle};

/// How often a unit that meets others is tried.
const ATTEMPTS: u32 = 40;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// A unit on its way to a worker.
pub(super) enum Task {
    Write(Box<dyn Unit>),
    Read(Box<dyn Unit>),
}

/// The queue all workers share: whoever is idle waits in it.
pub(super) type Shared = Arc<Mutex<mpsc::Receiver<Task>>>;

pub(super) struct Worker {
    pub(super) link: Link,
    pub(super) queue: Shared,
    pub(super) counters: Arc<Counters>,
    pub(super) hub: Arc<Hub>,
    pub(super) outbound: Outbound,
    /// How long a database that does not answer is waited for.
    pub(super) patience: Duration,
    /// Runs every write unit twice and undoes the first run.
    pub(super) rehearse: bool,
}

/// Why a unit was not carried out.
enum Failure {
    /// It met another one.
    Conflict,
    /// It went on after a failed statement, or the key was taken.
    Careless(Error),
    /// The connection was lost before anything could be kept.
    Lost(Error),
    /// It may not run again.
    Final(Error),
}

impl Failure {
    fn before_commit(statement: &'static str, error: &postgres::Error) -> Self {
        if is_lost(error) {
            Self::Lost(lost(error))
        } else if is_conflict(error) {
            Self::Conflict
        } else {
            Self::Final(super::failure::failure(statement, error))
        }
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Conflict => Self::Conflict,
            Broken::Lost(error) => Self::Lost(error),
            Broken::Failed(error) | Broken::WentOn(error) => Self::Careless(error),
        }
    }
}

impl Worker {
    /// Works until every sender is gone and the queue is empty.
    pub(super) fn run(mut self) {
        while let Some(task) = self.next() {
            match task {
                Task::Write(mut unit) => {
                    Counters::add(&self.counters.writes);
                    let outcome = self.repeat(unit.as_mut(), Self::write);
                    settle(unit, outcome);
                }
                Task::Read(mut unit) => {
                    Counters::add(&self.counters.reads);
                    let outcome = self.repeat(unit.as_mut(), Self::read);
                    settle(unit, outcome);
                }
            }
        }
    }

    fn next(&self) -> Option<Task> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    /// Carries a unit out, again and again where that may help.
    fn repeat(
        &mut self,
        unit: &mut dyn Unit,
        attempt: fn(&mut Self, &mut dyn Unit, bool) -> Result<(), Failure>,
    ) -> Result<(), Error> {
        let (mut careful, mut conflicts, mut losses, mut waited) = (false, 0, 0, Duration::ZERO);
        loop {
            let Err(failure) = attempt(self, unit, careful) else { return Ok(()) };
            if !matches!(failure, Failure::Lost(_)) {
                self.link.abandon();
            }
            match failure {
                Failure::Careless(_) if !careful => careful = true,
                Failure::Careless(error) | Failure::Final(error) => return Err(error),
                Failure::Conflict => {
                    conflicts += 1;
                    if conflicts >= ATTEMPTS {
                        return Err(Error::Retry);
                    }
                    pause(jittered(conflicts));
                }
                Failure::Lost(error) => {
                    self.link.close();
                    if waited >= self.patience {
                        return Err(error);
                    }
                    // The first time it is most likely a connection that died while it was idle.
                    let delay = if losses == 0 { Duration::ZERO } else { jittered(losses + 3) };
                    if losses == 1 {
                        tracing::warn!(%error, "the database does not answer");
                    }
                    losses += 1;
                    waited += delay;
                    pause(delay);
                }
            }
        }
    }

    fn write(&mut self, unit: &mut dyn Unit, careful: bool) -> Result<(), Failure> {
        self.begin("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
        if self.rehearse {
            self.control("SAVEPOINT unit")?;
            self.session(unit, careful)?;
            self.control("ROLLBACK TO unit")?;
        }
        let (verdict, wakes) = self.session(unit, careful)?;
        if verdict == Verdict::Undo {
            self.link.abandon();
            return Ok(());
        }
        self.commit()?;
        Counters::add(&self.counters.commits);
        if !wakes.is_empty() {
            self.hub.wake(&wakes);
            self.outbound.send(wakes);
        }
        Ok(())
    }

    fn read(&mut self, unit: &mut dyn Unit, careful: bool) -> Result<(), Failure> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        self.session(unit, careful)?;
        self.link.abandon();
        Ok(())
    }

    /// Runs the unit once. One whose failed statement was its last and that refused is done: there is nothing to keep.
    /// But a key that was taken may have been taken by a unit that is not in this one's moment of the database, as if
    /// a row that the unit had just missed were there all the same: then it is run again, on a later moment.
    fn session(&mut self, unit: &mut dyn Unit, careful: bool) -> Result<(Verdict, Vec<Topic>), Failure> {
        let open = self.link.current().ok_or_else(|| Failure::Lost(gone()))?;
        let mut session = Session::new(open, &self.counters, careful);
        let verdict = unit.run(&mut session);
        match session.end() {
            Ok(wakes) => Ok((verdict, wakes)),
            Err(Broken::Failed(error)) if verdict == Verdict::Undo && !matches!(error, Error::Unique { .. }) => {
                Ok((verdict, Vec::new()))
            }
            Err(broken) => Err(broken.into()),
        }
    }

    fn begin(&mut self, sql: &str) -> Result<(), Failure> {
        self.link.open().map_err(|error| Failure::Lost(lost(&error)))?;
        self.control(sql)
    }

    fn control(&mut self, sql: &str) -> Result<(), Failure> {
        let open = self.link.current().ok_or_else(|| Failure::Lost(gone()))?;
        open.client.batch_execute(sql).map_err(|error| Failure::before_commit("transaction", &error))
    }

    /// Makes the unit durable. When the connection breaks here, nobody knows whether it is: it must not run again.
    fn commit(&mut self) -> Result<(), Failure> {
        let open = self.link.current().ok_or_else(|| Failure::Lost(gone()))?;
        let Err(error) = open.client.batch_execute("COMMIT") else { return Ok(()) };
        if is_conflict(&error) && is_answer(&error) {
            return Err(Failure::Conflict);
        }
        if is_answer(&error) {
            return Err(Failure::Final(Error::Commit { message: words(&error) }));
        }
        self.link.close();
        let message = format!("the connection was lost, and whether the unit was kept is not known: {}", words(&error));
        Err(Failure::Final(Error::Commit { message }))
    }
}

/// A random part of a time that doubles with each attempt, so that units that met do not meet again.
fn jittered(attempt: u32) -> Duration {
    let longest = Duration::from_millis(1).saturating_mul(1 << attempt.min(16)).min(LONGEST_PAUSE);
    // A hasher with keys of its own is as random as this needs.
    let part = RandomState::new().hash_one(attempt) % 1000;
    longest.saturating_mul(u32::try_from(part).unwrap_or(0) + 1) / 1000
}

fn pause(delay: Duration) {
    // It may end early, which does no harm.
    std::thread::park_timeout(delay);
}
