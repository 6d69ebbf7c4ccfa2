//! Contact points that change: which of them are told, which are a way back, and what a change can be undone to.
//!
//! Whoever changes a contact point may not be its owner. So a change is told where messages went before, can be undone from
//! there for [`UNDONE_WITHIN`], and a contact point that came or came back so lately is no way back.

use crate::{
    id::{ConfirmationId, ContactId},
    time::Timestamp,
};
use std::time::Duration;

/// How long a change can be undone, and so how long a new contact point is no way back.
pub const UNDONE_WITHIN: Duration = Duration::from_secs(72 * 3600);
/// How long a code is good that was sent to what is to become a contact point.
pub const CODE_LIFE: Duration = Duration::from_secs(900);
/// Wrong codes that end an attempt to add one.
pub const WRONG_CODES: u32 = 3;
/// Codes that a user may have sent to new contact points in a day.
pub const CODES_A_DAY: u32 = 5;
/// Contact points that a user may have at once.
pub const MOST: usize = 6;

/// A contact point, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Which one.
    pub id: ContactId,
    /// When it joined the others by a change; none of one that came with its user.
    pub joined_at: Option<Timestamp>,
    /// When it was replaced or removed.
    pub left_at: Option<Timestamp>,
}

impl Point {
    /// Whether it is one of the user's contact points.
    pub fn in_force(&self) -> bool {
        self.left_at.is_none()
    }

    /// Whether it had been one for long enough at a moment that no change could take it back.
    fn stood(&self, at: Timestamp) -> bool {
        self.joined_at.is_none_or(|joined| at >= joined.plus(UNDONE_WITHIN))
    }

    /// Whether what happens is told there: also where its owner may have lost it to somebody else's change.
    pub fn is_told(&self, now: Timestamp) -> bool {
        match self.left_at {
            None => true,
            Some(left) => self.stood(left) && now < left.plus(UNDONE_WITHIN),
        }
    }

    /// Whether codes and links that let somebody in are sent there.
    pub fn is_way_back(&self, now: Timestamp) -> bool {
        self.in_force() && self.stood(now)
    }

    /// Whether a change of now can be undone from there: it is told, and it did not come by a change that can be undone
    /// itself.
    pub fn may_undo(&self, now: Timestamp) -> bool {
        self.is_told(now) && self.stood(self.left_at.unwrap_or(now))
    }
}

/// What is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A further one.
    Add,
    /// Another one in place of this.
    Replace(ContactId),
    /// This one no more.
    Remove(ContactId),
}

impl Wish {
    /// The one that is not used any more.
    pub fn old(self) -> Option<ContactId> {
        match self {
            Self::Add => None,
            Self::Replace(old) | Self::Remove(old) => Some(old),
        }
    }
}

/// Why contact points stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// The user has no such contact point.
    #[error("there is no such contact point")]
    Unknown,
    /// It is the only one.
    #[error("this is the only contact point: add another one first")]
    Last,
    /// There are as many as may be.
    #[error("there are as many contact points as may be")]
    TooMany,
}

/// Whether a wish may be granted.
pub fn check(points: &[Point], wish: Wish) -> Result<(), NotChanged> {
    let in_force = || points.iter().filter(|point| point.in_force());
    let known = |id: ContactId| in_force().any(|point| point.id == id);
    match wish {
        Wish::Add if in_force().count() >= MOST => Err(NotChanged::TooMany),
        Wish::Replace(old) | Wish::Remove(old) if !known(old) => Err(NotChanged::Unknown),
        Wish::Remove(_) if in_force().count() < 2 => Err(NotChanged::Last),
        _ => Ok(()),
    }
}

/// A change that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which one: ids sort in the order of the changes.
    pub id: ConfirmationId,
    /// When.
    pub at: Timestamp,
    /// What came by it.
    pub added: Option<ContactId>,
    /// What went by it.
    pub ended: Option<ContactId>,
    /// Whether it was undone.
    pub undone: bool,
}

impl Change {
    /// Whether it can be undone still.
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        !self.undone && now < self.at.plus(UNDONE_WITHIN)
    }
}

/// What undoing a change does: the contact points are again those from before it, so every later change is undone too.
/// Whoever made the one may have made the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undoing {
    /// The changes.
    pub changes: Vec<ConfirmationId>,
    /// The contact points that go.
    pub gone: Vec<ContactId>,
    /// Those that are back.
    pub back: Vec<ContactId>,
}

/// Undoes a change, among all of its user's; none where it cannot be undone any more.
pub fn undo(changes: &[Change], which: ConfirmationId, now: Timestamp) -> Option<Undoing> {
    let first = changes.iter().find(|change| change.id == which).filter(|change| change.can_be_undone(now))?;
    let from = |change: &&Change| !change.undone && (change.at, change.id) >= (first.at, first.id);
    let mut undoing = Undoing::default();
    for change in changes.iter().filter(from) {
        undoing.changes.push(change.id);
        undoing.gone.extend(change.added);
        undoing.back.extend(change.ended);
    }
    let gone = undoing.gone.clone();
    undoing.back.retain(|id| !gone.contains(id));
    Some(undoing)
}

#[cfg(test)]
mod tests;
