//! Signed-in browser sessions.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ConfirmationId, SessionId, UserId},
};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub user: UserId,
    /// Its id.
    pub id: SessionId,
    /// The login that made it.
    pub confirmation: ConfirmationId,
    /// What the browser calls itself.
    pub agent: String,
    /// Where the login came from.
    pub address: String,
    /// How strong the login was; the session never counts higher.
    pub acr: String,
    /// What was used (RFC 8176), separated by spaces.
    pub amr: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used by a person.
    pub last_seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// Whether it goes on unused until then: the phone app's own session does.
    pub stays: bool,
    /// Whether it leads to the page of the online code card, and nowhere else.
    pub card_only: bool,
}

statements! {
    INSERT = "INSERT INTO sessions (user_id, id, digest, confirmation_id, agent, address, acr, amr, created_at,
        last_seen_at, expires_at, ended_at, stays_until,
        card_only_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, $12, $13)";
    LIVE = "SELECT user_id, id, confirmation_id, agent, address, acr, amr, created_at, last_seen_at, expires_at, stays_until, card_only_at
        FROM sessions WHERE user_id = $1 AND digest = $2 AND ended_at IS NULL AND expires_at > $3
        AND (last_seen_at > $4 OR stays_until IS NOT NULL)";
    OF_USER = "SELECT user_id, id, confirmation_id, agent, address, acr, amr, created_at, last_seen_at, expires_at, stays_until, card_only_at
        FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND (last_seen_at > $3 OR stays_until IS NOT NULL)
        ORDER BY last_seen_at DESC, id";
    OPEN = "SELECT user_id, id, confirmation_id, agent, address, acr, amr, created_at, last_seen_at, expires_at, stays_until, card_only_at
        FROM sessions WHERE user_id = $1 AND ended_at IS NULL ORDER BY id";
    OF_CONFIRMATION = "SELECT id FROM sessions WHERE user_id = $1 AND confirmation_id = $2";
    ONE = "SELECT user_id, id, confirmation_id, agent, address, acr, amr, created_at, last_seen_at, expires_at, stays_until, card_only_at
        FROM sessions WHERE user_id = $1 AND id = $2";
    FATE = "SELECT ended_at, succeeded_by FROM sessions WHERE user_id = $1 AND id = $2";
    FATE_OF_CODES = "SELECT s.ended_at, s.succeeded_by FROM codes AS c
        JOIN sessions AS s ON s.user_id = c.user_id AND s.id = c.session_id WHERE c.user_id = $1 AND c.digest = $2";
    SUCCEED = "UPDATE sessions SET ended_at = $4, succeeded_by = $3 WHERE user_id = $1 AND id = $2 AND ended_at IS NULL";
    PREDECESSORS = "SELECT id FROM sessions WHERE user_id = $1 AND succeeded_by = $2 ORDER BY id";
    OVER = "SELECT user_id, id, confirmation_id, agent, address, acr, amr, created_at, last_seen_at, expires_at, stays_until, card_only_at
        FROM sessions WHERE (ended_at IS NULL AND expires_at <= $1)
        OR (ended_at IS NULL AND last_seen_at <= $2 AND stays_until IS NULL) LIMIT $3";
    SEEN = "UPDATE sessions SET last_seen_at = $3 WHERE user_id = $1 AND id = $2";
    END = "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id = $2 AND ended_at IS NULL";
}

/// The moments that decide whether a session lives.
#[derive(Debug, Clone, Copy)]
pub struct Alive {
    /// Now: a session that expires at or before it is over.
    pub now: Timestamp,
    /// One last used at or before this is over.
    pub idle_since: Timestamp,
}

/// Adds a session under the digest of its handle. [`Error::Unique`] when its confirmation gave one before.
pub fn insert(sql: &mut dyn Sql, session: &Session, digest: [u8; 32]) -> Result<(), Error> {
    let args = params![
        session.user.octets(),
        session.id.octets(),
        digest,
        session.confirmation.octets(),
        &session.agent,
        &session.address,
        &session.acr,
        &session.amr,
        session.created_at.micros(),
        session.last_seen_at.micros(),
        session.expires_at.micros(),
        session.stays.then(|| session.expires_at.micros()),
        session.card_only.then(|| session.created_at.micros()),
    ];
    sql.apply(INSERT, &args)
}

/// The living session of a handle.
pub fn live(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], alive: Alive) -> Result<Option<Session>, Error> {
    ask_live(user, digest, alive).row(sql)?.as_ref().map(read).transpose()
}

/// What [`live`] reads at the same moment.
#[must_use]
pub fn ask_live(user: UserId, digest: [u8; 32], alive: Alive) -> Ask {
    Ask::new(LIVE, params![user.octets(), digest, alive.now.micros(), alive.idle_since.micros()])
}

/// A user's living sessions, the last used first.
pub fn of_user(sql: &mut dyn Sql, user: UserId, alive: Alive) -> Result<Vec<Session>, Error> {
    let args = params![user.octets(), alive.now.micros(), alive.idle_since.micros()];
    sql.rows(OF_USER, &args)?.iter().map(read).collect()
}

