//! Ending what time has ended, so that the log tells of it even when nobody comes back to look; and taking into use what was
//! mailed long enough ago.

use super::{
    Refused,
    confirm::turn,
    contact::point,
    desk::{case, temporary},
    device::order,
    login::session,
    phone::activate,
};
use crate::{app::App, work::Work};
use domain::{audit::Actor, id::UserId};
use std::sync::Arc;
use store::{
    Error,
    retention::{self, Terms},
};

/// Confirmations ended in one unit of work.
const BATCH: u32 = 100;

/// Ends overdue confirmations and sessions, and forgets what is of no more use; the number of confirmations ended.
pub async fn sweep(app: &Arc<App>) -> Result<usize, Refused> {
    let ended = app.work::<_, Refused, _>(Actor::Server, |work| {
        activate::sweep(work, BATCH)?;
        session::sweep(work, BATCH)?;
        order::sweep(work, BATCH)?;
        temporary::sweep(work, BATCH)?;
        case::sweep(work, BATCH)?;
        point::file(work, BATCH)?;
        Ok(overdue(work)?)
    });
    let ended = ended.await?;
    forget(app).await?;
    Ok(ended)
}

/// Forgets what the list of tables says, in units of work of a bounded size: what is swept over all users until nothing is
/// left, and of the users some each time, one after the other.
async fn forget(app: &Arc<App>) -> Result<(), Refused> {
    while forget_batch(app).await? {}
    let after = app.swept.last();
    let mut last = forget_behind(app, after).await?;
    if last.is_none() && after != UserId::NOBODY {
        last = forget_behind(app, UserId::NOBODY).await?;
    }
    app.swept.set(last);
    Ok(())
}

async fn forget_batch(app: &Arc<App>) -> Result<bool, Refused> {
    app.work(Actor::Server, |work| Ok(retention::sweep(work.sql, &terms(work.app), work.now)?)).await
}

async fn forget_behind(app: &Arc<App>, after: UserId) -> Result<Option<UserId>, Refused> {
    app.work(Actor::Server, move |work| Ok(retention::sweep_users(work.sql, &terms(work.app), after, work.now)?)).await
}

fn terms(app: &App) -> Terms {
    let settings = &app.settings;
    Terms {
        history: settings.history,
        marks: settings.mark_life,
        places: settings.familiar_for,
        phones: settings.phone_unused_for,
    }
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
