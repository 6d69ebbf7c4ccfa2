//! What a device goes through, whoever causes it.

use crate::work::{After, Stop, Work};
use domain::{
    Refusal,
    audit::{Detail, Kind},
    device::{DeviceState, lifecycle::DeviceEvent},
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
