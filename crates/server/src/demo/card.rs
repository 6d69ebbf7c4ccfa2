//! The virtual cards: their files are the cards, shared with `countersign-client card-reader`.

use super::place::write_private;
use domain::{Timestamp, card::value_at};
use otp::{
    Digits, Key,
    ocra::{Input, Suite},
    totp,
};
use std::{fs, io, path::Path};
use wire::card_file::{Algorithm, CardFile};

/// Why a card shows nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CardError {
    /// The challenge has not the digits this card takes.
    #[error("the challenge does not fit this card")]
    Challenge,
    /// Anything about its file.
    #[error("the card's file cannot be used: {0}")]
    File(String),
}

impl From<io::Error> for CardError {
    fn from(error: io::Error) -> Self {
        Self::File(error.to_string())
    }
}

impl From<serde_json::Error> for CardError {
    fn from(error: serde_json::Error) -> Self {
        Self::File(error.to_string())
    }
}

/// What the card shows for a PIN and a challenge; its counter moves on. Blocks.
pub(crate) fn press(path: &Path, pin: &str, challenge: Option<&str>, now: Timestamp) -> Result<String, CardError> {
    // The same lock file as the card reader's, so that the page and the program never use one counter twice.
    let lock = fs::File::options().create(true).truncate(false).write(true).open(lock_path(path))?;
    lock.lock()?;
    let mut card: CardFile = serde_json::from_str(&fs::read_to_string(path)?)?;
    let key = Key::new(card.key.expose().to_vec());
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
    let shown = match &mut card.algorithm {
        Algorithm::Ocra { suite, counter } => {
            let suite = Suite::parse(suite).map_err(|error| CardError::File(error.to_string()))?;
            let question = challenge.unwrap_or(domain::device::credential::NO_QUESTION);
            if question.len() != usize::from(suite.question_length()) {
                return Err(CardError::Challenge);
            }
            let hash = suite.pin_hash(pin);
            let input = Input {
                counter: *counter,
                question,
                pin: hash.as_ref(),
                time: suite.step_at(seconds),
                ..Input::default()
            };
            let code = suite.respond(&key, &input).map_err(|_| CardError::Challenge)?;
            *counter = counter.map(|counter| counter.saturating_add(1));
            code.as_str().to_owned()
        }
        Algorithm::Totp { digits, step } => {
            let digits = Digits::try_from(*digits).map_err(|error| CardError::File(error.to_string()))?;
            totp::value(&key, otp::Algorithm::Sha1, totp::step_at(seconds, *step), digits).as_str().to_owned()
        }
        Algorithm::CodeCard { places } => {
            let read: Option<Vec<u32>> =
                challenge.unwrap_or_default().split_whitespace().map(|n| n.parse().ok()).collect();
            let read = read.filter(|read| read.len() == 2 && read.iter().all(|n| (1..=*places).contains(n)));
            let read = read.ok_or(CardError::Challenge)?;
            read.into_iter().map(|place| value_at(card.key.expose(), place).expose().clone()).collect()
        }
    };
    write_private(path, &serde_json::to_string_pretty(&card)?)?;
    Ok(shown)
}

fn lock_path(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
