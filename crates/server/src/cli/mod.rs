//! The command line of `countersign`.

mod agent;
mod audit;
mod backup;
mod card;
mod check;
mod client;
mod config;
mod device;
mod key;
mod migrate;
mod new_file;
mod order;
mod output;
mod rate;
mod serve;
mod shown;
mod token;
mod user;

use clap::{Parser, Subcommand};
use output::{Failure, Output};
use std::{path::PathBuf, process::ExitCode};

/// Self-hosted secure login for brokers, banks and exchanges.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything on one machine: server, sample users, virtual cards, an outbox page. For trying out only.
    Demo(crate::demo::Arguments),
    /// Run the server.
    Serve(ConfigFile),
    /// Say whether `serve` would start, and what it would use.
    Check {
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        output: Output,
    },
    /// Bring the database up to date. Servers of the version before go on meanwhile.
    Migrate {
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        output: Output,
    },
    /// Copy the database to a file, while servers run.
    Backup(backup::Backup),
    /// Put a copy of the database in its place again.
    Restore(backup::Restore),
    /// Read the audit log, newest first.
    Audit(audit::Arguments),
    /// Users: add, list, show, unlock.
    #[command(subcommand)]
    User(user::Command),
    /// Agents of the secure-login desk: add, roles, end, list.
    #[command(subcommand)]
    Agent(agent::Command),
    /// Devices: add, list, suspend, reactivate, revoke, unlock.
    #[command(subcommand)]
    Device(device::Command),
    /// The depot: bring in devices from their maker's files, give them to users, take them back.
    #[command(subcommand)]
    Token(token::Command),
    /// Code cards on paper: batch, print, reprint.
    #[command(subcommand)]
    Card(card::Command),
    /// Orders of devices: list, ship, lost, cancel, return.
    #[command(subcommand)]
    Order(order::Command),
    /// Client programs of the database: add, list, show, remove, secret.
    #[command(subcommand)]
    Client(client::Command),
    /// The sealing key (new), and the keys that sign tokens: list, rotate, retire.
    #[command(subcommand)]
    Key(key::Command),
    /// What other currencies are worth, for limits: set.
    #[command(subcommand)]
    Rate(rate::Command),
    /// The configuration file.
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

/// Which configuration file.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ConfigFile {
    /// The configuration file; `countersign config sample` prints one.
    #[arg(long, value_name = "FILE", default_value = "/etc/countersign/countersign.toml")]
    pub(crate) config: PathBuf,
}

/// Runs the program. Exit codes: 0 done, 1 refused or failed (the reason on standard error, with --json as JSON), 2 wrong
/// usage.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo(arguments) => crate::demo::run(&arguments).map_err(Failure::from),
        Command::Serve(config) => serve::serve(&config),
        Command::Check { config, output } => check::check(&config, output),
        Command::Migrate { config, output } => migrate::migrate(&config, output),
        Command::Backup(backup) => backup::backup(&backup),
        Command::Restore(restore) => backup::restore(&restore),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::User(command) => user::run(&command),
        Command::Agent(command) => agent::run(&command),
        Command::Device(command) => device::run(&command),
        Command::Token(command) => token::run(&command),
        Command::Card(command) => card::run(&command),
        Command::Order(command) => order::run(&command),
        Command::Client(command) => client::run(&command),
        Command::Key(command) => key::run(&command),
        Command::Rate(command) => rate::run(&command),
        Command::Config(command) => config::config(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Every command that prints JSON takes this flag, and nothing else is spelt so.
            output::complain(&failure, std::env::args_os().any(|argument| argument == "--json"));
            ExitCode::FAILURE
        }
    }
}
