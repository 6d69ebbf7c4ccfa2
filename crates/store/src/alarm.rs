//! Users whose password is refused since they said "it wasn't me", and who of the desk takes care of one.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, desk::alarm, id::UserId};

/// A user who said "it wasn't me".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The user.
    pub user: UserId,
    /// The name.
    pub username: String,
    /// As the core sees it.
    pub alarm: alarm::Alarm,
}

statements! {
    PAGE = "SELECT user_id, username, password_locked_at, alarm_agent, alarm_taken_at FROM users
        WHERE password_locked_at >= $1 AND (password_locked_at > $1 OR user_id > $2)
        ORDER BY password_locked_at, user_id LIMIT $3";
    ONE = "SELECT user_id, username, password_locked_at, alarm_agent, alarm_taken_at FROM users
        WHERE user_id = $1 AND password_locked_at IS NOT NULL";
    COUNT = "SELECT COUNT(*) FROM users WHERE password_locked_at >= $1";
    TAKE = "UPDATE users SET alarm_agent = $3, alarm_taken_at = $4 WHERE user_id = $1 AND password_locked_at = $2";
}

/// Alarms after one of them (by its moment and its user), the oldest first.
pub fn page(sql: &mut dyn Sql, after: Option<(Timestamp, UserId)>, limit: u32) -> Result<Vec<Alarm>, Error> {
    let (at, user) = after.map_or((i64::MIN, [0; 16]), |(at, user)| (at.micros(), user.octets()));
    sql.rows(PAGE, &params![at, user, limit])?.iter().map(read).collect()
}

/// A user's alarm; none while the password is taken.
pub fn one(sql: &mut dyn Sql, user: UserId) -> Result<Option<Alarm>, Error> {
    sql.row(ONE, &params![user.octets()])?.as_ref().map(read).transpose()
}

/// How many there are.
pub fn count(sql: &mut dyn Sql) -> Result<u32, Error> {
    sql.one(COUNT, &params![i64::MIN])?.u32(0)
}

/// Notes who takes care of it; nobody, where it is left to others.
pub fn take(sql: &mut dyn Sql, alarm: &Alarm) -> Result<bool, Error> {
    let taken = alarm.alarm.taken;
    let args = params![
        alarm.user.octets(),
        alarm.alarm.since.micros(),
        taken.map(|taken| taken.agent.octets()),
        taken.map(|taken| taken.at.micros())
    ];
    sql.changes_one(TAKE, &args)
}

fn read(row: &Row) -> Result<Alarm, Error> {
    let (agent, at) = (row.opt_id16(3)?.map(UserId::from), row.opt_i64(4)?.map(Timestamp::from_micros));
    Ok(Alarm {
        user: row.id16(0)?.into(),
        username: row.text(1)?.to_owned(),
        alarm: alarm::Alarm {
            since: Timestamp::from_micros(row.i64(2)?),
            taken: agent.zip(at).map(|(agent, at)| alarm::Taken { agent, at }),
        },
    })
}
