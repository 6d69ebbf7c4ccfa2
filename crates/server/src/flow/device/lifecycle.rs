//! What a device goes through, whoever causes it.

use crate::{
    app::random,
    flow::confirm::candidates,
    work::{After, Stop, Work, unless_refused},
};
use domain::{
    Refusal,
    audit::{Detail, Kind},
    device::{
        DeviceState, Keys,
        activation::{Activated, Other, consequences},
        lifecycle::DeviceEvent,
    },
    id::DeviceId,
};
use store::{Error, device::Device};

/// Takes a device into the state that follows an event. What hangs on one that is not active any more ends with it, at
/// the end of the unit ([`After::DevicePassed`]).
pub fn pass(work: &mut Work<'_>, device: &Device, event: DeviceEvent) -> Result<DeviceState, Stop<Refusal>> {
    let state = device.state.after(event, work.now)?;
    if !store::device::save_state(work.sql, device, state, work.now)? {
        return Err(Error::Retry.into());
    }
    let what = Detail::none().from(device.state.name()).to(state.name());
    work.record_of(device.id, Kind::DeviceStateChanged, what)?;
    if state.ended() {
        store::phone_session::end_of_device(work.sql, device.user, device.id, work.now)?;
        store::pin_change::end_of_device(work.sql, device.user, device.id, work.now)?;
    }
    work.after(After::DevicePassed(Box::new(device.clone()), state));
    // A phone that listens for what awaits it learns that nothing will.
    work.sql.wake(device.user.octets());
    Ok(state)
}

/// Ends what the activation of a device ends: an older phone key, interim devices, and what it takes the place of. Each
/// with the state it came to.
pub fn end_others(
    work: &mut Work<'_>,
    activated: &Device,
    replaces: Option<DeviceId>,
) -> Result<Vec<(Device, DeviceState)>, Error> {
    let catalogue = &work.app.settings.catalogue;
    let Some(class) = catalogue.class(&activated.class) else { return Ok(Vec::new()) };
    let devices = store::device::of_user(work.sql, activated.user)?;
    let default = match store::user::by_id(work.sql, activated.user)? {
        Some(user) => candidates::default_device(work.app, &user, &devices),
        None => None,
    };
    let standalone = |d: &Device| d.phone.as_ref().is_some_and(|phone| phone.standalone.is_some());
    let other =
        |d: &Device| Other { id: d.id, state: d.state, class: catalogue.class(&d.class), standalone: standalone(d) };
    let others: Vec<_> = devices.iter().map(other).collect();
    let new = Activated { id: activated.id, class, replaces, standalone: standalone(activated) };
    let mut ended = Vec::new();
    for (id, event) in consequences(&new, &others) {
        let Some(device) = devices.iter().find(|device| device.id == id) else { continue };
        let Some(state) = unless_refused(pass(work, device, event))? else { continue };
        // What takes a device's place takes it as the default one too.
        if default == Some(id) {
            store::user::set_default_device(work.sql, activated.user, activated.id)?;
        }
        ended.push((device.clone(), state));
    }
    Ok(ended)
}

/// Keeps a device and the record that tells of it.
pub(in crate::flow) fn insert_device(work: &mut Work<'_>, device: &Device, keys: &Keys) -> Result<(), Error> {
    let nonces = store::device::Nonces { key: random(), pin: random(), approve: random() };
    store::device::insert(work.sql, &work.app.sealer, device, Some(keys), nonces)?;
    work.about.user = Some(device.user);
    let what = Detail::none().class(device.class.as_str()).serial(device.serial.as_str());
    work.record_of(device.id, Kind::DeviceAdded, what)
}
