//! Telling the institution's back ends what happened (Standard Webhooks): a message for each webhook that wants to hear of
//! it, in the unit of work in which it happened. A message holds ids and states; whoever needs more reads it.

use super::queue::{self, New};
use crate::{app::nonce, work::Work};
use domain::id::{MessageId, UserId};
use serde_json::{Value, json};
use store::{
    Error,
    delivery::Kind,
    webhook::{Message, MessageState, Webhook},
};

/// The events that there are.
pub const EVENTS: &[&str] = &[
    "withdrawal.awaiting_confirmation",
    "withdrawal.confirmed",
    "withdrawal.settled",
    "withdrawal.cancelled",
    "withdrawal.refused",
    "withdrawal.expired",
    "device.ordered",
    "device.shipped",
    "device.activated",
    "device.lost_in_post",
    "device.order_cancelled",
    "device.returned",
    "user.erased",
];

/// The event of a message that only tries a receiver.
pub const TEST: &str = "webhook.test";

/// Tells every webhook that wants to hear of an event about a user.
pub fn tell(work: &mut Work<'_>, event: &str, user: UserId, data: &Value) -> Result<(), Error> {
    let wants = |webhook: &Webhook| webhook.events.is_empty() || webhook.events.iter().any(|wanted| wanted == event);
    let all = store::webhook::all(work.sql, &work.app.sealer)?;
    let mut data = data.clone();
    if let Some(members) = data.as_object_mut() {
        members.insert("user".to_owned(), json!(user.to_string()));
    }
    for webhook in all.iter().filter(|webhook| wants(webhook)) {
        to(work, webhook, event, &data)?;
    }
    Ok(())
}

/// Tells one webhook.
pub fn to(work: &mut Work<'_>, webhook: &Webhook, event: &str, data: &Value) -> Result<Message, Error> {
    let at = jiff::Timestamp::from_microsecond(work.now.micros()).unwrap_or_default();
    let message = Message {
        webhook: webhook.id,
        id: MessageId::new(work.now, &nonce()),
        event: event.to_owned(),
        payload: json!({ "type": event, "timestamp": at.to_string(), "data": data }).to_string(),
        state: MessageState::Pending,
        attempts: 0,
        last_result: None,
        created_at: work.now,
        next_at: Some(work.now),
    };
    store::webhook::tell(work.sql, &message)?;
    queue(work, webhook, &message)?;
    Ok(message)
}

/// Queues a delivery of a message. What it says stands in the message, and is signed when it is sent.
pub fn queue(work: &mut Work<'_>, webhook: &Webhook, message: &Message) -> Result<(), Error> {
    let new = New {
        user: None,
        kind: Kind::Webhook,
        client: &webhook.client,
        url: &webhook.url,
        bearer: None,
        body: format!("{} {}", webhook.id, message.id),
        expires_at: None,
    };
    queue::queue(work, new)
}
