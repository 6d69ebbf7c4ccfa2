//! Sessions of phone apps: what stands behind the tokens of the phone's API. Both tokens are bound to the phone's key.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{DeviceId, PhoneSessionId, UserId},
};

/// A session of a phone app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneSession {
    /// Whose.
    pub user: UserId,
    /// Its id.
    pub id: PhoneSessionId,
    /// The phone.
    pub device: DeviceId,
    /// When its access token dies.
    pub access_expires_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last given a token.
    pub last_seen_at: Timestamp,
}

/// The digests of the two tokens' handles.
#[derive(Debug, Clone, Copy)]
pub struct Digests {
    /// Of the access token.
    pub access: [u8; 32],
    /// Of the refresh token.
    pub refresh: [u8; 32],
}

statements! {
    INSERT = "INSERT INTO phone_sessions (user_id, id, device_id, access_digest, access_expires_at, refresh_digest,
        created_at, last_seen_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
    BY_ACCESS = "SELECT user_id, id, device_id, access_expires_at, created_at, last_seen_at FROM phone_sessions
        WHERE user_id = $1 AND access_digest = $2 AND ended_at IS NULL AND access_expires_at > $3";
    BY_REFRESH = "SELECT user_id, id, device_id, access_expires_at, created_at, last_seen_at FROM phone_sessions
        WHERE user_id = $1 AND refresh_digest = $2 AND ended_at IS NULL";
    REFRESHED = "UPDATE phone_sessions SET access_digest = $3, access_expires_at = $4, last_seen_at = $5
        WHERE user_id = $1 AND id = $2";
    END = "UPDATE phone_sessions SET ended_at = $3 WHERE user_id = $1 AND id = $2 AND ended_at IS NULL";
    LIVES = "SELECT 1 FROM phone_sessions WHERE user_id = $1 AND id = $2 AND ended_at IS NULL";
    END_OF_DEVICE = "UPDATE phone_sessions SET ended_at = $3 WHERE user_id = $1 AND device_id = $2 AND ended_at IS NULL";
}

/// Adds a session under the digests of its tokens.
pub fn insert(sql: &mut dyn Sql, session: &PhoneSession, digests: Digests) -> Result<(), Error> {
    let args = params![
        session.user.octets(),
        session.id.octets(),
        session.device.octets(),
        digests.access,
        session.access_expires_at.micros(),
        digests.refresh,
        session.created_at.micros(),
        session.last_seen_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The living session of an access token.
pub fn by_access(
    sql: &mut dyn Sql,
    user: UserId,
    digest: [u8; 32],
    now: Timestamp,
) -> Result<Option<PhoneSession>, Error> {
    ask_by_access(user, digest, now).row(sql)?.as_ref().map(read).transpose()
}

/// What [`by_access`] reads at the same moment.
#[must_use]
pub fn ask_by_access(user: UserId, digest: [u8; 32], now: Timestamp) -> Ask {
    Ask::new(BY_ACCESS, params![user.octets(), digest, now.micros()])
}

/// The living session of a refresh token.
pub fn by_refresh(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<PhoneSession>, Error> {
    ask_by_refresh(user, digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`by_refresh`] reads.
#[must_use]
pub fn ask_by_refresh(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(BY_REFRESH, params![user.octets(), digest])
}

/// Gives the session another access token; the one before is worth nothing any more.
pub fn refreshed(
    sql: &mut dyn Sql,
    session: &PhoneSession,
    (access, expires_at): ([u8; 32], Timestamp),
    now: Timestamp,
) -> Result<(), Error> {
    let args = params![session.user.octets(), session.id.octets(), access, expires_at.micros(), now.micros()];
    sql.apply(REFRESHED, &args)
}

/// Ends a session. False when it had ended.
pub fn end(sql: &mut dyn Sql, user: UserId, id: PhoneSessionId, now: Timestamp) -> Result<bool, Error> {
    // Its stream of events learns of it.
    sql.wake(user.octets());
    sql.changes_one(END, &params![user.octets(), id.octets(), now.micros()])
}

/// Whether nothing has ended a session yet.
pub fn lives(sql: &mut dyn Sql, user: UserId, id: PhoneSessionId) -> Result<bool, Error> {
    Ok(ask_lives(user, id).row(sql)?.is_some())
}

/// What [`lives`] reads.
#[must_use]
pub fn ask_lives(user: UserId, id: PhoneSessionId) -> Ask {
    Ask::new(LIVES, params![user.octets(), id.octets()])
}

/// Ends every session of a device that is no longer used.
pub fn end_of_device(sql: &mut dyn Sql, user: UserId, device: DeviceId, now: Timestamp) -> Result<u64, Error> {
    sql.exec(END_OF_DEVICE, &params![user.octets(), device.octets(), now.micros()])
}

fn read(row: &Row) -> Result<PhoneSession, Error> {
    Ok(PhoneSession {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        device: row.id16(2)?.into(),
        access_expires_at: Timestamp::from_micros(row.i64(3)?),
        created_at: Timestamp::from_micros(row.i64(4)?),
        last_seen_at: Timestamp::from_micros(row.i64(5)?),
    })
}
