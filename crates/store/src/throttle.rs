//! Token buckets that survive a restart and are shared by all nodes.
//!
//! A bucket is one moment: when it will be full again (the generic cell rate algorithm). Taking a token moves that
//! moment on by the time one token takes to come back; a bucket is empty when the moment lies further ahead than
//! the whole bucket takes to fill.
//!
//! No moment is believed that lies further ahead than a whole bucket: it was written by a clock that has been put right
//! since. Such a bucket counts as one that was just emptied.

use crate::{
    Ask, Error, Sql,
    sql::{params, statements},
};
use domain::Timestamp;
use std::time::Duration;

/// A bucket's size and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens of a full bucket.
    pub burst: u32,
    /// How long one token takes to come back.
    pub each: Duration,
}

statements! {
    TAKE = "INSERT INTO throttle (bucket, full_at) VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT))
        ON CONFLICT (bucket) DO UPDATE SET full_at =
            CASE WHEN throttle.full_at > $5 THEN CAST($4 AS BIGINT) WHEN throttle.full_at > $2 THEN throttle.full_at
                ELSE CAST($2 AS BIGINT) END + CAST($3 AS BIGINT)
        WHERE throttle.full_at <= $4 OR throttle.full_at > $5";
    FULL_AT = "SELECT full_at FROM throttle WHERE bucket = $1";
    SWEEP = "DELETE FROM throttle WHERE bucket IN (
        SELECT bucket FROM throttle WHERE full_at <= $1 LIMIT 1000)";
}

impl Rate {
    /// The latest moment at which a bucket may be full again and still has a token.
    fn latest(self, now: Timestamp) -> Timestamp {
        now.plus(self.each.saturating_mul(self.burst.saturating_sub(1)))
    }

    /// How long until a bucket has a token; `None` when it has one, or when its moment cannot be.
    fn wait(self, full_at: Timestamp, now: Timestamp) -> Option<Duration> {
        let latest = self.latest(now);
        (full_at > latest && full_at <= latest.plus(self.each)).then(|| full_at.since(latest))
    }
}

/// Takes a token. `None` when there was one; else how long until the next one.
pub fn take(sql: &mut dyn Sql, bucket: [u8; 16], rate: Rate, now: Timestamp) -> Result<Option<Duration>, Error> {
    let each = i64::try_from(rate.each.as_micros()).unwrap_or(i64::MAX);
    let latest = rate.latest(now);
    let whole = latest.plus(rate.each);
    // What is known to be empty is not tried: a refusal is nothing that anybody must undo.
    let foreseen = sql.foreseen(&ask(bucket))?.and_then(|rows| rows.into_iter().next());
    let full_at = foreseen.map(|row| row.i64(0)).transpose()?.map(Timestamp::from_micros);
    if let Some(wait) = full_at.and_then(|full_at| rate.wait(full_at, now)) {
        return Ok(Some(wait));
    }
    if sql.changes_one(TAKE, &params![bucket, now.micros(), each, latest.micros(), whole.micros()])? {
        return Ok(None);
    }
    let full_at = sql.one(FULL_AT, &params![bucket])?.i64(0)?;
    Ok(Some(Timestamp::from_micros(full_at).since(latest)))
}

/// What [`take`] and [`wait`] read of a bucket.
#[must_use]
pub fn ask(bucket: [u8; 16]) -> Ask {
    Ask::new(FULL_AT, params![bucket])
}

/// How long until there is a token; `None` when there is one. Takes none.
pub fn wait(sql: &mut dyn Sql, bucket: [u8; 16], rate: Rate, now: Timestamp) -> Result<Option<Duration>, Error> {
    let full_at = ask(bucket).row(sql)?.map(|row| row.i64(0)).transpose()?.map(Timestamp::from_micros);
    Ok(full_at.and_then(|full_at| rate.wait(full_at, now)))
}

/// Forgets full buckets; the number of them.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![now.micros()])
}
