//! Changes of contact points that were made, each under the digest of the link that undoes it.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    contact_change::Change,
    id::{ConfirmationId, ContactId, UserId},
};

statements! {
    INSERT = "INSERT INTO contact_changes (user_id, id, digest, added_id, ended_id, at, undone_at)
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    OF_USER = "SELECT id, at, added_id, ended_id, undone_at FROM contact_changes WHERE user_id = $1 ORDER BY at, id";
    OF_LINK = "SELECT id, at, added_id, ended_id, undone_at FROM contact_changes WHERE user_id = $1 AND digest = $2";
    UNDO = "UPDATE contact_changes SET undone_at = $3 WHERE user_id = $1 AND id = $2 AND undone_at IS NULL";
}

/// Adds one; `digest` is of the link that undoes it, where anybody was sent one.
pub fn insert(sql: &mut dyn Sql, user: UserId, change: &Change, digest: Option<[u8; 32]>) -> Result<(), Error> {
    let args = params![
        user.octets(),
        change.id.octets(),
        digest,
        change.added.map(ContactId::octets),
        change.ended.map(ContactId::octets),
        change.at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// A user's changes, oldest first.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Vec<Change>, Error> {
    sql.rows(OF_USER, &params![user.octets()])?.iter().map(read).collect()
}

/// The change that a link undoes.
pub fn of_link(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<Change>, Error> {
    sql.row(OF_LINK, &params![user.octets(), digest])?.as_ref().map(read).transpose()
}

/// Notes that one was undone. False when it had been before.
pub fn undo(sql: &mut dyn Sql, user: UserId, id: ConfirmationId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(UNDO, &params![user.octets(), id.octets(), now.micros()])
}

fn read(row: &Row) -> Result<Change, Error> {
    Ok(Change {
        id: row.id16(0)?.into(),
        at: Timestamp::from_micros(row.i64(1)?),
        added: row.opt_id16(2)?.map(Into::into),
        ended: row.opt_id16(3)?.map(Into::into),
        undone: row.opt_i64(4)?.is_some(),
    })
}
