//! The depot: devices that lie there by serial number, given to users, taken back, taken out.

pub mod entry;
pub mod export;
pub mod import;
pub mod read;

use super::{issue, lifecycle};
use crate::{
    app::nonce,
    flow::{messages::notice, user::EnrolError},
    work::{Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    device::{
        DeviceState, Moving,
        inventory::{Holder, Stock, StockEvent, StockRefusal},
        lifecycle::DeviceEvent,
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
};
use store::{Error, device::Device, inventory};

pub use store::inventory::{Event, Item};

/// How much of a history is told.
const HISTORY: u32 = 100;

/// Why nothing happened to a serial number.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// It is not there.
    #[error("the depot has no device of this serial number")]
    NoSerial,
    /// No such state.
    #[error("a serial number is in_stock, assigned, returned or retired")]
    NoState,
    /// It is not where such a thing happens, or its maker forbids it.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// Its user or class does not take it.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// What was being brought in was taken back meanwhile.
    #[error("the import took longer than a day and was taken back: begin again")]
    Interrupted,
    /// A file could not be written.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(DepotError);
stops!(DepotError: StockRefusal, EnrolError);

/// Whom a serial number goes to.
pub struct Assign {
    /// The serial number.
    pub serial: String,
    /// The user.
    pub user: UserId,
    /// A label of its own; else the class's.
    pub label: Option<String>,
    /// The PIN, where the device has one and came without, or shall have another.
    pub pin: Option<Secret<String>>,
}

/// The device of a serial number.
pub fn one(work: &mut Work<'_>, serial: &str) -> Result<Item, Stop<DepotError>> {
    Ok(inventory::one(work.sql, serial)?.ok_or(DepotError::NoSerial)?)
}

/// Devices behind a serial number, in the order of these; of one state, or of all.
pub fn page(work: &mut Work<'_>, state: Option<&str>, after: &str, limit: u32) -> Result<Vec<Item>, Stop<DepotError>> {
    match state {
        None => Ok(inventory::page(work.sql, after, limit)?),
        Some(state) if Stock::NAMES.contains(&state) => Ok(inventory::page_of_state(work.sql, state, after, limit)?),
        Some(_) => Err(DepotError::NoState.into()),
    }
}

/// What happened to a serial number, newest first, its coming in the last.
pub fn history(work: &mut Work<'_>, serial: &str) -> Result<Vec<Event>, Stop<DepotError>> {
    let item = one(work, serial)?;
    let mut events = inventory::history(work.sql, serial, HISTORY)?;
    if let Some(batch) = inventory::batch(work.sql, item.batch)? {
        events.push(Event {
            state: Stock::InStock,
            actor: batch.actor,
            at: batch.ready_at.unwrap_or(batch.created_at),
        });
    }
    Ok(events)
}

/// Gives a serial number to a user, as an active device.
pub fn assign(work: &mut Work<'_>, asked: &Assign) -> Result<Device, Stop<DepotError>> {
    let item = one(work, &asked.serial)?;
    let class = work.app.settings.catalogue.class(&item.class).ok_or(EnrolError::NoClass)?;
    class.check_issue(item.adopted).map_err(EnrolError::from)?;
    item.terms.check(work.now)?;
    item.state.check_secret(&item.algorithm)?;
    let mut keys = inventory::keys(work.sql, &work.app.sealer, &item.serial)?.ok_or(DepotError::NoSerial)?;
    if keys.pin.is_none() || asked.pin.is_some() {
        keys.pin = issue::pin_hash(&item.algorithm, asked.pin.as_ref())?;
    }
    let device = Device {
        user: asked.user,
        id: DeviceId::new(work.now, &nonce()),
        class: class.name.clone(),
        label: asked.label.clone().unwrap_or_else(|| class.label.clone()),
        serial: item.serial.clone(),
        state: DeviceState::Active,
        algorithm: Some(item.algorithm.clone()),
        moving: item.moving.clone(),
        failures: DeviceFailures::default(),
        created_at: work.now,
        activated_at: Some(work.now),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    };
    let device = Device { label: issue::free_label(work.sql, asked.user, &device)?, ..device };
    let state = item.state.after(StockEvent::Assigned(Holder { user: device.user, device: device.id }))?;
    pass(work, &item, state, &item.moving)?;
    match lifecycle::insert_device(work, &device, &keys) {
        Err(Error::Unique { .. }) => return Err(Stop::Undone(EnrolError::SerialTaken.into())),
        done => done?,
    }
    work.record_of(device.id, Kind::InventoryAssigned, Detail::none().serial(item.serial))?;
    lifecycle::end_others(work, &device, None)?;
    notice::tell(work, device.user, Notice::DeviceActivated(device.id))?;
    Ok(device)
}

/// Takes a serial number back from its user, whose device ends. What has moved in it goes on from there.
pub fn give_back(work: &mut Work<'_>, serial: &str) -> Result<Item, Stop<DepotError>> {
    leave(work, serial, StockEvent::Returned, Kind::InventoryReturned)
}

/// Takes a serial number out of the depot for good, and from its user where one has it.
pub fn retire(work: &mut Work<'_>, serial: &str) -> Result<Item, Stop<DepotError>> {
    leave(work, serial, StockEvent::Retired, Kind::InventoryRetired)
}

fn leave(work: &mut Work<'_>, serial: &str, event: StockEvent, kind: Kind) -> Result<Item, Stop<DepotError>> {
    let item = one(work, serial)?;
    let state = item.state.after(event)?;
    let mut moving = item.moving.clone();
    if let Some(holder) = item.state.holder() {
        work.about.user = Some(holder.user);
        if let Some(device) = store::device::one(work.sql, holder.user, holder.device)? {
            moving = device.moving.clone();
            if !device.state.ended() {
                let ended = lifecycle::pass(work, &device, DeviceEvent::Revoked);
                ended.map_err(|stop| stop.map(|refused| DepotError::from(EnrolError::from(refused))))?;
                notice::tell(work, holder.user, Notice::DeviceRevoked(device.id))?;
            }
        }
    }
    pass(work, &item, state, &moving)?;
    work.record(kind, Detail::none().serial(item.serial.as_str()))?;
    one(work, serial)
}

/// Takes a serial number into another state, as it was found.
pub(super) fn pass(work: &mut Work<'_>, item: &Item, to: Stock, moving: &Moving) -> Result<(), Error> {
    let event = Event { state: to, actor: work.actor.clone(), at: work.now };
    // It changed meanwhile: the unit runs anew and sees how.
    if inventory::pass(work.sql, item, to, moving, &event)? { Ok(()) } else { Err(Error::Retry) }
}
