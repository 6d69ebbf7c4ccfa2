//! The depot's devices by serial number: their keys, where each is, and what happened to it.
//!
//! A file comes in as a batch: its rows are added in as many units as it takes, and are there for everybody from the one
//! moment in which the batch is [`ready`]. Until then they only keep their serial numbers from other files.

use crate::{
    Error, Row, Sql, many,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    audit::Actor,
    device::{
        Algorithm, Keys, Moving,
        inventory::{Holder, Stock, Terms},
    },
    id::BatchId,
};
use std::collections::BTreeMap;

/// What came in together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// The name of the file.
    pub source: String,
    /// Whether customers already hold these devices.
    pub adopted: bool,
    /// Who brought them in.
    pub actor: Actor,
    /// When it began to come in.
    pub created_at: Timestamp,
    /// When all of it was there.
    pub ready_at: Option<Timestamp>,
}

/// A device that comes in.
#[derive(Clone)]
pub struct NewItem {
    /// Its serial number.
    pub serial: String,
    /// Its class.
    pub class: String,
    /// How it computes.
    pub algorithm: Algorithm,
    /// What moves with each use, as far as it has moved.
    pub moving: Moving,
    /// What its maker says.
    pub terms: Terms,
    /// Its key, and its first PIN.
    pub keys: Keys,
    /// For the sealed key.
    pub key_nonce: [u8; 12],
    /// For the sealed PIN.
    pub pin_nonce: [u8; 12],
}

/// A device of the depot, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its serial number.
    pub serial: String,
    /// The batch it came with.
    pub batch: BatchId,
    /// Whether a customer already held it when it came in.
    pub adopted: bool,
    /// Its class.
    pub class: String,
    /// Where it is.
    pub state: Stock,
    /// How it computes.
    pub algorithm: Algorithm,
    /// What moves with each use, as far as it had moved when it was here last.
    pub moving: Moving,
    /// What its maker says.
    pub terms: Terms,
    /// How often it has changed.
    pub version: i64,
    /// When its state changed last.
    pub changed_at: Timestamp,
    /// When it was printed, where it is a card that was.
    pub printed_at: Option<Timestamp>,
}

/// What happened to a serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it came to be.
    pub state: Stock,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

/// Rows that one statement adds.
pub const ROWS: usize = 100;
/// Serial numbers that one statement looks for.
pub const SERIALS: usize = 500;
const COLUMNS: usize = 11;

