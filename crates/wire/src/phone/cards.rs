//! Debit cards, as the institution's card processor tells of them.

use operation::{Amount, Text};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `GET cards`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardList {
    /// The user's cards.
    pub cards: Vec<Card>,
}

/// A debit card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Card {
    /// The processor's name for it.
    pub id: String,
    /// What it is called.
    pub label: Text<60>,
    /// The end of its number.
    pub last_four: Text<8>,
    /// Whether it pays at all.
    pub state: CardState,
    /// ISO 4217.
    pub currency: String,
    /// What it could pay now: an exact decimal.
    pub available: String,
    /// Up to this amount it pays without being asked: an exact decimal.
    pub limit: String,
    /// The large purchase that it would pay at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub preauthorisation: Option<Preauthorisation>,
    /// Payments that were declined and may be authorised, the latest first.
    pub declined: Vec<Declined>,
}

/// Whether a card pays at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// Not yet put to use.
    Pending,
    /// In use.
    Active,
    /// Lost or stolen.
    Blocked,
    /// Given up.
    Cancelled,
}

/// A large purchase that was allowed beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Preauthorisation {
    /// The most it may be: an exact decimal.
    pub amount: String,
    /// Until when, Unix seconds.
    pub expires_at: i64,
}

/// A payment that was declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Declined {
    /// The processor's name for it.
    pub id: String,
    /// Who was to be paid.
    pub merchant: Text<140>,
    /// How much.
    #[serde(flatten)]
    pub amount: Amount,
    /// When, Unix seconds.
    pub at: i64,
}

/// `POST cards/{id}/block`, a JWS ([`super::typ::CARD_BLOCK`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The device's id.
    pub device: String,
    /// The card's.
    pub card: String,
    /// When, Unix seconds.
    pub at: i64,
}
