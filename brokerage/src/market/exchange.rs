//! The market in the database: every order, cancellation and tick is one transaction over the rows it changes, so a
//! restart finds everything as it was.

use super::{
    LISTED, Side,
    book::{Book, Incoming, Outcome, Resting},
    walk,
};
use crate::{
    money::Cents,
    store::{StoreError, customer, next},
};
use rusqlite::{Row, Transaction, params};

/// The market maker's account: the other side of what no customer wants. It may owe money and shares.
pub const HOUSE: &str = "HOUSE";
/// Shares that the market maker quotes on each side.
const QUOTED: i64 = 500;
/// Most shares in an order.
pub const MOST_SHARES: i64 = 100_000;
/// Highest limit.
const HIGHEST: Cents = Cents::new(100_000_000);

/// Why an order is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nothing of that name is listed.
    #[error("symbol")]
    Symbol,
    /// Not a number of shares from 1 to [`MOST_SHARES`].
    #[error("quantity")]
    Quantity,
    /// A limit that is nothing, or beyond all reason.
    #[error("limit")]
    Limit,
    /// The account has not the money free.
    #[error("cash")]
    Cash,
    /// The account has not the shares free.
    #[error("shares")]
    Shares,
    /// There is no such open order in this account.
    #[error("order")]
    Order,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The account.
    pub account: String,
    /// The symbol.
    pub symbol: String,
    /// Buy or sell.
    pub side: Side,
    /// At this price or better; none takes what there is, and what there is not is cancelled.
    pub limit: Option<Cents>,
    /// Shares.
    pub quantity: i64,
}

/// An order as the book knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub number: i64,
    /// The symbol.
    pub symbol: String,
    /// Buy or sell.
    pub side: Side,
    /// The limit; none for a market order.
    pub limit: Option<Cents>,
    /// Shares asked for.
    pub quantity: i64,
    /// Shares still wanted, or not got.
    pub left: i64,
    /// `open`, `filled` or `cancelled`.
    pub state: String,
    /// Unix seconds.
    pub at: i64,
}

/// The present prices of a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The symbol.
    pub symbol: String,
    /// Its name.
    pub name: &'static str,
    /// The opening price, to which a walk returns; cents.
    pub home: Cents,
    /// Best price for a seller; none when nobody buys.
    pub bid: Option<Cents>,
    /// Best price for a buyer.
    pub ask: Option<Cents>,
    /// Between them, by the walk.
    pub mid: Cents,
}

/// Lists the symbols in a new database.
///
/// # Errors
/// SQLite's.
pub fn list(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute("INSERT INTO accounts (id, username, kind, cash) VALUES (?1, '', 'house', 0)", [HOUSE])?;
    for (symbol, _, home) in LISTED {
        tx.execute("INSERT INTO symbols (symbol, home, mid) VALUES (?1, ?2, ?2)", params![symbol, home.count()])?;
    }
    Ok(())
}

/// Takes an order: matches it, and lets what is left of a limit order rest.
///
/// # Errors
/// [`Refusal`]; then nothing has changed.
pub fn place(tx: &Transaction<'_>, order: &NewOrder, now: i64) -> Result<Order, Refusal> {
    if !LISTED.iter().any(|(symbol, ..)| *symbol == order.symbol) {
        return Err(Refusal::Symbol);
    }
    if !(1..=MOST_SHARES).contains(&order.quantity) {
        return Err(Refusal::Quantity);
    }
    if order.limit.is_some_and(|limit| limit <= Cents::ZERO || limit > HIGHEST) {
        return Err(Refusal::Limit);
    }
    let mut book = book(tx, &order.symbol)?;
    let incoming = Incoming { owner: &order.account, side: order.side, limit: order.limit, quantity: order.quantity };
    covered(tx, order, &book, now)?;
    let number = next(tx, "number")?;
    let outcome = book.meet(&incoming);
    let state = match (outcome.left, order.limit) {
        (0, _) => "filled",
        (_, Some(_)) if !outcome.met_own => "open",
        _ => "cancelled",
    };
    let limit = order.limit.map(Cents::count);
    tx.prepare(
        "INSERT INTO orders (number, account, symbol, side, limit_price, quantity, left, state, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        number,
        order.account,
        order.symbol,
        order.side.name(),
        limit,
        order.quantity,
        outcome.left,
        state,
        now
    ])?;
    settle(tx, (&order.symbol, number), &incoming, &outcome, now)?;
    Ok(Order {
        number,
        symbol: order.symbol.clone(),
        side: order.side,
        limit: order.limit,
        quantity: order.quantity,
        left: outcome.left,
        state: state.to_owned(),
        at: now,
    })
}

