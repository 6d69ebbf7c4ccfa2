//! The same answer to the same question is the same answer: sent again, by a page that is reloaded or a program that
//! tries once more, it counts once.

use crate::{
    device::Keys,
    id::{ConfirmationId, DeviceId},
};
use serde::{Deserialize, Serialize};

/// The wrong answer that a confirmation got last, by a digest that nobody without the device's key can compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastWrong {
    /// The device that was asked.
    pub device: DeviceId,
    digest: [u8; 32],
}

impl LastWrong {
    /// Of a passkey, whose every assertion is another one.
    pub(super) fn assertion(device: DeviceId) -> Self {
        Self { device, digest: [0; 32] }
    }

    /// Of an answer to what a confirmation asked of a device. Spaces, hyphens and case make no other answer.
    pub(super) fn of(
        confirmation: ConfirmationId,
        device: DeviceId,
        (question, answer): (&str, &str),
        keys: &Keys,
    ) -> Self {
        let typed: String = answer.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        let parts = [
            b"countersign/wrong-answer/v1".as_slice(),
            &confirmation.octets(),
            &device.octets(),
            question.as_bytes(),
            typed.as_bytes(),
        ];
        Self { device, digest: otp::Key::new(keys.key.expose().clone()).digest(&parts) }
    }
}
