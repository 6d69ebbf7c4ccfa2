//! Offering a confirmation, and choosing a device or a method within it.

use super::{
    AwaitingApproval, AwaitingAssertion, AwaitingCardValues, AwaitingPasscode, AwaitingResponse, AwaitingSentCode,
    Candidate, Confirmation, Facts, Moment, Outcome, State, Step, Told,
};
use crate::{Nonce, Refusal, Timestamp, audit::Kind, device::Method, effect::Effect, id::DeviceId};

/// What becomes of the choice where the user has several devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chooser {
    /// The user chooses.
    Drawn,
    /// The program is too old to draw a chooser: the default device is asked.
    Default,
    /// Nobody is there to draw one at once: a phone is asked, whichever device is the default one, and where there is
    /// none the user chooses when they come.
    PhoneFirst,
    /// Whoever asks has chosen for the user: this one is asked or none.
    Device(DeviceId),
}

/// Begins a confirmation: with one usable device it awaits that device at once, with several it is up to `chooser`.
///
/// `draft` is the confirmation with everything set but its state. Refused when every device is locked
/// ([`Refusal::DeviceLocked`], the one that is free first), none may confirm it ([`Refusal::NotPermitted`]), or there is
/// none; and where one device was named, when that one is locked, may not, or is none of these.
pub fn offer(
    draft: Confirmation,
    chooser: Chooser,
    facts: &Facts<'_>,
    now: Timestamp,
    nonce: &Nonce,
) -> Result<Step, Refusal> {
    let draft = Confirmation { state: State::AwaitingChoice, ..draft };
    let moment = Moment { confirmation: &draft, facts, now, nonce };
    if !moment.enough_without(None) {
        return Err(none_usable(facts, now));
    }
    let mut step = match chooser {
        Chooser::Device(device) => device_chosen(&moment, device, None)?,
        _ => begun(&moment, chooser)?,
    };
    step.effects.insert(0, Effect::audit(Kind::Offered));
    Ok(step)
}

/// How a confirmation begins where no device was named.
fn begun(moment: &Moment<'_>, chooser: Chooser) -> Result<Step, Refusal> {
    let facts = moment.facts;
    let usable: Vec<_> = moment.usable().collect();
    let only = match usable.as_slice() {
        [] => return Err(none_usable(facts, moment.now)),
        // Nobody is there to type a code yet: it is sent when they come and choose it.
        [one] if chooser == Chooser::PhoneFirst && one.is_sent_codes() => None,
        [one] if chooser == Chooser::Default || facts.candidates.len() == 1 => Some(*one),
        // Nothing is asked in the place of a device that is locked, or may not confirm so much, before its user has seen
        // that; but a phone needs no page.
        [one] if chooser == Chooser::PhoneFirst && one.approves() => Some(*one),
        several if chooser == Chooser::PhoneFirst => {
            let phones = several.iter().copied().filter(|candidate| candidate.approves());
            phones.max_by_key(|candidate| candidate.default)
        }
        [first, ..] if chooser == Chooser::Default => usable.iter().copied().find(|c| c.default).or(Some(*first)),
        _ => None,
    };
    match only {
        Some(candidate) => moment.await_wished(candidate, candidate.wished(None)?),
        None => Ok(moment.go(State::AwaitingChoice, Vec::new())),
    }
}

fn none_usable(facts: &Facts<'_>, now: Timestamp) -> Refusal {
    let permitted = facts.candidates.iter().filter(|c| c.permitted());
    match permitted.filter_map(|c| c.locked(facts, now)).min() {
        Some(until) => Refusal::DeviceLocked(until),
        None if facts.candidates.is_empty() => Refusal::NoUsableDevice,
        None => Refusal::NotPermitted,
    }
}

pub(super) fn device_chosen(moment: &Moment<'_>, device: DeviceId, forced: Option<Method>) -> Result<Step, Refusal> {
    let candidate = moment.candidate(device)?;
    if !candidate.permitted() || moment.has_answered(device) {
        return Err(Refusal::NotPermitted);
    }
    if let Some(until) = candidate.locked(moment.facts, moment.now) {
        return Err(Refusal::DeviceLocked(until));
    }
    let confirmation = moment.confirmation;
    // Choosing what is already awaited (a page sent twice) keeps the challenge the user may be typing.
    let awaited = |method| confirmation.device() == Some(device) && confirmation.method() == Some(method);
    let wished = candidate.wished(forced)?;
    let (method, withheld) = candidate.method(wished, moment)?;
    if awaited(wished) || awaited(method) {
        let told = withheld.map(Told::PushWithheld).filter(|_| !awaited(wished));
        return Ok(Step { confirmation: confirmation.clone(), effects: Vec::new(), told });
    }
    let mut step = moment.await_wished(candidate, wished)?;
    step.effects.push(Effect::audit_of(Kind::DeviceChosen, device));
    Ok(step)
}

