//! Connections, bounded in number and in time. Those above the number are answered too, with 503: who is turned away is
//! told so, and whoever watches over the process learns that it lives.

use super::stalling::Stalling;
use crate::{
    http::{
        health,
        problem::{ApiProblem, Slug},
    },
    seldom::Seldom,
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse as _, Response},
};
use domain::Timestamp;
use hyper::{Request, body::Incoming, server::conn::http1, service::Service as _, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::AbortHandle,
    time::{sleep, timeout},
};

/// Octets of a request's head, and of what is read at once: more than any browser sends, and bounded for each connection.
const HEAD: usize = 32 * 1024;
/// Connections above the number that are answered at once; the oldest makes room.
const TURNED_AWAY: usize = 64;
/// How long one of those may take.
const TURNED_AWAY_PATIENCE: Duration = Duration::from_secs(5);
/// Files that are kept for everything else: the database, what is sent to others, logs.
const OTHER_FILES: u64 = 256;
/// How often the log says that there are too many.
const TOLD_EVERY: Duration = Duration::from_secs(60);
/// How long nothing is accepted after the system gave no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// What connections are held to.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many may be open.
    pub open: usize,
    /// How long a head may take, and the wait for the next request.
    pub head: Duration,
    /// How long one may stand still within a request or an answer.
    pub stall: Duration,
}

/// Lets this process open as many files as the system allows it, and says how many that are.
pub fn raise_file_limit() -> io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

/// How many connections may be open where so many are wished for and so many files may be.
pub fn most_open(wished: u32, files: u64) -> usize {
    let turned_away = u64::try_from(TURNED_AWAY).unwrap_or(u64::MAX);
    let spared = OTHER_FILES.saturating_add(turned_away).min(files / 2);
    usize::try_from(files.saturating_sub(spared).clamp(1, u64::from(wished).max(1))).unwrap_or(usize::MAX)
}

/// The places of connections.
pub(super) struct Places {
    limits: Limits,
    free: Arc<Semaphore>,
    turned_away: Mutex<VecDeque<AbortHandle>>,
    told: Seldom,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Places {
    pub(super) fn new(limits: Limits, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            limits,
            free: Arc::new(Semaphore::new(limits.open)),
            turned_away: Mutex::default(),
            told: Seldom::default(),
            now: Box::new(now),
        })
    }

    /// Accepts connections until told to stop.
    pub(super) async fn accept(
        self: Arc<Self>,
        listener: TcpListener,
        router: Router,
        mut stopped: watch::Receiver<bool>,
    ) {
        loop {
            let stop = stopped.clone();
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = told(&mut stopped) => return,
            };
            match accepted {
                Ok((stream, peer)) => self.welcome(stream, peer, &router, stop),
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be accepted");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Comes back when every connection has ended.
    pub(super) async fn empty(&self) {
        let all = u32::try_from(self.limits.open).unwrap_or(u32::MAX);
        let _ = self.free.acquire_many(all).await;
    }

    fn welcome(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, router: &Router, stopped: watch::Receiver<bool>) {
        // Small answers go out at once.
        let _ = stream.set_nodelay(true);
        match Arc::clone(&self.free).try_acquire_owned() {
            Ok(place) => {
                tokio::spawn(converse(stream, peer, router.clone(), self.limits, place, stopped));
            }
            Err(_) => self.turn_away(stream),
        }
    }

    fn turn_away(&self, stream: TcpStream) {
        if self.told.may_be_said((self.now)(), TOLD_EVERY) {
            let open = self.limits.open;
            tracing::warn!(open, "as many connections are open as may be; others are answered 503");
        }
        let answered = async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(TURNED_AWAY_PATIENCE);
            http.max_buf_size(HEAD).keep_alive(false);
            let _ =
                timeout(TURNED_AWAY_PATIENCE, http.serve_connection(TokioIo::new(stream), service_fn(no_room))).await;
        };
        let task = tokio::spawn(answered).abort_handle();
        let mut turned_away = self.turned_away.lock().unwrap_or_else(PoisonError::into_inner);
        turned_away.push_back(task);
        if turned_away.len() > TURNED_AWAY
            && let Some(oldest) = turned_away.pop_front()
        {
            oldest.abort();
        }
    }
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    place: OwnedSemaphorePermit,
    mut stopped: watch::Receiver<bool>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(HEAD);
    let stream = TokioIo::new(Stalling::new(stream, limits.stall));
    let mut connection = pin!(http.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
    drop(place);
}

/// Comes back when there is the order to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// What those above the number are answered: that the process lives, or that there is no room.
async fn no_room(request: Request<Incoming>) -> Result<Response, Infallible> {
    Ok(match request.uri().path() {
        "/healthz" => health::ALIVE.into_response(),
        _ => {
            let detail = Some("as many connections are open as may be".to_owned());
            ApiProblem { detail, wait: Some(TURNED_AWAY_PATIENCE), ..ApiProblem::from(Slug::Busy) }.into_response()
        }
    })
}

/// Whether an error is about the one connection that was to be accepted.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::most_open;

    #[test]
    fn no_more_than_files_allow_and_some_are_left() {
        for (wished, files, open) in [
            (20_000, 1_048_576, 20_000),
            (20_000, u64::MAX, 20_000),
            (20_000, 1024, 704),
            (500, 1024, 500),
            (20_000, 256, 128),
            (20_000, 0, 1),
        ] {
            assert_eq!(most_open(wished, files), open, "{wished} of {files}");
        }
    }
}
