//! Moving to a new phone with the old one in hand: the old one, approved by its user, shows what the new one brings.

use super::PhoneRefused;
use crate::{
    app::{nonce, random},
    flow::Refused,
    handle::Kind,
    work::{Stop, Work},
};
use domain::{
    Secret, activation_code,
    audit::{Detail, Kind as Audit},
};
use store::{
    device::Device,
    invitation::{self, Shown, ShownBy},
};
use wire::phone::own;

/// Invites the phone that takes the place of this one, instead of any other that was invited.
pub(super) fn invite(work: &mut Work<'_>, old: &Device) -> Result<own::Invitation, Stop<PhoneRefused>> {
    let life = work.app.settings.activation_life;
    if invitation::made_since(work.sql, old.user, work.now.minus(life))? >= super::invite::MOST_MADE {
        return Err(Refused::Throttled(life).into());
    }
    let (handle, digest) = work.app.handles.mint(Kind::Invitation, old.user);
    let id = activation_code::session_id(&nonce()).expose().clone();
    let invitation = invitation::Invitation {
        user: old.user,
        digest,
        shown_by: ShownBy::Phone(old.id),
        shown: Secret::new(Shown { handle: handle.clone(), id: id.clone() }),
        wrong_ids: 0,
        created_at: work.now,
        expires_at: work.now.plus(life),
        used_at: None,
    };
    invitation::withdraw(work.sql, old.user, work.now)?;
    invitation::insert(work.sql, &work.app.sealer, &invitation, random())?;
    work.record(Audit::InvitationMade, Detail::none().proof("phone"))?;
    let link = super::invite::link(work.app, &handle);
    Ok(own::Invitation { link, id, expires_in: life.as_secs() })
}