statements! {
    OPEN = "INSERT INTO inventory_batches (id, source, adopted_at, actor, created_at, ready_at)
        VALUES ($1, $2, $3, $4, $5, NULL)";
    ADD_ONE = "INSERT INTO inventory (serial, batch_id, class, algorithm, moving, terms, sealed_key, sealed_pin, changed_at,
        state, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    ADD = many::text(&ADD_TEXT);
    HOLDING = many::text(&HOLDING_TEXT);
    COUNT = "SELECT COUNT(*) FROM inventory WHERE batch_id = $1";
    READY = "UPDATE inventory_batches SET ready_at = $2 WHERE id = $1 AND ready_at IS NULL";
    BATCH = "SELECT id, source, adopted_at, actor, created_at, ready_at FROM inventory_batches WHERE id = $1";
    ABANDON = "DELETE FROM inventory WHERE batch_id = $1 AND serial IN (
        SELECT i.serial FROM inventory AS i JOIN inventory_batches AS b ON b.id = i.batch_id
        WHERE i.batch_id = $1 AND b.ready_at IS NULL ORDER BY i.serial LIMIT 1000)";
    CLOSE = "DELETE FROM inventory_batches WHERE id = $1 AND ready_at IS NULL";
    STALE = "SELECT id FROM inventory_batches WHERE ready_at IS NULL AND created_at <= $1 ORDER BY created_at LIMIT 1";
    ONE = "SELECT i.serial, i.batch_id, b.adopted_at, i.class, i.state, i.holder_id, i.device_id, i.algorithm, i.moving,
        i.terms, i.version, i.changed_at, i.printed_at FROM inventory AS i JOIN inventory_batches AS b ON b.id = i.batch_id
        WHERE i.serial = $1 AND b.ready_at IS NOT NULL";
    SECRETS = "SELECT sealed_key, sealed_pin FROM inventory WHERE serial = $1";
    PAGE = "SELECT i.serial, i.batch_id, b.adopted_at, i.class, i.state, i.holder_id, i.device_id, i.algorithm, i.moving,
        i.terms, i.version, i.changed_at, i.printed_at FROM inventory AS i JOIN inventory_batches AS b ON b.id = i.batch_id
        WHERE i.serial > $1 AND b.ready_at IS NOT NULL ORDER BY i.serial LIMIT $2";
    PAGE_OF_STATE = "SELECT i.serial, i.batch_id, b.adopted_at, i.class, i.state, i.holder_id, i.device_id, i.algorithm,
        i.moving, i.terms, i.version, i.changed_at, i.printed_at FROM inventory AS i JOIN inventory_batches AS b ON b.id = i.batch_id
        WHERE i.serial > $1 AND i.state = $2 AND b.ready_at IS NOT NULL ORDER BY i.serial LIMIT $3";
    PASS = "UPDATE inventory SET state = $3, holder_id = $4, device_id = $5, moving = $6, changed_at = $7, version = version + 1
        WHERE serial = $1 AND version = $2";
    TELL = "INSERT INTO inventory_events (serial, version, state, holder_id, device_id, actor, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    HISTORY = "SELECT state, holder_id, device_id, actor, at FROM inventory_events WHERE serial = $1
        ORDER BY version DESC LIMIT $2";
    PRINT = "UPDATE inventory SET printed_at = $2 WHERE serial = $1 AND printed_at IS NULL";
    FORGET_PIN = "UPDATE inventory SET sealed_pin = NULL WHERE serial = $1 AND version = $2";
}

/// Begins a batch.
pub fn open(sql: &mut dyn Sql, batch: &Batch) -> Result<(), Error> {
    let adopted = batch.adopted.then(|| batch.created_at.micros());
    let actor = crate::json::write(OPEN, &batch.actor)?;
    sql.apply(OPEN, &params![batch.id.octets(), &batch.source, adopted, actor, batch.created_at.micros()])
}

/// Adds devices to a batch that is not ready yet. [`Error::Unique`] when a serial number is there already, of whatever batch.
pub fn add(sql: &mut dyn Sql, sealer: &Sealer, batch: &Batch, items: &[NewItem]) -> Result<(), Error> {
    let mut rest = items;
    while let Some((some, others)) = rest.split_at_checked(ROWS) {
        let mut args = Vec::with_capacity(ROWS * COLUMNS);
        for item in some {
            args.extend(row(sealer, batch, item)?);
        }
        sql.apply(ADD, &args)?;
        rest = others;
    }
    rest.iter().try_for_each(|item| sql.apply(ADD_ONE, &row(sealer, batch, item)?))
}

fn row(sealer: &Sealer, batch: &Batch, item: &NewItem) -> Result<[crate::Val; COLUMNS], Error> {
    let sealed = |field, plain: &[u8], nonce| sealer.seal(&context(&item.serial, field), plain, nonce);
    let key = sealed("key", item.keys.key.expose(), item.key_nonce)?;
    let pin = item.keys.pin.as_ref().map(|pin| sealed("pin", pin.expose(), item.pin_nonce)).transpose()?;
    Ok(params![
        &item.serial,
        batch.id.octets(),
        &item.class,
        crate::json::write(ADD_ONE, &item.algorithm)?,
        crate::json::write(ADD_ONE, &item.moving)?,
        crate::json::write(ADD_ONE, &item.terms)?,
        key,
        pin,
        batch.created_at.micros(),
        Stock::InStock.name(),
        0_i64,
    ])
}

