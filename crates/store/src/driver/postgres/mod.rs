//! PostgreSQL: a few threads with a connection each, SERIALIZABLE units that run again when they meet, lanes for those
//! that decide before they write, and signals between nodes.

mod address;
mod failure;
mod lane;
mod link;
mod pipe;
mod schema;
mod session;
mod signals;
mod value;
mod worker;

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc;

use self::address::Address;
use self::failure::failure;
use self::lane::Lane;
use self::link::{Link, lost};
use self::signals::Signals;
use self::worker::{Task, Worker};
use super::{join, spawn};
use crate::migrate::Schema;
use crate::signal::Hub;
use crate::unit::{Counters, Counts, Guarded, Unit};
use crate::{Error, Options, Stmt, Table};

pub(super) use self::address::{is_postgres, shown};

/// Units that may wait before callers do.
const QUEUE: usize = 1024;
/// One lane alone waits for the disk half of the time; four gain nothing over two on a small machine.
const LANES: usize = 2;
/// A notification may be lost with a connection; then this is how late whoever waits finds out.
pub(super) const POLL: Duration = Duration::from_secs(2);

pub(crate) struct Postgres {
    address: Arc<Address>,
    counters: Arc<Counters>,
    /// `None` only while dropping, which is how the threads learn that no more will come.
    queue: Option<mpsc::Sender<Task>>,
    /// Those of the lanes, likewise.
    lanes: Vec<mpsc::Sender<Guarded>>,
    /// Chooses the lane of a user: of one user's units no two meet.
    hasher: RandomState,
    lane_threads: Vec<JoinHandle<()>>,
    workers: Vec<JoinHandle<()>>,
    signals: Vec<JoinHandle<()>>,
}

impl Postgres {
    /// `None` when the address is one of another kind of database.
    pub(super) fn open(options: &Options, hub: &Arc<Hub>) -> Option<Result<Self, Error>> {
        Some(Address::parse(&options.url, options.patience)?.and_then(|address| Self::start(address, options, hub)))
    }

    fn start(address: Address, options: &Options, hub: &Arc<Hub>) -> Result<Self, Error> {
        let address = Arc::new(address);
        aside(|| {
            let mut client = address.connect().map_err(|error| failure("open", &error))?;
            address::check(&mut client)
        })?;
        let counters = Arc::new(Counters::default());
        let (queue, units) = mpsc::channel(QUEUE);
        let units = Arc::new(Mutex::new(units));
        let (signals, outbound) = Signals::new(Arc::clone(&address), Arc::clone(hub));
        let mut store = Self {
            address,
            counters,
            queue: Some(queue.clone()),
            lanes: Vec::new(),
            hasher: RandomState::new(),
            lane_threads: Vec::new(),
            workers: Vec::new(),
            signals: Vec::new(),
        };
        store.signals.push(spawn("store-signals", move || signals.run())?);
        for _ in 0..options.connections.max(1) {
            let worker = Worker {
                link: Link::new(Arc::clone(&store.address)),
                queue: Arc::clone(&units),
                counters: Arc::clone(&store.counters),
                hub: Arc::clone(hub),
                outbound: outbound.clone(),
                patience: options.patience,
                rehearse: options.rehearse,
            };
            store.workers.push(spawn("store-worker", move || worker.run())?);
        }
        for _ in 0..LANES {
            let (lane, units) = mpsc::channel(QUEUE);
            store.lanes.push(lane);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let lane = Lane {
                runtime: runtime.map_err(|error| Error::Other { statement: "open", message: error.to_string() })?,
                address: Arc::clone(&store.address),
                pipe: None,
                queue: units,
                waiting: VecDeque::new(),
                workers: queue.clone(),
                counters: Arc::clone(&store.counters),
                hub: Arc::clone(hub),
                outbound: outbound.clone(),
                rehearse: options.rehearse,
            };
            store.lane_threads.push(spawn("store-lane", move || lane.run())?);
        }
        Ok(store)
    }

    pub(super) async fn guarded(&self, unit: Guarded) -> Result<(), Error> {
        let lanes = self.lanes.len().max(1) as u64;
        let lane = usize::try_from(self.hasher.hash_one(unit.user) % lanes).unwrap_or(0);
        self.lanes.get(lane).ok_or(Error::Closed)?.send(unit).await.map_err(|_| Error::Closed)
    }

    pub(super) async fn write(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        self.send(Task::Write(unit)).await
    }

    pub(super) async fn read(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        self.send(Task::Read(unit)).await
    }

    async fn send(&self, task: Task) -> Result<(), Error> {
        self.queue.as_ref().ok_or(Error::Closed)?.send(task).await.map_err(|_| Error::Closed)
    }

    pub(super) fn schema_change(
        &self,
        change: &mut (dyn FnMut(&mut dyn Schema) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        self.with_connection(|link| schema::change(link, &self.counters, change))
    }

    pub(super) fn tables(&self) -> Result<Vec<Table>, Error> {
        self.with_connection(schema::tables)
    }

    pub(super) fn clock(&self) -> Result<i64, Error> {
        self.with_connection(schema::clock)
    }

    pub(super) fn prepare(&self, statements: &[Stmt]) -> Result<(), Error> {
        self.with_connection(|link| schema::prepare(link, statements))
    }

    pub(super) fn counts(&self) -> Counts {
        self.counters.now()
    }

    /// Uses a connection of its own, which ends with the call.
    fn with_connection<T: Send>(
        &self,
        work: impl FnOnce(&mut link::Open) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        aside(|| {
            let mut link = Link::new(Arc::clone(&self.address));
            work(link.open().map_err(|error| lost(&error))?)
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Closing the queues lets lanes and workers finish what is in them and stop, and the last of them ends the signals.
        self.lanes.clear();
        self.queue = None;
        // Not when this is one of them: the others wait for it to end.
        if join(&mut self.lane_threads) && join(&mut self.workers) {
            join(&mut self.signals);
        }
    }
}

/// Runs something on a thread of its own and waits: the client library must not meet the caller's async runtime.
fn aside<T: Send>(work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    thread::scope(|scope| scope.spawn(work).join().unwrap_or(Err(Error::Panicked)))
}
