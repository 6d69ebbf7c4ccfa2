//! Phones on their way to being active: the code that was sent, the key that was agreed, the first response.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{ConfirmationId, DeviceId, UserId},
};

/// An activation as stored, under the digest of its handle.
#[derive(Debug, Clone)]
pub struct Activation {
    /// Whose.
    pub user: UserId,
    /// The digest of its handle.
    pub digest: [u8; 32],
    /// The thumbprint (RFC 7638) of the key that asked: only that phone may go on.
    pub thumbprint: String,
    /// What must be proven beside the password.
    pub proof: Proof,
    /// The code that was sent; one that nobody knows where none was.
    pub code: Secret<String>,
    /// The server's ephemeral private key, PKCS #8 or SEC 1 DER.
    pub agreement: Secret<Vec<u8>>,
    /// Wrong codes and wrong first responses so far.
    pub wrong_answers: u32,
    /// The device that came of it, and the challenge it is to answer first.
    pub device: Option<(DeviceId, String)>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was finished or given up.
    pub ended_at: Option<Timestamp>,
}

/// What must be proven before a phone is activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The code that was sent.
    Code,
    /// Another device's confirmation.
    Device(ConfirmationId),
    /// Nothing more: it was begun from a signed-in page. Whether nothing but a code that was sent stood behind its login.
    Session {
        /// That it did.
        by_code: bool,
    },
    /// A signature of this phone, which answers the challenge that stands in place of a code.
    HandOver(DeviceId),
    /// Nothing more: this phone, in its user's hand, has vouched for the one that takes its place.
    Phone(DeviceId),
}

impl Proof {
    /// Its name, the confirmation, and the old phone.
    fn columns(self) -> (Option<&'static str>, Option<[u8; 16]>, Option<[u8; 16]>) {
        match self {
            Self::Code => (None, None, None),
            Self::Device(id) => (Some("device"), Some(id.octets()), None),
            Self::Session { by_code: false } => (Some("session"), None, None),
            Self::Session { by_code: true } => (Some("session_by_code"), None, None),
            Self::HandOver(old) => (Some("hand_over"), None, Some(old.octets())),
            Self::Phone(old) => (Some("phone"), None, Some(old.octets())),
        }
    }

    fn read(row: &Row, name: usize, confirmation: usize, old: usize) -> Result<Self, Error> {
        Ok(match (row.opt_text(name)?, row.opt_id16(confirmation)?, row.opt_id16(old)?) {
            (None, ..) => Self::Code,
            (Some("session"), ..) => Self::Session { by_code: false },
            (Some("session_by_code"), ..) => Self::Session { by_code: true },
            (Some("device"), Some(id), _) => Self::Device(id.into()),
            (Some("hand_over"), _, Some(old)) => Self::HandOver(old.into()),
            (Some("phone"), _, Some(old)) => Self::Phone(old.into()),
            _ => return Err(row.corrupt(name, "a proof")),
        })
    }
}

statements! {
    INSERT = "INSERT INTO activations (user_id, digest, thumbprint, sealed_code, sealed_agreement, wrong_answers,
        device_id, challenge, created_at, expires_at, ended_at, proof, confirmation_id, old_device_id)
        VALUES ($1, $2, $3, $4, $5, 0, NULL, NULL, $6, $7, NULL, $8, $9, $10)";
    ONE = "SELECT user_id, digest, thumbprint, sealed_code, sealed_agreement, wrong_answers, device_id, challenge,
        created_at, expires_at, ended_at, proof, confirmation_id, old_device_id FROM activations WHERE user_id = $1 AND digest = $2";
    COUNT = "UPDATE activations SET wrong_answers = $3, ended_at = $4 WHERE user_id = $1 AND digest = $2";
    AGREED = "UPDATE activations SET device_id = $3, challenge = $4 WHERE user_id = $1 AND digest = $2
        AND device_id IS NULL AND ended_at IS NULL";
    HANDED_OVER = "UPDATE activations SET proof = 'phone' WHERE user_id = $1 AND digest = $2 AND proof = 'hand_over'
        AND ended_at IS NULL";
    END = "UPDATE activations SET ended_at = $3 WHERE user_id = $1 AND digest = $2 AND ended_at IS NULL";
    END_OTHERS = "UPDATE activations SET ended_at = $3 WHERE user_id = $1 AND digest <> $2 AND ended_at IS NULL
        AND device_id IS NULL";
    BEGUN = "SELECT COUNT(*) FROM activations WHERE user_id = $1 AND created_at > $2";
    OPEN = "SELECT digest FROM activations WHERE user_id = $1 AND ended_at IS NULL ORDER BY digest";
    AWAITING_CODE = "SELECT digest FROM activations WHERE user_id = $1 AND ended_at IS NULL AND proof IS NULL ORDER BY digest";
    OVERDUE = "SELECT user_id, digest FROM activations WHERE ended_at IS NULL AND expires_at <= $1
        ORDER BY expires_at LIMIT $2";
}

