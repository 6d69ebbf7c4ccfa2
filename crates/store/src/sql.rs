//! The few types through which every noun file speaks SQL: values, statements, rows and the [`Sql`] handle.

use std::fmt;

use crate::Error;

/// A value bound to a parameter or read from a column. Both databases know exactly these four kinds:
/// times are integer microseconds, ids are 16 bytes, flags are nullable `…_at` times.
///
/// `Debug` shows the kind and the length only, since values may be personal.
#[derive(Clone, PartialEq, Eq)]
pub enum Val {
    /// SQL `NULL`.
    Null,
    /// `BIGINT`.
    I(i64),
    /// `TEXT`.
    T(String),
    /// `BYTEA`.
    B(Vec<u8>),
}

impl Val {
    /// The kind in words, for messages; never the value.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::I(_) => "an integer",
            Self::T(_) => "text",
            Self::B(_) => "bytes",
        }
    }
}

impl fmt::Debug for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::I(_) => f.write_str("I(…)"),
            Self::T(text) => write!(f, "T({} octets)", text.len()),
            Self::B(bytes) => write!(f, "B({} octets)", bytes.len()),
        }
    }
}

macro_rules! val_from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {
        $(impl From<$from> for Val {
            fn from($value: $from) -> Self {
                $to
            }
        })*
    };
}

val_from! {
    i64 => |value| Self::I(value);
    i32 => |value| Self::I(i64::from(value));
    u32 => |value| Self::I(i64::from(value));
    u16 => |value| Self::I(i64::from(value));
    u8 => |value| Self::I(i64::from(value));
    bool => |value| Self::I(i64::from(value));
    &str => |value| Self::T(value.to_owned());
    String => |value| Self::T(value);
    &String => |value| Self::T(value.clone());
    Vec<u8> => |value| Self::B(value);
    &Vec<u8> => |value| Self::B(value.clone());
    &[u8] => |value| Self::B(value.to_vec());
}

impl<const N: usize> From<[u8; N]> for Val {
    fn from(value: [u8; N]) -> Self {
        Self::B(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Val {
    fn from(value: &[u8; N]) -> Self {
        Self::B(value.to_vec())
    }
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Makes the arguments of a statement: `&params![id, name]` binds `$1` and `$2`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        [$($crate::sql::Val::from($value)),*]
    };
}
pub(crate) use params;

/// One SQL text with its name. Only `statements!` makes these, so that every statement is in the registry
/// and is prepared on every database by a test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stmt {
    name: &'static str,
    sql: &'static str,
}

impl Stmt {
    /// For `statements!` only.
    pub(crate) const fn registered(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql }
    }

    /// The path of the constant, such as `store::user::INSERT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The SQL text with `$1`-style parameters.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        self.sql
    }
}

impl fmt::Debug for Stmt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Declares the statements of a module as constants, and `ALL`, the list of them, for the registry in `lib.rs`.
/// An `ALL` that the registry does not take is dead code, which the compiler reports.
macro_rules! statements {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $sql:expr;)+) => {
        $($(#[$meta])* $vis const $name: $crate::sql::Stmt =
            $crate::sql::Stmt::registered(concat!(module_path!(), "::", stringify!($name)), $sql);)+
        /// Every statement of this module.
        pub(crate) const ALL: &[$crate::sql::Stmt] = &[$($name),+];
    };
}
pub(crate) use statements;

/// A read that a unit of work will make, said beforehand so that all of them are fetched together ([`crate::UnitSpec`]).
/// Each noun makes those of its own functions: `ask_…` beside the function that reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    stmt: Stmt,
    args: Vec<Val>,
}

impl Ask {
    pub(crate) fn new(stmt: Stmt, args: impl Into<Vec<Val>>) -> Self {
        Self { stmt, args: args.into() }
    }

    pub(crate) fn stmt(&self) -> Stmt {
        self.stmt
    }

    pub(crate) fn args(&self) -> &[Val] {
        &self.args
    }

    pub(crate) fn is(&self, stmt: Stmt, args: &[Val]) -> bool {
        self.stmt == stmt && self.args == args
    }

    /// The rows, from what was fetched or from the database.
    pub(crate) fn rows(&self, sql: &mut dyn Sql) -> Result<Vec<Row>, Error> {
        sql.rows(self.stmt, &self.args)
    }

    /// The row of a read that finds at most one.
    pub(crate) fn row(&self, sql: &mut dyn Sql) -> Result<Option<Row>, Error> {
        sql.row(self.stmt, &self.args)
    }
}

/// One row of an answer; columns are read by position from 0.
///
/// Every getter answers [`Error::Corrupt`], naming statement and column, when the column is missing or of another kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    stmt: Stmt,
    values: Vec<Val>,
}

impl Row {
    pub(crate) fn new(stmt: Stmt, values: Vec<Val>) -> Self {
        Self { stmt, values }
    }

    /// The error for a column whose value means nothing to the caller; `wanted` says what was expected, such as
    /// "a device class".
    #[must_use]
    pub fn corrupt(&self, column: usize, wanted: &'static str) -> Error {
        let found = self.values.get(column).map_or("no such column", Val::kind);
        Error::Corrupt { statement: self.stmt.name, column, wanted, found }
    }

