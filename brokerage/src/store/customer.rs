//! Customers, their accounts, and how much of them is free.

use super::perhaps;
use crate::money::Cents;
use rusqlite::{Transaction, params};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: String,
    /// The username of the owner.
    pub username: String,
    /// `trading` or `savings`.
    pub kind: String,
    /// Its money.
    pub cash: Cents,
    /// What open orders, withdrawals and card payments hold of it.
    pub held: Cents,
}

impl Account {
    /// The part of the balance that may be spent, in cents.
    pub fn free(&self) -> Cents {
        self.cash.minus(self.held)
    }
}

/// Shares held in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The symbol.
    pub symbol: String,
    /// Shares.
    pub quantity: i64,
    /// What the market maker last thought a share is worth.
    pub mid: Cents,
}

/// Notes who a user of the issuer is. Someone new gets accounts. False when the name belongs to another `sub`, or the
/// `sub` to another name.
///
/// # Errors
/// SQLite's.
pub fn know(tx: &Transaction<'_>, username: &str, sub: &str) -> rusqlite::Result<bool> {
    crate::sample::open_for(tx, username)?;
    let linked = tx.execute(
        "UPDATE customers SET sub = ?2 WHERE username = ?1 AND (sub IS NULL OR sub = ?2)
         AND NOT EXISTS (SELECT 1 FROM customers WHERE sub = ?2 AND username <> ?1)",
        params![username, sub],
    )?;
    Ok(linked == 1)
}

/// The `sub` of a customer who was here.
///
/// # Errors
/// SQLite's.
pub fn sub_of(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<Option<String>> {
    let found = tx.query_row("SELECT sub FROM customers WHERE username = ?1", [username], |row| row.get(0));
    Ok(perhaps(found)?.flatten())
}

/// What every customer's account is worth: money and shares.
///
/// # Errors
/// SQLite's.
pub fn worths(tx: &Transaction<'_>) -> rusqlite::Result<Vec<(Account, Cents)>> {
    let sql = "SELECT id, username, kind, cash, 0, cash + coalesce((SELECT sum(quantity * mid) FROM positions
           JOIN symbols USING (symbol) WHERE positions.account = accounts.id), 0)
         FROM accounts WHERE username <> '' ORDER BY id";
    tx.prepare(sql)?.query_map([], |row| Ok((account_of(row)?, Cents::new(row.get(5)?))))?.collect()
}

/// The username of a `sub` that was here.
///
/// # Errors
/// SQLite's.
pub fn username_of(tx: &Transaction<'_>, sub: &str) -> rusqlite::Result<Option<String>> {
    perhaps(tx.query_row("SELECT username FROM customers WHERE sub = ?1", [sub], |row| row.get(0)))
}

/// What an account holds back: open buys at their limits, withdrawals and card payments that are not decided, and what
/// was promised to card payments still to come.
const HELD: &str = "(SELECT coalesce(sum(limit_price * left), 0) FROM orders
     WHERE orders.account = accounts.id AND state = 'open' AND side = 'buy')
   + (SELECT coalesce(sum(amount), 0) FROM withdrawals
     WHERE withdrawals.account = accounts.id AND state = 'asked' AND expires > ?2)
   + (SELECT coalesce(sum(amount), 0) FROM payments
     WHERE payments.account = accounts.id AND state = 'held')
   + (SELECT coalesce(sum(amount), 0) FROM payments
     WHERE payments.account = accounts.id AND authorised_until > ?2)
   + (SELECT coalesce(sum(amount), 0) FROM preauthorisations
     WHERE preauthorisations.account = accounts.id AND state = 'open' AND expires > ?2)";

/// A customer's accounts; the first is the one he trades in.
///
/// # Errors
/// SQLite's.
pub fn accounts(tx: &Transaction<'_>, username: &str, now: i64) -> rusqlite::Result<Vec<Account>> {
    let sql = format!("SELECT id, username, kind, cash, {HELD} FROM accounts WHERE username = ?1 ORDER BY id");
    tx.prepare(&sql)?.query_map(params![username, now], account_of)?.collect()
}

/// One account.
///
/// # Errors
/// SQLite's.
pub fn account(tx: &Transaction<'_>, id: &str, now: i64) -> rusqlite::Result<Option<Account>> {
    let sql = format!("SELECT id, username, kind, cash, {HELD} FROM accounts WHERE id = ?1");
    perhaps(tx.prepare(&sql)?.query_row(params![id, now], account_of))
}

fn account_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        kind: row.get(2)?,
        cash: Cents::new(row.get(3)?),
        held: Cents::new(row.get(4)?),
    })
}

/// An account's shares.
///
/// # Errors
/// SQLite's.
pub fn positions(tx: &Transaction<'_>, account: &str) -> rusqlite::Result<Vec<Position>> {
    tx.prepare(
        "SELECT positions.symbol, quantity, mid FROM positions JOIN symbols USING (symbol)
         WHERE account = ?1 AND quantity <> 0 ORDER BY positions.symbol",
    )?
    .query_map([account], |row| {
        Ok(Position { symbol: row.get(0)?, quantity: row.get(1)?, mid: Cents::new(row.get(2)?) })
    })?
    .collect()
}

/// Puts money into an account, or takes it out with a negative amount.
///
/// # Errors
/// SQLite's.
pub fn pay(tx: &Transaction<'_>, account: &str, amount: i64) -> rusqlite::Result<()> {
    tx.execute("UPDATE accounts SET cash = cash + ?2 WHERE id = ?1", params![account, amount]).map(|_| ())
}

/// Something that happened in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Unix seconds.
    pub at: i64,
    /// The account.
    pub account: String,
    /// `buy`, `sell`, `withdrawal` or `card`.
    pub kind: String,
    /// What: a symbol, a merchant, a withdrawal's id.
    pub what: String,
    /// Shares, where there are any.
    pub quantity: Option<i64>,
    /// Money that came, or left.
    pub amount: Cents,
}

/// What happened in a customer's accounts, the latest first.
///
/// # Errors
/// SQLite's.
pub fn entries(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<Vec<Entry>> {
    tx.prepare(
        "SELECT at, account, side, symbol, quantity,
           CASE side WHEN 'buy' THEN -price * quantity ELSE price * quantity END
         FROM fills WHERE account IN (SELECT id FROM accounts WHERE username = ?1)
         UNION ALL
         SELECT at, account, 'withdrawal', id, NULL, -amount FROM withdrawals
         WHERE username = ?1 AND state IN ('booked', 'settled')
         UNION ALL
         SELECT at, account, 'card', merchant, NULL, -amount FROM payments
         WHERE account IN (SELECT id FROM accounts WHERE username = ?1) AND state = 'approved'
         ORDER BY 1 DESC LIMIT 100",
    )?
    .query_map([username], |row| {
        Ok(Entry {
            at: row.get(0)?,
            account: row.get(1)?,
            kind: row.get(2)?,
            what: row.get(3)?,
            quantity: row.get(4)?,
            amount: Cents::new(row.get(5)?),
        })
    })?
    .collect()
}
