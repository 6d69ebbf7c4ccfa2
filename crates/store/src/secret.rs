//! The server's own secrets and signing keys, sealed.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{Secret, Timestamp};

/// A signing key as stored.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// The key id in JWKS and JWS headers.
    pub kid: String,
    /// The JWS algorithm.
    pub algorithm: String,
    /// The private key (PKCS#8 DER).
    pub private: Secret<Vec<u8>>,
    /// The public key, a JWK.
    pub public_jwk: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub signs_at: Timestamp,
    /// When it was taken out of use by hand.
    pub retired_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO server_secrets (name, sealed_value, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO NOTHING";
    ONE = "SELECT sealed_value FROM server_secrets WHERE name = $1";
    INSERT_KEY = "INSERT INTO signing_keys (kid, algorithm, sealed_private, public_jwk, created_at, signs_at,
        retired_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    KEYS = "SELECT kid, algorithm, sealed_private, public_jwk, created_at, signs_at, retired_at FROM signing_keys
        ORDER BY created_at DESC, kid";
    SIGN_FROM = "UPDATE signing_keys SET signs_at = $2 WHERE kid = $1 AND retired_at IS NULL";
    RETIRE = "UPDATE signing_keys SET retired_at = $2 WHERE kid = $1 AND retired_at IS NULL";
}

/// The secret of that name; the first time, `fresh` becomes it. Two nodes that start at once agree on one.
pub fn get_or_insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    name: &str,
    (fresh, nonce): (&[u8], [u8; 12]),
    now: Timestamp,
) -> Result<Secret<Vec<u8>>, Error> {
    let context = Context { table: "server_secrets", row: name.as_bytes(), field: "value" };
    if sql.row(ONE, &params![name])?.is_none() {
        sql.apply(INSERT, &params![name, sealer.seal(&context, fresh, nonce)?, now.micros()])?;
    }
    let row = sql.one(ONE, &params![name])?;
    Ok(Secret::new(sealer.open(&context, row.bytes(0)?)?.to_vec()))
}

/// Adds a signing key.
pub fn insert_signing_key(sql: &mut dyn Sql, sealer: &Sealer, key: &SigningKey, nonce: [u8; 12]) -> Result<(), Error> {
    let sealed = sealer.seal(&key_context(key.kid.as_bytes()), key.private.expose(), nonce)?;
    let (created_at, signs_at) = (key.created_at.micros(), key.signs_at.micros());
    let args = params![&key.kid, &key.algorithm, sealed, &key.public_jwk, created_at, signs_at];
    sql.apply(INSERT_KEY, &args)
}

/// Changes from when on a key signs. False when there is no such key in use.
pub fn sign_from(sql: &mut dyn Sql, kid: &str, at: Timestamp) -> Result<bool, Error> {
    sql.changes_one(SIGN_FROM, &params![kid, at.micros()])
}

/// Takes a key out of use. False when there is no such key in use.
pub fn retire(sql: &mut dyn Sql, kid: &str, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(RETIRE, &params![kid, now.micros()])
}

/// Every signing key there ever was, newest first.
pub fn signing_keys(sql: &mut dyn Sql, sealer: &Sealer) -> Result<Vec<SigningKey>, Error> {
    sql.rows(KEYS, &[])?.iter().map(|row| read_key(row, sealer)).collect()
}

fn read_key(row: &Row, sealer: &Sealer) -> Result<SigningKey, Error> {
    let kid = row.text(0)?.to_owned();
    let private = sealer.open(&key_context(kid.as_bytes()), row.bytes(2)?)?;
    Ok(SigningKey {
        algorithm: row.text(1)?.to_owned(),
        private: Secret::new(private.to_vec()),
        public_jwk: row.text(3)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(4)?),
        signs_at: Timestamp::from_micros(row.opt_i64(5)?.map_or_else(|| row.i64(4), Ok)?),
        retired_at: row.opt_i64(6)?.map(Timestamp::from_micros),
        kid,
    })
}

fn key_context(row: &[u8]) -> Context<'_> {
    Context { table: "signing_keys", row, field: "private" }
}
