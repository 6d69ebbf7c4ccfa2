//! [`Sql`] over one SQLite connection.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Statement, ffi};

use super::dialect;
use crate::driver::check_verb;
use crate::effect::Raised;
use crate::guard::{self, Holder, RAISE};
use crate::migrate::Schema;
use crate::signal::Topic;
use crate::sql::{Row, Val};
use crate::unit::Counters;
use crate::{Error, Sql, Stmt};

/// The connection as one unit sees it, inside a transaction.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    counters: &'c Counters,
    /// The error after which SQLite undid the whole transaction by itself (a full disk, a failing one). A statement
    /// that ran after it would be a transaction of its own.
    lost: Option<Error>,
    /// Whether a statement that writes went well, so that there is something to undo.
    wrote: bool,
    /// The users whose version it has raised.
    raised: Raised,
    /// Whom to wake when what the unit did is durable.
    wakes: Vec<Topic>,
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection, counters: &'c Counters) -> Self {
        Self { connection, counters, lost: None, wrote: false, raised: Raised::default(), wakes: Vec::new() }
    }

    /// The same for writing what was decided about a user, whose version the guard raises.
    pub(super) fn behind_guard(connection: &'c Connection, counters: &'c Counters, user: Holder) -> Self {
        Self { raised: Raised::of(user.key()), ..Self::new(connection, counters) }
    }

    /// The error that ended the transaction under the unit, if one did.
    pub(super) fn intact(&self) -> Result<(), Error> {
        self.lost.clone().map_or(Ok(()), Err)
    }

    /// Whether the unit may have changed something.
    pub(super) fn wrote(&self) -> bool {
        self.wrote
    }

    /// Whom the unit wants to wake.
    pub(super) fn into_wakes(self) -> Vec<Topic> {
        self.wakes
    }

    fn attempt<T>(
        &mut self,
        stmt: Stmt,
        args: &[Val],
        run: impl FnOnce(&mut CachedStatement<'c>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.intact()?;
        if !guard::is_own(stmt) {
            Counters::add(&self.counters.statements);
            self.raise(stmt, args)?;
        }
        let result = self.prepared(stmt, args).and_then(|mut statement| {
            let result = run(&mut statement);
            // A statement that fails undoes itself, and only itself.
            self.wrote |= result.is_ok() && !statement.readonly();
            result
        });
        self.watch(result)
    }

    /// Before the first row of a user is written, raises the user's version.
    fn raise(&mut self, stmt: Stmt, args: &[Val]) -> Result<(), Error> {
        let Some(user) = self.raised.due(stmt, args) else { return Ok(()) };
        self.apply(RAISE, &[user]).map_err(|error| match error {
            Error::ReadOnly { .. } => Error::ReadOnly { statement: stmt.name() },
            other => other,
        })
    }

    fn prepared(&self, stmt: Stmt, args: &[Val]) -> Result<CachedStatement<'c>, Error> {
        let statement = self.connection.prepare_cached(stmt.sql());
        let mut statement = statement.map_err(|error| failure(stmt.name(), error))?;
        bind(&mut statement, stmt, args)?;
        Ok(statement)
    }

    fn watch<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if self.connection.is_autocommit() {
            let lost = Error::Other { statement: "unit", message: "a statement ended the transaction".to_owned() };
            let lost = result.as_ref().err().cloned().unwrap_or(lost);
            self.lost = Some(lost.clone());
            return Err(lost);
        }
        result
    }
}

impl Sql for Session<'_> {
    fn exec(&mut self, stmt: Stmt, args: &[Val]) -> Result<u64, Error> {
        self.attempt(stmt, args, |statement| {
            let changed = statement.raw_execute().map_err(|error| failure(stmt.name(), error))?;
            Ok(u64::try_from(changed).unwrap_or(u64::MAX))
        })
    }

    fn rows(&mut self, stmt: Stmt, args: &[Val]) -> Result<Vec<Row>, Error> {
        self.attempt(stmt, args, |statement| {
            let columns = statement.column_count();
            let mut found = statement.raw_query();
            let mut rows = Vec::new();
            while let Some(row) = found.next().map_err(|error| failure(stmt.name(), error))? {
                let values: Result<_, Error> = (0..columns).map(|column| value(stmt, row, column)).collect();
                rows.push(Row::new(stmt, values?));
            }
            Ok(rows)
        })
    }

    fn wake(&mut self, topic: Topic) {
        self.wakes.push(topic);
    }
}

