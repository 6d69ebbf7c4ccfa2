//! Messages that were given up: which, where to and why, and what the desk does about one. What one says is never shown:
//! codes and links are in it.

use super::{NotDone, OnDuty, queue::Place};
use crate::{
    app::App,
    flow::messages::outbox,
    work::{Origin, Work},
};
use domain::{
    audit::{Detail, Kind},
    desk::{self, CaseRefusal, SendRefusal},
    id::MessageId,
    messages,
};
use operation::Text;
use std::sync::Arc;
use store::{
    Error,
    contact::{Channel, Contact},
    outbox::Undelivered as Row,
};

/// Most characters of why one is put aside.
const WORDS: usize = 240;

/// A message that was given up.
#[derive(Debug)]
pub struct Undelivered {
    /// As it is stored.
    pub row: Row,
    /// To or about whom.
    pub username: String,
    /// Where to.
    pub to: Destination,
    /// What kind of message it is.
    pub kind: MessageKind,
    /// Why it was given up.
    pub why: Why,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A contact point of the user, masked.
    Contact(Channel, String),
    /// One that is gone.
    Gone,
    /// The secure-login desk.
    Desk,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$one:meta])* $variant:ident = $text:literal;)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {$($(#[$one])* $variant,)+}

        impl $name {
            /// The stable name.
            pub fn name(self) -> &'static str {
                match self {$(Self::$variant => $text,)+}
            }
        }
    };
}

words! {
    /// What kind of message it is, which is all that the desk learns of it.
    MessageKind:
    /// A code that activates a phone.
    ActivationCode = "activation_code";
    /// A code in place of a device.
    SentCode = "sent_code";
    /// A code for what is to become a contact point.
    ContactCode = "contact_code";
    /// A link for another password.
    PasswordLink = "password_link";
    /// An invitation to choose the first password.
    Invitation = "invitation";
    /// What the desk is about to do, with a link that stops it.
    DeskCase = "desk_case";
    /// Another contact point.
    ContactChange = "contact_change";
    /// To the desk: a user said "it wasn't me".
    DeskReport = "desk_report";
    /// Anything else that happened.
    Notice = "notice";
}

impl MessageKind {
    /// The kind of a message's key.
    pub fn of(key: &str) -> Self {
        match key {
            outbox::CODE => Self::ActivationCode,
            outbox::SENT_CODE | outbox::SENT_CODE_FOR => Self::SentCode,
            outbox::CONTACT_CODE => Self::ContactCode,
            outbox::PASSWORD_LINK => Self::PasswordLink,
            outbox::INVITATION => Self::Invitation,
            _ => Self::of_family(key),
        }
    }

    /// The kind of those whose keys begin alike.
    fn of_family(key: &str) -> Self {
        let mut words = key.split('-');
        match (words.next(), words.next()) {
            (Some("notice"), Some("case")) => Self::DeskCase,
            (Some("notice"), Some("contact")) => Self::ContactChange,
            (Some("desk"), Some("report")) => Self::DeskReport,
            _ => Self::Notice,
        }
    }

    /// Whether it lets somebody in, and so goes nowhere but where it may.
    fn lets_in(self) -> bool {
        matches!(self, Self::ActivationCode | Self::SentCode | Self::PasswordLink | Self::Invitation)
    }
}

words! {
    /// Why a message was given up.
    Why:
    /// Mail server or gateway refuses the address or the message.
    Refused = "refused";
    /// It was of no use any more before it could be handed over.
    TooLate = "too_late";
    /// Whom it goes to is gone.
    Gone = "gone";
    /// Nothing is sent that way.
    NoWay = "no_way";
    /// Mail server or gateway were not to be had as long as it was of use.
    Unreachable = "unreachable";
}

