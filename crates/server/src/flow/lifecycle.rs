//! What a device goes through, whoever causes it; and what hangs on a device that is usable no more.

use super::{
    turn::{Around, Turned, turn},
    unit::{Scene, audit},
};
use crate::app::App;
use domain::{
    Refusal,
    audit::Kind,
    confirmation::Event,
    device::{DeviceState, lifecycle::DeviceEvent},
};
use serde_json::json;
use store::{Error, Sql, device::Device};

/// Takes a device into the state that follows an event. One that is not active any more is awaited by nothing; with one
/// that has ended go its sessions and whatever it had begun.
pub fn device_passes(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    device: &Device,
    event: DeviceEvent,
) -> Result<Result<DeviceState, Refusal>, Error> {
    let state = match device.state.after(event, scene.now) {
        Ok(state) => state,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !store::device::save_state(sql, device, state, scene.now)? {
        return Err(Error::Retry);
    }
    let what = json!({ "device": device.id.to_string(), "from": device.state.name(), "to": state.name() });
    audit(sql, scene, Kind::DeviceStateChanged, &what)?;
    if state != DeviceState::Active {
        await_no_more(app, sql, scene, device)?;
    }
    if state.ended() {
        store::phone_session::end_of_device(sql, device.user, device.id, scene.now)?;
        store::pin_change::end_of_device(sql, device.user, device.id, scene.now)?;
    }
    // A phone that listens for what awaits it learns that nothing will.
    sql.wake(device.user.octets());
    Ok(Ok(state))
}

/// Confirmations that await the device go on without it.
fn await_no_more(app: &App, sql: &mut dyn Sql, scene: &Scene, device: &Device) -> Result<(), Error> {
    let Some(user) = store::user::by_id(sql, device.user)? else { return Ok(()) };
    for stored in store::confirmation::open(sql, device.user, scene.now)? {
        let confirmation = &stored.confirmation;
        if confirmation.device() != Some(device.id) {
            continue;
        }
        let around = Around::load(app, sql, user.clone(), confirmation, (None, scene.now))?;
        let scene = Scene { budget: confirmation.budget, ..scene.about(confirmation.id) };
        let event = Event::DeviceEnded { device: device.id };
        if let Turned::LostRace = turn(app, sql, &scene, (&stored, &around), &event)? {
            return Err(Error::Retry);
        }
    }
    Ok(())
}
