//! Devices: their state, their failures, what moves with each use, and their sealed keys.

use crate::{
    Ask, Error, Row, SELDOM, Sql,
    seal::{Context, Sealer},
    sql::{params, statements},
};
use domain::{
    Secret, Timestamp,
    desk::temporary::{Life, Phase},
    device::{Algorithm, DeviceState, Keys, Moving, recovery::Standing},
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
};
use serde::{Deserialize, Serialize};

/// A device as stored, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Whose it is.
    pub user: UserId,
    /// Its id.
    pub id: DeviceId,
    /// Its class.
    pub class: String,
    /// The label the user knows it by.
    pub label: String,
    /// The serial number printed on it.
    pub serial: String,
    /// Where it is in its life.
    pub state: DeviceState,
    /// How it computes; none for a device that signs instead.
    pub algorithm: Option<Algorithm>,
    /// What moves with each use.
    pub moving: Moving,
    /// Its consecutive failures.
    pub failures: DeviceFailures,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it became active.
    pub activated_at: Option<Timestamp>,
    /// When it last confirmed something.
    pub last_used_at: Option<Timestamp>,
    /// What a phone has beyond other devices.
    pub phone: Option<Phone>,
    /// What a passkey has instead of a key that we know.
    pub passkey: Option<Passkey>,
    /// For how long it serves, where it is lent for a while.
    pub life: Option<Life>,
}

/// A passkey (Web Authentication): a discoverable credential of an authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id, base64url.
    pub id: String,
    /// Its public key, a `COSE_Key`, base64url.
    pub cose: String,
    /// Whom its authenticator says that it is for, base64url: random, and one for all passkeys of a user.
    pub user_handle: String,
    /// The counter of its last assertion.
    pub counter: u32,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it was copied, as it last said.
    pub backed_up: bool,
    /// How a browser reaches its authenticator, such as `internal` or `hybrid`.
    pub transports: Vec<String>,
}

/// What a phone has beyond other devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The public key it signs with, a JWK (RFC 7517).
    pub signing_key: String,
    /// What it runs on, such as `android`.
    pub platform: String,
    /// The credential of its platform's authenticator, which stands in place of a PIN.
    pub credential: Option<Credential>,
    /// Until when it is in doubt, since it came back by a code to a contact point alone.
    pub in_doubt_until: Option<Timestamp>,
    /// The version of the standalone app, where that is what it runs.
    pub standalone: Option<String>,
}

/// A credential of a platform authenticator (Web Authentication).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its id, base64url.
    pub id: String,
    /// Its public key, a JWK (RFC 7517).
    pub key: String,
    /// The counter of its last assertion.
    pub counter: u32,
}

impl Device {
    /// Whether it was lent, and its time is over, though no sweep has ended it yet.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.life.is_some_and(|life| life.phase(now) == Phase::Over)
    }

    /// The device, as far as a veto may concern it.
    pub fn standing(&self) -> Standing {
        let in_doubt_until = self.phone.as_ref().and_then(|phone| phone.in_doubt_until);
        Standing { id: self.id, state: self.state, in_doubt_until }
    }
}

/// Nonces for the sealed fields.
#[derive(Clone, Copy)]
pub struct Nonces {
    /// For the key.
    pub key: [u8; 12],
    /// For the PIN's hash.
    pub pin: [u8; 12],
    /// For the approve key.
    pub approve: [u8; 12],
}

