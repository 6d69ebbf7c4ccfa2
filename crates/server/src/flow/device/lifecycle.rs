//! What a device goes through, whoever causes it; and what hangs on a device that is usable no more.

use crate::{
    app::App,
    flow::{
        confirm::{
            effects::{Scene, audit},
            turn::turn_open,
        },
        login::session,
    },
};
use domain::{
    Refusal,
    audit::Kind,
    confirmation::{Confirmation, Event},
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
        let awaited = |confirmation: &Confirmation| confirmation.device() == Some(device.id);
        turn_open(app, sql, scene, device.user, (&awaited, &Event::DeviceEnded { device: device.id }))?;
        end_sessions(app, sql, scene, (device, state))?;
    }
    if state.ended() {
        store::phone_session::end_of_device(sql, device.user, device.id, scene.now)?;
        store::pin_change::end_of_device(sql, device.user, device.id, scene.now)?;
    }
    // A phone that listens for what awaits it learns that nothing will.
    sql.wake(device.user.octets());
    Ok(Ok(state))
}

/// Ends the sessions that a device opened: all of them where it may have been in other hands, else the app's own.
fn end_sessions(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    (device, state): (&Device, DeviceState),
) -> Result<(), Error> {
    for session in store::session::open(sql, device.user)? {
        if !state.in_doubt() && !session.stays {
            continue;
        }
        let login = store::confirmation::by_id(sql, device.user, session.confirmation)?;
        let by = login.and_then(|stored| stored.confirmation.device());
        if by == Some(device.id) {
            session::end_one(app, sql, scene, (device.user, session.id))?;
        }
    }
    Ok(())
}
