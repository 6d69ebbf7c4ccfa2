//! Withdrawals and transfers, and what they take up of limits.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ConfirmationId, DeviceId, UserId},
    money::{limit::Counted, withdrawal::WithdrawalState},
};
use operation::What;

/// A withdrawal or transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Whose.
    pub user: UserId,
    /// Its id: that of the confirmation that asks for it.
    pub id: ConfirmationId,
    /// Whether it is a transfer.
    pub transfer: bool,
    /// Where it stands.
    pub state: WithdrawalState,
    /// The client that asked.
    pub client: String,
    /// What is asked.
    pub what: What,
    /// Where it goes, in a form that is the same however the account was written: letters and digits; where it goes to
    /// several, with a blank between them.
    pub payee: String,
    /// What it takes up.
    pub counted: Counted,
    /// The device that confirmed it, and its class then.
    pub confirmed_by: Option<ConfirmedBy>,
    /// The client's request, where it had a key.
    pub request: Option<Keyed>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
}

/// The device that confirmed a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedBy {
    /// Which.
    pub device: DeviceId,
    /// Its class.
    pub class: String,
}

/// A request that is carried out once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    /// A digest of client and key.
    pub key: [u8; 32],
    /// A digest of what was asked.
    pub asked: [u8; 32],
}

statements! {
    INSERT = "INSERT INTO withdrawals (user_id, id, kind, state, client, operation, payee, counted_minor, business_day,
        request_key, request_digest, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
    ONE = "SELECT user_id, id, kind, state, client, operation, payee, counted_minor, business_day, device_id, device_class,
        request_key, request_digest, created_at, changed_at FROM withdrawals WHERE user_id = $1 AND id = $2";
    OWNER = "SELECT user_id FROM withdrawals WHERE id = $1";
    BY_KEY = "SELECT user_id, id, kind, state, client, operation, payee, counted_minor, business_day, device_id, device_class,
        request_key, request_digest, created_at, changed_at FROM withdrawals WHERE user_id = $1 AND request_key = $2";
    OF_USER = "SELECT user_id, id, kind, state, client, operation, payee, counted_minor, business_day, device_id, device_class,
        request_key, request_digest, created_at, changed_at FROM withdrawals WHERE user_id = $1 AND id < $2
        ORDER BY id DESC LIMIT $3";
    CONFIRMED = "SELECT user_id, id, kind, state, client, operation, payee, counted_minor, business_day, device_id,
        device_class, request_key, request_digest, created_at, changed_at FROM withdrawals
        WHERE user_id = $1 AND state = 'confirmed' ORDER BY id";
    COUNTING = "SELECT id, counted_minor, business_day FROM withdrawals WHERE user_id = $1 AND business_day >= $2
        AND state IN ('awaiting_confirmation', 'confirmed', 'settled')";
    REWRITE = "UPDATE withdrawals SET operation = $3, payee = '' WHERE user_id = $1 AND id = $2";
    PASS = "UPDATE withdrawals SET state = $4, changed_at = $5 WHERE user_id = $1 AND id = $2 AND state = $3";
    CONFIRM = "UPDATE withdrawals SET state = $4, changed_at = $5, device_id = $6, device_class = $7
        WHERE user_id = $1 AND id = $2 AND state = $3";
}

