//! What a signed-in user sees of the own login: devices, known programs, sessions, activity.

use super::{Refused, candidates, session};
use crate::app::App;
use domain::id::{DeviceId, MarkId};
use std::sync::Arc;
use store::{Error, audit::Entry, device::Device, mark::Mark, session::Session};

/// The overview.
#[derive(Debug)]
pub struct Overview {
    /// Every device the user ever had.
    pub devices: Vec<Device>,
    /// The default one.
    pub default: Option<DeviceId>,
    /// Known programs.
    pub marks: Vec<(Mark, [u8; 32])>,
    /// Living sessions.
    pub sessions: Vec<Session>,
    /// The latest activity.
    pub activity: Vec<Entry>,
}

impl Overview {
    /// Which of the listed marks a browser holds, by the handles it sent.
    pub fn own_marks(&self, held: &[crate::handle::Read]) -> Vec<MarkId> {
        let holds = |digest: &[u8; 32]| held.iter().any(|read| read.digest == *digest);
        self.marks.iter().filter(|(_, digest)| holds(digest)).map(|(mark, _)| mark.id).collect()
    }
}

/// Rows of activity shown.
const ACTIVITY: u32 = 20;

/// Loads the overview of a signed-in user.
pub async fn load(app: &Arc<App>, signed_in: &session::SignedIn) -> Result<Overview, Refused> {
    let (unit_app, user) = (Arc::clone(app), signed_in.user.clone());
    let overview = app.store.read(move |sql| {
        let alive = session::alive(&unit_app, unit_app.now());
        let devices = store::device::of_user(sql, user.id)?;
        Ok::<_, Error>(Overview {
            default: candidates::default_device(&unit_app, &user, &devices),
            devices,
            marks: store::mark::of_user(sql, user.id)?,
            sessions: store::session::of_user(sql, user.id, alive)?,
            activity: store::audit::latest(sql, Some(user.id), ACTIVITY)?,
        })
    });
    Ok(overview.await?)
}
