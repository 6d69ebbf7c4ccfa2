//! Ending what time has ended, so that the log tells of it even when nobody comes back to look.

use super::{
    Refused,
    confirm::turn,
    login::session,
    messages::{outbox, queue},
    phone::{activate, invite},
};
use crate::{
    app::App,
    work::{Stop, Work},
};
use domain::audit::Actor;
use std::{sync::Arc, time::Duration};
use store::Error;

/// Confirmations ended in one unit of work.
const BATCH: u32 = 100;

/// How long a back end's request that is over is still told apart from one that never was.
const ANSWERED_FOR: Duration = Duration::from_secs(3600);

/// Ends overdue confirmations and sessions, and forgets what is of no more use; the number of confirmations ended.
pub async fn sweep(app: &Arc<App>) -> Result<usize, Refused> {
    app.work(Actor::Server, |work| {
        forget(work)?;
        activate::sweep(work, BATCH)?;
        session::sweep(work, BATCH)?;
        Ok::<_, Stop<_>>(overdue(work)?)
    })
    .await
}

/// Deletes what is of no more use.
fn forget(work: &mut Work<'_>) -> Result<(), Error> {
    store::throttle::sweep(work.sql, work.now)?;
    store::request::sweep(work.sql, work.now)?;
    store::replay::sweep(work.sql, work.now)?;
    store::pin_change::sweep(work.sql, work.now)?;
    store::backchannel::sweep(work.sql, work.now.minus(ANSWERED_FOR))?;
    invite::sweep(work)?;
    queue::sweep(work)?;
    outbox::sweep(work)?;
    Ok(())
}

/// Ends confirmations whose time is over, as anybody who comes back to look would.
fn overdue(work: &mut Work<'_>) -> Result<usize, Error> {
    let overdue = store::confirmation::overdue(work.sql, work.now, BATCH)?;
    for (user, id) in &overdue {
        if let Some(stored) = store::confirmation::by_id(work.sql, *user, *id)? {
            turn::expire(work, *user, &stored)?;
        }
    }
    Ok(overdue.len())
}
