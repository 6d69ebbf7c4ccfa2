//! "It wasn't me": somebody else has the password. Whatever it gave, and whatever it is about to give, is taken back.
//!
//! What the user's devices hold by themselves stays: a phone's own tokens rest on its key, not on the password.

use crate::{
    app::App,
    flow::{
        confirm::{effects::Scene, turn::turn_open},
        login::session,
        phone::activate,
    },
};
use domain::{
    confirmation::{Confirmation, Event},
    id::UserId,
};
use store::{Error, Sql};

/// Takes it back, in the unit of work that locked the password.
pub fn all(app: &App, sql: &mut dyn Sql, scene: &Scene, user: UserId) -> Result<(), Error> {
    session::end_all(app, sql, scene, user)?;
    // Also what was granted outside of any session, and what outlives one (`offline_access`).
    store::grant::end_all(sql, user, scene.now)?;
    store::code::withdraw(sql, user, scene.now)?;
    // Attempts behind a password: those under way, and those that nobody has fetched yet.
    let behind_password = |confirmation: &Confirmation| confirmation.operation.behind_password();
    turn_open(app, sql, scene, user, (&behind_password, &Event::Declined))?;
    store::confirmation::forfeit(sql, user, scene.now)?;
    // Phones on their way to being a device, begun by the password or from a session.
    store::invitation::withdraw(sql, user, scene.now)?;
    activate::give_up_all(app, sql, scene, user)?;
    // A browser that logged in may be the thief's: none is known any more.
    store::mark::revoke_all(sql, user, scene.now)?;
    // Pages and phones that wait learn of it.
    sql.wake(user.octets());
    Ok(())
}
