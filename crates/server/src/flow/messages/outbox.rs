//! Messages to users, and about users to the secure-login desk: queued in the unit of work that causes them, put into
//! words when they are sent or shown, sent like everything that others are told (see [`crate::flow::messages::queue`]).

use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        confirm::effects::{Scene, audit},
        messages::{
            queue,
            words::{self, Rendered},
        },
    },
};
use domain::{
    Secret, Timestamp,
    audit::Kind as Audit,
    confirmation::Operation,
    id::{ContactId, MessageId, UserId},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use store::{
    Error, Sql,
    contact::{Channel, Contact},
    delivery,
    outbox::Message,
};

/// How long a notice is of use: who hears of a lock a day later has met it.
pub const NOTICE_LIFE: Duration = Duration::from_secs(86_400);
/// How long messages are kept, sent or not.
const KEPT: Duration = Duration::from_secs(7 * 86_400);
/// Messages shown.
const LATEST: u32 = 100;

/// What a message says.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// The message key of the catalogues.
    pub message: &'static str,
    /// Its arguments.
    pub arguments: &'a Value,
    /// From when on it is of no use.
    pub until: Timestamp,
}

/// Queues one message to one contact point. Where nothing is sent that way, it is kept all the same.
pub fn queue(
    app: &App,
    sql: &mut dyn Sql,
    (user, to): (UserId, &Contact),
    new: New<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    enqueue(app, sql, (user, Some(to.id), to.channel), new, now)
}

/// Tells the desk that the user says an operation was not theirs. Without an address of the desk only the audit log and
/// the server's log know.
pub fn tell_desk(
    app: &App,
    sql: &mut dyn Sql,
    (scene, user): (&Scene, UserId),
    not_theirs: &Operation,
) -> Result<(), Error> {
    if app.settings.desk_mail.is_none() {
        tracing::warn!(%user, "a user says: it wasn't me; institution.desk_mail is not set, so the desk is not told");
        return audit(sql, scene, Audit::DeskNotTold, &Value::Null);
    }
    let known = store::user::by_id(sql, user)?;
    let client = app.clients.find(&not_theirs.client);
    let what = serde_json::to_value(&not_theirs.what).unwrap_or_default();
    let arguments = json!({
        "user": user.to_string(),
        "username": known.map(|known| known.username.to_string()),
        "what": what.get("operation"),
        "client": client.map_or_else(|| app.settings.product.clone(), |client| client.name.clone()),
        "address": not_theirs.address,
        "attempt": scene.detail.get("attempt"),
        "at": scene.now.unix_seconds(),
    });
    let message = if not_theirs.behind_password() { "desk-report-login" } else { "desk-report-request" };
    let new = New { message, arguments: &arguments, until: scene.now.plus(NOTICE_LIFE) };
    enqueue(app, sql, (user, None, Channel::Mail), new, scene.now)?;
    audit(sql, scene, Audit::DeskTold, &Value::Null)
}

fn enqueue(
    app: &App,
    sql: &mut dyn Sql,
    (user, contact, channel): (UserId, Option<ContactId>, Channel),
    new: New<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let message = Message {
        user,
        id: MessageId::new(now, &nonce()),
        contact,
        message: new.message.to_owned(),
        arguments: Secret::new(new.arguments.to_string()),
        created_at: now,
        sent_at: None,
        failed: None,
    };
    store::outbox::insert(sql, &app.sealer, &message, random())?;
    let (kind, there) = match channel {
        Channel::Mail => (delivery::Kind::Mail, app.carriers.mail.is_some()),
        Channel::Sms => (delivery::Kind::Sms, app.carriers.sms.is_some()),
    };
    if !there {
        return Ok(());
    }
    let delivery = queue::New {
        user: Some(user),
        kind,
        client: &message.id.to_string(),
        url: "",
        bearer: None,
        body: String::new(),
        expires_at: Some(new.until),
    };
    queue::queue(app, sql, delivery, now)
}

/// The latest messages in words, newest first.
pub async fn latest(app: &Arc<App>) -> Result<Vec<Rendered>, Refused> {
    let unit_app = Arc::clone(app);
    let rendered = app.store.read(move |sql| {
        let messages = store::outbox::latest(sql, &unit_app.sealer, LATEST)?;
        messages
            .iter()
            .filter_map(|message| words::render(&unit_app, sql, message).transpose())
            .collect::<Result<Vec<_>, Error>>()
    });
    Ok(rendered.await?)
}

/// Forgets old messages.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    store::outbox::sweep(sql, now.minus(KEPT))
}
