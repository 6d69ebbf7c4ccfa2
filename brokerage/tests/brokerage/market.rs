//! The market against a plain model: the same orders to both, and after each the same money, shares and books.

use brokerage::{
    market::{
        LISTED, Side,
        exchange::{self, HOUSE, NewOrder, Refusal},
    },
    money::Cents,
    store::{Store, StoreError, customer},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ACCOUNTS: [&str; 3] = ["U1000101", "U1000201", "U1000301"];
const NOW: i64 = 1_800_000_000;

/// Something that happens in the market.
#[derive(Debug, Clone)]
enum Event {
    Place {
        account: usize,
        symbol: usize,
        side: Side,
        limit: Option<i64>,
        quantity: i64,
    },
    /// The n-th of the orders that were open at some time.
    Cancel {
        account: usize,
        nth: usize,
    },
    Tick,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let place = (0..3usize, 0..2usize, any::<bool>(), any::<bool>(), -30i64..30, 1i64..900).prop_map(
        |(account, symbol, buy, limited, off, quantity)| Event::Place {
            account,
            symbol,
            side: if buy { Side::Buy } else { Side::Sell },
            limit: limited.then_some(off),
            quantity,
        },
    );
    let event = prop_oneof![
        8 => place,
        2 => (0..3usize, 0..40usize).prop_map(|(account, nth)| Event::Cancel { account, nth }),
        1 => Just(Event::Tick),
    ];
    prop::collection::vec(event, 1..60)
}

/// An order in the model's book.
#[derive(Debug, Clone, PartialEq)]
struct Waiting {
    number: i64,
    owner: &'static str,
    symbol: usize,
    side: Side,
    price: i64,
    left: i64,
}

/// The rules in the plainest words: one list of what waits, searched from end to end.
#[derive(Debug, Default)]
struct Model {
    cash: BTreeMap<&'static str, i64>,
    shares: BTreeMap<(&'static str, usize), i64>,
    waiting: Vec<Waiting>,
}

impl Model {
    fn place(&mut self, number: i64, owner: &'static str, symbol: usize, wish: (Side, Option<i64>, i64)) -> i64 {
        let (side, limit, mut left) = wish;
        loop {
            let mut best: Option<usize> = None;
            for (at, other) in self.waiting.iter().enumerate() {
                let fits = other.symbol == symbol
                    && other.side != side
                    && limit.is_none_or(
                        |limit| if side == Side::Buy { other.price <= limit } else { other.price >= limit },
                    );
                let better = |than: &Waiting| match side {
                    Side::Buy => (other.price, other.number) < (than.price, than.number),
                    Side::Sell => (-other.price, other.number) < (-than.price, than.number),
                };
                if fits && best.is_none_or(|at| better(&self.waiting[at])) {
                    best = Some(at);
                }
            }
            let Some(at) = best.filter(|_| left > 0) else { break };
            if self.waiting[at].owner == owner {
                return left;
            }
            let quantity = left.min(self.waiting[at].left);
            let (other, price) = (self.waiting[at].owner, self.waiting[at].price);
            let (buyer, seller) = if side == Side::Buy { (owner, other) } else { (other, owner) };
            *self.cash.entry(buyer).or_default() -= price * quantity;
            *self.cash.entry(seller).or_default() += price * quantity;
            *self.shares.entry((buyer, symbol)).or_default() += quantity;
            *self.shares.entry((seller, symbol)).or_default() -= quantity;
            left -= quantity;
            self.waiting[at].left -= quantity;
            if self.waiting[at].left == 0 {
                self.waiting.remove(at);
            }
        }
        if let (Some(price), true) = (limit, left > 0) {
            self.waiting.push(Waiting { number, owner, symbol, side, price, left });
        }
        left
    }

    /// What an account may still spend: its cash without what its open buys may cost.
    fn free_cash(&self, owner: &str) -> i64 {
        let held = self.waiting.iter().filter(|w| w.owner == owner && w.side == Side::Buy);
        self.cash.get(owner).copied().unwrap_or(0) - held.map(|w| w.price * w.left).sum::<i64>()
    }

    fn free_shares(&self, owner: &'static str, symbol: usize) -> i64 {
        let held = self.waiting.iter().filter(|w| w.owner == owner && w.symbol == symbol && w.side == Side::Sell);
        self.shares.get(&(owner, symbol)).copied().unwrap_or(0) - held.map(|w| w.left).sum::<i64>()
    }

    /// What the best offers for so many shares come to.
    fn price_now(&self, owner: &'static str, symbol: usize, quantity: i64) -> i64 {
        let mut copy = Self { waiting: self.waiting.clone(), ..Self::default() };
        copy.place(0, owner, symbol, (Side::Buy, None, quantity));
        -copy.cash.get(owner).copied().unwrap_or(0)
    }
}

/// Money, and shares by owner and place in the list.
type Holdings = (BTreeMap<&'static str, i64>, BTreeMap<(&'static str, usize), i64>);

/// The real market, and the model beside it.
struct Scene {
    store: Store,
    model: Model,
    orders: Vec<(usize, i64)>,
}

impl Scene {
    fn set() -> Self {
        let store = Store::in_memory().unwrap();
        let mut scene = Self { store, model: Model::default(), orders: Vec::new() };
        let (cash, shares) = scene.holdings();
        scene.model.cash = cash;
        scene.model.shares = shares;
        scene.tick();
        scene
    }

    fn holdings(&self) -> Holdings {
        let read = self.store.run_now(|tx| {
            let mut cash = BTreeMap::new();
            let mut shares = BTreeMap::new();
            for owner in ACCOUNTS.into_iter().chain([HOUSE]) {
                cash.insert(owner, customer::account(tx, owner, NOW)?.unwrap().cash.count());
                for held in customer::positions(tx, owner)? {
                    let symbol = LISTED.iter().position(|(symbol, ..)| *symbol == held.symbol).unwrap();
                    shares.insert((owner, symbol), held.quantity);
                }
            }
            Ok::<_, StoreError>((cash, shares))
        });
        read.unwrap()
    }

    /// The market maker's quotes are the walk's business; the model only gets told which they are.
    fn tick(&mut self) {
        let before = self.store.run_now(|tx| brokerage::store::next(tx, "number").map_err(StoreError::from)).unwrap();
        self.store.run_now(|tx| exchange::tick(tx, 7, NOW)).unwrap();
        self.model.waiting.retain(|waiting| waiting.owner != HOUSE);
        for (symbol, (name, ..)) in LISTED.iter().enumerate() {
            let quoted: (i64, i64) = self
                .store
                .run_now(|tx| {
                    tx.query_row("SELECT bid, ask FROM symbols WHERE symbol = ?1", [name], |r| {
                        Ok((r.get(0)?, r.get(1)?))
                    })
                    .map_err(StoreError::from)
                })
                .unwrap();
            let number = before + 1 + 2 * i64::try_from(symbol).unwrap();
            self.model.place(number, HOUSE, symbol, (Side::Buy, Some(quoted.0), 500));
            self.model.place(number + 1, HOUSE, symbol, (Side::Sell, Some(quoted.1), 500));
        }
    }

    fn place(&mut self, account: usize, symbol: usize, wish: (Side, Option<i64>, i64)) -> Result<(), TestCaseError> {
        let (owner, (name, _, home)) = (ACCOUNTS[account], LISTED[symbol]);
        let limit = wish.1.map(|off| home.count() + off);
        let (side, quantity) = (wish.0, wish.2);
        let order = NewOrder {
            account: owner.to_owned(),
            symbol: name.to_owned(),
            side,
            limit: limit.map(Cents::new),
            quantity,
        };
        let covered = match (side, limit) {
            (Side::Buy, Some(limit)) => limit * quantity <= self.model.free_cash(owner),
            (Side::Buy, None) => self.model.price_now(owner, symbol, quantity) <= self.model.free_cash(owner),
            (Side::Sell, _) => quantity <= self.model.free_shares(owner, symbol),
        };
        match self.store.run_now(|tx| exchange::place(tx, &order, NOW)) {
            Ok(placed) => {
                prop_assert!(covered, "taken without cover: {order:?}");
                let left = self.model.place(placed.number, owner, symbol, (side, limit, quantity));
                prop_assert_eq!(placed.left, left);
                self.orders.push((account, placed.number));
            }
            Err(Refusal::Cash | Refusal::Shares) => prop_assert!(!covered, "refused with cover: {order:?}"),
            Err(other) => prop_assert!(false, "{other}"),
        }
        Ok(())
    }

    fn cancel(&mut self, account: usize, nth: usize) -> Result<(), TestCaseError> {
        let Some(&(owner, number)) = self.orders.get(nth) else { return Ok(()) };
        let done = self.store.run_now(|tx| exchange::cancel(tx, ACCOUNTS[account], number)).is_ok();
        let at = self.model.waiting.iter().position(|waiting| waiting.number == number);
        prop_assert_eq!(done, at.is_some() && owner == account, "only one's own open order is cancelled");
        if let (true, Some(at)) = (done, at) {
            self.model.waiting.remove(at);
        }
        Ok(())
    }

    fn agree(&self) -> Result<(), TestCaseError> {
        let (cash, shares) = self.holdings();
        prop_assert_eq!(&cash, &self.model.cash);
        let held: BTreeMap<_, _> = self.model.shares.iter().filter(|(_, n)| **n != 0).map(|(k, n)| (*k, *n)).collect();
        prop_assert_eq!(&shares, &held);
        for owner in ACCOUNTS {
            prop_assert!(cash[owner] >= 0 && self.model.free_cash(owner) >= 0, "{owner} owes money");
        }
        for ((owner, symbol), held) in &shares {
            prop_assert!(*owner == HOUSE || *held >= 0, "{owner} owes shares of {symbol}");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_market_does_what_the_model_does(events in events()) {
        let mut scene = Scene::set();
        let total = |(cash, shares): Holdings| {
            let mut by_symbol: BTreeMap<usize, i64> = (0..LISTED.len()).map(|symbol| (symbol, 0)).collect();
            for ((_, symbol), held) in shares {
                *by_symbol.entry(symbol).or_default() += held;
            }
            (cash.values().sum::<i64>(), by_symbol)
        };
        let before = total(scene.holdings());
        for event in events {
            match event {
                Event::Place { account, symbol, side, limit, quantity } => {
                    scene.place(account, symbol, (side, limit, quantity))?;
                }
                Event::Cancel { account, nth } => scene.cancel(account, nth)?,
                Event::Tick => scene.tick(),
            }
            scene.agree()?;
        }
        prop_assert_eq!(total(scene.holdings()), before, "money or shares came from nowhere");
    }
}

#[test]
fn one_seed_gives_one_market() {
    let quotes = |seed| {
        let store = Store::in_memory().unwrap();
        for _ in 0..50 {
            store.run_now(|tx| exchange::tick(tx, seed, NOW)).unwrap();
        }
        store.run_now(|tx| exchange::quotes(tx).map_err(StoreError::from)).unwrap()
    };
    assert_eq!(quotes(1), quotes(1));
    assert_ne!(quotes(1), quotes(2));
}

#[test]
fn what_is_no_order() {
    let store = Store::in_memory().unwrap();
    store.run_now(|tx| exchange::tick(tx, 1, NOW)).unwrap();
    let good = NewOrder {
        account: ACCOUNTS[0].to_owned(),
        symbol: "HLX".to_owned(),
        side: Side::Buy,
        limit: Some(Cents::new(100)),
        quantity: 1,
    };
    let place = |order: NewOrder| store.run_now(|tx| exchange::place(tx, &order, NOW));
    assert!(matches!(place(NewOrder { symbol: "NONE".into(), ..good.clone() }), Err(Refusal::Symbol)));
    for quantity in [0, -1, 100_001] {
        assert!(matches!(place(NewOrder { quantity, ..good.clone() }), Err(Refusal::Quantity)));
    }
    for limit in [0, -5, 100_000_001] {
        let limit = Some(Cents::new(limit));
        assert!(matches!(place(NewOrder { limit, ..good.clone() }), Err(Refusal::Limit)));
    }
    assert!(matches!(place(NewOrder { account: "nobody".into(), ..good.clone() }), Err(Refusal::Cash)));
    assert_eq!(place(good).unwrap().state, "open");
}