impl Schema for Session<'_> {
    fn script(&mut self, name: &'static str, sql: &str) -> Result<(), Error> {
        self.intact()?;
        let result = self.connection.execute_batch(&dialect::translate(sql)).map_err(|error| failure(name, error));
        self.watch(result)
    }
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::I(value) => ValueRef::Integer(*value),
            Self::T(text) => ValueRef::Text(text.as_bytes()),
            Self::B(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Binds by the number in `$N`. SQLite itself counts parameters by first appearance: `$2 || $1` would be turned round.
fn bind(statement: &mut Statement<'_>, stmt: Stmt, args: &[Val]) -> Result<(), Error> {
    let mut wanted = 0;
    for index in 1..=statement.parameter_count() {
        let number = number(statement, index).unwrap_or(usize::MAX);
        wanted = wanted.max(number);
        if let Some(arg) = args.get(number.wrapping_sub(1)) {
            statement.raw_bind_parameter(index, arg).map_err(|error| failure(stmt.name(), error))?;
        }
    }
    if wanted == args.len() {
        Ok(())
    } else {
        Err(Error::Arguments { statement: stmt.name(), wanted, given: args.len() })
    }
}

fn number(statement: &Statement<'_>, index: usize) -> Option<usize> {
    statement.parameter_name(index)?.strip_prefix('$')?.parse().ok()
}

fn value(stmt: Stmt, row: &rusqlite::Row<'_>, column: usize) -> Result<Val, Error> {
    let corrupt =
        |found| Error::Corrupt { statement: stmt.name(), column, wanted: "an integer, text, bytes or null", found };
    match row.get_ref(column).map_err(|error| failure(stmt.name(), error))? {
        ValueRef::Null => Ok(Val::Null),
        ValueRef::Integer(value) => Ok(Val::I(value)),
        ValueRef::Text(text) => {
            std::str::from_utf8(text).map(|text| Val::T(text.to_owned())).map_err(|_| corrupt("text that is not UTF-8"))
        }
        ValueRef::Blob(bytes) => Ok(Val::B(bytes.to_vec())),
        _ => Err(corrupt("a floating-point number")),
    }
}

/// Checks that SQLite understands a statement, that its parameters are `$1` to `$n` without a gap, and that it leaves
/// transactions and settings to the driver.
pub(super) fn check(connection: &Connection, stmt: Stmt) -> Result<(), Error> {
    let other = |message: &str| Error::Other { statement: stmt.name(), message: message.to_owned() };
    check_verb(stmt)?;
    let statement = connection.prepare(stmt.sql()).map_err(|error| failure(stmt.name(), error))?;
    let mut numbers: Vec<_> = (1..=statement.parameter_count()).map(|index| number(&statement, index)).collect();
    numbers.sort_unstable();
    if numbers.into_iter().eq((1..=statement.parameter_count()).map(Some)) {
        Ok(())
    } else {
        Err(other("the parameters are not $1 to $n without a gap"))
    }
}

/// What an error of SQLite means here. Its messages name tables and columns, never values.
pub(super) fn failure(statement: &'static str, error: rusqlite::Error) -> Error {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::Unique { statement }
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Reference { statement },
        ffi::SQLITE_BUSY_SNAPSHOT => Error::Retry,
        _ => match code & 0xff {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Error::Busy,
            ffi::SQLITE_FULL => Error::Full { statement },
            // A quota that is used up, a file that may not grow, a disk that is gone: SQLite does not tell them apart.
            ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN => Error::Away { message: words(&error) },
            ffi::SQLITE_READONLY => Error::ReadOnly { statement },
            _ => Error::Other { statement, message: words(&error) },
        },
    }
}

/// SQLite's message; without the text of the statement, which rusqlite adds to syntax errors.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
