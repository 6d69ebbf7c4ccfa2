//! Withdrawals: asked for, confirmed at the issuer, booked once.

use super::perhaps;
use crate::money::Cents;
use rusqlite::{Row, Transaction, params};

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its id.
    pub id: String,
    /// The username of the owner.
    pub username: String,
    /// The account it leaves.
    pub account: String,
    /// The amount, in cents.
    pub amount: Cents,
    /// What the user is asked to confirm: the `authorization_details` member, JSON.
    pub details: String,
    /// The state in its life.
    pub state: State,
    /// The client that asked for the confirmation.
    pub client: String,
    /// Where the answer is fetched, of one that is confirmed elsewhere.
    pub auth_req_id: Option<String>,
    /// Seconds between two questions about it.
    pub pause: i64,
    /// The labels of the devices that may confirm it, where that is known.
    pub devices: String,
    /// The signed proof of the confirmation.
    pub receipt: Option<String>,
    /// What the receipt calls the confirmation; the institution calls the withdrawal so.
    pub jti: Option<String>,
    /// When it was asked for, Unix seconds.
    pub at: i64,
    /// Until when it may be confirmed, Unix seconds.
    pub expires: i64,
}

/// The state of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The user is being asked; the money is held.
    Asked,
    /// The money has left the account.
    Booked,
    /// And the bank has sent it on.
    Settled,
    /// Given up; the money is back.
    Cancelled,
    /// The user denied it.
    Declined,
    /// Nobody confirmed it in time.
    Expired,
    /// The issuer ended it for another reason, or was not asked at all.
    Unconfirmed,
    /// The issuer's answer was not what was asked for.
    Mismatched,
}

impl State {
    /// As stored, and in the keys of words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Booked => "booked",
            Self::Settled => "settled",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Unconfirmed => "unconfirmed",
            Self::Mismatched => "mismatched",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let open = [Self::Asked, Self::Booked, Self::Settled];
        let ended = [Self::Cancelled, Self::Declined, Self::Expired, Self::Unconfirmed, Self::Mismatched];
        open.into_iter().chain(ended).find(|state| state.name() == name)
    }

    /// How a request ended that the issuer answers with an error: by its `error_reason`, which another issuer lacks.
    pub fn ended(reason: Option<&str>) -> Self {
        match reason {
            Some("denied") => Self::Declined,
            Some("expired") => Self::Expired,
            _ => Self::Unconfirmed,
        }
    }
}

/// Notes a withdrawal that is about to be asked about.
///
/// # Errors
/// SQLite's.
pub fn ask(tx: &Transaction<'_>, asked: &Withdrawal) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO withdrawals
           (id, username, account, amount, details, state, at, expires, client, auth_req_id, pause, devices)
         VALUES (?1, ?2, ?3, ?4, ?5, 'asked', ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            asked.id,
            asked.username,
            asked.account,
            asked.amount.count(),
            asked.details,
            asked.at,
            asked.expires,
            asked.client,
            asked.auth_req_id,
            asked.pause,
            asked.devices
        ],
    )?;
    Ok(())
}

/// Books a withdrawal with its receipt: once, and only while it is asked about. False when it was not, or when its time is
/// over: its money is not held any more, and may be spent.
///
/// # Errors
/// SQLite's; also when the receipt was used for another one.
pub fn book(tx: &Transaction<'_>, id: &str, (receipt, jti): (&str, &str), now: i64) -> rusqlite::Result<bool> {
    let booked = perhaps(tx.query_row(
        "UPDATE withdrawals SET state = 'booked', receipt = ?2, jti = ?3 WHERE id = ?1 AND state = 'asked' AND expires > ?4
         RETURNING account, amount",
        params![id, receipt, jti, now],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
    ))?;
    let Some((account, amount)) = booked else { return Ok(false) };
    super::customer::pay(tx, &account, -amount)?;
    Ok(true)
}

/// Ends a withdrawal that is asked about without booking it.
///
/// # Errors
/// SQLite's.
pub fn end(tx: &Transaction<'_>, id: &str, state: State) -> rusqlite::Result<()> {
    tx.execute("UPDATE withdrawals SET state = ?2 WHERE id = ?1 AND state = 'asked'", params![id, state.name()])
        .map(|_| ())
}