statements! {
    INSERT = "INSERT INTO devices (user_id, id, class, label, serial, state, algorithm, sealed_key, sealed_pin, moving,
        failures, failed_at, created_at, activated_at, last_used_at, ended_at, signing_key, platform, sealed_approve,
        credential, full_until, expires_at, in_doubt_until, standalone)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, NULL, $16, $17, $18, $19, $20, $21,
        $22, $23)";
    FIND = "SELECT user_id, device_id FROM serials WHERE class = $1 AND serial = $2";
    CLAIM = "INSERT INTO serials (class, serial, user_id, device_id) VALUES ($1, $2, $3, $4)";
    RELEASE = "DELETE FROM serials WHERE class = $1 AND serial = $2 AND device_id = $3";
    OF_USER = "SELECT user_id, id, class, label, serial, state, algorithm, moving, failures, failed_at, created_at,
        activated_at, last_used_at, signing_key, platform, credential, full_until, expires_at, in_doubt_until, standalone
        FROM devices WHERE user_id = $1 ORDER BY id";
    ONE = "SELECT user_id, id, class, label, serial, state, algorithm, moving, failures, failed_at, created_at,
        activated_at, last_used_at, signing_key, platform, credential, full_until, expires_at, in_doubt_until, standalone
        FROM devices WHERE user_id = $1 AND id = $2";
    SECRETS = "SELECT id, sealed_key, sealed_pin, sealed_approve FROM devices WHERE user_id = $1";
    LENT = "SELECT user_id, id FROM devices WHERE expires_at <= $1 AND ended_at IS NULL LIMIT $2";
    SAVE_MOVING = "UPDATE devices SET moving = $3 WHERE user_id = $1 AND id = $2";
    SAVE_FAILURES = "UPDATE devices SET failures = $3, failed_at = $4 WHERE user_id = $1 AND id = $2";
    SAVE_LABEL = "UPDATE devices SET label = $3 WHERE user_id = $1 AND id = $2";
    PRINTED = "SELECT printed_at FROM devices WHERE user_id = $1 AND id = $2";
    PRINT = "UPDATE devices SET printed_at = $3 WHERE user_id = $1 AND id = $2 AND printed_at IS NULL";
    SAVE_PIN = "UPDATE devices SET sealed_pin = $3 WHERE user_id = $1 AND id = $2";
    USED = "UPDATE devices SET last_used_at = $3 WHERE user_id = $1 AND id = $2
        AND (last_used_at IS NULL OR last_used_at <= $4)";
    SAVE_CREDENTIAL = "UPDATE devices SET credential = $3 WHERE user_id = $1 AND id = $2";
    SAVE_DOUBT = "UPDATE devices SET in_doubt_until = $3 WHERE user_id = $1 AND id = $2";
    SAVE_STATE = "UPDATE devices SET state = $4, activated_at = $5, ended_at = $6
        WHERE user_id = $1 AND id = $2 AND state = $3";
}

/// Adds a device with its secrets. [`Error::Unique`] when another one of its class has the serial number and has not
/// ended: a serial number of a class is one device, whoever holds it.
pub fn insert(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    device: &Device,
    keys: Option<&Keys>,
    nonces: Nonces,
) -> Result<(), Error> {
    let row = [device.user.octets(), device.id.octets()].concat();
    let seal = |field, plain: &[u8], nonce| sealer.seal(&context(&row, field), plain, nonce);
    let key = keys.map(|keys| seal("key", keys.key.expose(), nonces.key)).transpose()?;
    let pin = keys.and_then(|keys| keys.pin.as_ref()).map(|pin| seal("pin", pin.expose(), nonces.pin)).transpose()?;
    let approve = keys.and_then(|keys| keys.approve.as_ref());
    let approve = approve.map(|key| seal("approve", key.expose(), nonces.approve)).transpose()?;
    let credential = device.phone.as_ref().and_then(|phone| phone.credential.as_ref());
    let args = params![
        device.user.octets(),
        device.id.octets(),
        &device.class,
        &device.label,
        &device.serial,
        json(INSERT, &device.state)?,
        device.algorithm.as_ref().map(|algorithm| json(INSERT, algorithm)).transpose()?,
        key,
        pin,
        json(INSERT, &device.moving)?,
        device.failures.consecutive,
        device.failures.last_at.map(Timestamp::micros),
        device.created_at.micros(),
        device.activated_at.map(Timestamp::micros),
        device.last_used_at.map(Timestamp::micros),
        device.phone.as_ref().map(|phone| phone.signing_key.as_str()),
        device.phone.as_ref().map(|phone| phone.platform.as_str()),
        approve,
        match &device.passkey {
            Some(passkey) => Some(json(INSERT, passkey)?),
            None => credential.map(|credential| json(INSERT, credential)).transpose()?,
        },
        device.life.and_then(|life| life.full_until).map(Timestamp::micros),
        device.life.map(|life| life.until.micros()),
        device.phone.as_ref().and_then(|phone| phone.in_doubt_until).map(Timestamp::micros),
        device.phone.as_ref().and_then(|phone| phone.standalone.as_deref()),
    ];
    sql.apply(INSERT, &args)?;
    if device.serial.is_empty() {
        return Ok(());
    }
    // Asked first: a statement that fails would end the transaction of some databases.
    if sql.row(FIND, &params![&device.class, &device.serial])?.is_some() {
        return Err(Error::Unique { statement: CLAIM.name() });
    }
    sql.exec(CLAIM, &params![&device.class, &device.serial, device.user.octets(), device.id.octets()]).map(|_| ())
}

/// Whose device of a class has a serial number, and which it is; none where none has it that has not ended.
pub fn by_serial(sql: &mut dyn Sql, class: &str, serial: &str) -> Result<Option<(UserId, DeviceId)>, Error> {
    let Some(row) = sql.row(FIND, &params![class, serial])? else { return Ok(None) };
    Ok(Some((row.id16(0)?.into(), row.id16(1)?.into())))
}

