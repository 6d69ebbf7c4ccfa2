//! Notices to the owner, on every contact point.

use super::outbox::{self, NOTICE_LIFE, New};
use crate::work::Work;
use domain::{
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::Until,
};
use serde_json::{Value, json};
use store::Error;

/// Queues a message to every contact point of the user.
pub fn tell(work: &mut Work<'_>, user: UserId, notice: Notice) -> Result<(), Error> {
    let (message, mut arguments) = words(notice);
    if let (Some(device), Value::Object(arguments)) = (device_of(notice), &mut arguments) {
        arguments.insert("device".to_owned(), Value::String(label_of(work, user, device)?));
    }
    let new = New { message, arguments: &arguments, until: work.now.plus(NOTICE_LIFE) };
    outbox::everywhere(work, user, new)
}

/// The key of a notice's words, and what they speak of beside a device.
fn words(notice: Notice) -> (&'static str, Value) {
    match notice {
        Notice::LastAttempt => ("notice-last-attempt", json!({})),
        Notice::UserLocked(until) => ("notice-user-locked", json!({ "until": until.unix_seconds() })),
        Notice::DeviceLocked(_, Until::At(until)) => ("notice-device-locked", json!({ "until": until.unix_seconds() })),
        Notice::DeviceLocked(_, Until::Lifted) => ("notice-device-locked-for-good", json!({})),
        Notice::WrongAnswers => ("notice-wrong-answers", json!({})),
        Notice::NotMe => ("notice-not-me", json!({})),
        Notice::NotMyOperation => ("notice-not-my-operation", json!({})),
        Notice::DeviceActivated(_) => ("notice-device-activated", json!({})),
        Notice::DeviceRemoved(_) => ("notice-device-removed", json!({})),
        Notice::PinChanged(_) => ("notice-pin-changed", json!({})),
        Notice::DeviceSuspended(_) => ("notice-device-suspended", json!({})),
        Notice::DeviceReactivated(_) => ("notice-device-reactivated", json!({})),
        Notice::DeviceRevoked(_) => ("notice-device-revoked", json!({})),
        Notice::DeviceUnlocked(_) => ("notice-device-unlocked", json!({})),
        Notice::DeviceResynchronised(_) => ("notice-device-resynchronised", json!({})),
        Notice::DefaultDevice(_) => ("notice-default-device", json!({})),
        Notice::UserUnlocked => ("notice-user-unlocked", json!({})),
        Notice::SessionsEnded => ("notice-sessions-ended", json!({})),
        Notice::PasswordSet => ("notice-password-set", json!({})),
        Notice::UserCodeChanged => ("notice-user-code-changed", json!({})),
        Notice::CardRunsOut(_, left) => ("notice-card-runs-out", json!({ "left": left })),
        Notice::CardUsedUp(_) => ("notice-card-used-up", json!({})),
    }
}

/// The device that a notice is about.
fn device_of(notice: Notice) -> Option<DeviceId> {
    match notice {
        Notice::DeviceLocked(device, _)
        | Notice::DeviceActivated(device)
        | Notice::DeviceRemoved(device)
        | Notice::PinChanged(device)
        | Notice::DeviceSuspended(device)
        | Notice::DeviceReactivated(device)
        | Notice::DeviceRevoked(device)
        | Notice::DeviceUnlocked(device)
        | Notice::DeviceResynchronised(device)
        | Notice::DefaultDevice(device)
        | Notice::CardRunsOut(device, _)
        | Notice::CardUsedUp(device) => Some(device),
        Notice::LastAttempt
        | Notice::UserLocked(_)
        | Notice::WrongAnswers
        | Notice::NotMe
        | Notice::NotMyOperation
        | Notice::UserUnlocked
        | Notice::SessionsEnded
        | Notice::PasswordSet
        | Notice::UserCodeChanged => None,
    }
}

fn label_of(work: &mut Work<'_>, user: UserId, device: DeviceId) -> Result<String, Error> {
    Ok(store::device::one(work.sql, user, device)?.map(|device| device.label).unwrap_or_default())
}
