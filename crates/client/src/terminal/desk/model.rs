//! What the desk knows, and what keys and answers change.

use crate::market::{Board, MarketError, NewOrder, Order};
use crate::terminal::field::TextField;
use amount::{Field, Marks, Refused};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use i18n::Lang;

/// What limits are in.
const CURRENCY: &str = "USD";

/// Everything on the screen.
#[derive(Debug)]
pub struct Desk {
    /// The language of every word shown.
    pub lang: Lang,
    /// Who trades.
    pub username: String,
    /// Where.
    pub brokerage: String,
    /// What the brokerage said last.
    pub board: Option<Board>,
    /// Which list the keyboard is in.
    pub list: List,
    /// The chosen quote.
    pub quote: usize,
    /// The chosen order.
    pub order: usize,
    /// The order that is being written.
    pub ticket: Option<Ticket>,
    /// A message about the last action, and whether something went wrong.
    pub notice: Option<(String, bool)>,
}

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Prices.
    Quotes,
    /// The account's orders.
    Orders,
}

/// An order that is being written.
#[derive(Debug)]
pub struct Ticket {
    /// The symbol.
    pub symbol: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// Shares.
    pub quantity: TextField,
    /// A price; empty for an order at the market's price.
    pub limit: TextField,
    /// Whether the keyboard is in the limit.
    pub in_limit: bool,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The brokerage answered.
    Board(Result<Board, MarketError>),
    /// An order was placed, or not.
    Placed(Result<Order, MarketError>),
    /// An order was taken back, or not.
    Cancelled(i64, Result<(), MarketError>),
    /// The window changed.
    Redraw,
    /// The program is told to end.
    Terminate,
}

/// What to do in the world outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Place an order.
    Place(NewOrder),
    /// Take an order back.
    Cancel(i64),
    /// Open the form of a withdrawal.
    Withdraw,
    /// End the program.
    Quit,
}

impl Desk {
    /// A desk that has heard nothing yet.
    pub fn new(lang: Lang, username: &str, brokerage: &str) -> Self {
        Self {
            lang,
            username: username.to_owned(),
            brokerage: brokerage.to_owned(),
            board: None,
            list: List::Quotes,
            quote: 0,
            order: 0,
            ticket: None,
            notice: None,
        }
    }

