//! Taking up with a device that has run too far ahead, by its user on a page.

use super::{
    own::{self, NotDone},
    resync::{self, NotTakenUp},
};
use crate::{
    app::App,
    flow::login::session::SignedIn,
    work::{Origin, stops},
};
use domain::{Nonce, Secret, audit::Actor, confirmation::Challenge, device::ResyncRefusal, id::DeviceId};
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
    /// The challenges; none where it shows passcodes by itself.
    pub questions: Option<[Challenge; 2]>,
    /// Which questions these are, to be sent back with the codes.
    pub round: String,
}

/// What a device of the user is asked. It is kept nowhere: it follows from the session and from what the device has done, so
/// that it stays the same until it was answered.
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
        if asked.round != codes.round {
            return Err(NotResynced::Stale.into());
        }
        resync::take_up(work, asked.device, asked.questions.as_ref(), &codes.responses)?;
        Ok(())
    })
    .await
}

/// Two codes as they were typed.
pub struct Codes {
    /// To which questions.
    pub round: String,
    /// The codes, in the order of the questions.
    pub responses: [Secret<String>; 2],
}

fn asked(app: &App, session: &Session, device: Device) -> Result<Asked, NotTakenUp> {
    let done = (&device.moving, device.failures.consecutive, device.failures.last_at.map(domain::Timestamp::micros));
    let done = serde_json::to_vec(&done).unwrap_or_default();
    let of = [session.id.octets().as_slice(), device.id.octets().as_slice(), &done].concat();
    let half = |name: &str| app.handles.bucket(name, &of);
    let nonce = |[one, other]: [&str; 2]| {
        let mut octets = [0; 32];
        let (begin, end) = octets.split_at_mut(16);
        begin.copy_from_slice(&half(one));
        end.copy_from_slice(&half(other));
        Nonce::new(octets)
    };
    let nonces = [nonce(["consecutive-1a", "consecutive-1b"]), nonce(["consecutive-2a", "consecutive-2b"])];
    let questions = resync::questions(&device, &nonces).map_err(NotTakenUp::Resync)?;
    let round = half("consecutive-round").iter().map(|octet| format!("{octet:02x}")).collect();
    Ok(Asked { device, questions, round })
}
