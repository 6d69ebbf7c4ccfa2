//! Names of users who were erased: none is given again, since others may still know the one before by it.

use crate::{app::App, work::Work};
use domain::user::Username;
use store::Error;

/// Whether a user of this name was erased.
pub fn was_erased(work: &mut Work<'_>, username: &Username) -> Result<bool, Error> {
    let digest = digest(work.app, username);
    store::erasure::is_erased_name(work.sql, digest)
}

/// What stays of the name: keyed, so that a copy of the database does not tell it.
pub(super) fn digest(app: &App, username: &Username) -> [u8; 16] {
    app.handles.bucket("erased", username.as_str().as_bytes())
}
