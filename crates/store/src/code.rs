//! Authorization codes: once, soon, and only what the login gave.

use crate::{
    Ask, Error, Row, Sql, json,
    sql::{params, statements},
};
use domain::{
    Timestamp,
    confirmation::Redemption,
    id::{ConfirmationId, GrantId, SessionId, UserId},
};

/// A code as stored: under its digest, never itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Whose login.
    pub user: UserId,
    /// The digest of the code's handle.
    pub digest: [u8; 32],
    /// The login.
    pub confirmation: ConfirmationId,
    /// The client it was given to.
    pub client: String,
    /// What it is bound to.
    pub redemption: Redemption,
    /// How strong the login was.
    pub acr: String,
    /// What was used (RFC 8176), separated by spaces.
    pub amr: String,
    /// When the login was confirmed.
    pub auth_at: Timestamp,
    /// When the code dies.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
    /// The family of tokens it gives.
    pub grant: GrantId,
    /// The browser session that it was given from; none for a login that has none.
    pub session: Option<SessionId>,
}

statements! {
    INSERT = "INSERT INTO codes (user_id, digest, confirmation_id, client, redemption, acr, amr, auth_at, expires_at,
        redeemed_at, grant_id, session_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11)";
    ONE = "SELECT user_id, digest, confirmation_id, client, redemption, acr, amr, auth_at, expires_at, redeemed_at,
        grant_id, session_id FROM codes WHERE user_id = $1 AND digest = $2";
    WITHDRAW = "UPDATE codes SET redeemed_at = $2 WHERE user_id = $1 AND redeemed_at IS NULL";
    REDEEM = "UPDATE codes SET redeemed_at = $3 WHERE user_id = $1 AND digest = $2 AND redeemed_at IS NULL";
}

/// Adds a code. That its confirmation gives it once is the caller's to see ([`crate::confirmation::given`]).
pub fn insert(sql: &mut dyn Sql, code: &Code) -> Result<(), Error> {
    let args = params![
        code.user.octets(),
        code.digest,
        code.confirmation.octets(),
        &code.client,
        json::write(INSERT, &code.redemption)?,
        &code.acr,
        &code.amr,
        code.auth_at.micros(),
        code.expires_at.micros(),
        code.grant.octets(),
        code.session.map(SessionId::octets),
    ];
    sql.apply(INSERT, &args)
}

/// The code of a digest.
pub fn one(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<Code>, Error> {
    ask_one(user, digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`one`] reads.
#[must_use]
pub fn ask_one(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(ONE, params![user.octets(), digest])
}

/// Redeems a code. False when it was redeemed before.
pub fn redeem(sql: &mut dyn Sql, code: &Code, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(REDEEM, &params![code.user.octets(), code.digest, now.micros()])
}

/// Withdraws every code of a user that waits to be redeemed: it gives nothing any more.
pub fn withdraw(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<(), Error> {
    sql.apply(WITHDRAW, &params![user.octets(), now.micros()])
}

fn read(row: &Row) -> Result<Code, Error> {
    Ok(Code {
        user: row.id16(0)?.into(),
        digest: row.array(1)?,
        confirmation: row.id16(2)?.into(),
        client: row.text(3)?.to_owned(),
        redemption: serde_json::from_str(row.text(4)?).map_err(|_| row.corrupt(4, "a redemption"))?,
        acr: row.text(5)?.to_owned(),
        amr: row.text(6)?.to_owned(),
        auth_at: Timestamp::from_micros(row.i64(7)?),
        expires_at: Timestamp::from_micros(row.i64(8)?),
        redeemed_at: row.opt_i64(9)?.map(Timestamp::from_micros),
        grant: row.id16(10)?.into(),
        session: row.opt_id16(11)?.map(Into::into),
    })
}