    /// Acts on an event.
    pub fn update(&mut self, event: Event) -> Option<Effect> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) => self.pressed(key),
            Event::Paste(text) => {
                if let Some(ticket) = &mut self.ticket {
                    ticket.field().insert(&text);
                }
                None
            }
            Event::Board(Ok(board)) => {
                self.board = Some(board);
                None
            }
            Event::Board(Err(error)) | Event::Placed(Err(error)) | Event::Cancelled(_, Err(error)) => {
                self.notice = Some((self.words(&error), true));
                None
            }
            Event::Placed(Ok(order)) => {
                let state = self.state(&order.state);
                let args = [("number", order.number.into()), ("state", state.into())];
                self.notice = Some((self.lang.t_with("desk-placed", &args), false));
                None
            }
            Event::Cancelled(number, Ok(())) => {
                self.notice = Some((self.lang.t_with("desk-cancelled", &[("number", number.into())]), false));
                None
            }
            Event::Redraw => None,
            Event::Terminate => Some(Effect::Quit),
        }
    }

    /// An order's state in words.
    pub fn state(&self, state: &str) -> String {
        match state {
            "open" => self.lang.t("desk-state-open"),
            "filled" => self.lang.t("desk-state-filled"),
            "cancelled" => self.lang.t("desk-state-cancelled"),
            other => other.to_owned(),
        }
    }

    /// A price as the language writes it; a dash where there is none.
    pub fn price(&self, price: Option<&str>) -> String {
        price.map_or_else(|| "–".to_owned(), |price| amount::number(price, Marks::of(self.lang.tag())))
    }

    /// A side in words.
    pub fn side(&self, side: &str) -> String {
        if side == "buy" { self.lang.t("desk-buy") } else { self.lang.t("desk-sell") }
    }

    fn words(&self, error: &MarketError) -> String {
        let key = match error {
            MarketError::Login => "desk-error-login",
            MarketError::Refused(reason) => match reason.as_str() {
                "cash" => "desk-error-cash",
                "shares" => "desk-error-shares",
                "quantity" => "desk-error-quantity",
                "limit" => "desk-error-limit",
                "order" => "desk-error-order",
                _ => "desk-error-refused",
            },
            MarketError::Status(_) | MarketError::Connection(_) => "desk-error-connection",
        };
        self.lang.t(key)
    }

    fn pressed(&mut self, key: KeyEvent) -> Option<Effect> {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return Some(Effect::Quit);
        }
        if self.ticket.is_some() {
            return self.written(key);
        }
        match key.code {
            KeyCode::Tab | KeyCode::BackTab => {
                self.list = if self.list == List::Quotes { List::Orders } else { List::Quotes };
            }
            KeyCode::Up => self.step(false),
            KeyCode::Down => self.step(true),
            // Beside the Latin letter the one of the same key on a Russian keyboard.
            KeyCode::Char('b' | 'B' | 'и' | 'И') => self.open("buy"),
            KeyCode::Char('s' | 'S' | 'ы' | 'Ы') => self.open("sell"),
            KeyCode::Char('c' | 'C' | 'с' | 'С') | KeyCode::Delete => return self.cancel(),
            KeyCode::Char('w' | 'W' | 'ц' | 'Ц') => return Some(Effect::Withdraw),
            KeyCode::Char('q' | 'Q' | 'й' | 'Й') | KeyCode::Esc => return Some(Effect::Quit),
            _ => {}
        }
        None
    }

    fn step(&mut self, down: bool) {
        let Some(board) = &self.board else { return };
        let (at, count) = match self.list {
            List::Quotes => (&mut self.quote, board.quotes.len()),
            List::Orders => (&mut self.order, board.orders.len()),
        };
        *at = if down { (*at + 1).min(count.saturating_sub(1)) } else { at.saturating_sub(1) };
    }

    fn open(&mut self, side: &'static str) {
        let quote = self.board.as_ref().and_then(|board| board.quotes.get(self.quote));
        self.notice = None;
        self.ticket = quote.map(|quote| Ticket {
            symbol: quote.symbol.clone(),
            side,
            quantity: TextField::default(),
            limit: TextField::default(),
            in_limit: false,
        });
    }

    fn cancel(&mut self) -> Option<Effect> {
        let order = self.board.as_ref()?.orders.get(self.order)?;
        (self.list == List::Orders && order.state == "open").then_some(Effect::Cancel(order.number))
    }

    fn written(&mut self, key: KeyEvent) -> Option<Effect> {
        let ticket = self.ticket.as_mut()?;
        match key.code {
            KeyCode::Esc => self.ticket = None,
            KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => ticket.in_limit = !ticket.in_limit,
            KeyCode::Enter if !ticket.in_limit => ticket.in_limit = true,
            KeyCode::Enter => return self.send(),
            _ => {
                ticket.field().key(key);
            }
        }
        None
    }

    fn send(&mut self) -> Option<Effect> {
        match self.ticket.as_ref()?.order(self.lang) {
            Ok(order) => {
                self.ticket = None;
                Some(Effect::Place(order))
            }
            // It stays as it was written.
            Err(words) => {
                self.notice = Some((words, true));
                None
            }
        }
    }
}

impl Ticket {
    /// The order, if its numbers are understood; else what to say.
    fn order(&self, lang: Lang) -> Result<NewOrder, String> {
        let marks = Marks::of(lang.tag());
        let shares = amount::read(self.quantity.text(), marks, Field { currency: "", decimals: 0 });
        let quantity = shares.ok().and_then(|shares| shares.minor().try_into().ok());
        let quantity = quantity.ok_or_else(|| lang.t("desk-error-quantity"))?;
        let limit = match amount::read(self.limit.text(), marks, Field { currency: CURRENCY, decimals: 2 }) {
            Ok(limit) => Some(limit.to_string()),
            Err(Refused::Empty) => None,
            Err(refused) => return Err(limit_refused(&refused, lang)),
        };
        Ok(NewOrder { symbol: self.symbol.clone(), side: self.side, quantity, limit })
    }

    fn field(&mut self) -> &mut TextField {
        if self.in_limit { &mut self.limit } else { &mut self.quantity }
    }
}

