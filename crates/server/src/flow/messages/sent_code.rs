//! Codes by SMS: where they go, and how they are sent.

use super::outbox::{self, New, SENT_CODE};
use crate::work::Work;
use domain::{
    audit::{Detail, Kind},
    confirmation::{Confirmation, Reach, What, sent_code::LIFE},
    id::{DeviceId, UserId},
};
use serde_json::json;
use store::{
    Error,
    contact::{Channel, Contact},
};

/// The telephone that codes go to: never one that came or came back by a change that can still be undone, and none where
/// nothing is sent by SMS. The demo shows what it would send.
pub fn telephone(work: &mut Work<'_>, user: UserId) -> Result<Option<Contact>, Error> {
    if work.app.carriers.sms.is_none() && !work.app.settings.demo {
        return Ok(None);
    }
    let contacts = outbox::ways_back(work, user)?;
    Ok(contacts.into_iter().find(|contact| contact.channel == Channel::Sms))
}

/// Where a user's codes go, and from when on; none where there is no telephone for them.
pub fn reach(work: &mut Work<'_>, user: UserId) -> Result<Option<Reach>, Error> {
    let Some(contact) = telephone(work, user)? else { return Ok(None) };
    let from = outbox::free_from(work, user, &contact)?;
    Ok(Some(Reach { masked: contact.masked(), from }))
}

/// Sends the code that answers a question. The core has asked [`reach`] in this unit whether one may go.
pub fn send(work: &mut Work<'_>, attempt: &Confirmation, device: DeviceId, question: &str) -> Result<(), Error> {
    let user = attempt.user;
    let (Some(contact), Some(known)) = (telephone(work, user)?, store::device::one(work.sql, user, device)?) else {
        return Ok(());
    };
    let keys = store::device::keys(work.sql, &work.app.sealer, user, device)?;
    let code = known.algorithm.zip(keys).and_then(|(algorithm, keys)| algorithm.sent(&keys, question));
    let Some(code) = code else { return Ok(()) };
    let what = &attempt.operation.what;
    let arguments = json!({
        "product": work.app.settings.product,
        "code": code.expose(),
        "minutes": LIFE.as_secs() / 60,
        "what": what.name(),
    });
    let message = if matches!(what, What::Login) { SENT_CODE } else { outbox::SENT_CODE_FOR };
    let new = New { message, arguments: &arguments, until: work.now.plus(LIFE) };
    outbox::queue(work, user, &contact, new)?;
    work.record_of(device, Kind::CodeSent, Detail::none())
}
