//! Confirmations. The transition is a compare-and-set on `version`: of two answers exactly one wins. Every change wakes
//! whoever waits for the confirmation's id or for its user's.

use crate::{
    Ask, Error, Row, Sql, failure, json,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    confirmation::{Challenge, Confirmation, FirstAnswer, LONGEST_LIFE, LastWrong, Outcome, SentCode, State},
    id::{ConfirmationId, DeviceId, UserId},
    lockout::Budget,
    pushes::Asker,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, time::Duration};

/// A confirmation with the version it was read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The confirmation.
    pub confirmation: Confirmation,
    /// How often it was saved.
    pub version: i64,
    /// Whether what a confirmed one gives was given.
    pub given: bool,
    /// The number of those who waited for it so far; the last one is answered.
    pub waiter: i64,
}

statements! {
    INSERT = "INSERT INTO confirmations (user_id, id, handle_digest, operation, state, version, wrong_answers, budget,
        created_at, expires_at, ended_at, pending_on) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11)";
    BY_HANDLE = "SELECT user_id, id, operation, state, version, wrong_answers, budget, created_at, expires_at,
        given_at, waiter FROM confirmations WHERE user_id = $1 AND handle_digest = $2";
    BY_ID = "SELECT user_id, id, operation, state, version, wrong_answers, budget, created_at, expires_at,
        given_at, waiter FROM confirmations WHERE user_id = $1 AND id = $2";
    OF_REQUEST = "SELECT c.user_id, c.id, c.operation, c.state, c.version, c.wrong_answers, c.budget, c.created_at,
        c.expires_at, c.given_at, c.waiter FROM backchannel_requests AS b
        JOIN confirmations AS c ON c.user_id = b.user_id AND c.id = b.confirmation_id
        WHERE b.user_id = $1 AND b.digest = $2";
    SAVE = "UPDATE confirmations SET state = $4, wrong_answers = $5, ended_at = $6, pending_on = $7, given_at = $8,
        expires_at = $9, version = version + 1 WHERE user_id = $1 AND id = $2 AND version = $3";
    PENDING = "SELECT user_id, id, operation, state, version, wrong_answers, budget, created_at, expires_at,
        given_at, waiter FROM confirmations WHERE user_id = $1 AND pending_on IS NOT NULL AND expires_at > $2
        ORDER BY created_at, id";
    OPEN = "SELECT user_id, id, operation, state, version, wrong_answers, budget, created_at, expires_at,
        given_at, waiter FROM confirmations WHERE user_id = $1 AND id >= $3 AND ended_at IS NULL AND expires_at > $2
        ORDER BY created_at, id";
    GIVEN = "UPDATE confirmations SET given_at = $3 WHERE user_id = $1 AND id = $2 AND given_at IS NULL";
    FORFEIT = "UPDATE confirmations SET given_at = $2 WHERE user_id = $1 AND given_at IS NULL AND ended_at IS NOT NULL";
    HAND_OVER = "UPDATE confirmations SET handle_digest = $3 WHERE user_id = $1 AND id = $2";
    WAITS = "UPDATE confirmations SET waiter = waiter + 1 WHERE user_id = $1 AND id = $2 AND waiter = $3";
    OVERDUE = "SELECT user_id, id FROM confirmations WHERE ended_at IS NULL AND expires_at <= $1
        ORDER BY expires_at LIMIT $2";
}

/// Adds a confirmation under the digest of its handle.
pub fn insert(sql: &mut dyn Sql, confirmation: &Confirmation, handle_digest: [u8; 32]) -> Result<(), Error> {
    let budget = Some(confirmation.budget).filter(|budget| *budget != Budget::Strangers).map(failure::key);
    let args = params![
        confirmation.user.octets(),
        confirmation.id.octets(),
        handle_digest,
        json::write(INSERT, &confirmation.operation)?,
        json::write(INSERT, &Kept::of(confirmation))?,
        confirmation.wrong_answers,
        budget,
        confirmation.created_at.micros(),
        confirmation.expires_at.micros(),
        confirmation.outcome().map(|outcome| outcome.at().micros()),
        pending_on(confirmation),
    ];
    sql.apply(INSERT, &args)?;
    wake(sql, confirmation);
    Ok(())
}

