//! `phone activate`: a new software phone, its code or another device's answer, and its PIN.

use super::output::{self, Failure};
use super::{
    Entry,
    phone::{Common, ca},
    phone_pin::{Pin, new_pin},
};
use crate::first_party::{Server, ServerUrl};
use crate::phone::{Activation, Begun, Chosen, PhoneError, Shelf, check_new_pin};
use serde::Serialize;
use std::io::BufRead as _;
use std::path::PathBuf;
use wire::{
    Next, Recovery,
    phone::{ConfirmActivation, StartActivation},
};
use zeroize::Zeroizing;

/// The version of the standalone app that stands for its latest one.
const STANDALONE: &str = "3.1";

#[derive(Debug, clap::Args)]
pub(super) struct Activate {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    pin: Pin,
    /// The server's address, as it calls itself.
    #[arg(long, value_name = "URL")]
    server: ServerUrl,
    /// The username.
    #[arg(long)]
    username: String,
    /// Read the password from this file; it may also be in COUNTERSIGN_PASSWORD.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A label of its own, for choosers.
    #[arg(long)]
    label: Option<String>,
    /// The session id that the settings page shows, in place of the password and a code.
    #[arg(long, value_name = "ID", conflicts_with = "password_file")]
    session_id: Option<String>,
    /// Let a code that is sent prove it, also where another device of the user could be asked.
    #[arg(long, conflicts_with = "session_id")]
    by_number: bool,
    /// Activate the standalone app, which only answers challenges, in this version of it.
    #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = STANDALONE)]
    standalone: Option<String>,
    /// A shell command that prints the code that was sent, or the answer of the user's other device, whose challenge (or
    /// whose places on the card) it finds in COUNTERSIGN_CHALLENGE; without it the code or answer is asked for.
    #[arg(long, value_name = "COMMAND")]
    code_command: Option<String>,
}

#[derive(Serialize)]
struct Activated<'a> {
    device_id: &'a str,
    label: &'a str,
    state: &'a str,
}

pub(super) async fn run(arguments: &Activate, entry: &mut Entry<'_>) -> Result<(), Failure> {
    if arguments.common.state.exists() {
        return Err(Failure::Failed(format!("{} is there already", arguments.common.state.display())));
    }
    let ca = ca(&arguments.common)?;
    let start = start(arguments, entry)?;
    let pin = match &arguments.pin.pin_file {
        Some(path) => output::secret_file(path)?,
        None => new_pin("give --pin-file")?,
    };
    check_new_pin(&pin)?;
    let server = Server::discover(&arguments.server, ca.as_deref()).await?;
    let activation = Activation::new(&server, entry.unix_now)?;
    let begun = activation.begin_with(server, &start).await?;
    let started = begun.started();
    if let (Some(by), Some(to)) = (&started.sent_by, &started.sent_to) {
        let _ = writeln!(entry.err, "A code was sent by {by} to {to}.");
    }
    if let Some(next) = &started.next {
        vouched(arguments, (&begun, next.clone()), entry).await?;
    }
    let (state, activated) = finish(arguments, &begun, &pin, entry).await?;
    Shelf::create(&arguments.common.state, &state)?;
    tell_ended(&activated, entry);
    shown(&arguments.common, &state, &activated, entry)
}

pub(super) fn tell_ended(activated: &wire::phone::Activated, entry: &mut Entry<'_>) {
    for ended in &activated.ended {
        let _ = writeln!(entry.err, "{} is {} now.", ended.label, ended.state);
    }
}

/// What became of it.
pub(super) fn shown(
    common: &Common,
    state: &wire::phone_file::PhoneFile,
    activated: &wire::phone::Activated,
    entry: &mut Entry<'_>,
) -> Result<(), Failure> {
    let shown = Activated { device_id: &activated.device_id, label: &state.label, state: &activated.state };
    if common.json {
        return output::line(entry, &serde_json::to_string(&shown)?);
    }
    output::line(entry, &format!("{} is active: {}", state.label, common.state.display()))
}

