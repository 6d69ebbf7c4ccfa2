//! Users' consecutive failures, a row for each budget.

use crate::{
    Ask, Error, Sql, json,
    sql::{params, statements},
};
use domain::{
    id::UserId,
    lockout::{Budget, UserFailures},
};

statements! {
    LOAD = "SELECT budget, moments FROM user_failures WHERE user_id = $1";
    SAVE = "INSERT INTO user_failures (user_id, budget, moments) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, budget) DO UPDATE SET moments = excluded.moments";
    CLEAR = "DELETE FROM user_failures WHERE user_id = $1 AND budget = $2";
    CLEAR_ALL = "DELETE FROM user_failures WHERE user_id = $1";
}

/// The failures of a budget; none stored is none counted. The other budgets' come along, a few rows: which one counts may
/// not be known yet when they are asked for.
pub fn load(sql: &mut dyn Sql, user: UserId, budget: Budget) -> Result<UserFailures, Error> {
    let rows = ask_load(user).rows(sql)?;
    match rows.iter().find(|row| row.id16(0) == Ok(key(budget))) {
        Some(row) => serde_json::from_str(row.text(1)?).map_err(|_| row.corrupt(1, "a list of moments")),
        None => Ok(UserFailures::default()),
    }
}

/// What [`load`] reads, of any budget.
#[must_use]
pub fn ask_load(user: UserId) -> Ask {
    Ask::new(LOAD, params![user.octets()])
}

/// Saves the failures of a budget.
pub fn save(sql: &mut dyn Sql, user: UserId, budget: Budget, failures: &UserFailures) -> Result<(), Error> {
    if failures.moments().is_empty() {
        return sql.apply(CLEAR, &params![user.octets(), key(budget)]);
    }
    sql.apply(SAVE, &params![user.octets(), key(budget), json::write(SAVE, failures)?])
}

/// Forgets every failure of a user: the desk lifted the lock.
pub fn clear_all(sql: &mut dyn Sql, user: UserId) -> Result<(), Error> {
    sql.apply(CLEAR_ALL, &params![user.octets()])
}

/// Strangers' failures stand under sixteen zero octets, which no mark has for its id.
fn key(budget: Budget) -> [u8; 16] {
    match budget {
        Budget::Strangers => [0; 16],
        Budget::Known(mark) => mark.octets(),
    }
}
