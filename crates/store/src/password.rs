//! New passwords on their way: links that were sent, and hashes that wait for a device to confirm them.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ConfirmationId, MarkId, SessionId, UserId},
};

/// A link that was sent to whoever forgot the password, under the digest of its handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose.
    pub user: UserId,
    /// The digest of its handle.
    pub digest: [u8; 32],
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
}

/// A new password that waits for a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub user: UserId,
    /// The confirmation that it waits for.
    pub confirmation: ConfirmationId,
    /// The hash of the password, as it is stored with the user.
    pub password_phc: String,
    /// The session that asks, which lives on.
    pub session: Option<SessionId>,
    /// The mark of the browser that asks, which stays known.
    pub mark: Option<MarkId>,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

statements! {
    INSERT_LINK = "INSERT INTO password_links (user_id, digest, created_at, expires_at, used_at)
        VALUES ($1, $2, $3, $4, NULL)";
    LINK = "SELECT 1 FROM password_links WHERE user_id = $1 AND digest = $2 AND used_at IS NULL AND expires_at > $3";
    LIVING_LINK = "SELECT expires_at FROM password_links WHERE user_id = $1 AND used_at IS NULL AND expires_at > $2
        ORDER BY expires_at DESC LIMIT 1";
    USE_LINK = "UPDATE password_links SET used_at = $3
        WHERE user_id = $1 AND digest = $2 AND used_at IS NULL AND expires_at > $3";
    END_LINKS = "UPDATE password_links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    SWEEP_LINKS = "DELETE FROM password_links WHERE (user_id, digest) IN (
        SELECT user_id, digest FROM password_links WHERE expires_at <= $1 LIMIT 1000)";
    INSERT = "INSERT INTO password_changes (user_id, confirmation_id, password_phc, session_id, mark_id, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    TAKE = "DELETE FROM password_changes WHERE user_id = $1 AND confirmation_id = $2
        RETURNING password_phc, session_id, mark_id, expires_at";
    SWEEP = "DELETE FROM password_changes WHERE (user_id, confirmation_id) IN (
        SELECT user_id, confirmation_id FROM password_changes WHERE expires_at <= $1 LIMIT 1000)";
}

/// Adds a link.
pub fn insert_link(sql: &mut dyn Sql, link: &Link) -> Result<(), Error> {
    let args = params![link.user.octets(), link.digest, link.created_at.micros(), link.expires_at.micros()];
    sql.apply(INSERT_LINK, &args)
}

/// Whether a link of a digest lives.
pub fn link_lives(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<bool, Error> {
    Ok(sql.row(LINK, &params![user.octets(), digest, now.micros()])?.is_some())
}

/// Until when a link of the user's lives; none where none does.
pub fn living_link(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let row = sql.row(LIVING_LINK, &params![user.octets(), now.micros()])?;
    row.map(|row| Ok(Timestamp::from_micros(row.i64(0)?))).transpose()
}

/// Uses a link up. False when it does not live.
pub fn use_link(sql: &mut dyn Sql, user: UserId, digest: [u8; 32], now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(USE_LINK, &params![user.octets(), digest, now.micros()])
}

/// Ends every link of a user.
pub fn end_links(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(END_LINKS, &params![user.octets(), now.micros()])
}

/// Forgets links whose time was over before a moment.
pub fn sweep_links(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP_LINKS, &params![before.micros()])
}

/// Keeps a new password until a device confirms it.
pub fn insert(sql: &mut dyn Sql, change: &Change) -> Result<(), Error> {
    let args = params![
        change.user.octets(),
        change.confirmation.octets(),
        &change.password_phc,
        change.session.map(SessionId::octets),
        change.mark.map(MarkId::octets),
        change.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// Takes the one that waits for a confirmation: it is not kept any longer.
pub fn take(sql: &mut dyn Sql, user: UserId, confirmation: ConfirmationId) -> Result<Option<Change>, Error> {
    let taken = sql.row(TAKE, &params![user.octets(), confirmation.octets()])?;
    taken
        .map(|row| {
            Ok(Change {
                user,
                confirmation,
                password_phc: row.text(0)?.to_owned(),
                session: row.opt_id16(1)?.map(Into::into),
                mark: row.opt_id16(2)?.map(Into::into),
                expires_at: Timestamp::from_micros(row.i64(3)?),
            })
        })
        .transpose()
}

/// Forgets those whose time was over before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}
