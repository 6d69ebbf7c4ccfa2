//! Notices to the owner, on every contact point.

use super::outbox::{self, NOTICE_LIFE, New};
use crate::work::Work;
use domain::{
    Timestamp,
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::Until,
};
use serde_json::{Value, json};
use store::{Error, device::Device};

/// Characters of a serial number that tell devices of a class apart.
const SERIAL: usize = 4;

/// Queues a message to every contact point of the user.
pub fn tell(work: &mut Work<'_>, user: UserId, notice: Notice) -> Result<(), Error> {
    let device = match device_of(notice) {
        Some(device) => store::device::one(work.sql, user, device)?,
        None => None,
    };
    let (message, mut arguments) = words(notice, device.as_ref().is_some_and(|device| device.phone.is_some()));
    if let (Some(device), Value::Object(arguments)) = (&device, &mut arguments) {
        arguments.insert("device".to_owned(), named(work, device));
    }
    let new = New { message, arguments: &arguments, until: work.now.plus(NOTICE_LIFE) };
    outbox::everywhere(work, user, new)
}

/// The key of a notice's words, and what they speak of beside a device. A phone takes PINs, and other devices' codes.
fn words(notice: Notice, of_phone: bool) -> (&'static str, Value) {
    match notice {
        Notice::LastAttempt => ("notice-last-attempt", json!({})),
        Notice::UserLocked(at) => ("notice-user-locked", until(at)),
        Notice::DeviceLocked(_, Until::At(at)) if of_phone => ("notice-phone-locked", until(at)),
        Notice::DeviceLocked(_, Until::At(at)) => ("notice-device-locked", until(at)),
        Notice::DeviceLocked(_, Until::Lifted) if of_phone => ("notice-phone-locked-for-good", json!({})),
        Notice::DeviceLocked(_, Until::Lifted) => ("notice-device-locked-for-good", json!({})),
        Notice::WrongAnswers => ("notice-wrong-answers", json!({})),
        Notice::WrongCodes(_) if of_phone => ("notice-wrong-pins", json!({})),
        Notice::WrongCodes(_) => ("notice-wrong-codes", json!({})),
        Notice::WrongBefore(count) => ("notice-wrong-pins-before", json!({ "n": count })),
        Notice::RequestsLocked(_, at) => ("notice-requests-locked", until(at)),
        Notice::NotMe => ("notice-not-me", json!({})),
        Notice::NotMyOperation => ("notice-not-my-operation", json!({})),
        Notice::DeviceActivated(_) => ("notice-device-activated", json!({})),
        Notice::PasskeyCopied(_) => ("notice-passkey-copied", json!({})),
        Notice::DeviceOrdered => ("notice-device-ordered", json!({})),
        Notice::DeviceOrderedForPin => ("notice-device-ordered-for-pin", json!({})),
        Notice::OrderPinChosen => ("notice-order-pin-chosen", json!({})),
        Notice::AgentSet => ("notice-agent-set", json!({})),
        Notice::DeviceShipped(_, at) => ("notice-device-shipped", until(at)),
        Notice::DeviceReplaced(_) => ("notice-device-replaced", json!({})),
        Notice::OrderCancelled => ("notice-order-cancelled", json!({})),
        Notice::OrderLost => ("notice-order-lost", json!({})),
        Notice::OrderReturned => ("notice-order-returned", json!({})),
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
        Notice::PasswordChanged => ("notice-password-changed", json!({})),
        Notice::PasswordChosen => ("notice-password-chosen", json!({})),
        Notice::UserCodeChanged => ("notice-user-code-changed", json!({})),
        Notice::LimitsLowered(_) => ("notice-limits-lowered", json!({})),
        Notice::LimitsRise(_, at) => ("notice-limits-rise", json!({ "at": at.unix_seconds() })),
        Notice::LimitsKept(_) => ("notice-limits-kept", json!({})),
        Notice::TransferLockClosed => ("notice-transfer-lock-closed", json!({})),
        Notice::TransferLockOpens(at) => ("notice-transfer-lock-opens", json!({ "at": at.unix_seconds() })),
        Notice::TransferLockKept => ("notice-transfer-lock-kept", json!({})),
        Notice::TwoDevicesLowered => ("notice-two-devices-lowered", json!({})),
        Notice::TwoDevicesRise(at) => ("notice-two-devices-rise", json!({ "at": at.unix_seconds() })),
        Notice::TwoDevicesKept => ("notice-two-devices-kept", json!({})),
        Notice::SecondDevice(_) => ("notice-second-device", json!({})),
        Notice::PhoneRecovered(_, at) => ("notice-phone-recovered", until(at)),
        Notice::RecoveryVetoed(_) => ("notice-recovery-vetoed", json!({})),
        Notice::CodeAloneClosed => ("notice-code-alone-closed", json!({})),
        Notice::CodeAloneAllowed => ("notice-code-alone-allowed", json!({})),
        Notice::CallerProved(_) => ("notice-caller-proved", json!({})),
        Notice::CallerNotProved => ("notice-caller-not-proved", json!({})),
        Notice::PhoneMoved(_) => ("notice-phone-moved", json!({})),
        Notice::CardRunsOut(_, left) => ("notice-card-runs-out", json!({ "left": left })),
        Notice::CardUsedUp(_) => ("notice-card-used-up", json!({})),
    }
}

