//! The command line of `countersign-client`.

mod bench;
mod card_reader;
mod login;
mod one_time;
mod output;
mod phone;
mod phone_activate;
mod phone_cards;
mod phone_manage;
mod phone_migrate;
mod phone_pin;
mod phone_words;
mod pskc;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// What the program is given by the machine it runs on.
pub struct Entry<'a> {
    /// Standard output: values, for scripts.
    pub out: &'a mut dyn Write,
    /// Standard error: progress and reasons, for people.
    pub err: &'a mut dyn Write,
    /// The wall clock, Unix seconds.
    pub unix_now: fn() -> u64,
    /// The monotonic clock.
    pub elapsed: fn() -> Duration,
    /// Reads an environment variable.
    pub variable: fn(&str) -> Option<OsString>,
    /// Whether standard input and output are a terminal.
    pub on_terminal: bool,
}

impl std::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("on_terminal", &self.on_terminal).finish_non_exhaustive()
    }
}

/// The customer's and tester's side of Countersign: cards, native login, one-time codes.
#[derive(Debug, Parser)]
#[command(name = "countersign-client", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Log in as a native desktop program does: full screen on a terminal, by flags in a script.
    Login(Box<login::Arguments>),
    /// Log in by flags, and withdraw money from a brokerage: a device confirms it.
    Withdraw(Box<login::withdraw::Withdraw>),
    /// A software card: DSC, DSC+, Gold, Platinum or a code card.
    #[command(subcommand)]
    CardReader(card_reader::Command),
    /// A software phone: activate, list, watch, approve, deny, respond, rename, change its PIN.
    #[command(subcommand)]
    Phone(phone::Command),
    /// Measure a server: many users at once, throughput and latencies. For load tests, never against real users.
    Bench(Box<bench::Arguments>),
    /// Compute an OCRA value (RFC 6287).
    Ocra(one_time::Ocra),
    /// Compute an HOTP value (RFC 4226).
    Hotp(one_time::Hotp),
    /// Compute a TOTP value (RFC 6238).
    Totp(one_time::Totp),
    /// List what a PSKC file (RFC 6030) holds, as JSON.
    Pskc(pskc::Pskc),
}

/// Runs the program. Exit codes: 0 done, 1 refused or failed (the reason on standard error), 2 wrong usage.
pub fn run(arguments: impl IntoIterator<Item = OsString>, entry: &mut Entry<'_>) -> ExitCode {
    let command = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(error) => {
            // Help and the version are asked for; anything else is wrong usage.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let done = match command {
        Command::Login(arguments) => login::run(&arguments, entry),
        Command::Withdraw(arguments) => login::withdraw::run(&arguments, entry),
        Command::CardReader(command) => card_reader::run(&command, entry),
        Command::Phone(command) => phone::run(&command, entry),
        Command::Bench(arguments) => bench::run(&arguments, entry),
        Command::Ocra(ocra) => one_time::ocra(&ocra, entry),
        Command::Hotp(hotp) => one_time::hotp(&hotp, entry),
        Command::Totp(totp) => one_time::totp(&totp, entry),
        Command::Pskc(arguments) => pskc::pskc(&arguments, entry),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(reason) = failure.reason() {
                let _ = writeln!(entry.err, "countersign-client: {reason}");
            }
            ExitCode::from(failure.code())
        }
    }
}

/// A challenge says in its first digit what its response does: whoever is at a login page must not answer another.
fn warn(challenge: &str, entry: &mut Entry<'_>) {
    let what = match challenge.chars().next() {
        Some('5') => "show the secure-login desk that it is you who is on the phone",
        Some('6' | '7') => "change your devices",
        Some('8' | '9') => "move money",
        _ => return,
    };
    let _ = writeln!(
        entry.err,
        "countersign-client: a response to this challenge will {what}; a login never asks for it (its challenges \
         begin with 1 to 4)"
    );
}
