//! PINs that were chosen for a card and wait for their confirmation.

use crate::{
    Error, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{ConfirmationId, DeviceId, UserId},
};

/// A PIN as stored, under the confirmation that it waits for.
#[derive(Debug, Clone)]
pub struct NewPin {
    /// Whose.
    pub user: UserId,
    /// What it waits for.
    pub confirmation: ConfirmationId,
    /// The card.
    pub device: DeviceId,
    /// The PIN's hash.
    pub pin: Secret<Vec<u8>>,
    /// When it is given up.
    pub expires_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO new_pins (user_id, confirmation_id, device_id, sealed_pin, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    ONE = "SELECT device_id, sealed_pin, expires_at FROM new_pins WHERE user_id = $1 AND confirmation_id = $2";
    FORGET = "DELETE FROM new_pins WHERE user_id = $1 AND confirmation_id = $2";
    SWEEP = "DELETE FROM new_pins WHERE (user_id, confirmation_id) IN (
        SELECT user_id, confirmation_id FROM new_pins WHERE expires_at <= $1 LIMIT 1000)";
}

/// Adds one, sealed.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, new: &NewPin, nonce: [u8; 12]) -> Result<(), Error> {
    let row = row_of(new.user, new.confirmation);
    let args = params![
        new.user.octets(),
        new.confirmation.octets(),
        new.device.octets(),
        sealer.seal(&context(&row), new.pin.expose(), nonce)?,
        new.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// Takes the one that waits for a confirmation: it is there no more.
pub fn take(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    user: UserId,
    confirmation: ConfirmationId,
) -> Result<Option<NewPin>, Error> {
    let args = params![user.octets(), confirmation.octets()];
    let Some(row) = sql.row(ONE, &args)? else { return Ok(None) };
    sql.apply(FORGET, &args)?;
    let pin = sealer.open(&context(&row_of(user, confirmation)), row.bytes(1)?)?;
    Ok(Some(NewPin {
        user,
        confirmation,
        device: row.id16(0)?.into(),
        pin: Secret::new(pin.to_vec()),
        expires_at: Timestamp::from_micros(row.i64(2)?),
    }))
}

/// Forgets a batch of those that were given up; how many.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![now.micros()])
}

fn row_of(user: UserId, confirmation: ConfirmationId) -> Vec<u8> {
    [user.octets(), confirmation.octets()].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "new_pins", row, field: "pin" }
}