/// A user's sessions that nothing has ended yet, also those whose time is over.
pub fn open(sql: &mut dyn Sql, user: UserId) -> Result<Vec<Session>, Error> {
    sql.rows(OPEN, &params![user.octets()])?.iter().map(read).collect()
}

/// The session that a confirmation gave.
pub fn of_confirmation(sql: &mut dyn Sql, user: UserId, id: ConfirmationId) -> Result<Option<SessionId>, Error> {
    ask_of_confirmation(user, id).row(sql)?.map(|row| Ok(row.id16(0)?.into())).transpose()
}

/// What [`of_confirmation`] reads.
#[must_use]
pub fn ask_of_confirmation(user: UserId, id: ConfirmationId) -> Ask {
    Ask::new(OF_CONFIRMATION, params![user.octets(), id.octets()])
}

/// A session, whatever has become of it.
pub fn one(sql: &mut dyn Sql, user: UserId, id: SessionId) -> Result<Option<Session>, Error> {
    sql.row(ONE, &params![user.octets(), id.octets()])?.as_ref().map(read).transpose()
}

/// Whether nothing has ended a session yet, or one goes on in its place.
pub fn goes_on(sql: &mut dyn Sql, user: UserId, id: SessionId) -> Result<bool, Error> {
    follow(sql, user, ask_goes_on(user, id))
}

/// The same of the session in which a code was given, by the digest of the code.
pub fn of_code_goes_on(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<bool, Error> {
    follow(sql, user, ask_of_code_goes_on(user, digest))
}

fn follow(sql: &mut dyn Sql, user: UserId, mut fate: Ask) -> Result<bool, Error> {
    for _ in 0..MOST_SUCCESSIONS {
        let Some(row) = fate.row(sql)? else { return Ok(false) };
        match (row.opt_i64(0)?, row.opt_id16(1)?) {
            (None, _) => return Ok(true),
            (Some(_), Some(next)) => fate = ask_goes_on(user, next.into()),
            (Some(_), None) => return Ok(false),
        }
    }
    Ok(false)
}

/// What [`goes_on`] reads first, and nothing more of a session that has not ended.
#[must_use]
pub fn ask_goes_on(user: UserId, id: SessionId) -> Ask {
    Ask::new(FATE, params![user.octets(), id.octets()])
}

/// What [`of_code_goes_on`] reads first, and nothing more of a session that has not ended.
#[must_use]
pub fn ask_of_code_goes_on(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(FATE_OF_CODES, params![user.octets(), digest])
}

/// Ends a session in whose place another one goes on. False when it was ended before.
pub fn succeed(
    sql: &mut dyn Sql,
    user: UserId,
    (old, new): (SessionId, SessionId),
    now: Timestamp,
) -> Result<bool, Error> {
    sql.changes_one(SUCCEED, &params![user.octets(), old.octets(), new.octets(), now.micros()])
}

/// A session and those in whose place it goes on, itself first.
pub fn line(sql: &mut dyn Sql, user: UserId, id: SessionId) -> Result<Vec<SessionId>, Error> {
    let mut line = vec![id];
    let mut at = 0;
    while let Some(id) = line.get(at).copied().filter(|_| at < MOST_SUCCESSIONS) {
        for row in sql.rows(PREDECESSORS, &params![user.octets(), id.octets()])? {
            line.push(row.id16(0)?.into());
        }
        at += 1;
    }
    Ok(line)
}

/// Logins in one browser that are followed: more than anybody makes while a session may live.
const MOST_SUCCESSIONS: usize = 1000;

/// Sessions whose time is over, and that nothing has ended yet.
pub fn over(sql: &mut dyn Sql, alive: Alive, limit: u32) -> Result<Vec<Session>, Error> {
    let args = params![alive.now.micros(), alive.idle_since.micros(), limit];
    sql.rows(OVER, &args)?.iter().map(read).collect()
}

/// Notes that a person used it.
pub fn seen(sql: &mut dyn Sql, user: UserId, id: SessionId, now: Timestamp) -> Result<(), Error> {
    sql.apply(SEEN, &params![user.octets(), id.octets(), now.micros()])
}

/// Ends a session. False when there is no such living session of this user.
pub fn end(sql: &mut dyn Sql, user: UserId, id: SessionId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(END, &params![user.octets(), id.octets(), now.micros()])
}

fn read(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        confirmation: row.id16(2)?.into(),
        agent: row.text(3)?.to_owned(),
        address: row.text(4)?.to_owned(),
        acr: row.text(5)?.to_owned(),
        amr: row.text(6)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(7)?),
        last_seen_at: Timestamp::from_micros(row.i64(8)?),
        expires_at: Timestamp::from_micros(row.i64(9)?),
        stays: row.opt_i64(10)?.is_some(),
        card_only: row.opt_i64(11)?.is_some(),
    })
}
