//! Accounts of customers, as the institution tells them.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, id::UserId};
use operation::{Currency, Money};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The institution's own name for it.
    pub id: String,
    /// What it is worth, in its currency.
    pub equity: Money,
    /// When the institution said so.
    pub told_at: Timestamp,
}

statements! {
    PUT = "INSERT INTO accounts (id, currency, equity_minor, told_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET currency = excluded.currency, equity_minor = excluded.equity_minor,
        told_at = excluded.told_at";
    ONE = "SELECT id, currency, equity_minor, told_at FROM accounts WHERE id = $1";
    JOIN = "INSERT INTO account_users (user_id, account_id) VALUES ($1, $2) ON CONFLICT (user_id, account_id) DO NOTHING";
    LEAVE = "DELETE FROM account_users WHERE user_id = $1 AND account_id = $2";
    FORGET = "DELETE FROM accounts WHERE id = $1";
    USERS = "SELECT user_id FROM account_users WHERE account_id = $1 ORDER BY user_id";
    OF_USER = "SELECT account_id FROM account_users WHERE user_id = $1 ORDER BY account_id";
}

/// Notes what an account is worth.
pub fn put(sql: &mut dyn Sql, account: &Account) -> Result<(), Error> {
    let currency = account.equity.currency();
    sql.apply(PUT, &params![&account.id, currency.code(), account.equity.minor(), account.told_at.micros()])
}

/// An account.
pub fn one(sql: &mut dyn Sql, id: &str) -> Result<Option<Account>, Error> {
    sql.row(ONE, &params![id])?.as_ref().map(read).transpose()
}

/// Makes a user one of an account's. Doing so again changes nothing.
pub fn join(sql: &mut dyn Sql, user: UserId, account: &str) -> Result<(), Error> {
    sql.apply(JOIN, &params![user.octets(), account])
}

/// The opposite.
pub fn leave(sql: &mut dyn Sql, user: UserId, account: &str) -> Result<(), Error> {
    sql.apply(LEAVE, &params![user.octets(), account])
}

/// Forgets an account that is nobody's any more.
pub fn forget(sql: &mut dyn Sql, account: &str) -> Result<(), Error> {
    sql.apply(FORGET, &params![account])
}

/// The users of an account.
pub fn users(sql: &mut dyn Sql, account: &str) -> Result<Vec<UserId>, Error> {
    sql.rows(USERS, &params![account])?.iter().map(|row| Ok(row.id16(0)?.into())).collect()
}

/// The accounts of a user, by id.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Vec<String>, Error> {
    ask_of_user(user).rows(sql)?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// What [`of_user`] reads.
#[must_use]
pub fn ask_of_user(user: UserId) -> Ask {
    Ask::new(OF_USER, params![user.octets()])
}

fn read(row: &Row) -> Result<Account, Error> {
    let currency = Currency::parse(row.text(1)?).map_err(|_| row.corrupt(1, "a currency"))?;
    Ok(Account {
        id: row.text(0)?.to_owned(),
        equity: Money::from_minor(row.i64(2)?, currency),
        told_at: Timestamp::from_micros(row.i64(3)?),
    })
}
