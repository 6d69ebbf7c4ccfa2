//! Signals between nodes: `NOTIFY` and `LISTEN`, on two connections of their own and never in a unit's transaction.
//!
//! A commit that notifies takes a lock of the whole database server until it is durable, so that no two such commits
//! share a write to the disk. Topics are therefore handed over after the commit, gathered, and sent at most
//! [`PAUSE`]-spaced without waiting for the disk. Whoever missed one (a lost connection) looks by itself a little later.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, NoTls, Socket};

use super::address::Address;
use super::failure::words;
use crate::signal::{Hub, Topic};

const CHANNEL: &str = "countersign";
/// Between two messages: at most two hundred a second.
const PAUSE: Duration = Duration::from_millis(5);
/// Topics of one message, whose text must stay under 8000 octets (PostgreSQL manual, NOTIFY).
const PER_MESSAGE: usize = 240;
/// More than this are not remembered while the database is away: then everybody is woken.
const REMEMBERED: usize = 10_000;
/// The message that wakes everybody.
const EVERYBODY: &str = "*";
/// Between two attempts to connect: the first pause and the longest.
const RECONNECT: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Where committed units leave the topics for other nodes.
#[derive(Clone)]
pub(super) struct Outbound(mpsc::UnboundedSender<Vec<Topic>>);

impl Outbound {
    pub(super) fn send(&self, topics: Vec<Topic>) {
        // Nobody takes them any more only while the store is being dropped.
        drop(self.0.send(topics));
    }
}

/// The thread's work: notifies until every [`Outbound`] is gone, and listens until then.
pub(super) struct Signals {
    address: Arc<Address>,
    hub: Arc<Hub>,
    inbound: mpsc::UnboundedReceiver<Vec<Topic>>,
}

impl Signals {
    pub(super) fn new(address: Arc<Address>, hub: Arc<Hub>) -> (Self, Outbound) {
        let (outbound, inbound) = mpsc::unbounded_channel();
        (Self { address, hub, inbound }, Outbound(outbound))
    }

    pub(super) fn run(self) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(%error, "no signals from other nodes: whoever waits has to look");
                return;
            }
        };
        runtime.block_on(async {
            // The backend of our notifier, whose messages are about what this node knows already.
            let own = Arc::new(AtomicI32::new(0));
            let listener = Listener { address: Arc::clone(&self.address), hub: self.hub, own: Arc::clone(&own) };
            let (stop, stopped) = oneshot::channel::<()>();
            let listening = tokio::spawn(async move {
                tokio::select! {
                    () = listener.listen() => {}
                    _ = stopped => {}
                }
            });
            Notifier { address: self.address, own, pending: Pending::default(), client: None }.run(self.inbound).await;
            drop(stop);
            drop(listening.await);
        });
    }
}

/// Opens a connection; gives it with the future that must be polled for it to live.
async fn connect<T>(
    config: &tokio_postgres::Config,
    tls: T,
    mut heard: impl FnMut(tokio_postgres::Notification) + Send + 'static,
) -> Result<(Client, tokio::task::JoinHandle<()>), tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = config.connect(tls).await?;
    let driving = tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message {
                heard(notification);
            }
        }
    });
    client.batch_execute("SET synchronous_commit = off; SET client_min_messages = warning").await?;
    Ok((client, driving))
}

async fn open(
    address: &Address,
    heard: impl FnMut(tokio_postgres::Notification) + Send + 'static,
) -> Result<(Client, tokio::task::JoinHandle<()>), tokio_postgres::Error> {
    match address.parts() {
        (config, Some(tls)) => connect(config, tls.clone(), heard).await,
        (config, None) => connect(config, NoTls, heard).await,
    }
}

struct Listener {
    address: Arc<Address>,
    hub: Arc<Hub>,
    own: Arc<AtomicI32>,
}