/// Whether the account can pay, or deliver, whatever the order may come to.
fn covered(tx: &Transaction<'_>, order: &NewOrder, book: &Book, now: i64) -> Result<(), Refusal> {
    match order.side {
        Side::Buy => {
            let most = match order.limit {
                Some(limit) => limit.times(order.quantity),
                None => book.value_of(&Incoming {
                    owner: &order.account,
                    side: Side::Buy,
                    limit: None,
                    quantity: order.quantity,
                }),
            };
            let account = customer::account(tx, &order.account, now)?.ok_or(Refusal::Cash)?;
            if most > account.free() { Err(Refusal::Cash) } else { Ok(()) }
        }
        Side::Sell => {
            let free: i64 = tx.query_row(
                "SELECT coalesce((SELECT quantity FROM positions WHERE account = ?1 AND symbol = ?2), 0)
                 - coalesce((SELECT sum(left) FROM orders
                   WHERE account = ?1 AND symbol = ?2 AND state = 'open' AND side = 'sell'), 0)",
                params![order.account, order.symbol],
                |row| row.get(0),
            )?;
            if order.quantity > free { Err(Refusal::Shares) } else { Ok(()) }
        }
    }
}

/// Takes an open order back.
///
/// # Errors
/// [`Refusal::Order`] when there is no such open order in the account.
pub fn cancel(tx: &Transaction<'_>, account: &str, number: i64) -> Result<(), Refusal> {
    let ended = tx.execute(
        "UPDATE orders SET state = 'cancelled' WHERE number = ?2 AND account = ?1 AND state = 'open'",
        params![account, number],
    )?;
    if ended == 1 { Ok(()) } else { Err(Refusal::Order) }
}

