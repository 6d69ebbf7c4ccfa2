//! Rates of exchange, as the institution posts them.

use crate::{
    Ask, Error, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, money::rate::Rate};
use operation::Currency;

statements! {
    PUT = "INSERT INTO rates (currency, usd, as_of) VALUES ($1, $2, $3)
        ON CONFLICT (currency) DO UPDATE SET usd = excluded.usd, as_of = excluded.as_of WHERE rates.as_of <= excluded.as_of";
    ONE = "SELECT usd, as_of FROM rates WHERE currency = $1";
}

/// Notes a rate, as it was written. One that is older than what is known is not taken.
pub fn put(sql: &mut dyn Sql, currency: Currency, usd: &str, as_of: Timestamp) -> Result<(), Error> {
    sql.apply(PUT, &params![currency.code(), usd, as_of.micros()])
}

/// The rate of a currency.
pub fn one(sql: &mut dyn Sql, currency: Currency) -> Result<Option<Rate>, Error> {
    let Some(row) = ask_one(currency).row(sql)? else { return Ok(None) };
    let as_of = Timestamp::from_micros(row.i64(1)?);
    Rate::parse(row.text(0)?, as_of).map(Some).map_err(|_| row.corrupt(0, "a rate"))
}

/// What [`one`] reads.
#[must_use]
pub fn ask_one(currency: Currency) -> Ask {
    Ask::new(ONE, params![currency.code()])
}