fn limit_refused(refused: &Refused, lang: Lang) -> String {
    let number = |decimal: &str| amount::number(decimal, Marks::of(lang.tag())).into();
    match refused {
        Refused::Unclear(first, second) => {
            lang.t_with("desk-error-limit-unclear", &[("first", number(first)), ("second", number(second))])
        }
        Refused::TooFine(next) => lang.t_with("desk-error-limit-too-fine", &[("example", number(&next.to_string()))]),
        _ => lang.t("desk-error-limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Holdings, Quote};

    fn desk() -> Desk {
        let quote = |symbol: &str| Quote {
            symbol: symbol.into(),
            name: symbol.into(),
            bid: Some("1.00".into()),
            ask: None,
            open: "1.00".into(),
        };
        let order = Order {
            number: 7,
            symbol: "HLX".into(),
            side: "buy".into(),
            limit: Some("1.00".into()),
            quantity: 5,
            left: 5,
            state: "open".into(),
        };
        let holdings = Holdings {
            account: "U1".into(),
            currency: "USD".into(),
            cash: "10.00".into(),
            free: "5.00".into(),
            positions: Vec::new(),
        };
        let mut desk = Desk::new(Lang::En, "alice", "http://localhost:1");
        desk.update(Event::Board(Ok(Board {
            quotes: vec![quote("HLX"), quote("KITE")],
            holdings,
            orders: vec![order],
        })));
        desk
    }

    fn press(desk: &mut Desk, keys: &[KeyCode]) -> Option<Effect> {
        keys.iter().map(|code| desk.update(Event::Key(KeyEvent::from(*code)))).last().flatten()
    }

    #[test]
    fn an_order_is_written_and_sent() {
        let mut desk = desk();
        let keys = [KeyCode::Down, KeyCode::Char('s'), KeyCode::Char('1'), KeyCode::Char('2')];
        assert_eq!(press(&mut desk, &keys), None);
        let sent = press(
            &mut desk,
            &[KeyCode::Enter, KeyCode::Char('9'), KeyCode::Char('.'), KeyCode::Char('5'), KeyCode::Enter],
        );
        let order = NewOrder { symbol: "KITE".into(), side: "sell", quantity: 12, limit: Some("9.50".into()) };
        assert_eq!(sent, Some(Effect::Place(order)));
        let sent = press(&mut desk, &[KeyCode::Char('и'), KeyCode::Char('3'), KeyCode::Enter, KeyCode::Enter]);
        assert!(
            matches!(sent, Some(Effect::Place(NewOrder { side: "buy", limit: None, .. }))),
            "at the market's price"
        );
        assert_eq!(press(&mut desk, &[KeyCode::Char('b'), KeyCode::Esc]), None);
        assert!(desk.ticket.is_none());
    }

    #[test]
    fn numbers_mean_what_was_typed_or_are_refused_in_words() {
        let send = |shares: &str, limit: &str| {
            let mut desk = desk();
            press(&mut desk, &[KeyCode::Char('b')]);
            desk.update(Event::Paste(shares.to_owned()));
            press(&mut desk, &[KeyCode::Enter]);
            desk.update(Event::Paste(limit.to_owned()));
            let sent = press(&mut desk, &[KeyCode::Enter]);
            (sent, desk)
        };
        for (shares, limit, means) in [("1,200", "1,184.20", (1200, "1184.20")), ("1 200", "184,2", (1200, "184.20"))] {
            let (Some(Effect::Place(order)), _) = send(shares, limit) else { panic!("{shares} at {limit} is refused") };
            assert_eq!((order.quantity, order.limit.as_deref()), (means.0, Some(means.1)));
        }
        for (shares, limit) in [("12.5", "1"), ("x", "1"), ("", "1"), ("1", "1.200"), ("1", "9.5,05.1"), ("1", "€9")]
        {
            let (sent, desk) = send(shares, limit);
            assert_eq!(sent, None, "{shares} at {limit}");
            assert!(desk.ticket.is_some() && matches!(desk.notice, Some((_, true))), "what was written stays");
        }
    }

    #[test]
    fn only_the_chosen_open_order_is_taken_back() {
        let mut desk = desk();
        assert_eq!(press(&mut desk, &[KeyCode::Char('c')]), None, "not in the list of orders");
        assert_eq!(press(&mut desk, &[KeyCode::Tab, KeyCode::Char('c')]), Some(Effect::Cancel(7)));
        let mut board = desk.board.clone().unwrap();
        board.orders[0].state = "filled".into();
        desk.update(Event::Board(Ok(board)));
        assert_eq!(press(&mut desk, &[KeyCode::Char('c')]), None);
        assert_eq!(press(&mut desk, &[KeyCode::Char('q')]), Some(Effect::Quit));
    }
}
