//! Users and devices as commands show them: with what state they are in, until when and why.

use crate::{
    app::App,
    flow::{device::depot, oidc::keys::moment},
};
use domain::{
    Timestamp,
    audit::Kind,
    lockout::{Budget, Until, UserFailures},
    policy::DeviceLock,
};
use serde_json::Value;
use std::sync::Arc;
use store::{Error, Sql, contact::Contact, device, user};

/// A device.
#[derive(Debug, serde::Serialize)]
pub(super) struct Device {
    id: String,
    class: String,
    label: String,
    serial: String,
    state: &'static str,
    failures: u32,
    /// Unix seconds until which wrong answers lock it.
    locked_until: Option<i64>,
    /// Whether wrong answers lock it until somebody lifts that.
    locked_until_lifted: bool,
    last_used_at: Option<i64>,
}

impl Device {
    pub(super) fn of(device: &device::Device, policy: &DeviceLock, now: Timestamp) -> Self {
        let locked = device.failures.locked(policy, now);
        Self {
            id: device.id.to_string(),
            class: device.class.clone(),
            label: device.label.clone(),
            serial: device.serial.clone(),
            state: device.state.name(),
            failures: device.failures.consecutive,
            locked_until: match locked {
                Some(Until::At(until)) => Some(until.unix_seconds()),
                _ => None,
            },
            locked_until_lifted: locked == Some(Until::Lifted),
            last_used_at: device.last_used_at.map(Timestamp::unix_seconds),
        }
    }

    pub(super) fn text(&self) -> String {
        let Self { id, class, serial, label, state, failures, .. } = self;
        let locked = match (self.locked_until, self.locked_until_lifted) {
            (_, true) => format!("  locked until it is lifted: {failures} wrong answers"),
            (Some(until), _) => format!("  locked until {}: {failures} wrong answers", at(until)),
            _ => String::new(),
        };
        let used = self.last_used_at.map(|used| format!("  used {}", at(used))).unwrap_or_default();
        format!("{id}  {class:<20} {state:<10} {serial}  {label}{used}{locked}")
    }
}

/// A user.
#[derive(Debug, serde::Serialize)]
pub(super) struct User {
    id: String,
    username: String,
    locale: String,
    default_device: Option<String>,
    /// Unix seconds until which failures lock the user for whoever is not known.
    locked_until: Option<i64>,
    /// Failures counted for them.
    failures: usize,
    /// Unix seconds until which nothing is confirmed that no password came before.
    requests_locked_until: Option<i64>,
    /// Known browsers and programs that are locked by failures of their own.
    known_programs_locked: usize,
    /// Since when the password is locked ("it wasn't me"), Unix seconds.
    password_locked_at: Option<i64>,
    created_at: i64,
    last_login_at: Option<i64>,
    /// From where and by what.
    last_login: Option<Value>,
    contacts: Vec<ContactPoint>,
    devices: Vec<Device>,
}

#[derive(Debug, serde::Serialize)]
struct ContactPoint {
    channel: &'static str,
    address: String,
}

impl From<&Contact> for ContactPoint {
    fn from(contact: &Contact) -> Self {
        Self { channel: contact.channel.name(), address: contact.address.expose().clone() }
    }
}

impl User {
    pub(super) fn of(app: &Arc<App>, user: &user::User) -> Result<Self, Error> {
        let (reader, user) = (Arc::clone(app), user.clone());
        app.store.read_blocking(move |sql| Self::read(&reader, sql, &user))
    }

    fn read(app: &App, sql: &mut dyn Sql, user: &user::User) -> Result<Self, Error> {
        let (policy, now) = (&app.settings.policy, app.now());
        let failures = store::failure::of_user(sql, user.id)?;
        let locked = |(budget, failures): &(Budget, UserFailures)| failures.locked(budget.lock(policy), now);
        let of = |wanted: Budget| failures.iter().find(|(budget, _)| *budget == wanted);
        let (strangers, guesses) = (of(Budget::Strangers), of(Budget::WithoutPassword));
        let is_known = |budget: &Budget| matches!(budget, Budget::Known(_));
        let known = failures.iter().filter(|counted| is_known(&counted.0) && locked(counted).is_some());
        let last = store::audit::last_of(sql, user.id, [Kind::SessionStarted, Kind::CodeIssued])?;
        let devices = store::device::of_user(sql, user.id)?;
        let mut contacts = store::contact::of_user(sql, &app.sealer, user.id)?;
        contacts.sort_by_key(|contact| contact.channel.name());
        Ok(Self {
            id: user.id.to_string(),
            username: user.username.to_string(),
            locale: user.locale.clone(),
            default_device: user.default_device.map(|device| device.to_string()),
            locked_until: strangers.and_then(locked).map(Timestamp::unix_seconds),
            failures: strangers.map_or(0, |(_, counted)| counted.moments().len()),
            requests_locked_until: guesses.and_then(locked).map(Timestamp::unix_seconds),
            known_programs_locked: known.count(),
            password_locked_at: user.password_locked_at.map(Timestamp::unix_seconds),
            created_at: user.created_at.unix_seconds(),
            last_login_at: last.as_ref().map(|entry| entry.at.unix_seconds()),
            last_login: last.and_then(|entry| serde_json::from_str(&entry.detail).ok()),
            contacts: contacts.iter().map(ContactPoint::from).collect(),
            devices: devices.iter().map(|device| Device::of(device, &policy.device_lock, now)).collect(),
        })
    }

