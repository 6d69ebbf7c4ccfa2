//! Changing a device's PIN: proven by two responses to one challenge, the first with the current PIN and the next with
//! the new one.

use super::{Algorithm, Keys, Moving, credential::Asked};
use crate::{
    Policy, Secret, Timestamp,
    audit::Kind,
    effect::{Counters, Effect, Notice},
    id::DeviceId,
    lockout::{Budget, DeviceFailures, Until, UserFailures},
};

/// What is known when the two responses come.
pub struct Facts<'a> {
    /// The device.
    pub device: DeviceId,
    /// The algorithm of the device, with its parameters.
    pub algorithm: &'a Algorithm,
    /// Its secrets, with the current PIN's hash.
    pub keys: &'a Keys,
    /// The part of its state that changes with each use: counter or time step.
    pub moving: &'a Moving,
    /// Its failures.
    pub failures: DeviceFailures,
    /// The user's among what no password came before.
    pub user_failures: &'a UserFailures,
    /// Those of which the user was not told yet.
    pub untold: u32,
    /// The challenge that both answer.
    pub challenge: &'a str,
    /// Wrong answers to this change so far.
    pub wrong_answers: u32,
    /// The settings.
    pub policy: &'a Policy,
}

/// The two responses that a change of PIN takes.
pub struct Responses<'a> {
    /// With the current PIN.
    pub current: &'a str,
    /// With the new PIN, at a later counter.
    pub new: &'a str,
    /// The new PIN's hash.
    pub new_pin: &'a Secret<Vec<u8>>,
}

/// The judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// Both are right: the new hash takes the place of the current one.
    Changed(Vec<Effect>),
    /// One of them is wrong, and nobody is told which. With `over` the change has ended.
    Wrong {
        /// Effects to carry out in the same unit of work, in this order.
        effects: Vec<Effect>,
        /// Wrong answers to this change now.
        wrong_answers: u32,
        /// Whether it has ended, and why.
        over: Option<Over>,
    },
    /// Nothing was evaluated and nothing counts: a lock stands.
    NotEvaluated(Over),
}

/// Why no more answers are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Too many wrong ones in this change.
    WrongAnswers,
    /// The device is locked.
    DeviceLocked(Until),
    /// The user is locked.
    UserLocked,
}

/// Judges the two responses.
pub fn judge(facts: &Facts<'_>, responses: &Responses<'_>, now: Timestamp) -> Judged {
    let policy = facts.policy;
    if let Some(until) = facts.failures.locked(&policy.device_lock, now) {
        return Judged::NotEvaluated(Over::DeviceLocked(until));
    }
    let counters = Counters {
        device: facts.device,
        on_device: facts.failures,
        budget: Budget::WithoutPassword,
        on_user: facts.user_failures,
        untold: facts.untold,
    };
    if counters.user_locked(policy, now).is_some() {
        return Judged::NotEvaluated(Over::UserLocked);
    }
    if let Some(moving) = both_right(facts, responses, now) {
        let mut effects = counters.right();
        effects.extend([
            Effect::SaveMoving { device: facts.device, moving },
            Effect::Tell(Notice::PinChanged(facts.device)),
            Effect::audit_of(Kind::PinChanged, facts.device),
        ]);
        return Judged::Changed(effects);
    }
    let wrong = counters.wrong(policy, now);
    let wrong_answers = facts.wrong_answers.saturating_add(1);
    let over = match wrong.device_locked {
        Some(until) => Some(Over::DeviceLocked(until)),
        None if wrong.user_locked => Some(Over::UserLocked),
        None => (wrong_answers >= policy.wrong_answers).then_some(Over::WrongAnswers),
    };
    Judged::Wrong { effects: wrong.effects, wrong_answers, over }
}

