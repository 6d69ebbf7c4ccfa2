//! A unit of work that is decided before anything is written: reads are answered from what was fetched, writes are
//! noted with what is expected of them, and sent later, all together and behind the guard.
//!
//! Whatever does not fit (a count or a row of a write, a look at what was just written, another user's rows) makes the
//! unit run *alone*: as a transaction of its own, where everything is allowed.

use crate::effect::{Effect, Protection, Verb};
use crate::guard::Holder;
use crate::signal::Topic;
use crate::sql::{Ask, Row, Val};
use crate::unit::{Unit, Verdict};
use crate::{Error, Sql, Stmt};

/// What a write must do so that the unit's decision holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Expected {
    /// Whatever it does.
    Any,
    /// Change one row.
    One,
}

/// A write that was noted.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) stmt: Stmt,
    pub(crate) args: Vec<Val>,
    pub(crate) expected: Expected,
}

impl Write {
    pub(crate) fn is_shared(&self) -> bool {
        Effect::of(self.stmt).protection() == Protection::Shared
    }

    /// Where the row is that it changes, so that those who change several do it in one order.
    pub(crate) fn place(&self) -> (&'static str, Vec<Vec<u8>>) {
        let table = Effect::of(self.stmt).table;
        // The key stands first in every statement; of serial numbers it is the class and the number.
        let columns = if table == "serials" { 2 } else { 1 };
        let octets = |arg: &Val| match arg {
            Val::B(bytes) => bytes.clone(),
            Val::T(text) => text.clone().into_bytes(),
            Val::I(value) => value.to_be_bytes().to_vec(),
            Val::Null => Vec::new(),
        };
        (table, self.args.iter().take(columns).map(octets).collect())
    }
}

/// What a unit has decided.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) writes: Vec<Write>,
    pub(crate) wakes: Vec<Topic>,
}

impl Record {
    /// Whether it writes rows that the version of its user protects. What else it writes rests on one moment of the
    /// database, as a refusal does, and on what each statement says of its own row.
    pub(crate) fn needs_guard(&self) -> bool {
        self.writes.iter().any(|write| Effect::of(write.stmt).protection() == Protection::User)
    }
}

/// How deciding went.
#[derive(Debug)]
pub(crate) enum Decided {
    /// It is to be kept. Without a write there is nothing to send.
    Keep(Record),
    /// It refused: nothing is to be kept.
    Refused,
    /// It needs these reads first.
    Needs(Vec<Ask>),
    /// It must run alone.
    Alone,
}

/// Answers to reads, as they were fetched.
pub(crate) type Known = Vec<(Ask, Vec<Row>)>;

/// Where a read that was not asked for is answered from.
pub(crate) enum Source<'a> {
    /// From what was fetched, or not yet.
    Known(&'a Known),
    /// From the database at the unit's moment; and what was asked for.
    Live(&'a mut dyn Sql, &'a [Ask]),
}

/// [`Sql`] for a unit about one user that only decides.
pub(crate) struct Recorder<'a> {
    user: Holder,
    source: Source<'a>,
    record: Record,
    needs: Vec<Ask>,
    alone: bool,
}

/// Decides a unit; with `rehearse` twice, since it might have to.
pub(crate) fn decide(unit: &mut dyn Unit, user: Holder, mut source: Source<'_>, rehearse: bool) -> Decided {
    let mut last = Decided::Alone;
    for _ in 0..=u8::from(rehearse) {
        let source = match &mut source {
            Source::Known(known) => Source::Known(known),
            Source::Live(sql, asks) => Source::Live(&mut **sql, asks),
        };
        let mut recorder = Recorder { user, source, record: Record::default(), needs: Vec::new(), alone: false };
        let verdict = unit.run(&mut recorder);
        last = recorder.end(verdict);
    }
    last
}

impl Recorder<'_> {
    fn end(self, verdict: Verdict) -> Decided {
        match verdict {
            _ if self.alone => Decided::Alone,
            _ if !self.needs.is_empty() => Decided::Needs(self.needs),
            Verdict::Keep => Decided::Keep(self.record),
            Verdict::Undo => Decided::Refused,
        }
    }

    /// What the unit gets while it is not going to be kept anyway.
    fn intact(&self) -> Result<(), Error> {
        if self.alone || !self.needs.is_empty() { Err(Error::Retry) } else { Ok(()) }
    }

    fn alone<T>(&mut self) -> Result<T, Error> {
        self.alone = true;
        Err(Error::Retry)
    }

    /// Whether the guard covers a statement: it is about the unit's user, or about rows that need no guard.
    fn covers(&self, effect: Effect, args: &[Val]) -> bool {
        effect.protection() != Protection::User || effect.user(args) == Some(&self.user.key())
    }

    fn note(&mut self, stmt: Stmt, args: &[Val], expected: Expected) -> Result<(), Error> {
        self.intact()?;
        let effect = Effect::of(stmt);
        if effect.verb == Verb::Read || effect.returning || !self.covers(effect, args) {
            return self.alone();
        }
        self.record.writes.push(Write { stmt, args: args.to_vec(), expected });
        Ok(())
    }

    /// Whether a read is answered by what the database held before this unit.
    fn is_fresh(&self, effect: Effect, args: &[Val]) -> bool {
        let sees = |write: &Write| effect.may_see(args, Effect::of(write.stmt), &write.args);
        !self.record.writes.iter().any(sees)
    }
}

impl Sql for Recorder<'_> {
    fn exec(&mut self, stmt: Stmt, args: &[Val]) -> Result<u64, Error> {
        self.intact()?;
        if Effect::of(stmt).verb != Verb::Insert {
            return self.alone();
        }
        // It adds one row, or fails by itself.
        self.note(stmt, args, Expected::Any).map(|()| 1)
    }

    fn apply(&mut self, stmt: Stmt, args: &[Val]) -> Result<(), Error> {
        self.note(stmt, args, Expected::Any)
    }

    fn changes_one(&mut self, stmt: Stmt, args: &[Val]) -> Result<bool, Error> {
        self.note(stmt, args, Expected::One).map(|()| true)
    }

    fn rows(&mut self, stmt: Stmt, args: &[Val]) -> Result<Vec<Row>, Error> {
        self.intact()?;
        let effect = Effect::of(stmt);
        if effect.verb != Verb::Read || !self.covers(effect, args) || !self.is_fresh(effect, args) {
            return self.alone();
        }
        match &mut self.source {
            Source::Live(sql, _) => sql.rows(stmt, args),
            Source::Known(known) => match known.iter().find(|(ask, _)| ask.is(stmt, args)) {
                Some((_, rows)) => Ok(rows.clone()),
                None => {
                    self.needs.push(Ask::new(stmt, args.to_vec()));
                    Err(Error::Retry)
                }
            },
        }
    }

    fn foreseen(&mut self, ask: &Ask) -> Result<Option<Vec<Row>>, Error> {
        let effect = Effect::of(ask.stmt());
        if self.intact().is_err() || !self.covers(effect, ask.args()) || !self.is_fresh(effect, ask.args()) {
            return Ok(None);
        }
        match &mut self.source {
            Source::Live(sql, asks) if asks.contains(ask) => ask.rows(*sql).map(Some),
            Source::Live(..) => Ok(None),
            Source::Known(known) => Ok(known.iter().find(|(known, _)| known == ask).map(|(_, rows)| rows.clone())),
        }
    }

    fn wake(&mut self, topic: Topic) {
        self.record.wakes.push(topic);
    }
}
