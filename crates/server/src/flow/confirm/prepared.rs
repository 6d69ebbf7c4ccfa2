//! An act as the core's event, with what it needs.

use super::{
    act::Act,
    assertion::{self, Judged},
    next::SCAN,
    round::{Codes, Round},
    turn::{Surroundings, turn},
};
use crate::{
    flow::Refused,
    work::{Stop, Work},
};
use domain::{
    Refusal, Secret,
    confirmation::{Confirmation, Event, Outcome, Proof, Step},
    device::{Keys, Method},
    id::DeviceId,
};
use std::sync::Arc;
use store::{Error, confirmation::Stored};

/// An act as the core's event, with what it needs.
pub(super) enum Prepared {
    Plain(Event<'static>),
    Code(Arc<Secret<String>>, Keys),
    Consecutive(Arc<Codes>, Keys),
    Asserted(Box<Judged>),
}

impl Prepared {
    pub(super) fn turn(
        &self,
        work: &mut Work<'_>,
        stored: &Stored,
        around: &Surroundings,
    ) -> Result<Step, Stop<Refusal>> {
        match self {
            Self::Plain(event) => turn(work, stored, around, event),
            Self::Code(code, keys) => turn(work, stored, around, &Event::CodeSubmitted { code: code.expose(), keys }),
            Self::Consecutive(codes, keys) => consecutive(work, stored, around, codes, keys),
            Self::Asserted(judged) => asserted(work, stored, around, judged),
        }
    }
}

/// What an act comes to.
pub(super) fn event(work: &mut Work<'_>, act: &Act, before: &Confirmation) -> Result<Prepared, Stop<Refused>> {
    let method = |name: &String| Method::parse(name).ok_or(Refusal::UnknownMethod);
    Ok(match act {
        Act::Look => Prepared::Plain(Event::TimeElapsed),
        Act::Back => Prepared::Plain(Event::ReturnedToChoice),
        Act::Decline => Prepared::Plain(Event::Declined),
        Act::Leave => Prepared::Plain(Event::Abandoned),
        Act::MoreTime => Prepared::Plain(Event::MoreTimeAsked),
        // A phone's code to scan is no method of its own to the core: the phone approves all the same.
        Act::Method(name) if name == SCAN => Prepared::Plain(Event::ScanChosen { device: None }),
        Act::Method(name) => Prepared::Plain(Event::MethodChosen { method: method(name)? }),
        Act::Choose { device, method: forced } => {
            let device = device.parse::<DeviceId>().map_err(|_| Refusal::UnknownDevice)?;
            if forced.as_deref() == Some(SCAN) {
                return Ok(Prepared::Plain(Event::ScanChosen { device: Some(device) }));
            }
            let method = forced.as_ref().map(method).transpose()?;
            Prepared::Plain(Event::DeviceChosen { device, method })
        }
        Act::Answer(code) => Prepared::Code(Arc::clone(code), keys(work, before)?),
        // A passkey that is not awaited is judged by nobody.
        Act::Assert(_) if before.outcome().is_some() || before.method() != Some(Method::Webauthn) => {
            return Err(Refusal::NotAwaited.into());
        }
        Act::Assert(None) => Prepared::Plain(Event::Asserted { proof: Proof::Invalid }),
        Act::Assert(Some(signed)) => Prepared::Asserted(Box::new(assertion::judge(work, before, signed)?)),
        Act::Consecutive(codes) => Prepared::Consecutive(Arc::clone(codes), keys(work, before)?),
    })
}

/// The keys of the awaited device.
fn keys(work: &mut Work<'_>, before: &Confirmation) -> Result<Keys, Error> {
    let keys = match before.device() {
        Some(device) if before.outcome().is_none() => {
            store::device::keys(work.sql, &work.app.sealer, before.user, device)?
        }
        // No device is awaited: the core refuses whatever the keys are.
        _ => None,
    };
    Ok(keys.unwrap_or_else(|| Keys { key: Secret::new(Vec::new()), pin: None, approve: None }))
}

/// A signature that holds moves its passkey, and is kept with the answer that it gave.
fn asserted(
    work: &mut Work<'_>,
    stored: &Stored,
    around: &Surroundings,
    judged: &Judged,
) -> Result<Step, Stop<Refusal>> {
    let step = turn(work, stored, around, &Event::Asserted { proof: judged.proof })?;
    if let (Some(moved), Some(evidence)) = (&judged.moved, &judged.evidence) {
        store::device::save_passkey(work.sql, evidence.user, evidence.device, moved)?;
        let after = &step.confirmation;
        let first = after.first.is_some_and(|first| first.device == evidence.device);
        if first || matches!(after.outcome(), Some(Outcome::Confirmed { .. })) {
            store::passkey_evidence::keep(work.sql, evidence)?;
        }
    }
    Ok(step)
}

/// Codes for questions that are not asked any more are judged by nobody, and count nowhere.
fn consecutive(
    work: &mut Work<'_>,
    stored: &Stored,
    around: &Surroundings,
    codes: &Codes,
    keys: &Keys,
) -> Result<Step, Stop<Refusal>> {
    let Some(round) = Round::in_attempt(work.app, &stored.confirmation, &around.candidates) else {
        // One that is over says so, and any other awaits no such codes.
        return turn(work, stored, around, &Event::TimeElapsed);
    };
    if round.id != codes.round {
        return Err(Refusal::NotAwaited.into());
    }
    let [first, second] = &codes.responses;
    let codes = [first.expose().as_str(), second.expose().as_str()];
    turn(work, stored, around, &Event::Consecutive { questions: round.asked(), codes, keys })
}
