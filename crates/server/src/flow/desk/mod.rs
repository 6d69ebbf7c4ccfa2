//! The secure-login desk: its agents, what any one of them does, what needs two, temporary access.

pub mod act;
pub mod agent;
pub mod agree;
pub mod alarm;
pub mod call;
pub mod case;
pub mod find;
pub mod mailing;
pub mod online_card;
pub mod queue;
pub mod reprint;
pub mod step;
pub mod temporary;
pub mod undelivered;

use crate::{flow::Refused, work::stops};
use domain::desk::{AlarmRefusal, CallRefusal, CaseRefusal, SendRefusal, temporary::NotLent};
use operation::TextError;
use store::Error;

pub use agent::OnDuty;

/// Why nothing was done at the desk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// There is no such user, device, order or case.
    #[error("there is no such thing")]
    Unknown,
    /// The case does not allow it.
    #[error(transparent)]
    Case(#[from] CaseRefusal),
    /// Nobody is checked now.
    #[error(transparent)]
    Call(#[from] CallRefusal),
    /// It is another agent's alarm, or one's own.
    #[error(transparent)]
    Alarm(#[from] AlarmRefusal),
    /// The message is not sent again.
    #[error(transparent)]
    Send(#[from] SendRefusal),
    /// No temporary access now.
    #[error(transparent)]
    Lent(#[from] NotLent),
    /// Reason or check are missing, or cannot be shown as they are.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// It is not locked, not active: there is nothing to do.
    #[error("nothing to do")]
    Nothing,
    /// There is nowhere to send a message.
    #[error("no contact point")]
    NoContact,
    /// As anywhere; no device of the agent's may confirm it: [`Refused::NotPermitted`].
    #[error(transparent)]
    Refused(#[from] Refused),
}

stops!(NotDone);
stops!(NotDone: AlarmRefusal, SendRefusal, CallRefusal, CaseRefusal, NotLent, Refused);

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}
