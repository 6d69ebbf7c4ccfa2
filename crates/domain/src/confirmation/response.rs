//! Awaiting the response to a challenge.

use super::{Candidate, Challenge, Moment, Operation, Step, Withheld};
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
    pub(super) fn ask(candidate: &Candidate, operation: &Operation, nonce: &Nonce) -> Result<Self, Refusal> {
        let algorithm = candidate.algorithm.as_ref().ok_or(Refusal::UnknownMethod)?;
        let digits = algorithm.challenge_length().ok_or(Refusal::UnknownMethod)?;
        Ok(Self {
            device: candidate.device,
            challenge: Challenge::draw(operation.purpose(), digits, nonce),
            withheld: None,
        })
    }

    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        moment.code_submitted(self.device, Method::ChallengeResponse, self.challenge.as_str(), (code, keys))
    }
}
