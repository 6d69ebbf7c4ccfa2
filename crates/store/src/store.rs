//! [`Store`]: the handle through which everyone reaches the database.

use std::fmt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::driver::Driver;
use crate::migrate::{self, Fit, LEDGER, Migration};
use crate::signal::{Hub, Watch};
use crate::unit::{Counts, Guarded, Job};
use crate::{Ask, Error, Sql, Stmt};
use domain::id::UserId;

/// How a store is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `sqlite:<path>`, also written `sqlite://<path>`; or `postgres://user:password@host:port/database`, also written
    /// `postgresql://…`, with libpq's parameters: without `sslmode`, TLS is required except to this machine.
    pub url: String,
    /// PostgreSQL: connections, and so units that run at once. Two more carry the signals, and two the units that
    /// decide first ([`Store::unit`]).
    pub connections: usize,
    /// SQLite: connections that only read.
    pub readers: usize,
    /// SQLite: whether readers decide the units that decide first ([`Store::unit`]), so that the one writer has only to
    /// write. It takes more processor time in all, and is worth it where there are more than two processors; else the
    /// writer runs them as any other.
    pub deciders: bool,
    /// How long a lock of another process is waited for before [`Error::Busy`], and a connection; a unit as a whole
    /// waits twice as long for a database that does not answer ([`Error::Away`]).
    pub patience: Duration,
    /// Runs every write unit twice, undoing the first run. For tests: it shows that units may run again.
    pub rehearse: bool,
}

impl Options {
    /// The database at `url`, with sixteen connections or two readers, and five seconds of patience. Readers decide where
    /// there are more than two processors.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let deciders = thread::available_parallelism().is_ok_and(|processors| processors.get() > 2);
        let patience = Duration::from_secs(5);
        Self { url: url.into(), connections: 16, readers: 2, deciders, patience, rehearse: false }
    }
}

/// The address of a database as it may be shown and logged: without a password.
#[must_use]
pub fn shown(url: &str) -> String {
    crate::driver::shown(url)
}

/// What is known of a unit of work before it runs.
#[derive(Clone, Debug, Default)]
pub struct UnitSpec {
    /// The user it is about; without one it runs as by [`Store::write`].
    pub user: Option<UserId>,
    /// What it will read, in any order. What is missing here costs a further round trip (and is counted); what is here
    /// and not read costs its fetching.
    pub asks: Vec<Ask>,
}

impl UnitSpec {
    /// A unit about a user that will read these.
    #[must_use]
    pub fn about(user: UserId, asks: Vec<Ask>) -> Self {
        Self { user: Some(user), asks }
    }
}

/// A table of the database, in the words of the migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in the order of the migration.
    pub columns: Vec<Column>,
}

impl Table {
    /// The columns of the primary key in the key's order.
    #[must_use]
    pub fn primary_key(&self) -> Vec<&str> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key.is_some()).collect();
        key.sort_unstable_by_key(|column| column.key);
        key.into_iter().map(|column| column.name.as_str()).collect()
    }
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `BIGINT`, `TEXT` or `BYTEA`.
    pub kind: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its place in the primary key, counted from 1.
    pub key: Option<usize>,
}

/// A database, open. Cheap to clone; dropping the last clone finishes what was queued.
#[derive(Clone)]
pub struct Store {
    driver: Arc<Driver>,
    hub: Arc<Hub>,
    patience: Duration,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("units", &self.units()).finish()
    }
}

impl Store {
    /// Opens the database and starts its threads. It applies no migration: see [`Store::migrate`].
    pub fn open(options: &Options) -> Result<Self, Error> {
        let hub = Hub::new();
        Ok(Self { driver: Arc::new(Driver::open(options, &hub)?), hub, patience: options.patience })
    }

