//! How a device answers: its algorithm, its keys, what moves with each use, and the judgement of an answer.
//!
//! The PIN is part of the response (RFC 6287, 5.1 `P`): a wrong PIN and a wrong response are one thing here.

use crate::{
    Policy, Secret, Timestamp,
    card::{CardUse, read_answer, value_at},
};
use otp::{
    Digits, Key,
    ocra::{Input, PinHash, Suite},
    totp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use subtle::ConstantTimeEq as _;

/// How a device computes. Nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Algorithm {
    /// OCRA (RFC 6287).
    Ocra {
        /// The agreed suite.
        #[serde(with = "suite_text")]
        suite: Suite,
    },
    /// TOTP (RFC 6238) with HMAC-SHA-1.
    Totp {
        /// Digits of a passcode.
        digits: u8,
        /// Seconds of a time step.
        step: u32,
    },
    /// A code card.
    CodeCard {
        /// How many places it has.
        places: u32,
    },
}

/// What changes with each use of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moving {
    /// The next OCRA counter that is accepted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub counter: u64,
    /// The last time step that was accepted: none at or before it is accepted again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step: Option<u64>,
    /// How many steps the device's clock runs ahead of ours, as learned.
    #[serde(default, skip_serializing_if = "is_no_drift")]
    pub drift: i64,
    /// A code card's use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardUse>,
    /// The challenges that a device without a counter has answered: to such a challenge it would always respond the
    /// same, so none is asked or accepted twice. All are kept, some ten bytes each.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub answered: BTreeSet<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_zero(counter: &u64) -> bool {
    *counter == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_no_drift(drift: &i64) -> bool {
    *drift == 0
}

/// A device's secrets, unsealed for one judgement.
pub struct Keys {
    /// The device's key.
    pub key: Secret<Vec<u8>>,
    /// The PIN's hash, where the suite has a PIN.
    pub pin: Option<Secret<Vec<u8>>>,
    /// A phone's key for PIN proofs.
    pub approve: Option<Secret<Vec<u8>>>,
}

impl Keys {
    /// Judges the PIN proof that comes with an approval: an OCRA response over the statement's digest (64 hexadecimal
    /// digits of SHA-256) under the phone's approve key, with the PIN as input. Without keys nothing holds.
    pub fn pin_proof_holds(&self, statement_digest: &str, proof: &str) -> bool {
        let (Some(approve), Some(pin)) = (&self.approve, &self.pin) else { return false };
        let Ok(suite) = Suite::parse(suites::APPROVE) else { return false };
        let pin = PinHash::from_bytes(pin.expose().clone());
        let input = Input { question: statement_digest, pin: Some(&pin), ..Input::default() };
        suite.verify(&Key::new(approve.expose().clone()), &input, proof).unwrap_or(false)
    }
}

/// Suites of the classes whose cards we issue.
pub mod suites {
    /// DSC+ and phone: counter, six-digit challenge, PIN; eight digits out.
    pub const DSC_PLUS: &str = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256";
    /// A phone's PIN proof over the digest of a statement; eight digits out.
    pub const APPROVE: &str = "OCRA-1:HOTP-SHA256-8:QH64-PSHA256";
    /// DSC: time and PIN; six digits out.
    pub const DSC: &str = "OCRA-1:HOTP-SHA256-6:QN06-PSHA256-T30S";
    /// Platinum: as DSC+ without the PIN, eight-digit challenge.
    pub const PLATINUM: &str = "OCRA-1:HOTP-SHA256-8:QN08";
}

/// The question of a time code, which has none of its own (RFC 6287 always wants one).
pub const NO_QUESTION: &str = "000000";

/// What a device proves beside that its user holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// Nothing.
    Nothing,
    /// A PIN, which only the server judges.
    Pin,
    /// The platform verified the user: a face, a finger, or the screen's lock.
    Platform,
}

impl Verification {
    /// Of a device by how it computes, and whether its platform vouches for its user.
    pub fn of(algorithm: Option<&Algorithm>, platform: bool) -> Self {
        match algorithm {
            _ if platform => Self::Platform,
            Some(Algorithm::Ocra { suite }) if suite.pin_algorithm().is_some() => Self::Pin,
            _ => Self::Nothing,
        }
    }
}

impl Algorithm {
    /// The algorithm of a suite; none when the text is no suite.
    pub fn ocra(suite: &str) -> Option<Self> {
        Suite::parse(suite).ok().map(|suite| Self::Ocra { suite })
    }

    /// Gold: TOTP, six digits, 30 seconds.
    pub const GOLD: Self = Self::Totp { digits: 6, step: 30 };

    /// Digits of a response or passcode; characters of a joined card answer.
    pub fn answer_length(&self) -> u8 {
        match self {
            Self::Ocra { suite } => suite.digits(),
            Self::Totp { digits, .. } => *digits,
            Self::CodeCard { .. } => 6,
        }
    }

    /// Digits of a challenge, for a device that takes one.
    pub fn challenge_length(&self) -> Option<u8> {
        match self {
            Self::Ocra { suite } if suite.time_step().is_none() => Some(suite.question_length()),
            _ => None,
        }
    }

