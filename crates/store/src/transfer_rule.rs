//! A customer's transfer lock, and the sum above which two devices are wished.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::UserId,
    money::{
        lock::{Lock, TransferLock},
        rate::COUNTED_IN,
        two_devices::{SumRise, TwoAbove},
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
    pub two_above: TwoAbove,
    /// How the lock was closed last.
    pub usual: Option<Lock>,
}

statements! {
    OF_USER = "SELECT lock_wait, lock_cards, lock_opens_at, two_above, two_rise, two_rise_at, usual_wait, usual_cards
        FROM transfer_rules WHERE user_id = $1";
    PUT = "INSERT INTO transfer_rules (user_id, lock_wait, lock_cards, lock_opens_at, two_above, two_rise, two_rise_at,
        usual_wait, usual_cards) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (user_id) DO UPDATE SET lock_wait = excluded.lock_wait, lock_cards = excluded.lock_cards,
        lock_opens_at = excluded.lock_opens_at, two_above = excluded.two_above, two_rise = excluded.two_rise,
        two_rise_at = excluded.two_rise_at, usual_wait = excluded.usual_wait, usual_cards = excluded.usual_cards";
}

/// That of a user; an open lock and nothing more where none was set.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<TransferRule, Error> {
    ask_of_user(user).row(sql)?.map_or_else(|| Ok(TransferRule::default()), |row| read(&row, 0))
}

/// That of a row whose columns of it begin with `first`.
pub(crate) fn read(row: &Row, first: usize) -> Result<TransferRule, Error> {
    let lock = match (lock(row, first, first + 1)?, row.opt_i64(first + 2)?) {
        (None, _) => TransferLock::Open,
        (Some(lock), None) => TransferLock::Closed(lock),
        (Some(lock), Some(until)) => TransferLock::Opening { until: Timestamp::from_micros(until), lock },
    };
    let money = |column| Ok::<_, Error>(row.opt_i64(column)?.map(|minor| Money::from_minor(minor, COUNTED_IN)));
    let to = money(first + 4)?;
    let rise = row.opt_i64(first + 5)?.map(|at| SumRise { to, at: Timestamp::from_micros(at) });
    Ok(TransferRule {
        lock,
        two_above: TwoAbove { now: money(first + 3)?, rise },
        usual: self::lock(row, first + 6, first + 7)?,
    })
}

fn lock(row: &Row, wait: usize, cards: usize) -> Result<Option<Lock>, Error> {
    let Some(seconds) = row.opt_i64(wait)? else { return Ok(None) };
    let seconds = u64::try_from(seconds).map_err(|_| row.corrupt(wait, "a wait"))?;
    Ok(Some(Lock { wait: Duration::from_secs(seconds), cards: row.bool(cards)? }))
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
    let wait = |lock: Option<Lock>| lock.map(|lock| i64::try_from(lock.wait.as_secs()).unwrap_or(i64::MAX));
    let TwoAbove { now: two_above, rise } = rule.two_above;
    let args = params![
        user.octets(),
        wait(lock),
        lock.is_some_and(|lock| lock.cards),
        until.map(Timestamp::micros),
        two_above.map(Money::minor),
        rise.and_then(|rise| rise.to).map(Money::minor),
        rise.map(|rise| rise.at.micros()),
        wait(rule.usual),
        rule.usual.is_some_and(|usual| usual.cards),
    ];
    sql.apply(PUT, &args)
}
