//! A device in its owner's hand, proven on a page by one answer: to start it (with the serial number that stands on it),
//! or to give it another PIN.

use super::{
    Keys,
    pin_change::Over,
    question::{Computes, Question},
};
use crate::{
    Policy, Secret, Timestamp,
    effect::{Counters, Effect},
    typed,
};
use subtle::ConstantTimeEq as _;

/// What is known when the answer comes.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// How the device computes.
    pub device: Computes<'a>,
    /// The serial number that stands on it.
    pub serial: &'a str,
    /// What a wrong answer counts on.
    pub counters: Counters<'a>,
    /// What was asked.
    pub question: &'a Question,
    /// The settings.
    pub policy: &'a Policy,
}

/// What came.
pub enum Given<'a> {
    /// The serial number and an answer: the device is in the hand of whoever sends them.
    Start {
        /// The serial number as it was typed.
        serial: &'a str,
        /// The answer as it was typed.
        answer: &'a str,
    },
    /// An answer alone: of a card whose values its user was just shown, or of a phone whose PIN proves who holds it.
    Values {
        /// The answer as it was typed.
        answer: &'a str,
    },
    /// An answer that was made with another PIN, which is to be the device's.
    NewPin {
        /// The hash of that PIN.
        pin: &'a Secret<Vec<u8>>,
        /// The answer as it was typed.
        answer: &'a str,
    },
}

/// The judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It is right: effects to carry out in the same unit of work.
    Right(Vec<Effect>),
    /// Another serial number stands on the device. The answer was not looked at; it counts as a wrong one.
    WrongSerial(Vec<Effect>),
    /// The answer is wrong.
    Wrong(Vec<Effect>),
    /// Nothing was evaluated and nothing counts: a lock stands.
    NotEvaluated(Over),
}

/// Judges what came.
pub fn judge(facts: &Facts<'_>, given: &Given<'_>, now: Timestamp) -> Judged {
    let (counters, policy) = (facts.counters, facts.policy);
    if let Some(until) = counters.on_device.locked(&policy.device_lock, now) {
        return Judged::NotEvaluated(Over::DeviceLocked(until));
    }
    if counters.user_locked(policy, now).is_some() {
        return Judged::NotEvaluated(Over::UserLocked);
    }
    let save = |moving| Effect::SaveMoving { device: counters.device, moving };
    match given {
        Given::Start { serial, .. } if !is_on_it(facts.serial, serial) => {
            Judged::WrongSerial(counters.wrong(policy, now).effects)
        }
        Given::Start { answer, .. } | Given::Values { answer } => {
            match facts.question.judge(&facts.device, answer, now, policy) {
                Some(moving) => Judged::Right(counters.right().into_iter().chain([save(moving)]).collect()),
                None => Judged::Wrong(counters.wrong(policy, now).effects),
            }
        }
        Given::NewPin { pin, answer } => {
            let keys = Keys { key: facts.device.keys.key.clone(), pin: Some((*pin).clone()), approve: None };
            let device = Computes { keys: &keys, ..facts.device };
            match facts.question.judge(&device, answer, now, policy) {
                // Whoever chose the PIN has not shown that they know the device's own: what was counted stays counted,
                // or a thief would clear the count with a PIN of theirs and go on guessing.
                Some(moving) => Judged::Right(vec![save(moving)]),
                None => Judged::Wrong(counters.wrong(policy, now).effects),
            }
        }
    }
}

/// Whether a serial number is the one that stands on the device, however it is spelled. Nothing stands on a device
/// without one.
pub fn is_on_it(serial: &str, typed: &str) -> bool {
    let (serial, typed) = (typed::plain(serial), typed::plain(typed));
    !serial.expose().is_empty() && serial.expose().as_bytes().ct_eq(typed.expose().as_bytes()).into()
}

#[cfg(test)]
mod tests;