/// Adds an activation; its code and key are sealed.
pub fn insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    activation: &Activation,
    nonces: ([u8; 12], [u8; 12]),
) -> Result<(), Error> {
    let row = row_of(activation.user, activation.digest);
    let (proof, confirmation, old) = activation.proof.columns();
    let args = params![
        activation.user.octets(),
        activation.digest,
        &activation.thumbprint,
        sealer.seal(&context(&row, "code"), activation.code.expose().as_bytes(), nonces.0)?,
        sealer.seal(&context(&row, "agreement"), activation.agreement.expose(), nonces.1)?,
        activation.created_at.micros(),
        activation.expires_at.micros(),
        proof,
        confirmation,
        old,
    ];
    sql.apply(INSERT, &args)
}

/// The activation of a digest.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, digest: [u8; 32]) -> Result<Option<Activation>, Error> {
    sql.row(ONE, &params![user.octets(), digest])?.map(|row| read(&row, sealer)).transpose()
}

/// Saves the count of wrong answers; with `ended_at` the activation is over.
pub fn count(
    sql: &mut dyn Sql,
    activation: &Activation,
    wrong_answers: u32,
    ended_at: Option<Timestamp>,
) -> Result<(), Error> {
    let args = params![activation.user.octets(), activation.digest, wrong_answers, ended_at.map(Timestamp::micros)];
    sql.apply(COUNT, &args)
}

/// Notes the device that came of it and its first challenge. False when there was one already, or it ended meanwhile.
pub fn agreed(sql: &mut dyn Sql, activation: &Activation, device: DeviceId, challenge: &str) -> Result<bool, Error> {
    let args = params![activation.user.octets(), activation.digest, device.octets(), challenge];
    sql.changes_one(AGREED, &args)
}

/// Notes that the old phone has vouched. False when it had, or the activation ended meanwhile.
pub fn handed_over(sql: &mut dyn Sql, activation: &Activation) -> Result<bool, Error> {
    sql.changes_one(HANDED_OVER, &params![activation.user.octets(), activation.digest])
}

/// Ends it. False when it had ended.
pub fn end(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(END, &params![user.octets(), digest, now.micros()])
}

/// Ends the user's other activations that wait for a code: the last code that was sent is the one that counts.
pub fn end_others(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<(), Error> {
    sql.apply(END_OTHERS, &params![user.octets(), digest, now.micros()])
}

/// How many activations the user began after `since`.
pub fn begun_since(sql: &mut dyn Sql, user: UserId, since: Timestamp) -> Result<u32, Error> {
    sql.one(BEGUN, &params![user.octets(), since.micros()])?.u32(0)
}

/// A user's activations that have not ended.
pub fn open(sql: &mut dyn Sql, user: UserId) -> Result<Vec<[u8; 32]>, Error> {
    sql.rows(OPEN, &params![user.octets()])?.iter().map(|row| row.array(0)).collect()
}

/// A user's activations that rest on a code that was sent, and have not ended.
pub fn awaiting_code(sql: &mut dyn Sql, user: UserId) -> Result<Vec<[u8; 32]>, Error> {
    sql.rows(AWAITING_CODE, &params![user.octets()])?.iter().map(|row| row.array(0)).collect()
}

/// Up to `limit` activations whose time is over but that have not ended.
pub fn overdue(sql: &mut dyn Sql, now: Timestamp, limit: u32) -> Result<Vec<(UserId, [u8; 32])>, Error> {
    let rows = sql.rows(OVERDUE, &params![now.micros(), limit])?;
    rows.iter().map(|row| Ok((row.id16(0)?.into(), row.array(1)?))).collect()
}

fn read(row: &Row, sealer: &Sealer) -> Result<Activation, Error> {
    let (user, digest) = (UserId::from(row.id16(0)?), row.array(1)?);
    let name = row_of(user, digest);
    let code = sealer.open(&context(&name, "code"), row.bytes(3)?)?;
    let code = std::str::from_utf8(&code).map_err(|_| row.corrupt(3, "a code"))?.to_owned();
    let device = match (row.opt_id16(6)?, row.opt_text(7)?) {
        (Some(device), Some(challenge)) => Some((DeviceId::from(device), challenge.to_owned())),
        _ => None,
    };
    Ok(Activation {
        user,
        digest,
        thumbprint: row.text(2)?.to_owned(),
        proof: Proof::read(row, 11, 12, 13)?,
        code: Secret::new(code),
        agreement: Secret::new(sealer.open(&context(&name, "agreement"), row.bytes(4)?)?.to_vec()),
        wrong_answers: row.u32(5)?,
        device,
        created_at: Timestamp::from_micros(row.i64(8)?),
        expires_at: Timestamp::from_micros(row.i64(9)?),
        ended_at: row.opt_i64(10)?.map(Timestamp::from_micros),
    })
}

fn row_of(user: UserId, digest: [u8; 32]) -> Vec<u8> {
    [user.octets().as_slice(), &digest].concat()
}

fn context<'a>(row: &'a [u8], field: &'static str) -> Context<'a> {
    Context { table: "activations", row, field }
}
