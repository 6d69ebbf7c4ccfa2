//! Listening and answering until told to stop.

use crate::{app::App, jobs};
use axum::Router;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// How long open connections may finish after the order to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Starts logging to standard error. Called once, by the program.
pub fn log(filter: &str, json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_else(|_| "info".into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    let started = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    debug_assert!(started.is_ok(), "logging was started twice");
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

/// The orders to stop, SIGTERM and SIGINT. They are kept from the moment this is made: make it before anybody is told
/// that the program is ready.
#[derive(Debug)]
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Begins to listen. Called within the runtime.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until it is told to stop, then lets open requests finish.
pub async fn serve(
    app: Arc<App>,
    listeners: Vec<TcpListener>,
    router: impl FnOnce(Arc<App>) -> Router,
    mut stop_order: Stop,
) {
    let (stop, stopped) = watch::channel(false);
    let router = router(Arc::clone(&app));
    let mut servers = tokio::task::JoinSet::new();
    for listener in listeners {
        let service = router.clone().into_make_service_with_connect_info::<SocketAddr>();
        let mut stopped = stopped.clone();
        servers.spawn(async move {
            let ended = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(ended).await {
                tracing::error!(%error, "a listener failed");
            }
        });
    }
    let jobs = jobs::start(&app);
    stop_order.told().await;
    tracing::info!("stopping");
    let _ = stop.send(true);
    let finished = async { while servers.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
    drop(jobs);
}
