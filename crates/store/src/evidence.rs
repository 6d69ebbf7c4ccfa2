//! What phones signed: the evidence of approvals and refusals, kept as it came.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ConfirmationId, DeviceId, UserId},
};

/// A signed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Whose phone.
    pub user: UserId,
    /// About which confirmation.
    pub confirmation: ConfirmationId,
    /// Signed by which device.
    pub device: DeviceId,
    /// The compact JWS.
    pub statement: String,
    /// When it was taken.
    pub at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO evidence (user_id, confirmation_id, device_id, statement, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id, confirmation_id) DO UPDATE SET device_id = excluded.device_id,
        statement = excluded.statement, at = excluded.at";
    ONE = "SELECT device_id, statement, at FROM evidence WHERE user_id = $1 AND confirmation_id = $2";
}

/// Keeps a statement; a later one about the same confirmation (after a wrong PIN) takes its place.
pub fn keep(sql: &mut dyn Sql, evidence: &Evidence) -> Result<(), Error> {
    let args = params![
        evidence.user.octets(),
        evidence.confirmation.octets(),
        evidence.device.octets(),
        &evidence.statement,
        evidence.at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The statement about a confirmation.
pub fn one(sql: &mut dyn Sql, user: UserId, confirmation: ConfirmationId) -> Result<Option<Evidence>, Error> {
    let Some(row) = sql.row(ONE, &params![user.octets(), confirmation.octets()])? else { return Ok(None) };
    Ok(Some(Evidence {
        user,
        confirmation,
        device: row.id16(0)?.into(),
        statement: row.text(1)?.to_owned(),
        at: Timestamp::from_micros(row.i64(2)?),
    }))
}
