//! What the institution reads of users.

use super::{NotDone, named};
use crate::{
    app::App,
    flow::{confirm::candidates, login::session},
    work::{Stop, Work},
};
use domain::{
    audit::Actor,
    device::Method,
    id::{AuditId, DeviceId, SessionId},
    lockout::{Budget, Until},
};
use std::sync::Arc;
use store::{device::Device, user::User};

pub use store::{audit::Entry, contact::Channel, session::Session};

/// A user, with what belongs to it.
#[derive(Debug)]
pub struct Known {
    /// The user.
    pub user: User,
    /// Where messages go, masked.
    pub contacts: Vec<(Channel, String)>,
    /// The accounts.
    pub accounts: Vec<String>,
}

/// A user.
pub async fn user(app: &Arc<App>, name: String) -> Result<Known, NotDone> {
    app.look(move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        known(work, user)
    })
    .await
}

/// Users by name, after one of them.
pub async fn users(app: &Arc<App>, after: String, limit: u32) -> Result<Vec<Known>, NotDone> {
    app.look(move |work| {
        let page = store::user::page(work.sql, &after, limit)?;
        page.into_iter().map(|user| known(work, user)).collect()
    })
    .await
}

/// What there is to tell of a user.
pub(super) fn known(work: &mut Work<'_>, user: User) -> Result<Known, Stop<NotDone>> {
    let contacts = store::contact::of_user(work.sql, &work.app.sealer, user.id)?;
    Ok(Known {
        contacts: contacts.iter().map(|contact| (contact.channel, contact.masked())).collect(),
        accounts: store::account::of_user(work.sql, user.id)?,
        user,
    })
}

/// A device of a user.
#[derive(Debug)]
pub struct Held {
    /// The device.
    pub device: Device,
    /// The methods by which it confirms.
    pub methods: Vec<Method>,
    /// Whether it is the default one.
    pub default: bool,
}

/// Every device that a user ever had.
pub async fn devices(app: &Arc<App>, name: String) -> Result<Vec<Held>, NotDone> {
    app.look(move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        let devices = store::device::of_user(work.sql, user.id)?;
        let default = candidates::default_device(work.app, &user, &devices);
        let catalogue = &work.app.settings.catalogue;
        let held = |device: Device| Held {
            methods: catalogue.class(&device.class).map(|class| class.methods.clone()).unwrap_or_default(),
            default: Some(device.id) == default,
            device,
        };
        Ok(devices.into_iter().map(held).collect())
    })
    .await
}

/// Something that is locked.
#[derive(Debug, Clone, Copy)]
pub struct Locked {
    /// The device; none is the user.
    pub device: Option<DeviceId>,
    /// Until when.
    pub until: Until,
    /// Consecutive failures.
    pub failures: u32,
}

/// What is locked of a user, for those who are not known.
pub async fn locks(app: &Arc<App>, name: String) -> Result<Vec<Locked>, NotDone> {
    app.look(move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        let policy = &work.app.settings.policy;
        let mut locks = Vec::new();
        for (budget, failures) in store::failure::of_user(work.sql, user.id)? {
            if budget == Budget::Strangers
                && let Some(until) = failures.locked(&policy.user_lock, work.now)
            {
                locks.push(Locked {
                    device: None,
                    until: Until::At(until),
                    failures: u32::try_from(failures.moments().len()).unwrap_or(u32::MAX),
                });
            }
        }
        for device in store::device::of_user(work.sql, user.id)? {
            if let Some(until) = device.failures.locked(&policy.device_lock, work.now) {
                locks.push(Locked { device: Some(device.id), until, failures: device.failures.consecutive });
            }
        }
        Ok(locks)
    })
    .await
}

/// The audit log of a user, the newest first, before an entry.
pub async fn activity(
    app: &Arc<App>,
    name: String,
    before: Option<AuditId>,
    limit: u32,
) -> Result<Vec<Entry>, NotDone> {
    app.look(move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        Ok(store::audit::page(work.sql, Some(user.id), before, limit)?)
    })
    .await
}

/// The living sessions of a user.
pub async fn sessions(app: &Arc<App>, name: String) -> Result<Vec<Session>, NotDone> {
    app.look(move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        let alive = session::alive(work.app, work.now);
        Ok(store::session::of_user(work.sql, user.id, alive)?)
    })
    .await
}

/// Ends a session of a user, as its own end would.
pub async fn end_session(app: &Arc<App>, name: String, id: SessionId, client: &str) -> Result<(), NotDone> {
    let by = Actor::Client { id: client.to_owned() };
    app.work(by, move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        work.about.user = Some(user.id);
        if session::end_one(work, user.id, id)? { Ok(()) } else { Err(NotDone::Unknown.into()) }
    })
    .await
}
