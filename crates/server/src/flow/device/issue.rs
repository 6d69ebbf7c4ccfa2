//! Adding users and devices, by an operator's hand.

use crate::{
    app::{App, nonce, random},
    flow::{
        confirm::effects::{Scene, audit},
        device::{label, lifecycle::device_passes},
        login::session,
    },
};
use domain::{
    Secret, Timestamp,
    audit::Kind,
    device::{Algorithm, DeviceState, Keys, Moving, catalogue::IssueError, credential::suites, lifecycle::DeviceEvent},
    id::{ContactId, DeviceId, UserId},
    lockout::{Budget, DeviceFailures},
    password::{self, PasswordError},
    user::{Username, UsernameError},
};
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql,
    contact::{Channel, Contact},
    device::Device,
    user::User,
};
use wire::{
    card_file::{self, CardFile, KeyBytes},
    pin::{self, PinError},
};

/// Fewest octets of a device's key (RFC 4226, 4: 128 bits).
const MIN_KEY: usize = 16;

/// Why nothing was added or changed.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The username.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The username is taken.
    #[error("this username is taken")]
    UsernameTaken,
    /// No such user.
    #[error("there is no user of this name")]
    NoUser,
    /// No such device.
    #[error("this user has no such device")]
    NoDevice,
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The PIN.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The class is not in the catalogue.
    #[error("there is no device class of this name")]
    NoClass,
    /// The class's devices come another way.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// Devices of this class do not compute with a key that could be added.
    #[error("devices of this class cannot be added here")]
    NotKeyed,
    /// The suite does not fit the class's methods.
    #[error("this suite is none, or does not fit the class's methods")]
    Suite,
    /// A PIN is needed or not wanted.
    #[error("this device {0}")]
    PinWanted(&'static str),
    /// The key is too short.
    #[error("a device's key has at least 16 octets (128 bits)")]
    ShortKey,
    /// The device's state does not allow that.
    #[error(transparent)]
    Refused(#[from] domain::Refusal),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] crate::passwords::HashError),
    /// What the user is to tell clients.
    #[error("a user code has 6 to 64 characters")]
    UserCode,
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] crate::signing::SigningError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A user to add.
pub struct NewUser {
    /// The username, as typed.
    pub username: String,
    /// The first password.
    pub password: Secret<String>,
    /// The language of messages.
    pub locale: i18n::Lang,
    /// A mail address.
    pub mail: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
}

/// Adds a user.
pub fn add_user(app: &Arc<App>, new: &NewUser) -> Result<User, EnrolError> {
    let username = Username::parse(&new.username)?;
    password::check_new(new.password.expose(), &username)?;
    let now = app.now();
    let user = User {
        id: UserId::new(now, &nonce()),
        password_phc: app.passwords.hash(&password::normalised(new.password.expose()))?,
        username,
        password_locked_at: None,
        locale: new.locale.tag().to_owned(),
        default_device: None,
        unanswered_pushes: 0,
        created_at: now,
    };
    let mail = new.mail.clone().map(|address| (Channel::Mail, address));
    let contacts: Vec<_> = mail.into_iter().chain(new.phone.clone().map(|number| (Channel::Sms, number))).collect();
    let (unit_app, unit_user) = (Arc::clone(app), user.clone());
    let added = app.store.write_blocking(move |sql| {
        store::user::insert(sql, &unit_user)?;
        for (channel, address) in &contacts {
            let id = ContactId::new(now, &nonce());
            let contact = Contact { id, channel: *channel, address: Secret::new(address.clone()) };
            store::contact::insert(sql, &unit_app.sealer, unit_user.id, (&contact, random()), now)?;
        }
        let name = json!({ "username": unit_user.username.as_str() });
        audit(sql, &scene(unit_user.id, now), Kind::UserAdded, &name)
    });
    match added {
        Err(Error::Unique { .. }) => Err(EnrolError::UsernameTaken),
        other => Ok(other.map(|()| user)?),
    }
}

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

/// An added device, with the key to put into it.
pub struct AddedDevice {
    /// The device.
    pub device: Device,
    /// Its key.
    pub key: Secret<Vec<u8>>,
}

impl AddedDevice {
    /// The software card of this device; none where it does not compute.
    pub fn card(&self) -> Option<CardFile> {
        let algorithm = match self.device.algorithm.as_ref()? {
            Algorithm::Ocra { suite } => card_file::Algorithm::Ocra {
                suite: suite.to_string(),
                counter: suite.has_counter().then_some(self.device.moving.counter),
            },
            Algorithm::Totp { digits, step } => card_file::Algorithm::Totp { digits: *digits, step: *step },
            Algorithm::CodeCard { places } => card_file::Algorithm::CodeCard { places: *places },
        };
        Some(CardFile {
            format: card_file::FORMAT.to_owned(),
            class: self.device.class.clone(),
            serial: self.device.serial.clone(),
            label: self.device.label.clone(),
            algorithm,
            key: KeyBytes::new(self.key.expose().clone()),
        })
    }
}

/// Adds an active device.
pub fn add_device(app: &Arc<App>, new: &NewDevice) -> Result<AddedDevice, EnrolError> {
    let (device, keys) = made_device(app, new)?;
    let key = keys.key.clone();
    let (unit_app, username) = (Arc::clone(app), Username::parse(&new.username)?);
    let device = app.store.write_blocking(move |sql| {
        let user = store::user::by_name(sql, &username)?.ok_or(EnrolError::NoUser)?;
        let label = free_label(sql, user.id, &device)?;
        let device = Device { user: user.id, label, ..device.clone() };
        insert_device(&unit_app, sql, &device, &keys)?;
        Ok::<_, EnrolError>(device)
    })?;
    Ok(AddedDevice { device, key })
}

/// An active device as it will be, with its keys; nobody's yet.
pub(in crate::flow) fn made_device(app: &App, new: &NewDevice) -> Result<(Device, Keys), EnrolError> {
    let class = app.settings.catalogue.class(&new.class).ok_or(EnrolError::NoClass)?;
    class.check_issue(new.adopt)?;
    let algorithm = algorithm(&class.name, &class.methods, new.suite.as_deref())?;
    let keys = Keys { key: key(new)?, pin: pin_hash(&algorithm, new.pin.as_ref())?, approve: None };
    let now = app.now();
    let device = Device {
        user: UserId::from([0; 16]),
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
    };
    Ok((device, keys))
}

/// Keeps a device and the audit row that tells of it.
pub(in crate::flow) fn insert_device(app: &App, sql: &mut dyn Sql, device: &Device, keys: &Keys) -> Result<(), Error> {
    let nonces = store::device::Nonces { key: random(), pin: random(), approve: random() };
    store::device::insert(sql, &app.sealer, device, Some(keys), nonces)?;
    let what = json!({ "device": device.id.to_string(), "class": device.class, "serial": device.serial });
    audit(sql, &scene(device.user, device.created_at), Kind::DeviceAdded, &what)
}

/// Takes a device from one state to another.
pub fn change_device(app: &Arc<App>, username: &str, device: &str, event: DeviceEvent) -> Result<Device, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    let unit_app = Arc::clone(app);
    in_user(app, username, move |sql, user, now| {
        let found = store::device::one(sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        let state = device_passes(&unit_app, sql, &scene(user.id, now), &found, event)??;
        Ok(Device { state, ..found })
    })
}

/// Lifts a device's lock.
pub fn unlock_device(app: &Arc<App>, username: &str, device: &str) -> Result<Device, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    in_user(app, username, move |sql, user, now| {
        let found = store::device::one(sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        store::device::save_failures(sql, user.id, device, DeviceFailures::default())?;
        audit(sql, &scene(user.id, now), Kind::DeviceUnlocked, &json!({ "device": device.to_string() }))?;
        Ok(Device { failures: DeviceFailures::default(), ..found })
    })
}

/// Lifts every lock of a user after an identity check: failures are forgotten. The password's own lock ("it wasn't
/// me") needs two people and is not lifted here.
pub fn unlock_user(app: &Arc<App>, username: &str) -> Result<User, EnrolError> {
    in_user(app, username, |sql, user, now| {
        store::failure::clear_all(sql, user.id)?;
        audit(sql, &scene(user.id, now), Kind::UserUnlocked, &json!({}))?;
        Ok(user)
    })
}

/// Ends every session of a user, for whoever cannot do it by themselves.
pub fn end_sessions(app: &Arc<App>, username: &str) -> Result<User, EnrolError> {
    let unit_app = Arc::clone(app);
    in_user(app, username, move |sql, user, now| {
        session::end_all(&unit_app, sql, &scene(user.id, now), user.id)?;
        Ok(user)
    })
}

/// Sets the device that programs without a chooser get.
pub fn set_default_device(app: &Arc<App>, username: &str, device: &str) -> Result<User, EnrolError> {
    let device: DeviceId = device.parse().map_err(|_| EnrolError::NoDevice)?;
    in_user(app, username, move |sql, user, now| {
        store::device::one(sql, user.id, device)?.ok_or(EnrolError::NoDevice)?;
        store::user::set_default_device(sql, user.id, device)?;
        audit(sql, &scene(user.id, now), Kind::DefaultDeviceChanged, &json!({ "device": device.to_string() }))?;
        Ok(User { default_device: Some(device), ..user })
    })
}

/// Sets, or takes away, what the user tells a client whose requests must carry it (CIBA, `user_code`).
pub fn set_user_code(app: &Arc<App>, username: &str, code: Option<&Secret<String>>) -> Result<User, EnrolError> {
    // The most that a request can carry is 64; the least keeps a few guesses from being worth while.
    if code.is_some_and(|code| !(6..=64).contains(&code.expose().chars().count())) {
        return Err(EnrolError::UserCode);
    }
    let phc = code.map(|code| app.passwords.hash(code)).transpose()?;
    in_user(app, username, move |sql, user, now| {
        store::user::set_user_code(sql, user.id, phc.as_deref())?;
        audit(sql, &scene(user.id, now), Kind::UserCodeChanged, &json!({ "set": phc.is_some() }))?;
        Ok(user)
    })
}

fn in_user<T: Send + 'static>(
    app: &Arc<App>,
    username: &str,
    work: impl Fn(&mut dyn Sql, User, Timestamp) -> Result<T, EnrolError> + Send + 'static,
) -> Result<T, EnrolError> {
    let username = Username::parse(username)?;
    let now = app.now();
    app.store.write_blocking(move |sql| {
        let user = store::user::by_name(sql, &username)?.ok_or(EnrolError::NoUser)?;
        work(sql, user, now)
    })
}

