//! The version of a user: it counts the units that wrote the user's rows, and so tells whether what a unit has read of
//! them still holds.

use crate::sql::{params, statements};
use crate::{Stmt, Val};

statements! {
    /// What a unit reads before anything else.
    pub(crate) VERSION = "SELECT version FROM users WHERE user_id = $1";
    /// What it writes before anything else: it changes one row, or the unit runs again.
    pub(crate) HOLDS = "UPDATE users SET version = version + 1 WHERE user_id = $1 AND version = $2";
    /// What a unit that was not guarded writes before the first row of a user.
    pub(crate) RAISE = "UPDATE users SET version = version + 1 WHERE user_id = $1";
}

/// A user as the guard of a unit knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Holder(pub(crate) [u8; 16]);

impl Holder {
    pub(crate) fn key(self) -> Val {
        Val::from(self.0)
    }

    /// The arguments of [`HOLDS`].
    pub(crate) fn at(self, version: i64) -> [Val; 2] {
        params![self.0, version]
    }
}

/// A statement of the guard itself, which is no work of the unit's and not counted as such.
pub(crate) fn is_own(stmt: Stmt) -> bool {
    [VERSION, HOLDS, RAISE].contains(&stmt)
}
