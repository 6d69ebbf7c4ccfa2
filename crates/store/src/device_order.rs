//! Orders of devices that are mailed: to which address, with which PIN, in place of which one.

use crate::{
    Error, Row, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
    withdrawal::Keyed,
};
use domain::{
    Secret, Timestamp,
    device::order::OrderState,
    id::{ConfirmationId, DeviceId, UserId},
};
use operation::{Currency, Money};

/// An order as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceOrder {
    /// Whose.
    pub user: UserId,
    /// The id of the device that is to come of it, and of the order.
    pub device: DeviceId,
    /// The confirmation that asks for it; none where a back end of the institution did.
    pub confirmation: Option<ConfirmationId>,
    /// The back end's request, which is carried out once.
    pub request: Option<Keyed>,
    /// The class of the device.
    pub class: String,
    /// Where it is mailed to.
    pub address: String,
    /// What is held back until it is returned.
    pub deposit: Option<Money>,
    /// The device that ends once this one is active.
    pub replaces: Option<DeviceId>,
    /// Whether its user has chosen the PIN; it is kept until the device is mailed.
    pub has_pin: bool,
    /// The serial number of the device that was mailed.
    pub serial: Option<String>,
    /// Where it is on its way.
    pub state: OrderState,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO device_orders (user_id, device_id, confirmation_id, class, sealed_address, deposit_currency,
        deposit_minor, replaces_id, sealed_pin, serial, state, mailed_at, created_at, changed_at, request_key, request_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, NULL, $11, $11, $12, $13)";
    OF_USER = "SELECT user_id, device_id, confirmation_id, class, sealed_address, deposit_currency, deposit_minor, replaces_id,
        serial, state, mailed_at, created_at, changed_at, request_key, request_digest, sealed_pin FROM device_orders WHERE user_id = $1 ORDER BY device_id";
    IN_STATE = "SELECT user_id, device_id, confirmation_id, class, sealed_address, deposit_currency, deposit_minor, replaces_id,
        serial, state, mailed_at, created_at, changed_at, request_key, request_digest, sealed_pin FROM device_orders WHERE state = $1
        ORDER BY changed_at, device_id LIMIT $2";
    BY_ID = "SELECT user_id, device_id, confirmation_id, class, sealed_address, deposit_currency, deposit_minor, replaces_id,
        serial, state, mailed_at, created_at, changed_at, request_key, request_digest, sealed_pin FROM device_orders WHERE device_id = $1";
    BY_KEY = "SELECT user_id, device_id, confirmation_id, class, sealed_address, deposit_currency, deposit_minor, replaces_id,
        serial, state, mailed_at, created_at, changed_at, request_key, request_digest, sealed_pin FROM device_orders WHERE user_id = $1 AND request_key = $2";
    PAGE = "SELECT user_id, device_id, confirmation_id, class, sealed_address, deposit_currency, deposit_minor, replaces_id,
        serial, state, mailed_at, created_at, changed_at, request_key, request_digest, sealed_pin FROM device_orders WHERE device_id > $1 AND state <> 'proposed'
        ORDER BY device_id LIMIT $2";
    PAGE_OF_STATE = "SELECT user_id, device_id, confirmation_id, class, sealed_address, deposit_currency, deposit_minor, replaces_id,
        serial, state, mailed_at, created_at, changed_at, request_key, request_digest, sealed_pin FROM device_orders WHERE state = $1 AND device_id > $2
        ORDER BY device_id LIMIT $3";
    DUE = "SELECT user_id, device_id FROM device_orders WHERE state = 'shipped' AND mailed_at <= $1 LIMIT $2";
    PIN = "SELECT sealed_pin FROM device_orders WHERE user_id = $1 AND device_id = $2";
    PASS = "UPDATE device_orders SET state = $4, mailed_at = $5, serial = $6, changed_at = $7
        WHERE user_id = $1 AND device_id = $2 AND state = $3";
    SAVE_PIN = "UPDATE device_orders SET sealed_pin = $3 WHERE user_id = $1 AND device_id = $2 AND state = 'asked'";
    FORGET_PIN = "UPDATE device_orders SET sealed_pin = NULL WHERE user_id = $1 AND device_id = $2";
    FORGET = "DELETE FROM device_orders WHERE user_id = $1 AND device_id = $2 AND state = 'proposed'";
}

