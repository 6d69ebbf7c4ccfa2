//! A unit of work on its way through a driver: a closure, its result, and the caller who waits for it.

use std::any::type_name;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use crate::guard::Holder;
use crate::record::Known;
use crate::sql::Ask;
use crate::{Error, Sql};

/// What a driver does with the changes of a unit that has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Keep them.
    Keep,
    /// Undo them, and only them.
    Undo,
}

/// A unit of work without its types. A driver may [`run`](Unit::run) it several times, each time on a state that
/// holds nothing of the time before, and then calls [`finish`](Unit::finish) once.
pub(crate) trait Unit: Send {
    /// Runs the closure; a panic in it is an error of this unit alone.
    fn run(&mut self, sql: &mut dyn Sql) -> Verdict;
    /// Answers the caller: with the closure's own result if `outcome` is good, and else with the outcome's error.
    fn finish(self: Box<Self>, outcome: Result<(), Error>);
}

/// A unit about one user, which decides on what it reads before anything is written.
pub(crate) struct Guarded {
    pub(crate) unit: Box<dyn Unit>,
    pub(crate) user: Holder,
    /// What it said that it will read.
    pub(crate) asks: Vec<Ask>,
    /// How often its guard failed.
    pub(crate) lost: u32,
    /// What was fetched for it.
    pub(crate) known: Known,
    /// The user's version at which that was fetched.
    pub(crate) version: Option<i64>,
}

impl Guarded {
    pub(crate) fn new(unit: Box<dyn Unit>, user: [u8; 16], asks: Vec<Ask>) -> Self {
        Self { unit, user: Holder(user), asks, lost: 0, known: Vec::new(), version: None }
    }
}

/// A closure, the result of its last run, and where the answer goes.
pub(crate) struct Job<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job<T, E, F> {
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work, result: None, reply }, answer)
    }
}

impl<T, E, F> Unit for Job<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: Fn(&mut dyn Sql) -> Result<T, E> + Send,
{
    fn run(&mut self, sql: &mut dyn Sql) -> Verdict {
        // The closure sees only what it captured, and `Fn` cannot change that without a lock of its own.
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(sql))).unwrap_or_else(|_| {
            tracing::error!(unit = type_name::<F>(), "a unit of work panicked");
            Err(E::from(Error::Panicked))
        });
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.result = Some(result);
        verdict
    }

    fn finish(self: Box<Self>, outcome: Result<(), Error>) {
        let answer = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(Error::Closed)),
            // Also when the closure itself refused: it may have seen what a neighbour wrote and now never was.
            (Err(error), _) => Err(E::from(error)),
        };
        // A caller who went away needs no answer.
        drop(self.reply.send(answer));
    }
}

/// Answers the caller; whatever the caller's types do on the way, the driver's thread lives on.
pub(crate) fn settle(unit: Box<dyn Unit>, outcome: Result<(), Error>) {
    if catch_unwind(AssertUnwindSafe(|| unit.finish(outcome))).is_err() {
        tracing::error!("answering a unit of work panicked");
    }
}

/// How much work a store has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Write units.
    pub writes: u64,
    /// Read units.
    pub reads: u64,
    /// Statements, of both.
    pub statements: u64,
    /// Durable commits: many write units may share one.
    pub commits: u64,
    /// Of the write units those that were to decide first ([`crate::Store::unit`]).
    pub guarded: u64,
    /// Of these, how many ran as a transaction of their own in the end.
    pub alone: u64,
    /// Reads of these that nobody had asked for: each made a round trip of its own to another process.
    pub unasked: u64,
}

impl std::ops::Sub for Counts {
    type Output = Self;

    /// The work done between two moments.
    fn sub(self, earlier: Self) -> Self {
        Self {
            writes: self.writes.saturating_sub(earlier.writes),
            reads: self.reads.saturating_sub(earlier.reads),
            statements: self.statements.saturating_sub(earlier.statements),
            commits: self.commits.saturating_sub(earlier.commits),
            guarded: self.guarded.saturating_sub(earlier.guarded),
            alone: self.alone.saturating_sub(earlier.alone),
            unasked: self.unasked.saturating_sub(earlier.unasked),
        }
    }
}

/// The counters behind [`Counts`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) writes: AtomicU64,
    pub(crate) reads: AtomicU64,
    pub(crate) statements: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) guarded: AtomicU64,
    pub(crate) alone: AtomicU64,
    pub(crate) unasked: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64) {
        Self::add_many(counter, 1);
    }

    pub(crate) fn add_many(counter: &AtomicU64, more: usize) {
        counter.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Counts {
        Counts {
            writes: self.writes.load(Ordering::Relaxed),
            reads: self.reads.load(Ordering::Relaxed),
            statements: self.statements.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            guarded: self.guarded.load(Ordering::Relaxed),
            alone: self.alone.load(Ordering::Relaxed),
            unasked: self.unasked.load(Ordering::Relaxed),
        }
    }
}
