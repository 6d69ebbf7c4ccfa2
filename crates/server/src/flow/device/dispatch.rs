//! Orders in the hands of whoever sends devices: mailed, lost, given up, back again.

use super::{
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
        order::{OrderEvent, OrderState, of_device},
    },
    effect::Notice,
    id::DeviceId,
    lockout::DeviceFailures,
};
use std::sync::Arc;
use store::{Error, device::Device, device_order::DeviceOrder, user::User};

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
        let class = work.app.settings.catalogue.class(&order.class).ok_or(EnrolError::NoClass)?;
        class.check_issue(false).map_err(EnrolError::from)?;
        let algorithm: Algorithm = issue::usual(class).ok_or(EnrolError::NotKeyed)?;
        let pin = store::device_order::pin(work.sql, &work.app.sealer, &order)?;
        let device = Device {
            user: user.id,
            id: order.device,
            class: class.name.clone(),
            label: class.label.clone(),
            serial: serial.clone(),
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
        };
        let label = issue::free_label(work.sql, user.id, &device)?;
        Ok(MadeDevice { device: Device { label, ..device }, keys: Keys { key: key.clone(), pin, approve: None } })
    })
}

/// Keeps a device that was made as mailed, and tells its user.
pub fn ship(app: &Arc<App>, username: &str, made: &MadeDevice) -> Result<DeviceOrder, EnrolError> {
    let (device, keys) = (made.device.clone(), made.keys.clone());
    let shipped = in_order(app, username, &made.device.id.to_string(), move |work, _, found| {
        let device = Device { state: DeviceState::Shipped { at: work.now }, ..device.clone() };
        let nonces = store::device::Nonces { key: random(), pin: random(), approve: random() };
        if !order::pass(work, &found, OrderEvent::Mailed, Some(&device.serial))? {
            return Err(EnrolError::OrderState(found.state.name()).into());
        }
        store::device::insert(work.sql, &work.app.sealer, &device, Some(&keys), nonces)?;
        let what = Detail::none().class(device.class.as_str()).serial(device.serial.as_str());
        work.record_of(device.id, Kind::OrderShipped, what)?;
        let by_itself = order::active_by_itself(work.app, work.now);
        notice::tell(work, device.user, Notice::DeviceShipped(device.id, by_itself))?;
        again(work, &found)
    });
    shipped.map_err(|error| match error {
        EnrolError::Store(Error::Unique { .. }) => EnrolError::SerialTaken,
        other => other,
    })
}

/// Ends an order: lost in the post, given up, or back again. Its device ends with it.
pub fn end(app: &Arc<App>, username: &str, id: &str, event: OrderEvent) -> Result<DeviceOrder, EnrolError> {
    in_order(app, username, id, move |work, user, found| {
        if !order::pass(work, &found, event, None)? {
            return Err(EnrolError::OrderState(found.state.name()).into());
        }
        let device = store::device::one(work.sql, user.id, found.device)?;
        if let Some(device) = &device
            && let Some(event) = of_device(event, device.state)
        {
            unless_refused(lifecycle::pass(work, device, event))?;
        }
        let (kind, notice) = match event {
            OrderEvent::LostInPost => (Kind::OrderLost, Notice::OrderLost),
            OrderEvent::Returned => (Kind::OrderReturned, Notice::OrderReturned),
            _ => (Kind::OrderCancelled, Notice::OrderCancelled),
        };
        work.record(kind, Detail::none().class(found.class.as_str()))?;
        notice::tell(work, user.id, notice)?;
        again(work, &found)
    })
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