/// What two values are sealed with: no two are sealed with one nonce.
#[derive(Debug, Clone, Copy)]
pub struct Nonces {
    /// The hash of the PIN.
    pub pin: [u8; 12],
    /// The address.
    pub address: [u8; 12],
}

/// Adds an order; its address and the hash of its PIN are sealed.
pub fn insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    order: &DeviceOrder,
    pin: Option<&Secret<Vec<u8>>>,
    nonces: Nonces,
) -> Result<(), Error> {
    let row = row_of(order.user, order.device);
    let sealed = pin.map(|pin| sealer.seal(&of_pin(&row), pin.expose(), nonces.pin)).transpose()?;
    let args = params![
        order.user.octets(),
        order.device.octets(),
        order.confirmation.map_or_else(Vec::new, |id| id.octets().to_vec()),
        &order.class,
        sealer.seal(&of_address(&row), order.address.as_bytes(), nonces.address)?,
        order.deposit.map(|deposit| deposit.currency().code().to_owned()),
        order.deposit.map(Money::minor),
        order.replaces.map(DeviceId::octets),
        sealed,
        order.state.name(),
        order.created_at.micros(),
        order.request.map(|request| request.key),
        order.request.map(|request| request.asked),
    ];
    sql.apply(INSERT, &args)
}

/// Every order of a user, the oldest first.
pub fn of_user(sql: &mut dyn Sql, sealer: &Sealer, user: UserId) -> Result<Vec<DeviceOrder>, Error> {
    sql.rows(OF_USER, &params![user.octets()])?.iter().map(|row| read(row, sealer)).collect()
}

/// Orders of all users in a state of this name, the longest there first.
pub fn in_state(sql: &mut dyn Sql, sealer: &Sealer, state: &str, limit: u32) -> Result<Vec<DeviceOrder>, Error> {
    sql.rows(IN_STATE, &params![state, limit])?.iter().map(|row| read(row, sealer)).collect()
}

/// The order of this id, whosever it is.
pub fn by_id(sql: &mut dyn Sql, sealer: &Sealer, id: DeviceId) -> Result<Option<DeviceOrder>, Error> {
    sql.row(BY_ID, &params![id.octets()])?.map(|row| read(&row, sealer)).transpose()
}

/// The order that a request with this key made.
pub fn by_key(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, key: [u8; 32]) -> Result<Option<DeviceOrder>, Error> {
    sql.row(BY_KEY, &params![user.octets(), key])?.map(|row| read(&row, sealer)).transpose()
}

/// Orders of all users that were asked for, the oldest first, behind one of them; of one state, or of all.
pub fn page(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    state: Option<&str>,
    after: Option<DeviceId>,
    limit: u32,
) -> Result<Vec<DeviceOrder>, Error> {
    let after = after.map_or([0; 16], DeviceId::octets);
    let rows = match state {
        Some(state) => sql.rows(PAGE_OF_STATE, &params![state, after, limit])?,
        None => sql.rows(PAGE, &params![after, limit])?,
    };
    rows.iter().map(|row| read(row, sealer)).collect()
}

/// Whose devices were mailed at this moment or before, and are not in use.
pub fn due(sql: &mut dyn Sql, mailed: Timestamp, limit: u32) -> Result<Vec<(UserId, DeviceId)>, Error> {
    let rows = sql.rows(DUE, &params![mailed.micros(), limit])?;
    rows.iter().map(|row| Ok((row.id16(0)?.into(), row.id16(1)?.into()))).collect()
}