/// Notes that the customer is asked elsewhere.
///
/// # Errors
/// SQLite's.
pub fn asked_elsewhere(
    tx: &Transaction<'_>,
    id: &str,
    auth_req_id: &str,
    pause: i64,
    expires: i64,
) -> rusqlite::Result<()> {
    let sql = "UPDATE withdrawals SET auth_req_id = ?2, pause = ?3, expires = ?4 WHERE id = ?1 AND state = 'asked'";
    tx.execute(sql, params![id, auth_req_id, pause, expires]).map(|_| ())
}

/// Those that the customer is asked about elsewhere.
///
/// # Errors
/// SQLite's.
pub fn elsewhere(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Withdrawal>> {
    let sql = format!("SELECT {COLUMNS} FROM withdrawals WHERE state = 'asked' AND auth_req_id IS NOT NULL");
    tx.prepare(&sql)?.query_map([], withdrawal_of)?.collect()
}

/// Notes that what was booked is carried out. False when it is not booked.
///
/// # Errors
/// SQLite's.
pub fn settle(tx: &Transaction<'_>, jti: &str) -> rusqlite::Result<bool> {
    Ok(tx.execute("UPDATE withdrawals SET state = 'settled' WHERE jti = ?1 AND state = 'booked'", [jti])? == 1)
}

/// Gives up what was booked: the money comes back.
///
/// # Errors
/// SQLite's.
pub fn give_up(tx: &Transaction<'_>, jti: &str) -> rusqlite::Result<()> {
    let given_up = perhaps(tx.query_row(
        "UPDATE withdrawals SET state = 'cancelled' WHERE jti = ?1 AND state = 'booked' RETURNING account, amount",
        [jti],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
    ))?;
    given_up.map_or(Ok(()), |(account, amount)| super::customer::pay(tx, &account, amount))
}

const COLUMNS: &str =
    "id, username, account, amount, details, state, receipt, at, expires, client, auth_req_id, pause, devices, jti";

/// A user's withdrawal.
///
/// # Errors
/// SQLite's.
pub fn one(tx: &Transaction<'_>, id: &str, username: &str) -> rusqlite::Result<Option<Withdrawal>> {
    let sql = format!("SELECT {COLUMNS} FROM withdrawals WHERE id = ?1 AND username = ?2");
    perhaps(tx.query_row(&sql, [id, username], withdrawal_of))
}

/// A user's withdrawals that are under way: asked about, or booked and not carried out.
///
/// # Errors
/// SQLite's.
pub fn under_way(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<Vec<Withdrawal>> {
    let sql =
        format!("SELECT {COLUMNS} FROM withdrawals WHERE username = ?1 AND state IN ('asked', 'booked') ORDER BY at");
    tx.prepare(&sql)?.query_map([username], withdrawal_of)?.collect()
}

/// A user's latest withdrawals.
///
/// # Errors
/// SQLite's.
pub fn latest(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<Vec<Withdrawal>> {
    let sql = format!("SELECT {COLUMNS} FROM withdrawals WHERE username = ?1 ORDER BY at DESC, id LIMIT 20");
    tx.prepare(&sql)?.query_map([username], withdrawal_of)?.collect()
}

fn withdrawal_of(row: &Row<'_>) -> rusqlite::Result<Withdrawal> {
    Ok(Withdrawal {
        id: row.get(0)?,
        username: row.get(1)?,
        account: row.get(2)?,
        amount: Cents::new(row.get(3)?),
        details: row.get(4)?,
        state: State::parse(&row.get::<_, String>(5)?).ok_or(rusqlite::Error::InvalidQuery)?,
        receipt: row.get(6)?,
        at: row.get(7)?,
        expires: row.get(8)?,
        client: row.get(9)?,
        auth_req_id: row.get(10)?,
        pause: row.get(11)?,
        devices: row.get(12)?,
        jti: row.get(13)?,
    })
}
