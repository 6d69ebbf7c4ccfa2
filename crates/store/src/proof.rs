//! DPoP proofs that were used: each is good for one request (RFC 9449, 11.1).

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, id::UserId};

statements! {
    INSERT = "INSERT INTO seen_proofs (user_id, digest, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, digest) DO NOTHING";
    SWEEP = "DELETE FROM seen_proofs WHERE expires_at <= $1";
}

/// Notes a proof by the digest of its key and `jti`, to be kept until `expires_at`. False when it was used before.
pub fn first_use(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], expires_at: Timestamp) -> Result<bool, Error> {
    Ok(sql.exec(INSERT, &params![user.octets(), digest, expires_at.micros()])? == 1)
}

/// Forgets proofs that are too old to be taken anyway.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![now.micros()])
}
