//! Listening and answering until told to stop.

mod connections;
mod stalling;

use self::connections::{Limits, Places};
use crate::{app::App, jobs};
use axum::Router;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// How long open connections may finish after the order to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Open files that every system allows.
const FEWEST_FILES: u64 = 1024;
/// Lets another filter decide what is logged; a filter that cannot be read changes nothing.
pub type Refilter = Box<dyn Fn(&str) + Send>;

/// Starts logging to standard error. Called once, by the program.
pub fn log(filter: &str, json: bool) -> Refilter {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| "info".into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    let (started, refilter) = if json {
        let builder = builder.json().flatten_event(true).with_filter_reloading();
        let filters = builder.reload_handle();
        (builder.try_init(), refilter(move |filter| filters.reload(filter)))
    } else {
        let builder = builder.with_filter_reloading();
        let filters = builder.reload_handle();
        (builder.try_init(), refilter(move |filter| filters.reload(filter)))
    };
    debug_assert!(started.is_ok(), "logging was started twice");
    refilter
}

fn refilter<E>(reload: impl Fn(EnvFilter) -> Result<(), E> + Send + 'static) -> Refilter {
    Box::new(move |filter| drop(EnvFilter::try_new(filter).map(&reload)))
}

/// Binds every address.
pub async fn bind(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let bound = TcpListener::bind(address).await;
        let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"));
        listeners.push(bound.map_err(named)?);
    }
    Ok(listeners)
}

/// What is done at SIGHUP.
pub type Reload = Box<dyn Fn() + Send>;

/// What this program does at signals: it stops at SIGTERM and SIGINT. They are kept from the moment this is made: make
/// it before anybody is told that the program is ready.
pub struct Orders {
    terminate: Signal,
    interrupt: Signal,
    hangup: Option<(Signal, Reload)>,
}

impl Orders {
    /// Begins to listen. Called within the runtime.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt, hangup: None })
    }

    /// Reloads at SIGHUP, from now on. Without this it ends the program, as it does when its terminal is closed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn and_reload(self, reload: Reload) -> io::Result<Self> {
        Ok(Self { hangup: Some((signal(SignalKind::hangup())?, reload)), ..self })
    }

    /// Waits for the order to stop, and follows those to reload.
    async fn stop(&mut self) {
        loop {
            let hangup = async {
                match &mut self.hangup {
                    Some((signal, reload)) => {
                        signal.recv().await;
                        reload
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                reload = hangup => tokio::task::block_in_place(reload),
            }
        }
    }
}

/// Serves until it is told to stop, then lets open requests finish.
pub async fn serve(
    app: Arc<App>,
    listeners: Vec<TcpListener>,
    router: impl FnOnce(Arc<App>) -> Router,
    mut orders: Orders,
) {
    for listener in &listeners {
        if let Ok(address) = listener.local_addr() {
            tracing::info!(%address, issuer = app.settings.issuer, version = env!("CARGO_PKG_VERSION"), "listening");
        }
    }
    let (stop, stopped) = watch::channel(false);
    let router = router(Arc::clone(&app));
    let clock = app.clock.clone();
    let places = Places::new(limits(&app), move || clock.now());
    let mut servers = tokio::task::JoinSet::new();
    for listener in listeners {
        servers.spawn(Arc::clone(&places).accept(listener, router.clone(), stopped.clone()));
    }
    let jobs = jobs::start(&app);
    orders.stop().await;
    tracing::info!("stopping");
    let _ = stop.send(true);
    let finished = async {
        while servers.join_next().await.is_some() {}
        places.empty().await;
    };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
    drop(jobs);
}

/// What connections are held to: what was configured, as far as the system allows it.
fn limits(app: &App) -> Limits {
    let http = &app.settings.connections;
    let files = connections::raise_file_limit().unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files could not be raised");
        FEWEST_FILES
    });
    let open = connections::most_open(http.open, files);
    tracing::info!(connections = open, files, "connections that may be open at once");
    Limits { open, head: http.head, stall: http.stall }
}
