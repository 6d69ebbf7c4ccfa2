//! A sample user's software phone: its file is the phone, for `countersign-client phone`.

use crate::{
    app::App,
    demo::{
        place::{Place, write_private},
        seed::SeedError,
    },
    flow::phone::sample,
};
use std::sync::Arc;
use wire::demo::Device;

/// Adds an active phone to a user and writes its file.
pub(super) fn add(app: &Arc<App>, place: &Place, username: &str, pin: &str) -> Result<Device, SeedError> {
    let (device, state) = sample::add(app, username, pin)?;
    let path = place.phone(username);
    write_private(&path, &serde_json::to_string_pretty(&state)?)?;
    Ok(Device {
        id: device.id.to_string(),
        class: device.class,
        label: device.label,
        pin: Some(pin.to_owned()),
        state_file: Some(path.display().to_string()),
    })
}
