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
    id::UserId,
};
use store::Error;

/// Takes it back, in the unit of work that locked the password.
pub fn all(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    session::end_all(work, user)?;
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
    store::mark::revoke_all(work.sql, user, work.now)?;
    // Pages and phones that wait learn of it.
    work.sql.wake(user.octets());
    Ok(())
}
