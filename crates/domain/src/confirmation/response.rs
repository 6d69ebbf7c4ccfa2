//! Awaiting the response to a challenge.

use super::{Candidate, Challenge, Confirmation, Moment, Step, Withheld};
use crate::{
    Nonce, Refusal,
    device::{Keys, Method},
    id::DeviceId,
};
use serde::{Deserialize, Serialize};

/// A challenge is on the screen; the device's response is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingResponse {
    /// The device to type it into.
    pub device: DeviceId,
    /// The challenge.
    pub challenge: Challenge,
    /// Why a challenge is asked where a notification was wished for: kept, so that every look at the attempt tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}

impl AwaitingResponse {
    /// Asks the device's challenge of this attempt, or draws one that then stays with it.
    pub(super) fn ask(candidate: &Candidate, attempt: &Confirmation, nonce: &Nonce) -> Result<Self, Refusal> {
        let algorithm = candidate.algorithm.as_ref().ok_or(Refusal::UnknownMethod)?;
        let digits = algorithm.challenge_length().ok_or(Refusal::UnknownMethod)?;
        let answered = &candidate.moving.answered;
        let challenge = match attempt.asked.get(&candidate.device) {
            Some(asked) if !answered.contains(asked.as_str()) => asked.clone(),
            _ => Challenge::unanswered(attempt.operation.purpose(), digits, nonce, answered)
                .ok_or(Refusal::NoUsableDevice)?,
        };
        Ok(Self { device: candidate.device, challenge, withheld: None })
    }

    /// A request that waited behind others, or behind a newer one of its asker, goes to the phone after all. A login's
    /// does not: whoever waits for it has been told to type.
    pub(super) fn handed_over(&self, moment: &Moment<'_>) -> Result<Step, Refusal> {
        let waited = matches!(self.withheld, Some(Withheld::RequestOpen | Withheld::Superseded));
        let candidate = moment.candidate(self.device)?;
        let locked = candidate.locked(moment.facts, moment.now).is_some();
        if !waited || locked || moment.confirmation.operation.logs_in() || moment.withheld().is_some() {
            return Err(Refusal::NotAwaited);
        }
        moment.await_device(candidate, Method::Seamless)
    }

    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        let candidate = moment.candidate(self.device)?;
        if candidate.moving.answered.contains(self.challenge.as_str()) {
            // Another attempt's answer spent this challenge: nothing counts, and a new one is asked.
            return moment.await_device(candidate, Method::ChallengeResponse);
        }
        moment.code_submitted(self.device, Method::ChallengeResponse, self.challenge.as_str(), (code, keys))
    }
}
