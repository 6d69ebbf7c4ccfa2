//! Messages to users and to the desk, queued in the unit of work that causes them: what they say and what became of them.
//! Sending one is a [`crate::delivery`].

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{ContactId, MessageId, UserId},
};

/// A message to one contact point, or to the desk. Its words are made when it is sent, from the key and the arguments.
#[derive(Debug, Clone)]
pub struct Message {
    /// To or about whom.
    pub user: UserId,
    /// Its id.
    pub id: MessageId,
    /// Where to; none is the secure-login desk, which is told about the user.
    pub contact: Option<ContactId>,
    /// The message key of the catalogues.
    pub message: String,
    /// The message's arguments, a JSON object of texts and whole numbers. Sealed: an activation code is among them.
    pub arguments: Secret<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// From when on it is of no use; none of what an earlier version queued.
    pub until: Option<Timestamp>,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
    /// When it was given up, and the kind of the reason.
    pub failed: Option<(Timestamp, String)>,
}

statements! {
    INSERT = "INSERT INTO outbox (user_id, id, contact_id, message, sealed_arguments, created_at, expires_at, sent_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    ONE = "SELECT user_id, id, contact_id, message, sealed_arguments, created_at, sent_at, failed_at, failure, expires_at
        FROM outbox WHERE user_id = $1 AND id = $2";
    LATEST = "SELECT user_id, id, contact_id, message, sealed_arguments, created_at, sent_at, failed_at, failure, expires_at
        FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1";
    RECENT = "SELECT contact_id, message, created_at FROM outbox WHERE user_id = $1 AND created_at > $2
        ORDER BY created_at, id";
    SENT = "UPDATE outbox SET sent_at = $3 WHERE user_id = $1 AND id = $2 AND sent_at IS NULL";
    FAILED = "UPDATE outbox SET failed_at = $3, failure = $4 WHERE user_id = $1 AND id = $2 AND sent_at IS NULL";
    UNDELIVERED = "SELECT user_id, id, contact_id, message, created_at, failed_at, failure, expires_at, again_at FROM outbox
        WHERE failed_at >= $1 AND (failed_at > $1 OR id > $2) AND sent_at IS NULL AND aside_at IS NULL
        ORDER BY failed_at, id LIMIT $3";
    UNDELIVERED_ONE = "SELECT user_id, id, contact_id, message, created_at, failed_at, failure, expires_at, again_at FROM outbox
        WHERE id = $1 AND failed_at IS NOT NULL AND sent_at IS NULL AND aside_at IS NULL";
    COUNT_UNDELIVERED = "SELECT COUNT(*) FROM outbox WHERE failed_at >= $1 AND sent_at IS NULL AND aside_at IS NULL";
    AGAIN = "UPDATE outbox SET failed_at = NULL, failure = NULL, again_at = $4, expires_at = $5
        WHERE user_id = $1 AND id = $2 AND failed_at = $3 AND sent_at IS NULL AND aside_at IS NULL";
    AGAIN_SINCE = "SELECT COUNT(*) FROM outbox WHERE user_id = $1 AND contact_id = $2 AND again_at > $3";
    ASIDE = "UPDATE outbox SET aside_at = $4
        WHERE user_id = $1 AND id = $2 AND failed_at = $3 AND sent_at IS NULL AND aside_at IS NULL";
    SWEEP = "DELETE FROM outbox WHERE (user_id, id) IN (
        SELECT user_id, id FROM outbox WHERE created_at <= $1 LIMIT 1000)";
}

const DESK: [u8; 16] = [0; 16];

/// Queues a message.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, message: &Message, nonce: [u8; 12]) -> Result<(), Error> {
    let row = row_of(message.user, message.id);
    let sealed = sealer.seal(&context(&row), message.arguments.expose().as_bytes(), nonce)?;
    let args = params![
        message.user.octets(),
        message.id.octets(),
        message.contact.map_or(DESK, ContactId::octets),
        &message.message,
        sealed,
        message.created_at.micros(),
        message.until.map(Timestamp::micros),
    ];
    sql.apply(INSERT, &args)
}

/// One message.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, id: MessageId) -> Result<Option<Message>, Error> {
    sql.row(ONE, &params![user.octets(), id.octets()])?.map(|row| read(&row, sealer)).transpose()
}

