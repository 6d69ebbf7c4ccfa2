//! The transfer lock on the phone: seen, and closed in one tap.

use super::{Call, Named, PhoneRefused, SignedBody, ordered, session::admit};
use crate::{
    app::App,
    flow::{
        Refused,
        money::{NotChanged, lock},
    },
};
use domain::money::lock::{Lock, TransferLock as Stands};
use std::sync::Arc;
use wire::phone::{
    lock::{CloseLock, LockState, TransferLock},
    typ,
};

/// How the lock stands.
pub async fn look(app: &Arc<App>, call: Call) -> Result<TransferLock, PhoneRefused> {
    app.work(call.actor(), move |work| {
        let user = admit(work, &call)?.session.user;
        Ok(shown(store::transfer_rule::of_user(work.sql, user)?.lock.at(work.now)))
    })
    .await
}

/// Closes it, or keeps it closed: to stop a thief nothing more is asked than the phone.
pub async fn close(app: &Arc<App>, call: Call, order: &SignedBody<CloseLock>) -> Result<TransferLock, PhoneRefused> {
    let order = order.open(&call, typ::TRANSFER_LOCK)?;
    let named = Named { device: order.device, at: order.at };
    app.work(call.actor(), move |work| {
        let user = ordered(work, &call, &named)?.device.user;
        let closed = lock::close(work, user, None).map_err(|stop| {
            stop.map(|not| match not {
                NotChanged::Refused(refused) => PhoneRefused::Flow(refused),
                // How it was closed last could be wished then, and so it can be now.
                _ => PhoneRefused::Flow(Refused::Internal),
            })
        })?;
        Ok(shown(closed))
    })
    .await
}

fn shown(lock: Stands) -> TransferLock {
    let hours = |lock: Lock| u32::try_from(lock.wait.as_secs() / 3600).ok();
    match lock {
        Stands::Open => TransferLock { state: LockState::Open, until: None, wait_hours: None, cards: false },
        Stands::Closed(lock) => {
            TransferLock { state: LockState::Closed, until: None, wait_hours: hours(lock), cards: lock.cards }
        }
        Stands::Opening { until, lock } => TransferLock {
            state: LockState::Opening,
            until: Some(until.unix_seconds()),
            wait_hours: hours(lock),
            cards: lock.cards,
        },
    }
}
