//! A device that may confirm, as the machine sees it.

use super::{Facts, Moment};
use crate::{
    Refusal, Timestamp,
    device::{Algorithm, Method, Moving},
    id::DeviceId,
    lockout::{DeviceFailures, Until},
};

/// One of the user's active devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub device: DeviceId,
    /// Its class.
    pub class: String,
    /// Its label.
    pub label: String,
    /// Its methods, the preferred one first.
    pub methods: Vec<Method>,
    /// How it computes; none for a device that signs instead.
    pub algorithm: Option<Algorithm>,
    /// What moves on it.
    pub moving: Moving,
    /// Its failures.
    pub failures: DeviceFailures,
    /// Whether it is the user's default device.
    pub default: bool,
}

impl Candidate {
    /// Until when it is locked, if it is.
    pub fn locked(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Until> {
        self.failures.locked(&facts.policy.device_lock, now)
    }

    /// The method to use: the forced one if the device has it, else the preferred one. After too many
    /// unanswered pushes, challenge/response is preferred to another push.
    pub(super) fn method(&self, forced: Option<Method>, facts: &Facts<'_>) -> Result<Method, Refusal> {
        let quiet = facts.unanswered_pushes >= facts.policy.unanswered_pushes;
        let mut open = self.methods.iter().copied().filter(|m| !(quiet && *m == Method::Seamless));
        match forced {
            None => open.next().ok_or(Refusal::UnknownMethod),
            Some(method) => open.find(|m| *m == method).ok_or(Refusal::UnknownMethod),
        }
    }
}

impl Moment<'_> {
    /// The devices that are not locked.
    pub(super) fn usable(&self) -> impl Iterator<Item = &Candidate> {
        self.facts.candidates.iter().filter(|c| c.locked(self.facts, self.now).is_none())
    }
}
