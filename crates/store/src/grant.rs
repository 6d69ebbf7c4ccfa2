//! What was granted to a client: the family of tokens that one code gave.

use crate::{
    Ask, Error, Row, Sql,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    id::{ConfirmationId, GrantId, SessionId, UserId},
};

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// On whose behalf.
    pub user: UserId,
    /// Its id.
    pub id: GrantId,
    /// To whom.
    pub client: String,
    /// The browser session it came from.
    pub session: Option<SessionId>,
    /// What was granted.
    pub scope: String,
    /// How strong the login was.
    pub acr: String,
    /// What was used (RFC 8176), separated by spaces.
    pub amr: String,
    /// When the login was confirmed.
    pub auth_at: Timestamp,
    /// The thumbprint of the key that its tokens are bound to.
    pub jkt: Option<String>,
    /// The confirmation whose details its tokens repeat, where there are any.
    pub confirmation: Option<ConfirmationId>,
    /// When it was given.
    pub created_at: Timestamp,
}

/// A grant that nothing has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The grant.
    pub grant: Grant,
    /// When its refresh token dies, where it has one that was not used yet.
    pub refreshes_until: Option<Timestamp>,
}

statements! {
    INSERT = "INSERT INTO grants (user_id, id, client, session_id, scope, acr, amr, auth_at, jkt, created_at,
        confirmation_id, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL)";
    LIVE = "SELECT user_id, id, client, session_id, scope, acr, amr, auth_at, jkt, created_at, confirmation_id
        FROM grants WHERE user_id = $1 AND id = $2 AND ended_at IS NULL";
    LIVE_OF_REFRESH = "SELECT g.user_id, g.id, g.client, g.session_id, g.scope, g.acr, g.amr, g.auth_at, g.jkt, g.created_at,
        g.confirmation_id FROM refresh_tokens AS r JOIN grants AS g ON g.user_id = r.user_id AND g.id = r.grant_id
        WHERE r.user_id = $1 AND r.digest = $2 AND g.ended_at IS NULL";
    OF_SESSION = "SELECT user_id, id, client, session_id, scope, acr, amr, auth_at, jkt, created_at, confirmation_id
        FROM grants WHERE user_id = $1 AND session_id = $2 ORDER BY id";
    STANDING = "SELECT g.user_id, g.id, g.client, g.session_id, g.scope, g.acr, g.amr, g.auth_at, g.jkt, g.created_at,
        g.confirmation_id, (SELECT MAX(r.expires_at) FROM refresh_tokens AS r
        WHERE r.user_id = g.user_id AND r.grant_id = g.id AND r.used_at IS NULL)
        FROM grants AS g WHERE g.user_id = $1 AND g.ended_at IS NULL ORDER BY g.created_at DESC, g.id LIMIT $2";
    END_ALL = "UPDATE grants SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL";
    END = "UPDATE grants SET ended_at = $3 WHERE user_id = $1 AND id = $2 AND ended_at IS NULL";
}

/// Adds a grant.
pub fn insert(sql: &mut dyn Sql, grant: &Grant) -> Result<(), Error> {
    let args = params![
        grant.user.octets(),
        grant.id.octets(),
        &grant.client,
        grant.session.map(SessionId::octets),
        &grant.scope,
        &grant.acr,
        &grant.amr,
        grant.auth_at.micros(),
        grant.jkt.as_ref(),
        grant.created_at.micros(),
        grant.confirmation.map(ConfirmationId::octets),
    ];
    sql.apply(INSERT, &args)
}

/// A living grant.
pub fn live(sql: &mut dyn Sql, user: UserId, id: GrantId) -> Result<Option<Grant>, Error> {
    ask_live(user, id).row(sql)?.as_ref().map(read).transpose()
}

/// What [`live`] reads.
#[must_use]
pub fn ask_live(user: UserId, id: GrantId) -> Ask {
    Ask::new(LIVE, params![user.octets(), id.octets()])
}

/// The living grant of a refresh token, by the token's digest.
pub fn live_of_refresh(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<Grant>, Error> {
    ask_live_of_refresh(user, digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`live_of_refresh`] reads.
#[must_use]
pub fn ask_live_of_refresh(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(LIVE_OF_REFRESH, params![user.octets(), digest])
}

/// What was granted in a session, ended or not.
pub fn of_session(sql: &mut dyn Sql, user: UserId, session: SessionId) -> Result<Vec<Grant>, Error> {
    sql.rows(OF_SESSION, &params![user.octets(), session.octets()])?.iter().map(read).collect()
}

/// The latest of a user's grants that nothing has ended.
pub fn standing(sql: &mut dyn Sql, user: UserId, limit: u32) -> Result<Vec<Standing>, Error> {
    let read_one =
        |row: &Row| Ok(Standing { grant: read(row)?, refreshes_until: row.opt_i64(11)?.map(Timestamp::from_micros) });
    sql.rows(STANDING, &params![user.octets(), i64::from(limit)])?.iter().map(read_one).collect()
}

/// Ends a grant with all its tokens.
pub fn end(sql: &mut dyn Sql, user: UserId, id: GrantId, now: Timestamp) -> Result<(), Error> {
    sql.apply(END, &params![user.octets(), id.octets(), now.micros()])?;
    crate::token::revoke_grant(sql, user, id, now).map(|_| ())
}

/// Ends every grant of a user with all its tokens.
pub fn end_all(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(END_ALL, &params![user.octets(), now.micros()])?;
    crate::token::revoke_all(sql, user, now).map(|_| ())
}

fn read(row: &Row) -> Result<Grant, Error> {
    Ok(Grant {
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        client: row.text(2)?.to_owned(),
        session: row.opt_id16(3)?.map(Into::into),
        scope: row.text(4)?.to_owned(),
        acr: row.text(5)?.to_owned(),
        amr: row.text(6)?.to_owned(),
        auth_at: Timestamp::from_micros(row.i64(7)?),
        jkt: row.opt_text(8)?.map(str::to_owned),
        created_at: Timestamp::from_micros(row.i64(9)?),
        confirmation: row.opt_id16(10)?.map(Into::into),
    })
}
