//! The PIN of the software phone, from a file or the keyboard.

use super::output::{self, Failure};
use crate::phone::check_new_pin;
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
pub(super) struct Pin {
    /// Read the PIN from this file instead of asking for it.
    #[arg(long, value_name = "FILE")]
    pub(super) pin_file: Option<PathBuf>,
}

pub(super) fn read_pin(pin: &Pin) -> Result<Zeroizing<String>, Failure> {
    match &pin.pin_file {
        Some(path) => output::secret_file(path),
        None => output::ask("PIN: ", "give --pin-file"),
    }
}

/// A new PIN, typed twice. `instead` says what else would have served.
pub(super) fn new_pin(instead: &str) -> Result<Zeroizing<String>, Failure> {
    let first = output::ask("New PIN (4 to 6 digits): ", instead)?;
    check_new_pin(&first)?;
    let again = output::ask("New PIN again: ", instead)?;
    if *first == *again { Ok(first) } else { Err(Failure::Failed("the two PINs differ".to_owned())) }
}
