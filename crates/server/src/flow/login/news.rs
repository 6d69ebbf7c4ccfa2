//! News: kept before its owner until a device says that it was seen.

use super::activity;
use crate::{
    activity::Line,
    app::App,
    flow::money::{Asking, NotChanged, confirmed},
    handle::Kind,
    work::Work,
};
use domain::{
    audit::{Actor, Detail, Kind as Audit, news},
    confirmation::{Confirmation, What},
    id::{AuditId, DeviceId, UserId},
};
use std::sync::Arc;
use store::{Error, audit::Entry, device::Device};

/// Rows that are told at most. What is older waits behind them.
const TOLD: u32 = 50;

/// Rows that are judged at most: more than anybody makes before it is seen.
const JUDGED: u32 = 10_000;

/// What was not said to be seen, newest first; nothing from before the first login, which is where a user begins.
pub fn tell(work: &mut Work<'_>, user: UserId) -> Result<Vec<Line>, Error> {
    let rows = unseen(work, user, TOLD)?;
    activity::lines(work, user, rows)
}

/// Those of a user's active devices that may say that it was seen.
pub fn may_acknowledge(work: &mut Work<'_>, user: UserId, active: &[Device]) -> Result<Vec<DeviceId>, Error> {
    let records: Vec<_> = unseen(work, user, JUDGED)?.iter().filter_map(Entry::record).collect();
    let active: Vec<_> = active.iter().map(|device| device.id).collect();
    Ok(news::may_acknowledge(&active, &records))
}

/// Has a device confirm that it was seen, up to the newest row that was shown: the handle of the attempt. None where there
/// is newer news, or none.
pub async fn ask(app: &Arc<App>, asking: &Asking, shown: AuditId) -> Result<Option<String>, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    let asked = app.work::<_, NotChanged, _>(Actor::User, move |work| {
        asking.paced(work)?;
        let newest = unseen(work, asking.signed_in.user.id, TOLD)?.first().map(|entry| entry.id);
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

fn unseen(work: &mut Work<'_>, user: UserId, most: u32) -> Result<Vec<Entry>, Error> {
    let seen = store::audit::last_of(work.sql, user, [Audit::NewsAcknowledged; 2])?;
    let through = seen.and_then(|entry| entry.record()?.detail.through);
    let from = match through {
        Some(through) => through,
        None => match store::audit::first_of(work.sql, user, Audit::SessionStarted)? {
            Some(first) => first.id,
            None => return Ok(Vec::new()),
        },
    };
    let rows = store::audit::news(work.sql, user, from, most)?;
    Ok(rows.into_iter().filter(|entry| entry.record().is_none_or(|record| news::is_news(&record))).collect())
}
