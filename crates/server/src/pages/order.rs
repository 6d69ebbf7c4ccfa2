//! The page on which a device is ordered, and the orders on the settings page.

use super::{Frame, device::Told};
use askama::Template;
use operation::Amount;

/// An order as the settings page lists it.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// Its device's id, for the address of the page that takes it into use.
    pub id: String,
    /// What is ordered.
    pub label: String,
    /// Where to.
    pub address: String,
    /// Where it stands.
    pub stands: Stands,
    /// What it takes the place of.
    pub replaces: Option<String>,
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// Asked for on this day.
    Asked(String),
    /// Asked for on this day; its PIN is to be chosen.
    AwaitsPin(String),
    /// Mailed; the device is active by itself from then on.
    Shipped(String),
}

impl OrderLine {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        match &self.stands {
            Stands::Asked(when) => frame.with("order-stands-asked", "when", when),
            Stands::AwaitsPin(when) => frame.with("order-stands-pin", "when", when),
            Stands::Shipped(until) => frame.with("order-stands-shipped", "until", until),
        }
    }

    pub(crate) fn awaits_pin(&self) -> bool {
        matches!(self.stands, Stands::AwaitsPin(_))
    }

    pub(crate) fn is_shipped(&self) -> bool {
        matches!(self.stands, Stands::Shipped(_))
    }
}

/// Why no further device may be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// An account of this value; and what the most valuable one is worth.
    Equity(Amount, Option<Amount>),
    /// The phone app.
    Phone,
    /// One is on its way.
    AwaitsOne,
    /// They are not ordered.
    Class,
}

/// A device that can be replaced.
#[derive(Debug, Clone)]
pub struct OldLine {
    /// Its id, sent back as `replaces`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/order.html")]
pub struct OrderPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// What is ordered.
    pub label: String,
    /// Why no further one may be; none where it may.
    pub missing: Option<Missing>,
    /// The devices that one may take the place of.
    pub replaceable: Vec<OldLine>,
    /// Where the last one was mailed to.
    pub address: String,
    /// What is held back.
    pub deposit: Option<Amount>,
    /// Days after which a mailed one becomes active by itself.
    pub days: u64,
    /// What became of what was asked.
    pub told: Option<Told>,
}

impl OrderPage {
    fn may(&self) -> bool {
        self.missing.is_none() || !self.replaceable.is_empty()
    }

    fn money(&self, amount: &Amount) -> String {
        amount::write(amount.digits(), amount.currency(), amount::Marks::of(self.frame.lang.tag()))
    }

    fn missing_words(&self) -> Option<String> {
        Some(match self.missing.as_ref()? {
            Missing::Equity(required, highest) => {
                let rule = self.frame.with("order-missing-equity", "required", &self.money(required));
                let yours = match highest {
                    Some(highest) => self.frame.with("order-missing-highest", "highest", &self.money(highest)),
                    None => self.frame.t("order-missing-no-account"),
                };
                format!("{rule} {yours}")
            }
            Missing::Phone => self.frame.t("order-missing-phone"),
            Missing::AwaitsOne => self.frame.t("order-missing-awaits"),
            Missing::Class => self.frame.t("order-missing-class"),
        })
    }

    fn deposit_words(&self) -> Option<String> {
        self.deposit.as_ref().map(|deposit| self.frame.with("order-deposit-words", "deposit", &self.money(deposit)))
    }
}

/// The page on which the PIN of an ordered device is chosen.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/order_pin.html")]
pub struct OrderPinPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The order's id, sent back as `id`.
    pub id: String,
    /// What is ordered.
    pub label: String,
    /// What became of what was asked.
    pub told: Option<Told>,
}
