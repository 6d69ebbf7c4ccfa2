//! Messages to users, and about users to the secure-login desk: queued in the unit of work that causes them, put into
//! words when they are sent or shown, sent like everything that others are told (see [`crate::flow::messages::queue`]).

use super::{
    queue::{self as deliveries},
    words::{self, Rendered},
};
use crate::{
    app::{App, nonce, random},
    flow::Refused,
    work::Work,
};
use domain::{
    Secret, Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::Operation,
    id::{MessageId, UserId},
    messages::{self, Room},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    contact::{Channel, Contact},
    delivery,
    outbox::{Message, Recent},
};

/// How long a notice is of use: who hears of a lock a day later has met it.
pub const NOTICE_LIFE: Duration = Duration::from_secs(86_400);
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

/// Whom a message goes to.
#[derive(Debug, Clone, Copy)]
enum To<'a> {
    /// A contact point of the user.
    Contact(&'a Contact),
    /// The secure-login desk.
    Desk,
}

/// Messages that need no device of the user: strangers cause as many as they like, and so many a day are sent.
const OF_STRANGERS: [&str; 15] = [
    CODE,
    SENT_CODE,
    SENT_CODE_FOR,
    CONTACT_CODE,
    PASSWORD_LINK,
    INVITATION,
    "notice-asked",
    "notice-last-attempt",
    "notice-user-locked",
    "notice-wrong-answers",
    "notice-wrong-pins",
    "notice-wrong-codes",
    "notice-device-locked",
    "notice-phone-locked",
    MORE_WAITS,
];
/// An activation code.
pub const CODE: &str = "notice-activation-code";
/// A code that stands in the place of a device at a login.
pub const SENT_CODE: &str = "notice-sent-code";
/// The same, for what is not a login.
pub const SENT_CODE_FOR: &str = "notice-sent-code-for";
/// A code for what is to become a contact point.
pub const CONTACT_CODE: &str = "notice-contact-code";
/// A link for whoever forgot the password.
pub const PASSWORD_LINK: &str = "notice-password-link";
/// An invitation to choose the first password.
pub const INVITATION: &str = "notice-invitation";
/// What stands in the place of the first message that is held back.
const MORE_WAITS: &str = "notice-more-waits";

/// Queues one message to one contact point, however many went there. Where nothing is sent that way, it is kept all the
/// same.
pub fn queue(work: &mut Work<'_>, user: UserId, to: &Contact, new: New<'_>) -> Result<(), Error> {
    enqueue(work, user, To::Contact(to), new)
}

/// Queues an activation code to one contact point. No code is queued, and the time until one may be told, when as many as may be went there in a day.
pub fn code(work: &mut Work<'_>, user: UserId, to: &Contact, arguments: &Value) -> Result<Option<Duration>, Error> {
    let until = work.now.plus(work.app.settings.activation_life);
    limited(work, user, to, New { message: CODE, arguments, until })
}

/// Queues what strangers cause to one contact point; nothing, and the time until it may be, when as many as may be went
/// there in a day.
pub fn limited(work: &mut Work<'_>, user: UserId, to: &Contact, new: New<'_>) -> Result<Option<Duration>, Error> {
    if let Some(from) = free_from(work, user, to)? {
        return Ok(Some(from.since(work.now)));
    }
    queue(work, user, to, new)?;
    Ok(None)
}

/// From when on a contact point may be sent more of what strangers cause; none where it may now.
pub fn free_from(work: &mut Work<'_>, user: UserId, to: &Contact) -> Result<Option<Timestamp>, Error> {
    let recent = store::outbox::recent(work.sql, user, work.now.minus(messages::DAY))?;
    if room(work, &recent, to) == Room::Send {
        return Ok(None);
    }
    let oldest = of_strangers(&recent, to).next().map_or(work.now, |recent| recent.at);
    Ok(Some(oldest.plus(messages::DAY)))
}

/// Queues a message to every contact point of a user; of those that strangers cause so many a day.
pub fn everywhere(work: &mut Work<'_>, user: UserId, new: New<'_>) -> Result<(), Error> {
    let limited = OF_STRANGERS.contains(&new.message);
    let recent =
        if limited { store::outbox::recent(work.sql, user, work.now.minus(messages::DAY))? } else { Vec::new() };
    for contact in told(work, user)? {
        match room(work, &recent, &contact) {
            Room::Hold => {}
            Room::MoreWaits => {
                let arguments = json!({ "settings": format!("{}/settings", work.app.settings.issuer) });
                queue(work, user, &contact, New { message: MORE_WAITS, arguments: &arguments, ..new })?;
            }
            Room::Send => queue(work, user, &contact, new)?,
        }
    }
    Ok(())
}

