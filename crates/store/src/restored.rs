//! What of a copy must not come alive again: whatever was ended after the copy was made is open in it.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::Timestamp;

statements! {
    SESSIONS = "UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL";
    PHONE_SESSIONS = "UPDATE phone_sessions SET ended_at = $1 WHERE ended_at IS NULL";
    GRANTS = "UPDATE grants SET ended_at = $1 WHERE ended_at IS NULL";
    TOKENS = "UPDATE tokens SET revoked_at = $1 WHERE revoked_at IS NULL";
    MARKS = "UPDATE marks SET revoked_at = $1 WHERE revoked_at IS NULL";
    CODES = "UPDATE codes SET redeemed_at = $1 WHERE redeemed_at IS NULL";
    INVITATIONS = "UPDATE invitations SET used_at = $1 WHERE used_at IS NULL";
    PASSWORD_LINKS = "UPDATE password_links SET used_at = $1 WHERE used_at IS NULL";
    ACTIVATIONS = "UPDATE activations SET ended_at = $1 WHERE ended_at IS NULL";
    DELIVERIES = "UPDATE deliveries SET done_at = $1 WHERE done_at IS NULL AND gave_up_at IS NULL";
    OUTBOX = "UPDATE outbox SET sent_at = $1 WHERE sent_at IS NULL";
}

/// Ends every session, grant, token, mark, code, invitation, link and activation, and sends nothing of what waited: it was sent.
/// Gives how many sessions, of browsers and phones, ended.
pub fn end_all(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    let now = params![now.micros()];
    for end in [GRANTS, TOKENS, MARKS, CODES, INVITATIONS, PASSWORD_LINKS, ACTIVATIONS, DELIVERIES, OUTBOX] {
        sql.exec(end, &now)?;
    }
    Ok(sql.exec(SESSIONS, &now)? + sql.exec(PHONE_SESSIONS, &now)?)
}
