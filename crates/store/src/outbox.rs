//! Messages to users, queued in the unit of work that causes them and sent afterwards.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ContactId, MessageId, UserId},
};

/// A message to one contact point. Its words are made when it is sent, from the key and the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub user: UserId,
    /// Its id.
    pub id: MessageId,
    /// Where to.
    pub contact: ContactId,
    /// The message key of the catalogues.
    pub message: String,
    /// The message's arguments, a JSON object of texts and whole numbers.
    pub arguments: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO outbox (user_id, id, contact_id, message, arguments, created_at, sent_at)
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    UNSENT = "SELECT user_id, id, contact_id, message, arguments, created_at, sent_at FROM outbox
        WHERE sent_at IS NULL ORDER BY created_at LIMIT $1";
    LATEST = "SELECT user_id, id, contact_id, message, arguments, created_at, sent_at FROM outbox
        ORDER BY created_at DESC, id DESC LIMIT $1";
    SENT = "UPDATE outbox SET sent_at = $3 WHERE user_id = $1 AND id = $2 AND sent_at IS NULL";
}

/// Queues a message.
pub fn insert(sql: &mut dyn Sql, message: &Message) -> Result<(), Error> {
    let args = params![
        message.user.octets(),
        message.id.octets(),
        message.contact.octets(),
        &message.message,
        &message.arguments,
        message.created_at.micros(),
    ];
    sql.exec(INSERT, &args).map(|_| ())
}

/// Messages that wait, oldest first.
pub fn unsent(sql: &mut dyn Sql, limit: u32) -> Result<Vec<Message>, Error> {
    sql.rows(UNSENT, &params![limit])?.iter().map(read).collect()
}

/// The latest messages, sent or not, newest first.
pub fn latest(sql: &mut dyn Sql, limit: u32) -> Result<Vec<Message>, Error> {
    sql.rows(LATEST, &params![limit])?.iter().map(read).collect()
}

/// Notes that a message was handed over. False when it had been before.
pub fn sent(sql: &mut dyn Sql, user: UserId, id: MessageId, now: Timestamp) -> Result<bool, Error> {
    Ok(sql.exec(SENT, &params![user.octets(), id.octets(), now.micros()])? == 1)
}

fn read(row: &Row) -> Result<Message, Error> {
    Ok(Message {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        contact: row.id16(2)?.into(),
        message: row.text(3)?.to_owned(),
        arguments: row.text(4)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(5)?),
        sent_at: row.opt_i64(6)?.map(Timestamp::from_micros),
    })
}