/// Adds one. [`Error::Unique`] when the key of its request was used.
pub fn insert(sql: &mut dyn Sql, one: &Withdrawal) -> Result<(), Error> {
    let args = params![
        one.user.octets(),
        one.id.octets(),
        if one.transfer { TRANSFER } else { "withdrawal" },
        one.state.name(),
        &one.client,
        crate::json::write(INSERT, &one.what)?,
        &one.payee,
        one.counted.minor,
        one.counted.business_day.to_string(),
        one.request.map(|request| request.key),
        one.request.map(|request| request.asked),
        one.created_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

const TRANSFER: &str = "transfer";

/// One of a user's.
pub fn one(sql: &mut dyn Sql, user: UserId, id: ConfirmationId) -> Result<Option<Withdrawal>, Error> {
    ask_one(user, id).row(sql)?.as_ref().map(read).transpose()
}

/// What [`one`] reads.
#[must_use]
pub fn ask_one(user: UserId, id: ConfirmationId) -> Ask {
    Ask::new(ONE, params![user.octets(), id.octets()])
}

/// Whose a withdrawal is.
pub fn owner(sql: &mut dyn Sql, id: ConfirmationId) -> Result<Option<UserId>, Error> {
    sql.row(OWNER, &params![id.octets()])?.map(|row| Ok(row.id16(0)?.into())).transpose()
}

/// The one that a request with this key made.
pub fn by_key(sql: &mut dyn Sql, user: UserId, key: [u8; 32]) -> Result<Option<Withdrawal>, Error> {
    ask_by_key(user, key).row(sql)?.as_ref().map(read).transpose()
}

/// What [`by_key`] reads.
#[must_use]
pub fn ask_by_key(user: UserId, key: [u8; 32]) -> Ask {
    Ask::new(BY_KEY, params![user.octets(), key])
}

/// A user's, the newest first, before one of them.
pub fn of_user(
    sql: &mut dyn Sql,
    user: UserId,
    before: Option<ConfirmationId>,
    limit: u32,
) -> Result<Vec<Withdrawal>, Error> {
    let before = before.map_or([255; 16], ConfirmationId::octets);
    sql.rows(OF_USER, &params![user.octets(), before, limit])?.iter().map(read).collect()
}

/// Leaves of one what may stay of a user who is erased.
pub fn rewrite(sql: &mut dyn Sql, user: UserId, id: ConfirmationId, what: &What) -> Result<(), Error> {
    sql.apply(REWRITE, &params![user.octets(), id.octets(), crate::json::write(REWRITE, what)?])
}

/// Those of a user that are confirmed and not settled.
pub fn confirmed(sql: &mut dyn Sql, user: UserId) -> Result<Vec<Withdrawal>, Error> {
    sql.rows(CONFIRMED, &params![user.octets()])?.iter().map(read).collect()
}

/// What a user's withdrawals take up from a business day on, but for one of them.
pub fn counting(
    sql: &mut dyn Sql,
    user: UserId,
    from: jiff::civil::Date,
    without: Option<ConfirmationId>,
) -> Result<Vec<Counted>, Error> {
    let mut entries = Vec::new();
    for row in ask_counting(user, from).rows(sql)? {
        if Some(row.id16(0)?.into()) != without {
            entries.push(counted(&row, 1)?);
        }
    }
    Ok(entries)
}

/// What [`counting`] reads.
#[must_use]
pub fn ask_counting(user: UserId, from: jiff::civil::Date) -> Ask {
    Ask::new(COUNTING, params![user.octets(), from.to_string()])
}

/// Passes one into another state. False where it is not in the state that was read.
pub fn pass(sql: &mut dyn Sql, one: &Withdrawal, to: WithdrawalState, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(PASS, &params![one.user.octets(), one.id.octets(), one.state.name(), to.name(), now.micros()])
}

/// The same for one that a device confirmed.
pub fn confirm(sql: &mut dyn Sql, one: &Withdrawal, by: &ConfirmedBy, now: Timestamp) -> Result<bool, Error> {
    let args = params![
        one.user.octets(),
        one.id.octets(),
        one.state.name(),
        WithdrawalState::Confirmed.name(),
        now.micros(),
        by.device.octets(),
        &by.class,
    ];
    sql.changes_one(CONFIRM, &args)
}

fn counted(row: &Row, first: usize) -> Result<Counted, Error> {
    let business_day = row.text(first + 1)?.parse().map_err(|_| row.corrupt(first + 1, "a date"))?;
    Ok(Counted { minor: row.i64(first)?, business_day })
}

fn read(row: &Row) -> Result<Withdrawal, Error> {
    let state = WithdrawalState::parse(row.text(3)?).ok_or_else(|| row.corrupt(3, "a state"))?;
    let confirmed_by = match (row.opt_id16(9)?, row.opt_text(10)?) {
        (Some(device), Some(class)) => Some(ConfirmedBy { device: device.into(), class: class.to_owned() }),
        _ => None,
    };
    let request = row.opt_array(11)?.zip(row.opt_array(12)?).map(|(key, asked)| Keyed { key, asked });
    Ok(Withdrawal {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        transfer: row.text(2)? == TRANSFER,
        state,
        client: row.text(4)?.to_owned(),
        what: serde_json::from_str(row.text(5)?).map_err(|_| row.corrupt(5, "an operation"))?,
        payee: row.text(6)?.to_owned(),
        counted: counted(row, 7)?,
        confirmed_by,
        request,
        created_at: Timestamp::from_micros(row.i64(13)?),
        changed_at: Timestamp::from_micros(row.i64(14)?),
    })
}
