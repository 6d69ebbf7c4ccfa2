//! The book of one symbol: what rests in it, and what an incoming order meets. Values in, values out.

use super::Side;
use crate::money::Cents;

/// An order that rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resting {
    /// Its number: of two at one price the lower one is served first.
    pub number: i64,
    /// The username of the account's owner.
    pub owner: String,
    /// Buy or sell.
    pub side: Side,
    /// At this price or better.
    pub price: Cents,
    /// Shares still wanted.
    pub left: i64,
}

/// An order that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming<'a> {
    /// The username of the account's owner.
    pub owner: &'a str,
    /// Buy or sell.
    pub side: Side,
    /// At this price or better; none takes what there is.
    pub limit: Option<Cents>,
    /// Shares.
    pub quantity: i64,
}

/// Shares that change hands, at the resting order's price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The resting order's number.
    pub with: i64,
    /// The resting order's owner.
    pub owner: String,
    /// A share's price.
    pub price: Cents,
    /// Shares.
    pub quantity: i64,
}

/// What became of an incoming order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In the order they happened.
    pub trades: Vec<Trade>,
    /// Shares still wanted.
    pub left: i64,
    /// It would have met an order of its own owner next: nobody trades with himself.
    pub met_own: bool,
}

/// What rests in one symbol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book(Vec<Resting>);

impl Book {
    /// A book of these orders.
    pub fn of(resting: Vec<Resting>) -> Self {
        Self(resting)
    }

    /// Matches an incoming order: best price first, then the lowest number. What is left of it does not rest by itself.
    pub fn meet(&mut self, incoming: &Incoming<'_>) -> Outcome {
        let mut outcome = Outcome { left: incoming.quantity, ..Outcome::default() };
        while outcome.left > 0 {
            let Some(best) = self.best_for(incoming) else { break };
            if best.owner == incoming.owner {
                outcome.met_own = true;
                break;
            }
            let quantity = outcome.left.min(best.left);
            best.left -= quantity;
            outcome.left -= quantity;
            let (with, owner, price) = (best.number, best.owner.clone(), best.price);
            outcome.trades.push(Trade { with, owner, price, quantity });
            self.0.retain(|order| order.left > 0);
        }
        outcome
    }

    /// What an incoming order would pay or get at once.
    pub fn value_of(&self, incoming: &Incoming<'_>) -> Cents {
        let outcome = self.clone().meet(incoming);
        outcome.trades.iter().fold(Cents::ZERO, |sum, trade| sum.plus(trade.price.times(trade.quantity)))
    }

    fn best_for(&mut self, incoming: &Incoming<'_>) -> Option<&mut Resting> {
        let meets = |order: &Resting| match (incoming.side, incoming.limit) {
            _ if order.side == incoming.side || order.left <= 0 => false,
            (_, None) => true,
            (Side::Buy, Some(limit)) => order.price <= limit,
            (Side::Sell, Some(limit)) => order.price >= limit,
        };
        let rank = |order: &Resting| match incoming.side {
            Side::Buy => (order.price.count(), order.number),
            Side::Sell => (-order.price.count(), order.number),
        };
        self.0.iter_mut().filter(|order| meets(order)).min_by_key(|order| rank(order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resting(number: i64, side: Side, price: i64, left: i64) -> Resting {
        Resting { number, owner: format!("owner-{number}"), side, price: Cents::new(price), left }
    }

    fn incoming(side: Side, limit: Option<i64>, quantity: i64) -> Incoming<'static> {
        Incoming { owner: "me", side, limit: limit.map(Cents::new), quantity }
    }

    #[test]
    fn price_first_then_time_and_never_beyond_the_limit() {
        let mut book = Book::of(vec![
            resting(4, Side::Sell, 101, 5),
            resting(3, Side::Sell, 100, 5),
            resting(1, Side::Sell, 102, 5),
            resting(2, Side::Sell, 100, 5),
            resting(5, Side::Buy, 90, 5),
        ]);
        let outcome = book.meet(&incoming(Side::Buy, Some(101), 13));
        let met: Vec<_> = outcome.trades.iter().map(|t| (t.with, t.price.count(), t.quantity)).collect();
        assert_eq!(met, [(2, 100, 5), (3, 100, 5), (4, 101, 3)]);
        assert_eq!(outcome.left, 0);
        let outcome = book.meet(&incoming(Side::Buy, Some(101), 10));
        assert_eq!((outcome.trades.len(), outcome.left), (1, 8));
        let outcome = book.meet(&incoming(Side::Sell, None, 10));
        assert_eq!((outcome.trades.len(), outcome.left), (1, 5));
    }

    #[test]
    fn nobody_trades_with_himself() {
        let mut own = resting(1, Side::Sell, 100, 5);
        own.owner = "me".into();
        let mut book = Book::of(vec![own, resting(2, Side::Sell, 99, 5), resting(3, Side::Sell, 101, 5)]);
        let outcome = book.meet(&incoming(Side::Buy, None, 10));
        assert_eq!((outcome.trades.len(), outcome.left, outcome.met_own), (1, 5, true));
    }
}
