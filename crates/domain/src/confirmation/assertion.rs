//! Awaiting a passkey's assertion, which signs what its user was shown.

use super::choosing::device_ended;
use super::{Confirmation, Facts, LastWrong, Moment, Proof, State, Step};
use crate::{Nonce, Refusal, Timestamp, audit::Kind, device::Method, effect::Effect, id::DeviceId, lockout::Until};
use serde::{Deserialize, Serialize};

/// A passkey is to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingAssertion {
    /// The passkey.
    pub device: DeviceId,
    /// 128 random bits in hexadecimal: they stand in what is signed, so that no signature is good for another attempt.
    pub nonce: String,
}

impl AwaitingAssertion {
    pub(super) fn ask(device: DeviceId, nonce: &Nonce) -> Self {
        Self { device, nonce: nonce.hex() }
    }

    /// An assertion that does not hold is a wrong answer: nobody's finger slips into one.
    pub(super) fn asserted(&self, moment: &Moment<'_>, proof: Proof) -> Result<Step, Refusal> {
        let candidate = moment.candidate(self.device)?;
        if !candidate.permitted() || moment.has_answered(self.device) {
            return Ok(device_ended(moment, self.device));
        }
        if candidate.locked(moment.facts, moment.now).is_some() || moment.user_locked() {
            return Ok(moment.no_more_answers(candidate));
        }
        Ok(match proof {
            Proof::Valid => moment.right(self.device, Method::Webauthn, None),
            Proof::Invalid => {
                let mut step = moment.wrong(candidate);
                step.confirmation.last_wrong = Some(LastWrong::assertion(self.device));
                step
            }
        })
    }
}

/// Begins a login that a passkey alone confirms: it awaits this passkey's assertion at once.
pub fn alone(
    draft: Confirmation,
    device: DeviceId,
    facts: &Facts<'_>,
    now: Timestamp,
    nonce: &Nonce,
) -> Result<Step, Refusal> {
    let candidate = facts.candidates.iter().find(|c| c.device == device).ok_or(Refusal::UnknownDevice)?;
    if !candidate.methods.contains(&Method::Webauthn) || !draft.operation.passkey_alone {
        return Err(Refusal::UnknownMethod);
    }
    if let Some(until) = candidate.locked(facts, now) {
        return Err(Refusal::DeviceLocked(until));
    }
    if let Some(until) = facts.user_locked(draft.budget, now) {
        return Err(Refusal::DeviceLocked(Until::At(until)));
    }
    let state = State::AwaitingAssertion(AwaitingAssertion::ask(device, nonce));
    let effects = vec![Effect::audit_of(Kind::Offered, device)];
    Ok(Step { confirmation: Confirmation { state, ..draft }, effects, told: None })
}
