//! Listening, ticking and asking until told to stop.

use crate::{
    app::{App, StartError},
    institution::posting,
    market::exchange,
    settings::Settings,
    store::StoreError,
    web,
};
use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::AsyncReadExt as _,
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    time::MissedTickBehavior,
};

/// How often prices move.
const TICK: Duration = Duration::from_secs(1);
/// How long open requests may finish after the order to stop.
const GRACE: Duration = Duration::from_secs(3);

/// How it was started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Started {
    /// Say in JSON that it is ready.
    pub json: bool,
    /// Stop when standard input ends.
    pub until_stdin_ends: bool,
}

/// Starts logging to standard error. Called once, by the program.
pub fn log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_else(|_| "warn".into());
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).try_init();
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// When it cannot start.
pub fn run(settings: &Settings, started: Started) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(serve(settings, started));
    // Reading standard input blocks a thread that nobody need wait for.
    runtime.shutdown_background();
    served
}

async fn serve(settings: &Settings, started: Started) -> Result<(), StartError> {
    let stop = Stop::listen(started.until_stdin_ends)?;
    let listeners = bind(settings.listen, settings.or_any_port).await?;
    let port = listeners.first().map_or(Ok(0), |listener| listener.local_addr().map(|address| address.port()))?;
    let app = Arc::new(App::open(settings, port)?);
    // Quotes are there from the first request on.
    app.store.run_now(|tx| exchange::tick(tx, app.seed, app.clock.now()))?;
    announce(started.json, &app.public_url);
    let (ending, ended) = watch::channel(false);
    let mut servers = tokio::task::JoinSet::new();
    for listener in listeners {
        let (router, mut ended) = (web::router(Arc::clone(&app)), ended.clone());
        servers.spawn(async move {
            let over = async move {
                let _ = ended.wait_for(|over| *over).await;
            };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(over).await {
                tracing::error!(%error, "a listener failed");
            }
        });
    }
    let ticking = tokio::spawn(tick(Arc::clone(&app)));
    let posting = tokio::spawn(posting::run(Arc::clone(&app)));
    if let Err(error) = web::cards::resume(&app).await {
        tracing::error!(%error, "payments that were held are not asked about");
    }
    if let Err(error) = web::elsewhere::resume(&app).await {
        tracing::error!(%error, "withdrawals that are confirmed elsewhere are not asked about");
    }
    stop.told().await;
    ticking.abort();
    posting.abort();
    let _ = ending.send(true);
    let finished = async { while servers.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
    Ok(())
}

async fn tick(app: Arc<App>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let (seed, now) = (app.seed, app.clock.now());
        let ticked = app.store.run(move |tx| exchange::tick(tx, seed, now)).await;
        if let Err(error) = ticked.map_err(|error: StoreError| error) {
            tracing::error!(%error, "prices did not move");
        }
    }
}

/// Listens. A port that is taken is found out by taking it: whoever looks first and listens later may come too late.
async fn bind(address: SocketAddr, or_any_port: bool) -> io::Result<Vec<TcpListener>> {
    match bind_at(address).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && or_any_port => {
            bind_at(SocketAddr::new(address.ip(), 0)).await
        }
        bound => bound,
    }
}

/// Loopback of both families on one port, or the one address. A machine without IPv6 goes without.
async fn bind_at(address: SocketAddr) -> io::Result<Vec<TcpListener>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"));
    if address.ip() != Ipv4Addr::LOCALHOST {
        return Ok(vec![TcpListener::bind(address).await.map_err(named)?]);
    }
    // With port 0 the first family picks, and the other may find that port taken: then another is picked.
    for _ in 0..16 {
        let v4 = TcpListener::bind(address).await.map_err(named)?;
        let picked = v4.local_addr()?.port();
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, picked))).await {
            Ok(v6) => return Ok(vec![v4, v6]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && address.port() == 0 => {}
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(named(error)),
            Err(_) => return Ok(vec![v4]),
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port was free on both 127.0.0.1 and ::1"))
}

/// Says that it is ready. A reader that has gone away does not stop it.
fn announce(json: bool, url: &str) {
    let text = if json { serde_json::json!({ "url": url }).to_string() } else { format!("The brokerage is at {url}/") };
    let mut out = io::stdout();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// The orders to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
    stdin: bool,
}

impl Stop {
    fn listen(stdin: bool) -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())?, stdin })
    }

    async fn told(mut self) {
        let with_parent = async {
            if !self.stdin {
                std::future::pending::<()>().await;
            }
            let (mut stdin, mut octets) = (tokio::io::stdin(), [0; 64]);
            while matches!(stdin.read(&mut octets).await, Ok(read) if read > 0) {}
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = with_parent => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[tokio::test]
    async fn a_port_that_is_taken_by_the_time_is_not_the_end() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = bind(address, false).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        let listeners = bind(address, true).await.unwrap();
        let ports: Vec<_> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        assert!(
            ports.iter().all(|port| *port != address.port() && *port == ports.first().copied().unwrap()),
            "{ports:?}"
        );
    }
}
