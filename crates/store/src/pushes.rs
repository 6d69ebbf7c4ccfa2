//! Pushes that a user left unanswered since the last success, in each budget by itself.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::UserId,
    pushes::{PushBudget, Unanswered},
};

statements! {
    LOAD = "SELECT budget, unanswered, last_at FROM unanswered_pushes WHERE user_id = $1";
    SENT = "INSERT INTO unanswered_pushes (user_id, budget, unanswered, last_at) VALUES ($1, $2, 1, $3)
        ON CONFLICT (user_id, budget) DO UPDATE SET
            unanswered = unanswered_pushes.unanswered + 1, last_at = excluded.last_at";
    ANSWERED = "UPDATE unanswered_pushes SET unanswered = unanswered - 1 WHERE user_id = $1 AND budget = $2";
    FORGET = "DELETE FROM unanswered_pushes WHERE user_id = $1";
}

/// The pushes of a budget; none stored is none unanswered. The other budgets' come along: which one counts may not be known
/// yet when they are asked for.
pub fn load(sql: &mut dyn Sql, user: UserId, budget: &PushBudget) -> Result<Unanswered, Error> {
    let (rows, key) = (ask_load(user).rows(sql)?, key(budget));
    let found = rows.iter().find(|row| row.text(0) == Ok(key.as_str()));
    let read = |row: &Row| Ok(Unanswered { count: row.u32(1)?, last_at: Some(Timestamp::from_micros(row.i64(2)?)) });
    found.map_or_else(|| Ok(Unanswered::default()), read)
}

/// What [`load`] reads, of any budget.
#[must_use]
pub fn ask_load(user: UserId) -> Ask {
    Ask::new(LOAD, params![user.octets()])
}

/// Counts one that was sent.
pub fn sent(sql: &mut dyn Sql, user: UserId, budget: &PushBudget, now: Timestamp) -> Result<(), Error> {
    sql.apply(SENT, &params![user.octets(), key(budget), now.micros()])?;
    crate::user::pushed(sql, user)
}

/// Takes one off that the phone answered.
pub fn answered(sql: &mut dyn Sql, user: UserId, budget: &PushBudget) -> Result<(), Error> {
    if load(sql, user, budget)?.count == 0 {
        return Ok(());
    }
    sql.apply(ANSWERED, &params![user.octets(), key(budget)])?;
    crate::user::push_answered(sql, user)
}

/// After a success: none of any budget counts any more.
pub fn forget(sql: &mut dyn Sql, user: UserId) -> Result<(), Error> {
    sql.apply(FORGET, &params![user.octets()])?;
    crate::user::forget_pushes(sql, user)
}

fn key(budget: &PushBudget) -> String {
    match budget {
        PushBudget::Strangers => "strangers".to_owned(),
        PushBudget::Known(mark) => format!("mark:{mark}"),
        PushBudget::BackEnd(client) => format!("client:{client}"),
    }
}
