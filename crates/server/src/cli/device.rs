//! `countersign device …`.

use crate::{
    app::App,
    cli::{
        output::{Failure, new_secret, secret},
        serve::open,
        user::Common,
    },
    flow::device::issue::{self, AddedDevice, NewDevice},
};
use domain::{
    Secret,
    device::{Algorithm, lifecycle::DeviceEvent},
    user::Username,
};
use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use store::device::Device;

/// What to do with devices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Add an active device to a user.
    Add(Box<Add>),
    /// List a user's devices, ended ones included.
    List {
        /// The username.
        #[arg(long)]
        user: String,
        #[command(flatten)]
        common: Common,
    },
    /// Set a device aside; it can come back.
    Suspend(One),
    /// Take a suspended device into use again.
    Reactivate(One),
    /// End a device for good.
    Revoke(One),
    /// Lift a device's lock after wrong answers.
    Unlock(One),
}

/// A device to add.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The username.
    #[arg(long)]
    user: String,
    /// The class, such as dsc-plus, dsc, gold, platinum or security-code-card.
    #[arg(long)]
    class: String,
    /// The serial number printed on the device.
    #[arg(long)]
    serial: String,
    /// A label of its own, for choosers; else the class's.
    #[arg(long)]
    label: Option<String>,
    /// The OCRA suite, where it is not the class's usual one.
    #[arg(long)]
    suite: Option<String>,
    /// A file with the device's key in hexadecimal; without it a new key is made, for --card-file.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// A file whose first line is the PIN; without it the PIN is asked for, where the device has one.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// The device has no PIN.
    #[arg(long, conflicts_with = "pin_file")]
    no_pin: bool,
    /// The customer already holds this device: needed for classes that are not issued any more.
    #[arg(long)]
    adopt: bool,
    /// Write a software card for `countersign-client card-reader`; the file holds the key.
    #[arg(long, value_name = "FILE")]
    card_file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// One device of a user.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The device's id.
    device: String,
    /// The username.
    #[arg(long)]
    user: String,
    #[command(flatten)]
    common: Common,
}

#[derive(serde::Serialize)]
struct Shown {
    id: String,
    class: String,
    label: String,
    serial: String,
    state: &'static str,
    failures: u32,
    last_used_at: Option<i64>,
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add(add) => self::add(add),
        Command::List { user, common } => {
            let app = open(&common.config)?;
            let name = Username::parse(user)?;
            let devices = app.store.read_blocking(move |sql| {
                let user = store::user::by_name(sql, &name)?.ok_or(issue::EnrolError::NoUser)?;
                Ok::<_, issue::EnrolError>(store::device::of_user(sql, user.id)?)
            })?;
            let lines: Vec<_> = devices.iter().map(text).collect();
            let text = if lines.is_empty() { "no devices".to_owned() } else { lines.join("\n") };
            common.output.print(&devices.iter().map(shown).collect::<Vec<_>>(), &text)
        }
        Command::Suspend(one) => change(one, DeviceEvent::Suspended),
        Command::Reactivate(one) => change(one, DeviceEvent::Reactivated),
        Command::Revoke(one) => change(one, DeviceEvent::Revoked),
        Command::Unlock(one) => {
            let app = open(&one.common.config)?;
            let device = issue::unlock_device(&app, &one.user, &one.device)?;
            one.common.output.print(&shown(&device), &text(&device))
        }
    }
}

fn change(one: &One, event: DeviceEvent) -> Result<(), Failure> {
    let app = open(&one.common.config)?;
    let device = issue::change_device(&app, &one.user, &one.device, event)?;
    one.common.output.print(&shown(&device), &text(&device))
}

fn add(add: &Add) -> Result<(), Failure> {
    let app = open(&add.common.config)?;
    if add.key_file.is_none() && add.card_file.is_none() {
        return Err(Failure("give --key-file (the device's key) or --card-file (to make a software card)".to_owned()));
    }
    let wants_pin = !add.no_pin && wants_pin(&app, add);
    let new = NewDevice {
        username: add.user.clone(),
        class: add.class.clone(),
        serial: add.serial.clone(),
        label: add.label.clone(),
        suite: add.suite.clone(),
        key: add.key_file.as_deref().map(read_key).transpose()?,
        pin: if wants_pin { Some(new_secret(add.pin_file.as_deref(), "PIN")?) } else { None },
        adopt: add.adopt,
    };
    let added = issue::add_device(&app, &new)?;
    if let Some(path) = &add.card_file {
        write_card(path, &added)?;
    }
    add.common.output.print(&shown(&added.device), &text(&added.device))
}

fn wants_pin(app: &App, add: &Add) -> bool {
    if add.pin_file.is_some() {
        return true;
    }
    let suite = add.suite.as_deref().and_then(Algorithm::ocra);
    match suite {
        Some(Algorithm::Ocra { suite }) => suite.pin_algorithm().is_some(),
        _ => app.settings.catalogue.class(&add.class).is_some() && matches!(add.class.as_str(), "dsc" | "dsc-plus"),
    }
}

fn read_key(path: &Path) -> Result<Secret<Vec<u8>>, Failure> {
    let text = secret(Some(path), "")?;
    let digits = text.expose().trim();
    let pair = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let octets: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
    octets.map(Secret::new).ok_or_else(|| Failure(format!("{}: the key is not hexadecimal", path.display())))
}

/// Writes the software card of a device that was just added.
pub(crate) fn write_card(path: &Path, added: &AddedDevice) -> Result<(), Failure> {
    let card = added.card().ok_or_else(|| Failure("this device has no software card".to_owned()))?;
    let text = serde_json::to_string_pretty(&card)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure(format!("{}: {error}", path.display())))
}

fn shown(device: &Device) -> Shown {
    Shown {
        id: device.id.to_string(),
        class: device.class.clone(),
        label: device.label.clone(),
        serial: device.serial.clone(),
        state: device.state.name(),
        failures: device.failures.consecutive,
        last_used_at: device.last_used_at.map(domain::Timestamp::unix_seconds),
    }
}

fn text(device: &Device) -> String {
    format!("{}  {:<20} {:<10} {}  {}", device.id, device.class, device.state.name(), device.serial, device.label)
}