    /// Judges an answer. `Some` holds what the device's moving part becomes; `None` is a wrong answer, for
    /// whatever reason. The work does not depend on how wrong the answer is.
    pub fn judge(&self, keys: &Keys, moving: &Moving, asked: &Asked<'_>) -> Option<Moving> {
        match self {
            Self::Ocra { suite } => judge_ocra(suite, keys, moving, asked),
            Self::Totp { digits, step } => {
                let digits = Digits::try_from(*digits).ok()?;
                let key = Key::new(keys.key.expose().clone());
                let window = Window::around(asked.now, *step, moving, asked.policy);
                let found = totp::verify(
                    &key,
                    otp::Algorithm::Sha1,
                    window.centre,
                    window.half,
                    window.half,
                    digits,
                    asked.answer.trim(),
                )?;
                window.accept(found, moving)
            }
            Self::CodeCard { .. } => {
                let card = moving.card.as_ref()?;
                let expected: Vec<u8> = card
                    .asked?
                    .iter()
                    .flat_map(|place| value_at(keys.key.expose(), *place).expose().clone().into_bytes())
                    .collect();
                let typed = read_answer(asked.answer);
                let right: bool = Secret::new(expected).expose().ct_eq(typed.expose().as_bytes()).into();
                right.then(|| Moving { card: Some(card.answered(asked.policy.reuse_card_values)), ..moving.clone() })
            }
        }
    }
}

/// What was asked of the device, and what came back.
pub struct Asked<'a> {
    /// The challenge; [`NO_QUESTION`] for a time code.
    pub question: &'a str,
    /// The typed answer.
    pub answer: &'a str,
    /// The server's time.
    pub now: Timestamp,
    /// The settings.
    pub policy: &'a Policy,
}

fn judge_ocra(suite: &Suite, keys: &Keys, moving: &Moving, asked: &Asked<'_>) -> Option<Moving> {
    let key = Key::new(keys.key.expose().clone());
    let pin = keys.pin.as_ref().map(|pin| PinHash::from_bytes(pin.expose().clone()));
    let answer: String = asked.answer.chars().filter(|c| !c.is_whitespace()).collect();
    let answer = Secret::new(answer);
    let input = Input { question: asked.question, pin: pin.as_ref(), ..Input::default() };
    if let Some(seconds) = suite.time_step() {
        let step = u32::try_from(seconds).ok()?;
        let window = Window::around(asked.now, step, moving, asked.policy);
        let found =
            suite.verify_time(&key, &input, window.centre, window.half, window.half, answer.expose()).ok()??;
        return window.accept(found, moving);
    }
    if suite.has_counter() {
        let ahead = asked.policy.counter_look_ahead;
        let found = suite.verify_counter(&key, &input, moving.counter, ahead, answer.expose()).ok()??;
        return Some(Moving { counter: found.checked_add(1)?, ..moving.clone() });
    }
    let fresh = !moving.answered.contains(asked.question);
    let right = suite.verify(&key, &input, answer.expose()).ok()?;
    (right && fresh).then(|| {
        let mut moving = moving.clone();
        moving.answered.insert(asked.question.to_owned());
        moving
    })
}

/// The time steps in which a passcode is looked for.
struct Window {
    server: u64,
    centre: u64,
    half: u32,
}

impl Window {
    fn around(now: Timestamp, step: u32, moving: &Moving, policy: &Policy) -> Self {
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
        let server = totp::step_at(seconds, step);
        Self { server, centre: server.saturating_add_signed(moving.drift), half: policy.time_drift_steps }
    }

    /// A step is used at most once; the drift follows the device, never further than a few steps at a time.
    fn accept(&self, found: u64, moving: &Moving) -> Option<Moving> {
        if moving.last_step.is_some_and(|last| found <= last) {
            return None;
        }
        let drift = i64::try_from(found).ok()?.checked_sub(i64::try_from(self.server).ok()?)?;
        Some(Moving { last_step: Some(found), drift, ..moving.clone() })
    }
}

mod suite_text {
    use otp::ocra::Suite;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(suite: &Suite, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(suite)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Suite, D::Error> {
        let text = String::deserialize(deserializer)?;
        Suite::parse(&text).map_err(|_| serde::de::Error::custom("not an OCRA suite"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every part of a PIN proof matters: the statement, the PIN, the key.
    #[test]
    fn a_pin_proof_is_of_one_statement_one_pin_and_one_key() {
        let suite = Suite::parse(suites::APPROVE).unwrap();
        let pin = suite.pin_hash("4711").unwrap();
        let digest = "0a".repeat(32);
        let input = Input { question: &digest, pin: Some(&pin), ..Input::default() };
        let proof = suite.respond(&Key::new(vec![3; 32]), &input).unwrap();
        let keys = |pin: &str, key: u8| Keys {
            key: Secret::new(vec![9; 32]),
            pin: suite.pin_hash(pin).map(|pin| Secret::new(pin.as_bytes().to_vec())),
            approve: Some(Secret::new(vec![key; 32])),
        };
        assert!(keys("4711", 3).pin_proof_holds(&digest, proof.as_str()));
        assert!(!keys("4712", 3).pin_proof_holds(&digest, proof.as_str()));
        assert!(!keys("4711", 4).pin_proof_holds(&digest, proof.as_str()));
        assert!(!keys("4711", 3).pin_proof_holds(&"0b".repeat(32), proof.as_str()));
        assert!(!keys("4711", 3).pin_proof_holds("", proof.as_str()));
        assert!(!Keys { approve: None, ..keys("4711", 3) }.pin_proof_holds(&digest, proof.as_str()));
    }
}
