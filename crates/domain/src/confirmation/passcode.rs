//! Awaiting a passcode that changes with time.

use super::{Moment, Step};
use crate::{
    Refusal,
    device::{Keys, Method, credential::NO_QUESTION},
    id::DeviceId,
};
use serde::{Deserialize, Serialize};

/// The device's current passcode is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingPasscode {
    /// The device that shows it.
    pub device: DeviceId,
}

impl AwaitingPasscode {
    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        moment.code_submitted(self.device, Method::TimeCode, NO_QUESTION, (code, keys))
    }
}
