//! What the templates are filled with.

use super::{elsewhere, frame::Frame};
use crate::{
    institution::{Kept, Limits},
    market::exchange::{Order, Quote},
    money::Cents,
    store::{
        card::{Card, Payment},
        customer::{Account, Entry, Position},
        withdrawal::{State, Withdrawal},
    },
};
use askama::Template;
use serde_json::Value;

/// The front page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// Around it.
    pub frame: Frame,
}

/// A page that says one thing.
#[derive(Debug, Template)]
#[template(path = "message.html")]
pub struct Message {
    /// Around it.
    pub frame: Frame,
    /// Which one.
    pub name: &'static str,
    /// Where to go on.
    pub back: &'static str,
}

/// A part's page for someone who is not logged in.
#[derive(Debug, Template)]
#[template(path = "door.html")]
pub struct Door {
    /// Around it.
    pub frame: Frame,
}

/// The portal's overview.
#[derive(Debug, Template)]
#[template(path = "overview.html")]
pub struct Overview {
    /// Around it.
    pub frame: Frame,
    /// Accounts with what is in them.
    pub accounts: Vec<Holding>,
    /// The latest withdrawals.
    pub withdrawals: Vec<Withdrawal>,
}

/// An account with its shares.
#[derive(Debug)]
pub struct Holding {
    /// The account.
    pub account: Account,
    /// Its shares.
    pub positions: Vec<Position>,
    /// Money and shares together.
    pub worth: Cents,
}

/// The page that wants a recent login.
#[derive(Debug, Template)]
#[template(path = "statements.html")]
pub struct Statements {
    /// Around it.
    pub frame: Frame,
    /// What happened.
    pub entries: Vec<Entry>,
    /// When the customer logged in, Unix seconds.
    pub auth_time: i64,
}

/// The form of a withdrawal.
#[derive(Debug, Template)]
#[template(path = "withdraw.html")]
pub struct Withdraw {
    /// Around it.
    pub frame: Frame,
    /// To choose from.
    pub accounts: Vec<Account>,
    /// As it was filled in.
    pub given: Given,
    /// What is left for each device, where the institution says it.
    pub limits: Option<Limits>,
    /// What is wrong with it, in words.
    pub wrong: Option<String>,
}

/// A withdrawal's form as filled in.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The account.
    pub account: String,
    /// How much.
    pub amount: String,
    /// Whose account it goes to.
    pub name: String,
    /// Which.
    pub destination: String,
    /// The customer's words for it.
    pub reference: String,
}

/// Where a withdrawal stands.
#[derive(Debug)]
pub struct Standing {
    /// The withdrawal.
    pub withdrawal: Withdrawal,
    /// Whether its time is over without an answer.
    pub expired: bool,
}

impl Standing {
    /// A withdrawal at a time.
    pub fn of(withdrawal: Withdrawal, now: i64) -> Self {
        Self { expired: withdrawal.state == State::Asked && withdrawal.expires <= now, withdrawal }
    }

    /// Whether the page goes on by itself: the customer is asked elsewhere.
    pub fn waits(&self) -> bool {
        self.withdrawal.state == State::Asked && !self.expired && self.withdrawal.client == "payments"
    }

    /// What the device shows too.
    pub fn code(&self) -> String {
        elsewhere::message(&self.withdrawal)
    }
}

/// Where a withdrawal stands; its receipt, and what proves it.
#[derive(Debug, Template)]
#[template(path = "withdrawal.html")]
pub struct Receipt {
    /// Around it.
    pub frame: Frame,
    /// The withdrawal.
    pub standing: Standing,
    /// What was to be confirmed.
    pub details: Value,
    /// What our check of the evidence says: `signed`, `receipt`, `untrue` or `unknown`.
    pub evidence: Option<&'static str>,
}

