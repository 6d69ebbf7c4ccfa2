//! Checks of who is on the line with the desk, each the confirmation of the same id.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    desk::{self, CallState},
    id::{ConfirmationId, DeviceId, UserId},
};

/// A check as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Whose device is asked.
    pub user: UserId,
    /// Its id, and its confirmation's.
    pub id: ConfirmationId,
    /// As the core sees it.
    pub call: desk::Call,
}

statements! {
    INSERT = "INSERT INTO calls (user_id, id, agent_id, state, device_id, asked_at, ended_at)
        VALUES ($1, $2, $3, $4, NULL, $5, $6)";
    BY_ID = "SELECT user_id, id, agent_id, state, device_id, asked_at, ended_at FROM calls WHERE id = $1";
    SINCE = "SELECT user_id, id, agent_id, state, device_id, asked_at, ended_at FROM calls
        WHERE user_id = $1 AND asked_at > $2 ORDER BY asked_at, id";
    OPEN = "SELECT user_id, id, agent_id, state, device_id, asked_at, ended_at FROM calls
        WHERE user_id = $1 AND state = 'asked' AND ended_at > $2";
    END = "UPDATE calls SET state = $3, device_id = $4, ended_at = $5
        WHERE user_id = $1 AND id = $2 AND state = 'asked'";
}

/// Adds a check that a device is asked.
pub fn insert(sql: &mut dyn Sql, call: &Call) -> Result<(), Error> {
    let desk::Call { agent, state, asked_at, ended_at, .. } = call.call;
    let args = params![
        call.user.octets(),
        call.id.octets(),
        agent.octets(),
        state.name(),
        asked_at.micros(),
        ended_at.micros()
    ];
    sql.apply(INSERT, &args)
}

/// The check of an id, whosever it is.
pub fn by_id(sql: &mut dyn Sql, id: ConfirmationId) -> Result<Option<Call>, Error> {
    sql.row(BY_ID, &params![id.octets()])?.as_ref().map(read).transpose()
}

/// A user's checks that were asked after a moment, the oldest first.
pub fn since(sql: &mut dyn Sql, user: UserId, after: Timestamp) -> Result<Vec<Call>, Error> {
    sql.rows(SINCE, &params![user.octets(), after.micros()])?.iter().map(read).collect()
}

/// The check that a device of the user's is asked now.
pub fn open(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<Option<Call>, Error> {
    ask_open(user, now).row(sql)?.as_ref().map(read).transpose()
}

/// What [`open`] reads at the same moment.
#[must_use]
pub fn ask_open(user: UserId, now: Timestamp) -> Ask {
    Ask::new(OPEN, params![user.octets(), now.micros()])
}

/// Ends a check that is asked. False where it has ended.
pub fn end(sql: &mut dyn Sql, call: &Call) -> Result<bool, Error> {
    let desk::Call { state, device, ended_at, .. } = call.call;
    let args =
        params![call.user.octets(), call.id.octets(), state.name(), device.map(DeviceId::octets), ended_at.micros()];
    sql.changes_one(END, &args)
}

fn read(row: &Row) -> Result<Call, Error> {
    Ok(Call {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        call: desk::Call {
            agent: row.id16(2)?.into(),
            state: CallState::parse(row.text(3)?).ok_or_else(|| row.corrupt(3, "the state of a call"))?,
            device: row.opt_id16(4)?.map(Into::into),
            asked_at: Timestamp::from_micros(row.i64(5)?),
            ended_at: Timestamp::from_micros(row.i64(6)?),
        },
    })
}
