//! Limits that customers set for their devices.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    device::catalogue::{Limit, Limits},
    id::{DeviceId, UserId},
    money::{
        own::{OwnLimits, Rise},
        rate::COUNTED_IN,
    },
};
use operation::Money;

statements! {
    OF_USER = "SELECT device_id, per_day, per_five_days, rise_per_day, rise_per_five_days, rise_at FROM own_limits
        WHERE user_id = $1";
    PUT = "INSERT INTO own_limits (user_id, device_id, per_day, per_five_days, rise_per_day, rise_per_five_days, rise_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, device_id) DO UPDATE SET per_day = excluded.per_day,
        per_five_days = excluded.per_five_days, rise_per_day = excluded.rise_per_day,
        rise_per_five_days = excluded.rise_per_five_days, rise_at = excluded.rise_at";
}

/// Those of a user.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Vec<(DeviceId, OwnLimits)>, Error> {
    ask_of_user(user).rows(sql)?.iter().map(|row| read(row, 0)).collect()
}

/// What [`of_user`] reads.
#[must_use]
pub fn ask_of_user(user: UserId) -> Ask {
    Ask::new(OF_USER, params![user.octets()])
}

/// Sets those of a device.
pub fn put(sql: &mut dyn Sql, user: UserId, device: DeviceId, own: OwnLimits) -> Result<(), Error> {
    let minor = |limit: Limit| match limit {
        Limit::Unlimited => None,
        Limit::UpTo(most) => Some(most.minor()),
    };
    let args = params![
        user.octets(),
        device.octets(),
        minor(own.now.per_day),
        minor(own.now.per_five_days),
        own.rise.and_then(|rise| minor(rise.to.per_day)),
        own.rise.and_then(|rise| minor(rise.to.per_five_days)),
        own.rise.map(|rise| rise.at.micros()),
    ];
    sql.apply(PUT, &args)
}

/// Columns that [`read`] takes.
pub(crate) const COLUMNS: usize = 6;

/// Those of a row whose columns of it begin with `first`.
pub(crate) fn read(row: &Row, first: usize) -> Result<(DeviceId, OwnLimits), Error> {
    let limit = |column| {
        let minor = row.opt_i64(column)?;
        Ok::<_, Error>(minor.map_or(Limit::Unlimited, |minor| Limit::UpTo(Money::from_minor(minor, COUNTED_IN))))
    };
    let limits = |day| Ok::<_, Error>(Limits { per_day: limit(day)?, per_five_days: limit(day + 1)? });
    let at = row.opt_i64(first + 5)?.map(Timestamp::from_micros);
    let rise = at.map(|at| Ok::<_, Error>(Rise { to: limits(first + 3)?, at })).transpose()?;
    Ok((row.id16(first)?.into(), OwnLimits { now: limits(first + 1)?, rise }))
}
