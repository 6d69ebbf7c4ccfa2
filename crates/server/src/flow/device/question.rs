//! The one question that a page of its owner's asks a device. It is kept nowhere: it follows from what the device has
//! done, so that it stays the same until it was answered.

use crate::{app::App, work::Work};
use domain::{
    Nonce, Timestamp,
    device::{
        Keys, Question,
        own_proof::{self, Facts, Given, Judged},
        question::Computes,
    },
    effect::Counters,
    lockout::Budget,
};
use store::{Error, device::Device, session::Session};

/// What is asked of a device.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// Which one it is, to be sent back with the answer.
    pub round: String,
}

/// What a device is asked in a session; none where it has nothing to answer with.
pub fn of(app: &App, session: &Session, device: &Device) -> Option<Asked> {
    let moved = serde_json::to_vec(&device.moving).unwrap_or_default();
    let of = [device.id.octets().as_slice(), &moved].concat();
    let mut octets = [0; 32];
    let (begin, end) = octets.split_at_mut(16);
    begin.copy_from_slice(&app.handles.bucket("single-a", &of));
    end.copy_from_slice(&app.handles.bucket("single-b", &of));
    let question = Question::draw(device.algorithm.as_ref()?, &device.moving, &Nonce::new(octets))?;
    // A form that was judged is not judged again.
    let failures = (device.failures.consecutive, device.failures.last_at.map(Timestamp::micros));
    let failures = serde_json::to_vec(&failures).unwrap_or_default();
    let round = app.handles.bucket("single-round", &[session.id.octets().as_slice(), &of, &failures].concat());
    Some(Asked { question, round: round.iter().map(|octet| format!("{octet:02x}")).collect() })
}

/// Judges what came. None where the device does not compute.
pub fn judge(work: &mut Work<'_>, device: &Device, asked: &Asked, given: &Given<'_>) -> Result<Option<Judged>, Error> {
    let keys = store::device::keys(work.sql, &work.app.sealer, device.user, device.id)?;
    let (Some(keys), Some(algorithm)) = (keys, &device.algorithm) else { return Ok(None) };
    let budget = Budget::beyond_login(device.user, true);
    work.about.budget = Some(budget);
    let on_user = store::failure::load(work.sql, device.user, budget)?;
    let counters = Counters { device: device.id, on_device: device.failures, budget, on_user: &on_user, untold: 0 };
    let keys: &Keys = &keys;
    let facts = Facts {
        device: Computes { algorithm, keys, moving: &device.moving },
        serial: &device.serial,
        counters,
        question: &asked.question,
        policy: &work.app.settings.policy,
    };
    Ok(Some(own_proof::judge(&facts, given, work.now)))
}
