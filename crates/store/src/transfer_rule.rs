//! A customer's transfer lock, and the sum above which two devices are wished.

use crate::{
    Ask, Error, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::UserId,
    money::{
        lock::{Lock, TransferLock},
        rate::COUNTED_IN,
    },
};
use operation::Money;
use std::time::Duration;

/// What a customer wishes for transfers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransferRule {
    /// The lock.
    pub lock: TransferLock,
    /// Above this sum two devices are needed.
    pub two_above: Option<Money>,
}

statements! {
    OF_USER = "SELECT lock_wait, lock_cards, lock_opens_at, two_above FROM transfer_rules WHERE user_id = $1";
    PUT = "INSERT INTO transfer_rules (user_id, lock_wait, lock_cards, lock_opens_at, two_above) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id) DO UPDATE SET lock_wait = excluded.lock_wait, lock_cards = excluded.lock_cards,
        lock_opens_at = excluded.lock_opens_at, two_above = excluded.two_above";
}

/// That of a user; an open lock and nothing more where none was set.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<TransferRule, Error> {
    let Some(row) = ask_of_user(user).row(sql)? else { return Ok(TransferRule::default()) };
    let seconds = row.opt_i64(0)?.map(|seconds| u64::try_from(seconds).map_err(|_| row.corrupt(0, "a wait")));
    let cards = row.bool(1)?;
    let lock = seconds.transpose()?.map(|seconds| Lock { wait: Duration::from_secs(seconds), cards });
    let lock = match (lock, row.opt_i64(2)?) {
        (None, _) => TransferLock::Open,
        (Some(lock), None) => TransferLock::Closed(lock),
        (Some(lock), Some(until)) => TransferLock::Opening { until: Timestamp::from_micros(until), lock },
    };
    Ok(TransferRule { lock, two_above: row.opt_i64(3)?.map(|minor| Money::from_minor(minor, COUNTED_IN)) })
}

/// What [`of_user`] reads.
#[must_use]
pub fn ask_of_user(user: UserId) -> Ask {
    Ask::new(OF_USER, params![user.octets()])
}

/// Sets that of a user.
pub fn put(sql: &mut dyn Sql, user: UserId, rule: TransferRule) -> Result<(), Error> {
    let (lock, until) = match rule.lock {
        TransferLock::Open => (None, None),
        TransferLock::Closed(lock) => (Some(lock), None),
        TransferLock::Opening { until, lock } => (Some(lock), Some(until)),
    };
    let args = params![
        user.octets(),
        lock.map(|lock| i64::try_from(lock.wait.as_secs()).unwrap_or(i64::MAX)),
        lock.is_some_and(|lock| lock.cards),
        until.map(Timestamp::micros),
        rule.two_above.map(Money::minor),
    ];
    sql.apply(PUT, &args)
}