/// By an operator's hand.
pub(in crate::flow) fn scene(user: UserId, now: Timestamp) -> Scene {
    Scene { user: Some(user), budget: Budget::Strangers, now, detail: json!({ "by": "operator" }) }
}

/// The algorithm of a device: the given suite, or the class's usual one.
fn algorithm(class: &str, methods: &[domain::device::Method], suite: Option<&str>) -> Result<Algorithm, EnrolError> {
    use domain::device::Method::{ChallengeResponse, CodeCard, TimeCode};
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
    let takes_challenge = algorithm.challenge_length().is_some();
    let fits = match methods.first() {
        Some(ChallengeResponse) => takes_challenge,
        Some(TimeCode) => !takes_challenge,
        _ => true,
    };
    if fits { Ok(algorithm) } else { Err(EnrolError::Suite) }
}

fn key(new: &NewDevice) -> Result<Secret<Vec<u8>>, EnrolError> {
    match &new.key {
        Some(key) if key.expose().len() < MIN_KEY => Err(EnrolError::ShortKey),
        Some(key) => Ok(key.clone()),
        None => Ok(Secret::new(random::<32>().to_vec())),
    }
}

/// The PIN as the server keeps it: the hash that the suite names, sealed.
fn pin_hash(algorithm: &Algorithm, pin: Option<&Secret<String>>) -> Result<Option<Secret<Vec<u8>>>, EnrolError> {
    let suite = match algorithm {
        Algorithm::Ocra { suite } if suite.pin_algorithm().is_some() => suite,
        _ if pin.is_some() => return Err(EnrolError::PinWanted("has no PIN")),
        _ => return Ok(None),
    };
    let pin = pin.ok_or(EnrolError::PinWanted("needs a PIN"))?;
    pin::check_new(pin.expose(), &pin::CARD)?;
    let hash = suite.pin_hash(pin.expose()).ok_or(EnrolError::Suite)?;
    Ok(Some(Secret::new(hash.as_bytes().to_vec())))
}

/// A label that tells the device from the user's others: people and programs choose by it.
fn free_label(sql: &mut dyn Sql, user: UserId, device: &Device) -> Result<String, Error> {
    if !label::taken(sql, user, &device.label, |_| true)? {
        return Ok(device.label.clone());
    }
    let tail: String = device.serial.chars().skip(device.serial.chars().count().saturating_sub(4)).collect();
    Ok(format!("{} (…{tail})", device.label))
}
