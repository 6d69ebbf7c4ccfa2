//! How a device answers: its algorithm, its keys, what moves with each use, and the judgement of an answer.
//!
//! The PIN is part of the response (RFC 6287, 5.1 `P`): a wrong PIN and a wrong response are one thing here.

use crate::{
    Policy, Secret, Timestamp,
    card::{CardUse, value_at},
    typed,
};
use otp::{
    Digits, Key, hotp,
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
    /// HOTP (RFC 4226): a passcode for each press of a button.
    Hotp {
        /// Digits of a passcode.
        digits: u8,
    },
    /// A code card.
    CodeCard {
        /// How many places it has.
        places: u32,
    },
    /// A code that is sent, by the device's key and what it answers.
    Sent {
        /// Digits of a code.
        digits: u8,
    },
    /// A code that stays the same for a while, as the desk gives it.
    Static {
        /// How many characters it has.
        characters: u8,
    },
}

/// What changes with each use of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moving {
    /// The next counter (OCRA, HOTP) that is accepted.
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
#[derive(Clone)]
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
    /// The same, of a key that the platform may copy to other devices of its user.
    SyncedPlatform,
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
            Self::Totp { digits, .. } | Self::Hotp { digits } | Self::Sent { digits } => *digits,
            Self::CodeCard { .. } => 6,
            Self::Static { characters } => *characters,
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
        let answer = typed::plain(asked.answer);
        match self {
            Self::Ocra { suite } => judge_ocra(suite, keys, moving, asked, answer.expose()),
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
                    answer.expose(),
                )?;
                window.accept(found, moving)
            }
            Self::Hotp { digits } => {
                let digits = Digits::try_from(*digits).ok()?;
                let key = Key::new(keys.key.expose().clone());
                let ahead = asked.policy.counter_look_ahead;
                let found = hotp::verify(&key, moving.counter, ahead, digits, answer.expose())?;
                Some(Moving { counter: found.checked_add(1)?, ..moving.clone() })
            }
            Self::CodeCard { .. } => {
                let card = moving.card.as_ref()?;
                let expected: Vec<u8> = card
                    .asked?
                    .iter()
                    .flat_map(|place| value_at(keys.key.expose(), *place).expose().clone().into_bytes())
                    .collect();
                let right: bool = Secret::new(expected).expose().ct_eq(answer.expose().as_bytes()).into();
                right.then(|| Moving { card: Some(card.answered(asked.policy.reuse_card_values)), ..moving.clone() })
            }
            Self::Sent { .. } => {
                let sent = self.sent(keys, asked.question)?;
                let right: bool = sent.expose().as_bytes().ct_eq(answer.expose().as_bytes()).into();
                right.then(|| moving.clone())
            }
            Self::Static { .. } => {
                let right: bool = keys.key.expose().ct_eq(answer.expose().as_bytes()).into();
                right.then(|| moving.clone())
            }
        }
    }
}

impl Algorithm {
    /// Codes that are sent: six digits.
    pub const SENT: Self = Self::Sent { digits: 6 };

    /// The code that answers a question, for a device whose codes are sent: HOTP (RFC 4226, 5.3) under a key that is the
    /// question's alone.
    pub fn sent(&self, keys: &Keys, question: &str) -> Option<Secret<String>> {
        let Self::Sent { digits } = self else { return None };
        let digits = Digits::try_from(*digits).ok()?;
        let of_question =
            Key::new(keys.key.expose().clone()).digest(&[b"countersign/sent-code/v1".as_slice(), question.as_bytes()]);
        Some(Secret::new(hotp::value(&Key::new(of_question.to_vec()), 0, digits).as_str().to_owned()))
    }
}

/// How far ahead a counter is looked for when two consecutive responses vouch for it (RFC 4226, 7.4).
const RESYNC_COUNTERS: u32 = 1000;
/// How far to either side a time step is looked for then: an hour of steps of half a minute.
const RESYNC_STEPS: u32 = 120;

