//! Requests of clients' back ends (CIBA): under the digest of `auth_req_id`, beside the confirmation that they await.

use crate::{
    Ask, Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    id::{ConfirmationId, UserId},
};

/// A request as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backchannel {
    /// Who is asked.
    pub user: UserId,
    /// The digest of `auth_req_id`'s handle.
    pub digest: [u8; 32],
    /// What is awaited.
    pub confirmation: ConfirmationId,
    /// The client that asked; nobody else gets an answer.
    pub client: String,
    /// What its tokens may do.
    pub scope: String,
    /// Seconds that must lie between two questions.
    pub poll_interval: u32,
    /// When it last asked.
    pub polled_at: Option<Timestamp>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When its tokens were fetched.
    pub redeemed_at: Option<Timestamp>,
    /// What the session proved in which its user took it up on our pages, if that was done.
    pub proved_amr: Option<String>,
}

statements! {
    INSERT = "INSERT INTO backchannel_requests (user_id, digest, confirmation_id, client, scope, sealed_notification,
        poll_interval, polled_at, created_at, expires_at, redeemed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9, NULL)";
    ONE = "SELECT user_id, digest, confirmation_id, client, scope, poll_interval, polled_at, created_at, expires_at,
        redeemed_at, proved_amr FROM backchannel_requests WHERE user_id = $1 AND digest = $2";
    TAKEN_UP = "UPDATE backchannel_requests SET proved_amr = $3 WHERE user_id = $1 AND confirmation_id = $2";
    POLLED = "UPDATE backchannel_requests SET polled_at = $3, poll_interval = $4 WHERE user_id = $1 AND digest = $2";
    REDEEM = "UPDATE backchannel_requests SET redeemed_at = $3
        WHERE user_id = $1 AND digest = $2 AND redeemed_at IS NULL";
    NOTIFICATION = "SELECT client, sealed_notification FROM backchannel_requests
        WHERE user_id = $1 AND confirmation_id = $2 AND sealed_notification IS NOT NULL";
    OPEN = "SELECT confirmation_id FROM backchannel_requests
        WHERE user_id = $1 AND redeemed_at IS NULL AND expires_at > $2 ORDER BY created_at, confirmation_id";
    SWEEP = "DELETE FROM backchannel_requests WHERE (user_id, digest) IN (
        SELECT user_id, digest FROM backchannel_requests WHERE expires_at <= $1 LIMIT 1000)";
}

/// What a ping needs: where the client wants to hear, in its own token, of which request.
#[derive(Debug, Clone)]
pub struct Notification {
    /// `client_notification_token`.
    pub token: Secret<String>,
    /// `auth_req_id`, which we keep nowhere else.
    pub auth_req_id: Secret<String>,
}

/// Adds a request. `ping` is kept sealed.
pub fn insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    request: &Backchannel,
    ping: Option<(&Notification, [u8; 12])>,
) -> Result<(), Error> {
    let row = row_of(request.user, request.confirmation);
    let sealed = match ping {
        Some((ping, nonce)) => {
            let both = format!("{}\n{}", ping.token.expose(), ping.auth_req_id.expose());
            Some(sealer.seal(&context(&row), both.as_bytes(), nonce)?)
        }
        None => None,
    };
    let args = params![
        request.user.octets(),
        request.digest,
        request.confirmation.octets(),
        &request.client,
        &request.scope,
        sealed,
        request.poll_interval,
        request.created_at.micros(),
        request.expires_at.micros(),
    ];
    sql.apply(INSERT, &args)
}

/// The request of a digest.
pub fn one(sql: &mut dyn Sql, user: UserId, digest: [u8; 32]) -> Result<Option<Backchannel>, Error> {
    ask_one(user, digest).row(sql)?.as_ref().map(read).transpose()
}

/// What [`one`] reads.
#[must_use]
pub fn ask_one(user: UserId, digest: [u8; 32]) -> Ask {
    Ask::new(ONE, params![user.octets(), digest])
}

/// Notes a question, and how long to wait until the next.
pub fn polled(sql: &mut dyn Sql, request: &Backchannel, now: Timestamp, poll_interval: u32) -> Result<(), Error> {
    let args = params![request.user.octets(), request.digest, now.micros(), poll_interval];
    sql.apply(POLLED, &args)
}

/// Notes in what kind of session its user takes it up; the last one is who can answer.
pub fn taken_up(sql: &mut dyn Sql, user: UserId, confirmation: ConfirmationId, amr: &str) -> Result<(), Error> {
    sql.apply(TAKEN_UP, &params![user.octets(), confirmation.octets(), amr])
}

/// Notes that the tokens were fetched. False when they had been before.
pub fn redeem(sql: &mut dyn Sql, request: &Backchannel, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(REDEEM, &params![request.user.octets(), request.digest, now.micros()])
}

/// Who wants to hear that a confirmation ended: the client, and what it gave for that.
pub fn notification(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    user: UserId,
    confirmation: ConfirmationId,
) -> Result<Option<(String, Notification)>, Error> {
    let Some(row) = ask_notification(user, confirmation).row(sql)? else { return Ok(None) };
    let opened = sealer.open(&context(&row_of(user, confirmation)), row.bytes(1)?)?;
    let both = std::str::from_utf8(&opened).ok().and_then(|both| both.split_once('\n'));
    let (token, auth_req_id) = both.ok_or_else(|| row.corrupt(1, "a notification"))?;
    let notification =
        Notification { token: Secret::new(token.to_owned()), auth_req_id: Secret::new(auth_req_id.to_owned()) };
    Ok(Some((row.text(0)?.to_owned(), notification)))
}

/// What [`notification`] reads.
#[must_use]
pub fn ask_notification(user: UserId, confirmation: ConfirmationId) -> Ask {
    Ask::new(NOTIFICATION, params![user.octets(), confirmation.octets()])
}

/// The confirmations of a user's living requests, oldest first; some may have ended.
pub fn open(sql: &mut dyn Sql, user: UserId, now: Timestamp) -> Result<Vec<ConfirmationId>, Error> {
    let rows = sql.rows(OPEN, &params![user.octets(), now.micros()])?;
    rows.iter().map(|row| Ok(row.id16(0)?.into())).collect()
}

/// Forgets requests that died before a moment.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![before.micros()])
}

fn read(row: &Row) -> Result<Backchannel, Error> {
    Ok(Backchannel {
        user: row.id16(0)?.into(),
        digest: row.array(1)?,
        confirmation: row.id16(2)?.into(),
        client: row.text(3)?.to_owned(),
        scope: row.text(4)?.to_owned(),
        poll_interval: row.u32(5)?,
        polled_at: row.opt_i64(6)?.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.i64(7)?),
        expires_at: Timestamp::from_micros(row.i64(8)?),
        redeemed_at: row.opt_i64(9)?.map(Timestamp::from_micros),
        proved_amr: row.opt_text(10)?.map(str::to_owned),
    })
}

fn row_of(user: UserId, confirmation: ConfirmationId) -> Vec<u8> {
    [user.octets(), confirmation.octets()].concat()
}

fn context(row: &[u8]) -> Context<'_> {
    Context { table: "backchannel_requests", row, field: "notification" }
}
