//! A device that ran too far ahead, brought in step within the attempt by two answers in a row.

use super::choosing::device_ended;
use super::{Candidate, Confirmation, LastWrong, Moment, Step};
use crate::{
    Refusal,
    audit::Kind,
    device::{Algorithm, Keys, credential::Asked},
    effect::{Effect, Notice},
    lockout::DeviceFailures,
};

impl Confirmation {
    /// The device that may be brought in step now: it is awaited, something of it can run ahead, and what it answered last
    /// was wrong.
    pub fn out_of_step<'a>(&self, candidates: &'a [Candidate]) -> Option<&'a Candidate> {
        let device = self.last_wrong.map(|last| last.device).filter(|wrong| self.device() == Some(*wrong))?;
        let runs_ahead = |candidate: &&Candidate| candidate.algorithm.as_ref().is_some_and(Algorithm::runs_ahead);
        candidates.iter().find(|candidate| candidate.device == device).filter(runs_ahead)
    }
}

impl Moment<'_> {
    /// Two codes in a row were typed. What fits takes the device up with again and confirms nothing: the attempt goes on
    /// where it was. What does not is one wrong answer, and the same again is the same answer.
    pub(super) fn consecutive(
        &self,
        [one, other]: [&str; 2],
        [first, second]: [&str; 2],
        keys: &Keys,
    ) -> Result<Step, Refusal> {
        let candidate = self.confirmation.out_of_step(self.facts.candidates).ok_or(Refusal::NotAwaited)?;
        let device = candidate.device;
        if !candidate.permitted() || self.has_answered(device) {
            return Ok(device_ended(self, device));
        }
        if candidate.locked(self.facts, self.now).is_some() || self.user_locked() {
            return Ok(self.no_more_answers(candidate));
        }
        let algorithm = candidate.algorithm.as_ref().ok_or(Refusal::UnknownMethod)?;
        let asked = |question, answer| Asked { question, answer, now: self.now, policy: self.facts.policy };
        let judged = algorithm.resynchronise(keys, &candidate.moving, [asked(one, first), asked(other, second)]);
        let Ok(moving) = judged else {
            let (questions, codes) = (format!("{one} {other}"), format!("{first} {second}"));
            let given = LastWrong::of(self.confirmation.id, device, (&questions, &codes), keys);
            let mut step = match self.confirmation.last_wrong {
                Some(last) if last == given => self.wrong_again(),
                _ => self.wrong(candidate),
            };
            step.confirmation.last_wrong = Some(given);
            return Ok(step);
        };
        let effects = vec![
            Effect::SaveMoving { device, moving },
            Effect::SaveDeviceFailures { device, failures: DeviceFailures::default() },
            Effect::audit_of(Kind::DeviceResynchronised, device),
            Effect::Tell(Notice::DeviceResynchronised(device)),
        ];
        let confirmation = Confirmation { last_wrong: None, ..self.confirmation.clone() };
        Ok(Step { confirmation, effects, told: None })
    }
}
