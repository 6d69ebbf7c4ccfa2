//! Debit cards and what is paid with them.

use super::perhaps;
use crate::money::Cents;
use rusqlite::{Row, Transaction, params};

/// A debit card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Whose it is: the username at the issuer.
    pub username: String,
    /// The account it pays from.
    pub account: String,
    /// The card's name.
    pub label: String,
    /// The end of its number.
    pub last_four: String,
    /// Whether it pays at all.
    pub standing: Standing,
    /// Up to this amount it pays at once.
    pub limit: Cents,
}

/// Whether a card pays at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Sent to its owner, not yet put to use.
    Pending,
    /// In use.
    Active,
    /// Lost or stolen: it never pays again.
    Blocked,
    /// Given up.
    Cancelled,
}

impl Standing {
    /// As stored, as the processor says it, and in the keys of words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Active, Self::Blocked, Self::Cancelled].into_iter().find(|found| found.name() == name)
    }
}

/// A card payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: String,
    /// The card.
    pub card: String,
    /// The account it is paid from.
    pub account: String,
    /// The merchant's name.
    pub merchant: String,
    /// The amount, in cents.
    pub amount: Cents,
    /// The state in its life.
    pub state: State,
    /// The reason of the decline, by its stable name.
    pub reason: Option<String>,
    /// The issuer's name for the request to the user.
    pub auth_req_id: Option<String>,
    /// Seconds between two questions whether the user has answered.
    pub pause: i64,
    /// Unix seconds.
    pub at: i64,
    /// Until when the user may answer, Unix seconds.
    pub expires: i64,
}

/// The state of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The customer is being asked; the money is held.
    Held,
    /// Paid.
    Approved,
    /// Not paid.
    Declined,
    /// Nobody answered in time.
    Expired,
}

impl State {
    /// As stored, and in the keys of words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Held, Self::Approved, Self::Declined, Self::Expired].into_iter().find(|state| state.name() == name)
    }
}

const CARD: &str = "id, username, account, label, last_four, state, card_limit";

/// Every card, for the page where one is swiped.
///
/// # Errors
/// SQLite's.
pub fn all(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Card>> {
    let sql = format!("SELECT {CARD} FROM cards ORDER BY username, id");
    tx.prepare(&sql)?.query_map([], card_of)?.collect()
}

/// A customer's cards.
///
/// # Errors
/// SQLite's.
pub fn of(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<Vec<Card>> {
    let sql = format!("SELECT {CARD} FROM cards WHERE username = ?1 ORDER BY id");
    tx.prepare(&sql)?.query_map([username], card_of)?.collect()
}

/// One card.
///
/// # Errors
/// SQLite's.
pub fn one(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<Option<Card>> {
    perhaps(tx.query_row(&format!("SELECT {CARD} FROM cards WHERE id = ?1"), [id], card_of))
}

fn card_of(row: &Row<'_>) -> rusqlite::Result<Card> {
    Ok(Card {
        id: row.get(0)?,
        username: row.get(1)?,
        account: row.get(2)?,
        label: row.get(3)?,
        last_four: row.get(4)?,
        standing: Standing::parse(&row.get::<_, String>(5)?).ok_or(rusqlite::Error::InvalidQuery)?,
        limit: Cents::new(row.get(6)?),
    })
}

/// Blocks a card for good, with whatever was promised to it.
///
/// # Errors
/// SQLite's.
pub fn block(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<()> {
    tx.execute("UPDATE cards SET state = 'blocked' WHERE id = ?1 AND state IN ('pending', 'active')", [id])?;
    tx.execute("UPDATE preauthorisations SET state = 'ended' WHERE card = ?1 AND state = 'open'", [id])?;
    tx.execute("UPDATE payments SET authorised_until = NULL WHERE card = ?1", [id]).map(|_| ())
}

/// Notes a swipe. What is approved at once is paid at once.
///
/// # Errors
/// SQLite's.
pub fn swipe(tx: &Transaction<'_>, payment: &Payment) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO payments (id, card, account, merchant, amount, state, reason, pause, at, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            payment.id,
            payment.card,
            payment.account,
            payment.merchant,
            payment.amount.count(),
            payment.state.name(),
            payment.reason,
            payment.pause,
            payment.at,
            payment.expires
        ],
    )?;
    if payment.state == State::Approved {
        super::customer::pay(tx, &payment.account, -payment.amount.count())?;
    }
    Ok(())
}

/// Notes how to ask whether the user has answered.
///
/// # Errors
/// SQLite's.
pub fn asked(tx: &Transaction<'_>, id: &str, auth_req_id: &str, pause: i64, expires: i64) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE payments SET auth_req_id = ?2, pause = ?3, expires = ?4 WHERE id = ?1 AND state = 'held'",
        params![id, auth_req_id, pause, expires],
    )
    .map(|_| ())
}

/// Pays what was held, with the receipt's id: once. False when it was not held any more, or its card was blocked since.
///
/// # Errors
/// SQLite's; also when the receipt was used for another payment.
pub fn approve(tx: &Transaction<'_>, id: &str, jti: &str) -> rusqlite::Result<bool> {
    let paid = perhaps(tx.query_row(
        "UPDATE payments SET state = 'approved', jti = ?2 WHERE id = ?1 AND state = 'held'
           AND EXISTS (SELECT 1 FROM cards WHERE cards.id = card AND cards.state = 'active')
         RETURNING account, amount",
        params![id, jti],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
    ))?;
    let Some((account, amount)) = paid else { return Ok(false) };
    super::customer::pay(tx, &account, -amount)?;
    Ok(true)
}

/// Gives up what was held.
///
/// # Errors
/// SQLite's.
pub fn release(tx: &Transaction<'_>, id: &str, state: State, reason: Option<&str>) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE payments SET state = ?2, reason = ?3 WHERE id = ?1 AND state = 'held'",
        params![id, state.name(), reason],
    )
    .map(|_| ())
}

pub(super) const COLUMNS: &str = "id, card, account, merchant, amount, state, reason, auth_req_id, pause, at, expires";

/// One payment.
///
/// # Errors
/// SQLite's.
pub fn payment(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<Option<Payment>> {
    perhaps(tx.query_row(&format!("SELECT {COLUMNS} FROM payments WHERE id = ?1"), [id], payment_of))
}

/// What is held, to go on asking after a restart.
///
/// # Errors
/// SQLite's.
pub fn held(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Payment>> {
    let sql = format!("SELECT {COLUMNS} FROM payments WHERE state = 'held'");
    tx.prepare(&sql)?.query_map([], payment_of)?.collect()
}

/// The latest payments of all cards.
///
/// # Errors
/// SQLite's.
pub fn latest(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Payment>> {
    let sql = format!("SELECT {COLUMNS} FROM payments ORDER BY at DESC, id LIMIT 10");
    tx.prepare(&sql)?.query_map([], payment_of)?.collect()
}

pub(super) fn payment_of(row: &Row<'_>) -> rusqlite::Result<Payment> {
    Ok(Payment {
        id: row.get(0)?,
        card: row.get(1)?,
        account: row.get(2)?,
        merchant: row.get(3)?,
        amount: Cents::new(row.get(4)?),
        state: State::parse(&row.get::<_, String>(5)?).ok_or(rusqlite::Error::InvalidQuery)?,
        reason: row.get(6)?,
        auth_req_id: row.get(7)?,
        pause: row.get(8)?,
        at: row.get(9)?,
        expires: row.get(10)?,
    })
}