/// What of that is renewed.
#[derive(Debug, Template)]
#[template(path = "withdrawal_state.html")]
pub struct ReceiptState {
    /// Around it.
    pub frame: Frame,
    /// The withdrawal.
    pub standing: Standing,
}

/// The withdrawals as the institution keeps them.
#[derive(Debug, Template)]
#[template(path = "payouts.html")]
pub struct Payouts {
    /// Around it.
    pub frame: Frame,
    /// Each list by its name.
    pub lists: Vec<PayoutList>,
    /// Whether what was pressed came too late.
    pub late: bool,
}

/// Withdrawals in one state.
#[derive(Debug)]
pub struct PayoutList {
    /// `awaiting`, `confirmed` or `settled`.
    pub name: &'static str,
    /// What is in it.
    pub rows: Vec<Payout>,
}

/// A withdrawal in a list.
#[derive(Debug)]
pub struct Payout {
    /// As the institution keeps it.
    pub kept: Kept,
    /// Whether it may be carried out: it is booked here.
    pub settles: bool,
    /// Whether it may be given up.
    pub cancels: bool,
}

impl Receipt {
    fn detail(&self, pointer: &str) -> &str {
        self.details.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// What the trader shows.
#[derive(Debug)]
pub struct Board {
    /// Prices.
    pub quotes: Vec<Quote>,
    /// The account traded in.
    pub account: Account,
    /// Its shares.
    pub positions: Vec<Position>,
    /// Its orders.
    pub orders: Vec<Order>,
}

/// The trader.
#[derive(Debug, Template)]
#[template(path = "trader.html")]
pub struct Desk {
    /// Around it.
    pub frame: Frame,
    /// What it shows.
    pub board: Board,
    /// What became of the order just sent.
    pub placed: Option<Order>,
    /// Why it was not taken, in words.
    pub wrong: Option<String>,
}

/// What of the trader is renewed.
#[derive(Debug, Template)]
#[template(path = "board.html")]
pub struct BoardOnly {
    /// Around it.
    pub frame: Frame,
    /// What it shows.
    pub board: Board,
}

/// What of the trader anybody may see.
#[derive(Debug)]
pub struct Quotes {
    /// Prices.
    pub quotes: Vec<Quote>,
}

/// The trader for looking on.
#[derive(Debug, Template)]
#[template(path = "look.html")]
pub struct Look {
    /// Around it.
    pub frame: Frame,
    /// What it shows.
    pub board: Quotes,
}

/// What of that is renewed.
#[derive(Debug, Template)]
#[template(path = "quotes.html")]
pub struct LookOnly {
    /// Around it.
    pub frame: Frame,
    /// What it shows.
    pub board: Quotes,
}

/// The counter where cards are swiped.
#[derive(Debug, Template)]
#[template(path = "cards.html")]
pub struct Counter {
    /// Around it.
    pub frame: Frame,
    /// To choose from.
    pub cards: Vec<Card>,
    /// The latest payments.
    pub payments: Vec<Payment>,
    /// What is wrong with the form, in words.
    pub wrong: Option<String>,
    /// As it was filled in.
    pub given: Swiped,
}

/// The counter's form as filled in.
#[derive(Debug, Clone, Default)]
pub struct Swiped {
    /// The card.
    pub card: String,
    /// Who is to be paid.
    pub merchant: String,
    /// How much.
    pub amount: String,
    /// Whether the till does not wait for the card's owner.
    pub hurried: bool,
}

/// A payment.
#[derive(Debug, Template)]
#[template(path = "payment.html")]
pub struct Paying {
    /// Around it.
    pub frame: Frame,
    /// The payment.
    pub payment: Payment,
    /// With this card.
    pub card: Card,
}

/// What of a payment is renewed.
#[derive(Debug, Template)]
#[template(path = "payment_state.html")]
pub struct PayingOnly {
    /// Around it.
    pub frame: Frame,
    /// The payment.
    pub payment: Payment,
    /// With this card.
    pub card: Card,
}