/// Of these serial numbers those that are there, each with whether its batch is ready; [`SERIALS`] at most.
pub fn holding(sql: &mut dyn Sql, serials: &[&str]) -> Result<BTreeMap<String, bool>, Error> {
    // What is left over looks for a serial number that none has.
    let serials = serials.iter().copied().chain(std::iter::repeat("")).take(SERIALS);
    let args: Vec<crate::Val> = serials.map(crate::Val::from).collect();
    let rows = sql.rows(HOLDING, &args)?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.opt_i64(1)?.is_some()))).collect()
}

/// Makes a batch be there for everybody, if it holds so many devices and was not given up: at once, however many.
pub fn ready(sql: &mut dyn Sql, batch: BatchId, items: u64, now: Timestamp) -> Result<bool, Error> {
    let found = sql.one(COUNT, &params![batch.octets()])?.i64(0)?;
    Ok(u64::try_from(found) == Ok(items) && sql.changes_one(READY, &params![batch.octets(), now.micros()])?)
}

/// A batch.
pub fn batch(sql: &mut dyn Sql, id: BatchId) -> Result<Option<Batch>, Error> {
    let Some(row) = sql.row(BATCH, &params![id.octets()])? else { return Ok(None) };
    Ok(Some(Batch {
        id: row.id16(0)?.into(),
        source: row.text(1)?.to_owned(),
        adopted: row.opt_i64(2)?.is_some(),
        actor: actor(&row, 3)?,
        created_at: Timestamp::from_micros(row.i64(4)?),
        ready_at: row.opt_i64(5)?.map(Timestamp::from_micros),
    }))
}

/// Takes back a thousand devices of a batch that is not ready, and the batch itself with the last; how many.
pub fn abandon(sql: &mut dyn Sql, batch: BatchId) -> Result<u64, Error> {
    let gone = sql.exec(ABANDON, &params![batch.octets()])?;
    if gone == 0 {
        sql.apply(CLOSE, &params![batch.octets()])?;
    }
    Ok(gone)
}

/// Takes back some of what began to come in before a moment and never was ready: whoever brought it is gone.
pub fn sweep(sql: &mut dyn Sql, before: Timestamp) -> Result<u64, Error> {
    match sql.row(STALE, &params![before.micros()])? {
        Some(row) => abandon(sql, row.id16(0)?.into()),
        None => Ok(0),
    }
}

/// The device of a serial number.
pub fn one(sql: &mut dyn Sql, serial: &str) -> Result<Option<Item>, Error> {
    sql.row(ONE, &params![serial])?.as_ref().map(read).transpose()
}

/// A device's secrets, unsealed: its key, and the PIN that it came with.
pub fn keys(sql: &mut dyn Sql, sealer: &Sealer, serial: &str) -> Result<Option<Keys>, Error> {
    let Some(row) = sql.row(SECRETS, &params![serial])? else { return Ok(None) };
    let open = |field, sealed: &[u8]| sealer.open(&context(serial, field), sealed).map(|v| Secret::new(v.to_vec()));
    let pin = row.opt_bytes(1)?.map(|pin| open("pin", pin)).transpose()?;
    Ok(Some(Keys { key: open("key", row.bytes(0)?)?, pin, approve: None }))
}

/// Devices behind a serial number, in the order of these.
pub fn page(sql: &mut dyn Sql, after: &str, limit: u32) -> Result<Vec<Item>, Error> {
    sql.rows(PAGE, &params![after, limit])?.iter().map(read).collect()
}

/// The same, of those in one state ([`Stock::NAMES`]).
pub fn page_of_state(sql: &mut dyn Sql, state: &str, after: &str, limit: u32) -> Result<Vec<Item>, Error> {
    sql.rows(PAGE_OF_STATE, &params![after, state, limit])?.iter().map(read).collect()
}

