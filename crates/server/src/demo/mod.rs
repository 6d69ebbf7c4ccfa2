//! `countersign demo`: everything on one machine, to try out. Never for real customers: passwords, PINs and card
//! files are shown to whoever asks.

mod brokerage;
mod card;
mod pages;
mod phone;
mod place;
mod seed;

use crate::{
    app::{App, Clock, RELOAD_SECONDS},
    boot::{self, BootError},
    clients::{CONSOLE, PHONE_APP},
    config::{ConfigError, File},
    http::{Shared, routes},
    serving,
};
use axum::Router;
use brokerage::{Brokerage, Secrets};
use place::Place;
use seed::SeedError;
use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};
use store::seal::KeyRing;
use tokio::net::TcpListener;
use wire::demo::Ready;

pub use pages::ROUTES;

/// How the demo is started.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The port; 0 picks a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keep the data in this folder; without it, it goes with the demo.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object when ready, for scripts.
    #[arg(long)]
    json: bool,
    /// Let `POST /demo/clock` move the server's clock forward.
    #[arg(long)]
    test_clock: bool,
    /// Treat logins from this machine as coming from an unfamiliar place.
    #[arg(long)]
    unfamiliar: bool,
    /// After how many seconds a page that waits for a phone looks again, where it has no scripts.
    #[arg(long, value_name = "SECONDS", default_value_t = RELOAD_SECONDS, value_parser = clap::value_parser!(u32).range(1..=60))]
    reload_seconds: u32,
    /// What is logged on standard error, such as `info`.
    #[arg(long, default_value = "warn")]
    log: String,
}

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder, the port, or something else of the system.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The server.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// The sample users.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The demo's own configuration; a bug.
    #[error("the demo's configuration is refused: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Config(Vec<ConfigError>),
}

/// What the demo knows beyond the server.
pub(crate) struct Demo {
    pub(crate) ready: Ready,
    pub(crate) place: Place,
    pub(crate) test_clock: bool,
}

/// Runs the demo until it is told to stop.
pub fn run(arguments: &Arguments) -> Result<(), DemoError> {
    drop(serving::log(&arguments.log, false));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // First of all: a demo that is told to stop while it starts must not leave its folder behind.
    let orders = runtime.block_on(async { serving::Orders::listen() })?;
    let place = Place::open(arguments.data.clone())?;
    let listeners = runtime.block_on(bind(arguments.port))?;
    let port = listeners.first().map_or(Ok(arguments.port), |l| l.local_addr().map(|address| address.port()))?;
    let secrets = Secrets::kept(&place)?;
    // Before the server: its address is part of what the server knows of its clients.
    let brokerage = runtime.block_on(Brokerage::start(&place, port, &secrets, arguments.test_clock));
    let beside = (brokerage.as_ref().map(|brokerage| brokerage.url.clone()), secrets);
    let (app, demo) = prepare(arguments, place, port, beside)?;
    announce(arguments.json, &demo.ready);
    let demo = Arc::new(demo);
    let routes = {
        let demo = Arc::clone(&demo);
        move |app| router(app, &demo)
    };
    runtime.block_on(serving::serve(app, listeners, routes, orders));
    if let Some(brokerage) = brokerage {
        runtime.block_on(brokerage.stop());
    }
    Ok(())
}