    /// One line: who it is, and what locks it.
    pub(super) fn line(&self) -> String {
        let locked = self
            .locked_until
            .map(|until| format!("  locked until {}: {} wrong passwords or answers", at(until), self.failures));
        let password =
            self.password_locked_at.map(|since| format!("  password locked since {}: \"it wasn't me\"", at(since)));
        let requests = self.requests_locked_until;
        let requests = requests.map(|until| format!("  requests without a password locked until {}", at(until)));
        let known = match self.known_programs_locked {
            0 => String::new(),
            n => format!("  {n} known programs locked"),
        };
        let locks: String = [locked, password, requests].into_iter().flatten().collect();
        format!("{}  {}{locks}{known}", self.id, self.username)
    }

    /// Everything, on several lines.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![self.line(), format!("language    {}", self.locale)];
        let login = self.last_login_at.map_or_else(|| "never, as far as the log goes".to_owned(), at);
        let from = self.last_login.as_ref().and_then(|last| last.get("address")).and_then(Value::as_str);
        lines.push(format!("last login  {login}{}", from.map(|from| format!(" from {from:?}")).unwrap_or_default()));
        lines.extend(self.contacts.iter().map(|to| format!("{:<11} {}", to.channel, to.address)));
        lines.extend(self.devices.iter().map(|device| {
            let default = if self.default_device.as_ref() == Some(&device.id) { "  default" } else { "" };
            format!("device      {}{default}", device.text())
        }));
        lines.join("\n")
    }
}

/// A device of the depot.
#[derive(Debug, serde::Serialize)]
pub(super) struct Item {
    serial: String,
    class: String,
    state: &'static str,
    user: Option<String>,
    device: Option<String>,
    manufacturer: Option<String>,
    batch: String,
    changed_at: i64,
    /// What happened to it, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<Event>,
}

/// What happened to a device of the depot.
#[derive(Debug, serde::Serialize)]
struct Event {
    state: &'static str,
    user: Option<String>,
    device: Option<String>,
    by: domain::audit::Actor,
    at: i64,
}

impl From<&depot::Event> for Event {
    fn from(event: &depot::Event) -> Self {
        let holder = event.state.holder();
        Self {
            state: event.state.name(),
            user: holder.map(|has| has.user.to_string()),
            device: holder.map(|has| has.device.to_string()),
            by: event.actor.clone(),
            at: event.at.unix_seconds(),
        }
    }
}

impl Item {
    pub(super) fn of(item: &depot::Item) -> Self {
        let holder = item.state.holder();
        Self {
            serial: item.serial.clone(),
            class: item.class.clone(),
            state: item.state.name(),
            user: holder.map(|has| has.user.to_string()),
            device: holder.map(|has| has.device.to_string()),
            manufacturer: item.terms.manufacturer.clone(),
            batch: item.batch.to_string(),
            changed_at: item.changed_at.unix_seconds(),
            history: Vec::new(),
        }
    }

    pub(super) fn with(self, history: &[depot::Event]) -> Self {
        Self { history: history.iter().map(Event::from).collect(), ..self }
    }

    pub(super) fn text(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("  user {user}")).unwrap_or_default();
        let mut lines = vec![format!("{:<20} {:<20} {}{user}", self.serial, self.class, self.state)];
        lines.extend(self.history.iter().map(|event| {
            let user = event.user.as_ref().map(|user| format!("  user {user}")).unwrap_or_default();
            format!("  {}  {}  by {}{user}", at(event.at), event.state, event.by.name())
        }));
        lines.join("\n")
    }
}

fn at(seconds: i64) -> String {
    moment(Timestamp::from_unix_seconds(seconds))
}
