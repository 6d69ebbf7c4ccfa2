//! `countersign device …`.

use crate::{
    app::App,
    cli::{
        output::{Failure, new_secret, say, secret, typed_line},
        serve::open,
        shown::Device as Shown,
        user::Common,
    },
    flow::device::{
        issue::{self, EnrolError, MadeDevice, NewDevice},
        resync,
    },
};
use domain::{
    Secret,
    device::{Algorithm, catalogue::IssueError, lifecycle::DeviceEvent},
    user::Username,
};
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use store::device::Device;
use zeroize::Zeroizing;

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
    /// Take up with a device whose counter or clock has run too far ahead, by two consecutive responses: one a line on
    /// standard input. Where the device takes challenges, they are shown first; the user reads the responses out.
    Resync(One),
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
            let shown: Vec<_> = devices.iter().map(|device| shown(&app, device)).collect();
            let lines: Vec<_> = shown.iter().map(Shown::text).collect();
            let text = if lines.is_empty() { "no devices".to_owned() } else { lines.join("\n") };
            common.output.print(&shown, &text)
        }
        Command::Suspend(one) => change(one, DeviceEvent::Suspended),
        Command::Reactivate(one) => change(one, DeviceEvent::Reactivated),
        Command::Revoke(one) => change(one, DeviceEvent::Revoked),
        Command::Unlock(one) => {
            let app = open(&one.common.config)?;
            let device = issue::unlock_device(&app, &one.user, &one.device)?;
            print(&app, &one.common, &device)
        }
        Command::Resync(one) => resync(one),
    }
}

fn change(one: &One, event: DeviceEvent) -> Result<(), Failure> {
    let app = open(&one.common.config)?;
    let device = issue::change_device(&app, &one.user, &one.device, event)?;
    print(&app, &one.common, &device)
}

fn resync(one: &One) -> Result<(), Failure> {
    let app = open(&one.common.config)?;
    let asking = resync::begin(&app, &one.user, &one.device)?;
    let mut responses = Vec::new();
    for question in asking.questions() {
        match question {
            Some(challenge) => say(&format!("challenge {challenge}; the response: "))?,
            None => say("the passcode that the device shows, and then the next one: ")?,
        }
        responses.push(typed_line()?);
    }
    let [first, second] = responses.as_slice() else { return Err(Failure("two responses are needed".to_owned())) };
    let device = resync::finish(&app, asking, [first.clone(), second.clone()])?;
    print(&app, &one.common, &device)
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
    let made = issue::make_device(&app, &new).map_err(|error| explained(&app, error))?;
    // The file comes first: a device whose key nobody holds would be of no use, and in somebody's way.
    let card = add.card_file.as_deref().map(|path| write_card(path, &made)).transpose()?;
    let kept = issue::keep_device(&app, &made);
    if kept.is_err()
        && let Some(card) = &card
    {
        let _ = fs::remove_file(card);
    }
    print(&app, &add.common, &kept?.device)
}

/// A refusal with what would have been right.
fn explained(app: &App, error: EnrolError) -> Failure {
    match error {
        EnrolError::NoClass => {
            let classes: Vec<_> = app.settings.catalogue.classes().iter().map(|class| class.name.as_str()).collect();
            Failure(format!("{error}: there are {}", classes.join(", ")))
        }
        EnrolError::Issue(IssueError::Legacy) => Failure(format!("{error}, with --adopt")),
        EnrolError::PinWanted("needs a PIN") => Failure(format!("{error}: give --pin-file, or type it")),
        EnrolError::Suite => Failure(format!("--suite: {error}")),
        EnrolError::ShortKey => Failure(format!("--key-file: {error}")),
        other => other.into(),
    }
}

/// Writes the software card of a device to a file that must not exist, and gives its path. A file that could not be
/// written in full is taken away again.
pub(super) fn write_card<'a>(path: &'a Path, made: &MadeDevice) -> Result<&'a Path, Failure> {
    let named = |error: std::io::Error| Failure(format!("{}: {error}", path.display()));
    let card = made.card().ok_or_else(|| Failure("this device has no software card".to_owned()))?;
    let text = Zeroizing::new(serde_json::to_string_pretty(&card)?);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(named)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.inspect_err(|_| drop(fs::remove_file(path))).map_err(named)?;
    Ok(path)
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

pub(super) fn read_key(path: &Path) -> Result<Secret<Vec<u8>>, Failure> {
    let text = secret(Some(path), "")?;
    let digits = text.expose().trim();
    let pair = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let octets: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
    octets.map(Secret::new).ok_or_else(|| Failure(format!("{}: the key is not hexadecimal", path.display())))
}

/// Writes the software card of a device that was just added.
fn shown(app: &App, device: &Device) -> Shown {
    Shown::of(device, &app.settings.policy.device_lock, app.now())
}

fn print(app: &App, common: &Common, device: &Device) -> Result<(), Failure> {
    let shown = shown(app, device);
    common.output.print(&shown, &shown.text())
}
