//! `with-postgres [--durable] COMMAND…`: runs a command beside a PostgreSQL server of its own, named in
//! `COUNTERSIGN_TEST_POSTGRES`; a durable one syncs to the disk, for measuring.
#![allow(clippy::print_stderr, reason = "a tool of the tests says on the terminal what went wrong")]

use std::process::{Command, ExitCode};
use testing::postgres::{Cluster, SERVER};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let durable = arguments.next_if(|argument| argument == "--durable").is_some();
    let Some(program) = arguments.next() else {
        eprintln!("usage: with-postgres [--durable] COMMAND…");
        return ExitCode::from(2);
    };
    let cluster = match if durable { Cluster::durable() } else { Cluster::start() } {
        Ok(cluster) => cluster,
        Err(error) => {
            eprintln!("with-postgres: no PostgreSQL server could be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let status = Command::new(&program).args(arguments).env(SERVER, cluster.url()).status();
    drop(cluster);
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("with-postgres: {}: {error}", program.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}
