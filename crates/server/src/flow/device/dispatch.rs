//! Orders in the hands of whoever sends devices: mailed, lost, given up, back again.

use super::{
    depot::{self, DepotError},
    issue::{self, MadeDevice},
    lifecycle, order,
};
use crate::{
    app::{App, random},
    flow::{
        messages::notice,
        user::{EnrolError, in_user},
    },
    work::{Stop, Work, unless_refused},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    device::{
        Algorithm, DeviceState, Keys, Moving,
        catalogue::Class,
        inventory::{Holder, StockEvent},
        order::{OrderEvent, OrderState, of_device},
    },
    effect::Notice,
    id::DeviceId,
    lockout::DeviceFailures,
};
use std::sync::Arc;
use store::{Error, device::Device, device_order::DeviceOrder, inventory, user::User};

/// Orders shown of a state.
const MOST: u32 = 1000;

/// An order with its user's name.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Whose.
    pub username: String,
    /// The order.
    pub order: DeviceOrder,
}

/// Orders of a state by its name, the longest there first.
pub fn list(app: &Arc<App>, state: &str) -> Result<Vec<Listed>, EnrolError> {
    let (state, unit_app) = (state.to_owned(), Arc::clone(app));
    app.store.read_blocking(move |sql| {
        let mut listed = Vec::new();
        for order in store::device_order::in_state(sql, &unit_app.sealer, &state, MOST)? {
            if let Some(user) = store::user::by_id(sql, order.user)? {
                listed.push(Listed { username: user.username.into(), order });
            }
        }
        Ok(listed)
    })
}

/// A device to mail.
pub struct Mailed {
    /// Whose order.
    pub username: String,
    /// Which order.
    pub order: String,
    /// The serial number printed on the device.
    pub serial: String,
    /// The device's key; else a new one is made.
    pub key: Option<Secret<Vec<u8>>>,
}

/// Makes the device that is to be mailed; [`ship`] keeps it. In between, its key can be put where it belongs.
pub fn make(app: &Arc<App>, mailed: &Mailed) -> Result<MadeDevice, EnrolError> {
    let key = issue::key(mailed.key.as_ref())?;
    let serial = mailed.serial.clone();
    in_order(app, &mailed.username, &mailed.order, move |work, user, order| {
        let class = ordered(work, &order)?;
        class.check_issue(false).map_err(EnrolError::from)?;
        let algorithm = issue::usual(class).ok_or(EnrolError::NotKeyed)?;
        let pin = store::device_order::pin(work.sql, &work.app.sealer, &order)?;
        let device = mailed_device(work, class, &order, &serial, algorithm);
        let label = issue::free_label(work.sql, user.id, &device)?;
        Ok(MadeDevice { device: Device { label, ..device }, keys: Keys { key: key.clone(), pin, approve: None } })
    })
}

/// The class that was ordered.
fn ordered<'a>(work: &Work<'a>, order: &DeviceOrder) -> Result<&'a Class, EnrolError> {
    work.app.settings.catalogue.class(&order.class).ok_or(EnrolError::NoClass)
}

/// The device of an order as it is when it goes into the post.
fn mailed_device(work: &Work<'_>, class: &Class, order: &DeviceOrder, serial: &str, algorithm: Algorithm) -> Device {
    Device {
        user: order.user,
        id: order.device,
        class: class.name.clone(),
        label: class.label.clone(),
        serial: serial.to_owned(),
        state: DeviceState::Shipped { at: work.now },
        algorithm: Some(algorithm),
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: work.now,
        activated_at: None,
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    }
}

/// Keeps a device that was made as mailed, and tells its user.
pub fn ship(app: &Arc<App>, username: &str, made: &MadeDevice) -> Result<DeviceOrder, EnrolError> {
    let (device, keys) = (made.device.clone(), made.keys.clone());
    let shipped = in_order(app, username, &made.device.id.to_string(), move |work, _, found| {
        let device = Device { state: DeviceState::Shipped { at: work.now }, ..device.clone() };
        mail(work, &found, &device, &keys)
    });
    shipped.map_err(taken)
}

/// Keeps a device out of the depot as mailed, by an operator's hand.
pub fn ship_from_depot(app: &Arc<App>, username: &str, order: &str, serial: &str) -> Result<DeviceOrder, EnrolError> {
    let serial = serial.to_owned();
    let shipped = in_order(app, username, order, move |work, _, found| mail_from_depot(work, &found, &serial));
    shipped.map_err(taken)
}

/// Keeps a device out of the depot as mailed, with the key that its maker's file brought; the PIN of the order goes before
/// the maker's.
pub(in crate::flow) fn mail_from_depot(
    work: &mut Work<'_>,
    found: &DeviceOrder,
    serial: &str,
) -> Result<DeviceOrder, Stop<EnrolError>> {
    if found.state.after(OrderEvent::Mailed, work.now).is_none() {
        return Err(EnrolError::OrderState(found.state.name()).into());
    }
    let item = inventory::one(work.sql, serial)?.ok_or(EnrolError::NotInDepot)?;
    let class = ordered(work, found)?;
    if item.class != class.name {
        return Err(EnrolError::OtherClass(item.class).into());
    }
    class.check_issue(item.adopted).map_err(EnrolError::from)?;
    item.terms.check(work.now)?;
    item.state.check_secret(&item.algorithm)?;
    let state = item.state.after(StockEvent::Assigned(Holder { user: found.user, device: found.device }))?;
    let mut keys = inventory::keys(work.sql, &work.app.sealer, serial)?.ok_or(EnrolError::NotInDepot)?;
    keys.pin = store::device_order::pin(work.sql, &work.app.sealer, found)?.or(keys.pin);
    if keys.pin.is_none() {
        keys.pin = issue::pin_hash(&item.algorithm, None)?;
    }
    let device = mailed_device(work, class, found, serial, item.algorithm.clone());
    let label = issue::free_label(work.sql, found.user, &device)?;
    depot::pass(work, &item, state, &item.moving)?;
    mail(work, found, &Device { label, moving: item.moving, ..device }, &keys)
}

