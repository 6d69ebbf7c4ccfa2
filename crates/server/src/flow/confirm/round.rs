//! Two questions in a row, by which a device that ran too far ahead is taken up with again. They are kept nowhere: they
//! follow from where they are asked and from what the device has done, so that they stay the same until they were answered.

use crate::app::App;
use domain::{
    Nonce, Secret, Timestamp,
    confirmation::{Candidate, Challenge, Confirmation, Purpose},
    device::{Algorithm, Moving, ResyncRefusal, credential::NO_QUESTION},
    id::DeviceId,
    lockout::DeviceFailures,
};
use store::device::Device;

/// What is asked of a device.
#[derive(Debug, Clone)]
pub struct Round {
    /// The challenges; none where the device shows passcodes by itself.
    pub questions: Option<[Challenge; 2]>,
    /// Which questions these are, to be sent back with the codes.
    pub id: String,
}

/// Two codes as they were typed.
#[derive(Debug, Clone)]
pub struct Codes {
    /// To which questions.
    pub round: String,
    /// The codes, in the order of the questions.
    pub responses: [Secret<String>; 2],
}

/// What the questions follow from.
struct Done<'a> {
    device: DeviceId,
    algorithm: Option<&'a Algorithm>,
    moving: &'a Moving,
    failures: DeviceFailures,
}

impl Round {
    /// Of a device, in what has this id.
    pub fn of(app: &App, within: [u8; 16], device: &Device) -> Result<Self, ResyncRefusal> {
        let Device { id, algorithm, moving, failures, .. } = device;
        Self::after(app, within, &Done { device: *id, algorithm: algorithm.as_ref(), moving, failures: *failures })
    }

    /// Of the device that an attempt may bring in step now; none where there is none.
    pub fn in_attempt(app: &App, attempt: &Confirmation, candidates: &[Candidate]) -> Option<Self> {
        let Candidate { device, algorithm, moving, failures, .. } = attempt.out_of_step(candidates)?;
        let done = Done { device: *device, algorithm: algorithm.as_ref(), moving, failures: *failures };
        Self::after(app, attempt.id.octets(), &done).ok()
    }

    fn after(app: &App, within: [u8; 16], done: &Done<'_>) -> Result<Self, ResyncRefusal> {
        let Done { device, algorithm, moving, failures } = done;
        let done = (moving, failures.consecutive, failures.last_at.map(Timestamp::micros));
        let done = serde_json::to_vec(&done).unwrap_or_default();
        let of = [within.as_slice(), device.octets().as_slice(), &done].concat();
        let half = |name: &str| app.handles.bucket(name, &of);
        let nonce = |[one, other]: [&str; 2]| {
            let mut octets = [0; 32];
            let (begin, end) = octets.split_at_mut(16);
            begin.copy_from_slice(&half(one));
            end.copy_from_slice(&half(other));
            Nonce::new(octets)
        };
        let nonces = [nonce(["consecutive-1a", "consecutive-1b"]), nonce(["consecutive-2a", "consecutive-2b"])];
        let id = half("consecutive-round").iter().map(|octet| format!("{octet:02x}")).collect();
        Ok(Self { questions: questions(*algorithm, &nonces)?, id })
    }

    /// The questions as the device's arithmetic takes them.
    pub fn asked(&self) -> [&str; 2] {
        self.questions.as_ref().map_or([NO_QUESTION; 2], |[first, second]| [first.as_str(), second.as_str()])
    }
}

/// The questions for a device; none where it shows passcodes by itself. They begin with the digit of device changes, so
/// that no login page can harvest the responses.
pub fn questions(algorithm: Option<&Algorithm>, nonces: &[Nonce; 2]) -> Result<Option<[Challenge; 2]>, ResyncRefusal> {
    let algorithm = algorithm.filter(|algorithm| algorithm.runs_ahead());
    let length = algorithm.ok_or(ResyncRefusal::NothingMoves)?.challenge_length();
    let draw = |digits, nonce| Challenge::draw(Purpose::DeviceChange, digits, nonce);
    let [first, second] = nonces;
    Ok(length.map(|digits| [draw(digits, first), draw(digits, second)]))
}
