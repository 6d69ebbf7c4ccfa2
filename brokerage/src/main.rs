//! `countersign-brokerage`.
#![allow(clippy::print_stderr, reason = "a program for the terminal")]

use brokerage::{
    serve::{self, Started},
    settings::{Secrets, Settings},
};
use clap::Parser;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// A sample brokerage: Client Portal, Web Trader, debit cards, and an API for desktop programs.
#[derive(Debug, Parser)]
#[command(version)]
enum Command {
    /// Serves until it is told to stop. The clients' secrets are read from BROKERAGE_CLIENT_PORTAL_SECRET,
    /// BROKERAGE_WEB_TRADER_SECRET and BROKERAGE_PAYMENTS_SECRET; where BROKERAGE_PROCESSOR_SECRET is set too, it opens
    /// the card processor's API to the institution's login server.
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Where to listen; a loopback address stands for both families, port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Where that port is taken, any free one instead.
    #[arg(long)]
    or_any_port: bool,
    /// Its address as browsers call it; `http://localhost:PORT` without it.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The OpenID issuer that logs the customers in.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Its database, made anew where there is none.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The seed of the market's prices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object when ready.
    #[arg(long)]
    json: bool,
    /// Stop when standard input ends, which it does with whoever started this.
    #[arg(long)]
    until_stdin_ends: bool,
    /// For tests: a file with the microseconds to be ahead of the system's clock.
    #[arg(long, value_name = "FILE")]
    clock: Option<PathBuf>,
    /// What is logged on standard error, such as `info`.
    #[arg(long, default_value = "warn")]
    log: String,
}

fn main() -> ExitCode {
    let Command::Serve(arguments) = Command::parse();
    serve::log(&arguments.log);
    let secrets = match Secrets::from_environment() {
        Ok(secrets) => secrets,
        Err(missing) => {
            eprintln!("countersign-brokerage: set {missing}: the clients' secrets are read from the environment");
            return ExitCode::from(2);
        }
    };
    let settings = Settings {
        listen: arguments.listen,
        or_any_port: arguments.or_any_port,
        public_url: arguments.public_url,
        issuer: arguments.issuer,
        data: arguments.data,
        seed: arguments.seed,
        clock: arguments.clock,
        secrets,
    };
    let started = Started { json: arguments.json, until_stdin_ends: arguments.until_stdin_ends };
    match serve::run(&settings, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("countersign-brokerage: {error}");
            ExitCode::FAILURE
        }
    }
}
