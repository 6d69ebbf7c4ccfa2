//! Users' consecutive failures, a row for each budget.

use crate::{
    Error, Sql, json,
    sql::{params, statements},
};
use domain::{
    id::UserId,
    lockout::{Budget, UserFailures},
};

statements! {
    LOAD = "SELECT moments FROM user_failures WHERE user_id = $1 AND budget = $2";
    SAVE = "INSERT INTO user_failures (user_id, budget, moments) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, budget) DO UPDATE SET moments = excluded.moments";
    CLEAR = "DELETE FROM user_failures WHERE user_id = $1 AND budget = $2";
    CLEAR_ALL = "DELETE FROM user_failures WHERE user_id = $1";
}

/// The failures of a budget; none stored is none counted.
pub fn load(sql: &mut dyn Sql, user: UserId, budget: Budget) -> Result<UserFailures, Error> {
    match sql.row(LOAD, &params![user.octets(), key(budget)])? {
        Some(row) => serde_json::from_str(row.text(0)?).map_err(|_| row.corrupt(0, "a list of moments")),
        None => Ok(UserFailures::default()),
    }
}

/// Saves the failures of a budget.
pub fn save(sql: &mut dyn Sql, user: UserId, budget: Budget, failures: &UserFailures) -> Result<(), Error> {
    if failures.moments().is_empty() {
        return sql.exec(CLEAR, &params![user.octets(), key(budget)]).map(|_| ());
    }
    sql.exec(SAVE, &params![user.octets(), key(budget), json::write(SAVE, failures)?]).map(|_| ())
}

/// Forgets every failure of a user: the desk lifted the lock.
pub fn clear_all(sql: &mut dyn Sql, user: UserId) -> Result<(), Error> {
    sql.exec(CLEAR_ALL, &params![user.octets()]).map(|_| ())
}

/// Strangers' failures stand under sixteen zero octets, which no mark has for its id.
fn key(budget: Budget) -> [u8; 16] {
    match budget {
        Budget::Strangers => [0; 16],
        Budget::Known(mark) => mark.octets(),
    }
}
