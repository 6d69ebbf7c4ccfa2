//! Authorization requests that were pushed, or that wait for their user to log in.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::Timestamp;

/// A request as stored, under the digest of its handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The digest of its handle.
    pub digest: [u8; 32],
    /// Whose it is.
    pub client: String,
    /// The request, as JSON.
    pub request: String,
    /// The browser that alone may go on with it, by a keyed digest of its cookie; none of a pushed one that is not open yet.
    pub browser: Option<[u8; 16]>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO authorization_requests (digest, client, request, created_at, expires_at, used_at, browser)
        VALUES ($1, $2, $3, $4, $5, NULL, $6)";
    TAKE = "UPDATE authorization_requests SET used_at = $2
        WHERE digest = $1 AND used_at IS NULL AND expires_at > $2
        RETURNING digest, client, request, created_at, expires_at, browser";
    ONE = "SELECT digest, client, request, created_at, expires_at, browser FROM authorization_requests
        WHERE digest = $1 AND used_at IS NULL AND expires_at > $2";
    OPEN = "UPDATE authorization_requests
        SET expires_at = CASE WHEN browser IS NULL THEN $4 ELSE expires_at END, browser = $2
        WHERE digest = $1 AND used_at IS NULL AND expires_at > $3 AND (browser IS NULL OR browser = $2)
        RETURNING digest, client, request, created_at, expires_at, browser";
    SWEEP = "DELETE FROM authorization_requests WHERE digest IN (
        SELECT digest FROM authorization_requests WHERE expires_at <= $1 LIMIT 1000)";
}

/// Adds a request.
pub fn insert(sql: &mut dyn Sql, request: &Request) -> Result<(), Error> {
    let args = params![
        request.digest,
        &request.client,
        &request.request,
        request.created_at.micros(),
        request.expires_at.micros(),
        request.browser,
    ];
    sql.apply(INSERT, &args)
}

/// Takes a living request, once.
pub fn take(sql: &mut dyn Sql, digest: [u8; 32], now: Timestamp) -> Result<Option<Request>, Error> {
    sql.row(TAKE, &params![digest, now.micros()])?.as_ref().map(read).transpose()
}

/// Opens a living request in a browser, in no other from then on: it lives until `until`, and is not used by that
/// (RFC 9126, 4: whoever loads the page again must find it).
pub fn open(
    sql: &mut dyn Sql,
    digest: [u8; 32],
    browser: [u8; 16],
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Request>, Error> {
    let args = params![digest, browser, now.micros(), until.micros()];
    sql.row(OPEN, &args)?.as_ref().map(read).transpose()
}

/// Looks at a living request.
pub fn one(sql: &mut dyn Sql, digest: [u8; 32], now: Timestamp) -> Result<Option<Request>, Error> {
    sql.row(ONE, &params![digest, now.micros()])?.as_ref().map(read).transpose()
}

/// Forgets dead requests.
pub fn sweep(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Error> {
    sql.exec(SWEEP, &params![now.micros()])
}

fn read(row: &crate::Row) -> Result<Request, Error> {
    Ok(Request {
        digest: row.array(0)?,
        client: row.text(1)?.to_owned(),
        request: row.text(2)?.to_owned(),
        created_at: Timestamp::from_micros(row.i64(3)?),
        expires_at: Timestamp::from_micros(row.i64(4)?),
        browser: row.opt_id16(5)?,
    })
}