impl Why {
    /// What a lane wrote down.
    fn of(written: &str, to: &Destination) -> Self {
        let sms = matches!(to, Destination::Contact(Channel::Sms, _));
        match (written, written.parse::<u16>()) {
            ("it came too late", _) => Self::TooLate,
            ("nobody is there to get it", _) => Self::Gone,
            ("nothing is sent that way", _) => Self::NoWay,
            ("no mail address", _) => Self::Refused,
            (_, Ok(401 | 403 | 408 | 429 | 500..)) if sms => Self::Unreachable,
            // A mail server says 4xx of what may pass, and 53x of our login (RFC 5321, 4.2.1; RFC 4954, 6).
            (_, Ok(400..500 | 530..540)) if !sms => Self::Unreachable,
            (_, Ok(_)) => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}

/// Messages after one of them, the longest there first.
pub async fn page(app: &Arc<App>, after: Option<Place<MessageId>>, limit: u32) -> Result<Vec<Undelivered>, NotDone> {
    app.look(move |work| {
        let rows = store::outbox::undelivered(work.sql, after.map(|place| (place.at, place.id)), limit)?;
        Ok(rows.into_iter().map(|row| told(work, row)).collect::<Result<_, _>>()?)
    })
    .await
}

fn told(work: &mut Work<'_>, row: Row) -> Result<Undelivered, Error> {
    let user = store::user::by_id(work.sql, row.user)?;
    let username = user.map_or_else(|| row.user.to_string(), |user| user.username.to_string());
    let to = match (row.contact, contact(work, &row)?) {
        (None, _) => Destination::Desk,
        (_, Some(contact)) => Destination::Contact(contact.channel, contact.masked()),
        (_, None) => Destination::Gone,
    };
    Ok(Undelivered { kind: MessageKind::of(&row.message), why: Why::of(&row.why, &to), username, to, row })
}

fn contact(work: &mut Work<'_>, row: &Row) -> Result<Option<Contact>, Error> {
    let Some(id) = row.contact else { return Ok(None) };
    crate::flow::messages::words::contact_of(work.app, work.sql, row.user, id)
}

/// Sends one again, by the lane that gave it up. The message is the same one: nothing in it is made anew.
pub async fn again(app: &Arc<App>, agent: &OnDuty, origin: Origin, id: MessageId) -> Result<(), NotDone> {
    let own = agent.signed_in.user.id;
    app.work(agent.actor(), move |work| {
        let row = found(work, own, &origin, id)?;
        let channel = way(work, &row)?;
        let sent = store::outbox::again_since(work.sql, &row, work.now.minus(messages::DAY))?;
        let undelivered = desk::Undelivered { opens: opens(work, &row)?, until: row.until, again_at: row.again_at };
        let until = undelivered.again(sent, work.app.settings.messages_a_day, work.now)?;
        if !store::outbox::again(work.sql, &row, work.now, until)? {
            return Err(NotDone::Unknown.into());
        }
        if !outbox::hand_over(work, row.user, row.id, channel, until)? {
            return Err(SendRefusal::Gone.into());
        }
        Ok(work.record(Kind::MessageSentAgain, Detail { message: Some(row.message), ..Detail::none() })?)
    })
    .await
}

/// Puts one aside, and says why.
pub async fn put_aside(
    app: &Arc<App>,
    agent: &OnDuty,
    origin: Origin,
    id: MessageId,
    reason: &str,
) -> Result<(), NotDone> {
    let reason = Text::<WORDS>::parse(reason.trim()).map_err(|error| NotDone::Text("reason", error))?;
    let own = agent.signed_in.user.id;
    app.work(agent.actor(), move |work| {
        let row = found(work, own, &origin, id)?;
        if !store::outbox::put_aside(work.sql, &row, work.now)? {
            return Err(NotDone::Unknown.into());
        }
        let detail = Detail { message: Some(row.message), ..Detail::none() };
        Ok(work.record(Kind::MessagePutAside, detail.why(reason.as_str()))?)
    })
    .await
}

/// The message, unless it is the agent's own: nobody sees to theirs.
fn found(
    work: &mut Work<'_>,
    own: domain::id::UserId,
    origin: &Origin,
    id: MessageId,
) -> Result<Row, crate::work::Stop<NotDone>> {
    let row = store::outbox::undelivered_one(work.sql, id)?.ok_or(NotDone::Unknown)?;
    if row.user == own {
        return Err(CaseRefusal::OwnUser.into());
    }
    work.about.user = Some(row.user);
    work.about.address = Some(origin.address);
    Ok(row)
}

/// By which channel it goes, where it may go there today.
fn way(work: &mut Work<'_>, row: &Row) -> Result<Channel, crate::work::Stop<NotDone>> {
    let Some(id) = row.contact else {
        let there = work.app.settings.desk_mail.is_some();
        return if there { Ok(Channel::Mail) } else { Err(SendRefusal::Gone.into()) };
    };
    let kind = MessageKind::of(&row.message);
    let contacts = match kind {
        MessageKind::ContactCode => contact(work, row)?.into_iter().collect(),
        kind if kind.lets_in() => outbox::ways_back(work, row.user)?,
        _ => outbox::told(work, row.user)?,
    };
    let to = contacts.into_iter().find(|contact| contact.id == id);
    Ok(to.ok_or(SendRefusal::Gone)?.channel)
}

/// Whether a code or a link is in it.
fn opens(work: &mut Work<'_>, row: &Row) -> Result<bool, Error> {
    let message = store::outbox::one(work.sql, &work.app.sealer, row.user, row.id)?;
    let arguments = message.map(|message| serde_json::from_str::<serde_json::Value>(message.arguments.expose()));
    // What cannot be read is taken for something that opens.
    let Some(Ok(arguments)) = arguments else { return Ok(true) };
    Ok(["code", "link"].iter().any(|member| arguments.get(member).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_it_was_given_up_is_told_by_what_the_lane_wrote() {
        let (mail, sms) =
            (Destination::Contact(Channel::Mail, String::new()), Destination::Contact(Channel::Sms, String::new()));
        for (written, of_mail, of_sms) in [
            ("550", Why::Refused, Why::Unreachable),
            ("535", Why::Unreachable, Why::Unreachable),
            ("421", Why::Unreachable, Why::Refused),
            ("422", Why::Unreachable, Why::Refused),
            ("429", Why::Unreachable, Why::Unreachable),
            ("it came too late", Why::TooLate, Why::TooLate),
            ("nobody is there to get it", Why::Gone, Why::Gone),
            ("nothing is sent that way", Why::NoWay, Why::NoWay),
            ("the mail server cannot be reached", Why::Unreachable, Why::Unreachable),
        ] {
            assert_eq!((Why::of(written, &mail), Why::of(written, &sms)), (of_mail, of_sms), "{written}");
        }
    }
}
