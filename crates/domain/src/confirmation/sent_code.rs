//! Awaiting a code that was sent to the user's telephone.
//!
//! No code is kept anywhere: it follows from the device's sealed key, the attempt and the code's number in it, so one of
//! another attempt is of no use here.

use super::{Candidate, Confirmation, Moment, State, Step, Told};
use crate::{
    Refusal, Timestamp,
    device::{Keys, Method},
    effect::Effect,
    id::{ConfirmationId, DeviceId},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a code is good.
pub const LIFE: Duration = Duration::from_secs(300);
/// How long after a code another one may be sent.
pub const WAIT: Duration = Duration::from_secs(60);
/// Wrong answers that end a code.
pub const TRIES: u32 = 3;
/// Codes that are sent in one attempt.
pub const MOST: u32 = 3;

/// The code that was sent last in an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// The device that it stands for.
    pub device: DeviceId,
    /// Which one of the attempt it is, from one.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Wrong answers that it got.
    pub wrong: u32,
}

impl SentCode {
    /// Whether it is good no more: it is too old, or was guessed at too often.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.at.plus(LIFE) || self.wrong >= TRIES
    }

    /// What the code answers: this attempt, and its number in it.
    pub fn question(&self, attempt: ConfirmationId) -> String {
        format!("{attempt}/{}", self.number)
    }
}

/// When another code may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Now.
    Now,
    /// From then on.
    From(Timestamp),
    /// Not in this attempt.
    NoMore,
}

impl Sending {
    /// In an attempt, to this device.
    pub fn of(attempt: &Confirmation, candidate: &Candidate, now: Timestamp) -> Self {
        let Some(reach) = &candidate.reach else { return Self::NoMore };
        let waits = attempt.sent.map(|sent| sent.at.plus(WAIT));
        let from = waits.into_iter().chain(reach.from).filter(|from| *from > now).max();
        match (attempt.sent, from) {
            (Some(sent), _) if sent.number >= MOST => Self::NoMore,
            (_, Some(from)) => Self::From(from),
            _ => Self::Now,
        }
    }
}

/// The code that was sent is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingSentCode {
    /// The device that it stands for.
    pub device: DeviceId,
}

impl AwaitingSentCode {
    /// Awaits the attempt's code, or sends one: where there is none that is good, or another one is wished for. Where none
    /// may be sent, it is awaited all the same, and the page says why none comes.
    pub(super) fn ask(moment: &Moment<'_>, candidate: &Candidate, another: bool) -> Step {
        let Moment { confirmation, now, .. } = *moment;
        let device = candidate.device;
        let good = confirmation.sent.is_some_and(|sent| sent.device == device && !sent.is_over(now));
        let mut step = moment.go(State::AwaitingSentCode(Self { device }), Vec::new());
        if (another || !good) && Sending::of(confirmation, candidate, now) == Sending::Now {
            let number = confirmation.sent.map_or(1, |sent| sent.number.saturating_add(1));
            let sent = SentCode { device, number, at: now, wrong: 0 };
            step.confirmation.sent = Some(sent);
            step.effects.push(Effect::SendCode { device, question: sent.question(confirmation.id) });
        }
        step
    }

    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        let before = moment.confirmation;
        let good = before.sent.filter(|sent| sent.device == self.device && !sent.is_over(moment.now));
        let Some(sent) = good else {
            // There is nothing to compare with: it is not evaluated, and counts nowhere.
            return Ok(Step { confirmation: before.clone(), effects: Vec::new(), told: Some(Told::CodeOver) });
        };
        let mut step = moment.code_submitted(self.device, Method::SentCode, &sent.question(before.id), (code, keys))?;
        if step.confirmation.wrong_answers > before.wrong_answers {
            step.confirmation.sent = Some(SentCode { wrong: sent.wrong.saturating_add(1), ..sent });
        }
        Ok(step)
    }
}
