//! Users' consecutive failures, a row for each budget.

use crate::{
    Ask, Error, Row, Sql, json,
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
    OF_USER = "SELECT budget, moments FROM user_failures WHERE user_id = $1 ORDER BY budget";
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

/// The failures of every budget in which any are counted.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Vec<(Budget, UserFailures)>, Error> {
    let rows = sql.rows(OF_USER, &params![user.octets()])?;
    let read = |row: &Row| {
        let budget = budget(row.id16(0)?);
        let failures = serde_json::from_str(row.text(1)?).map_err(|_| row.corrupt(1, "a list of moments"))?;
        Ok((budget, failures))
    };
    rows.iter().map(read).collect()
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

/// Strangers' failures stand under sixteen zero octets, and those without a password under sixteen of all ones; no mark
/// has either for its id.
const STRANGERS: [u8; 16] = [0; 16];
const WITHOUT_PASSWORD: [u8; 16] = [0xff; 16];

/// A budget as it is stored.
pub(crate) fn key(budget: Budget) -> [u8; 16] {
    match budget {
        Budget::Strangers => STRANGERS,
        Budget::Known(mark) => mark.octets(),
        Budget::WithoutPassword => WITHOUT_PASSWORD,
    }
}

/// The budget of what is stored.
pub(crate) fn budget(key: [u8; 16]) -> Budget {
    match key {
        STRANGERS => Budget::Strangers,
        WITHOUT_PASSWORD => Budget::WithoutPassword,
        mark => Budget::Known(mark.into()),
    }
}
