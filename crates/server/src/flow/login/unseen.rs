//! News that no device has said was seen yet, and which device may say so.

use crate::work::Work;
use domain::{
    audit::{Kind as Audit, news},
    id::{DeviceId, UserId},
};
use store::{Error, audit::Entry, device::Device};

/// Rows that are judged at most: more than anybody makes before it is seen.
const JUDGED: u32 = 10_000;

/// Those of a user's active devices that may say that it was seen.
pub fn may_acknowledge(work: &mut Work<'_>, user: UserId, active: &[Device]) -> Result<Vec<DeviceId>, Error> {
    let records: Vec<_> = rows(work, user, JUDGED)?.iter().filter_map(Entry::record).collect();
    let active: Vec<_> = active.iter().map(|device| device.id).collect();
    Ok(news::may_acknowledge(&active, &records))
}

/// The rows, newest first; nothing from before the first login, which is where a user begins.
pub(super) fn rows(work: &mut Work<'_>, user: UserId, most: u32) -> Result<Vec<Entry>, Error> {
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
