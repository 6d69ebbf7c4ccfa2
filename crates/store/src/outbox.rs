//! Messages to users, queued in the unit of work that causes them and sent afterwards.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{ContactId, MessageId, UserId},
};

/// A message to one contact point. Its words are made when it is sent, from the key and the arguments.
#[derive(Debug, Clone)]
pub struct Message {
    /// To whom.
    pub user: UserId,
    /// Its id.
    pub id: MessageId,
    /// Where to.
    pub contact: ContactId,
    /// The message key of the catalogues.
    pub message: String,
    /// The message's arguments, a JSON object of texts and whole numbers. Sealed: an activation code is among them.
    pub arguments: Secret<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO outbox (user_id, id, contact_id, message, sealed_arguments, created_at, sent_at)
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    UNSENT = "SELECT user_id, id, contact_id, message, sealed_arguments, created_at, sent_at FROM outbox
        WHERE sent_at IS NULL ORDER BY created_at LIMIT $1";
    LATEST = "SELECT user_id, id, contact_id, message, sealed_arguments, created_at, sent_at FROM outbox
        ORDER BY created_at DESC, id DESC LIMIT $1";
    SENT = "UPDATE outbox SET sent_at = $3 WHERE user_id = $1 AND id = $2 AND sent_at IS NULL";
}

/// Queues a message.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, message: &Message, nonce: [u8; 12]) -> Result<(), Error> {
    let row = row_of(message.user, message.id);
    let sealed = sealer.seal(&context(&row), message.arguments.expose().as_bytes(), nonce)?;
    let args = params![
        message.user.octets(),
        message.id.octets(),
        message.contact.octets(),
        &message.message,
        sealed,
        message.created_at.micros(),
    ];
    sql.exec(INSERT, &args).map(|_| ())
}

/// Messages that wait, oldest first.
pub fn unsent(sql: &mut dyn Sql, sealer: &Sealer, limit: u32) -> Result<Vec<Message>, Error> {
    sql.rows(UNSENT, &params![limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// The latest messages, sent or not, newest first.
pub fn latest(sql: &mut dyn Sql, sealer: &Sealer, limit: u32) -> Result<Vec<Message>, Error> {
    sql.rows(LATEST, &params![limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// Notes that a message was handed over. False when it had been before.
pub fn sent(sql: &mut dyn Sql, user: UserId, id: MessageId, now: Timestamp) -> Result<bool, Error> {
    Ok(sql.exec(SENT, &params![user.octets(), id.octets(), now.micros()])? == 1)
}

fn read(row: &Row, sealer: &Sealer) -> Result<Message, Error> {
    let (user, id) = (UserId::from(row.id16(0)?), MessageId::from(row.id16(1)?));
    let arguments = sealer.open(&context(&row_of(user, id)), row.bytes(4)?)?;
    let arguments = std::str::from_utf8(&arguments).map_err(|_| row.corrupt(4, "arguments"))?.to_owned();
    Ok(Message {
        user,
        id,
        contact: row.id16(2)?.into(),
        message: row.text(3)?.to_owned(),
        arguments: Secret::new(arguments),
        created_at: Timestamp::from_micros(row.i64(5)?),
        sent_at: row.opt_i64(6)?.map(Timestamp::from_micros),
    })
}

fn row_of(user: UserId, id: MessageId) -> Vec<u8> {
    [user.octets(), id.octets()].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "outbox", row, field: "arguments" }
}