/// Why a device was not taken up with again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResyncRefusal {
    /// Nothing of it moves by itself.
    #[error("such a device has neither counter nor clock: there is nothing to synchronise")]
    NothingMoves,
    /// The responses are not two consecutive ones of this device.
    #[error("these are not two consecutive responses of this device")]
    Wrong,
}

impl Algorithm {
    /// Whether the device has a counter or a clock that can run away from ours.
    pub fn runs_ahead(&self) -> bool {
        match self {
            Self::Ocra { suite } => suite.has_counter() || suite.time_step().is_some(),
            Self::Totp { .. } | Self::Hotp { .. } => true,
            Self::CodeCard { .. } | Self::Static { .. } | Self::Sent { .. } => false,
        }
    }

    /// Looks much further than [`Algorithm::judge`] for the first of two answers, and takes it only when the second is the
    /// very next one: what the device's moving part becomes. Nothing that was accepted before is accepted again.
    pub fn resynchronise(
        &self,
        keys: &Keys,
        moving: &Moving,
        [first, second]: [Asked<'_>; 2],
    ) -> Result<Moving, ResyncRefusal> {
        if !self.runs_ahead() {
            return Err(ResyncRefusal::NothingMoves);
        }
        let far =
            Policy { counter_look_ahead: RESYNC_COUNTERS, time_drift_steps: RESYNC_STEPS, ..first.policy.clone() };
        let found = self.judge(keys, moving, &Asked { policy: &far, ..first }).ok_or(ResyncRefusal::Wrong)?;
        // The next counter, or the next time step and no other.
        let next = match found.last_step {
            Some(step) if found.counter == moving.counter => {
                let exact = Policy { time_drift_steps: 1, ..second.policy.clone() };
                let judged = self.judge(keys, &found, &Asked { policy: &exact, ..second });
                judged.filter(|judged| judged.last_step == step.checked_add(1))
            }
            _ => {
                let exact = Policy { counter_look_ahead: 0, ..second.policy.clone() };
                self.judge(keys, &found, &Asked { policy: &exact, ..second })
            }
        };
        next.ok_or(ResyncRefusal::Wrong)
    }
}

/// What was asked of the device, and what came back.
pub struct Asked<'a> {
    /// The challenge; [`NO_QUESTION`] for a time code.
    pub question: &'a str,
    /// The answer, as it was typed.
    pub answer: &'a str,
    /// The server's time.
    pub now: Timestamp,
    /// The settings.
    pub policy: &'a Policy,
}

