//! A change of contact points is undone by the link that was sent where messages went before: without a login, since
//! whoever made the change may have taken that too.

use crate::{
    app::App,
    flow::{
        Refused,
        messages::outbox::{self, NOTICE_LIFE, New},
        throttle,
    },
    handle::{Kind, Read},
    work::{Origin, Stop, Work},
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    contact_change::{self, Undoing},
    id::{ContactId, UserId},
};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use store::{Error, contact::Contact};

/// What a link would undo, masked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undone {
    /// What would be used no more.
    pub gone: Vec<String>,
    /// What would be used again.
    pub back: Vec<String>,
}

/// What a link would undo; none where it is not good any more. To look undoes nothing: mail programs open links.
pub async fn look(app: &Arc<App>, link: &str) -> Result<Option<Undone>, Refused> {
    let Some(read) = app.handles.read(Kind::ContactUndo, link) else { return Ok(None) };
    app.look(move |work| {
        let Some(undoing) = undoing(work, read)? else { return Ok(None) };
        let every = store::contact::every(work.sql, &work.app.sealer, read.user)?;
        let masked =
            |ids: &[ContactId]| every.iter().filter(|contact| ids.contains(&contact.id)).map(Contact::masked).collect();
        Ok(Some(Undone { gone: masked(&undoing.gone), back: masked(&undoing.back) }))
    })
    .await
}

fn undoing(work: &mut Work<'_>, Read { user, digest }: Read) -> Result<Option<Undoing>, Error> {
    let Some(change) = store::contact_change::of_link(work.sql, user, digest)? else { return Ok(None) };
    // Of an erased user there is nobody to undo it for.
    if store::user::by_id(work.sql, user)?.is_none() {
        return Ok(None);
    }
    let changes = store::contact_change::of_user(work.sql, user)?;
    Ok(contact_change::undo(&changes, change.id, work.now))
}

/// Undoes it. False where the link is not good any more.
pub async fn undo(app: &Arc<App>, link: &str, origin: Origin) -> Result<bool, Refused> {
    let read = app.handles.read(Kind::ContactUndo, link);
    app.work(Actor::User, move |work| {
        throttle::address(work, &origin)?;
        let Some(read) = read else { return Ok(false) };
        work.about.user = Some(read.user);
        work.about.address = Some(origin.address);
        let Some(undoing) = undoing(work, read)? else { return Ok(false) };
        carry_out(work, read.user, &undoing).map(|()| true)
    })
    .await
}

fn carry_out(work: &mut Work<'_>, user: UserId, undoing: &Undoing) -> Result<(), Stop<Refused>> {
    // Both sides hear of it: what was told before, and what is told from now on.
    let before = outbox::told(work, user)?;
    for change in &undoing.changes {
        store::contact_change::undo(work.sql, user, *change, work.now)?;
    }
    for gone in &undoing.gone {
        store::contact::leave(work.sql, user, *gone, work.now)?;
    }
    for back in &undoing.back {
        store::contact::come_back(work.sql, user, *back)?;
    }
    work.record(Audit::ContactChangeUndone, Detail::none())?;
    let all: BTreeMap<ContactId, Contact> =
        before.into_iter().chain(outbox::told(work, user)?).map(|contact| (contact.id, contact)).collect();
    let until = work.now.plus(NOTICE_LIFE);
    for contact in all.values() {
        let new = New { message: "notice-contact-change-undone", arguments: &json!({}), until };
        outbox::queue(work, user, contact, new)?;
    }
    Ok(())
}
