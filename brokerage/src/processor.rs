//! The card processor's rules: what becomes of a swipe, and what a card's owner may allow beforehand. Each is one
//! transaction.

use crate::{
    app::token,
    money::Cents,
    store::{
        card::{self, Card, Payment, Standing, State},
        customer,
        promise::{self, Preauthorisation},
    },
};
use rusqlite::Transaction;

/// The cards' currency.
pub const CURRENCY: &str = "USD";
/// How long an answer is awaited where the issuer does not say, in seconds.
const PATIENCE: i64 = 300;
/// Seconds between two questions, where the issuer does not say.
const PAUSE: i64 = 5;

/// A card is swiped.
#[derive(Debug, Clone)]
pub struct Swipe {
    /// The card.
    pub card: String,
    /// The merchant's name.
    pub merchant: String,
    /// The amount, in cents.
    pub amount: Cents,
    /// Whether the till waits while the card's owner is asked.
    pub waits: bool,
}

/// Why the owner of a card does not get what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No such card of this user.
    #[error("there is no such card of this user")]
    Card,
    /// No such payment that could be authorised.
    #[error("there is no such declined payment of this card, or it cannot be authorised any more")]
    Payment,
    /// The card does not pay.
    #[error("the card is not active")]
    Standing(Standing),
    /// No whole dollars.
    #[error("the amount must be whole dollars")]
    Whole,
    /// The card pays that without asking.
    #[error("up to the card's limit nothing need be pre-authorised")]
    Ordinary(Cents),
    /// There is not so much money.
    #[error("the amount is more than what is available")]
    Funds(Cents),
    /// The payment is of another merchant, amount or currency.
    #[error("merchant, amount or currency is not the payment's")]
    Changed,
    /// The database.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// A card as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The card.
    pub card: Card,
    /// The most it could pay now, in cents.
    pub available: Cents,
    /// The large purchase that it would pay at once.
    pub preauthorisation: Option<Preauthorisation>,
    /// What was declined and may be authorised.
    pub declined: Vec<Payment>,
}

/// A user's cards.
///
/// # Errors
/// SQLite's.
pub fn cards(tx: &Transaction<'_>, username: &str, now: i64) -> rusqlite::Result<Vec<Seen>> {
    card::of(tx, username)?.into_iter().map(|card| seen(tx, card, now)).collect()
}

fn seen(tx: &Transaction<'_>, card: Card, now: i64) -> rusqlite::Result<Seen> {
    if card.standing != Standing::Active {
        return Ok(Seen { card, available: Cents::ZERO, preauthorisation: None, declined: Vec::new() });
    }
    Ok(Seen {
        available: free(tx, &card, now)?,
        preauthorisation: promise::open(tx, &card.id, now)?,
        declined: promise::declined(tx, &card.id, now)?,
        card,
    })
}

fn free(tx: &Transaction<'_>, card: &Card, now: i64) -> rusqlite::Result<Cents> {
    Ok(customer::account(tx, &card.account, now)?.map_or(Cents::ZERO, |account| account.free()))
}

/// A user's card. Somebody else's is as unknown as one that does not exist.
fn own(tx: &Transaction<'_>, username: &str, id: &str) -> Result<Card, Refusal> {
    card::one(tx, id)?.filter(|card| card.username == username).ok_or(Refusal::Card)
}

fn active(card: Card) -> Result<Card, Refusal> {
    if card.standing == Standing::Active { Ok(card) } else { Err(Refusal::Standing(card.standing)) }
}

/// Allows one large purchase within the next quarter of an hour; its money is held for it. It takes the place of an
/// earlier one of the same card.
///
/// # Errors
/// The refusals above, and SQLite's.
pub fn preauthorise(
    tx: &Transaction<'_>,
    (username, card): (&str, &str),
    amount: &str,
    now: i64,
) -> Result<Preauthorisation, Refusal> {
    let card = active(own(tx, username, card)?)?;
    let amount = whole(amount).ok_or(Refusal::Whole)?;
    if amount <= card.limit {
        return Err(Refusal::Ordinary(card.limit));
    }
    // What is held for an earlier one is free again for this one.
    let earlier = promise::open(tx, &card.id, now)?.map_or(Cents::ZERO, |open| open.amount);
    let available = free(tx, &card, now)?.plus(earlier);
    if amount > available {
        return Err(Refusal::Funds(available));
    }
    Ok(promise::preauthorise(tx, (&card.id, &card.account), amount, now)?)
}

