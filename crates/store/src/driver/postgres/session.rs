//! [`Sql`] over one PostgreSQL connection.
//!
//! PostgreSQL ends the work of a transaction with the first statement that fails, unless a savepoint was set before it.
//! Most units fail with such a statement, so a unit runs without savepoints first. One that goes on after a failed
//! statement is run again *carefully*: with a savepoint before each statement.

use postgres::types::ToSql;

use super::failure::{failure, is_conflict, is_ours};
use super::link::{Open, is_lost, lost};
use super::value::Mismatch;
use crate::effect::Raised;
use crate::guard::RAISE;
use crate::migrate::Schema;
use crate::signal::Topic;
use crate::sql::{Row, Val};
use crate::unit::Counters;
use crate::{Error, Sql, Stmt};

/// Why no further statement of a unit can run.
#[derive(Clone, Debug)]
pub(super) enum Broken {
    /// It met another unit: run it again.
    Conflict,
    /// The connection is gone: run it again on another one.
    Lost(Error),
    /// A statement failed.
    Failed(Error),
    /// A statement failed, and the unit went on: run it again, carefully.
    WentOn(Error),
}

impl Broken {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Conflict => Error::Retry,
            Self::Lost(error) | Self::Failed(error) | Self::WentOn(error) => error,
        }
    }
}

/// The connection as one unit sees it, inside a transaction.
pub(super) struct Session<'c> {
    open: &'c mut Open,
    counters: &'c Counters,
    careful: bool,
    savepoint: bool,
    broken: Option<Broken>,
    /// The users whose version it has raised.
    raised: Raised,
    wakes: Vec<Topic>,
}

impl<'c> Session<'c> {
    pub(super) fn new(open: &'c mut Open, counters: &'c Counters, careful: bool) -> Self {
        Self { open, counters, careful, savepoint: false, broken: None, raised: Raised::default(), wakes: Vec::new() }
    }

    /// Whom the unit wants to wake, or why it cannot be kept.
    pub(super) fn end(self) -> Result<Vec<Topic>, Broken> {
        self.broken.map_or(Ok(self.wakes), Err)
    }

    fn attempt<T>(
        &mut self,
        stmt: Stmt,
        args: &[Val],
        run: impl FnOnce(&mut Open, &postgres::Statement, &[&(dyn ToSql + Sync)]) -> Result<T, postgres::Error>,
    ) -> Result<T, Error> {
        self.intact()?;
        Counters::add(&self.counters.statements);
        if let Some(user) = self.raised.due(stmt, args) {
            self.raise(stmt, &user)?;
        }
        self.protect().map_err(|error| self.failed(stmt.name(), &error))?;
        let statement = self.open.prepared(stmt).map_err(|error| self.failed(stmt.name(), &error))?;
        if statement.params().len() != args.len() {
            let (wanted, given) = (statement.params().len(), args.len());
            return Err(Error::Arguments { statement: stmt.name(), wanted, given });
        }
        let bound: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        run(self.open, &statement, &bound).map_err(|error| self.failed(stmt.name(), &error))
    }

    /// Before the first row of a user is written, raises the user's version: units that decide first find out by it.
    fn raise(&mut self, stmt: Stmt, user: &Val) -> Result<(), Error> {
        self.protect().map_err(|error| self.failed(stmt.name(), &error))?;
        let raised = self.open.prepared(RAISE).and_then(|raise| self.open.client.execute(&raise, &[user]));
        raised.map(drop).map_err(|error| {
            self.raised.forget(user);
            self.failed(stmt.name(), &error)
        })
    }

    fn intact(&mut self) -> Result<(), Error> {
        match self.broken.take() {
            None => Ok(()),
            Some(broken) => {
                let error = broken.clone().into_error();
                self.broken = Some(match broken {
                    Broken::Failed(error) => Broken::WentOn(error),
                    other => other,
                });
                Err(error)
            }
        }
    }

    /// In a careful run, sets the point to which a failing statement is undone.
    fn protect(&mut self) -> Result<(), postgres::Error> {
        if self.careful {
            let release = if self.savepoint { "RELEASE statement; " } else { "" };
            self.open.client.batch_execute(&format!("{release}SAVEPOINT statement"))?;
            self.savepoint = true;
        }
        Ok(())
    }

    /// What a statement's error means for the unit.
    fn failed(&mut self, statement: &'static str, error: &postgres::Error) -> Error {
        if is_lost(error) {
            let error = lost(error);
            self.broken = Some(Broken::Lost(error.clone()));
            return error;
        }
        if is_conflict(error) {
            self.broken = Some(Broken::Conflict);
            return Error::Retry;
        }
        let meaning = failure(statement, error);
        if is_ours(error) {
            return meaning;
        }
        if self.careful && self.savepoint {
            if let Err(error) = self.open.client.batch_execute("ROLLBACK TO statement") {
                return self.undone_failed(&error);
            }
            return meaning;
        }
        self.broken = Some(Broken::Failed(meaning.clone()));
        meaning
    }

    fn undone_failed(&mut self, error: &postgres::Error) -> Error {
        let error = lost(error);
        self.broken = Some(Broken::Lost(error.clone()));
        error
    }
}

impl Sql for Session<'_> {
    fn exec(&mut self, stmt: Stmt, args: &[Val]) -> Result<u64, Error> {
        self.attempt(stmt, args, |open, statement, bound| open.client.execute(statement, bound))
    }

    fn rows(&mut self, stmt: Stmt, args: &[Val]) -> Result<Vec<Row>, Error> {
        let found = self.attempt(stmt, args, |open, statement, bound| open.client.query(statement, bound))?;
        found.iter().map(|row| read(stmt, row)).collect()
    }

    fn wake(&mut self, topic: Topic) {
        self.wakes.push(topic);
    }
}

impl Schema for Session<'_> {
    fn script(&mut self, name: &'static str, sql: &str) -> Result<(), Error> {
        /// Set for this transaction only, so that it is gone when the script ended the transaction.
        const MARK: &str = "SELECT set_config('countersign.script', 'runs', true)";
        const LOOK: &str = "SELECT COALESCE(current_setting('countersign.script', true), '') = 'runs'";
        self.intact()?;
        let run = |open: &mut Open| {
            open.client.batch_execute(MARK)?;
            open.client.batch_execute(sql)?;
            open.client.query_one(LOOK, &[])?.try_get::<_, bool>(0)
        };
        match run(self.open) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let message = "a statement ended the transaction".to_owned();
                let error = Error::Other { statement: name, message };
                self.broken = Some(Broken::Failed(error.clone()));
                Err(error)
            }
            Err(error) => Err(self.failed(name, &error)),
        }
    }
}

pub(super) fn read(stmt: Stmt, row: &postgres::Row) -> Result<Row, Error> {
    let values: Result<_, Error> = (0..row.len()).map(|column| value(stmt, row, column)).collect();
    Ok(Row::new(stmt, values?))
}

fn value(stmt: Stmt, row: &postgres::Row, column: usize) -> Result<Val, Error> {
    row.try_get(column).map_err(|error| {
        let other = std::error::Error::source(&error).is_some_and(|cause| cause.is::<Mismatch>());
        let found = if other { "a value of another type" } else { "octets that are none" };
        Error::Corrupt { statement: stmt.name(), column, wanted: "an integer, text, bytes or null", found }
    })
}
