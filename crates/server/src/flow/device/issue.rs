//! Adding and changing devices, by an operator's hand.

use super::{label, lifecycle};
use crate::{
    app::{App, nonce, random},
    flow::{messages::notice, user::in_user},
    work::Work,
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    device::{
        Algorithm, DeviceState, Keys, Method, Moving, catalogue::Class, credential::suites, lifecycle::DeviceEvent,
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
    user::Username,
};
use std::sync::Arc;
use store::{Error, Sql, device::Device, user::User};
use wire::{
    card_file::{self, CardFile, KeyBytes},
    pin,
};

pub use crate::flow::user::EnrolError;

/// Fewest octets of a device's key (RFC 4226, 4: 128 bits).
pub(super) const MIN_KEY: usize = 16;

/// A device to add.
pub struct NewDevice {
    /// Whose.
    pub username: String,
    /// The class.
    pub class: String,
    /// The serial number printed on it.
    pub serial: String,
    /// A label of its own; else the class's.
    pub label: Option<String>,
    /// The OCRA suite; else the class's usual one.
    pub suite: Option<String>,
    /// The key; else a new one is made.
    pub key: Option<Secret<Vec<u8>>>,
    /// The PIN, where the suite has one.
    pub pin: Option<Secret<String>>,
    /// Whether the customer already holds it (needed for legacy classes).
    pub adopt: bool,
}

/// A device that is made and not yet kept, with the key to put into it.
pub struct MadeDevice {
    /// The device, of its user.
    pub device: Device,
    /// Its key and PIN.
    pub keys: Keys,
}

impl MadeDevice {
    /// The software card of this device; none where it does not compute.
    pub fn card(&self) -> Option<CardFile> {
        let algorithm = match self.device.algorithm.as_ref()? {
            Algorithm::Ocra { suite } => card_file::Algorithm::Ocra {
                suite: suite.to_string(),
                counter: suite.has_counter().then_some(self.device.moving.counter),
            },
            Algorithm::Totp { digits, step } => card_file::Algorithm::Totp { digits: *digits, step: *step },
            Algorithm::Hotp { .. } | Algorithm::Static { .. } | Algorithm::Sent { .. } => return None,
            Algorithm::CodeCard { places } => card_file::Algorithm::CodeCard { places: *places },
        };
        Some(CardFile {
            format: card_file::FORMAT.to_owned(),
            class: self.device.class.clone(),
            serial: self.device.serial.clone(),
            label: self.device.label.clone(),
            algorithm,
            key: KeyBytes::new(self.keys.key.expose().clone()),
            clock: None,
        })
    }
}

/// Makes an active device for a user; [`keep_device`] adds it. In between, its key can be put where it belongs.
pub fn make_device(app: &Arc<App>, new: &NewDevice) -> Result<MadeDevice, EnrolError> {
    let (device, keys) = made_device(app, new)?;
    let username = Username::parse(&new.username)?;
    let device = app.store.read_blocking(move |sql| {
        let user = store::user::by_name(sql, &username)?.ok_or(EnrolError::NoUser)?;
        let label = free_label(sql, user.id, &device)?;
        Ok::<_, EnrolError>(Device { user: user.id, label, ..device.clone() })
    })?;
    Ok(MadeDevice { device, keys })
}

/// Adds a device that was made, and tells its user.
pub fn keep_device(app: &Arc<App>, made: &MadeDevice) -> Result<MadeDevice, EnrolError> {
    keep(app, made, true)
}

fn keep(app: &Arc<App>, made: &MadeDevice, told: bool) -> Result<MadeDevice, EnrolError> {
    let (device, keys) = (made.device.clone(), made.keys.clone());
    let kept = app.work_blocking(app.operator(), move |work| {
        lifecycle::insert_device(work, &device, &keys)?;
        if device.state == DeviceState::Active {
            lifecycle::end_others(work, &device, None)?;
        }
        if told {
            notice::tell(work, device.user, Notice::DeviceActivated(device.id))?;
        }
        Ok(MadeDevice { device: device.clone(), keys: keys.clone() })
    });
    kept.map_err(|error| match error {
        EnrolError::Store(Error::Unique { .. }) => EnrolError::SerialTaken,
        other => other,
    })
}

/// Adds a device without a word to its user, as samples are.
pub fn add_device(app: &Arc<App>, new: &NewDevice) -> Result<MadeDevice, EnrolError> {
    keep(app, &make_device(app, new)?, false)
}

/// An active device as it will be, with its keys; nobody's yet.
pub(in crate::flow) fn made_device(app: &App, new: &NewDevice) -> Result<(Device, Keys), EnrolError> {
    let class = app.settings.catalogue.class(&new.class).ok_or(EnrolError::NoClass)?;
    class.check_issue(new.adopt)?;
    let algorithm = algorithm(&class.name, &class.methods, new.suite.as_deref())?;
    let keys = Keys { key: key(new.key.as_ref())?, pin: pin_hash(&algorithm, new.pin.as_ref())?, approve: None };
    let now = app.now();
    let device = Device {
        user: UserId::NOBODY,
        id: DeviceId::new(now, &nonce()),
        class: class.name.clone(),
        label: new.label.clone().unwrap_or_else(|| class.label.clone()),
        serial: new.serial.clone(),
        state: DeviceState::Active,
        algorithm: Some(algorithm),
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: now,
        activated_at: Some(now),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    };
    Ok((device, keys))
}

/// Takes a device from one state to another.
pub fn change_device(app: &Arc<App>, username: &str, device: &str, event: DeviceEvent) -> Result<Device, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    in_user(app, username, move |work, user| {
        let found = store::device::one(work.sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        let state = lifecycle::pass(work, &found, event)?;
        notice::tell(work, user.id, told_of(&state, device))?;
        Ok(Device { state, ..found })
    })
}

/// What the user is told of a device that an operator took into another state.
pub(in crate::flow) fn told_of(state: &DeviceState, device: DeviceId) -> Notice {
    match state {
        DeviceState::Suspended => Notice::DeviceSuspended(device),
        state if state.ended() => Notice::DeviceRevoked(device),
        _ => Notice::DeviceReactivated(device),
    }
}

/// Lifts a device's lock; without one there is nothing to lift.
pub fn unlock_device(app: &Arc<App>, username: &str, device: &str) -> Result<Device, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    in_user(app, username, move |work, user| {
        let found = store::device::one(work.sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        if !unlocked(work, &found)? {
            return Err(EnrolError::NotLocked("this device").into());
        }
        Ok(Device { failures: DeviceFailures::default(), ..found })
    })
}

/// Forgets a device's failures, and tells its user. False where none locks.
pub(in crate::flow) fn unlocked(work: &mut Work<'_>, device: &Device) -> Result<bool, Error> {
    if device.failures.locked(&work.app.settings.policy.device_lock, work.now).is_none() {
        return Ok(false);
    }
    store::device::save_failures(work.sql, device.user, device.id, DeviceFailures::default())?;
    work.record_of(device.id, Kind::DeviceUnlocked, Detail::none())?;
    notice::tell(work, device.user, Notice::DeviceUnlocked(device.id))?;
    Ok(true)
}

/// Sets the device that programs without a chooser get.
pub fn set_default_device(app: &Arc<App>, username: &str, device: &str) -> Result<User, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    in_user(app, username, move |work, user| {
        store::device::one(work.sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        prefer(work, user.id, device)?;
        Ok(User { default_device: Some(device), ..user })
    })
}

/// The same, in a unit of work that has found the device.
pub(super) fn prefer(work: &mut Work<'_>, user: UserId, device: DeviceId) -> Result<(), Error> {
    store::user::set_default_device(work.sql, user, device)?;
    work.record_of(device, Kind::DefaultDeviceChanged, Detail::none())?;
    notice::tell(work, user, Notice::DefaultDevice(device))
}

/// The algorithm of a device: the given suite, or the class's usual one.
fn algorithm(class: &str, methods: &[Method], suite: Option<&str>) -> Result<Algorithm, EnrolError> {
    use Method::{ChallengeResponse, CodeCard, TimeCode};
    let usual = match class {
        "dsc" if methods.contains(&ChallengeResponse) => suites::DSC_PLUS,
        "dsc" => suites::DSC,
        "platinum" => suites::PLATINUM,
        _ => suites::DSC_PLUS,
    };
    let algorithm = match (methods.first(), suite) {
        (Some(ChallengeResponse | TimeCode), Some(suite)) => Algorithm::ocra(suite).ok_or(EnrolError::Suite)?,
        (Some(TimeCode), None) if class != "dsc" => Algorithm::GOLD,
        (Some(ChallengeResponse | TimeCode), None) => Algorithm::ocra(usual).ok_or(EnrolError::Suite)?,
        (Some(CodeCard), None) => Algorithm::CodeCard { places: domain::card::DEFAULT_PLACES },
        _ => return Err(EnrolError::NotKeyed),
    };
    if fits(&algorithm, methods) { Ok(algorithm) } else { Err(EnrolError::Suite) }
}

/// Whether a device that computes so can answer by the first method of its class.
pub(super) fn fits(algorithm: &Algorithm, methods: &[Method]) -> bool {
    let takes_challenge = algorithm.challenge_length().is_some();
    match methods.first() {
        Some(Method::ChallengeResponse) => takes_challenge,
        Some(Method::TimeCode) => !takes_challenge,
        _ => true,
    }
}

/// The usual algorithm of a class; none where its devices do not compute.
pub(super) fn usual(class: &Class) -> Option<Algorithm> {
    algorithm(&class.name, &class.methods, None).ok()
}

/// The key that was given, or a new one.
pub(super) fn key(given: Option<&Secret<Vec<u8>>>) -> Result<Secret<Vec<u8>>, EnrolError> {
    match given {
        Some(key) if key.expose().len() < MIN_KEY => Err(EnrolError::ShortKey),
        Some(key) => Ok(key.clone()),
        None => Ok(Secret::new(random::<32>().to_vec())),
    }
}

/// The PIN as the server keeps it: the hash that the suite names, sealed.
pub(super) fn pin_hash(
    algorithm: &Algorithm,
    pin: Option<&Secret<String>>,
) -> Result<Option<Secret<Vec<u8>>>, EnrolError> {
    let takes_pin = matches!(algorithm, Algorithm::Ocra { suite } if suite.pin_algorithm().is_some());
    match pin {
        Some(_) if !takes_pin => Err(EnrolError::PinWanted("has no PIN")),
        None if takes_pin => Err(EnrolError::PinWanted("needs a PIN")),
        Some(pin) => Ok(new_pin(algorithm, pin)?),
        None => Ok(None),
    }
}

/// The hash of a PIN that was chosen for a card; none where its algorithm takes none.
pub(in crate::flow) fn new_pin(
    algorithm: &Algorithm,
    pin: &Secret<String>,
) -> Result<Option<Secret<Vec<u8>>>, pin::PinError> {
    pin::check_new(pin.expose(), &pin::CARD)?;
    let Algorithm::Ocra { suite } = algorithm else { return Ok(None) };
    Ok(suite.pin_hash(pin.expose()).map(|hash| Secret::new(hash.as_bytes().to_vec())))
}

/// A label that tells the device from the user's others: people and programs choose by it.
pub(in crate::flow) fn free_label(sql: &mut dyn Sql, user: UserId, device: &Device) -> Result<String, Error> {
    if !label::taken(sql, user, &device.label, |_| true)? {
        return Ok(device.label.clone());
    }
    let tail: String = device.serial.chars().skip(device.serial.chars().count().saturating_sub(4)).collect();
    Ok(format!("{} (…{tail})", device.label))
}
