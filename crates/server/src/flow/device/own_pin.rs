//! Another PIN for a keypad card, by its user on a page: proven by a response that was made with it, and confirmed by a
//! device that is no weaker than the card.

use super::{
    issue, order_pin,
    own::{self, NotDone},
    question,
};
use crate::{
    app::{App, random},
    flow::{Refused, confirm::effects::carry_out, login::session::SignedIn, messages::notice, money},
    handle::Kind,
    work::{Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Actor, Kind as Audit},
    confirmation::{Confirmation, What},
    device::{
        Algorithm, DeviceState,
        own_proof::{Given, Judged},
    },
    effect::Notice,
    id::DeviceId,
};
use operation::{PinChange, Text};
use std::sync::Arc;
use store::{Error, device::Device, new_pin::NewPin};
use wire::pin::PinError;

pub use super::question::Asked;

/// Why the PIN stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotChanged {
    /// As with every change of an own device; no device may confirm it: [`Refused::NotPermitted`].
    Device(NotDone),
    /// The two are not the same.
    Differ,
    /// It may not be chosen.
    Pin(PinError),
    /// Too many wrong answers.
    Locked,
    /// The response was not made with this PIN by this card; it counted.
    Wrong,
    /// The response is for another challenge; nothing counted.
    Stale,
}

impl From<NotDone> for NotChanged {
    fn from(not: NotDone) -> Self {
        Self::Device(not)
    }
}

impl From<Refused> for NotChanged {
    fn from(refused: Refused) -> Self {
        Self::Device(NotDone::Refused(refused))
    }
}

impl From<Error> for NotChanged {
    fn from(error: Error) -> Self {
        Self::Device(error.into())
    }
}

stops!(NotChanged);
stops!(NotChanged: NotDone, Refused);

/// A PIN as it was typed, and the proof.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The PIN, twice.
    pub pins: [Secret<String>; 2],
    /// Which question it answers.
    pub round: String,
    /// The response that the card made with the new PIN.
    pub response: Secret<String>,
}

/// Whether a card's PIN is changed on a page: it has one, and is no phone, whose app asks for it.
pub fn has_pin(device: &Device) -> bool {
    let keyed = matches!(&device.algorithm, Some(Algorithm::Ocra { suite }) if suite.pin_algorithm().is_some());
    keyed && device.phone.is_none()
}

/// The card, and what it is asked.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn, id: DeviceId) -> Result<(Device, Asked), NotChanged> {
    let signed_in = signed_in.clone();
    app.look(move |work| asked(work, &signed_in, id)).await
}

fn asked(work: &mut Work<'_>, signed_in: &SignedIn, id: DeviceId) -> Result<(Device, Asked), Stop<NotChanged>> {
    let device = own::active(work, &signed_in.user, id)?;
    let asked = question::of(work.app, &signed_in.session, &device).filter(|_| has_pin(&device));
    Ok((device, asked.ok_or(NotDone::Unknown)?))
}

/// Judges the proof, and has a device confirm the change: the handle of the attempt.
pub async fn wish(app: &Arc<App>, asking: &money::Asking, id: DeviceId, typed: Typed) -> Result<String, NotChanged> {
    let [pin, again] = &typed.pins;
    if pin.expose() != again.expose() {
        return Err(NotChanged::Differ);
    }
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        let (device, asked) = asked(work, &asking.signed_in, id)?;
        asking.paced(work)?;
        let [pin, _] = &typed.pins;
        let pin = device.algorithm.as_ref().map(|algorithm| issue::new_pin(algorithm, pin));
        let pin = pin.transpose().map_err(NotChanged::Pin)?.flatten().ok_or(NotDone::Unknown)?;
        if asked.round != typed.round {
            return Err(NotChanged::Stale.into());
        }
        let given = Given::NewPin { pin: &pin, answer: typed.response.expose() };
        match question::judge(work, &device, &asked, &given)?.ok_or(NotDone::Unknown)? {
            Judged::Right(effects) => carry_out(work, &effects)?,
            Judged::Wrong(effects) | Judged::WrongSerial(effects) => {
                carry_out(work, &effects)?;
                return Err(NotChanged::Wrong.into());
            }
            Judged::NotEvaluated(_) => return Err(NotChanged::Locked.into()),
        }
        let what = What::PinChange(PinChange {
            device_id: Text::fenced(&device.id.to_string()),
            device: Text::fenced(&device.label),
        });
        let offered = asking.offer(work, what, digest)?;
        let (user, confirmation, expires_at) = (device.user, offered.id, offered.expires_at);
        let new = NewPin { user, confirmation, device: device.id, pin, expires_at };
        Ok(store::new_pin::insert(work.sql, &work.app.sealer, &new, random())?)
    })
    .await?;
    Ok(handle)
}

/// What a confirmed change gives: the card has its new PIN from now on.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if !matches!(confirmation.operation.what, What::PinChange(_)) {
        return Ok(());
    }
    let user = confirmation.user;
    let new = store::new_pin::take(work.sql, &work.app.sealer, user, confirmation.id)?;
    let (Some(new), Some((_, devices))) = (new, money::confirmed(work, confirmation)?) else { return Ok(()) };
    if devices.iter().all(|device| device.id != new.device) {
        return order_pin::chosen(work, &new);
    }
    // A card that has ended or was set aside meanwhile stays as it is.
    let active = devices.iter().any(|device| device.id == new.device && device.state == DeviceState::Active);
    if !active {
        return Ok(());
    }
    store::device::save_pin(work.sql, &work.app.sealer, user, new.device, &new.pin, random())?;
    work.record_of(new.device, Audit::PinChanged, domain::audit::Detail::none())?;
    notice::tell(work, user, Notice::PinChanged(new.device))
}