/// Where a user is told what happens: also at what was replaced or removed by a change that can be undone.
pub fn told(work: &mut Work<'_>, user: UserId) -> Result<Vec<Contact>, Error> {
    let mut contacts = store::contact::every(work.sql, &work.app.sealer, user)?;
    contacts.retain(|contact| contact.point().is_told(work.now));
    Ok(contacts)
}

/// Where codes and links are sent that let a user in.
pub fn ways_back(work: &mut Work<'_>, user: UserId) -> Result<Vec<Contact>, Error> {
    let mut contacts = store::contact::of_user(work.sql, &work.app.sealer, user)?;
    contacts.retain(|contact| contact.point().is_way_back(work.now));
    Ok(contacts)
}

fn room(work: &Work<'_>, recent: &[Recent], to: &Contact) -> Room {
    Room::after(of_strangers(recent, to).count(), work.app.settings.messages_a_day)
}

fn of_strangers<'a>(recent: &'a [Recent], to: &Contact) -> impl Iterator<Item = &'a Recent> {
    let to = Some(to.id);
    recent.iter().filter(move |one| one.contact == to && OF_STRANGERS.contains(&one.message.as_str()))
}

/// Tells the desk that the user says an operation was not theirs. Without an address of the desk only the audit log and
/// the server's log know.
pub fn tell_desk(work: &mut Work<'_>, user: UserId, not_theirs: &Operation) -> Result<(), Error> {
    if work.app.settings.desk_mail.is_none() {
        tracing::warn!(%user, "a user says: it wasn't me; institution.desk_mail is not set, so the desk is not told");
        return work.record(Audit::DeskNotTold, Detail::none());
    }
    let known = store::user::by_id(work.sql, user)?;
    let client = work.app.clients.find(not_theirs.asks_for());
    let arguments = json!({
        "user": user.to_string(),
        "username": known.map(|known| known.username.to_string()),
        "what": not_theirs.what.name(),
        "client": client.map_or_else(|| work.app.settings.product.clone(), |client| client.name.clone()),
        "address": not_theirs.address,
        "attempt": work.about.attempt.map(|attempt| attempt.to_string()),
        "at": work.now.unix_seconds(),
    });
    let message = match (not_theirs.behind_password(), &work.actor) {
        (true, Actor::User) => "desk-report-activity",
        (true, _) => "desk-report-login",
        (false, _) => "desk-report-request",
    };
    let new = New { message, arguments: &arguments, until: work.now.plus(NOTICE_LIFE) };
    enqueue(work, user, To::Desk, new)?;
    work.record(Audit::DeskTold, Detail::none())
}

fn enqueue(work: &mut Work<'_>, user: UserId, to: To<'_>, new: New<'_>) -> Result<(), Error> {
    let (contact, channel) = match to {
        To::Contact(contact) => (Some(contact.id), contact.channel),
        To::Desk => (None, Channel::Mail),
    };
    let message = Message {
        user,
        id: MessageId::new(work.now, &nonce()),
        contact,
        message: new.message.to_owned(),
        arguments: Secret::new(new.arguments.to_string()),
        created_at: work.now,
        until: Some(new.until),
        sent_at: None,
        failed: None,
    };
    store::outbox::insert(work.sql, &work.app.sealer, &message, random())?;
    hand_over(work, user, message.id, channel, new.until).map(|_| ())
}

/// Gives a message to the lane of its channel. False where nothing is sent that way: then it is only kept.
pub fn hand_over(
    work: &mut Work<'_>,
    user: UserId,
    message: MessageId,
    channel: Channel,
    until: Timestamp,
) -> Result<bool, Error> {
    let (kind, there) = match channel {
        Channel::Mail => (delivery::Kind::Mail, work.app.carriers.mail.is_some()),
        Channel::Sms => (delivery::Kind::Sms, work.app.carriers.sms.is_some()),
    };
    if !there {
        return Ok(false);
    }
    let delivery = deliveries::New {
        user: Some(user),
        kind,
        client: &message.to_string(),
        url: "",
        bearer: None,
        body: String::new(),
        expires_at: Some(until),
    };
    deliveries::queue(work, delivery)?;
    Ok(true)
}

/// The latest messages in words, newest first.
pub async fn latest(app: &Arc<App>) -> Result<Vec<Rendered>, Refused> {
    app.look(|work| {
        let messages = store::outbox::latest(work.sql, &work.app.sealer, LATEST)?;
        let rendered: Result<Vec<_>, Error> =
            messages.iter().filter_map(|message| words::render(work.app, work.sql, message).transpose()).collect();
        Ok(rendered?)
    })
    .await
}
