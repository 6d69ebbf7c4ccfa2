//! `[orders]`: devices that customers order and get by mail.

use super::{
    Span,
    section::{Wrong, section},
};
use operation::{Currency, Money};

section! {
    /// Devices that customers order on the settings page and get by mail.
    pub struct Orders = "orders" {
        /// What the most valuable account of whoever orders must be worth at least, with its currency (US dollars). Not asked
        /// of whoever replaces a device that may authorise as much.
        pub equity_from: String = "500000.00 USD".to_owned(), is equity;
        /// Whether whoever orders must have the phone app active.
        pub with_phone: bool = true;
        /// What is held back for a device until it is returned, with its currency; the institution is told by webhook and
        /// holds it. Empty: nothing.
        pub deposit: String = "20.00 USD".to_owned(), is deposit;
        /// How long after it was mailed a device becomes active by itself: a long period lets a card lie in a drawer while
        /// weaker devices do.
        pub mailing_period: Span = Span::seconds(14 * 86_400), in Span::seconds(86_400)..=Span::seconds(60 * 86_400);
    }
}

impl Orders {
    /// What the most valuable account must be worth.
    pub fn equity(&self) -> Money {
        // A checked file says an amount.
        money(&self.equity_from).unwrap_or(Money::from_minor(0, Currency::USD))
    }

    /// What is held back.
    pub fn deposit(&self) -> Option<Money> {
        money(&self.deposit)
    }
}

/// An amount in US dollars; none of what is none.
pub(super) fn dollars(text: &str) -> Option<Money> {
    money(text).filter(|money| money.currency() == Currency::USD)
}

fn money(text: &str) -> Option<Money> {
    let (amount, code) = text.split_once(' ')?;
    let money = Money::parse_balance(amount, Currency::parse(code).ok()?).ok()?;
    (money.minor() >= 0).then_some(money)
}

fn equity(text: &str) -> Option<Wrong> {
    let fits = dollars(text).is_some();
    (!fits).then(|| Wrong::Not(text.to_owned(), "an amount in US dollars, such as \"500000.00 USD\""))
}

fn deposit(text: &str) -> Option<Wrong> {
    let fits = text.is_empty() || money(text).is_some();
    (!fits).then(|| Wrong::Not(text.to_owned(), "an amount with its currency, such as \"20.00 USD\""))
}

#[cfg(test)]
mod tests {
    use crate::config::File;

    #[test]
    fn what_is_no_amount_is_named_with_its_line() {
        let error = |text: &str| File::parse(text).unwrap_err()[0].to_string();
        let euro = "[orders]\nequity_from = \"500000.00 EUR\"\n";
        assert!(error(euro).starts_with("line 2: equity_from: \"500000.00 EUR\" is not"), "{}", error(euro));
        let minus = "[orders]\ndeposit = \"-1.00 USD\"\n";
        assert!(error(minus).starts_with("line 2: deposit"), "{}", error(minus));
        assert!(error("[orders]\nmailing_period = \"1h\"\n").starts_with("line 2: mailing_period"));
        let none = File::parse("[orders]\ndeposit = \"\"\nequity_from = \"0 USD\"\n").unwrap();
        assert_eq!((none.orders.deposit(), none.orders.equity().minor()), (None, 0));
    }
}
