//! Why a step of a login was not done: the refusal that most use cases share.

use crate::work::stops;
use domain::{Refusal, confirmation::Candidate, money::rate::NotConverted};
use std::time::Duration;

/// Why a step of a login was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Unknown user, wrong password or locked user.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The handle is unknown, or another client's.
    #[error("unknown attempt")]
    UnknownAttempt,
    /// The user has no device that could confirm this.
    #[error("no usable device")]
    NoUsableDevice {
        /// Whether the app can be activated by the registered number.
        recover: bool,
    },
    /// Limits or the transfer lock let none of these devices, or not the one that was chosen, confirm this.
    #[error("not permitted")]
    NotPermitted(Vec<Candidate>),
    /// There is no fresh rate for the currency, or the amount is beyond all counting.
    #[error(transparent)]
    NotCounted(NotConverted),
    /// There is no calendar of business days for today.
    #[error("no calendar of business days")]
    NoCalendar,
    /// The user has no contact point that a code could be sent to.
    #[error("no contact point")]
    NoContact,
    /// The core refuses the step: it does not fit, the attempt has ended, or the device is locked.
    #[error(transparent)]
    Step(Refusal),
    /// Too many tries; another may be made after this long.
    #[error("too many tries")]
    Throttled(Duration),
    /// Too many at once; try again.
    #[error("too busy")]
    Busy,
    /// The database is away, full or held; it was logged.
    #[error("the database is not to be had for the moment")]
    Unavailable,
    /// The trouble is ours; it was logged.
    #[error("internal error")]
    Internal,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoUsableDevice => Self::NoUsableDevice { recover: false },
            Refusal::KeysMissing | Refusal::WrongDeviceState(_) => {
                tracing::error!(refusal = refusal.code(), "a refusal that is our fault");
                Self::Internal
            }
            refusal => Self::Step(refusal),
        }
    }
}

stops!(Refused);
stops!(Refused: Refusal);
stops!(Refusal);

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Retry => Self::Busy,
            error @ (store::Error::Busy
            | store::Error::Full { .. }
            | store::Error::Away { .. }
            | store::Error::Commit { .. }
            | store::Error::Closed) => {
                tracing::error!(%error, "the database is not to be had");
                Self::Unavailable
            }
            error => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

impl From<crate::passwords::HashError> for Refused {
    fn from(error: crate::passwords::HashError) -> Self {
        match error {
            crate::passwords::HashError::Busy => Self::Busy,
            crate::passwords::HashError::Failed => {
                tracing::error!("a password could not be compared");
                Self::Internal
            }
        }
    }
}
