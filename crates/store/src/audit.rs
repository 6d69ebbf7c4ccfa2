//! Rows of the audit log: appended in the unit of work that they tell of, never changed.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    audit::Kind,
    id::{AuditId, UserId},
};

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// About whom; none for an unknown user.
    pub user: Option<UserId>,
    /// Its id, which sorts by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What, by its stable name.
    pub kind: String,
    /// Details as a JSON object; nothing secret.
    pub detail: String,
}

const NOBODY: [u8; 16] = [0; 16];

statements! {
    INSERT = "INSERT INTO audit (user_id, id, at, kind, detail) VALUES ($1, $2, $3, $4, $5)";
    LATEST = "SELECT user_id, id, at, kind, detail FROM audit WHERE user_id = $1 ORDER BY id DESC LIMIT $2";
}

/// Appends a row.
pub fn append(
    sql: &mut dyn Sql,
    user: Option<UserId>,
    id: AuditId,
    (at, kind): (Timestamp, Kind),
    detail: &str,
) -> Result<(), Error> {
    let user = user.map_or(NOBODY, UserId::octets);
    sql.exec(INSERT, &params![user, id.octets(), at.micros(), kind.name(), detail]).map(|_| ())
}

/// The latest rows about a user (or about nobody), newest first.
pub fn latest(sql: &mut dyn Sql, user: Option<UserId>, limit: u32) -> Result<Vec<Entry>, Error> {
    let user = user.map_or(NOBODY, UserId::octets);
    sql.rows(LATEST, &params![user, limit])?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Entry, Error> {
    let user = row.id16(0)?;
    Ok(Entry {
        user: (user != NOBODY).then(|| user.into()),
        id: row.id16(1)?.into(),
        at: Timestamp::from_micros(row.i64(2)?),
        kind: row.text(3)?.to_owned(),
        detail: row.text(4)?.to_owned(),
    })
}