/// The confirmation of a handle.
pub fn by_handle(sql: &mut dyn Sql, user: UserId, handle_digest: [u8; 32]) -> Result<Option<Stored>, Error> {
    ask_by_handle(user, handle_digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`by_handle`] reads.
#[must_use]
pub fn ask_by_handle(user: UserId, handle_digest: [u8; 32]) -> Ask {
    Ask::new(BY_HANDLE, params![user.octets(), handle_digest])
}

/// The confirmation of an id.
pub fn by_id(sql: &mut dyn Sql, user: UserId, id: ConfirmationId) -> Result<Option<Stored>, Error> {
    ask_by_id(user, id).row(sql)?.as_ref().map(read).transpose()
}

/// What [`by_id`] reads.
#[must_use]
pub fn ask_by_id(user: UserId, id: ConfirmationId) -> Ask {
    Ask::new(BY_ID, params![user.octets(), id.octets()])
}

/// What the request of a client's back end (CIBA) awaits, by the digest of the request.
pub fn of_request(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<Stored>, Error> {
    ask_of_request(user, digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`of_request`] reads.
#[must_use]
pub fn ask_of_request(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(OF_REQUEST, params![user.octets(), digest])
}

/// Saves a step taken from `version`. False when another step was saved first: then nothing was written.
pub fn save(sql: &mut dyn Sql, version: i64, confirmation: &Confirmation) -> Result<bool, Error> {
    save_with(sql, version, confirmation, None)
}

/// The same of a step that confirms, in a unit that gives at once what it gives.
pub fn save_given(sql: &mut dyn Sql, version: i64, confirmation: &Confirmation, now: Timestamp) -> Result<bool, Error> {
    save_with(sql, version, confirmation, Some(now))
}

/// What has not ended has given nothing, and what has ended is not saved again: so whatever stood there was null.
fn save_with(
    sql: &mut dyn Sql,
    version: i64,
    confirmation: &Confirmation,
    given_at: Option<Timestamp>,
) -> Result<bool, Error> {
    let args = params![
        confirmation.user.octets(),
        confirmation.id.octets(),
        version,
        json::write(SAVE, &Kept::of(confirmation))?,
        confirmation.wrong_answers,
        confirmation.outcome().as_ref().map(|outcome: &Outcome| outcome.at().micros()),
        pending_on(confirmation),
        given_at.map(Timestamp::micros),
        confirmation.expires_at.micros(),
    ];
    let saved = sql.changes_one(SAVE, &args)?;
    if saved {
        wake(sql, confirmation);
    }
    Ok(saved)
}

/// Who waits for this confirmation, and who waits for any of the user's.
fn wake(sql: &mut dyn Sql, confirmation: &Confirmation) {
    sql.wake(confirmation.id.octets());
    sql.wake(confirmation.user.octets());
}

/// The user's confirmations that await an approval on a phone, oldest first.
pub fn pending(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<Vec<Stored>, Error> {
    ask_pending(user, now).rows(sql)?.iter().map(read).collect()
}

/// What [`pending`] reads at the same moment.
#[must_use]
pub fn ask_pending(user: UserId, now: Timestamp) -> Ask {
    Ask::new(PENDING, params![user.octets(), now.micros()])
}

/// The user's confirmations that live, whatever they await, oldest first.
pub fn open(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<Vec<Stored>, Error> {
    ask_open(user, now).rows(sql)?.iter().map(read).collect()
}

/// What [`open`] reads at the same moment. Ids sort by time, so one that may still live is found by its key.
#[must_use]
pub fn ask_open(user: UserId, now: Timestamp) -> Ask {
    let since = now.minus(LONGEST_LIFE.saturating_add(CLOCKS));
    Ask::new(OPEN, params![user.octets(), now.micros(), ConfirmationId::first(since).octets()])
}

/// How much the clocks of nodes may differ, amply: the id was made by one, and another looks for it.
const CLOCKS: Duration = Duration::from_secs(3600);

/// Notes that a confirmed one gave what it gives. False when it had before.
pub fn given(sql: &mut dyn Sql, user: UserId, id: ConfirmationId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(GIVEN, &params![user.octets(), id.octets(), now.micros()])
}

/// Of a user's confirmations that have ended none gives anything any more.
pub fn forfeit(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(FORFEIT, &params![user.octets(), now.micros()])
}

/// Gives a confirmation another handle; the earlier one opens nothing any more.
pub fn hand_over(sql: &mut dyn Sql, user: UserId, id: ConfirmationId, handle_digest: [u8; 32]) -> Result<(), Error> {
    sql.apply(HAND_OVER, &params![user.octets(), id.octets(), handle_digest])
}

/// Numbers one more who waits, and wakes those who waited before. [`Error::Retry`] when another one was numbered first.
pub fn waits(sql: &mut dyn Sql, stored: &Stored) -> Result<i64, Error> {
    let Confirmation { user, id, .. } = &stored.confirmation;
    if !sql.changes_one(WAITS, &params![user.octets(), id.octets(), stored.waiter])? {
        return Err(Error::Retry);
    }
    sql.wake(id.octets());
    Ok(stored.waiter + 1)
}

/// Up to `limit` confirmations whose time is over but that have not ended.
pub fn overdue(sql: &mut dyn Sql, now: Timestamp, limit: u32) -> Result<Vec<(UserId, ConfirmationId)>, Error> {
    let rows = sql.rows(OVERDUE, &params![now.micros(), limit])?;
    rows.iter().map(|row| Ok((row.id16(0)?.into(), row.id16(1)?.into()))).collect()
}

/// The column `state`: what is awaited, and beside it which challenges were asked, who asks, what was answered
/// wrongly, what one of two devices has answered, and which code was sent last.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    #[serde(flatten)]
    state: Cow<'a, State>,
    #[serde(default, skip_serializing_if = "is_empty")]
    asked: Cow<'a, BTreeMap<DeviceId, Challenge>>,
    #[serde(default)]
    by: Asker,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_wrong: Option<LastWrong>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<FirstAnswer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<SentCode>,
}

impl<'a> Kept<'a> {
    fn of(confirmation: &'a Confirmation) -> Self {
        Self {
            state: Cow::Borrowed(&confirmation.state),
            asked: Cow::Borrowed(&confirmation.asked),
            by: confirmation.asker,
            last_wrong: confirmation.last_wrong,
            first: confirmation.first,
            sent: confirmation.sent,
        }
    }
}

fn is_empty(asked: &BTreeMap<DeviceId, Challenge>) -> bool {
    asked.is_empty()
}

fn read(row: &Row) -> Result<Stored, Error> {
    let kept: Kept<'_> = serde_json::from_str(row.text(3)?).map_err(|_| row.corrupt(3, "a confirmation's state"))?;
    let confirmation = Confirmation {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        operation: serde_json::from_str(row.text(2)?).map_err(|_| row.corrupt(2, "an operation"))?,
        state: kept.state.into_owned(),
        asked: kept.asked.into_owned(),
        asker: kept.by,
        last_wrong: kept.last_wrong,
        first: kept.first,
        sent: kept.sent,
        wrong_answers: row.u32(5)?,
        budget: row.opt_id16(6)?.map_or(Budget::Strangers, failure::budget),
        created_at: Timestamp::from_micros(row.i64(7)?),
        expires_at: Timestamp::from_micros(row.i64(8)?),
    };
    Ok(Stored { confirmation, version: row.i64(4)?, given: row.opt_i64(9)?.is_some(), waiter: row.i64(10)? })
}

/// The phone that is to show a request. One that is reached by scanning is not pending anywhere until then.
fn pending_on(confirmation: &Confirmation) -> Option<[u8; 16]> {
    match &confirmation.state {
        State::AwaitingApproval(state) if state.scan.is_none() => Some(state.device.octets()),
        _ => None,
    }
}