fn both_right(facts: &Facts<'_>, responses: &Responses<'_>, now: Timestamp) -> Option<Moving> {
    let asked = |answer| Asked { question: facts.challenge, answer, now, policy: facts.policy };
    let moving = facts.algorithm.judge(facts.keys, facts.moving, &asked(responses.current))?;
    let pin = Some(responses.new_pin.clone());
    let keys = Keys { key: facts.keys.key.clone(), pin, approve: None };
    // One challenge for both: the first response has not spent it for the second.
    let moving = Moving { answered: facts.moving.answered.clone(), ..moving };
    facts.algorithm.judge(&keys, &moving, &asked(responses.new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::credential::suites;
    use otp::{
        Key,
        ocra::{Input, Suite},
    };

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
    const CHALLENGE: &str = "612345";

    fn response(pin: &str, counter: u64) -> String {
        let suite = Suite::parse(suites::DSC_PLUS).unwrap();
        let pin = suite.pin_hash(pin);
        let input = Input { counter: Some(counter), question: CHALLENGE, pin: pin.as_ref(), ..Input::default() };
        suite.respond(&Key::new(vec![7; 32]), &input).unwrap().as_str().to_owned()
    }

    fn hash(pin: &str) -> Secret<Vec<u8>> {
        Secret::new(Suite::parse(suites::DSC_PLUS).unwrap().pin_hash(pin).unwrap().as_bytes().to_vec())
    }

    /// A change from 4711 to 815815 at counter 5, judged with these failures before it.
    fn judged(current: &str, new: &str, (device, user, wrong): (u32, usize, u32)) -> Judged {
        let policy = Policy::default();
        let user_failures = (0..user)
            .fold(UserFailures::default(), |failures, _| failures.one_more(&policy.answers_without_password, NOW));
        let facts = Facts {
            device: DeviceId::from([3; 16]),
            algorithm: &Algorithm::ocra(suites::DSC_PLUS).unwrap(),
            keys: &Keys { key: Secret::new(vec![7; 32]), pin: Some(hash("4711")), approve: None },
            moving: &Moving { counter: 5, ..Moving::default() },
            failures: DeviceFailures { consecutive: device, last_at: (device > 0).then_some(NOW) },
            user_failures: &user_failures,
            untold: 2,
            challenge: CHALLENGE,
            wrong_answers: wrong,
            policy: &policy,
        };
        judge(&facts, &Responses { current, new, new_pin: &hash("815815") }, NOW)
    }

    #[test]
    fn both_responses_must_be_right_and_the_second_later() {
        let (current, new) = (response("4711", 5), response("815815", 6));
        let Judged::Changed(effects) = judged(&current, &new, (2, 3, 1)) else { panic!("refused") };
        let device = DeviceId::from([3; 16]);
        let moving = Moving { counter: 7, ..Moving::default() };
        assert_eq!(
            effects,
            [
                Effect::SaveDeviceFailures { device, failures: DeviceFailures::default() },
                Effect::Tell(Notice::WrongBefore(2)),
                Effect::ForgetUntold,
                Effect::SaveMoving { device, moving },
                Effect::Tell(Notice::PinChanged(device)),
                Effect::audit_of(Kind::PinChanged, device),
            ]
        );
        for (what, current, new) in [
            ("an old counter", response("4711", 4), response("815815", 6)),
            ("a wrong current PIN", response("4712", 5), response("815815", 6)),
            ("the new PIN twice", response("815815", 5), response("815815", 6)),
            ("the current PIN twice", response("4711", 5), response("4711", 6)),
            ("another new PIN than was sealed", response("4711", 5), response("815816", 6)),
            ("one counter for both", response("4711", 5), response("815815", 5)),
            ("the wrong way round", response("815815", 5), response("4711", 6)),
            ("nothing", String::new(), String::new()),
        ] {
            let judged = judged(&current, &new, (0, 0, 0));
            assert!(matches!(judged, Judged::Wrong { wrong_answers: 1, over: None, .. }), "{what}: {judged:?}");
        }
    }

    #[test]
    fn wrong_ones_count_everywhere_and_locks_stop_all() {
        let over = |before| match judged("1", "2", before) {
            Judged::Wrong { over, .. } => over,
            other => panic!("{other:?}"),
        };
        assert_eq!(over((0, 0, 1)), None);
        assert_eq!(over((0, 0, 2)), Some(Over::WrongAnswers));
        assert!(matches!(over((4, 0, 0)), Some(Over::DeviceLocked(Until::At(_)))));
        assert_eq!(over((0, 9, 0)), Some(Over::UserLocked));
        let (current, new) = (response("4711", 5), response("815815", 6));
        assert!(matches!(judged(&current, &new, (5, 0, 0)), Judged::NotEvaluated(Over::DeviceLocked(_))));
        assert_eq!(judged(&current, &new, (0, 10, 0)), Judged::NotEvaluated(Over::UserLocked));
    }
}
