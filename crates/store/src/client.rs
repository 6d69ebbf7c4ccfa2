//! Client programs that are registered in the database.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::Timestamp;

/// A client as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The OAuth client id.
    pub id: String,
    /// Everything about it, as JSON. A secret is in it as its hash only.
    pub registration: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO clients (id, registration, created_at, changed_at) VALUES ($1, $2, $3, $3)";
    EVERY = "SELECT id, registration, created_at, changed_at FROM clients ORDER BY id";
    CHANGE = "UPDATE clients SET registration = $3, changed_at = $4 WHERE id = $1 AND registration = $2";
    REMOVE = "DELETE FROM clients WHERE id = $1";
}

/// Adds a client. [`Error::Unique`] when there is one of this id.
pub fn insert(sql: &mut dyn Sql, id: &str, registration: &str, now: Timestamp) -> Result<(), Error> {
    sql.apply(INSERT, &params![id, registration, now.micros()])
}

/// Every client, by id.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<Stored>, Error> {
    let read = |row: &crate::Row| {
        Ok(Stored {
            id: row.text(0)?.to_owned(),
            registration: row.text(1)?.to_owned(),
            created_at: Timestamp::from_micros(row.i64(2)?),
            changed_at: Timestamp::from_micros(row.i64(3)?),
        })
    };
    sql.rows(EVERY, &[])?.iter().map(read).collect()
}

/// Changes a client that reads as the caller last saw it. False when it does not.
pub fn change(sql: &mut dyn Sql, seen: &Stored, registration: &str, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(CHANGE, &params![&seen.id, &seen.registration, registration, now.micros()])
}

/// Removes a client. False when there is none of this id.
pub fn remove(sql: &mut dyn Sql, id: &str) -> Result<bool, Error> {
    sql.changes_one(REMOVE, &params![id])
}
