//! Judging an answer, and counting a wrong one: the same for every method.

use super::choosing::device_ended;
use super::{AwaitingCardValues, Candidate, Confirmation, Exhaustion, LastWrong, Moment, Outcome, State, Step, Told};
use crate::{
    Refusal,
    device::{Keys, Method, Moving, credential::Asked},
    effect::{Effect, Notice, WrongAnswer, count_wrong_answer, forget_failures},
    id::DeviceId,
    lockout::DeviceFailures,
};

impl Moment<'_> {
    /// A code was typed for the awaited device. While a lock stands nothing is evaluated and nothing counts.
    pub(super) fn code_submitted(
        &self,
        device: DeviceId,
        method: Method,
        question: &str,
        (code, keys): (&str, &Keys),
    ) -> Result<Step, Refusal> {
        let candidate = self.candidate(device)?;
        if !candidate.permitted() {
            // A limit that was used up since, or a lock that was closed: what it would say is not asked.
            return Ok(device_ended(self, device));
        }
        if candidate.locked(self.facts, self.now).is_some() || self.user_locked() {
            return Ok(self.no_more_answers(candidate));
        }
        let algorithm = candidate.algorithm.as_ref().ok_or(Refusal::UnknownMethod)?;
        let asked = Asked { question, answer: code, now: self.now, policy: self.facts.policy };
        Ok(match algorithm.judge(keys, &candidate.moving, &asked) {
            Some(moving) => self.right(device, method, Some(moving)),
            None => {
                let given = LastWrong::of(self.confirmation.id, device, (question, code), keys);
                let mut step = match self.confirmation.last_wrong {
                    Some(last) if last == given => self.wrong_again(),
                    _ => self.wrong(candidate),
                };
                step.confirmation.last_wrong = Some(given);
                step
            }
        })
    }

    /// What was judged and counted came again.
    fn wrong_again(&self) -> Step {
        Step { confirmation: self.confirmation.clone(), effects: Vec::new(), told: Some(Told::WrongAnswer) }
    }

    pub(super) fn user_locked(&self) -> bool {
        self.facts.user_failures.locked(&self.facts.policy.user_lock, self.now).is_some()
    }

    /// The right answer: the confirmation is confirmed and the consecutive counters start again; those that stand at
    /// nothing are not written.
    pub(super) fn right(&self, device: DeviceId, method: Method, moving: Option<Moving>) -> Step {
        let failures =
            self.candidate(device).map_or_else(|_| DeviceFailures::default(), |candidate| candidate.failures);
        let mut effects = forget_failures((device, failures), self.facts.user_failures);
        if self.facts.any_unanswered {
            effects.push(Effect::ForgetPushes);
        }
        if let (Some(moving), Ok(candidate)) = (moving, self.candidate(device)) {
            let ends = AwaitingCardValues::running_out(candidate, &moving);
            effects.push(Effect::SaveMoving { device, moving });
            effects.extend(ends);
        }
        self.end(Outcome::Confirmed { device, method, at: self.now }, effects)
    }

    /// A wrong answer counts in the confirmation, on the device and on the user.
    pub(super) fn wrong(&self, candidate: &Candidate) -> Step {
        let (device, policy) = (candidate.device, self.facts.policy);
        let WrongAnswer { effects, device_locked: locked, user_locked } =
            count_wrong_answer((device, candidate.failures), self.facts.user_failures, policy, self.now);
        let wrong_answers = self.confirmation.wrong_answers.saturating_add(1);
        let another = self.usable().any(|c| c.device != device);
        let because = match locked {
            _ if wrong_answers >= policy.wrong_answers => Some(Exhaustion::WrongAnswers),
            _ if user_locked => Some(Exhaustion::UserLocked),
            Some(until) if !another => Some(Exhaustion::DeviceLocked(until)),
            _ => None,
        };
        let mut step = match (because, locked) {
            (Some(because), _) => self.exhaust(because, effects),
            (None, Some(until)) => {
                Step { told: Some(Told::DeviceLocked(until)), ..self.go(State::AwaitingChoice, effects) }
            }
            (None, None) => Step { confirmation: self.confirmation.clone(), effects, told: Some(Told::WrongAnswer) },
        };
        step.confirmation = Confirmation { wrong_answers, ..step.confirmation };
        step
    }

    /// The answer is not evaluated: device or user were locked meanwhile, by another attempt.
    pub(super) fn no_more_answers(&self, candidate: &Candidate) -> Step {
        let locked = candidate.locked(self.facts, self.now);
        match locked {
            _ if self.user_locked() => self.exhaust(Exhaustion::UserLocked, Vec::new()),
            Some(until) if self.usable().next().is_some() => {
                Step { told: Some(Told::DeviceLocked(until)), ..self.go(State::AwaitingChoice, Vec::new()) }
            }
            Some(until) => self.exhaust(Exhaustion::DeviceLocked(until), Vec::new()),
            None => self.exhaust(Exhaustion::WrongAnswers, Vec::new()),
        }
    }

    fn exhaust(&self, because: Exhaustion, mut effects: Vec<Effect>) -> Step {
        effects.push(Effect::Tell(Notice::WrongAnswers));
        self.end(Outcome::Exhausted { at: self.now, because }, effects)
    }
}
