//! Pushes that a user left unanswered since the last success, in each budget by itself.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::UserId,
    pushes::{PushBudget, Unanswered},
};

statements! {
    LOAD = "SELECT unanswered, last_at FROM unanswered_pushes WHERE user_id = $1 AND budget = $2";
    SAVE = "INSERT INTO unanswered_pushes (user_id, budget, unanswered, last_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (user_id, budget) DO UPDATE SET unanswered = excluded.unanswered, last_at = excluded.last_at";
    FORGET = "DELETE FROM unanswered_pushes WHERE user_id = $1";
}

/// The pushes of a budget; none stored is none unanswered.
pub fn load(sql: &mut dyn Sql, user: UserId, budget: &PushBudget) -> Result<Unanswered, Error> {
    let found = sql.row(LOAD, &params![user.octets(), key(budget)])?;
    let read =
        |row: crate::Row| Ok(Unanswered { count: row.u32(0)?, last_at: Some(Timestamp::from_micros(row.i64(1)?)) });
    found.map_or_else(|| Ok(Unanswered::default()), read)
}

/// Counts one that was sent.
pub fn sent(sql: &mut dyn Sql, user: UserId, budget: &PushBudget, now: Timestamp) -> Result<(), Error> {
    let more = load(sql, user, budget)?.one_more(now);
    save(sql, user, budget, more)?;
    crate::user::pushed(sql, user)
}

/// Takes one off that the phone answered.
pub fn answered(sql: &mut dyn Sql, user: UserId, budget: &PushBudget) -> Result<(), Error> {
    let before = load(sql, user, budget)?;
    if before.count == 0 {
        return Ok(());
    }
    save(sql, user, budget, before.one_less())?;
    crate::user::push_answered(sql, user)
}

/// After a success: none of any budget counts any more.
pub fn forget(sql: &mut dyn Sql, user: UserId) -> Result<(), Error> {
    sql.exec(FORGET, &params![user.octets()])?;
    crate::user::forget_pushes(sql, user)
}

fn save(sql: &mut dyn Sql, user: UserId, budget: &PushBudget, to: Unanswered) -> Result<(), Error> {
    let last = to.last_at.map_or(0, Timestamp::micros);
    sql.exec(SAVE, &params![user.octets(), key(budget), to.count, last]).map(|_| ())
}

fn key(budget: &PushBudget) -> String {
    match budget {
        PushBudget::Strangers => "strangers".to_owned(),
        PushBudget::Known(mark) => format!("mark:{mark}"),
        PushBudget::BackEnd(client) => format!("client:{client}"),
    }
}
