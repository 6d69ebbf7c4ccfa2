//! A user is erased: whatever is personal goes, what was moved and what happened stays without it.

use super::name;
use crate::{
    app::App,
    flow::{
        confirm::turn,
        device::lifecycle,
        login::{session, take_back},
        messages::hook,
        user::{EnrolError, in_user},
    },
    work::{Stop, Work, stops, unless_refused},
};
use domain::{
    audit::{Detail, Kind as Audit},
    confirmation::Event,
    device::lifecycle::DeviceEvent,
    erasure::{self, MoneyUnderWay},
    id::{AuditId, UserId},
};
use serde_json::json;
use std::sync::Arc;
use store::{Error, user::User};

/// Rows that are rewritten at once.
const AT_ONCE: u32 = 500;

/// Why a user is not erased.
#[derive(Debug, thiserror::Error)]
pub enum NotErased {
    /// Something that was confirmed has not been carried out.
    #[error(transparent)]
    MoneyUnderWay(#[from] MoneyUnderWay),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(NotErased);

impl From<NotErased> for EnrolError {
    fn from(not: NotErased) -> Self {
        match not {
            NotErased::MoneyUnderWay(under_way) => under_way.into(),
            NotErased::Store(error) => error.into(),
        }
    }
}

/// Erases a user by an operator's hand.
pub fn by_operator(app: &Arc<App>, username: &str) -> Result<User, EnrolError> {
    in_user(app, username, |work, user| {
        erase(work, &user).map_err(|stop| stop.map(EnrolError::from))?;
        Ok(user)
    })
}

/// Erases a user, in the caller's unit of work.
pub fn erase(work: &mut Work<'_>, user: &User) -> Result<(), Stop<NotErased>> {
    work.about.user = Some(user.id);
    let confirmed = store::withdrawal::confirmed(work.sql, user.id)?;
    erasure::check(confirmed.iter().map(|one| one.state)).map_err(|under_way| Stop::Undone(under_way.into()))?;
    end(work, user.id)?;
    work.record(Audit::UserErased, Detail::none())?;
    hook::tell(work, "user.erased", user.id, &json!({}))?;
    forget_log(work, user.id)?;
    forget_payees(work, user.id)?;
    forget_accounts(work, user.id)?;
    let digest = name::digest(work.app, &user.username);
    store::erasure::erase(work.sql, user.id, &user.username, digest, work.now)?;
    work.sql.wake(user.id.octets());
    Ok(())
}

/// Ends whatever is under way, so that clients, the institution and phones learn of it as of any end.
fn end(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    take_back::all(work, user)?;
    turn::open(work, user, |_| true, &Event::TakenBack)?;
    for device in store::device::of_user(work.sql, user)? {
        if !device.state.ended() {
            unless_refused(lifecycle::pass(work, &device, DeviceEvent::Revoked))?;
        }
    }
    session::end_all(work, user)?;
    work.follow()
}

/// What happened stays in the log, without what is personal in it.
fn forget_log(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    let mut before: Option<AuditId> = None;
    loop {
        let entries = store::audit::page(work.sql, Some(user), before, AT_ONCE)?;
        for entry in &entries {
            // What a version wrote that this one cannot read says nothing any more.
            let kept = entry.record().map_or_else(|| "{}".to_owned(), |record| record.forgotten().to_json());
            if kept != entry.detail {
                store::audit::rewrite(work.sql, user, entry.id, &kept)?;
            }
        }
        let Some(last) = entries.last() else { return Ok(()) };
        before = Some(last.id);
    }
}

/// Accounts stay that others have a share in.
fn forget_accounts(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    for account in store::account::of_user(work.sql, user)? {
        store::account::leave(work.sql, user, &account)?;
        if store::account::users(work.sql, &account)?.is_empty() {
            store::account::forget(work.sql, &account)?;
        }
    }
    Ok(())
}

/// What was moved stays, and what it takes up of limits, without where it went.
fn forget_payees(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    let mut before = None;
    loop {
        let withdrawals = store::withdrawal::of_user(work.sql, user, before, AT_ONCE)?;
        for withdrawal in &withdrawals {
            store::withdrawal::rewrite(work.sql, user, withdrawal.id, &withdrawal.what.forgotten())?;
        }
        let Some(last) = withdrawals.last() else { return Ok(()) };
        before = Some(last.id);
    }
}