    /// Runs `work` as one unit: all of it is kept, or nothing.
    ///
    /// `Ok` comes back only when the unit is durable; `Err` undoes it. The closure may run more than once, each time
    /// on a state without its earlier runs, and must therefore do nothing but compute and use `sql`. It must be quick,
    /// since other units wait for it: no password hashing, signing or I/O inside. A caller who stops waiting does not
    /// stop the unit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Job::new(work);
        self.in_time(async {
            self.driver.write(Box::new(job)).await?;
            answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
        })
        .await
    }

    /// Runs `work` as one unit like [`Store::write`], but lets it *decide* before anything is written: what it reads is
    /// fetched in one round trip, as far as `spec` says it beforehand, and what it writes is sent in one more, behind a
    /// compare-and-set on the version of its user. Many users' units share a commit.
    ///
    /// `Ok` and `Err` mean the same as there, and so does running again. All reads of a run are of one moment of the
    /// database as far as they are about the user. A unit that does what cannot be decided beforehand (it looks at what
    /// it has just written, takes a row of a write, meets another user's rows) is run once more as by [`Store::write`]:
    /// always right, and as slow. [`Counts`] tells how often.
    ///
    /// Whatever goes into the arguments of a read (the time above all) must be the same at each run: take it outside of the
    /// closure.
    ///
    /// ```no_run
    /// # async fn example(store: &store::Store, now: domain::Timestamp) -> Result<(), store::Error> {
    /// # let (id, digest) = (domain::id::UserId::from([0; 16]), [0; 32]);
    /// use store::{Error, UnitSpec, confirmation, device, user};
    ///
    /// let asks = vec![confirmation::ask_by_handle(id, digest), user::ask_by_id(id), device::ask_of_user(id)];
    /// let step = store.unit(UnitSpec::about(id, asks), move |sql| {
    ///     let Some(stored) = confirmation::by_handle(sql, id, digest)? else { return Ok::<_, Error>(false) };
    ///     let devices = device::of_user(sql, id)?;
    ///     // … the core decides …
    ///     confirmation::save(sql, stored.version, &stored.confirmation)
    /// });
    /// assert!(step.await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn unit<T, E, F>(&self, spec: UnitSpec, work: F) -> Result<T, E>
    where
        F: Fn(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let Some(user) = spec.user else { return self.write(work).await };
        let (job, answer) = Job::new(work);
        self.in_time(async {
            self.driver.guarded(Guarded::new(Box::new(job), user.octets(), spec.asks)).await?;
            answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
        })
        .await
    }

    /// Runs `work` on one unchanging moment of the database, which has everything acknowledged before the call.
    /// Statements that write are refused.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Job::new(work);
        self.in_time(async {
            self.driver.read(Box::new(job)).await?;
            answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
        })
        .await
    }

    /// Waits for a unit no longer than for a database that hangs: twice the patience, for its place in the queue and for
    /// itself. Command line tools, which have no runtime and nobody else to serve, wait as long as it takes.
    async fn in_time<T, E: From<Error>>(&self, unit: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        if Handle::try_current().is_err() {
            return unit.await;
        }
        let silent = || Err(Error::Away { message: "it does not answer".to_owned() }.into());
        tokio::time::timeout(self.patience * 2, unit).await.unwrap_or_else(|_| silent())
    }

    /// [`Store::write`] for command line tools: blocks the thread, so never call it on one that serves others.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        wait(self.write(work))
    }

    /// [`Store::read`] for command line tools: blocks the thread.
    pub fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        wait(self.read(work))
    }

    /// Waits from now on for units that [`Sql::wake`] `topic`, such as the id of a confirmation or of a user. To miss
    /// nothing, make the watch first and read the table then.
    ///
    /// Signals of other processes come within a poll interval at the latest; see [`Watch::changed`].
    #[must_use]
    pub fn watch(&self, topic: [u8; 16]) -> Watch {
        self.hub.watch(topic, self.driver.poll())
    }

    /// Applies what is missing of `list` (usually [`crate::MIGRATIONS`]), each in a transaction of its own, and gives
    /// the names. `now`: microseconds since 1970. Safe to run on several nodes at once. Blocks.
    pub fn migrate(&self, list: &[Migration], now: i64) -> Result<Vec<&'static str>, Error> {
        let mut applied = Vec::new();
        loop {
            let mut step = None;
            self.driver.schema_change(&mut |schema| {
                step = migrate::step(schema, list, now)?;
                Ok(())
            })?;
            match step {
                Some(name) => applied.push(name),
                None => return Ok(applied),
            }
        }
    }

    /// The names of those of `list` that are not applied yet: a program is ready when there are none. Refuses a
    /// database that is too new for the list, or whose applied migrations read differently.
    pub fn pending(&self, list: &'static [Migration]) -> Result<Vec<&'static str>, Error> {
        self.fit(list).map(|fit| fit.pending)
    }

    /// What is not applied yet of `list`, and what is applied beyond it. Refuses as [`Store::pending`]. Blocks.
    pub fn fit(&self, list: &'static [Migration]) -> Result<Fit, Error> {
        let (pending, newer) =
            if self.is_empty()? { (list, Vec::new()) } else { self.read_blocking(|sql| migrate::look(sql, list))? };
        Ok(Fit { pending: pending.iter().map(|migration| migration.name).collect(), newer })
    }

    /// Whether nothing was ever applied to the database. Blocks.
    pub fn is_empty(&self) -> Result<bool, Error> {
        Ok(!self.tables()?.iter().any(|table| table.name == LEDGER.name))
    }

    /// The database's own time, in microseconds since 1970, where it may run on another machine. Blocks.
    pub fn clock(&self) -> Result<Option<i64>, Error> {
        self.driver.clock()
    }

    /// Whether migrations could be applied: makes a table in a transaction that is undone. Blocks.
    pub fn may_change_schema(&self) -> Result<(), Error> {
        const PROBE: &str = "CREATE TABLE countersign_probe (id BIGINT PRIMARY KEY);";
        let mut made = false;
        let undone = self.driver.schema_change(&mut |schema| {
            schema.script("probe", PROBE)?;
            made = true;
            // Nothing else can end it so; what it did is undone with it.
            Err(Error::Closed)
        });
        if made { Ok(()) } else { undone }
    }

    /// Copies the database, as it is at one moment, to a file that must not exist, readable by its owner only. For
    /// SQLite: PostgreSQL has programs of its own for that. Blocks.
    pub fn copy_to(&self, path: &Path) -> Result<(), Error> {
        self.driver.copy_to(path)
    }

    /// Every table there is, sorted by name. Blocks.
    pub fn tables(&self) -> Result<Vec<Table>, Error> {
        self.driver.tables()
    }

    /// Asks the database whether it understands every statement of the registry; the error names the first it does
    /// not. Blocks.
    pub fn prepare_all(&self) -> Result<usize, Error> {
        let statements: Vec<Stmt> = crate::statements().collect();
        self.prepare(&statements)?;
        Ok(statements.len())
    }

    pub(crate) fn prepare(&self, statements: &[Stmt]) -> Result<(), Error> {
        self.driver.prepare(statements)
    }

    /// How much work was done since the store was opened. Two requests that answer alike should also work alike.
    #[must_use]
    pub fn units(&self) -> Counts {
        self.driver.counts()
    }

    /// As [`watch`](Self::watch), by signals alone: whoever waits never looks by itself.
    #[cfg(test)]
    pub(crate) fn watch_signals(&self, topic: [u8; 16]) -> Watch {
        self.hub.watch(topic, Duration::from_secs(86_400))
    }

    /// How often everybody was woken, for what may have been missed.
    #[cfg(test)]
    pub(crate) fn alarms(&self) -> tokio::sync::watch::Receiver<usize> {
        self.hub.alarms()
    }

    /// Topics that somebody waits for.
    #[cfg(test)]
    pub(crate) fn watched(&self) -> usize {
        self.hub.topics()
    }
}

/// Runs a future on this thread, which sleeps while it waits. Needs no runtime, and may be called inside of one.
fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}
