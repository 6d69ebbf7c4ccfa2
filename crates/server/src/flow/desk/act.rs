//! What any one agent does: set a device aside, report it lost, lift a lock that time would lift, end sessions.

use super::{NotDone, OnDuty};
use crate::{
    app::App,
    flow::{
        device::{issue, lifecycle},
        login::session,
        messages::notice,
        user,
    },
    work::{Origin, Stop, Work},
};
use domain::{
    desk::Right,
    device::lifecycle::DeviceEvent,
    effect::Notice,
    id::{DeviceId, UserId},
};
use std::sync::Arc;
use store::{device::Device, user::User};

/// What an agent does to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Sets a device aside.
    Suspend(DeviceId),
    /// Ends a device that is lost.
    Lost(DeviceId),
    /// Lifts a device's lock.
    UnlockDevice(DeviceId),
    /// Lifts the user's lock after failures.
    Unlock,
    /// Ends every session.
    EndSessions,
}

impl Act {
    /// What the roles must allow.
    pub fn right(self) -> Right {
        match self {
            Self::Suspend(_) | Self::Lost(_) => Right::Suspend,
            Self::Unlock | Self::UnlockDevice(_) => Right::Unlock,
            Self::EndSessions => Right::EndSessions,
        }
    }
}

/// Does it, and tells the user.
pub async fn act(app: &Arc<App>, agent: &OnDuty, origin: Origin, user: UserId, act: Act) -> Result<(), NotDone> {
    let own = agent.signed_in.user.id;
    app.work(agent.actor(), move |work| {
        if own == user {
            return Err(domain::desk::CaseRefusal::OwnUser.into());
        }
        work.about.user = Some(user);
        work.about.address = Some(origin.address);
        let user = store::user::by_id(work.sql, user)?.ok_or(NotDone::Unknown)?;
        carried_out(work, &user, act)
    })
    .await
}

fn carried_out(work: &mut Work<'_>, user: &User, act: Act) -> Result<(), Stop<NotDone>> {
    match act {
        Act::Suspend(id) => passed(work, user, id, DeviceEvent::Suspended),
        Act::Lost(id) => passed(work, user, id, DeviceEvent::ReportedLost),
        Act::UnlockDevice(id) => {
            let device = device(work, user, id)?;
            if issue::unlocked(work, &device)? { Ok(()) } else { Err(NotDone::Nothing.into()) }
        }
        Act::Unlock => {
            // Somebody else has the password of whoever said "it wasn't me": that takes two people and another password.
            if user.password_locked_at.is_some() || !user::unlocked(work, user)? {
                return Err(NotDone::Nothing.into());
            }
            Ok(())
        }
        Act::EndSessions => {
            session::end_all(work, user.id)?;
            store::mark::revoke_all(work.sql, user.id, work.now)?;
            Ok(notice::tell(work, user.id, Notice::SessionsEnded)?)
        }
    }
}

fn passed(work: &mut Work<'_>, user: &User, id: DeviceId, event: DeviceEvent) -> Result<(), Stop<NotDone>> {
    let device = device(work, user, id)?;
    let state = lifecycle::pass(work, &device, event).map_err(|stop| stop.map(|_| NotDone::Nothing))?;
    Ok(notice::tell(work, user.id, issue::told_of(&state, id))?)
}

fn device(work: &mut Work<'_>, user: &User, id: DeviceId) -> Result<Device, Stop<NotDone>> {
    Ok(store::device::one(work.sql, user.id, id)?.ok_or(NotDone::Unknown)?)
}