fn prepare(
    arguments: &Arguments,
    place: Place,
    port: u16,
    (brokerage_url, secrets): (Option<String>, Secrets),
) -> Result<(Arc<App>, Demo), DemoError> {
    let url = format!("http://localhost:{port}");
    let clients = secrets.clients(brokerage_url.as_deref());
    let file = File::parse(&settings(&place, (&url, brokerage_url.as_deref()), &clients)).map_err(DemoError::Config)?;
    let ring = KeyRing::parse(&place.sealing_key()?).map_err(|error| BootError::Store(error.into()))?;
    let mut app = boot::boot_with(&file, &ring, Clock::ahead(place.clock_ahead()))?;
    app.settings.demo = true;
    app.settings.unfamiliar = arguments.unfamiliar;
    app.settings.reload_seconds = arguments.reload_seconds;
    let app = Arc::new(app);
    let seed::Seeded { users, agents, api_token } = seed::seed(&app, &place)?;
    let ready = Ready {
        outbox_url: format!("{url}/demo/outbox"),
        issuer: url.clone(),
        url,
        brokerage_url,
        clients: [PHONE_APP, CONSOLE]
            .into_iter()
            .filter_map(|id| app.clients.find(id))
            .chain(app.clients.all())
            .map(|c| wire::demo::Client {
                client_id: c.id.clone(),
                client_secret: secrets.of(&c.id).map(str::to_owned),
            })
            .collect(),
        users,
        agents,
        api_token,
    };
    Ok((app, Demo { ready, place, test_clock: arguments.test_clock }))
}

/// The demo's configuration: the defaults, with its own place and the contracted clients.
fn settings(place: &Place, (url, brokerage): (&str, Option<&str>), clients: &str) -> String {
    let database = toml::Value::String(format!("sqlite:{}", place.database().display()));
    let secret = toml::Value::String(place.card_processor_secret().display().to_string());
    let beside = |url| {
        format!("trade_url = \"{url}/trader\"\n[cards]\nprocessor_url = \"{url}\"\nprocessor_secret_file = {secret}\n")
    };
    let beside = brokerage.map(beside).unwrap_or_default();
    format!(
        "[http]\npublic_url = \"{url}\"\n[store]\nurl = {database}\n\
         [institution]\ndesk = [\"US +1 555 0100\", \"GB +44 20 7946 0100\", \"RU +7 495 555 01 00\"]\n\
         desk_mail = \"desk@example.com\"\n{beside}\
         [push]\nenabled = true\ncontact = \"mailto:desk@example.com\"\nallow_insecure_loopback = true\n\
         [[clients]]\nid = \"tws\"\nname = \"Trader Workstation\"\nfirst_party = true\nchooser_since = [\"966\", \"0 below 100\"]\n\
         {clients}"
    )
}

/// Loopback of both families on one port. A machine without IPv6 goes without.
async fn bind(port: u16) -> io::Result<Vec<TcpListener>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on port {port}: {error}"));
    // With port 0 the first family picks, and the other may find that port taken: then another is picked.
    for _ in 0..16 {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(named)?;
        let picked = v4.local_addr()?.port();
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, picked))).await {
            Ok(v6) => return Ok(vec![v4, v6]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port == 0 => {}
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(named(error)),
            Err(error) => {
                tracing::warn!(%error, "listening on 127.0.0.1 only");
                return Ok(vec![v4]);
            }
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port was free on both 127.0.0.1 and ::1"))
}

fn router(app: Shared, demo: &Arc<Demo>) -> Router {
    routes::router_with(app, |router| pages::mount(router).layer(axum::Extension(Arc::clone(demo))))
}

/// What a terminal calls the client program: its path where it stands beside ours, as after a build, which is on no PATH.
fn client_program() -> String {
    const NAME: &str = "countersign-client";
    let beside = std::env::current_exe().ok().map(|ours| ours.with_file_name(NAME)).filter(|path| path.is_file());
    beside.map_or_else(|| NAME.to_owned(), |path| shell_word(&path.display().to_string()))
}

/// A text as one word of a shell.
fn shell_word(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Says that it is ready. A reader that has gone away does not stop the demo.
fn announce(json: bool, ready: &Ready) {
    let text =
        if json { serde_json::to_string(ready).unwrap_or_default() } else { seed::words(ready, &client_program()) };
    let mut out = io::stdout();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(shell_word("/opt/countersign-1.0/client"), "/opt/countersign-1.0/client");
        assert_eq!(shell_word("/home/my dir/it's"), r"'/home/my dir/it'\''s'");
    }
}
