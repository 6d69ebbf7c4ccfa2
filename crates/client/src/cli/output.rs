//! What commands print and read: values on standard output, reasons on standard error, secrets from a file, the
//! environment or the keyboard.

use super::Entry;
use serde::Serialize;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// Why a command ends without having done what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Refused or failed.
    Failed(String),
    /// Failed, and what there is to say was said.
    Told,
    /// Wrong usage.
    Usage(String),
}

impl Failure {
    pub(crate) fn usage(reason: impl std::fmt::Display) -> Self {
        Self::Usage(reason.to_string())
    }

    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Failed(reason) | Self::Usage(reason) => Some(reason),
            Self::Told => None,
        }
    }

    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Failed(_) | Self::Told => 1,
            Self::Usage(_) => 2,
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Prints a line on standard output. A reader that has gone away is no failure.
pub(crate) fn line(entry: &mut Entry<'_>, text: &str) -> Result<(), Failure> {
    let written = writeln!(entry.out, "{text}").and_then(|()| entry.out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints a value alone on a line, or as `{"value": …}`.
pub(crate) fn value(entry: &mut Entry<'_>, value: &str, json: bool) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Shown<'a> {
        value: &'a str,
    }
    if json { line(entry, &serde_json::to_string(&Shown { value })?) } else { line(entry, value) }
}

/// A secret from a file: all of it but one final line break.
pub(crate) fn secret_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Zeroizing::new(line.to_owned()))
}

/// A secret asked for on the terminal, without showing what is typed. `instead` says what else would have served.
pub(crate) fn ask(prompt: &str, instead: &str) -> Result<Zeroizing<String>, Failure> {
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|error| Failure::Failed(format!("no terminal to ask on ({error}); {instead}")))
}
