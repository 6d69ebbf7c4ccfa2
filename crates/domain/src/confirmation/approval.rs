//! Awaiting an approval on the phone (seamless authentication).

use super::choosing::device_ended;
use super::{Candidate, Confirmation, Facts, Moment, Operation, Outcome, Proof, State, Step, Told, Withheld};
use crate::{
    Nonce, Refusal, Timestamp,
    audit::Kind,
    device::Method,
    effect::{Effect, Notice},
    id::DeviceId,
    lockout::Until,
    pushes::PushBudget,
};
use serde::{Deserialize, Serialize};

/// A request is on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingApproval {
    /// The phone.
    pub device: DeviceId,
    /// The two digits that the login page shows and the phone's user types, when the login is unfamiliar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What the code on the login page says, where the phone is to scan it: 128 random bits in hexadecimal. The phone
    /// gets nothing to approve without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
    /// Whether no notification was sent for it: the phone shows the request once somebody opens the app.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

impl AwaitingApproval {
    pub(super) fn ask(device: DeviceId, facts: &Facts<'_>, nonce: &Nonce) -> Self {
        let number = facts.unfamiliar.then(|| format!("{:02}", nonce.below(100)));
        Self { device, number, scan: None, silent: facts.silent }
    }

    /// The code that is to be scanned proves what the number would, so there is none beside it.
    pub(super) fn scanned(device: DeviceId, nonce: &Nonce) -> Self {
        Self { device, number: None, scan: Some(nonce.hex()), silent: false }
    }

    /// What must cross from the login page to the phone: the number typed or the code scanned.
    pub fn crossing(&self) -> Option<&str> {
        self.scan.as_deref().or(self.number.as_deref())
    }

    /// A number or code that was asked for has one try. A proof that does not hold is a wrong answer.
    pub(super) fn approved(&self, moment: &Moment<'_>, number: Option<&str>, proof: Proof) -> Result<Step, Refusal> {
        let candidate = moment.candidate(self.device)?;
        if !candidate.permitted() || moment.has_answered(self.device) {
            return Ok(device_ended(moment, self.device));
        }
        if candidate.locked(moment.facts, moment.now).is_some() || moment.user_locked() {
            return Ok(moment.no_more_answers(candidate));
        }
        if proof == Proof::Invalid {
            return Ok(moment.wrong(candidate));
        }
        if self.crossing() == number {
            return Ok(moment.right(self.device, Method::Seamless, None));
        }
        let mut step = moment.wrong(candidate);
        if step.told == Some(Told::WrongAnswer) {
            let state = without_request(moment, candidate, Withheld::WrongNumber)?;
            step.confirmation = step.confirmation.awaiting(state);
            step.told = Some(Told::WrongNumber);
        }
        Ok(step)
    }

    /// A newer attempt of the same asker took its place on the phone.
    pub(super) fn superseded(&self, moment: &Moment<'_>) -> Result<Step, Refusal> {
        let state = match moment.candidate(self.device) {
            Ok(candidate) => without_request(moment, candidate, Withheld::Superseded)?,
            Err(_) => State::AwaitingChoice,
        };
        Ok(moment.go(state, Vec::new()))
    }

    pub(super) fn denied(&self, moment: &Moment<'_>, reported: bool) -> Step {
        // What was shown as a code to scan, or asked by the phone itself, was no push.
        let pushed = self.scan.is_none() && PushBudget::of(moment.confirmation).is_some();
        let mut effects = if pushed { vec![Effect::PushAnswered] } else { Vec::new() };
        if reported {
            effects.extend(disowned(&moment.confirmation.operation));
        }
        moment.end(Outcome::Denied { at: moment.now, reported }, effects)
    }
}

/// What follows when the owner says of something that was asked: "it wasn't me".
pub fn disowned(operation: &Operation) -> Vec<Effect> {
    let mut effects = vec![Effect::TellDesk(Box::new(operation.clone()))];
    // Whoever got here by a login knows the password; whoever asked through a client's back end need not.
    if operation.behind_password() {
        effects.extend([Effect::LockPassword, Effect::Tell(Notice::NotMe)]);
    } else {
        effects.push(Effect::Tell(Notice::NotMyOperation));
    }
    effects
}

/// Begins what the phone itself asks for: it awaits this phone's approval at once. No notification is sent and no number
/// asked for, since whoever begins it holds the phone.
pub fn own(draft: Confirmation, device: DeviceId, facts: &Facts<'_>, now: Timestamp) -> Result<Step, Refusal> {
    let candidate = facts.candidates.iter().find(|c| c.device == device).ok_or(Refusal::UnknownDevice)?;
    if !candidate.permitted() {
        return Err(Refusal::NotPermitted);
    }
    if let Some(until) = candidate.locked(facts, now) {
        return Err(Refusal::DeviceLocked(until));
    }
    if let Some(until) = facts.user_locked(draft.budget, now) {
        return Err(Refusal::DeviceLocked(Until::At(until)));
    }
    let state = State::AwaitingApproval(AwaitingApproval { device, number: None, scan: None, silent: false });
    let effects = vec![Effect::audit_of(Kind::Offered, device)];
    Ok(Step { confirmation: Confirmation { state, ..draft }, effects, told: None })
}

/// The request on the phone is over; the attempt goes on without it, by the phone's challenge/response if it can.
fn without_request(moment: &Moment<'_>, candidate: &Candidate, why: Withheld) -> Result<State, Refusal> {
    if candidate.methods.contains(&Method::ChallengeResponse) {
        let mut state = moment.await_device(candidate, Method::ChallengeResponse)?.confirmation.state;
        state.note(Some(why));
        return Ok(state);
    }
    Ok(State::AwaitingChoice)
}
