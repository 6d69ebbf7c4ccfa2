//! Starting a device that lies in its owner's hand, by the serial number that stands on it and one answer: one that came by
//! mail, or one that was set aside.

use super::{
    lifecycle, order,
    own::{self, NotDone},
    question,
};
use crate::{
    app::App,
    flow::{Refused, confirm::effects::carry_out, login::session::SignedIn, messages::notice},
    work::{Origin, Stop, Work, stops},
};
use domain::{
    Secret,
    audit::Actor,
    device::{
        DeviceState,
        catalogue::Class,
        lifecycle::DeviceEvent,
        own_proof::{Given, Judged},
    },
    effect::Notice,
    id::DeviceId,
    lockout::Budget,
};
use std::sync::Arc;
use store::{Error, device::Device};

pub use super::question::Asked;

/// Why it was not started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotStarted {
    /// As with every change of an own device.
    Device(NotDone),
    /// Too many wrong answers.
    Locked,
    /// Another serial number stands on it; it counted.
    Serial,
    /// The answer is wrong; it counted.
    Wrong,
    /// The answer is for another question; nothing counted.
    Stale,
}

impl From<NotDone> for NotStarted {
    fn from(not: NotDone) -> Self {
        Self::Device(not)
    }
}

impl From<Refused> for NotStarted {
    fn from(refused: Refused) -> Self {
        Self::Device(NotDone::Refused(refused))
    }
}

impl From<Error> for NotStarted {
    fn from(error: Error) -> Self {
        Self::Device(error.into())
    }
}

stops!(NotStarted);
stops!(NotStarted: NotDone);

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It is in use for the first time.
    First,
    /// It is in use again.
    Again,
}

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The serial number.
    pub serial: String,
    /// Which question the answer is to.
    pub round: String,
    /// The answer.
    pub answer: Secret<String>,
}

/// Whether its user can start a device: a permanent one that was mailed or set aside, has a serial number and answers.
pub fn can_start(device: &Device, class: Option<&Class>) -> bool {
    matches!(device.state, DeviceState::Shipped { .. } | DeviceState::Suspended)
        && class.is_some_and(|class| !class.interim)
        && device.phone.is_none()
        && device.algorithm.is_some()
        && !device.serial.is_empty()
}

/// The device, and what it is asked.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn, id: DeviceId) -> Result<(Device, Asked), NotStarted> {
    let signed_in = signed_in.clone();
    app.look(move |work| asked(work, &signed_in, id)).await
}

fn asked(work: &mut Work<'_>, signed_in: &SignedIn, id: DeviceId) -> Result<(Device, Asked), Stop<NotStarted>> {
    let user = signed_in.user.id;
    work.about.user = Some(user);
    work.about.budget = Some(Budget::beyond_login(user, true));
    let found = store::device::one(work.sql, user, id)?;
    let device = found.filter(|device| can_start(device, work.app.settings.catalogue.class(&device.class)));
    let device = device.ok_or(NotDone::Unknown)?;
    let asked = question::of(work.app, &signed_in.session, &device).ok_or(NotDone::Unknown)?;
    Ok((device, asked))
}

/// Judges what was typed; the device is active then, and nothing else has changed but that interim ones end, and what it was
/// ordered in place of.
pub async fn start(
    app: &Arc<App>,
    signed_in: &SignedIn,
    id: DeviceId,
    origin: Origin,
    typed: Typed,
) -> Result<Started, NotStarted> {
    let signed_in = signed_in.clone();
    app.work(Actor::User, move |work| {
        let (device, asked) = asked(work, &signed_in, id)?;
        own::paced(work, &signed_in.user, &origin)?;
        if asked.round != typed.round {
            return Err(NotStarted::Stale.into());
        }
        let given = Given::Start { serial: &typed.serial, answer: typed.answer.expose() };
        let (effects, not) = match question::judge(work, &device, &asked, &given)?.ok_or(NotDone::Unknown)? {
            Judged::Right(effects) => (effects, None),
            Judged::WrongSerial(effects) => (effects, Some(NotStarted::Serial)),
            Judged::Wrong(effects) => (effects, Some(NotStarted::Wrong)),
            Judged::NotEvaluated(_) => return Err(NotStarted::Locked.into()),
        };
        carry_out(work, &effects)?;
        match not {
            Some(not) => Err(not.into()),
            None => started(work, &device),
        }
    })
    .await
}

fn started(work: &mut Work<'_>, device: &Device) -> Result<Started, Stop<NotStarted>> {
    if matches!(device.state, DeviceState::Shipped { .. }) {
        let taken = order::take_into_use(work, device)?;
        return if taken { Ok(Started::First) } else { Err(NotStarted::from(NotDone::Unknown).into()) };
    }
    let passed = lifecycle::pass(work, device, DeviceEvent::Reactivated);
    passed.map_err(|stop| stop.map(|_| NotDone::Unknown))?;
    lifecycle::end_others(work, device, None)?;
    notice::tell(work, device.user, Notice::DeviceReactivated(device.id))?;
    Ok(Started::Again)
}
