//! `bench`: many users at once, measured from outside.

use super::Entry;
use super::output::{self, Failure};
use crate::bench::{self, BackEnd, Clocks, Cost, Floor, Method, Plan, WebProgram};
use crate::first_party::{Server, ServerUrl};
use crate::private_file::Locked;
use std::path::{Path, PathBuf};
use wire::roster::{FORMAT, Roster};
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The server's address, as it calls itself.
    #[arg(long, value_name = "URL")]
    server: ServerUrl,
    /// The users, from `countersign user crowd`; kept up to date, so that it serves again.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// The OAuth client id of logins that begin with a password; its programs must be able to draw a chooser.
    #[arg(long, value_name = "ID", default_value = "tws")]
    client: String,
    /// The OAuth client id of the web program of code_flow: a public client.
    #[arg(long, value_name = "ID", default_value = "bench-rp")]
    rp: String,
    /// Where that web program's answers go, as it is registered. Nothing needs to listen there.
    #[arg(long, value_name = "URI", default_value = "http://localhost/cb")]
    redirect_uri: String,
    /// The OAuth client id of the back end of ciba and withdrawal: a client with a secret that polls, and the scope
    /// withdrawals:write.
    #[arg(long, value_name = "ID", default_value = "bench-back-end")]
    ciba_client: String,
    /// A file with that back end's secret.
    #[arg(long, value_name = "FILE")]
    ciba_secret_file: Option<PathBuf>,
    /// What is measured. Password steps are too, where a login begins with one.
    #[arg(long, value_delimiter = ',', default_values = ["challenge_response", "seamless"])]
    method: Vec<Method>,
    /// How many at once: a measurement for each number.
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_values_t = [16, 64])]
    clients: Vec<u16>,
    /// How often every user confirms by each method in a measurement.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Use only so many of the users.
    #[arg(long)]
    users: Option<usize>,
    /// A bare server to compare with: the example `floor` of the server's sources.
    #[arg(long, value_name = "URL")]
    floor: Option<String>,
    /// The server's password hash, to compare with: KiB, iterations, lanes.
    #[arg(long, value_name = "M,T,P", default_value = "19456,2,1")]
    argon2: Cost,
    /// Trust the certificate authorities in this PEM file too.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Print JSON, for scripts.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let locked = Locked::acquire(&arguments.roster).map_err(|error| failed(&arguments.roster, &error))?;
    let mut roster = read(&arguments.roster, &locked)?;
    let unused = roster.users.split_off(arguments.users.unwrap_or(usize::MAX).min(roster.users.len()));
    if roster.users.is_empty() {
        return Err(Failure::Failed(format!("{} has no users", arguments.roster.display())));
    }
    let plan = plan(arguments)?;
    let clocks = Clocks { elapsed: entry.elapsed, unix_now: entry.unix_now };
    let authorities = arguments.ca_file.as_ref().map(std::fs::read).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        let server = Server::discover(&arguments.server, authorities.as_deref()).await?;
        bench::run(&plan, &server, &mut roster, clocks).await
    });
    // Also after a failure: a card whose counter stood still would be refused next time.
    roster.users.extend(unused);
    let text = Zeroizing::new(serde_json::to_vec(&roster)?);
    locked.replace(&text).map_err(|error| failed(&arguments.roster, &error))?;
    let rows = measured?;
    let text = if arguments.json { serde_json::to_string(&rows)? } else { bench::table(&rows) };
    output::line(entry, &text)?;
    if rows.iter().all(|row| row.errors.is_empty()) {
        Ok(())
    } else {
        Err(Failure::Failed("operations failed".to_owned()))
    }
}

fn plan(arguments: &Arguments) -> Result<Plan, Failure> {
    let back_end = |file: &PathBuf| {
        let secret = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|error| failed(file, &error))?;
        Ok::<_, Failure>(BackEnd::new(&arguments.ciba_client, secret.trim_end_matches(['\r', '\n'])))
    };
    Ok(Plan {
        clients: arguments.clients.iter().map(|clients| usize::from(*clients).max(1)).collect(),
        rounds: arguments.rounds,
        methods: arguments.method.clone(),
        cost: arguments.argon2,
        floor: arguments.floor.as_deref().map(Floor::new).transpose()?,
        client_id: arguments.client.clone(),
        web: WebProgram { client_id: arguments.rp.clone(), redirect_uri: arguments.redirect_uri.clone() },
        back_end: arguments.ciba_secret_file.as_ref().map(back_end).transpose()?,
    })
}

fn read(path: &Path, locked: &Locked) -> Result<Roster, Failure> {
    let text = locked.read().map(Zeroizing::new).map_err(|error| failed(path, &error))?;
    let roster: Roster = serde_json::from_slice(&text).map_err(|error| failed(path, &error))?;
    if roster.format == FORMAT { Ok(roster) } else { Err(failed(path, &"it is no roster of this version")) }
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::Failed(format!("{}: {why}", path.display()))
}