pub(super) fn method_chosen(moment: &Moment<'_>, method: Method) -> Result<Step, Refusal> {
    let device = moment.confirmation.device().ok_or(Refusal::NotAwaited)?;
    if method == Method::SentCode && moment.confirmation.method() == Some(method) {
        return sent_again(moment, device);
    }
    device_chosen(moment, device, Some(method))
}

/// The way that is awaited, wished for once more: another code. None is sent where an answer would not be judged.
fn sent_again(moment: &Moment<'_>, device: DeviceId) -> Result<Step, Refusal> {
    let candidate = moment.candidate(device)?;
    if !candidate.permitted() || moment.has_answered(device) {
        return Err(Refusal::NotPermitted);
    }
    match candidate.locked(moment.facts, moment.now) {
        Some(until) => Err(Refusal::DeviceLocked(until)),
        None => Ok(AwaitingSentCode::ask(moment, candidate, true)),
    }
}

/// A code to scan instead of a notification. It bothers nobody, so it may be had however many notifications were left
/// unanswered, and whatever else is on the phone.
pub(super) fn scan_chosen(moment: &Moment<'_>, picked: Option<DeviceId>) -> Result<Step, Refusal> {
    let device = picked.or(moment.confirmation.device()).ok_or(Refusal::NotAwaited)?;
    let candidate = moment.candidate(device)?;
    if !candidate.methods.contains(&Method::Seamless) || !moment.confirmation.operation.logs_in() {
        return Err(Refusal::UnknownMethod);
    }
    if let Some(until) = candidate.locked(moment.facts, moment.now) {
        return Err(Refusal::DeviceLocked(until));
    }
    if let State::AwaitingApproval(state) = &moment.confirmation.state
        && state.scan.is_some()
        && state.device == device
    {
        return Ok(Step { confirmation: moment.confirmation.clone(), effects: Vec::new(), told: None });
    }
    let state = State::AwaitingApproval(AwaitingApproval::scanned(device, moment.nonce));
    Ok(moment.go(state, vec![Effect::audit_of(Kind::DeviceChosen, device)]))
}

pub(super) fn returned(moment: &Moment<'_>) -> Result<Step, Refusal> {
    if moment.usable().count() < 2 {
        return Err(Refusal::NotAwaited);
    }
    Ok(moment.go(State::AwaitingChoice, vec![Effect::audit(Kind::ReturnedToChoice)]))
}

/// The awaited device is usable no more: another may be chosen; where there is none, nobody can confirm.
pub(super) fn device_ended(moment: &Moment<'_>, device: DeviceId) -> Step {
    if moment.enough_without(Some(device)) {
        return moment.go(State::AwaitingChoice, Vec::new());
    }
    moment.end(Outcome::Denied { at: moment.now, reported: false }, Vec::new())
}

impl Moment<'_> {
    /// The step into awaiting a device by the wished method, or by its other one where no notification is sent.
    fn await_wished(&self, candidate: &Candidate, wished: Method) -> Result<Step, Refusal> {
        let (method, withheld) = candidate.method(wished, self)?;
        let mut step = self.await_device(candidate, method)?;
        step.confirmation.state.note(withheld);
        Ok(Step { told: withheld.map(Told::PushWithheld), ..step })
    }

    /// The step into awaiting a device; here, and nowhere earlier, a challenge or a push is made.
    pub(super) fn await_device(&self, candidate: &Candidate, method: Method) -> Result<Step, Refusal> {
        match method {
            Method::ChallengeResponse => {
                let state = AwaitingResponse::ask(candidate, self.confirmation, self.nonce)?;
                Ok(self.go(State::AwaitingResponse(state), Vec::new()))
            }
            Method::TimeCode | Method::StaticCode => {
                let state = AwaitingPasscode { device: candidate.device, method };
                Ok(self.go(State::AwaitingPasscode(state), Vec::new()))
            }
            Method::CodeCard => {
                let (state, effects) = AwaitingCardValues::ask(candidate, self.nonce)?;
                Ok(self.go(State::AwaitingCardValues(state), effects))
            }
            Method::Seamless => {
                let state = AwaitingApproval::ask(candidate.device, self.facts, self.nonce);
                let Confirmation { id, expires_at, .. } = *self.confirmation;
                let push = Effect::SendPush { device: candidate.device, confirmation: id, until: expires_at };
                Ok(self.go(State::AwaitingApproval(state), vec![push]))
            }
            Method::Webauthn => {
                let state = AwaitingAssertion::ask(candidate.device, self.nonce);
                Ok(self.go(State::AwaitingAssertion(state), Vec::new()))
            }
            Method::SentCode => Ok(AwaitingSentCode::ask(self, candidate, false)),
        }
    }
}
