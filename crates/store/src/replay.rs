//! Values that are good once: `jti` of DPoP proofs, of client assertions and of signed requests.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::Timestamp;

statements! {
    INSERT = "INSERT INTO replays (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
    SWEEP = "DELETE FROM replays WHERE digest IN (
        SELECT digest FROM replays WHERE expires_at <= $1 LIMIT 1000)";
}

/// Notes a value by its digest, to be kept until `expires_at`. False when it was used before.
pub fn first_use(sql: &mut dyn Sql, digest: [u8; 32], expires_at: Timestamp) -> Result<bool, Error> {
    sql.changes_one(INSERT, &params![digest, expires_at.micros()])
}

/// Forgets what is too old to be taken anyway.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![now.micros()])
}
