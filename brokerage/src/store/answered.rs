//! Requests that must not be carried out twice: what was answered the first time.

use super::perhaps;
use rusqlite::{Transaction, params};

/// How long answers are kept, in seconds. Whoever asks again later asks anew.
const KEPT: i64 = 30 * 86_400;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The digest of the request.
    pub request: [u8; 32],
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

/// What a key was answered with.
///
/// # Errors
/// SQLite's.
pub fn find(tx: &Transaction<'_>, key: &str, now: i64) -> rusqlite::Result<Option<Answered>> {
    tx.execute("DELETE FROM answered WHERE at < ?1", [now - KEPT])?;
    perhaps(tx.query_row("SELECT request, status, body FROM answered WHERE key = ?1", [key], |row| {
        Ok(Answered { request: row.get(0)?, status: row.get(1)?, body: row.get(2)? })
    }))
}

/// Keeps an answer, in the transaction that does what it says.
///
/// # Errors
/// SQLite's.
pub fn keep(tx: &Transaction<'_>, key: &str, answered: &Answered, now: i64) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO answered (key, request, status, body, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![key, answered.request, answered.status, answered.body, now],
    )
    .map(|_| ())
}
