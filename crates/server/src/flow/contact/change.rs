//! A contact point is added, replaced or removed: told at once wherever messages went before, with a link that undoes it.

use super::point;
use crate::{
    app::nonce,
    flow::messages::outbox::{self, NOTICE_LIFE, New},
    handle::Kind,
    work::Work,
};
use domain::{
    Secret,
    audit::{Detail, Kind as Audit},
    confirmation::{Confirmation, Outcome, What},
    contact_change::{Change, UNDONE_WITHIN, Wish, check},
    id::{ConfirmationId, ContactId, UserId},
};
use serde_json::json;
use store::{
    Error,
    contact::{Channel, Contact},
};

/// What a confirmed wish gives.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    let Some(Outcome::Confirmed { .. }) = confirmation.outcome() else { return Ok(()) };
    if !matches!(confirmation.operation.what, What::ContactChange(_)) {
        return Ok(());
    }
    let (user, id) = (confirmation.user, confirmation.id);
    let Some(wish) = store::contact_wish::of_confirmation(work.sql, &work.app.sealer, user, id)? else {
        return Ok(());
    };
    // The one that is replaced or removed may have gone meanwhile: then nothing changes.
    made(work, user, id, wish.asked(), wish.contact()).map(drop)
}

/// The institution's word: the user's mail address or number is this one. It takes the place of the oldest one of its kind.
/// False where it may not be, or is so already.
pub fn posted(work: &mut Work<'_>, user: UserId, channel: Channel, address: String) -> Result<bool, Error> {
    let contacts = store::contact::of_user(work.sql, &work.app.sealer, user)?;
    let mut of_kind = contacts.iter().filter(|contact| contact.channel == channel);
    if of_kind.clone().any(|contact| *contact.address.expose() == address) {
        return Ok(true);
    }
    let wish = of_kind.next().map_or(Wish::Add, |old| Wish::Replace(old.id));
    let id = ContactId::new(work.now, &nonce());
    let address = Secret::new(address);
    let new = Contact { id, channel, address, joined_at: Some(work.now), left_at: None };
    let change = ConfirmationId::new(work.now, &nonce());
    made(work, user, change, wish, Some(new))
}

/// Makes the change and tells of it. False where it may not be made.
fn made(
    work: &mut Work<'_>,
    user: UserId,
    id: ConfirmationId,
    wish: Wish,
    new: Option<Contact>,
) -> Result<bool, Error> {
    let every = store::contact::every(work.sql, &work.app.sealer, user)?;
    let points: Vec<_> = every.iter().map(Contact::point).collect();
    if check(&points, wish).is_err() {
        return Ok(false);
    }
    let new = new.map(|new| Contact { joined_at: Some(work.now), ..new });
    if let Some(old) = wish.old() {
        store::contact::leave(work.sql, user, old, work.now)?;
    }
    if let Some(new) = &new {
        point::add(work, user, new)?;
    }
    let link = points.iter().any(|point| point.may_undo(work.now)).then(|| {
        let (handle, digest) = work.app.handles.mint(Kind::ContactUndo, user);
        (format!("{}/contact/undo/{handle}", work.app.settings.issuer), digest)
    });
    let added = new.as_ref().map(|new| new.id);
    let change = Change { id, at: work.now, added, ended: wish.old(), undone: false };
    store::contact_change::insert(work.sql, user, &change, link.as_ref().map(|(_, digest)| *digest))?;
    let changed = new.as_ref().or(every.iter().find(|contact| Some(contact.id) == wish.old()));
    let Some(changed) = changed else { return Ok(false) };
    let kind = match wish {
        Wish::Add => Audit::ContactAdded,
        Wish::Replace(_) => Audit::ContactReplaced,
        Wish::Remove(_) => Audit::ContactRemoved,
    };
    work.record(kind, Detail::none().channel(changed.channel.name()))?;
    let link = link.map(|(link, _)| link);
    let now = work.now;
    let told = every.iter().filter(|contact| contact.point().is_told(now));
    tell(work, user, &Told { wish, address: changed.masked(), link }, told)?;
    new.iter().try_for_each(|new| welcome(work, user, new)).map(|()| true)
}

/// What is told of a change.
struct Told {
    wish: Wish,
    address: String,
    link: Option<String>,
}

/// Tells it where messages went before the change; what stood there for long enough gets the link that undoes it.
fn tell<'a>(
    work: &mut Work<'_>,
    user: UserId,
    told: &Told,
    to: impl Iterator<Item = &'a Contact>,
) -> Result<(), Error> {
    let until = work.now.plus(UNDONE_WITHIN);
    for contact in to {
        let link = told.link.as_ref().filter(|_| contact.point().may_undo(work.now));
        let (address, until_when) = (&told.address, until.unix_seconds());
        let (message, arguments) = match link {
            Some(link) => (undoable(told.wish), json!({ "address": address, "link": link, "until": until_when })),
            None => (plain(told.wish), json!({ "address": address })),
        };
        outbox::queue(work, user, contact, New { message, arguments: &arguments, until })?;
    }
    Ok(())
}

fn undoable(wish: Wish) -> &'static str {
    match wish {
        Wish::Add => "notice-contact-added-undo",
        Wish::Replace(_) => "notice-contact-replaced-undo",
        Wish::Remove(_) => "notice-contact-removed-undo",
    }
}

fn plain(wish: Wish) -> &'static str {
    match wish {
        Wish::Add => "notice-contact-added",
        Wish::Replace(_) => "notice-contact-replaced",
        Wish::Remove(_) => "notice-contact-removed",
    }
}

/// Tells a new contact point what it is, and from when on it lets somebody in.
fn welcome(work: &mut Work<'_>, user: UserId, new: &Contact) -> Result<(), Error> {
    let arguments = json!({ "at": work.now.plus(UNDONE_WITHIN).unix_seconds() });
    let until = work.now.plus(NOTICE_LIFE);
    outbox::queue(work, user, new, New { message: "notice-contact-joined", arguments: &arguments, until })
}
