//! News: kept before its owner until a device says that it was seen.

use super::{activity, unseen};
use crate::{
    activity::Line,
    app::App,
    flow::money::{Asking, NotChanged, confirmed},
    handle::Kind,
    work::Work,
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    id::{AuditId, UserId},
};
use std::sync::Arc;
use store::Error;

/// Rows that are told at most. What is older waits behind them.
const TOLD: u32 = 50;

/// What was not said to be seen, newest first; nothing from before the first login, which is where a user begins.
pub fn tell(work: &mut Work<'_>, user: UserId) -> Result<Vec<Line>, Error> {
    let rows = unseen::rows(work, user, TOLD)?;
    activity::lines(work, user, rows)
}

/// Has a device confirm that it was seen, up to the newest row that was shown: the handle of the attempt. None where there
/// is newer news, or none.
pub async fn ask(app: &Arc<App>, asking: &Asking, shown: AuditId) -> Result<Option<String>, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    let asked = app.work::<_, NotChanged, _>(Actor::User, move |work| {
        asking.paced(work)?;
        let newest = unseen::rows(work, asking.signed_in.user.id, TOLD)?.first().map(|entry| entry.id);
        if newest != Some(shown) {
            return Ok(false);
        }
        asking.offer(work, What::NewsAcknowledgement, digest)?;
        Ok(true)
    });
    Ok(asked.await?.then_some(handle))
}

/// What the confirmed word gives: what was there when it was asked is news no more.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if confirmation.operation.what != What::NewsAcknowledgement {
        return Ok(());
    }
    let Some((by, _)) = confirmed(work, confirmation)? else { return Ok(()) };
    let through = AuditId::first(confirmation.created_at);
    work.record_of(by, Audit::NewsAcknowledged, Detail::none().through(through))
}
