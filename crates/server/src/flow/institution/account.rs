//! Accounts, as the institution posts them.

use super::{NotDone, named};
use crate::work::{Stop, Work};
use domain::{
    audit::{Detail, Kind as Audit},
    id::UserId,
};
use operation::{Currency, Money, Text};

pub use store::account::Account;

/// Octets of an account's id at most.
const ID: usize = 64;

/// What is posted of an account.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The institution's own name for it.
    pub id: String,
    /// Its users, each by id or username.
    pub users: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// What it is worth, an exact decimal.
    pub equity: String,
}

/// Notes whose an account is and what it is worth. True where it is new.
pub fn post(work: &mut Work<'_>, posted: &Posted) -> Result<bool, Stop<NotDone>> {
    Text::<ID>::parse(&posted.id).map_err(|error| NotDone::unfit("id", error))?;
    let currency = Currency::parse(&posted.currency).map_err(|error| NotDone::unfit("currency", error))?;
    let equity = Money::parse_balance(&posted.equity, currency).map_err(|error| NotDone::unfit("equity", error))?;
    if posted.users.is_empty() || posted.users.len() > 20 {
        return Err(NotDone::unfit("users", "must be 1 to 20").into());
    }
    let mut users = Vec::with_capacity(posted.users.len());
    for name in &posted.users {
        let user = named(work.sql, name)?.ok_or(NotDone::UnknownUser)?.id;
        // Named twice, by id and by name perhaps, it is one user.
        if !users.contains(&user) {
            users.push(user);
        }
    }
    let new = store::account::one(work.sql, &posted.id)?.is_none();
    let before = store::account::users(work.sql, &posted.id)?;
    store::account::put(work.sql, &Account { id: posted.id.clone(), equity, told_at: work.now })?;
    for gone in before.iter().filter(|user| !users.contains(user)) {
        store::account::leave(work.sql, *gone, &posted.id)?;
    }
    for user in &users {
        store::account::join(work.sql, *user, &posted.id)?;
    }
    // What an account is worth changes all day; whose it is, seldom, and that is what is looked for later.
    let same = |before: &[UserId]| before.len() == users.len() && users.iter().all(|user| before.contains(user));
    if !same(&before) {
        for user in users.iter().chain(before.iter().filter(|gone| !users.contains(gone))) {
            work.about.user = Some(*user);
            work.record(Audit::AccountPosted, Detail::none().because(posted.id.clone()))?;
        }
    }
    Ok(new)
}

/// An account with its users.
pub fn one(work: &mut Work<'_>, id: &str) -> Result<(Account, Vec<UserId>), Stop<NotDone>> {
    let account = store::account::one(work.sql, id)?.ok_or(NotDone::Unknown)?;
    Ok((account, store::account::users(work.sql, id)?))
}
