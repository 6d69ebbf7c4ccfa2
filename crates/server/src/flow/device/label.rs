//! Labels, by which people and programs choose a device: no two living devices of a user have the same one.

use crate::work::Work;
use domain::{
    audit::{Detail, Kind},
    id::UserId,
};
use store::{Error, Sql, device::Device};

/// Gives a device another label. False when another living one of its user has it.
pub fn rename(work: &mut Work<'_>, device: &Device, label: &str) -> Result<bool, Error> {
    if taken(work.sql, device.user, label, |other| other.id != device.id)? {
        return Ok(false);
    }
    if device.label != label {
        store::device::save_label(work.sql, device.user, device.id, label)?;
        work.record_of(device.id, Kind::DeviceRenamed, Detail::none().from(device.label.as_str()).to(label))?;
    }
    Ok(true)
}

/// Whether a living device of the user, of those that count, has this label.
pub fn taken(sql: &mut dyn Sql, user: UserId, label: &str, counts: impl Fn(&Device) -> bool) -> Result<bool, Error> {
    let devices = store::device::of_user(sql, user)?;
    Ok(devices.iter().any(|device| device.label == label && !device.state.ended() && counts(device)))
}
