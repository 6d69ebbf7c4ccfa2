//! Webhooks of the institution's back ends, and the messages that went or go there.

use crate::{
    Ask, Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{MessageId, WebhookId},
};

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The client whose it is.
    pub client: String,
    /// Where messages go.
    pub url: String,
    /// The types of events that go there; empty: all.
    pub events: Vec<String>,
    /// The octets by which messages are signed.
    pub secret: Secret<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it goes.
    pub webhook: WebhookId,
    /// Its id, the same however often it is sent.
    pub id: MessageId,
    /// The type of its event.
    pub event: String,
    /// What is sent, to the letter.
    pub payload: String,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// What came of the last try.
    pub last_result: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It waits for its time.
    Pending,
    /// It was taken.
    Delivered,
    /// It was given up.
    Failed,
}

impl MessageState {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Failed].into_iter().find(|state| state.name() == name)
    }
}

statements! {
    INSERT = "INSERT INTO webhooks (id, client, url, events, sealed_secret, created_at, ended_at)
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    ONE = "SELECT id, client, url, events, sealed_secret, created_at FROM webhooks WHERE id = $1 AND ended_at IS NULL";
    LIVING = "SELECT id, client, url, events, sealed_secret, created_at FROM webhooks WHERE ended_at IS NULL ORDER BY id";
    END = "UPDATE webhooks SET ended_at = $3 WHERE id = $1 AND client = $2 AND ended_at IS NULL";
    SWEEP = "DELETE FROM webhooks WHERE id IN (
        SELECT id FROM webhooks WHERE ended_at IS NOT NULL AND ended_at <= $1 LIMIT 1000)";
    TELL = "INSERT INTO webhook_messages (webhook_id, id, event, payload, state, attempts, last_result, created_at, next_at)
        VALUES ($1, $2, $3, $4, 'pending', 0, NULL, $5, $5)";
    MESSAGE = "SELECT webhook_id, id, event, payload, state, attempts, last_result, created_at, next_at
        FROM webhook_messages WHERE webhook_id = $1 AND id = $2";
    MESSAGES = "SELECT webhook_id, id, event, payload, state, attempts, last_result, created_at, next_at
        FROM webhook_messages WHERE webhook_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    CAME = "UPDATE webhook_messages SET state = $3, attempts = $4, last_result = $5, next_at = $6
        WHERE webhook_id = $1 AND id = $2";
    FORGET = "DELETE FROM webhook_messages WHERE (webhook_id, id) IN (
        SELECT webhook_id, id FROM webhook_messages WHERE created_at <= $1 LIMIT 1000)";
}

fn context(id: &[u8; 16]) -> Context<'_> {
    Context { table: "webhooks", row: id, field: "secret" }
}

/// Adds a webhook.
pub fn insert(sql: &mut dyn Sql, sealer: &Sealer, webhook: &Webhook, nonce: [u8; 12]) -> Result<(), Error> {
    let id = webhook.id.octets();
    let args = params![
        id,
        &webhook.client,
        &webhook.url,
        crate::json::write(INSERT, &webhook.events)?,
        sealer.seal(&context(&id), webhook.secret.expose(), nonce)?,
        webhook.created_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// A webhook that goes on.
pub fn one(sql: &mut dyn Sql, sealer: &Sealer, id: WebhookId) -> Result<Option<Webhook>, Error> {
    sql.row(ONE, &params![id.octets()])?.map(|row| read(&row, sealer)).transpose()
}

/// Every webhook that goes on.
pub fn all(sql: &mut dyn Sql, sealer: &Sealer) -> Result<Vec<Webhook>, Error> {
    ask_all().rows(sql)?.iter().map(|row| read(row, sealer)).collect()
}

/// What [`all`] reads.
#[must_use]
pub fn ask_all() -> Ask {
    Ask::new(LIVING, params![])
}

/// Ends a client's webhook. False where it has none of this id.
pub fn end(sql: &mut dyn Sql, id: WebhookId, client: &str, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(END, &params![id.octets(), client, now.micros()])
}

/// Forgets those that ended before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

/// Adds a message that is to be sent.
pub fn tell(sql: &mut dyn Sql, message: &Message) -> Result<(), Error> {
    let args = params![
        message.webhook.octets(),
        message.id.octets(),
        &message.event,
        &message.payload,
        message.created_at.micros(),
    ];
    sql.apply(TELL, &args)
}

/// A message.
pub fn message(sql: &mut dyn Sql, webhook: WebhookId, id: MessageId) -> Result<Option<Message>, Error> {
    sql.row(MESSAGE, &params![webhook.octets(), id.octets()])?.as_ref().map(read_message).transpose()
}

/// The messages of a webhook, the newest first, before one of them.
pub fn messages(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Message>, Error> {
    let before = before.map_or([255; 16], MessageId::octets);
    sql.rows(MESSAGES, &params![webhook.octets(), before, limit])?.iter().map(read_message).collect()
}

/// Notes what came of a message, or that it is to be sent again.
pub fn came(sql: &mut dyn Sql, message: &Message) -> Result<(), Error> {
    let args = params![
        message.webhook.octets(),
        message.id.octets(),
        message.state.name(),
        message.attempts,
        message.last_result.as_deref(),
        message.next_at.map(Timestamp::micros),
    ];
    sql.apply(CAME, &args)
}

/// Forgets messages of events before a moment.
pub fn forget(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(FORGET, &params![before.micros()])
}

fn read(row: &Row, sealer: &Sealer) -> Result<Webhook, Error> {
    let id = row.id16(0)?;
    Ok(Webhook {
        id: id.into(),
        client: row.text(1)?.to_owned(),
        url: row.text(2)?.to_owned(),
        events: serde_json::from_str(row.text(3)?).map_err(|_| row.corrupt(3, "a list"))?,
        secret: Secret::new(sealer.open(&context(&id), row.bytes(4)?)?.to_vec()),
        created_at: Timestamp::from_micros(row.i64(5)?),
    })
}

fn read_message(row: &Row) -> Result<Message, Error> {
    Ok(Message {
        webhook: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        event: row.text(2)?.to_owned(),
        payload: row.text(3)?.to_owned(),
        state: MessageState::parse(row.text(4)?).ok_or_else(|| row.corrupt(4, "a state"))?,
        attempts: row.u32(5)?,
        last_result: row.opt_text(6)?.map(str::to_owned),
        created_at: Timestamp::from_micros(row.i64(7)?),
        next_at: row.opt_i64(8)?.map(Timestamp::from_micros),
    })
}
