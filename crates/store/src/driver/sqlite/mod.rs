//! SQLite: one writer thread that makes many units durable by one commit, and a few readers beside it (WAL).

mod dialect;
mod reader;
mod session;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::mpsc;

use self::reader::{Reader, Task};
use self::session::{Session, failure};
use self::writer::{Entry, Writer};
use super::{join, spawn};
use crate::migrate::Schema;
use crate::signal::Hub;
use crate::unit::{Counters, Counts, Guarded, Unit};
use crate::{Column, Error, Options, Stmt, Table};

/// Units that may wait before callers do.
const QUEUE: usize = 1024;
/// Distinct statements a connection keeps prepared; more than the registry will hold.
const PREPARED: usize = 1024;
/// Signals do not leave the process; a command line tool beside the server is noticed by looking.
pub(super) const POLL: Duration = Duration::from_secs(5);

/// The columns of every table, with their place in the primary key counted from 1 (0: not in it).
const COLUMNS: &str = "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk
    FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY t.name, c.cid";

/// Where units wait: for the writer, and for the readers.
struct Queues {
    write: mpsc::Sender<Entry>,
    read: mpsc::Sender<Task>,
}

pub(crate) struct Sqlite {
    path: PathBuf,
    patience: Duration,
    /// Whether readers decide.
    deciders: bool,
    counters: Arc<Counters>,
    /// `None` only while dropping, which is how the threads learn that no more will come.
    queues: Option<Queues>,
    threads: Vec<JoinHandle<()>>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, options: &Options, hub: &Arc<Hub>) -> Result<Self, Error> {
        create_private(path)?;
        let counters = Arc::new(Counters::default());
        let (write, units) = mpsc::channel(QUEUE);
        let writer = Writer {
            connection: connect(path, options.patience)?,
            queue: units,
            counters: Arc::clone(&counters),
            hub: Arc::clone(hub),
            rehearse: options.rehearse,
        };
        let (read, units) = mpsc::channel(QUEUE);
        let units = Arc::new(Mutex::new(units));
        let mut threads = vec![spawn("store-writer", move || writer.run())?];
        for _ in 0..options.readers.max(1) {
            let reader = Reader {
                connection: connect(path, options.patience)?,
                queue: Arc::clone(&units),
                writer: write.clone(),
                counters: Arc::clone(&counters),
                hub: Arc::clone(hub),
                rehearse: options.rehearse,
            };
            control(&reader.connection, "PRAGMA query_only = ON").map_err(|error| failure("open", error))?;
            threads.push(spawn("store-reader", move || reader.run())?);
        }
        let queues = Some(Queues { write, read });
        let (path, patience, deciders) = (path.to_owned(), options.patience, options.deciders);
        Ok(Self { path, patience, deciders, counters, queues, threads })
    }

    pub(super) async fn write(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        let entry = Entry { unit, decision: None };
        self.queues()?.write.send(entry).await.map_err(|_| Error::Closed)
    }

    pub(super) async fn guarded(&self, unit: Guarded) -> Result<(), Error> {
        if !self.deciders {
            Counters::add(&self.counters.guarded);
            return self.write(unit.unit).await;
        }
        self.queues()?.read.send(Task::Decide(unit)).await.map_err(|_| Error::Closed)
    }

    pub(super) async fn read(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        self.queues()?.read.send(Task::Read(unit)).await.map_err(|_| Error::Closed)
    }

    fn queues(&self) -> Result<&Queues, Error> {
        self.queues.as_ref().ok_or(Error::Closed)
    }

    pub(super) fn schema_change(
        &self,
        change: &mut (dyn FnMut(&mut dyn Schema) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        let connection = connect(&self.path, self.patience)?;
        control(&connection, "BEGIN IMMEDIATE").map_err(|error| failure("begin", error))?;
        let mut session = Session::new(&connection, &self.counters);
        let result = change(&mut session).and_then(|()| session.intact());
        if result.is_ok() {
            return control(&connection, "COMMIT").map_err(|error| Error::Commit { message: error.to_string() });
        }
        // The connection ends here, and with it whatever the transaction did.
        result
    }

    /// One consistent moment, while others write.
    pub(super) fn copy_to(&self, path: &Path) -> Result<(), Error> {
        let named =
            |message: String| Error::Other { statement: "copy", message: format!("{}: {message}", path.display()) };
        private().create_new(true).open(path).map_err(|error| named(error.to_string()))?;
        let target = path.to_str().ok_or_else(|| named("the name is not UTF-8".to_owned()))?;
        let connection = connect(&self.path, self.patience)?;
        let copied = connection.execute("VACUUM INTO ?1", [target]);
        copied.map(drop).map_err(|error| named(error.to_string())).inspect_err(|_| drop(std::fs::remove_file(path)))
    }

    pub(super) fn tables(&self) -> Result<Vec<Table>, Error> {
        let connection = connect(&self.path, self.patience)?;
        let mut tables: Vec<Table> = Vec::new();
        let mut query = connection.prepare(COLUMNS).map_err(|error| failure("tables", error))?;
        let mut rows = query.raw_query();
        while let Some(row) = rows.next().map_err(|error| failure("tables", error))? {
            add_column(&mut tables, row).map_err(|error| failure("tables", error))?;
        }
        Ok(tables)
    }

    pub(super) fn prepare(&self, statements: &[Stmt]) -> Result<(), Error> {
        let connection = connect(&self.path, self.patience)?;
        statements.iter().try_for_each(|stmt| session::check(&connection, *stmt))
    }

    pub(super) fn counts(&self) -> Counts {
        self.counters.now()
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // Closing the queues lets the threads finish what is in them and stop.
        self.queues = None;
        join(&mut self.threads);
    }
}