/// When a card was printed; none where it was not.
pub fn printed(sql: &mut dyn Sql, user: UserId, id: DeviceId) -> Result<Option<Timestamp>, Error> {
    let row = sql.row(PRINTED, &params![user.octets(), id.octets()])?;
    Ok(row.map(|row| row.opt_i64(0)).transpose()?.flatten().map(Timestamp::from_micros))
}

/// Notes that a card was printed: once. False when it was before.
pub fn print(sql: &mut dyn Sql, user: UserId, id: DeviceId, now: Timestamp) -> Result<bool, Error> {
    sql.changes_one(PRINT, &params![user.octets(), id.octets(), now.micros()])
}

/// Every device the user ever had, oldest first.
pub fn of_user(sql: &mut dyn Sql, user: UserId) -> Result<Vec<Device>, Error> {
    ask_of_user(user).rows(sql)?.iter().map(read).collect()
}

/// What [`of_user`] reads.
#[must_use]
pub fn ask_of_user(user: UserId) -> Ask {
    Ask::new(OF_USER, params![user.octets()])
}

/// One device.
pub fn one(sql: &mut dyn Sql, user: UserId, id: DeviceId) -> Result<Option<Device>, Error> {
    ask_one(user, id).row(sql)?.as_ref().map(read).transpose()
}

/// What [`one`] reads.
#[must_use]
pub fn ask_one(user: UserId, id: DeviceId) -> Ask {
    Ask::new(ONE, params![user.octets(), id.octets()])
}

/// A device's secrets, unsealed; none when it has no key here. Those of the user's other devices come along, sealed: which
/// one is needed may not be known yet when they are asked for.
pub fn keys(sql: &mut dyn Sql, sealer: &Sealer, user: UserId, id: DeviceId) -> Result<Option<Keys>, Error> {
    let rows = ask_keys(user).rows(sql)?;
    let Some(found) = rows.iter().find(|row| row.id16(0) == Ok(id.octets())) else { return Ok(None) };
    let row = [user.octets(), id.octets()].concat();
    let open = |field, sealed: &[u8]| sealer.open(&context(&row, field), sealed).map(|v| Secret::new(v.to_vec()));
    let Some(key) = found.opt_bytes(1)? else { return Ok(None) };
    let pin = found.opt_bytes(2)?.map(|pin| open("pin", pin)).transpose()?;
    let approve = found.opt_bytes(3)?.map(|approve| open("approve", approve)).transpose()?;
    Ok(Some(Keys { key: open("key", key)?, pin, approve }))
}

/// What [`keys`] reads, of any device of the user.
#[must_use]
pub fn ask_keys(user: UserId) -> Ask {
    Ask::new(SECRETS, params![user.octets()])
}

/// What was lent and is to end by now: at most `limit` devices, each with its user.
pub fn lent(sql: &mut dyn Sql, now: Timestamp, limit: u32) -> Result<Vec<(UserId, DeviceId)>, Error> {
    let rows = sql.rows(LENT, &params![now.micros(), limit])?;
    rows.iter().map(|row| Ok((row.id16(0)?.into(), row.id16(1)?.into()))).collect()
}

/// Saves what moves.
pub fn save_moving(sql: &mut dyn Sql, user: UserId, id: DeviceId, moving: &Moving) -> Result<(), Error> {
    sql.apply(SAVE_MOVING, &params![user.octets(), id.octets(), json(SAVE_MOVING, moving)?])
}

/// Saves the failure count.
pub fn save_failures(sql: &mut dyn Sql, user: UserId, id: DeviceId, failures: DeviceFailures) -> Result<(), Error> {
    let args = params![user.octets(), id.octets(), failures.consecutive, failures.last_at.map(Timestamp::micros)];
    sql.apply(SAVE_FAILURES, &args)
}

/// Saves what moved in a phone's credential.
pub fn save_credential(sql: &mut dyn Sql, user: UserId, id: DeviceId, credential: &Credential) -> Result<(), Error> {
    let args = params![user.octets(), id.octets(), json(SAVE_CREDENTIAL, credential)?];
    sql.apply(SAVE_CREDENTIAL, &args)
}

/// Saves what moved in a passkey.
pub fn save_passkey(sql: &mut dyn Sql, user: UserId, id: DeviceId, passkey: &Passkey) -> Result<(), Error> {
    sql.apply(SAVE_CREDENTIAL, &params![user.octets(), id.octets(), json(SAVE_CREDENTIAL, passkey)?])
}

/// Notes until when a phone is in doubt.
pub fn save_doubt(sql: &mut dyn Sql, user: UserId, id: DeviceId, until: Timestamp) -> Result<(), Error> {
    sql.apply(SAVE_DOUBT, &params![user.octets(), id.octets(), until.micros()])
}

