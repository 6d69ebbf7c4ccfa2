//! `countersign-client`: cards, native login and test tools.
//!
//! The one place of the client that reads the clock and the environment.
#![allow(clippy::disallowed_methods, reason = "the program's entry reads the clock and the environment for the rest")]

use countersign_client::cli::{self, Entry};
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

fn main() -> ExitCode {
    LazyLock::force(&STARTED);
    let mut entry = Entry {
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        unix_now,
        elapsed: || STARTED.elapsed(),
        variable: |name| std::env::var_os(name),
        on_terminal: io::stdin().is_terminal() && io::stdout().is_terminal(),
    };
    cli::run(std::env::args_os(), &mut entry)
}

/// Unix seconds; 0 on a machine whose clock stands before 1970.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
