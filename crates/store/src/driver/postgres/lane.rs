//! Lanes: a thread with a connection each, on which the units of several users share a transaction.
//!
//! A lane takes what has queued while it was busy, at most one unit of each user. It fetches in one round trip what all
//! of them read, lets each decide, and sends in one more what they write: first the rows that belong to nobody, in one
//! order for all lanes, so that no two wait for each other; then the guards; then the rest; and the commit. A unit whose
//! guard fails is taken out and decided anew, one that cannot be kept otherwise runs alone on a worker, and the others
//! are sent again without it.
//!
//! The transaction is READ COMMITTED: what a unit decided on is guarded by its user's version
//! (`docs/decisions/0008-unit-of-work.md`).

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::address::Address;
use super::pipe::{Call, Outcome, Pipe, Unread};
use super::session::read;
use super::signals::Outbound;
use super::worker::Task;
use crate::guard::{HOLDS, VERSION};
use crate::record::{Decided, Expected, Record, Source, decide};
use crate::signal::Hub;
use crate::sql::{Row, Val};
use crate::unit::{Counters, Guarded, settle};
use crate::{Error, Stmt};

/// The most units that share a transaction.
const BATCH: usize = 32;
/// How often a unit may say that it needs further reads before it runs alone.
const STAGES: usize = 4;
/// How many units of a transaction may spoil it before the others run alone: somebody may try to.
const SPOILT: usize = 4;
/// How often a unit is decided anew because its guard failed before it runs alone.
const LOSSES: u32 = 3;

pub(super) struct Lane {
    pub(super) runtime: Runtime,
    pub(super) address: Arc<Address>,
    pub(super) pipe: Option<Pipe>,
    pub(super) queue: mpsc::Receiver<Guarded>,
    /// Units of users who have one under way, and those that are decided anew.
    pub(super) waiting: VecDeque<Guarded>,
    /// Who runs units alone.
    pub(super) workers: mpsc::Sender<Task>,
    pub(super) counters: Arc<Counters>,
    pub(super) hub: Arc<Hub>,
    pub(super) outbound: Outbound,
    /// Decides every unit twice.
    pub(super) rehearse: bool,
}

/// A unit and what it has decided.
struct Ready {
    guarded: Guarded,
    version: i64,
    record: Record,
}

impl Lane {
    /// Works until every sender is gone and the queue is empty.
    pub(super) fn run(mut self) {
        while let Some(batch) = self.batch() {
            self.process(batch);
        }
    }

    fn batch(&mut self) -> Option<Vec<Guarded>> {
        if self.waiting.is_empty() {
            let first = self.queue.blocking_recv()?;
            self.enter(first);
        }
        while self.waiting.len() < BATCH {
            let Ok(next) = self.queue.try_recv() else { break };
            self.enter(next);
        }
        let mut batch: Vec<Guarded> = Vec::new();
        for guarded in std::mem::take(&mut self.waiting) {
            if batch.len() < BATCH && batch.iter().all(|other| other.user != guarded.user) {
                batch.push(guarded);
            } else {
                self.waiting.push_back(guarded);
            }
        }
        Some(batch)
    }

    fn enter(&mut self, guarded: Guarded) {
        Counters::add(&self.counters.guarded);
        self.waiting.push_back(guarded);
    }

    fn process(&mut self, batch: Vec<Guarded>) {
        let (mut undecided, mut ready) = (batch, Vec::new());
        for _ in 0..STAGES {
            if undecided.is_empty() {
                break;
            }
            let mut further = Vec::new();
            for guarded in self.load(std::mem::take(&mut undecided)) {
                further.extend(self.decide(guarded, &mut ready));
            }
            undecided = further;
        }
        for guarded in undecided {
            self.alone(guarded);
        }
        self.write(ready);
    }

    /// Decides a unit, and gives it back if it needs further reads.
    fn decide(&mut self, mut guarded: Guarded, ready: &mut Vec<Ready>) -> Option<Guarded> {
        let source = Source::Known(&guarded.known);
        match (decide(guarded.unit.as_mut(), guarded.user, source, self.rehearse), guarded.version) {
            (Decided::Keep(record), Some(version)) if !record.writes.is_empty() => {
                ready.push(Ready { guarded, version, record });
            }
            (Decided::Keep(record), Some(_)) => {
                self.wake(record.wakes);
                self.answer(guarded, Ok(()));
            }
            (Decided::Refused, Some(_)) => self.answer(guarded, Ok(())),
            (Decided::Needs(asks), Some(_)) => {
                Counters::add_many(&self.counters.unasked, asks.len());
                guarded.asks.extend(asks);
                return Some(guarded);
            }
            (Decided::Alone, _) | (_, None) => self.alone(guarded),
        }
        None
    }

