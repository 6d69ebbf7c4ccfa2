//! Labels, by which people and programs choose a device: no two living devices of a user have the same one.

use domain::id::UserId;
use store::{Error, Sql, device::Device};

/// Whether a living device of the user, of those that count, has this label.
pub fn taken(sql: &mut dyn Sql, user: UserId, label: &str, counts: impl Fn(&Device) -> bool) -> Result<bool, Error> {
    let devices = store::device::of_user(sql, user)?;
    Ok(devices.iter().any(|device| device.label == label && !device.state.ended() && counts(device)))
}
