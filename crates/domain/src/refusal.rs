//! Why something is not done: one closed list, sorted by who is to blame.

use crate::{confirmation::Outcome, device::lifecycle::DeviceState, lockout::Until};

/// Who can do something about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The program that called: it sent a step that does not fit.
    Caller,
    /// The person: a wrong answer, an attempt that is over.
    User,
    /// The institution's policy.
    Policy,
    /// Us.
    Us,
}

/// A refused step. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The step does not fit what is awaited.
    #[error("this attempt does not await that")]
    NotAwaited,
    /// The device is not one that may confirm this.
    #[error("this device cannot confirm this")]
    UnknownDevice,
    /// The device does not have that method.
    #[error("this device does not have that method")]
    UnknownMethod,
    /// The attempt has ended.
    #[error("this attempt has ended")]
    Ended(Outcome),
    /// The device is locked.
    #[error("this device is locked")]
    DeviceLocked(Until),
    /// The user has no device that could confirm this now.
    #[error("no device of this user can confirm this")]
    NoUsableDevice,
    /// Limits or the transfer lock do not let the device, or any of the user's, confirm this.
    #[error("this may not be confirmed so")]
    NotPermitted,
    /// A device in this state cannot do that.
    #[error("a device in the state {0} cannot do that")]
    WrongDeviceState(DeviceState),
    /// What the device needs was not at hand.
    #[error("the device's keys are missing")]
    KeysMissing,
}

impl Refusal {
    /// The stable code, which is also the message key in the catalogues.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAwaited => "not-awaited",
            Self::UnknownDevice => "unknown-device",
            Self::UnknownMethod => "unknown-method",
            Self::Ended(_) => "attempt-ended",
            Self::DeviceLocked(_) => "device-locked",
            Self::NoUsableDevice => "no-usable-device",
            Self::NotPermitted => "not-permitted",
            Self::WrongDeviceState(_) => "wrong-device-state",
            Self::KeysMissing => "keys-missing",
        }
    }

    /// Who can do something about it.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NotAwaited | Self::UnknownDevice | Self::UnknownMethod => Blame::Caller,
            Self::Ended(_) | Self::DeviceLocked(_) => Blame::User,
            Self::NoUsableDevice | Self::NotPermitted | Self::WrongDeviceState(_) => Blame::Policy,
            Self::KeysMissing => Blame::Us,
        }
    }
}