/// The hash of the PIN that was chosen with an order.
pub fn pin(sql: &mut dyn Sql, sealer: &Sealer, order: &DeviceOrder) -> Result<Option<Secret<Vec<u8>>>, Error> {
    let Some(row) = sql.row(PIN, &params![order.user.octets(), order.device.octets()])? else { return Ok(None) };
    let Some(sealed) = row.opt_bytes(0)? else { return Ok(None) };
    let pin = sealer.open(&of_pin(&row_of(order.user, order.device)), sealed)?;
    Ok(Some(Secret::new(pin.to_vec())))
}

/// Keeps the hash of the PIN that is chosen for an order that is asked for. False where it is so no more.
pub fn save_pin(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    order: &DeviceOrder,
    pin: &Secret<Vec<u8>>,
    nonce: [u8; 12],
) -> Result<bool, Error> {
    let sealed = sealer.seal(&of_pin(&row_of(order.user, order.device)), pin.expose(), nonce)?;
    sql.changes_one(SAVE_PIN, &params![order.user.octets(), order.device.octets(), sealed])
}

/// Takes an order into another state, unless it changed meanwhile. Its PIN is forgotten where no device can come of it any
/// more, or has.
pub fn pass(
    sql: &mut dyn Sql,
    order: &DeviceOrder,
    to: OrderState,
    serial: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let mailed = |state| match state {
        OrderState::Shipped { at } => Some(at.micros()),
        _ => None,
    };
    let args = params![
        order.user.octets(),
        order.device.octets(),
        order.state.name(),
        to.name(),
        mailed(to).or(mailed(order.state)),
        serial.map(str::to_owned).or_else(|| order.serial.clone()),
        now.micros(),
    ];
    let passed = sql.changes_one(PASS, &args)?;
    if passed && !matches!(to, OrderState::Proposed | OrderState::Asked) {
        sql.apply(FORGET_PIN, &params![order.user.octets(), order.device.octets()])?;
    }
    Ok(passed)
}

/// Forgets an order that was never confirmed.
pub fn forget(sql: &mut dyn Sql, order: &DeviceOrder) -> Result<(), Error> {
    sql.apply(FORGET, &params![order.user.octets(), order.device.octets()])
}

fn read(row: &Row, sealer: &Sealer) -> Result<DeviceOrder, Error> {
    let (user, device) = (UserId::from(row.id16(0)?), DeviceId::from(row.id16(1)?));
    let address = sealer.open(&of_address(&row_of(user, device)), row.bytes(4)?)?;
    let address = std::str::from_utf8(&address).map_err(|_| row.corrupt(4, "an address"))?;
    let currency = row.opt_text(5)?.map(Currency::parse).transpose().map_err(|_| row.corrupt(5, "a currency"))?;
    let deposit = currency.zip(row.opt_i64(6)?).map(|(currency, minor)| Money::from_minor(minor, currency));
    let mailed = row.opt_i64(10)?.map(Timestamp::from_micros);
    let request = row.opt_array(13)?.zip(row.opt_array(14)?).map(|(key, asked)| Keyed { key, asked });
    let confirmation = if row.bytes(2)?.is_empty() { None } else { Some(row.id16(2)?.into()) };
    Ok(DeviceOrder {
        user,
        device,
        confirmation,
        request,
        class: row.text(3)?.to_owned(),
        address: address.to_owned(),
        deposit,
        replaces: row.opt_id16(7)?.map(Into::into),
        has_pin: row.opt_bytes(15)?.is_some(),
        serial: row.opt_text(8)?.map(str::to_owned),
        state: OrderState::parse(row.text(9)?, mailed).ok_or_else(|| row.corrupt(9, "the state of an order"))?,
        created_at: Timestamp::from_micros(row.i64(11)?),
        changed_at: Timestamp::from_micros(row.i64(12)?),
    })
}

fn row_of(user: UserId, device: DeviceId) -> Vec<u8> {
    [user.octets(), device.octets()].concat()
}

fn of_pin(row: &[u8]) -> Context<'_> {
    Context { table: "device_orders", row, field: "pin" }
}

fn of_address(row: &[u8]) -> Context<'_> {
    Context { table: "device_orders", row, field: "address" }
}
