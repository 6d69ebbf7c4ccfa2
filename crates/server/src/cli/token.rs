//! `countersign token …`: the depot.

use super::{
    output::{Failure, new_secret, say, secret},
    serve::open,
    shown::{Device as ShownDevice, Item as Shown},
    user::Common,
};
use crate::{
    app::App,
    flow::{
        device::depot::{
            self, DepotError,
            entry::{Entry, Wrong},
            export,
            import::{self, Import, Report},
            read,
        },
        user::EnrolError,
    },
    work::{Stop, Work},
};
use domain::user::Username;
use pskc::{Protection, Secret, Unlock};
use serde_json::json;
use std::{
    fs::{self, File, OpenOptions},
    io::{BufReader, BufWriter, IsTerminal as _},
    num::NonZeroU32,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::inventory::Item;

/// How often the password of an export is hashed (OWASP's figure for PBKDF2 with HMAC-SHA-256).
const ITERATIONS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();

/// What to do with the depot.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Bring devices in from a file of their maker: all of it, or nothing.
    Import(Box<ImportArguments>),
    /// List devices by serial number.
    List {
        /// Those in one state: in_stock, assigned, returned or retired.
        #[arg(long)]
        state: Option<String>,
        /// Those behind this serial number.
        #[arg(long, default_value = "")]
        after: String,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        #[command(flatten)]
        common: Common,
    },
    /// Show a device and what happened to it.
    Show(One),
    /// Give a device to a user, who can use it at once.
    Assign {
        /// The serial number.
        serial: String,
        /// The username.
        #[arg(long)]
        user: String,
        /// A label of its own, for choosers; else the class's.
        #[arg(long)]
        label: Option<String>,
        /// A file whose first line is the PIN, where the device has one and came without.
        #[arg(long, value_name = "FILE")]
        pin_file: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Take a device back: its user's ends, and it may go to another.
    Return(One),
    /// Take a device out of the depot for good, and from its user where one has it.
    Retire(One),
    /// Write the keys of the devices in stock to an encrypted PSKC file.
    Export(ExportArguments),
}

/// A device of the depot.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The serial number.
    serial: String,
    #[command(flatten)]
    common: Common,
}

/// A form of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Portable Symmetric Key Container (RFC 6030).
    Pskc,
    /// A line of names and a line for each device.
    Csv,
}

/// A file to bring in.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArguments {
    /// The file.
    file: PathBuf,
    /// What it is; else told by its name, .csv or any other.
    #[arg(long)]
    format: Option<Format>,
    /// A file with the key that the file is encrypted by, in hexadecimal.
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    key_file: Option<PathBuf>,
    /// A file whose first line is the password that the file is encrypted by.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The class of the devices, where the file does not say.
    #[arg(long)]
    class: Option<String>,
    /// Customers already hold these devices: needed for classes that are not issued any more.
    #[arg(long)]
    adopt: bool,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// A file to write.
#[derive(Debug, clap::Args)]
#[group(id = "protection", required = true, multiple = false, args = ["key_file", "password_file"])]
pub(crate) struct ExportArguments {
    /// The file, which must not exist.
    file: PathBuf,
    /// A file with the key to encrypt by, 16, 24 or 32 octets in hexadecimal.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// A file whose first line is the password to encrypt by.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Import(arguments) => bring_in(arguments),
        Command::List { state, after, limit, common } => {
            let app = open(&common.config)?;
            let (state, after, limit) = (state.clone(), after.clone(), *limit);
            let items = unit(&app, move |work| depot::page(work, state.as_deref(), &after, limit))?;
            let shown: Vec<_> = items.iter().map(Shown::of).collect();
            let lines: Vec<_> = shown.iter().map(Shown::text).collect();
            let text = if lines.is_empty() { "no devices".to_owned() } else { lines.join("\n") };
            common.output.print(&shown, &text)
        }
        Command::Show(one) => show(one),
        Command::Assign { serial, user, label, pin_file, common } => {
            let app = open(&common.config)?;
            let pin = pin_file.as_deref().map(|file| new_secret(Some(file), "PIN")).transpose()?;
            let (username, serial, label) = (Username::parse(user)?, serial.clone(), label.clone());
            let device = unit(&app, move |work| {
                let user = store::user::by_name(work.sql, &username)?.ok_or(EnrolError::NoUser)?.id;
                let (serial, label, pin) = (serial.clone(), label.clone(), pin.clone());
                depot::assign(work, &depot::Assign { serial, user, label, pin })
            });
            let device = device.map_err(|error| match error {
                DepotError::Enrol(EnrolError::PinWanted("needs a PIN")) => Failure(format!("{error}: give --pin-file")),
                other => other.into(),
            })?;
            let shown = ShownDevice::of(&device, &app.settings.policy.device_lock, app.now());
            common.output.print(&shown, &shown.text())
        }
        Command::Return(one) => leave(one, depot::give_back),
        Command::Retire(one) => leave(one, depot::retire),
        Command::Export(arguments) => take_out(arguments),
    }
}

fn unit<T: Send + 'static>(
    app: &Arc<App>,
    unit: impl Fn(&mut Work<'_>) -> Result<T, Stop<DepotError>> + Send + Sync + 'static,
) -> Result<T, DepotError> {
    app.work_blocking(app.operator(), unit)
}