/// The latest messages, sent or not, newest first.
pub fn latest(sql: &mut dyn Sql, sealer: &Sealer, limit: u32) -> Result<Vec<Message>, Error> {
    sql.rows(LATEST, &params![limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// What was queued lately for a user: where to, what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// Where to; none is the desk.
    pub contact: Option<ContactId>,
    /// The message key of the catalogues.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

/// What was queued for a user after a moment, the oldest first.
pub fn recent(sql: &mut dyn Sql, user: UserId, since: Timestamp) -> Result<Vec<Recent>, Error> {
    let rows = sql.rows(RECENT, &params![user.octets(), since.micros()])?;
    let read = |row: &Row| {
        let (contact, at) = (row.id16(0)?, Timestamp::from_micros(row.i64(2)?));
        let contact = (contact != DESK).then(|| contact.into());
        Ok(Recent { contact, message: row.text(1)?.to_owned(), at })
    };
    rows.iter().map(read).collect()
}

/// Notes that a message was handed over. False when it had been before.
pub fn sent(sql: &mut dyn Sql, user: UserId, id: MessageId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(SENT, &params![user.octets(), id.octets(), now.micros()])
}

/// Notes that a message was given up, and the kind of the reason.
pub fn failed(sql: &mut dyn Sql, user: UserId, id: MessageId, (now, why): (Timestamp, &str)) -> Result<(), Error> {
    sql.apply(FAILED, &params![user.octets(), id.octets(), now.micros(), why])
}

/// A message that was given up, and that nobody of the desk has seen to: what it says is not among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// To or about whom.
    pub user: UserId,
    /// Its id.
    pub id: MessageId,
    /// Where to; none is the desk.
    pub contact: Option<ContactId>,
    /// The message key of the catalogues.
    pub message: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was given up.
    pub failed_at: Timestamp,
    /// The kind of the reason.
    pub why: String,
    /// From when on it is of no use; none of what an earlier version queued.
    pub until: Option<Timestamp>,
    /// When the desk last had it sent again.
    pub again_at: Option<Timestamp>,
}

/// Messages that were given up, after one of them (by its moment and its id), the longest there first.
pub fn undelivered(
    sql: &mut dyn Sql,
    after: Option<(Timestamp, MessageId)>,
    limit: u32,
) -> Result<Vec<Undelivered>, Error> {
    let (at, id) = after.map_or((i64::MIN, [0; 16]), |(at, id)| (at.micros(), id.octets()));
    sql.rows(UNDELIVERED, &params![at, id, limit])?.iter().map(read_undelivered).collect()
}

/// One of them by its id, whosever it is.
pub fn undelivered_one(sql: &mut dyn Sql, id: MessageId) -> Result<Option<Undelivered>, Error> {
    sql.row(UNDELIVERED_ONE, &params![id.octets()])?.as_ref().map(read_undelivered).transpose()
}

/// How many there are.
pub fn count_undelivered(sql: &mut dyn Sql) -> Result<u32, Error> {
    sql.one(COUNT_UNDELIVERED, &params![i64::MIN])?.u32(0)
}

/// Notes that it is to be sent again, and until when it is of use. False when somebody has seen to it meanwhile.
pub fn again(sql: &mut dyn Sql, of: &Undelivered, now: Timestamp, until: Timestamp) -> Result<bool, Error> {
    let args = params![of.user.octets(), of.id.octets(), of.failed_at.micros(), now.micros(), until.micros()];
    sql.changes_one(AGAIN, &args)
}

/// How many messages to where this one goes were sent again after a moment.
pub fn again_since(sql: &mut dyn Sql, of: &Undelivered, after: Timestamp) -> Result<u32, Error> {
    let contact = of.contact.map_or(DESK, ContactId::octets);
    sql.one(AGAIN_SINCE, &params![of.user.octets(), contact, after.micros()])?.u32(0)
}

/// Puts it aside. False when somebody has seen to it meanwhile.
pub fn put_aside(sql: &mut dyn Sql, of: &Undelivered, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(ASIDE, &params![of.user.octets(), of.id.octets(), of.failed_at.micros(), now.micros()])
}

fn read_undelivered(row: &Row) -> Result<Undelivered, Error> {
    let contact = row.id16(2)?;
    Ok(Undelivered {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        contact: (contact != DESK).then(|| contact.into()),
        message: row.text(3)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(4)?),
        failed_at: Timestamp::from_micros(row.i64(5)?),
        why: row.opt_text(6)?.unwrap_or_default().to_owned(),
        until: row.opt_i64(7)?.map(Timestamp::from_micros),
        again_at: row.opt_i64(8)?.map(Timestamp::from_micros),
    })
}

/// Forgets what was queued before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

fn read(row: &Row, sealer: &Sealer) -> Result<Message, Error> {
    let (user, id) = (UserId::from(row.id16(0)?), MessageId::from(row.id16(1)?));
    let arguments = sealer.open(&context(&row_of(user, id)), row.bytes(4)?)?;
    let arguments = std::str::from_utf8(&arguments).map_err(|_| row.corrupt(4, "arguments"))?.to_owned();
    let failed_at = row.opt_i64(7)?.map(Timestamp::from_micros);
    let contact = row.id16(2)?;
    Ok(Message {
        user,
        id,
        contact: (contact != DESK).then(|| contact.into()),
        message: row.text(3)?.to_owned(),
        arguments: Secret::new(arguments),
        created_at: Timestamp::from_micros(row.i64(5)?),
        sent_at: row.opt_i64(6)?.map(Timestamp::from_micros),
        until: row.opt_i64(9)?.map(Timestamp::from_micros),
        failed: failed_at.zip(row.opt_text(8)?.map(str::to_owned)),
    })
}

fn row_of(user: UserId, id: MessageId) -> Vec<u8> {
    [user.octets(), id.octets()].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "outbox", row, field: "arguments" }
}
