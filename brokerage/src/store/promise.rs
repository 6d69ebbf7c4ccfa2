//! What the owner of a card allowed beforehand: a large purchase to come, or a declined payment tried again.

use super::{card::Payment, perhaps};
use crate::{
    app::token,
    money::Cents,
    store::card::{COLUMNS, payment_of},
};
use rusqlite::{Row, Transaction, params};

/// How long such a promise stands, in seconds.
pub const WINDOW: i64 = 15 * 60;
/// How long after it was declined a payment may be authorised, in seconds.
pub const AUTHORISABLE: i64 = 24 * 3600;

/// A large purchase that may come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preauthorisation {
    /// Its id.
    pub id: String,
    /// The most the purchase may be.
    pub amount: Cents,
    /// The end of the allowance, Unix seconds.
    pub expires: i64,
}

/// The open one of a card.
///
/// # Errors
/// SQLite's.
pub fn open(tx: &Transaction<'_>, card: &str, now: i64) -> rusqlite::Result<Option<Preauthorisation>> {
    let read =
        |row: &Row<'_>| Ok(Preauthorisation { id: row.get(0)?, amount: Cents::new(row.get(1)?), expires: row.get(2)? });
    perhaps(tx.query_row(
        "SELECT id, amount, expires FROM preauthorisations WHERE card = ?1 AND state = 'open' AND expires > ?2",
        params![card, now],
        read,
    ))
}

/// Allows a purchase from now on. What was open for the card before ends with it.
///
/// # Errors
/// SQLite's.
pub fn preauthorise(
    tx: &Transaction<'_>,
    (card, account): (&str, &str),
    amount: Cents,
    now: i64,
) -> rusqlite::Result<Preauthorisation> {
    end(tx, card, "replaced")?;
    let id: String = token().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    let expires = now + WINDOW;
    tx.execute(
        "INSERT INTO preauthorisations (id, card, account, amount, state, at, expires)
         VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6)",
        params![id, card, account, amount.count(), now, expires],
    )?;
    Ok(Preauthorisation { id, amount, expires })
}

/// Ends what is open for a card: `used` or `replaced`.
///
/// # Errors
/// SQLite's.
pub fn end(tx: &Transaction<'_>, card: &str, how: &str) -> rusqlite::Result<()> {
    tx.execute("UPDATE preauthorisations SET state = ?2 WHERE card = ?1 AND state = 'open'", params![card, how])
        .map(|_| ())
}

/// Why a payment was declined, where its owner may still say yes: nobody could ask, or nobody asked. What the owner
/// refused, and what there is no money for, stays declined.
const AUTHORISABLE_REASONS: &str = "('confirmation', 'not-asked', 'unavailable')";

/// A card's payments that were declined and can be authorised, the latest first.
///
/// # Errors
/// SQLite's.
pub fn declined(tx: &Transaction<'_>, card: &str, now: i64) -> rusqlite::Result<Vec<Payment>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payments WHERE card = ?1 AND state IN ('declined', 'expired') AND at > ?2
           AND (state = 'expired' OR reason IN {AUTHORISABLE_REASONS})
           AND retried = 0 AND (authorised_until IS NULL OR authorised_until <= ?3) ORDER BY at DESC, id LIMIT 20"
    );
    tx.prepare(&sql)?.query_map(params![card, now - AUTHORISABLE, now], payment_of)?.collect()
}

/// Lets a declined payment be tried again, until the moment that this gives.
///
/// # Errors
/// SQLite's.
pub fn authorise(tx: &Transaction<'_>, payment: &str, now: i64) -> rusqlite::Result<i64> {
    let until = now + WINDOW;
    tx.execute("UPDATE payments SET authorised_until = ?2 WHERE id = ?1", params![payment, until])?;
    Ok(until)
}

/// The payment that a swipe tries again: authorised, of the same merchant, and of exactly the same amount.
///
/// # Errors
/// SQLite's.
pub fn tried_again(
    tx: &Transaction<'_>,
    (card, merchant): (&str, &str),
    amount: Cents,
    now: i64,
) -> rusqlite::Result<Option<String>> {
    perhaps(tx.query_row(
        "SELECT id FROM payments WHERE card = ?1 AND merchant = ?2 AND amount = ?3 AND authorised_until > ?4
         ORDER BY authorised_until, id LIMIT 1",
        params![card, merchant, amount.count(), now],
        |row| row.get(0),
    ))
}

/// Notes that an authorised payment was tried again: it is good once.
///
/// # Errors
/// SQLite's.
pub fn use_up(tx: &Transaction<'_>, payment: &str) -> rusqlite::Result<()> {
    tx.execute("UPDATE payments SET authorised_until = NULL, retried = 1 WHERE id = ?1", [payment]).map(|_| ())
}
