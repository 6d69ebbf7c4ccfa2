//! Taking up with a device that has run too far ahead, by its user on a page.

use super::{
    own::{self, NotDone},
    resync::{self, NotTakenUp},
};
use crate::{
    app::App,
    flow::{
        confirm::round::{Codes, Round},
        login::session::SignedIn,
    },
    work::{Origin, stops},
};
use domain::{audit::Actor, device::ResyncRefusal, id::DeviceId};
use std::sync::Arc;
use store::{Error, device::Device, session::Session};

/// Why it was not taken up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotResynced {
    /// As with every change of an own device.
    Device(NotDone),
    /// Nothing of such a device runs ahead.
    NothingMoves,
    /// Too many wrong codes.
    Locked,
    /// The codes are not two consecutive ones of this device; it counted.
    Wrong,
    /// The codes are for questions that are not asked any more; nothing counted.
    Stale,
}

impl From<NotDone> for NotResynced {
    fn from(not: NotDone) -> Self {
        Self::Device(not)
    }
}

impl From<NotTakenUp> for NotResynced {
    fn from(not: NotTakenUp) -> Self {
        match not {
            NotTakenUp::Locked(_) => Self::Locked,
            NotTakenUp::Resync(ResyncRefusal::NothingMoves) => Self::NothingMoves,
            NotTakenUp::Resync(ResyncRefusal::Wrong) => Self::Wrong,
        }
    }
}

impl From<Error> for NotResynced {
    fn from(error: Error) -> Self {
        Self::Device(error.into())
    }
}

stops!(NotResynced);
stops!(NotResynced: NotDone, NotTakenUp);

/// What is asked of a device.
#[derive(Debug)]
pub struct Asked {
    /// The device.
    pub device: Device,
    /// The questions.
    pub round: Round,
}

/// What a device of the user is asked.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn, id: DeviceId) -> Result<Asked, NotResynced> {
    let SignedIn { session, user } = signed_in.clone();
    app.look(move |work| {
        let device = own::active(work, &user, id)?;
        Ok(asked(work.app, &session, device)?)
    })
    .await
}

/// Judges two codes. Wrong ones count on the device, once for each round of questions.
pub async fn answer(
    app: &Arc<App>,
    signed_in: &SignedIn,
    id: DeviceId,
    origin: Origin,
    codes: Codes,
) -> Result<(), NotResynced> {
    let SignedIn { session, user } = signed_in.clone();
    app.work(Actor::User, move |work| {
        let device = own::active(work, &user, id)?;
        own::paced(work, &user, &origin)?;
        let asked = asked(work.app, &session, device)?;
        if asked.round.id != codes.round {
            return Err(NotResynced::Stale.into());
        }
        resync::take_up(work, asked.device, asked.round.asked(), &codes.responses)?;
        Ok(())
    })
    .await
}

fn asked(app: &App, session: &Session, device: Device) -> Result<Asked, NotTakenUp> {
    let round = Round::of(app, session.id.octets(), &device).map_err(NotTakenUp::Resync)?;
    Ok(Asked { device, round })
}