/// Whole dollars: digits alone, at most nine, the first no zero.
fn whole(text: &str) -> Option<Cents> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0') && text.len() <= 9;
    Cents::parse(text).filter(|_| digits)
}

/// A declined payment, as whoever authorises it was shown it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its id.
    pub payment: String,
    /// The merchant's name.
    pub merchant: String,
    /// An exact decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// Lets a declined payment be tried again within the next quarter of an hour; its money is held for it. Gives the
/// moment when that ends.
///
/// # Errors
/// The refusals above, and SQLite's.
pub fn authorise(
    tx: &Transaction<'_>,
    (username, card): (&str, &str),
    shown: &Shown,
    now: i64,
) -> Result<i64, Refusal> {
    let card = active(own(tx, username, card)?)?;
    let declined = promise::declined(tx, &card.id, now)?;
    let payment = declined.into_iter().find(|found| found.id == shown.payment).ok_or(Refusal::Payment)?;
    let same =
        payment.merchant == shown.merchant && payment.amount.to_string() == shown.amount && CURRENCY == shown.currency;
    if !same {
        return Err(Refusal::Changed);
    }
    let available = free(tx, &card, now)?;
    if payment.amount > available {
        return Err(Refusal::Funds(available));
    }
    Ok(promise::authorise(tx, &payment.id, now)?)
}

/// Blocks a card for good. One that is blocked stays so.
///
/// # Errors
/// The refusals above, and SQLite's.
pub fn block(tx: &Transaction<'_>, (username, id): (&str, &str), now: i64) -> Result<Seen, Refusal> {
    let card = own(tx, username, id)?;
    if card.standing == Standing::Cancelled {
        return Err(Refusal::Standing(card.standing));
    }
    card::block(tx, &card.id)?;
    Ok(seen(tx, own(tx, username, id)?, now)?)
}

/// Notes a swipe and says what becomes of it. None when there is no such card.
///
/// # Errors
/// SQLite's.
pub fn swipe(tx: &Transaction<'_>, swipe: &Swipe, now: i64) -> rusqlite::Result<Option<(Payment, Card)>> {
    let Some(card) = card::one(tx, &swipe.card)? else { return Ok(None) };
    let (state, reason) = judge(tx, &card, swipe, now)?;
    let payment = Payment {
        id: token().chars().filter(char::is_ascii_alphanumeric).take(16).collect(),
        card: card.id.clone(),
        account: card.account.clone(),
        merchant: swipe.merchant.clone(),
        amount: swipe.amount,
        state,
        reason: reason.map(str::to_owned),
        auth_req_id: None,
        pause: PAUSE,
        at: now,
        expires: now + PATIENCE,
    };
    card::swipe(tx, &payment)?;
    Ok(Some((payment, card)))
}

fn judge(
    tx: &Transaction<'_>,
    card: &Card,
    swipe: &Swipe,
    now: i64,
) -> rusqlite::Result<(State, Option<&'static str>)> {
    let free = free(tx, card, now)?;
    match card.standing {
        Standing::Active => {}
        Standing::Pending => return Ok((State::Declined, Some("pending"))),
        Standing::Blocked => return Ok((State::Declined, Some("blocked"))),
        Standing::Cancelled => return Ok((State::Declined, Some("cancelled"))),
    }
    if swipe.amount <= card.limit {
        let short = swipe.amount > free;
        return Ok(if short { (State::Declined, Some("cash")) } else { (State::Approved, None) });
    }
    // What was promised holds its money: it is free for this swipe, and for no other.
    if let Some(payment) = promise::tried_again(tx, (&card.id, &swipe.merchant), swipe.amount, now)? {
        promise::use_up(tx, &payment)?;
        return Ok((State::Approved, None));
    }
    if promise::open(tx, &card.id, now)?.is_some_and(|open| swipe.amount <= open.amount) {
        promise::end(tx, &card.id, "used")?;
        return Ok((State::Approved, None));
    }
    Ok(match swipe.waits {
        _ if swipe.amount > free => (State::Declined, Some("cash")),
        true => (State::Held, None),
        false => (State::Declined, Some("confirmation")),
    })
}