impl Listener {
    async fn listen(self) {
        let mut delay = RECONNECT.0;
        loop {
            match self.session().await {
                Ok(()) => delay = RECONNECT.0,
                Err(error) => {
                    tracing::warn!(error = words(&error), "no signals from other nodes for a moment");
                    delay = (delay * 2).min(RECONNECT.1);
                }
            }
            sleep(delay).await;
        }
    }

    /// Listens until the connection ends.
    async fn session(&self) -> Result<(), tokio_postgres::Error> {
        let (hub, own) = (Arc::clone(&self.hub), Arc::clone(&self.own));
        let heard = move |notification: tokio_postgres::Notification| {
            if notification.process_id() != own.load(Ordering::Relaxed) {
                hear(&hub, notification.payload());
            }
        };
        let (client, driving) = open(&self.address, heard).await?;
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        // Nobody listened until now.
        self.hub.wake_all();
        drop(driving.await);
        Ok(())
    }
}

fn hear(hub: &Hub, payload: &str) {
    if payload == EVERYBODY {
        return hub.wake_all();
    }
    let topics: Option<Vec<Topic>> = payload.as_bytes().chunks(32).map(topic).collect();
    match topics {
        Some(topics) => hub.wake(&topics),
        // Of another version of this program, or of somebody else.
        None => hub.wake_all(),
    }
}

fn topic(digits: &[u8]) -> Option<Topic> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 32)?;
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

/// Topics that other nodes were not told yet.
#[derive(Default)]
struct Pending {
    topics: BTreeSet<Topic>,
    everybody: bool,
}

impl Pending {
    fn add(&mut self, topics: Vec<Topic>) {
        self.topics.extend(topics);
        if self.topics.len() > REMEMBERED {
            self.topics.clear();
            self.everybody = true;
        }
    }

    fn is_empty(&self) -> bool {
        self.topics.is_empty() && !self.everybody
    }

    /// The next message, and how many topics it tells of.
    fn message(&self) -> (String, usize) {
        if self.everybody {
            return (EVERYBODY.to_owned(), self.topics.len());
        }
        let told = self.topics.iter().take(PER_MESSAGE);
        let text = told.map(|topic| format!("{:032x}", u128::from_be_bytes(*topic))).collect();
        (text, self.topics.len().min(PER_MESSAGE))
    }

    fn told(&mut self, count: usize) {
        self.everybody = false;
        for _ in 0..count {
            self.topics.pop_first();
        }
    }
}

struct Notifier {
    address: Arc<Address>,
    own: Arc<AtomicI32>,
    pending: Pending,
    client: Option<Client>,
}

impl Notifier {
    async fn run(mut self, mut inbound: mpsc::UnboundedReceiver<Vec<Topic>>) {
        let mut delay = RECONNECT.0;
        while let Some(topics) = inbound.recv().await {
            self.pending.add(topics);
            while !self.pending.is_empty() {
                while let Ok(topics) = inbound.try_recv() {
                    self.pending.add(topics);
                }
                match self.tell().await {
                    Ok(()) => {
                        delay = RECONNECT.0;
                        sleep(PAUSE).await;
                    }
                    // The store is being dropped: the others will look by themselves.
                    Err(_) if inbound.is_closed() => return,
                    Err(error) => {
                        tracing::warn!(error = words(&error), "no signals to other nodes for a moment");
                        self.client = None;
                        delay = (delay * 2).min(RECONNECT.1);
                        sleep(delay).await;
                    }
                }
            }
        }
    }

    /// Sends one message.
    async fn tell(&mut self) -> Result<(), tokio_postgres::Error> {
        let (message, count) = self.pending.message();
        let client = match self.client.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => self.connect().await?,
        };
        let told = client.execute("SELECT pg_notify($1, $2)", &[&CHANNEL, &message]).await;
        self.client = Some(client);
        told?;
        self.pending.told(count);
        Ok(())
    }

    async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, _) = open(&self.address, |_| {}).await?;
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await?;
        self.own.store(row.try_get(0)?, Ordering::Relaxed);
        Ok(client)
    }
}