    /// Fetches what the units read and do not know yet; gives those that can be decided.
    fn load(&mut self, mut batch: Vec<Guarded>) -> Vec<Guarded> {
        // The first connection may have died while it was idle.
        let mut again = self.pipe.is_some();
        while !batch.is_empty() {
            let wanted: Vec<Wanted> =
                batch.iter().enumerate().flat_map(|(unit, guarded)| wanted(unit, guarded)).collect();
            let calls: Vec<Call<'_>> = wanted.iter().map(Wanted::call).collect();
            let found = self.connected(async |pipe| pipe.read(&calls).await).unwrap_or(Err(Unread::Lost));
            let failed = match found {
                Ok(found) => {
                    Counters::add_many(&self.counters.statements, calls.len().saturating_sub(batch.len()));
                    return self.take(batch, wanted, &found);
                }
                Err(Unread::Call(number)) => wanted.get(number).map(|wanted| wanted.unit),
                Err(Unread::Lost) => None,
            };
            if let Some(unit) = failed {
                let guarded = batch.remove(unit);
                self.alone(guarded);
                continue;
            }
            self.pipe = None;
            if !std::mem::take(&mut again) {
                // A worker has the patience to wait for the database.
                batch.drain(..).for_each(|guarded| self.alone(guarded));
            }
        }
        batch
    }

    /// Gives each unit what was fetched for it.
    fn take(&mut self, mut batch: Vec<Guarded>, wanted: Vec<Wanted>, found: &[Vec<postgres::Row>]) -> Vec<Guarded> {
        let mut fates = vec![Fate::Decide; batch.len()];
        for (wanted, found) in wanted.into_iter().zip(found) {
            let rows: Result<Vec<Row>, Error> = found.iter().map(|row| read(wanted.stmt, row)).collect();
            let (Some(guarded), Some(fate)) = (batch.get_mut(wanted.unit), fates.get_mut(wanted.unit)) else {
                continue;
            };
            let Ok(rows) = rows else {
                *fate = Fate::Alone;
                continue;
            };
            if let Some(ask) = wanted.ask.and_then(|place| guarded.asks.get(place)) {
                guarded.known.push((ask.clone(), rows));
                continue;
            }
            // The version, which comes before what is read under it.
            match (rows.first().and_then(|row| row.i64(0).ok()), guarded.version) {
                (None, _) => *fate = Fate::Alone,
                (Some(version), Some(earlier)) if version != earlier => *fate = Fate::Anew,
                (version, _) => guarded.version = version,
            }
        }
        let mut decidable = Vec::with_capacity(batch.len());
        for (guarded, fate) in batch.into_iter().zip(fates) {
            match fate {
                Fate::Decide => decidable.push(guarded),
                Fate::Anew => self.anew(guarded),
                Fate::Alone => self.alone(guarded),
            }
        }
        decidable
    }

    /// Writes what the units decided, without those that do not let it be written.
    fn write(&mut self, mut ready: Vec<Ready>) {
        let most = ready.len();
        while !ready.is_empty() {
            if most - ready.len() >= SPOILT {
                return self.all_alone(ready);
            }
            let holds: Vec<[Val; 2]> = ready.iter().map(|ready| ready.guarded.user.at(ready.version)).collect();
            let calls = calls(&ready, &holds);
            let work = calls.iter().filter(|(_, call)| call.stmt != HOLDS).count();
            Counters::add_many(&self.counters.statements, work);
            let sent: Vec<Call<'_>> = calls.iter().map(|(_, call)| *call).collect();
            let outcome = self.pipe.as_mut().map(|pipe| self.runtime.block_on(pipe.write(&sent)));
            let unit = |number: usize| calls.get(number).map(|(unit, call)| (*unit, call.stmt == HOLDS));
            match outcome.unwrap_or(Outcome::Lost) {
                Outcome::Kept => {
                    Counters::add(&self.counters.commits);
                    return self.kept(ready);
                }
                Outcome::Failed(number) => match unit(number) {
                    Some((unit, true)) => self.anew(ready.remove(unit).guarded),
                    Some((unit, false)) => self.alone(ready.remove(unit).guarded),
                    None => return self.all_alone(ready),
                },
                Outcome::Met(number) => match unit(number) {
                    Some((unit, _)) => self.anew(ready.remove(unit).guarded),
                    None => return self.all_alone(ready),
                },
                Outcome::Refused => return self.all_alone(ready),
                Outcome::Lost => {
                    self.pipe = None;
                    return self.all_alone(ready);
                }
                Outcome::Unknown(words) => {
                    self.pipe = None;
                    let message =
                        format!("the connection was lost, and whether the unit was kept is not known: {words}");
                    for ready in ready {
                        self.answer(ready.guarded, Err(Error::Commit { message: message.clone() }));
                    }
                    return;
                }
            }
        }
    }