/// Takes a device into another state, unless it changed meanwhile, and notes who did it. `moving` is what has moved in it by
/// now. False when it changed.
pub fn pass(sql: &mut dyn Sql, item: &Item, to: Stock, moving: &Moving, by: &Event) -> Result<bool, Error> {
    let (user, device) = (to.holder().map(|has| has.user.octets()), to.holder().map(|has| has.device.octets()));
    let moving = crate::json::write(PASS, moving)?;
    let args = params![&item.serial, item.version, to.name(), user, device, moving, by.at.micros()];
    if !sql.changes_one(PASS, &args)? {
        return Ok(false);
    }
    let version = item.version.saturating_add(1);
    let actor = crate::json::write(TELL, &by.actor)?;
    sql.apply(TELL, &params![&item.serial, version, to.name(), user, device, actor, by.at.micros()])?;
    if matches!(to, Stock::Returned | Stock::Retired) {
        // Who had it knows that PIN.
        sql.apply(FORGET_PIN, &params![&item.serial, version])?;
    }
    Ok(true)
}

/// Notes that a card was printed: once. False when it was before.
pub fn print(sql: &mut dyn Sql, serial: &str, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(PRINT, &params![serial, now.micros()])
}

/// What happened to a serial number since it came in, newest first.
pub fn history(sql: &mut dyn Sql, serial: &str, limit: u32) -> Result<Vec<Event>, Error> {
    let rows = sql.rows(HISTORY, &params![serial, limit])?;
    let event =
        |row: &Row| Ok(Event { state: stock(row, 0)?, actor: actor(row, 3)?, at: Timestamp::from_micros(row.i64(4)?) });
    rows.iter().map(event).collect()
}

fn context<'a>(serial: &'a str, field: &'static str) -> Context<'a> {
    Context { table: "inventory", row: serial.as_bytes(), field }
}

fn read(row: &Row) -> Result<Item, Error> {
    Ok(Item {
        serial: row.text(0)?.to_owned(),
        batch: row.id16(1)?.into(),
        adopted: row.opt_i64(2)?.is_some(),
        class: row.text(3)?.to_owned(),
        state: stock(row, 4)?,
        algorithm: serde_json::from_str(row.text(7)?).map_err(|_| row.corrupt(7, "an algorithm"))?,
        moving: serde_json::from_str(row.text(8)?).map_err(|_| row.corrupt(8, "a moving part"))?,
        terms: serde_json::from_str(row.text(9)?).map_err(|_| row.corrupt(9, "a maker's terms"))?,
        version: row.i64(10)?,
        changed_at: Timestamp::from_micros(row.i64(11)?),
        printed_at: row.opt_i64(12)?.map(Timestamp::from_micros),
    })
}

/// A state, with its holder in the two columns behind it.
fn stock(row: &Row, column: usize) -> Result<Stock, Error> {
    let (user, device) = (row.opt_id16(column + 1)?, row.opt_id16(column + 2)?);
    let holder = user.zip(device).map(|(user, device)| Holder { user: user.into(), device: device.into() });
    Stock::parse(row.text(column)?, holder).ok_or_else(|| row.corrupt(column, "a state of the depot"))
}

fn actor(row: &Row, column: usize) -> Result<Actor, Error> {
    serde_json::from_str(row.text(column)?).map_err(|_| row.corrupt(column, "an actor"))
}

static ADD_TEXT: many::Text = many::rows(
    "INSERT INTO inventory (serial, batch_id, class, algorithm, moving, terms, sealed_key, sealed_pin, changed_at, state,
        version) VALUES ",
    ROWS,
    COLUMNS,
);
static HOLDING_TEXT: many::Text = many::rows(
    "SELECT i.serial, b.ready_at FROM inventory AS i JOIN inventory_batches AS b ON b.id = i.batch_id WHERE i.serial IN ",
    1,
    SERIALS,
);
