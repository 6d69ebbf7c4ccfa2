//! Taking up with a device that has run too far ahead, by two consecutive responses.

use crate::{
    app::{App, nonce},
    flow::{
        messages::notice,
        user::{EnrolError, in_user},
    },
    work::Stop,
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    confirmation::{Challenge, Purpose},
    device::{
        ResyncRefusal,
        credential::{Asked, NO_QUESTION},
    },
    effect::Notice,
    id::DeviceId,
    lockout::DeviceFailures,
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

/// Draws the questions. They begin with the digit of device changes, so that no login page can harvest the responses.
pub fn begin(app: &Arc<App>, username: &str, device: &str) -> Result<Asking, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    let found = in_user(app, username, move |work, user| Ok(store::device::one(work.sql, user.id, device)?))?;
    let algorithm = found.ok_or(EnrolError::NoDevice)?.algorithm.ok_or(ResyncRefusal::NothingMoves)?;
    if !algorithm.runs_ahead() {
        return Err(ResyncRefusal::NothingMoves.into());
    }
    let draw = |digits| [nonce(), nonce()].map(|nonce| Challenge::draw(Purpose::DeviceChange, digits, &nonce));
    Ok(Asking { username: username.to_owned(), device, challenges: algorithm.challenge_length().map(draw) })
}

/// Judges the responses. Wrong ones count on the device as anywhere else.
pub fn finish(app: &Arc<App>, asking: Asking, responses: [Secret<String>; 2]) -> Result<Device, EnrolError> {
    let Asking { username, device, challenges } = asking;
    in_user(app, &username, move |work, user| {
        let found = store::device::one(work.sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        let (policy, now) = (&work.app.settings.policy, work.now);
        if let Some(until) = found.failures.locked(&policy.device_lock, now) {
            return Err(domain::Refusal::DeviceLocked(until).into());
        }
        let keys = store::device::keys(work.sql, &work.app.sealer, user.id, device)?;
        let (Some(keys), Some(algorithm)) = (keys, found.algorithm.as_ref()) else {
            return Err(EnrolError::from(ResyncRefusal::NothingMoves).into());
        };
        let [first, second] = &responses;
        let questions = match &challenges {
            Some([first, second]) => [first.as_str(), second.as_str()],
            None => [NO_QUESTION; 2],
        };
        let [one, other] = questions;
        let asked = |question, answer| Asked { question, answer, now, policy };
        let judged = algorithm.resynchronise(
            &keys,
            &found.moving,
            [asked(one, first.expose().as_str()), asked(other, second.expose().as_str())],
        );
        let Ok(moving) = judged else {
            store::device::save_failures(work.sql, user.id, device, found.failures.one_more(now))?;
            work.record_of(device, Kind::AnsweredWrong, Detail::none().because("resynchronisation"))?;
            return Err(Stop::Refused(ResyncRefusal::Wrong.into()));
        };
        store::device::save_moving(work.sql, user.id, device, &moving)?;
        store::device::save_failures(work.sql, user.id, device, DeviceFailures::default())?;
        work.record_of(device, Kind::DeviceResynchronised, Detail::none())?;
        notice::tell(work, user.id, Notice::DeviceResynchronised(device))?;
        Ok(Device { moving, failures: DeviceFailures::default(), ..found })
    })
}