/// The device of an order goes into the post, and its user is told.
pub(in crate::flow) fn mail(
    work: &mut Work<'_>,
    found: &DeviceOrder,
    device: &Device,
    keys: &Keys,
) -> Result<DeviceOrder, Stop<EnrolError>> {
    let nonces = store::device::Nonces { key: random(), pin: random(), approve: random() };
    if !order::pass(work, found, OrderEvent::Mailed, Some(&device.serial))? {
        return Err(EnrolError::OrderState(found.state.name()).into());
    }
    store::device::insert(work.sql, &work.app.sealer, device, Some(keys), nonces)?;
    let what = Detail::none().class(device.class.as_str()).serial(device.serial.as_str());
    work.record_of(device.id, Kind::OrderShipped, what)?;
    let by_itself = order::active_by_itself(work.app, work.now);
    notice::tell(work, device.user, Notice::DeviceShipped(device.id, by_itself))?;
    again(work, found)
}

/// What an error of the store means here.
pub(in crate::flow) fn taken(error: EnrolError) -> EnrolError {
    match error {
        EnrolError::Store(Error::Unique { .. }) => EnrolError::SerialTaken,
        other => other,
    }
}

/// Ends an order: lost in the post, given up, or back again. Its device ends with it.
pub fn end(app: &Arc<App>, username: &str, id: &str, event: OrderEvent) -> Result<DeviceOrder, EnrolError> {
    in_order(app, username, id, move |work, _, found| ended(work, &found, event))
}

/// [`end`], in the caller's unit of work.
pub(in crate::flow) fn ended(
    work: &mut Work<'_>,
    found: &DeviceOrder,
    event: OrderEvent,
) -> Result<DeviceOrder, Stop<EnrolError>> {
    if !order::pass(work, found, event, None)? {
        return Err(EnrolError::OrderState(found.state.name()).into());
    }
    let device = store::device::one(work.sql, found.user, found.device)?;
    if let Some(device) = &device
        && let Some(event) = of_device(event, device.state)
    {
        unless_refused(lifecycle::pass(work, device, event))?;
    }
    if event == OrderEvent::Returned {
        back_in_depot(work, found)?;
    }
    let (kind, notice) = match event {
        OrderEvent::LostInPost => (Kind::OrderLost, Notice::OrderLost),
        OrderEvent::Returned => (Kind::OrderReturned, Notice::OrderReturned),
        _ => (Kind::OrderCancelled, Notice::OrderCancelled),
    };
    work.record(kind, Detail::none().class(found.class.as_str()))?;
    notice::tell(work, found.user, notice)?;
    again(work, found)
}

/// The device of an order is back: where it came out of the depot it may go to another.
fn back_in_depot(work: &mut Work<'_>, order: &DeviceOrder) -> Result<(), Stop<EnrolError>> {
    let Some(serial) = &order.serial else { return Ok(()) };
    let held = inventory::one(work.sql, serial)?.and_then(|item| item.state.holder());
    if held.is_some_and(|holder| holder.device == order.device) {
        let back = depot::give_back(work, serial);
        back.map_err(|stop| {
            stop.map(|error| match error {
                DepotError::Enrol(error) => error,
                DepotError::Stock(refusal) => refusal.into(),
                DepotError::Store(error) => error.into(),
                _ => EnrolError::NotInDepot,
            })
        })?;
    }
    Ok(())
}

fn in_order<T: Send + 'static>(
    app: &Arc<App>,
    username: &str,
    id: &str,
    unit: impl Fn(&mut Work<'_>, User, DeviceOrder) -> Result<T, Stop<EnrolError>> + Send + Sync + 'static,
) -> Result<T, EnrolError> {
    let id: DeviceId = id.parse().map_err(|_| EnrolError::NoOrder)?;
    in_user(app, username, move |work, user| {
        let found = store::device_order::of_user(work.sql, &work.app.sealer, user.id)?
            .into_iter()
            .find(|order| order.device == id);
        let found = found.filter(|order| order.state != OrderState::Proposed).ok_or(EnrolError::NoOrder)?;
        unit(work, user, found)
    })
}

/// The order as it stands now.
fn again(work: &mut Work<'_>, order: &DeviceOrder) -> Result<DeviceOrder, Stop<EnrolError>> {
    let found = store::device_order::of_user(work.sql, &work.app.sealer, order.user)?
        .into_iter()
        .find(|one| one.device == order.device);
    Ok(found.ok_or(EnrolError::NoOrder)?)
}
