//! Posting a rate of exchange.

use crate::work::{Stop, Work};
use domain::{
    Timestamp,
    audit::{Detail, Kind},
    money::rate::{COUNTED_IN, NoRate, Rate},
};
use operation::{Currency, MoneyError};

/// Why a rate is not posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPosted {
    /// No such currency.
    #[error(transparent)]
    Currency(#[from] MoneyError),
    /// The limits are counted in it.
    #[error("limits are counted in US dollars, which need no rate")]
    Counted,
    /// No rate.
    #[error(transparent)]
    Rate(#[from] NoRate),
    /// Of a time to come.
    #[error("a rate of a time to come is not posted")]
    Future,
    /// The trouble is ours.
    #[error("the database is not to be had: {0}")]
    Store(String),
}

impl From<store::Error> for NotPosted {
    fn from(error: store::Error) -> Self {
        Self::Store(error.to_string())
    }
}

crate::work::stops!(NotPosted);

/// Posts what one unit of a currency is worth in dollars. One that is older than what is known changes nothing.
pub fn post(work: &mut Work<'_>, code: &str, usd: &str, as_of: Timestamp) -> Result<(), Stop<NotPosted>> {
    let currency = Currency::parse(code).map_err(NotPosted::from)?;
    if currency == COUNTED_IN {
        return Err(NotPosted::Counted.into());
    }
    Rate::parse(usd, as_of).map_err(NotPosted::from)?;
    if as_of > work.now {
        return Err(NotPosted::Future.into());
    }
    store::rate::put(work.sql, currency, usd, as_of)?;
    Ok(work.record(Kind::RatePosted, Detail::none().because(format!("{code} {usd}")))?)
}

/// The rate of a currency, as it was posted last.
pub fn of(work: &mut Work<'_>, currency: Currency) -> Result<Option<Rate>, store::Error> {
    store::rate::one(work.sql, currency)
}
