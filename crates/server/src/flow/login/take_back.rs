//! "It wasn't me": somebody else has the password. Whatever it gave, and whatever it is about to give, is taken back.
//!
//! What the user's devices hold by themselves stays: a phone's own tokens rest on its key, not on the password.

use super::session;
use crate::{
    flow::{confirm::turn, phone::activate},
    work::Work,
};
use domain::{
    confirmation::{Confirmation, Event},
    id::{MarkId, SessionId, UserId},
};
use store::Error;

/// What stays, as it is in the hands of whoever takes the rest back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept {
    /// The session.
    pub session: Option<SessionId>,
    /// The mark of its browser.
    pub mark: Option<MarkId>,
}

/// Takes it back, in the unit of work that locked the password.
pub fn all(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    all_but(work, user, Kept::default())
}

/// The same, but for what stays.
pub fn all_but(work: &mut Work<'_>, user: UserId, kept: Kept) -> Result<(), Error> {
    session::end_others(work, user, kept.session)?;
    // Also what was granted outside of any session, and what outlives one (`offline_access`).
    store::grant::end_all(work.sql, user, work.now)?;
    store::code::withdraw(work.sql, user, work.now)?;
    // Attempts behind a password: those under way, and those that nobody has fetched yet.
    let behind_password = |confirmation: &Confirmation| confirmation.operation.behind_password();
    turn::open(work, user, behind_password, &Event::TakenBack)?;
    store::confirmation::forfeit(work.sql, user, work.now)?;
    // Phones on their way to being a device, begun by the password or from a session.
    store::invitation::withdraw(work.sql, user, work.now)?;
    activate::give_up_all(work, user)?;
    // A browser that logged in may be the thief's: none is known any more.
    match kept.mark {
        Some(mark) => store::mark::revoke_others(work.sql, user, mark, work.now)?,
        None => store::mark::revoke_all(work.sql, user, work.now)?,
    }
    // Pages and phones that wait learn of it.
    work.sql.wake(user.octets());
    Ok(())
}