fn until(at: Timestamp) -> Value {
    json!({ "until": at.unix_seconds() })
}

/// The device that a notice is about.
fn device_of(notice: Notice) -> Option<DeviceId> {
    match notice {
        Notice::DeviceLocked(device, _)
        | Notice::RequestsLocked(device, _)
        | Notice::WrongCodes(device)
        | Notice::DeviceActivated(device)
        | Notice::PasskeyCopied(device)
        | Notice::DeviceShipped(device, _)
        | Notice::DeviceReplaced(device)
        | Notice::DeviceRemoved(device)
        | Notice::PinChanged(device)
        | Notice::DeviceSuspended(device)
        | Notice::DeviceReactivated(device)
        | Notice::DeviceRevoked(device)
        | Notice::DeviceUnlocked(device)
        | Notice::DeviceResynchronised(device)
        | Notice::DefaultDevice(device)
        | Notice::LimitsLowered(device)
        | Notice::LimitsRise(device, _)
        | Notice::LimitsKept(device)
        | Notice::SecondDevice(device)
        | Notice::PhoneRecovered(device, _)
        | Notice::RecoveryVetoed(device)
        | Notice::CallerProved(device)
        | Notice::PhoneMoved(device)
        | Notice::CardRunsOut(device, _)
        | Notice::CardUsedUp(device) => Some(device),
        Notice::LastAttempt
        | Notice::UserLocked(_)
        | Notice::WrongAnswers
        | Notice::WrongBefore(_)
        | Notice::NotMe
        | Notice::NotMyOperation
        | Notice::DeviceOrdered
        | Notice::DeviceOrderedForPin
        | Notice::OrderPinChosen
        | Notice::AgentSet
        | Notice::OrderCancelled
        | Notice::OrderLost
        | Notice::OrderReturned
        | Notice::UserUnlocked
        | Notice::SessionsEnded
        | Notice::PasswordSet
        | Notice::PasswordChanged
        | Notice::PasswordChosen
        | Notice::TransferLockClosed
        | Notice::TransferLockOpens(_)
        | Notice::TransferLockKept
        | Notice::TwoDevicesLowered
        | Notice::TwoDevicesRise(_)
        | Notice::TwoDevicesKept
        | Notice::CallerNotProved
        | Notice::CodeAloneClosed
        | Notice::CodeAloneAllowed
        | Notice::UserCodeChanged => None,
    }
}

/// A device as our messages name it: its class, and which one of that. Its label is its owner's word, or that of whoever
/// holds it, and never said in our voice.
fn named(work: &Work<'_>, device: &Device) -> Value {
    let class = work.app.settings.catalogue.class(&device.class);
    // What finds a passkey is printed nowhere.
    let serial: Vec<char> = if device.passkey.is_some() { Vec::new() } else { device.serial.chars().collect() };
    json!({
        "class": class.map_or(device.class.as_str(), |class| class.label.as_str()),
        "serial": serial.get(serial.len().saturating_sub(SERIAL)..).map(|end| end.iter().collect::<String>()),
        "used": device.last_used_at.map(Timestamp::unix_seconds),
    })
}
