//! Two of the user's devices: the first answer waits for the second, from another device and within the same life.

use super::{Channel, Confirmation, Moment, State, Step};
use crate::{
    Timestamp,
    audit::Kind,
    device::Method,
    effect::{Effect, Notice},
    id::DeviceId,
};
use serde::{Deserialize, Serialize};

/// The first of two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstAnswer {
    /// The device that gave it.
    pub device: DeviceId,
    /// By which method.
    pub method: Method,
    /// When.
    pub at: Timestamp,
}

impl Moment<'_> {
    /// Whether two devices are needed, and no other one has answered that still may.
    pub(super) fn is_first(&self, device: DeviceId) -> bool {
        let second = self.candidate(device).is_ok_and(|candidate| candidate.needs_second());
        second && !self.confirmation.first.is_some_and(|first| first.device != device && self.still_may(first.device))
    }

    fn still_may(&self, device: DeviceId) -> bool {
        self.candidate(device).is_ok_and(|candidate| candidate.permitted())
    }

    /// Whether a device has given the first answer: it counts once.
    pub(super) fn has_answered(&self, device: DeviceId) -> bool {
        self.confirmation.first.is_some_and(|first| first.device == device)
    }

    /// The first answer is kept, and another device is awaited: the phone at once where there is one, since nobody need
    /// be on a page.
    pub(super) fn first_answer(&self, device: DeviceId, method: Method, mut effects: Vec<Effect>) -> Step {
        let first = Some(FirstAnswer { device, method, at: self.now });
        let confirmation = Confirmation { first, state: State::AwaitingChoice, ..self.confirmation.clone() };
        effects.push(Effect::audit_of(Kind::FirstConfirmed, device));
        let next = Moment { confirmation: &confirmation, ..*self };
        let phone = next.usable().find(|candidate| candidate.approves()).filter(|_| next.withheld().is_none());
        if let Some(Ok(step)) = phone.map(|phone| next.await_device(phone, Method::Seamless)) {
            return Step { effects: [effects, step.effects].concat(), ..step };
        }
        // Whoever answered on a page sees there that another device is needed.
        if method == Method::Seamless && confirmation.operation.channel == Channel::Backchannel {
            effects.push(Effect::Tell(Notice::SecondDevice(device)));
        }
        next.go(State::AwaitingChoice, effects)
    }

    /// The device that gave the first answer is no device any more: so it gave none.
    pub(super) fn first_ended(&self) -> Step {
        let confirmation = Confirmation { first: None, ..self.confirmation.clone() };
        Step { confirmation, effects: Vec::new(), told: None }
    }
}
