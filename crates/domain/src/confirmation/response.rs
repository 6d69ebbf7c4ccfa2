//! Awaiting the response to a challenge.

use super::{Candidate, Challenge, Moment, Operation, Step};
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
}

impl AwaitingResponse {
    pub(super) fn ask(candidate: &Candidate, operation: &Operation, nonce: &Nonce) -> Result<Self, Refusal> {
        let algorithm = candidate.algorithm.as_ref().ok_or(Refusal::UnknownMethod)?;
        let digits = algorithm.challenge_length().ok_or(Refusal::UnknownMethod)?;
        Ok(Self { device: candidate.device, challenge: Challenge::draw(operation.purpose(), digits, nonce) })
    }

    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        moment.code_submitted(self.device, Method::ChallengeResponse, self.challenge.as_str(), (code, keys))
    }
}