    fn kept(&mut self, ready: Vec<Ready>) {
        let mut wakes = Vec::new();
        let mut units = Vec::with_capacity(ready.len());
        for Ready { guarded, record, .. } in ready {
            wakes.extend(record.wakes);
            units.push(guarded);
        }
        self.wake(wakes);
        units.into_iter().for_each(|guarded| self.answer(guarded, Ok(())));
    }

    fn wake(&self, wakes: Vec<crate::signal::Topic>) {
        if !wakes.is_empty() {
            self.hub.wake(&wakes);
            self.outbound.send(wakes);
        }
    }

    fn answer(&self, guarded: Guarded, outcome: Result<(), Error>) {
        Counters::add(&self.counters.writes);
        settle(guarded.unit, outcome);
    }

    /// The user's rows have changed since they were read.
    fn anew(&mut self, mut guarded: Guarded) {
        guarded.lost += 1;
        if guarded.lost >= LOSSES {
            return self.alone(guarded);
        }
        guarded.known.clear();
        guarded.version = None;
        self.waiting.push_back(guarded);
    }

    fn all_alone(&self, ready: Vec<Ready>) {
        ready.into_iter().for_each(|ready| self.alone(ready.guarded));
    }

    /// Hands a unit to the workers, which run it as a transaction of its own.
    fn alone(&self, guarded: Guarded) {
        Counters::add(&self.counters.alone);
        if let Err(refused) = self.workers.blocking_send(Task::Write(guarded.unit))
            && let Task::Write(unit) = refused.0
        {
            settle(unit, Err(Error::Closed));
        }
    }

    /// Uses the connection, opened if it is not.
    fn connected<T>(&mut self, work: impl AsyncFnOnce(&mut Pipe) -> T) -> Option<T> {
        let Self { runtime, pipe, address, .. } = self;
        runtime.block_on(async {
            if pipe.as_ref().is_none_or(Pipe::is_closed) {
                *pipe = Pipe::open(address).await.ok();
            }
            match pipe {
                Some(pipe) => Some(work(pipe).await),
                None => None,
            }
        })
    }
}

/// What becomes of a unit after its reads.
#[derive(Clone, Copy)]
enum Fate {
    Decide,
    Anew,
    Alone,
}

/// A read for one unit of a batch.
struct Wanted {
    unit: usize,
    /// Which of its asks; none for the version.
    ask: Option<usize>,
    stmt: Stmt,
    args: Vec<Val>,
}

impl Wanted {
    fn call(&self) -> Call<'_> {
        Call { stmt: self.stmt, args: &self.args, expected: Expected::Any }
    }
}

fn wanted(unit: usize, guarded: &Guarded) -> impl Iterator<Item = Wanted> {
    let version = Wanted { unit, ask: None, stmt: VERSION, args: vec![guarded.user.key()] };
    let unknown = |place: &usize| {
        let ask = guarded.asks.get(*place);
        ask.is_some_and(|ask| !guarded.known.iter().any(|(known, _)| known == ask))
    };
    let asks = (0..guarded.asks.len()).filter(unknown).filter_map(move |place| {
        let ask = guarded.asks.get(place)?;
        Some(Wanted { unit, ask: Some(place), stmt: ask.stmt(), args: ask.args().to_vec() })
    });
    std::iter::once(version).chain(asks.collect::<Vec<_>>())
}

/// What a batch writes, in its order, each with the number of its unit.
fn calls<'a>(ready: &'a [Ready], holds: &'a [[Val; 2]]) -> Vec<(usize, Call<'a>)> {
    let (mut shared, mut own) = (Vec::new(), Vec::new());
    for (unit, ready) in ready.iter().enumerate() {
        for write in &ready.record.writes {
            let call = Call { stmt: write.stmt, args: &write.args, expected: write.expected };
            if write.is_shared() { shared.push((write.place(), (unit, call))) } else { own.push((unit, call)) }
        }
    }
    shared.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut guards: Vec<_> = ready.iter().zip(holds).enumerate().collect();
    guards.retain(|(_, (ready, _))| ready.record.needs_guard());
    guards.sort_by_key(|(_, (ready, _))| ready.guarded.user);
    let guards =
        guards.into_iter().map(|(unit, (_, holds))| (unit, Call { stmt: HOLDS, args: holds, expected: Expected::One }));
    shared.into_iter().map(|(_, call)| call).chain(guards).chain(own).collect()
}
