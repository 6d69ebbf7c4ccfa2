//! Taking up with a device that has run too far ahead, by two consecutive responses.

use crate::{
    app::{App, nonce},
    flow::{
        confirm::round,
        messages::notice,
        user::{EnrolError, in_user},
    },
    work::{Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    confirmation::Challenge,
    device::{
        ResyncRefusal,
        credential::{Asked, NO_QUESTION},
    },
    effect::Notice,
    id::DeviceId,
    lockout::{DeviceFailures, Until},
};
use std::sync::Arc;
use store::device::Device;

/// Two questions that await their responses.
pub struct Asking {
    username: String,
    device: DeviceId,
    challenges: Option<[Challenge; 2]>,
}

impl Asking {
    /// The challenges; none where the device shows passcodes by itself.
    pub fn questions(&self) -> [Option<&str>; 2] {
        match &self.challenges {
            Some([first, second]) => [Some(first.as_str()), Some(second.as_str())],
            None => [None, None],
        }
    }
}

/// Draws the questions.
pub fn begin(app: &Arc<App>, username: &str, device: &str) -> Result<Asking, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    let found = in_user(app, username, move |work, user| Ok(store::device::one(work.sql, user.id, device)?))?;
    let algorithm = found.ok_or(EnrolError::NoDevice)?.algorithm;
    let challenges = round::questions(algorithm.as_ref(), &[nonce(), nonce()])?;
    Ok(Asking { username: username.to_owned(), device, challenges })
}

/// Judges the responses. Wrong ones count on the device as anywhere else.
pub fn finish(app: &Arc<App>, asking: Asking, responses: [Secret<String>; 2]) -> Result<Device, EnrolError> {
    let Asking { username, device, challenges } = asking;
    in_user(app, &username, move |work, user| {
        let found = store::device::one(work.sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        let asked = challenges.as_ref().map_or([NO_QUESTION; 2], |[first, second]| [first.as_str(), second.as_str()]);
        Ok(take_up(work, found, asked, &responses)?)
    })
}

/// Why a device was not taken up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTakenUp {
    Locked(Until),
    Resync(ResyncRefusal),
}

stops!(NotTakenUp);

impl From<NotTakenUp> for EnrolError {
    fn from(not: NotTakenUp) -> Self {
        match not {
            NotTakenUp::Locked(until) => domain::Refusal::DeviceLocked(until).into(),
            NotTakenUp::Resync(refusal) => refusal.into(),
        }
    }
}

stops!(EnrolError: NotTakenUp);

/// The same, in a unit of work that has found the device.
pub(super) fn take_up(
    work: &mut Work<'_>,
    found: Device,
    [one, other]: [&str; 2],
    responses: &[Secret<String>; 2],
) -> Result<Device, Stop<NotTakenUp>> {
    let (policy, now, user, device) = (&work.app.settings.policy, work.now, found.user, found.id);
    if let Some(until) = found.failures.locked(&policy.device_lock, now) {
        return Err(NotTakenUp::Locked(until).into());
    }
    let keys = store::device::keys(work.sql, &work.app.sealer, user, device)?;
    let (Some(keys), Some(algorithm)) = (keys, found.algorithm.as_ref()) else {
        return Err(NotTakenUp::Resync(ResyncRefusal::NothingMoves).into());
    };
    let [first, second] = responses;
    let asked = |question, answer| Asked { question, answer, now, policy };
    let judged = algorithm.resynchronise(
        &keys,
        &found.moving,
        [asked(one, first.expose().as_str()), asked(other, second.expose().as_str())],
    );
    let Ok(moving) = judged else {
        store::device::save_failures(work.sql, user, device, found.failures.one_more(now))?;
        work.record_of(device, Kind::AnsweredWrong, Detail::none().because("resynchronisation"))?;
        return Err(Stop::Refused(NotTakenUp::Resync(ResyncRefusal::Wrong)));
    };
    store::device::save_moving(work.sql, user, device, &moving)?;
    store::device::save_failures(work.sql, user, device, DeviceFailures::default())?;
    work.record_of(device, Kind::DeviceResynchronised, Detail::none())?;
    notice::tell(work, user, Notice::DeviceResynchronised(device))?;
    Ok(Device { moving, failures: DeviceFailures::default(), ..found })
}
