//! Marks: the browsers and programs that a user has logged in from before.

use crate::{
    Ask, Error, Row, SELDOM, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{MarkId, UserId},
};

/// A known browser or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whose.
    pub user: UserId,
    /// Its id.
    pub id: MarkId,
    /// The OAuth client it is used with.
    pub client: String,
    /// What it calls itself.
    pub agent: String,
    /// The address it first logged in from, where that was noted.
    pub address: Option<String>,
    /// First login.
    pub created_at: Timestamp,
    /// Last login.
    pub last_seen_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO marks (user_id, id, digest, client, agent, created_at, last_seen_at, address, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
    VALID = "SELECT user_id, id, client, agent, created_at, last_seen_at, address FROM marks
        WHERE user_id = $1 AND digest = $2 AND client = $3 AND revoked_at IS NULL";
    OF_USER = "SELECT user_id, id, client, agent, created_at, last_seen_at, address, digest FROM marks
        WHERE user_id = $1 AND revoked_at IS NULL ORDER BY last_seen_at DESC, id";
    SEEN = "UPDATE marks SET last_seen_at = $3 WHERE user_id = $1 AND id = $2
        AND (last_seen_at <= $4 OR last_seen_at = created_at)";
    REVOKE_ALL = "UPDATE marks SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    REVOKE_OTHERS = "UPDATE marks SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL";
    REVOKE = "UPDATE marks SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL";
}

/// Adds a mark under the digest of its handle.
pub fn insert(sql: &mut dyn Sql, mark: &Mark, digest: [u8; 32]) -> Result<(), Error> {
    let args = params![
        mark.user.octets(),
        mark.id.octets(),
        digest,
        &mark.client,
        &mark.agent,
        mark.created_at.micros(),
        mark.last_seen_at.micros(),
        mark.address.as_deref(),
    ];
    sql.apply(INSERT, &args)
}

/// The mark of a handle, if it is this user's, was given to this client and was not revoked.
pub fn valid(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], client: &str) -> Result<Option<Mark>, Error> {
    ask_valid(user, digest, client).row(sql)?.as_ref().map(read).transpose()
}

/// What [`valid`] reads.
#[must_use]
pub fn ask_valid(user: UserId, digest: [u8; 32], client: &str) -> Ask {
    Ask::new(VALID, params![user.octets(), digest, client])
}

/// A user's marks with the digests of their handles, the last used first.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Vec<(Mark, [u8; 32])>, Error> {
    ask_of_user(user).rows(sql)?.iter().map(|row| Ok((read(row)?, row.array(7)?))).collect()
}

/// What [`of_user`] reads.
#[must_use]
pub fn ask_of_user(user: UserId) -> Ask {
    Ask::new(OF_USER, params![user.octets()])
}

/// Notes a login, at most one a minute; but always the second, from which trust is counted.
pub fn seen(sql: &mut dyn Sql, user: UserId, id: MarkId, now: Timestamp) -> Result<(), Error> {
    sql.apply(SEEN, &params![user.octets(), id.octets(), now.micros(), now.minus(SELDOM).micros()])
}

/// Forgets a mark. False when there is no such mark of this user.
pub fn revoke(sql: &mut dyn Sql, user: UserId, id: MarkId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(REVOKE, &params![user.octets(), id.octets(), now.micros()])
}

/// Forgets every known browser and program of a user.
pub fn revoke_all(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(REVOKE_ALL, &params![user.octets(), now.micros()])
}

/// Forgets every known browser and program of a user but one.
pub fn revoke_others(sql: &mut dyn Sql, user: UserId, kept: MarkId, now: Timestamp) -> Result<(), Error> {
    sql.apply(REVOKE_OTHERS, &params![user.octets(), kept.octets(), now.micros()])
}

fn read(row: &Row) -> Result<Mark, Error> {
    Ok(Mark {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        client: row.text(2)?.to_owned(),
        agent: row.text(3)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(4)?),
        last_seen_at: Timestamp::from_micros(row.i64(5)?),
        address: row.opt_text(6)?.map(str::to_owned),
    })
}
