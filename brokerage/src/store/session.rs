//! Sessions of the two web parts, and logins that are on their way.

use super::perhaps;
use crate::web::part::Part;
use rusqlite::{Row, Transaction, params};

/// Who is logged in to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The username.
    pub username: String,
    /// The issuer's id of the user.
    pub sub: String,
    /// The issuer's session, for when it ends.
    pub sid: Option<String>,
    /// For the logout.
    pub id_token: String,
    /// When the user logged in at the issuer, Unix seconds.
    pub auth_time: i64,
}

/// A login on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Sent along and expected back.
    pub state: String,
    /// Digest of the browser's cookie: the answer must come through the same browser.
    pub browser: Vec<u8>,
    /// For which part.
    pub part: Part,
    /// Expected in the ID token.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// The purpose of the login that was begun.
    pub purpose: Purpose,
}

/// What the browser was sent to the issuer for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A login; then to this page.
    Page(String),
    /// A fresh login, for the page of statements.
    StepUp,
    /// The confirmation of this withdrawal.
    Withdrawal(String),
}

impl Purpose {
    fn text(&self) -> String {
        match self {
            Self::Page(page) => format!("page:{page}"),
            Self::StepUp => "step-up:".to_owned(),
            Self::Withdrawal(id) => format!("withdrawal:{id}"),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("page", page) => Some(Self::Page(page.to_owned())),
            ("step-up", _) => Some(Self::StepUp),
            ("withdrawal", id) => Some(Self::Withdrawal(id.to_owned())),
            _ => None,
        }
    }
}

/// Begins a session.
///
/// # Errors
/// SQLite's.
pub fn begin(
    tx: &Transaction<'_>,
    digest: &[u8],
    part: Part,
    session: &Session,
    (now, expires): (i64, i64),
) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM sessions WHERE expires < ?1", [now])?;
    tx.execute(
        "INSERT INTO sessions (digest, part, username, sub, sid, id_token, auth_time, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            digest,
            part.name(),
            session.username,
            session.sub,
            session.sid,
            session.id_token,
            session.auth_time,
            expires
        ],
    )?;
    Ok(())
}

/// A living session.
///
/// # Errors
/// SQLite's.
pub fn find(tx: &Transaction<'_>, digest: &[u8], part: Part, now: i64) -> rusqlite::Result<Option<Session>> {
    perhaps(
        tx.prepare(
            "SELECT username, sub, sid, id_token, auth_time FROM sessions
             WHERE digest = ?1 AND part = ?2 AND expires > ?3",
        )?
        .query_row(params![digest, part.name(), now], session_of),
    )
}

fn session_of(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        username: row.get(0)?,
        sub: row.get(1)?,
        sid: row.get(2)?,
        id_token: row.get(3)?,
        auth_time: row.get(4)?,
    })
}

/// Ends a browser's session.
///
/// # Errors
/// SQLite's.
pub fn end(tx: &Transaction<'_>, digest: &[u8]) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM sessions WHERE digest = ?1", [digest]).map(|_| ())
}

/// Ends what the issuer says is over: one of its sessions, or all of a user's.
///
/// # Errors
/// SQLite's.
pub fn end_told(tx: &Transaction<'_>, part: Part, sub: Option<&str>, sid: Option<&str>) -> rusqlite::Result<usize> {
    match (sid, sub) {
        (Some(sid), None) => tx.execute("DELETE FROM sessions WHERE part = ?1 AND sid = ?2", params![part.name(), sid]),
        (Some(sid), Some(sub)) => {
            tx.execute("DELETE FROM sessions WHERE part = ?1 AND sid = ?2 AND sub = ?3", params![part.name(), sid, sub])
        }
        (None, Some(sub)) => tx.execute("DELETE FROM sessions WHERE part = ?1 AND sub = ?2", params![part.name(), sub]),
        (None, None) => Ok(0),
    }
}

/// Keeps a login until its answer comes.
///
/// # Errors
/// SQLite's.
pub fn await_answer(tx: &Transaction<'_>, login: &Login, (now, expires): (i64, i64)) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM logins WHERE expires < ?1", [now])?;
    tx.execute(
        "INSERT INTO logins (state, browser, part, nonce, verifier, purpose, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            login.state,
            login.browser,
            login.part.name(),
            login.nonce,
            login.verifier,
            login.purpose.text(),
            expires
        ],
    )?;
    Ok(())
}

/// Takes a login, once, in the browser where it began.
///
/// # Errors
/// SQLite's.
pub fn answered(
    tx: &Transaction<'_>,
    state: &str,
    browser: &[u8],
    part: Part,
    now: i64,
) -> rusqlite::Result<Option<Login>> {
    let found = perhaps(tx.query_row(
        "DELETE FROM logins WHERE state = ?1 AND browser = ?2 AND part = ?3 AND expires > ?4
         RETURNING nonce, verifier, purpose",
        params![state, browser, part.name(), now],
        |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)),
    ))?;
    Ok(found.and_then(|(nonce, verifier, purpose)| {
        let purpose = Purpose::parse(&purpose)?;
        Some(Login { state: state.to_owned(), browser: browser.to_vec(), part, nonce, verifier, purpose })
    }))
}