fn judge_ocra(suite: &Suite, keys: &Keys, moving: &Moving, asked: &Asked<'_>, answer: &str) -> Option<Moving> {
    let key = Key::new(keys.key.expose().clone());
    let pin = keys.pin.as_ref().map(|pin| PinHash::from_bytes(pin.expose().clone()));
    let input = Input { question: asked.question, pin: pin.as_ref(), ..Input::default() };
    if let Some(seconds) = suite.time_step() {
        let step = u32::try_from(seconds).ok()?;
        let window = Window::around(asked.now, step, moving, asked.policy);
        let found = suite.verify_time(&key, &input, window.centre, window.half, window.half, answer).ok()??;
        return window.accept(found, moving);
    }
    if suite.has_counter() {
        let ahead = asked.policy.counter_look_ahead;
        let found = suite.verify_counter(&key, &input, moving.counter, ahead, answer).ok()??;
        return Some(Moving { counter: found.checked_add(1)?, ..moving.clone() });
    }
    let fresh = !moving.answered.contains(asked.question);
    let right = suite.verify(&key, &input, answer).ok()?;
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
    use proptest::prelude::*;

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

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

    fn keys() -> Keys {
        Keys { key: Secret::new(vec![9; 32]), pin: None, approve: None }
    }

    fn resynchronise(
        algorithm: &Algorithm,
        moving: &Moving,
        answers: [(&str, &str); 2],
    ) -> Result<Moving, ResyncRefusal> {
        let policy = Policy::default();
        let asked = answers.map(|(question, answer)| Asked { question, answer, now: NOW, policy: &policy });
        algorithm.resynchronise(&keys(), moving, asked)
    }

    proptest! {
        /// Two consecutive responses take up a counter however far it ran within the limit; anything else takes up nothing.
        #[test]
        fn a_counter_is_taken_up_by_two_consecutive_responses_only(
            from in 0_u64..10_000, ahead in 0_u64..1400, gap in 0_u64..4,
        ) {
            let algorithm = Algorithm::ocra("OCRA-1:HOTP-SHA256-8:C-QN06").unwrap();
            let Algorithm::Ocra { suite } = &algorithm else { unreachable!() };
            let respond = |question: &str, counter| {
                let input = Input { question, counter: Some(counter), ..Input::default() };
                suite.respond(&Key::new(vec![9; 32]), &input).unwrap().as_str().to_owned()
            };
            let counter = from + ahead;
            let (first, second) = (respond("612345", counter), respond("698765", counter + gap));
            let moving = Moving { counter: from, ..Moving::default() };
            let taken = resynchronise(&algorithm, &moving, [("612345", &first), ("698765", &second)]);
            let right = ahead <= 1000 && gap == 1;
            prop_assert_eq!(taken.map(|moving| moving.counter), if right { Ok(counter + 2) } else { Err(ResyncRefusal::Wrong) });
            let old = Moving { counter: counter + 1, ..Moving::default() };
            prop_assert!(resynchronise(&algorithm, &old, [("612345", &first), ("698765", &second)]).is_err());
        }

        /// Each passcode of a button is taken once, no older one after it, and none from further ahead than the policy looks.
        #[test]
        fn a_press_is_taken_once_and_in_order(from in 0_u64..1000, presses in proptest::collection::vec(0_u64..40, 1..8)) {
            let (algorithm, policy) = (Algorithm::Hotp { digits: 8 }, Policy::default());
            let (mut moving, ahead) = (Moving { counter: from, ..Moving::default() }, u64::from(policy.counter_look_ahead));
            for press in presses.into_iter().map(|press| from + press) {
                let code = hotp::value(&Key::new(vec![9; 32]), press, Digits::try_from(8).unwrap());
                let asked = Asked { question: NO_QUESTION, answer: code.as_str(), now: NOW, policy: &policy };
                let expected = (moving.counter..=moving.counter + ahead).contains(&press).then_some(press + 1);
                let judged = algorithm.judge(&keys(), &moving, &asked);
                prop_assert_eq!(judged.as_ref().map(|judged| judged.counter), expected);
                moving = judged.unwrap_or(moving);
            }
        }

        /// A clock is taken up by two passcodes of consecutive steps.
        #[test]
        fn a_clock_is_taken_up_by_two_consecutive_passcodes_only(off in -150_i64..150, gap in 0_i64..3) {
            let server = totp::step_at(1_800_000_000, 30);
            let code = |step: i64| {
                let step = server.saturating_add_signed(step);
                otp::totp::value(&Key::new(vec![9; 32]), otp::Algorithm::Sha1, step, Digits::try_from(6).unwrap()).as_str().to_owned()
            };
            let (first, second) = (code(off), code(off + gap));
            let taken = resynchronise(&Algorithm::GOLD, &Moving::default(), [(NO_QUESTION, &first), (NO_QUESTION, &second)]);
            // A passcode of six digits may be that of another step by chance; then the second does not follow it.
            if off.abs() <= 120 && gap == 1 {
                prop_assert!(taken.as_ref().is_ok_and(|moving| moving.drift == off + 1) || taken == Err(ResyncRefusal::Wrong));
            } else {
                prop_assert_eq!(taken, Err(ResyncRefusal::Wrong));
            }
        }
    }

    #[test]
    fn what_does_not_move_is_not_taken_up() {
        for algorithm in [Algorithm::ocra(suites::PLATINUM).unwrap(), Algorithm::CodeCard { places: 224 }] {
            let taken = resynchronise(&algorithm, &Moving::default(), [("12345678", "1"), ("23456789", "2")]);
            assert_eq!(taken, Err(ResyncRefusal::NothingMoves));
        }
    }
}
