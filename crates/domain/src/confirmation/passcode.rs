//! Awaiting a code that no question belongs to: a passcode that changes with time, or one that stays for a while.

use super::{Moment, Step};
use crate::{
    Refusal,
    device::{Keys, Method, credential::NO_QUESTION},
    id::DeviceId,
};
use serde::{Deserialize, Serialize};

/// The device's current passcode, or the temporary code, is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingPasscode {
    /// The device that shows it.
    pub device: DeviceId,
    /// How it is had.
    #[serde(default = "by_time", skip_serializing_if = "is_by_time")]
    pub method: Method,
}

fn by_time() -> Method {
    Method::TimeCode
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_by_time(method: &Method) -> bool {
    *method == Method::TimeCode
}

impl AwaitingPasscode {
    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        moment.code_submitted(self.device, self.method, NO_QUESTION, (code, keys))
    }
}
