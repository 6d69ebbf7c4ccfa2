//! Access tokens, under their digests.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{GrantId, UserId},
};

/// An access token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// On whose behalf.
    pub user: UserId,
    /// The digest of the token's handle.
    pub digest: [u8; 32],
    /// The family it belongs to.
    pub grant: GrantId,
    /// The client it was given to.
    pub client: String,
    /// What it may do.
    pub scope: String,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO tokens (user_id, digest, grant_id, client, scope, created_at, expires_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    LIVE = "SELECT user_id, digest, grant_id, client, scope, created_at, expires_at FROM tokens
        WHERE user_id = $1 AND digest = $2 AND revoked_at IS NULL AND expires_at > $3";
    REVOKE_ALL = "UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    REVOKE_GRANT = "UPDATE tokens SET revoked_at = $3 WHERE user_id = $1 AND grant_id = $2 AND revoked_at IS NULL";
}

/// Adds a token.
pub fn insert(sql: &mut dyn Sql, token: &Token) -> Result<(), Error> {
    let args = params![
        token.user.octets(),
        token.digest,
        token.grant.octets(),
        &token.client,
        &token.scope,
        token.created_at.micros(),
        token.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The living token of a digest.
pub fn live(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<Option<Token>, Error> {
    ask_live(user, digest, now).row(sql)?.as_ref().map(read).transpose()
}

/// What [`live`] reads at the same moment.
#[must_use]
pub fn ask_live(user: UserId, digest: [u8; 32], now: Timestamp) -> Ask {
    Ask::new(LIVE, params![user.octets(), digest, now.micros()])
}

/// Takes back every token of a family; the number of those that lived.
pub fn revoke_grant(sql: &mut dyn Sql, user: UserId, grant: GrantId, now: Timestamp) -> Result<u64, Error> {
    sql.exec(REVOKE_GRANT, &params![user.octets(), grant.octets(), now.micros()])
}

/// Revokes every token of a user; how many there were.
pub fn revoke_all(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<u64, Error> {
    sql.exec(REVOKE_ALL, &params![user.octets(), now.micros()])
}

fn read(row: &Row) -> Result<Token, Error> {
    Ok(Token {
        user: row.id16(0)?.into(),
        digest: row.array(1)?,
        grant: row.id16(2)?.into(),
        client: row.text(3)?.to_owned(),
        scope: row.text(4)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(5)?),
        expires_at: Timestamp::from_micros(row.i64(6)?),
    })
}
