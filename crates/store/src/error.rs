//! What can go wrong in the store.

use crate::migrate::MigrationError;
use crate::seal::SealError;

/// What can go wrong in the store. Messages name statements, columns and constraints, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A row with this key is there already.
    #[error("{statement}: the key is taken")]
    Unique {
        /// The statement that was refused.
        statement: &'static str,
    },
    /// A row it refers to is missing, or is still referred to.
    #[error("{statement}: a row it refers to is missing, or is still referred to")]
    Reference {
        /// The statement that was refused.
        statement: &'static str,
    },
    /// The unit met another one and was run again as often as the driver tries.
    #[error("the unit met another one again and again")]
    Retry,
    /// Another process held the database for longer than we wait.
    #[error("another process holds the database")]
    Busy,
    /// The disk, or what the database may take of it, is full.
    #[error("{statement}: there is no room left for the database")]
    Full {
        /// The statement that was refused.
        statement: &'static str,
    },
    /// The database cannot be reached, or does not answer.
    #[error("the database cannot be reached: {message}")]
    Away {
        /// The database's own words, or ours.
        message: String,
    },
    /// A read unit tried to write.
    #[error("{statement}: a read unit may not write")]
    ReadOnly {
        /// The statement that was refused.
        statement: &'static str,
    },
    /// A column held something else than the program expects.
    #[error("{statement}, column {column}: expected {wanted}, found {found}")]
    Corrupt {
        /// The statement that was read.
        statement: &'static str,
        /// The column, counted from 0.
        column: usize,
        /// The type or form that the caller expected.
        wanted: &'static str,
        /// The kind of value that was found.
        found: &'static str,
    },
    /// A statement found more or fewer rows than it can.
    #[error("{statement}: expected {wanted}, found {found}")]
    RowCount {
        /// The statement that was read.
        statement: &'static str,
        /// The type or form that the caller expected.
        wanted: &'static str,
        /// The number of rows found.
        found: usize,
    },
    /// A statement was given the wrong number of arguments.
    #[error("{statement}: takes {wanted} arguments, given {given}")]
    Arguments {
        /// The statement that was called.
        statement: &'static str,
        /// How many parameters it has.
        wanted: usize,
        /// The number of arguments given.
        given: usize,
    },
    /// The unit panicked; nothing of it was kept.
    #[error("the unit panicked")]
    Panicked,
    /// The commit failed; nothing of the unit was kept, unless the message says that nobody knows.
    #[error("the database did not commit: {message}")]
    Commit {
        /// The database's own words.
        message: String,
    },
    /// The store is shut.
    #[error("the store is closed")]
    Closed,
    /// The address names no database this program can open.
    #[error("no such kind of database: expected sqlite:<path> or postgres://<user>@<host>/<database>")]
    Address,
    /// The database's tables and the program do not fit.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A sealed value or a key did not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Anything else the database says: a full disk, a broken file, a constraint that is a bug of ours.
    #[error("{statement}: {message}")]
    Other {
        /// The statement, or what the driver was doing.
        statement: &'static str,
        /// The database's own words.
        message: String,
    },
}
