//! Contact points that change: wished for on a page or posted by the institution, made, and undone.

pub mod change;
pub mod point;
pub mod undo;
pub mod wish;

use crate::{flow::Refused, work::stops};
use domain::contact_change;
use store::Error;

/// Why contact points stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// It may not be.
    #[error(transparent)]
    Rule(#[from] contact_change::NotChanged),
    /// Neither a mail address nor a telephone number, or not of the kind that it is to replace.
    #[error("no mail address and no telephone number")]
    Address,
    /// The user has it already.
    #[error("the user has this contact point")]
    Known,
    /// The code is wrong; another try is left.
    #[error("a wrong code")]
    WrongCode,
    /// The code is too old, was typed wrong too often, or never was.
    #[error("this code is not good any more")]
    CodeOver,
    /// As anywhere.
    #[error(transparent)]
    Refused(#[from] Refused),
}

stops!(NotChanged);
stops!(NotChanged: Refused, contact_change::NotChanged);

impl From<Error> for NotChanged {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}
