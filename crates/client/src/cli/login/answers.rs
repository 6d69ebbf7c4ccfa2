//! Where a scripted login's answers come from.

use super::super::Entry;
use super::super::output::{self, Failure};
use super::Arguments;
use crate::card::Card;
use std::collections::VecDeque;
use std::io::Write as _;
use std::process::{Command, Stdio};
use wire::Next;
use zeroize::Zeroizing;

/// The source of responses.
pub(super) enum Source {
    /// Given beforehand, each for when the one before was wrong.
    Given(VecDeque<String>),
    /// A shell command, run once.
    Command(Option<String>),
    /// A software card with its PIN, used once.
    Card(Option<(Card, Option<Zeroizing<String>>)>),
    /// The person at the terminal.
    Keyboard,
    /// There is none.
    Nothing,
}

impl Source {
    pub(super) fn of(arguments: &Arguments, entry: &Entry<'_>) -> Result<Self, Failure> {
        if let Some(command) = &arguments.response_command {
            return Ok(Self::Command(Some(command.clone())));
        }
        if let Some(path) = &arguments.card_state {
            let card = Card::open(path)?;
            let pin = match (&arguments.pin_file, card.needs_pin()) {
                (_, false) => None,
                (Some(path), true) => Some(output::secret_file(path)?),
                (None, true) => Some(output::ask("PIN: ", "give --pin-file")?),
            };
            return Ok(Self::Card(Some((card, pin))));
        }
        Ok(match arguments.response.as_slice() {
            [] if entry.on_terminal => Self::Keyboard,
            [] => Self::Nothing,
            given => Self::Given(given.iter().cloned().collect()),
        })
    }

    /// The next answer to a step; none when there is no more. Blocks. `prompt` is for the person at the terminal.
    pub(super) fn next(
        &mut self,
        next: &Next,
        prompt: &str,
        unix_now: fn() -> u64,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        match self {
            Self::Given(given) => Ok(given.pop_front().map(Zeroizing::new)),
            Self::Command(command) => command.take().map(|command| shell(&command, &asked(next))).transpose(),
            Self::Card(card) => card.take().map(|card| show(&card, next, unix_now)).transpose(),
            Self::Keyboard => type_in(prompt).map(Some),
            Self::Nothing => Ok(None),
        }
    }
}

/// What a device is told: its challenge, or two places; nothing for a passcode.
fn asked(next: &Next) -> Vec<String> {
    match next {
        Next::Respond { challenge, .. } => vec![challenge.clone()],
        Next::CodeCard { indices, .. } => indices.iter().map(u32::to_string).collect(),
        _ => Vec::new(),
    }
}

fn shell(command: &str, asked: &[String]) -> Result<Zeroizing<String>, Failure> {
    let mut shell = Command::new("sh");
    // As arguments, not as text: what the server sent is never read by the shell.
    shell.arg("-c").arg(format!("{command} \"$@\"")).arg("sh").args(asked);
    let output = shell.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Failure::Failed(format!("the response command failed ({})", output.status)));
    }
    let text = Zeroizing::new(output.stdout);
    let text = std::str::from_utf8(&text).map_err(|_| Failure::Failed("the response is not text".to_owned()))?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

fn show(
    (card, pin): &(Card, Option<Zeroizing<String>>),
    next: &Next,
    unix_now: fn() -> u64,
) -> Result<Zeroizing<String>, Failure> {
    let pin = pin.as_deref().map(String::as_str);
    match next {
        Next::Respond { challenge, .. } => Ok(Zeroizing::new(card.respond(challenge, pin)?.as_str().to_owned())),
        Next::CodeCard { indices, .. } => Ok(card.values(*indices)?),
        _ => Ok(Zeroizing::new(card.passcode(pin, unix_now())?.as_str().to_owned())),
    }
}

fn type_in(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let mut err = std::io::stderr();
    write!(err, "{prompt}: ").and_then(|()| err.flush())?;
    let mut line = Zeroizing::new(String::new());
    if std::io::stdin().read_line(&mut line)? == 0 {
        return Err(Failure::Told);
    }
    Ok(Zeroizing::new(line.trim().to_owned()))
}
