//! A paper market: quotes from a seeded walk, a book with price-time priority, and what its trades change.

pub mod book;
pub mod exchange;
pub mod walk;

use crate::money::Cents;

/// What can be traded: symbol, name, opening price.
pub const LISTED: &[(&str, &str, Cents)] = &[
    ("HLX", "Helix Instruments", Cents::new(18_420)),
    ("KITE", "Kite & Sons Aviation", Cents::new(6_255)),
    ("LUNA", "Luna Optics", Cents::new(31_780)),
    ("NORD", "Nordlicht Energie", Cents::new(9_310)),
    ("OAKS", "Oaks Building Society", Cents::new(2_475)),
    ("TIDE", "Tidewater Shipping", Cents::new(12_650)),
];

/// The side of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Shares for money.
    Buy,
    /// Money for shares.
    Sell,
}

impl Side {
    /// As stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }

    /// The side of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Buy, Self::Sell].into_iter().find(|side| side.name() == name)
    }
}