fn add_column(tables: &mut Vec<Table>, row: &rusqlite::Row<'_>) -> rusqlite::Result<()> {
    let table: String = row.get(0)?;
    let kind: String = row.get(2)?;
    let key = usize::try_from(row.get::<_, i64>(4)?).ok().filter(|place| *place > 0);
    let nullable = row.get::<_, i64>(3)? == 0 && key.is_none();
    let column = Column { name: row.get(1)?, kind: dialect::shared_word(&kind).to_owned(), nullable, key };
    match tables.last_mut().filter(|last| last.name == table) {
        Some(last) => last.columns.push(column),
        None => tables.push(Table { name: table, columns: vec![column] }),
    }
    Ok(())
}

/// Makes the file before SQLite does, so that only its owner can read it; SQLite gives the files beside it the same mode.
fn create_private(path: &Path) -> Result<(), Error> {
    let opened = private().create(true).open(path);
    opened.map(drop).map_err(|error| Error::Other { statement: "open", message: error.to_string() })
}

/// How a file is opened that only its owner can read.
fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn connect(path: &Path, patience: Duration) -> Result<Connection, Error> {
    set_up(path, patience).map_err(|error| failure("open", error))
}

fn set_up(path: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(patience)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // A misspelt column in double quotes is an error, as in PostgreSQL, and not a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A plan does not depend on the values that are bound. Without this a statement whose parameter may be the term of
    // a partial index is prepared anew whenever the value changes: a third of the writer's time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let mode = keep_a_log(&connection, patience)?;
    if mode != "wal" {
        return Err(rusqlite::Error::InvalidPath(path.to_owned()));
    }
    // FULL: a commit that was acknowledged survives a power cut. secure_delete: what is deleted is overwritten.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;",
    )?;
    // A savepoint keeps each page it changes aside: in memory, since in a file (the default) that was three times as many
    // writes as the log itself. cache_size: KiB; the default of 2 MiB reads pages again.
    // wal_autocheckpoint: pages of log before they are copied into the database (16 MiB instead of 4).
    connection
        .execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096;")?;
    Ok(connection)
}

/// Between two tries to switch to the log.
const PAUSE: Duration = Duration::from_millis(20);

/// Switches to the write-ahead log. Several programs may open a new file at once, and SQLite does not wait for this by
/// itself, whatever its time-out.
#[expect(clippy::disallowed_methods, reason = "SQLite offers nothing to wait on here, and a server only begins")]
fn keep_a_log(connection: &Connection, patience: Duration) -> rusqlite::Result<String> {
    let switch = || connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
    for _ in 0..patience.as_millis() / PAUSE.as_millis() {
        match switch() {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                std::thread::sleep(PAUSE);
            }
            ended => return ended,
        }
    }
    switch()
}

/// Runs one of the driver's own statements (`BEGIN`, `SAVEPOINT`, …).
fn control(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

/// Ends a transaction that will not be committed, unless SQLite has ended it already.
fn abandon(connection: &Connection) {
    if connection.is_autocommit() {
        return;
    }
    if let Err(error) = control(connection, "ROLLBACK") {
        tracing::error!(%error, "rolling back failed");
    }
}
