//! A veto: whoever holds another device of the user ends a phone that came back by a code alone.

use super::lifecycle;
use crate::{
    app::App,
    flow::{
        Refused,
        confirm::effects::carry_out,
        login::session::SignedIn,
        messages::notice,
        throttle::{self, Purpose},
    },
    work::{Origin, Stop, Work, stops},
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    device::{
        lifecycle::DeviceEvent,
        recovery::{Standing, may_veto},
    },
    effect::{Effect, Notice},
    id::{DeviceId, UserId},
};
use std::sync::Arc;
use store::{Error, device::Device, session::Session};

/// Why a phone is not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotEnded {
    /// There is no such phone in doubt, or the device may not end it.
    Unknown,
    /// As anywhere.
    Refused(Refused),
}

stops!(NotEnded);
stops!(NotEnded: Refused);

impl From<Refused> for NotEnded {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for NotEnded {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// Whether the device behind a session may end a phone.
pub fn may(work: &mut Work<'_>, signed_in: &SignedIn, phone: &Device) -> Result<bool, Error> {
    let Some(by) = by_session(work, &signed_in.session)? else { return Ok(false) };
    let all = standings(work, phone.user)?;
    Ok(may_veto(&by, &phone.standing(), &all, work.now))
}

/// The device that the session's login was confirmed with.
pub(in crate::flow) fn by_session(work: &mut Work<'_>, session: &Session) -> Result<Option<Standing>, Error> {
    let login = store::confirmation::by_id(work.sql, session.user, session.confirmation)?;
    let Some(id) = login.and_then(|login| login.confirmation.device()) else { return Ok(None) };
    Ok(store::device::one(work.sql, session.user, id)?.map(|device| device.standing()))
}

/// Every device that the user ever had, as far as a veto may concern it.
pub(in crate::flow) fn standings(work: &mut Work<'_>, user: UserId) -> Result<Vec<Standing>, Error> {
    Ok(store::device::of_user(work.sql, user)?.iter().map(Device::standing).collect())
}

/// Ends it, by whoever is signed in with another device.
pub async fn on_page(app: &Arc<App>, signed_in: &SignedIn, id: DeviceId, origin: Origin) -> Result<(), NotEnded> {
    let signed_in = signed_in.clone();
    app.work(Actor::User, move |work| {
        let user = signed_in.user.id;
        work.about.user = Some(user);
        work.about.address = Some(origin.address);
        throttle::user(work, &origin, signed_in.user.username.as_str(), Purpose::Operation)?;
        let phone = store::device::one(work.sql, user, id)?.ok_or(NotEnded::Unknown)?;
        if !may(work, &signed_in, &phone)? {
            return Err(NotEnded::Unknown.into());
        }
        end(work, user, &phone)
    })
    .await
}

/// Ends it: whoever brought it had the password, which is refused from now on, and all that it gave is taken back.
pub(in crate::flow) fn end(work: &mut Work<'_>, user: UserId, phone: &Device) -> Result<(), Stop<NotEnded>> {
    let passed = lifecycle::pass(work, phone, DeviceEvent::Revoked);
    passed.map_err(|stop| stop.map(|_| NotEnded::Unknown))?;
    carry_out(work, &[Effect::LockPassword])?;
    work.record_of(phone.id, Audit::RecoveryVetoed, Detail::none())?;
    Ok(notice::tell(work, user, Notice::RecoveryVetoed(phone.id))?)
}
