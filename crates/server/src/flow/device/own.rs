//! What users do with their own devices on a page: name one, prefer one, and have one set aside that is lost.

use super::{issue, label as labels, lifecycle, veto};
use crate::{
    app::App,
    flow::{
        Refused,
        confirm::candidates,
        login::session::SignedIn,
        messages::notice,
        throttle::{self, Purpose},
    },
    work::{Origin, Stop, Work, stops},
};
use domain::{
    Timestamp,
    audit::Actor,
    device::{
        DeviceState, label,
        lifecycle::{self as states, DeviceEvent},
    },
    effect::Notice,
    id::DeviceId,
    lockout::Budget,
};
use std::sync::Arc;
use store::{Error, device::Device, user::User};

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// No active device of this user, whosever it may be.
    #[error("no such device")]
    Unknown,
    /// It is the last usable one, which is set aside only when that was understood.
    #[error("the last usable device")]
    Last,
    /// The text is no label.
    #[error("no label")]
    Label,
    /// Another device of this user has the label.
    #[error("the label is taken")]
    LabelTaken,
    /// As anywhere.
    #[error(transparent)]
    Refused(#[from] Refused),
}

stops!(NotDone);
stops!(NotDone: Refused);

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// A device as its page shows it.
#[derive(Debug)]
pub struct Own {
    /// The device.
    pub device: Device,
    /// Whether it is the default one.
    pub default: bool,
    /// Whether its user could not log in without it.
    pub last: bool,
    /// Until when it is in doubt, since it came back by a code alone.
    pub in_doubt_until: Option<Timestamp>,
    /// Whether the device behind the session may end it.
    pub may_veto: bool,
}

/// One of the user's active devices.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn, id: DeviceId) -> Result<Own, NotDone> {
    let signed_in = signed_in.clone();
    app.look(move |work| {
        let user = &signed_in.user;
        let device = active(work, user, id)?;
        let devices = store::device::of_user(work.sql, user.id)?;
        let default = candidates::default_device(work.app, user, &devices) == Some(id);
        let standing = device.standing();
        let in_doubt_until = standing.in_doubt_until.filter(|_| standing.is_in_doubt(work.now));
        let may_veto = veto::may(work, &signed_in, &device)?;
        Ok(Own { last: is_last(work, user, id)?, device, default, in_doubt_until, may_veto })
    })
    .await
}

/// Gives it another label.
pub async fn rename(app: &Arc<App>, user: &User, id: DeviceId, origin: Origin, label: &str) -> Result<(), NotDone> {
    let (user, typed) = (user.clone(), label.to_owned());
    app.work(Actor::User, move |work| {
        let device = active(work, &user, id)?;
        paced(work, &user, &origin)?;
        let label = label::parse(&typed).ok().flatten().ok_or(NotDone::Label)?;
        if labels::rename(work, &device, &label)? { Ok(()) } else { Err(NotDone::LabelTaken.into()) }
    })
    .await
}

/// Makes it the default one, of which the owner is told.
pub async fn prefer(app: &Arc<App>, user: &User, id: DeviceId, origin: Origin) -> Result<(), NotDone> {
    let user = user.clone();
    app.work(Actor::User, move |work| {
        active(work, &user, id)?;
        paced(work, &user, &origin)?;
        if user.default_device != Some(id) {
            issue::prefer(work, user.id, id)?;
        }
        Ok(())
    })
    .await
}

/// Sets it aside at once, since it is lost: it confirms nothing until the desk has taken it into use again, and the
/// owner is told. The last usable one goes only when `last` says that this was understood. A loss is reported as often
/// as it has to be: nothing is counted.
pub async fn report_lost(app: &Arc<App>, user: &User, id: DeviceId, origin: Origin, last: bool) -> Result<(), NotDone> {
    let user = user.clone();
    app.work(Actor::User, move |work| {
        work.about.address = Some(origin.address);
        let device = active(work, &user, id)?;
        if !last && is_last(work, &user, id)? {
            return Err(NotDone::Last.into());
        }
        let passed = lifecycle::pass(work, &device, DeviceEvent::Suspended);
        passed.map_err(|stop| stop.map(|_| NotDone::Unknown))?;
        Ok(notice::tell(work, user.id, Notice::DeviceSuspended(id))?)
    })
    .await
}

/// Ends a passkey for good, of which the owner is told. The last usable device goes only when `last` says that this was
/// understood.
pub async fn remove(app: &Arc<App>, user: &User, id: DeviceId, origin: Origin, last: bool) -> Result<(), NotDone> {
    let user = user.clone();
    app.work(Actor::User, move |work| {
        work.about.address = Some(origin.address);
        let device = active(work, &user, id)?;
        if device.passkey.is_none() {
            return Err(NotDone::Unknown.into());
        }
        if !last && is_last(work, &user, id)? {
            return Err(NotDone::Last.into());
        }
        let passed = lifecycle::pass(work, &device, DeviceEvent::Revoked);
        passed.map_err(|stop| stop.map(|_| NotDone::Unknown))?;
        Ok(notice::tell(work, user.id, Notice::DeviceRevoked(id))?)
    })
    .await
}

pub(super) fn active(work: &mut Work<'_>, user: &User, id: DeviceId) -> Result<Device, Stop<NotDone>> {
    work.about.user = Some(user.id);
    work.about.budget = Some(Budget::beyond_login(user.id, true));
    let device = store::device::one(work.sql, user.id, id)?.filter(|device| device.state == DeviceState::Active);
    Ok(device.ok_or(NotDone::Unknown)?)
}

/// Pays for what sends messages or costs work.
pub(in crate::flow) fn paced(work: &mut Work<'_>, user: &User, origin: &Origin) -> Result<(), Stop<NotDone>> {
    work.about.address = Some(origin.address);
    Ok(throttle::user(work, origin, user.username.as_str(), Purpose::Operation)?)
}

fn is_last(work: &mut Work<'_>, user: &User, id: DeviceId) -> Result<bool, Error> {
    Ok(states::leaves_none(&candidates::usable(work, user)?, id))
}