fn leave(one: &One, how: fn(&mut Work<'_>, &str) -> Result<Item, Stop<DepotError>>) -> Result<(), Failure> {
    let (app, serial) = (open(&one.common.config)?, one.serial.clone());
    let shown = Shown::of(&unit(&app, move |work| how(work, &serial))?);
    one.common.output.print(&shown, &shown.text())
}

fn show(one: &One) -> Result<(), Failure> {
    let (app, serial) = (open(&one.common.config)?, one.serial.clone());
    let found = unit(&app, move |work| Ok((depot::one(work, &serial)?, depot::history(work, &serial)?)))?;
    let (item, history) = found;
    let shown = Shown::of(&item).with(&history);
    one.common.output.print(&shown, &shown.text())
}

fn bring_in(arguments: &ImportArguments) -> Result<(), Failure> {
    let app = open(&arguments.common.config)?;
    let named = |why: String| Failure(format!("{}: {why}", arguments.file.display()));
    let file =
        BufReader::with_capacity(1 << 16, File::open(&arguments.file).map_err(|error| named(error.to_string()))?);
    let csv = arguments.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let unread = |wrong: Wrong| named(format!("line {}: {}", wrong.line, wrong.why));
    let entries: Box<dyn Iterator<Item = Result<Entry, Wrong>>> =
        match arguments.format.unwrap_or(if csv { Format::Csv } else { Format::Pskc }) {
            Format::Pskc => Box::new(read::pskc(file, unlock(arguments)?).map_err(unread)?),
            Format::Csv if arguments.key_file.is_some() || arguments.password_file.is_some() => {
                return Err(named("a CSV file is not encrypted: no key or password opens it".to_owned()));
            }
            Format::Csv => Box::new(read::csv(file).map_err(unread)?),
        };
    let source = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (class, adopt, dry_run) = (arguments.class.clone(), arguments.adopt, arguments.dry_run);
    let terminal = std::io::stderr().is_terminal();
    let mut progress = |read: u64| {
        if terminal {
            // Where nobody reads it, it need not be said.
            drop(say(&format!("\r{read} devices read ")));
        }
    };
    let import = Import { source, class, adopt, dry_run };
    let report = import::import(&app, app.operator(), &import, entries, &mut progress)?;
    if terminal {
        say("\r")?;
    }
    arguments.common.output.print(&report, &told(&report))?;
    if report.wrong > 0 { Err(Failure("nothing was brought in".to_owned())) } else { Ok(()) }
}

fn unlock(arguments: &ImportArguments) -> Result<Unlock, Failure> {
    Ok(match (&arguments.key_file, &arguments.password_file) {
        (Some(file), _) => Unlock::Key(key(file)?),
        (None, Some(file)) => Unlock::Password(password(file)?),
        (None, None) => Unlock::Nothing,
    })
}

fn key(file: &Path) -> Result<Secret, Failure> {
    let text = secret(Some(file), "")?;
    let octets = read::hexadecimal(text.expose().trim());
    let octets = octets.ok_or_else(|| Failure(format!("{}: the key is not hexadecimal", file.display())))?;
    Ok(Secret::new(octets.expose().clone()))
}

fn password(file: &Path) -> Result<Secret, Failure> {
    Ok(Secret::new(secret(Some(file), "")?.expose().clone().into_bytes()))
}

fn told(report: &Report) -> String {
    let mut lines = vec![format!(
        "{} read: {} new, {} there already, {} refused",
        report.read, report.new, report.same, report.wrong
    )];
    lines.extend(report.classes.iter().map(|(class, count)| format!("  {class}: {count}")));
    lines.extend(report.refused.iter().map(|refused| {
        let serial = refused.serial.as_ref().map(|serial| format!(", {serial}")).unwrap_or_default();
        format!("  line {}{serial}: {}", refused.line, refused.why)
    }));
    lines.push(
        match (report.done, report.dry_run) {
            (true, _) => "brought in",
            (false, true) if report.wrong == 0 => "would be brought in; nothing was changed",
            (false, _) => "nothing was changed",
        }
        .to_owned(),
    );
    lines.join("\n")
}

fn take_out(arguments: &ExportArguments) -> Result<(), Failure> {
    let app = open(&arguments.common.config)?;
    let protection = match (&arguments.key_file, &arguments.password_file) {
        (Some(file), _) => Protection::Key { name: "countersign".to_owned(), key: key(file)? },
        (None, Some(file)) => Protection::Password { password: password(file)?, iterations: ITERATIONS },
        (None, None) => return Err(Failure("give --key-file or --password-file".to_owned())),
    };
    let named = |error: std::io::Error| Failure(format!("{}: {error}", arguments.file.display()));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&arguments.file).map_err(named)?;
    let written = export::export(&app, BufWriter::new(&file), &protection);
    let written = written.and_then(|written| Ok(file.sync_all().map(|()| written)?));
    let written = written.inspect_err(|_| drop(fs::remove_file(&arguments.file)))?;
    arguments.common.output.print(&json!({ "written": written }), &format!("{written} devices written"))
}
