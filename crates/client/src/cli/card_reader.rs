//! `card-reader`: what a card's keypad and display do.

use super::Entry;
use super::output::{self, Failure};
use crate::card::Card;
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// The response to a challenge; the card's counter moves on.
    Respond {
        #[command(flatten)]
        card: CardArguments,
        /// The challenge, as the login shows it.
        challenge: String,
    },
    /// The passcode of this moment.
    Passcode {
        #[command(flatten)]
        card: CardArguments,
    },
    /// The values at two places of a code card, joined.
    Values {
        #[command(flatten)]
        card: CardArguments,
        /// The first place asked for.
        first: u32,
        /// The second place asked for.
        second: u32,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct CardArguments {
    /// The card's file.
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Read the PIN from this file instead of asking for it.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// Print a JSON object, for scripts.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: &Command, entry: &mut Entry<'_>) -> Result<(), Failure> {
    match command {
        Command::Respond { card: arguments, challenge } => {
            // People read "123 456" and type it so.
            let challenge: String = challenge.chars().filter(|c| !c.is_whitespace()).collect();
            let card = Card::open(&arguments.state)?;
            super::warn(&challenge, entry);
            let pin = pin(&card, arguments)?;
            let response = card.respond(&challenge, pin.as_deref().map(String::as_str))?;
            output::value(entry, response.as_str(), arguments.json)
        }
        Command::Passcode { card: arguments } => {
            let card = Card::open(&arguments.state)?;
            let pin = pin(&card, arguments)?;
            let passcode = card.passcode(pin.as_deref().map(String::as_str), (entry.unix_now)())?;
            output::value(entry, passcode.as_str(), arguments.json)
        }
        Command::Values { card: arguments, first, second } => {
            let values = Card::open(&arguments.state)?.values([*first, *second])?;
            output::value(entry, &values, arguments.json)
        }
    }
}

fn pin(card: &Card, arguments: &CardArguments) -> Result<Option<Zeroizing<String>>, Failure> {
    match (&arguments.pin_file, card.needs_pin()) {
        (_, false) => Ok(None),
        (Some(path), true) => output::secret_file(path).map(Some),
        (None, true) => output::ask("PIN: ", "give --pin-file").map(Some),
    }
}
