//! Refresh tokens, under their digests. Each is good once; one that comes twice tells of a thief.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{GrantId, UserId},
};

/// A refresh token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// On whose behalf.
    pub user: UserId,
    /// The digest of the token's handle.
    pub digest: [u8; 32],
    /// The family it belongs to.
    pub grant: GrantId,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO refresh_tokens (user_id, digest, grant_id, created_at, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, NULL)";
    ONE = "SELECT user_id, digest, grant_id, created_at, expires_at, used_at FROM refresh_tokens
        WHERE user_id = $1 AND digest = $2";
    EXTEND = "UPDATE refresh_tokens SET expires_at = $3 WHERE user_id = $1 AND digest = $2 AND expires_at < $3";
    USE = "UPDATE refresh_tokens SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at IS NULL";
}

/// Adds a token.
pub fn insert(sql: &mut dyn Sql, token: &Refresh) -> Result<(), Error> {
    let args = params![
        token.user.octets(),
        token.digest,
        token.grant.octets(),
        token.created_at.micros(),
        token.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The token of a digest, used or not.
pub fn one(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<Refresh>, Error> {
    ask_one(user, digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`one`] reads.
#[must_use]
pub fn ask_one(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(ONE, params![user.octets(), digest])
}

/// Lets a token that stays as it is live on from its last use.
pub fn extend(sql: &mut dyn Sql, token: &Refresh, until: Timestamp) -> Result<(), Error> {
    sql.exec(EXTEND, &params![token.user.octets(), token.digest, until.micros()]).map(|_| ())
}

/// Uses a token. False when it was used before.
pub fn spend(sql: &mut dyn Sql, token: &Refresh, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(USE, &params![token.user.octets(), token.digest, now.micros()])
}

fn read(row: &Row) -> Result<Refresh, Error> {
    Ok(Refresh {
        user: row.id16(0)?.into(),
        digest: row.array(1)?,
        grant: row.id16(2)?.into(),
        created_at: Timestamp::from_micros(row.i64(3)?),
        expires_at: Timestamp::from_micros(row.i64(4)?),
        used_at: row.opt_i64(5)?.map(Timestamp::from_micros),
    })
}
