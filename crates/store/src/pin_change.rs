//! Changes of a phone's PIN under way: the key that was offered, the challenge that two responses are to answer.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{DeviceId, UserId},
};

/// A change as stored, under the digest of its handle.
#[derive(Debug, Clone)]
pub struct PinChange {
    /// Whose.
    pub user: UserId,
    /// The digest of its handle.
    pub digest: [u8; 32],
    /// The phone.
    pub device: DeviceId,
    /// The server's ephemeral private key.
    pub agreement: Secret<Vec<u8>>,
    /// What both responses answer.
    pub challenge: String,
    /// Wrong ones so far.
    pub wrong_answers: u32,
    /// When it began.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was finished or given up.
    pub ended_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO pin_changes (user_id, digest, device_id, sealed_agreement, challenge, wrong_answers,
        created_at, expires_at, ended_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, NULL)";
    ONE = "SELECT user_id, digest, device_id, sealed_agreement, challenge, wrong_answers, created_at, expires_at,
        ended_at FROM pin_changes WHERE user_id = $1 AND digest = $2";
    COUNT = "UPDATE pin_changes SET wrong_answers = $3, ended_at = $4 WHERE user_id = $1 AND digest = $2";
    END = "UPDATE pin_changes SET ended_at = $3 WHERE user_id = $1 AND digest = $2 AND ended_at IS NULL";
    END_OF_DEVICE = "UPDATE pin_changes SET ended_at = $3 WHERE user_id = $1 AND device_id = $2 AND ended_at IS NULL";
    SWEEP = "DELETE FROM pin_changes WHERE (user_id, digest) IN (
        SELECT user_id, digest FROM pin_changes WHERE expires_at <= $1 LIMIT 1000)";
}

/// Adds a change; its key is sealed.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, change: &PinChange, nonce: [u8; 12]) -> Result<(), Error> {
    let row = row_of(change.user, change.digest);
    let args = params![
        change.user.octets(),
        change.digest,
        change.device.octets(),
        sealer.seal(&context(&row), change.agreement.expose(), nonce)?,
        &change.challenge,
        change.created_at.micros(),
        change.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The change of a digest.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, digest: [u8; 32]) -> Result<Option<PinChange>, Error> {
    sql.row(ONE, &params![user.octets(), digest])?.map(|row| read(&row, sealer)).transpose()
}

/// Saves the count of wrong answers; with `ended_at` the change is over.
pub fn count(
    sql: &mut dyn Sql,
    change: &PinChange,
    wrong_answers: u32,
    ended_at: Option<Timestamp>,
) -> Result<(), Error> {
    let args = params![change.user.octets(), change.digest, wrong_answers, ended_at.map(Timestamp::micros)];
    sql.apply(COUNT, &args)
}

/// Ends it. False when it had ended.
pub fn end(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(END, &params![user.octets(), digest, now.micros()])
}

/// Ends what is open of a device.
pub fn end_of_device(sql: &mut dyn Sql, user: UserId, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    sql.apply(END_OF_DEVICE, &params![user.octets(), device.octets(), now.micros()])
}

/// Forgets those whose time is over, and their keys with them.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![now.micros()])
}

fn read(row: &Row, sealer: &Sealer) -> Result<PinChange, Error> {
    let (user, digest) = (UserId::from(row.id16(0)?), row.array(1)?);
    let name = row_of(user, digest);
    Ok(PinChange {
        user,
        digest,
        device: row.id16(2)?.into(),
        agreement: Secret::new(sealer.open(&context(&name), row.bytes(3)?)?.to_vec()),
        challenge: row.text(4)?.to_owned(),
        wrong_answers: row.u32(5)?,
        created_at: Timestamp::from_micros(row.i64(6)?),
        expires_at: Timestamp::from_micros(row.i64(7)?),
        ended_at: row.opt_i64(8)?.map(Timestamp::from_micros),
    })
}

fn row_of(user: UserId, digest: [u8; 32]) -> Vec<u8> {
    [user.octets().as_slice(), &digest].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "pin_changes", row, field: "agreement" }
}
