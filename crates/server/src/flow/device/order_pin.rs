//! The PIN of a device that a back end ordered: its user chooses it before the device is mailed, and the strongest device
//! confirms it, as it does where the user orders.

use super::{
    issue,
    order::{DeviceOrder, NotAsked, awaits_pin},
};
use crate::{
    app::{App, random},
    flow::{login::session::SignedIn, messages::notice, money},
    handle::Kind,
    work::{Stop, Work},
};
use domain::{
    Secret,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::What,
    device::catalogue::Class,
    effect::Notice,
    id::{DeviceId, UserId},
};
use operation::{PinChange, Text};
use std::sync::Arc;
use store::{Error, new_pin::NewPin};

/// What the device is called; refused where no PIN is awaited.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn, id: DeviceId) -> Result<String, NotAsked> {
    let user = signed_in.user.id;
    app.look(move |work| Ok(awaited(work, user, id)?.1.label.clone())).await
}

fn awaited<'a>(work: &mut Work<'a>, user: UserId, id: DeviceId) -> Result<(DeviceOrder, &'a Class), Stop<NotAsked>> {
    let orders = store::device_order::of_user(work.sql, &work.app.sealer, user)?;
    let order = orders.into_iter().find(|order| order.device == id).filter(|order| awaits_pin(work.app, order));
    let order = order.ok_or(NotAsked::Unknown)?;
    let class = work.app.settings.catalogue.class(&order.class).ok_or(NotAsked::Unknown)?;
    Ok((order, class))
}

/// Has a device confirm the PIN: the handle of the attempt.
pub async fn wish(
    app: &Arc<App>,
    asking: &money::Asking,
    id: DeviceId,
    pins: [Secret<String>; 2],
) -> Result<String, NotAsked> {
    let [pin, again] = pins;
    if pin.expose() != again.expose() {
        return Err(NotAsked::Differ);
    }
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        let (order, class) = awaited(work, user, id)?;
        let algorithm = issue::usual(class).ok_or(NotAsked::Unknown)?;
        let pin = issue::new_pin(&algorithm, &pin).map_err(NotAsked::Pin)?.ok_or(NotAsked::Unknown)?;
        let what = What::PinChange(PinChange {
            device_id: Text::fenced(&order.device.to_string()),
            device: Text::fenced(&class.label),
        });
        let offered = asking.offer(work, what, digest)?;
        let (confirmation, expires_at) = (offered.id, offered.expires_at);
        let new = NewPin { user, confirmation, device: order.device, pin, expires_at };
        Ok(store::new_pin::insert(work.sql, &work.app.sealer, &new, random())?)
    })
    .await
    .map(|()| handle)
}

/// Keeps a confirmed PIN with its order, where the device was not mailed meanwhile.
pub(super) fn chosen(work: &mut Work<'_>, new: &NewPin) -> Result<(), Error> {
    let orders = store::device_order::of_user(work.sql, &work.app.sealer, new.user)?;
    let found = orders.into_iter().find(|order| order.device == new.device);
    let Some(order) = found.filter(|order| awaits_pin(work.app, order)) else { return Ok(()) };
    if !store::device_order::save_pin(work.sql, &work.app.sealer, &order, &new.pin, random())? {
        return Err(Error::Retry);
    }
    work.record_of(order.device, Audit::PinChanged, Detail::none())?;
    notice::tell(work, order.user, Notice::OrderPinChosen)
}
