//! What an error of PostgreSQL means here, in words that hold no values.

use std::error::Error as _;

use postgres::error::{DbError, Severity, SqlState};

use super::value::Mismatch;
use crate::Error;

/// The shared meaning of an error.
pub(super) fn failure(statement: &'static str, error: &postgres::Error) -> Error {
    match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => Error::Unique { statement },
        Some(&SqlState::FOREIGN_KEY_VIOLATION) => Error::Reference { statement },
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Error::ReadOnly { statement },
        Some(&SqlState::LOCK_NOT_AVAILABLE) => Error::Busy,
        Some(&SqlState::DISK_FULL) => Error::Full { statement },
        Some(code) if is_outage(code) => Error::Away { message: words(error) },
        _ if is_conflict(error) => Error::Retry,
        _ => Error::Other { statement, message: words(error) },
    }
}

/// Whether the server goes down, comes up, or has no more to give (SQLSTATE classes 08, 53 and 57).
fn is_outage(code: &SqlState) -> bool {
    ["08", "53", "57P"].iter().any(|class| code.code().starts_with(class))
}

/// Whether the unit met another one and may run again on the same connection.
pub(super) fn is_conflict(error: &postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}

/// Whether the connection lives on: the server answered, and its answer did not end the session.
pub(super) fn is_answer(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(answer) => answer.parsed_severity() == Some(Severity::Error),
        // An argument or a column of a type that we do not take never reached the server, or came from it in full.
        None => !error.is_closed() && error.source().is_some_and(|cause| cause.is::<Mismatch>()),
    }
}

/// Whether a statement failed on our side only, so that the transaction is as it was.
pub(super) fn is_ours(error: &postgres::Error) -> bool {
    error.as_db_error().is_none() && is_answer(error)
}

/// Whether a statement that was prepared on this connection is no longer what it was: a table was changed ("cached plan
/// must not change result type"), or somebody between us and the server forgot it. A new connection prepares it anew.
pub(super) fn is_stale(error: &postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::INVALID_SQL_STATEMENT_NAME))
}

/// The error in words. PostgreSQL's own words quote values where data was at fault, so there only names are told.
pub(super) fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(answer) => answer_words(answer),
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}

fn answer_words(answer: &DbError) -> String {
    let code = answer.code().code();
    // Classes whose messages speak of the statement, the server or the connection: SQLSTATE, appendix A of the manual.
    let harmless = ["08", "0A", "25", "28", "3D", "40", "42", "53", "54", "55", "57", "58", "XX"];
    if harmless.iter().any(|class| code.starts_with(class)) {
        return format!("{} ({code})", answer.message());
    }
    let names = [answer.table(), answer.column(), answer.constraint()];
    let names: Vec<_> = names.into_iter().flatten().collect();
    if names.is_empty() { format!("refused ({code})") } else { format!("refused ({code}): {}", names.join(", ")) }
}