    /// A `BIGINT` that is never null.
    pub fn i64(&self, column: usize) -> Result<i64, Error> {
        self.opt_i64(column)?.ok_or_else(|| self.corrupt(column, "an integer"))
    }

    /// A `BIGINT` that may be null.
    pub fn opt_i64(&self, column: usize) -> Result<Option<i64>, Error> {
        match self.values.get(column) {
            Some(Val::I(value)) => Ok(Some(*value)),
            Some(Val::Null) => Ok(None),
            _ => Err(self.corrupt(column, "an integer")),
        }
    }

    /// A `BIGINT` that is 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool, Error> {
        match self.i64(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column, "0 or 1")),
        }
    }

    /// A `BIGINT` that fits 32 bits without a sign, such as a small count.
    pub fn u32(&self, column: usize) -> Result<u32, Error> {
        u32::try_from(self.i64(column)?).map_err(|_| self.corrupt(column, "an integer from 0 to 4294967295"))
    }

    /// A `TEXT` that is never null.
    pub fn text(&self, column: usize) -> Result<&str, Error> {
        self.opt_text(column)?.ok_or_else(|| self.corrupt(column, "text"))
    }

    /// A `TEXT` that may be null.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, Error> {
        match self.values.get(column) {
            Some(Val::T(text)) => Ok(Some(text)),
            Some(Val::Null) => Ok(None),
            _ => Err(self.corrupt(column, "text")),
        }
    }

    /// A `BYTEA` that is never null.
    pub fn bytes(&self, column: usize) -> Result<&[u8], Error> {
        self.opt_bytes(column)?.ok_or_else(|| self.corrupt(column, "bytes"))
    }

    /// A `BYTEA` that may be null.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        match self.values.get(column) {
            Some(Val::B(bytes)) => Ok(Some(bytes)),
            Some(Val::Null) => Ok(None),
            _ => Err(self.corrupt(column, "bytes")),
        }
    }

    /// A `BYTEA` of exactly `N` octets, such as a digest.
    pub fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], Error> {
        self.opt_array(column)?.ok_or_else(|| self.corrupt(column, "bytes of a fixed length"))
    }

    /// A `BYTEA` of exactly `N` octets, or null.
    pub fn opt_array<const N: usize>(&self, column: usize) -> Result<Option<[u8; N]>, Error> {
        self.opt_bytes(column)?
            .map(|bytes| bytes.try_into().map_err(|_| self.corrupt(column, "bytes of a fixed length")))
            .transpose()
    }

    /// An id: 16 octets.
    pub fn id16(&self, column: usize) -> Result<[u8; 16], Error> {
        self.array(column)
    }

    /// An id, or null.
    pub fn opt_id16(&self, column: usize) -> Result<Option<[u8; 16]>, Error> {
        self.opt_array(column)
    }
}

/// What a unit of work does to the database. A unit gets one of these and keeps it no longer than it runs.
pub trait Sql {
    /// Runs a statement that answers no rows; gives the number of rows it changed. A unit that only decides
    /// ([`crate::Store::unit`]) cannot know the number and runs as a transaction of its own, unless the statement adds
    /// exactly one row.
    fn exec(&mut self, stmt: Stmt, args: &[Val]) -> Result<u64, Error>;

    /// Runs a statement whose number of changed rows does not matter.
    fn apply(&mut self, stmt: Stmt, args: &[Val]) -> Result<(), Error> {
        self.exec(stmt, args).map(drop)
    }

    /// Runs a statement that changes one row, or none: then it gives false. A unit that only decides goes on as if it
    /// had changed one; if it turns out that it does not, the unit runs again and learns that.
    fn changes_one(&mut self, stmt: Stmt, args: &[Val]) -> Result<bool, Error> {
        Ok(self.exec(stmt, args)? == 1)
    }

    /// Runs a statement and gives its rows (also those of `RETURNING`).
    fn rows(&mut self, stmt: Stmt, args: &[Val]) -> Result<Vec<Row>, Error>;

    /// Wakes whoever waits for `topic` ([`crate::Store::watch`]) once this unit is durably committed, and never if it
    /// is undone. In a read unit it does nothing.
    fn wake(&mut self, topic: [u8; 16]);

    /// The rows of a read that was asked for beforehand; none where nothing was. For what is better known before
    /// something is written.
    fn foreseen(&mut self, _ask: &Ask) -> Result<Option<Vec<Row>>, Error> {
        Ok(None)
    }

    /// The row of a statement that finds at most one. [`Error::RowCount`] if it found more.
    fn row(&mut self, stmt: Stmt, args: &[Val]) -> Result<Option<Row>, Error> {
        let mut rows = self.rows(stmt, args)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            found => Err(Error::RowCount { statement: stmt.name, wanted: "at most one row", found }),
        }
    }

    /// The row of a statement that always finds exactly one. [`Error::RowCount`] if it did not.
    fn one(&mut self, stmt: Stmt, args: &[Val]) -> Result<Row, Error> {
        self.row(stmt, args)?.ok_or(Error::RowCount { statement: stmt.name, wanted: "one row", found: 0 })
    }
}
