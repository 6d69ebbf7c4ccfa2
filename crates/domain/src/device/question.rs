//! What a device is asked on a page of its owner's, outside of any confirmation: one question, one answer.

use super::{
    Algorithm, Keys, Moving,
    credential::{Asked, NO_QUESTION},
};
use crate::{Nonce, Policy, Timestamp, confirmation::Challenge};
use ::operation::Purpose;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The response to this challenge.
    Challenge(Challenge),
    /// The passcode that it shows now.
    Passcode,
    /// The values at these two places of a code card.
    Places([u32; 2]),
}

impl Question {
    /// Draws a question for a device; none where it has no answers left. A challenge begins with the digit of device
    /// changes, so that no login page can harvest the response.
    pub fn draw(algorithm: &Algorithm, moving: &Moving, nonce: &Nonce) -> Option<Self> {
        if let Algorithm::CodeCard { places } = algorithm {
            return moving.card.clone().unwrap_or_default().ask(*places, nonce)?.asked.map(Self::Places);
        }
        match algorithm.challenge_length() {
            Some(digits) => {
                let drawn = Challenge::unanswered(Purpose::DeviceChange, digits, nonce, &moving.answered);
                drawn.map(Self::Challenge)
            }
            None => Some(Self::Passcode),
        }
    }

    /// Judges an answer: what the device's moving part becomes, or none where it is wrong.
    pub fn judge(&self, device: &Computes<'_>, answer: &str, now: Timestamp, policy: &Policy) -> Option<Moving> {
        let asked = |question| Asked { question, answer, now, policy };
        let Computes { algorithm, keys, moving } = device;
        match self {
            Self::Challenge(challenge) => algorithm.judge(keys, moving, &asked(challenge.as_str())),
            Self::Passcode => algorithm.judge(keys, moving, &asked(NO_QUESTION)),
            Self::Places(pair) => {
                let mut card = moving.card.clone().unwrap_or_default();
                card.asked = Some(*pair);
                algorithm.judge(keys, &Moving { card: Some(card), ..(*moving).clone() }, &asked(NO_QUESTION))
            }
        }
    }
}

/// A device as far as it computes.
#[derive(Clone, Copy)]
pub struct Computes<'a> {
    /// The algorithm, with its parameters.
    pub algorithm: &'a Algorithm,
    /// Its secrets.
    pub keys: &'a Keys,
    /// The part of its state that changes with each use.
    pub moving: &'a Moving,
}