/// Who asks for an activation, and by what right.
fn start(arguments: &Activate, entry: &mut Entry<'_>) -> Result<StartActivation, Failure> {
    let username = Some(arguments.username.clone());
    if let Some(id) = &arguments.session_id {
        return Ok(StartActivation { username, session_id: Some(id.clone()), ..StartActivation::default() });
    }
    let password = match (&arguments.password_file, (entry.variable)("COUNTERSIGN_PASSWORD")) {
        (Some(path), _) => output::secret_file(path)?,
        (None, Some(text)) => Zeroizing::new(text.to_string_lossy().into_owned()),
        (None, None) => output::ask("Password: ", "give --password-file")?,
    };
    let (password, recover) =
        (Some(password.as_str().to_owned()), arguments.by_number.then_some(Recovery::RegisteredNumber));
    Ok(StartActivation { username, password, recover, ..StartActivation::default() })
}

/// The user's other device vouches for this phone.
async fn vouched(
    arguments: &Activate,
    (begun, mut next): (&Begun, Next),
    entry: &mut Entry<'_>,
) -> Result<(), Failure> {
    loop {
        let step = match &next {
            // The default one comes first.
            Next::ChooseDevice { devices, .. } => {
                let device_id = devices.first().map(|device| device.id.clone());
                ConfirmActivation { device_id, ..ConfirmActivation::default() }
            }
            Next::Respond { device, challenge, .. } => answer(arguments, (&device.label, challenge), entry)?,
            Next::CodeCard { device, indices: [first, second] } => {
                answer(arguments, (&device.label, &format!("{first} {second}")), entry)?
            }
            Next::Passcode { device, .. } => answer(arguments, (&device.label, ""), entry)?,
            _ => return Err(Failure::Failed("this program cannot take the step that is asked for".to_owned())),
        };
        let confirming = begun.confirm(&step).await?;
        if confirming.confirmed {
            return Ok(());
        }
        if let Some(left) = confirming.failure.and_then(|failure| failure.attempts_left) {
            let _ = writeln!(entry.err, "That was wrong; tries left: {left}.");
        }
        next = confirming.next.ok_or_else(|| Failure::Failed("the server asks for nothing".to_owned()))?;
    }
}

fn answer(
    arguments: &Activate,
    (device, challenge): (&str, &str),
    entry: &mut Entry<'_>,
) -> Result<ConfirmActivation, Failure> {
    let _ = writeln!(entry.err, "{device} is asked: {challenge}");
    let response = Some(code(arguments, challenge, entry)?);
    Ok(ConfirmActivation { response, ..ConfirmActivation::default() })
}

/// Sends the code; at a terminal a wrong one may be typed again while tries are left.
async fn finish(
    arguments: &Activate,
    begun: &Begun,
    pin: &str,
    entry: &mut Entry<'_>,
) -> Result<(wire::phone_file::PhoneFile, wire::phone::Activated), Failure> {
    loop {
        let code = match begun.started().proof.as_str() {
            "code" => Some(code(arguments, "", entry)?),
            _ => None,
        };
        let chosen = Chosen {
            code: code.as_deref(),
            pin,
            label: arguments.label.as_deref(),
            standalone: arguments.standalone.as_deref(),
        };
        match begun.complete_as(&chosen).await {
            Err(error) if error.slug() == Some("wrong-code") && arguments.code_command.is_none() && !over(&error) => {
                let _ = writeln!(entry.err, "{error}");
            }
            done => return Ok(done?),
        }
    }
}

fn over(error: &PhoneError) -> bool {
    matches!(error, PhoneError::Refused(problem) if problem.attempts_left == Some(0))
}

fn code(arguments: &Activate, challenge: &str, entry: &mut Entry<'_>) -> Result<String, Failure> {
    if let Some(command) = &arguments.code_command {
        let printed =
            std::process::Command::new("sh").args(["-c", command]).env("COUNTERSIGN_CHALLENGE", challenge).output()?;
        if !printed.status.success() {
            return Err(Failure::Failed("the command for the code failed".to_owned()));
        }
        return Ok(String::from_utf8_lossy(&printed.stdout).trim().to_owned());
    }
    let _ = write!(entry.err, "Code: ").and_then(|()| entry.err.flush());
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(Failure::Failed("no code was given".to_owned()));
    }
    Ok(line.trim().to_owned())
}
