//! What passkeys signed: the statement whose hash was the challenge, and the assertion over it.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ConfirmationId, DeviceId, UserId},
};

/// A statement and the assertion over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyEvidence {
    /// Whose passkey.
    pub user: UserId,
    /// About which confirmation.
    pub confirmation: ConfirmationId,
    /// Signed by which device.
    pub device: DeviceId,
    /// Canonical JSON (RFC 8785); its SHA-256 was the challenge.
    pub statement: String,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
    /// When it was taken.
    pub at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO passkey_evidence (user_id, confirmation_id, device_id, statement, authenticator_data,
        client_data, signature, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ONE = "SELECT statement, authenticator_data, client_data, signature, at FROM passkey_evidence
        WHERE user_id = $1 AND confirmation_id = $2 AND device_id = $3";
}

/// Keeps a statement and the assertion over it. A device confirms once.
pub fn keep(sql: &mut dyn Sql, evidence: &PasskeyEvidence) -> Result<(), Error> {
    let args = params![
        evidence.user.octets(),
        evidence.confirmation.octets(),
        evidence.device.octets(),
        &evidence.statement,
        evidence.authenticator_data.clone(),
        evidence.client_data.clone(),
        evidence.signature.clone(),
        evidence.at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// What a device signed about a confirmation.
pub fn one(
    sql: &mut dyn Sql,
    user: UserId,
    confirmation: ConfirmationId,
    device: DeviceId,
) -> Result<Option<PasskeyEvidence>, Error> {
    let args = params![user.octets(), confirmation.octets(), device.octets()];
    let Some(row) = sql.row(ONE, &args)? else { return Ok(None) };
    Ok(Some(PasskeyEvidence {
        user,
        confirmation,
        device,
        statement: row.text(0)?.to_owned(),
        authenticator_data: row.bytes(1)?.to_vec(),
        client_data: row.bytes(2)?.to_vec(),
        signature: row.bytes(3)?.to_vec(),
        at: Timestamp::from_micros(row.i64(4)?),
    }))
}
