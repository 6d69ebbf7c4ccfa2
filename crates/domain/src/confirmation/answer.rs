//! Judging an answer, and counting a wrong one: the same for every method.

use super::choosing::device_ended;
use super::{
    AwaitingCardValues, Candidate, Confirmation, Exhaustion, Facts, LastWrong, Moment, Outcome, State, Step, Told,
};
use crate::{
    Refusal,
    device::{Keys, Method, Moving, credential::Asked},
    effect::{Counters, Effect, Notice, WrongAnswer},
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
        if !candidate.permitted() || self.has_answered(device) {
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
    pub(super) fn wrong_again(&self) -> Step {
        Step { confirmation: self.confirmation.clone(), effects: Vec::new(), told: Some(Told::WrongAnswer) }
    }

    pub(super) fn user_locked(&self) -> bool {
        self.facts.user_locked(self.confirmation.budget, self.now).is_some()
    }

    /// What an answer with a device counts on.
    fn counters(&self, device: DeviceId, on_device: DeviceFailures) -> Counters<'_> {
        let Facts { user_failures, untold, .. } = *self.facts;
        Counters { device, on_device, budget: self.confirmation.budget, on_user: user_failures, untold }
    }

    /// The right answer: the confirmation is confirmed and the consecutive counters start again; those that stand at
    /// nothing are not written.
    pub(super) fn right(&self, device: DeviceId, method: Method, moving: Option<Moving>) -> Step {
        let failures =
            self.candidate(device).map_or_else(|_| DeviceFailures::default(), |candidate| candidate.failures);
        let mut effects = self.counters(device, failures).right();
        if self.facts.any_unanswered {
            effects.push(Effect::ForgetPushes);
        }
        if let (Some(moving), Ok(candidate)) = (moving, self.candidate(device)) {
            let ends = AwaitingCardValues::running_out(candidate, &moving);
            effects.push(Effect::SaveMoving { device, moving });
            effects.extend(ends);
        }
        if self.is_first(device) {
            return self.first_answer(device, method, effects);
        }
        self.end(Outcome::Confirmed { device, method, at: self.now }, effects)
    }

    /// A wrong answer counts in the confirmation, on the device and on the user.
    pub(super) fn wrong(&self, candidate: &Candidate) -> Step {
        let (device, policy) = (candidate.device, self.facts.policy);
        let WrongAnswer { effects, device_locked: locked, user_locked } =
            self.counters(device, candidate.failures).wrong(policy, self.now);
        let wrong_answers = self.confirmation.wrong_answers.saturating_add(1);
        let another = self.usable().any(|c| c.device != device);
        let because = match locked {
            _ if wrong_answers >= policy.wrong_answers => Some(Exhaustion::WrongAnswers),
            _ if user_locked => Some(Exhaustion::UserLocked),
            Some(until) if !another => Some(Exhaustion::DeviceLocked(until)),
            _ => None,
        };
        let mut step = match (because, locked) {
            (Some(because), _) => self.exhaust(because, effects, device),
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
        let over = |because| self.end(Outcome::Exhausted { at: self.now, because }, self.told_of(candidate.device));
        match candidate.locked(self.facts, self.now) {
            _ if self.user_locked() => over(Exhaustion::UserLocked),
            Some(until) if self.usable().next().is_some() => {
                Step { told: Some(Told::DeviceLocked(until)), ..self.go(State::AwaitingChoice, Vec::new()) }
            }
            Some(until) => over(Exhaustion::DeviceLocked(until)),
            None => over(Exhaustion::WrongAnswers),
        }
    }

    fn exhaust(&self, because: Exhaustion, mut effects: Vec<Effect>, device: DeviceId) -> Step {
        effects.push(Effect::Tell(self.wrong_answers_given(device)));
        self.end(Outcome::Exhausted { at: self.now, because }, effects)
    }

    /// The owner is told of wrong answers where there were any.
    fn told_of(&self, device: DeviceId) -> Vec<Effect> {
        let given = self.confirmation.wrong_answers > 0;
        given.then(|| Effect::Tell(self.wrong_answers_given(device))).into_iter().collect()
    }

    /// What happened, in the owner's words: a password is spoken of only where one was given.
    fn wrong_answers_given(&self, device: DeviceId) -> Notice {
        if self.confirmation.operation.takes_password() { Notice::WrongAnswers } else { Notice::WrongCodes(device) }
    }
}
