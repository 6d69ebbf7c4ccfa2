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
    /// The signed proof of the confirmation.
    pub receipt: Option<String>,
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
    /// The money has left.
    Booked,
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
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Unconfirmed => "unconfirmed",
            Self::Mismatched => "mismatched",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let all = [Self::Asked, Self::Booked, Self::Declined, Self::Expired, Self::Unconfirmed, Self::Mismatched];
        all.into_iter().find(|state| state.name() == name)
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
        "INSERT INTO withdrawals (id, username, account, amount, details, state, at, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, 'asked', ?6, ?7)",
        params![asked.id, asked.username, asked.account, asked.amount.count(), asked.details, asked.at, asked.expires],
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

const COLUMNS: &str = "id, username, account, amount, details, state, receipt, at, expires";

/// A user's withdrawal.
///
/// # Errors
/// SQLite's.
pub fn one(tx: &Transaction<'_>, id: &str, username: &str) -> rusqlite::Result<Option<Withdrawal>> {
    let sql = format!("SELECT {COLUMNS} FROM withdrawals WHERE id = ?1 AND username = ?2");
    perhaps(tx.query_row(&sql, [id, username], withdrawal_of))
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
    })
}