/// Saves the label.
pub fn save_label(sql: &mut dyn Sql, user: UserId, id: DeviceId, label: &str) -> Result<(), Error> {
    sql.apply(SAVE_LABEL, &params![user.octets(), id.octets(), label])
}

/// Saves the hash of another PIN, sealed.
pub fn save_pin(
    sql: &mut dyn Sql,
    sealer: &Sealer,
    user: UserId,
    id: DeviceId,
    pin: &Secret<Vec<u8>>,
    nonce: [u8; 12],
) -> Result<(), Error> {
    let row = [user.octets(), id.octets()].concat();
    let sealed = sealer.seal(&context(&row, "pin"), pin.expose(), nonce)?;
    sql.apply(SAVE_PIN, &params![user.octets(), id.octets(), sealed])
}

/// Notes that the device confirmed something, at most once a minute.
pub fn used(sql: &mut dyn Sql, user: UserId, id: DeviceId, now: Timestamp) -> Result<(), Error> {
    sql.apply(USED, &params![user.octets(), id.octets(), now.micros(), now.minus(SELDOM).micros()])
}

/// Changes the state, unless it changed meanwhile. A device that has ended is not woken any more: where it was goes too;
/// and its serial number is free again.
pub fn save_state(sql: &mut dyn Sql, device: &Device, to: DeviceState, now: Timestamp) -> Result<bool, Error> {
    let activated = device.activated_at.or((to == DeviceState::Active).then_some(now));
    let args = params![
        device.user.octets(),
        device.id.octets(),
        json(SAVE_STATE, &device.state)?,
        json(SAVE_STATE, &to)?,
        activated.map(Timestamp::micros),
        to.ended().then(|| now.micros()),
    ];
    let saved = sql.changes_one(SAVE_STATE, &args)?;
    if saved && to.ended() {
        sql.apply(RELEASE, &params![&device.class, &device.serial, device.id.octets()])?;
        crate::push::forget(sql, device.user, device.id)?;
    }
    Ok(saved)
}

/// Columns that [`read`] takes.
pub(crate) const COLUMNS: usize = 20;

/// The device of a row that begins with its columns, in the order of `OF_USER`.
pub(crate) fn read(row: &Row) -> Result<Device, Error> {
    let parse_state = |text: &str| serde_json::from_str(text).map_err(|_| row.corrupt(5, "a device state"));
    let parse_algorithm = |text: &str| serde_json::from_str(text).map_err(|_| row.corrupt(6, "an algorithm"));
    // A credential without a phone around it is a passkey.
    let passkey = row.opt_text(15)?.filter(|_| row.opt_text(13) == Ok(None));
    let parse_passkey = |text: &str| serde_json::from_str(text).map_err(|_| row.corrupt(15, "a passkey"));
    let life = |until: i64| {
        let full_until = row.opt_i64(16)?.map(Timestamp::from_micros);
        Ok::<_, Error>(Life { full_until, until: Timestamp::from_micros(until) })
    };
    Ok(Device {
        life: row.opt_i64(17)?.map(life).transpose()?,
        passkey: passkey.map(parse_passkey).transpose()?,
        user: row.id16(0)?.into(),
        id: row.id16(1)?.into(),
        class: row.text(2)?.to_owned(),
        label: row.text(3)?.to_owned(),
        serial: row.text(4)?.to_owned(),
        state: parse_state(row.text(5)?)?,
        algorithm: row.opt_text(6)?.map(parse_algorithm).transpose()?,
        moving: serde_json::from_str(row.text(7)?).map_err(|_| row.corrupt(7, "a moving part"))?,
        failures: DeviceFailures { consecutive: row.u32(8)?, last_at: row.opt_i64(9)?.map(Timestamp::from_micros) },
        created_at: Timestamp::from_micros(row.i64(10)?),
        activated_at: row.opt_i64(11)?.map(Timestamp::from_micros),
        last_used_at: row.opt_i64(12)?.map(Timestamp::from_micros),
        phone: row
            .opt_text(13)?
            .map(|key| {
                let platform = row.opt_text(14)?.unwrap_or_default().to_owned();
                let parse = |text| serde_json::from_str(text).map_err(|_| row.corrupt(15, "a credential"));
                let credential = row.opt_text(15)?.map(parse).transpose()?;
                let in_doubt_until = row.opt_i64(18)?.map(Timestamp::from_micros);
                let standalone = row.opt_text(19)?.map(str::to_owned);
                Ok::<_, Error>(Phone { signing_key: key.to_owned(), platform, credential, in_doubt_until, standalone })
            })
            .transpose()?,
    })
}

fn json(statement: crate::Stmt, value: &impl serde::Serialize) -> Result<String, Error> {
    crate::json::write(statement, value)
}

fn context<'a>(row: &'a [u8], field: &'static str) -> Context<'a> {
    Context { table: "devices", row, field }
}
