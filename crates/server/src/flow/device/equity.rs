//! What a user's accounts are worth, as far as it decides on devices.

use crate::work::Work;
use domain::{id::UserId, money::rate::counted};
use operation::Money;
use store::Error;

/// What the user's most valuable account is worth in dollars. One whose currency has no fresh rate does not count.
pub(super) fn highest(work: &mut Work<'_>, user: UserId) -> Result<Option<Money>, Error> {
    let mut highest: Option<Money> = None;
    for id in store::account::of_user(work.sql, user)? {
        let Some(account) = store::account::one(work.sql, &id)? else { continue };
        let rate = store::rate::one(work.sql, account.equity.currency())?;
        let worth = counted(account.equity, rate, work.app.settings.rates_valid_for, work.now).ok();
        highest = highest.into_iter().chain(worth).max_by_key(|money| money.minor());
    }
    Ok(highest)
}
