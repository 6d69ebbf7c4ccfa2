//! Webhooks: where a back end wants to be told what happens, what went there, and sending it once more.

use super::NotDone;
use crate::{
    app::{App, nonce, random},
    flow::messages::hook,
    work::{Stop, Work},
};
use domain::{
    Secret,
    audit::{Actor, Detail, Kind as Audit},
    id::{MessageId, WebhookId},
};
use std::sync::Arc;
use store::webhook::Webhook as Stored;

pub use crate::flow::messages::hook::{EVENTS, TEST};
pub use store::webhook::{Message, MessageState, Webhook};

/// Webhooks that a client may have: a list that nobody ends must not grow without end.
const MOST: usize = 20;

/// Makes a webhook of a client.
pub async fn make(app: &Arc<App>, client: &str, url: String, events: Vec<String>) -> Result<Webhook, NotDone> {
    if !oidc::client::may_be_called(&url) {
        return Err(NotDone::unfit("url", "is https://…, or http:// on localhost"));
    }
    if let Some(unknown) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(NotDone::unfit("events", format!("has {unknown}, which is none of {}", EVENTS.join(", "))));
    }
    let (client, secret) = (client.to_owned(), Secret::new(random::<32>().to_vec()));
    app.work(Actor::Client { id: client.clone() }, move |work| {
        if own(work, &client)?.len() >= MOST {
            return Err(NotDone::unfit("url", format!("is one too many: a client has {MOST} webhooks at most")).into());
        }
        let webhook = Stored {
            id: WebhookId::new(work.now, &nonce()),
            client: client.clone(),
            url: url.clone(),
            events: events.clone(),
            secret: secret.clone(),
            created_at: work.now,
        };
        store::webhook::insert(work.sql, &work.app.sealer, &webhook, random())?;
        work.about.client = Some(client.clone());
        work.record(Audit::WebhookMade, Detail::none().because(webhook.url.clone()))?;
        Ok(webhook)
    })
    .await
}

/// A client's webhooks.
pub async fn list(app: &Arc<App>, client: &str) -> Result<Vec<Webhook>, NotDone> {
    let client = client.to_owned();
    app.look(move |work| own(work, &client)).await
}

fn own(work: &mut Work<'_>, client: &str) -> Result<Vec<Webhook>, Stop<NotDone>> {
    let all = store::webhook::all(work.sql, &work.app.sealer)?;
    Ok(all.into_iter().filter(|webhook| webhook.client == client).collect())
}

/// One of a client's own.
fn one(work: &mut Work<'_>, client: &str, id: WebhookId) -> Result<Webhook, Stop<NotDone>> {
    let found = store::webhook::one(work.sql, &work.app.sealer, id)?;
    Ok(found.filter(|webhook| webhook.client == client).ok_or(NotDone::Unknown)?)
}

/// Ends a client's webhook.
pub async fn end(app: &Arc<App>, client: &str, id: WebhookId) -> Result<(), NotDone> {
    let client = client.to_owned();
    app.work(Actor::Client { id: client.clone() }, move |work| {
        if !store::webhook::end(work.sql, id, &client, work.now)? {
            return Err(NotDone::Unknown.into());
        }
        work.about.client = Some(client.clone());
        Ok(work.record(Audit::WebhookEnded, Detail::none())?)
    })
    .await
}

/// What went to a client's webhook, the newest first, before one of them.
pub async fn messages(
    app: &Arc<App>,
    client: &str,
    id: WebhookId,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Message>, NotDone> {
    let client = client.to_owned();
    app.look(move |work| {
        one(work, &client, id)?;
        Ok(store::webhook::messages(work.sql, id, before, limit)?)
    })
    .await
}

/// Sends a message once more, now: as it was, under its own id.
pub async fn replay(app: &Arc<App>, client: &str, id: WebhookId, message: MessageId) -> Result<Message, NotDone> {
    let client = client.to_owned();
    app.work(Actor::Client { id: client.clone() }, move |work| {
        let webhook = one(work, &client, id)?;
        let message = store::webhook::message(work.sql, id, message)?.ok_or(NotDone::Unknown)?;
        let again = Message { state: MessageState::Pending, attempts: 0, next_at: Some(work.now), ..message };
        store::webhook::came(work.sql, &again)?;
        hook::queue(work, &webhook, &again)?;
        Ok(again)
    })
    .await
}

/// Sends a message that says nothing, so that a receiver can be tried.
pub async fn test(app: &Arc<App>, client: &str, id: WebhookId) -> Result<Message, NotDone> {
    let client = client.to_owned();
    app.work(Actor::Client { id: client.clone() }, move |work| {
        let webhook = one(work, &client, id)?;
        Ok(hook::to(work, &webhook, TEST, &serde_json::json!({}))?)
    })
    .await
}
