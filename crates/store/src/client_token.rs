//! Tokens that clients have in their own name, under their digests.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::Timestamp;

/// A token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientToken {
    /// The digest of the token's handle.
    pub digest: [u8; 32],
    /// The client it was given to.
    pub client: String,
    /// What it may do.
    pub scope: String,
    /// The thumbprint of the key that it is bound to, where it is.
    pub jkt: Option<String>,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO client_tokens (digest, client, scope, jkt, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    LIVE = "SELECT digest, client, scope, jkt, created_at, expires_at FROM client_tokens WHERE digest = $1 AND expires_at > $2";
    END = "DELETE FROM client_tokens WHERE digest = $1 AND client = $2";
    SWEEP = "DELETE FROM client_tokens WHERE digest IN (SELECT digest FROM client_tokens WHERE expires_at <= $1 LIMIT 1000)";
}

/// Adds a token.
pub fn insert(sql: &mut dyn Sql, token: &ClientToken) -> Result<(), Error> {
    let args = params![
        token.digest,
        &token.client,
        &token.scope,
        token.jkt.as_deref(),
        token.created_at.micros(),
        token.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The living token of a digest.
pub fn live(sql: &mut dyn Sql, digest: [u8; 32], now: Timestamp) -> Result<Option<ClientToken>, Error> {
    sql.row(LIVE, &params![digest, now.micros()])?.as_ref().map(read).transpose()
}

/// Takes back a client's token. False where there is none.
pub fn end(sql: &mut dyn Sql, digest: [u8; 32], client: &str) -> Result<bool, Error> {
    sql.changes_one(END, &params![digest, client])
}

/// Forgets a batch of those that died before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

fn read(row: &Row) -> Result<ClientToken, Error> {
    Ok(ClientToken {
        digest: row.array(0)?,
        client: row.text(1)?.to_owned(),
        scope: row.text(2)?.to_owned(),
        jkt: row.opt_text(3)?.map(str::to_owned),
        created_at: Timestamp::from_micros(row.i64(4)?),
        expires_at: Timestamp::from_micros(row.i64(5)?),
    })
}
