//! The sample customers: who they are, what they own, their cards.

use crate::{
    market::exchange::HOUSE,
    money::Cents,
    store::{
        self,
        card::Standing::{self, Active, Pending},
    },
};
use rusqlite::{Transaction, params};

/// A customer whom the brokerage knows before anybody logs in.
struct Sample {
    username: &'static str,
    accounts: &'static [(&'static str, &'static str, Cents)],
    shares: &'static [(&'static str, i64)],
    cards: &'static [Plastic<'static>],
}

/// A card: the end of its number, its label, whether it is in use, and up to where it pays at once.
type Plastic<'a> = (&'a str, &'a str, Standing, Cents);

const SAMPLES: &[Sample] = &[
    Sample {
        username: "alice",
        accounts: &[("U1000101", "trading", Cents::new(84_215_075)), ("U1000102", "savings", Cents::new(25_000_000))],
        shares: &[("HLX", 400), ("NORD", 1_200)],
        cards: &[
            ("4417", HARBOUR, Active, Cents::new(25_000)),
            ("9020", "Harbour Travel", Active, Cents::new(5_000)),
            ("3105", "Harbour Gold", Pending, Cents::new(100_000)),
        ],
    },
    Sample {
        username: "boris",
        accounts: &[("U1000201", "trading", Cents::new(12_480_000))],
        shares: &[("KITE", 250)],
        cards: &[
            ("7731", HARBOUR, Active, Cents::new(10_000)),
            ("8840", "Harbour Travel", Pending, Cents::new(10_000)),
        ],
    },
    Sample {
        username: "carol",
        accounts: &[("U1000301", "trading", Cents::new(61_900_050)), ("U1000302", "savings", Cents::new(8_000_000))],
        shares: &[("OAKS", 3_000), ("LUNA", 90)],
        cards: &[
            ("2288", HARBOUR, Active, Cents::new(25_000)),
            ("5512", "Harbour Travel", Pending, Cents::new(10_000)),
        ],
    },
    Sample {
        username: "dave",
        accounts: &[("U1000401", "trading", Cents::new(3_125_000))],
        shares: &[("TIDE", 60)],
        cards: &[("6604", HARBOUR, Active, Cents::new(10_000))],
    },
];

/// The label of an ordinary card.
const HARBOUR: &str = "Harbour Debit";
/// What a customer nobody knew begins with.
const WELCOME: Cents = Cents::new(1_000_000);
/// Up to where a new customer's card pays at once.
const NEW_CARD: Cents = Cents::new(10_000);

/// Opens the samples' accounts in a new database.
///
/// # Errors
/// SQLite's.
pub fn open_accounts(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    for sample in SAMPLES {
        tx.execute("INSERT INTO customers (username) VALUES (?1)", [sample.username])?;
        for (id, kind, cash) in sample.accounts {
            open(tx, (id, sample.username), kind, *cash)?;
        }
        let Some((first, ..)) = sample.accounts.first() else { continue };
        for (symbol, quantity) in sample.shares {
            // The shares come from the house, so that none appear from nowhere.
            for (account, moved) in [(*first, *quantity), (HOUSE, -quantity)] {
                tx.execute(
                    "INSERT INTO positions (account, symbol, quantity) VALUES (?1, ?2, ?3)
                     ON CONFLICT (account, symbol) DO UPDATE SET quantity = quantity + ?3",
                    params![account, symbol, moved],
                )?;
            }
        }
        for plastic in sample.cards {
            card(tx, (sample.username, first), *plastic)?;
        }
    }
    Ok(())
}

/// Opens an account for someone who has none yet.
///
/// # Errors
/// SQLite's.
pub fn open_for(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<()> {
    if tx.execute("INSERT OR IGNORE INTO customers (username) VALUES (?1)", [username])? == 0 {
        return Ok(());
    }
    let number = store::next(tx, "customer")?;
    let id = format!("U2{number:06}");
    open(tx, (&id, username), "trading", WELCOME)?;
    card(tx, (username, &id), (&format!("{:04}", 5000 + number % 5000), HARBOUR, Active, NEW_CARD))
}

fn open(tx: &Transaction<'_>, (id, username): (&str, &str), kind: &str, cash: Cents) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO accounts (id, username, kind, cash) VALUES (?1, ?2, ?3, ?4)",
        params![id, username, kind, cash.count()],
    )?;
    Ok(())
}

fn card(
    tx: &Transaction<'_>,
    (username, account): (&str, &str),
    (last_four, label, standing, limit): Plastic<'_>,
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO cards (id, username, account, label, last_four, state, card_limit)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            format!("card-{username}-{last_four}"),
            username,
            account,
            label,
            last_four,
            standing.name(),
            limit.count()
        ],
    )?;
    Ok(())
}
