//! How a confirmation ends. Nothing follows an end.

use crate::{Timestamp, audit::Kind, device::Method, id::DeviceId, lockout::Until};
use serde::{Deserialize, Serialize};

/// The end of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The user confirmed.
    Confirmed {
        /// With this device.
        device: DeviceId,
        /// By this method.
        method: Method,
        /// The moment of the end.
        at: Timestamp,
    },
    /// The user refused.
    Denied {
        /// The moment of the end.
        at: Timestamp,
        /// Whether the user said "it wasn't me".
        reported: bool,
    },
    /// Its time ran out.
    Expired {
        /// The deadline that passed.
        at: Timestamp,
    },
    /// The user left the page that asked, for another start.
    Abandoned {
        /// The moment of the end.
        at: Timestamp,
    },
    /// No more answers are taken.
    Exhausted {
        /// The moment of the end.
        at: Timestamp,
        /// The limit that was reached.
        because: Exhaustion,
    },
}

/// Why no more answers are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exhaustion {
    /// Too many wrong answers in this confirmation.
    WrongAnswers,
    /// The only device locked.
    DeviceLocked(Until),
    /// The user locked.
    UserLocked,
    /// The only device is used up.
    DeviceUsedUp,
}

impl Outcome {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "confirmed",
            Self::Denied { .. } => "denied",
            Self::Expired { .. } => "expired",
            Self::Abandoned { .. } => "abandoned",
            Self::Exhausted { .. } => "exhausted",
        }
    }

    /// The moment of the end.
    pub fn at(self) -> Timestamp {
        match self {
            Self::Confirmed { at, .. }
            | Self::Denied { at, .. }
            | Self::Expired { at }
            | Self::Abandoned { at }
            | Self::Exhausted { at, .. } => at,
        }
    }

    /// The audit row that says so.
    pub fn audit_kind(self) -> Kind {
        match self {
            Self::Confirmed { .. } => Kind::Confirmed,
            Self::Denied { reported: false, .. } => Kind::Denied,
            Self::Denied { reported: true, .. } => Kind::Reported,
            Self::Expired { .. } => Kind::Expired,
            Self::Abandoned { .. } => Kind::Abandoned,
            Self::Exhausted { .. } => Kind::Exhausted,
        }
    }
}