/// One tick: every price moves, and the market maker quotes anew.
///
/// # Errors
/// The database's.
pub fn tick(tx: &Transaction<'_>, seed: u64, now: i64) -> Result<(), StoreError> {
    let tick = u64::try_from(next(tx, "tick")?).unwrap_or(0);
    for (symbol, ..) in LISTED {
        let (home, mid): (i64, i64) =
            tx.query_row("SELECT home, mid FROM symbols WHERE symbol = ?1", [symbol], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let mid = walk::step(seed, symbol, tick, (Cents::new(mid), Cents::new(home)));
        quote(tx, symbol, mid, now)?;
    }
    Ok(())
}

/// The market maker takes his old quotes back and makes new ones; what meets a customer's order is traded at the
/// customer's price.
fn quote(tx: &Transaction<'_>, symbol: &str, mid: Cents, now: i64) -> Result<(), StoreError> {
    let spread = Cents::new((mid.count() / 2000).max(1));
    tx.prepare("UPDATE symbols SET mid = ?2, bid_left = 0, ask_left = 0 WHERE symbol = ?1")?
        .execute(params![symbol, mid.count()])?;
    for (side, price) in [(Side::Buy, mid.minus(spread)), (Side::Sell, mid.plus(spread))] {
        let number = next(tx, "number")?;
        let incoming = Incoming { owner: HOUSE, side, limit: Some(price), quantity: QUOTED };
        let outcome = book(tx, symbol)?.meet(&incoming);
        settle(tx, (symbol, number), &incoming, &outcome, now)?;
        let sql = match side {
            Side::Buy => "UPDATE symbols SET bid = ?2, bid_left = ?3, bid_number = ?4 WHERE symbol = ?1",
            Side::Sell => "UPDATE symbols SET ask = ?2, ask_left = ?3, ask_number = ?4 WHERE symbol = ?1",
        };
        tx.prepare(sql)?.execute(params![symbol, price.count(), outcome.left, number])?;
    }
    Ok(())
}

/// What rests: customers' open orders and the market maker's quotes.
fn book(tx: &Transaction<'_>, symbol: &str) -> rusqlite::Result<Book> {
    let mut resting: Vec<Resting> = tx
        .prepare("SELECT number, account, side, limit_price, left FROM orders WHERE symbol = ?1 AND state = 'open'")?
        .query_map([symbol], |row| {
            Ok(Resting {
                number: row.get(0)?,
                owner: row.get(1)?,
                side: side_of(row, 2)?,
                price: Cents::new(row.get(3)?),
                left: row.get(4)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    let house =
        |side, price, left, number| Resting { number, owner: HOUSE.to_owned(), side, price: Cents::new(price), left };
    tx.prepare("SELECT bid, bid_left, bid_number, ask, ask_left, ask_number FROM symbols WHERE symbol = ?1")?
        .query_row([symbol], |row| {
            resting.push(house(Side::Buy, row.get(0)?, row.get(1)?, row.get(2)?));
            resting.push(house(Side::Sell, row.get(3)?, row.get(4)?, row.get(5)?));
            Ok(())
        })?;
    resting.retain(|order| order.left > 0);
    Ok(Book::of(resting))
}

/// Moves money and shares, and notes what each side got.
fn settle(
    tx: &Transaction<'_>,
    (symbol, number): (&str, i64),
    incoming: &Incoming<'_>,
    outcome: &Outcome,
    now: i64,
) -> rusqlite::Result<()> {
    for trade in &outcome.trades {
        let other = match incoming.side {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        };
        if trade.owner == HOUSE {
            let sql = match other {
                Side::Buy => "UPDATE symbols SET bid_left = bid_left - ?2 WHERE symbol = ?1",
                Side::Sell => "UPDATE symbols SET ask_left = ask_left - ?2 WHERE symbol = ?1",
            };
            tx.prepare(sql)?.execute(params![symbol, trade.quantity])?;
        } else {
            tx.prepare(
                "UPDATE orders SET left = left - ?2, state = CASE left WHEN ?2 THEN 'filled' ELSE state END
                 WHERE number = ?1",
            )?
            .execute(params![trade.with, trade.quantity])?;
        }
        for (account, side, number) in [(incoming.owner, incoming.side, number), (&trade.owner, other, trade.with)] {
            let (shares, money) = match side {
                Side::Buy => (trade.quantity, -trade.price.times(trade.quantity).count()),
                Side::Sell => (-trade.quantity, trade.price.times(trade.quantity).count()),
            };
            customer::pay(tx, account, money)?;
            tx.prepare(
                "INSERT INTO positions (account, symbol, quantity) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account, symbol) DO UPDATE SET quantity = quantity + ?3",
            )?
            .execute(params![account, symbol, shares])?;
            if account != HOUSE {
                tx.prepare(
                    "INSERT INTO fills (account, number, symbol, side, price, quantity, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    account,
                    number,
                    symbol,
                    side.name(),
                    trade.price.count(),
                    trade.quantity,
                    now
                ])?;
            }
        }
    }
    Ok(())
}

/// Every symbol's quote.
///
/// # Errors
/// SQLite's.
pub fn quotes(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Quote>> {
    tx.prepare(
        "SELECT symbol, home, mid,
           nullif(max(CASE WHEN bid_left > 0 THEN bid ELSE 0 END, coalesce((SELECT max(limit_price) FROM orders
             WHERE orders.symbol = symbols.symbol AND state = 'open' AND side = 'buy'), 0)), 0),
           nullif(min(CASE WHEN ask_left > 0 THEN ask ELSE ?1 END, coalesce((SELECT min(limit_price) FROM orders
             WHERE orders.symbol = symbols.symbol AND state = 'open' AND side = 'sell'), ?1)), ?1)
         FROM symbols ORDER BY symbol",
    )?
    .query_map([i64::MAX], |row| {
        let symbol: String = row.get(0)?;
        let name = LISTED.iter().find(|(listed, ..)| *listed == symbol).map_or("", |(_, name, _)| name);
        let cents = |value: Option<i64>| value.map(Cents::new);
        Ok(Quote {
            symbol,
            name,
            home: Cents::new(row.get(1)?),
            mid: Cents::new(row.get(2)?),
            bid: cents(row.get(3)?),
            ask: cents(row.get(4)?),
        })
    })?
    .collect()
}

/// An account's latest orders: open ones first, then the newest.
///
/// # Errors
/// SQLite's.
pub fn orders(tx: &Transaction<'_>, account: &str, most: u32) -> rusqlite::Result<Vec<Order>> {
    tx.prepare(
        "SELECT number, symbol, side, limit_price, quantity, left, state, at FROM orders
         WHERE account = ?1 ORDER BY state = 'open' DESC, number DESC LIMIT ?2",
    )?
    .query_map(params![account, most], |row| {
        Ok(Order {
            number: row.get(0)?,
            symbol: row.get(1)?,
            side: side_of(row, 2)?,
            limit: row.get::<_, Option<i64>>(3)?.map(Cents::new),
            quantity: row.get(4)?,
            left: row.get(5)?,
            state: row.get(6)?,
            at: row.get(7)?,
        })
    })?
    .collect()
}

fn side_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Side> {
    let name: String = row.get(column)?;
    Side::parse(&name).ok_or(rusqlite::Error::InvalidQuery)
}
