//! Agents of the secure-login desk: users with roles.

use crate::{
    Error, Row, Sql,
    sql::{params, statements},
};
use domain::{Timestamp, desk::Roles, id::UserId};

/// An agent as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The user.
    pub user: UserId,
    /// The person, as the institution names its staff.
    pub person: String,
    /// By what users know them on the telephone.
    pub first_name: Option<String>,
    /// The roles.
    pub roles: Roles,
    /// Since when.
    pub added_at: Timestamp,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO agents (user_id, person, roles, added_at, ended_at, first_name)
        VALUES ($1, $2, $3, $4, NULL, $5)";
    ONE = "SELECT user_id, person, roles, added_at, ended_at, first_name FROM agents WHERE user_id = $1";
    LIST = "SELECT user_id, person, roles, added_at, ended_at, first_name FROM agents ORDER BY added_at, user_id";
    SET = "UPDATE agents SET person = $2, roles = $3, first_name = $4, ended_at = NULL WHERE user_id = $1";
    END = "UPDATE agents SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL";
}

/// Adds an agent.
pub fn insert(sql: &mut dyn Sql, agent: &Agent) -> Result<(), Error> {
    let name = agent.first_name.as_deref();
    let args = params![agent.user.octets(), &agent.person, agent.roles.names(), agent.added_at.micros(), name];
    sql.apply(INSERT, &args)
}

/// Whether a user is an agent, or was.
pub fn one(sql: &mut dyn Sql, user: UserId) -> Result<Option<Agent>, Error> {
    sql.row(ONE, &params![user.octets()])?.as_ref().map(read).transpose()
}

/// Every agent, also those that are none any more.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Agent>, Error> {
    sql.rows(LIST, &params![])?.iter().map(read).collect()
}

/// Gives an agent other roles, also one whose time was over.
pub fn set(sql: &mut dyn Sql, agent: &Agent) -> Result<(), Error> {
    let name = agent.first_name.as_deref();
    sql.apply(SET, &params![agent.user.octets(), &agent.person, agent.roles.names(), name])
}

/// Ends it. False where there is none.
pub fn end(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(END, &params![user.octets(), now.micros()])
}

fn read(row: &Row) -> Result<Agent, Error> {
    Ok(Agent {
        user: row.id16(0)?.into(),
        person: row.text(1)?.to_owned(),
        roles: Roles::parse(row.text(2)?).ok_or_else(|| row.corrupt(2, "roles"))?,
        added_at: Timestamp::from_micros(row.i64(3)?),
        ended_at: row.opt_i64(4)?.map(Timestamp::from_micros),
        first_name: row.opt_text(5)?.map(str::to_owned),
    })
}
