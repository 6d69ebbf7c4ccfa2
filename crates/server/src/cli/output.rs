//! What commands print and read: values on standard output, reasons on standard error, secrets from a file or the
//! keyboard and never from the command line.

use domain::Secret;
use serde::Serialize;
use std::{
    io::{self, Write as _},
    path::Path,
};

/// How a command prints.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Output {
    /// Print JSON, for scripts.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why a command failed, in words.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl Output {
    /// Prints a value as JSON, or its text.
    pub(crate) fn print(self, value: &impl Serialize, text: &str) -> Result<(), Failure> {
        if self.json { line(&serde_json::to_string(value)?) } else { line(text) }
    }
}

/// Prints a line. A reader that has gone away is no failure.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Says why on standard error; to scripts, as JSON.
pub(crate) fn complain(failure: &Failure, json: bool) {
    let Failure(reason) = failure;
    let said = if json {
        writeln!(io::stderr(), "{}", serde_json::json!({ "error": reason }))
    } else {
        writeln!(io::stderr(), "countersign: {reason}")
    };
    // Where nobody listens there is nobody to tell.
    drop(said);
}

/// Says something to whoever sits there, beside what is printed.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut err = io::stderr();
    Ok(write!(err, "{text}").and_then(|()| err.flush())?)
}

/// A line of standard input.
pub(crate) fn typed_line() -> Result<Secret<String>, Failure> {
    let mut line = String::new();
    match io::stdin().read_line(&mut line)? {
        0 => Err(Failure("standard input has ended".to_owned())),
        _ => Ok(Secret::new(line.trim().to_owned())),
    }
}

/// A secret: the first line of a file, or asked for on the terminal.
pub(crate) fn secret(file: Option<&Path>, prompt: &str) -> Result<Secret<String>, Failure> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|error| Failure(format!("{}: {error}", path.display())))?,
        None => rpassword::prompt_password(prompt)
            .map_err(|error| Failure(format!("no terminal to ask on ({error}); give a file instead")))?,
    };
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Secret::new(line.to_owned()))
}

/// A new secret: as [`secret`], typed twice when it is asked for.
pub(crate) fn new_secret(file: Option<&Path>, what: &str) -> Result<Secret<String>, Failure> {
    let first = secret(file, &format!("New {what}: "))?;
    if file.is_none() && secret(None, &format!("New {what} again: "))?.expose() != first.expose() {
        return Err(Failure(format!("the two {what}s differ")));
    }
    Ok(first)
}
