//! The brokerage's own small database: one SQLite file.

pub mod answered;
pub mod card;
pub mod customer;
pub mod promise;
pub mod session;
pub mod withdrawal;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Each brings a database from one version to the next; an empty one has version 0.
const SCHEMAS: [&str; 3] = [include_str!("schema.sql"), include_str!("schema-2.sql"), include_str!("schema-3.sql")];

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store(Arc<Mutex<Connection>>);

/// Why work on the database failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says no.
    #[error("the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The work was broken off.
    #[error("the database's work was broken off")]
    Broken,
    /// The file is of another version of this program.
    #[error("the database is of another version of this program ({0})")]
    Version(i64),
}

impl Store {
    /// Opens the file, made anew where there is none.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::of(Connection::open(path)?)
    }

    /// A database that goes with the program, for tests.
    ///
    /// # Errors
    /// When SQLite says no.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::of(Connection::open_in_memory()?)
    }

    fn of(mut connection: Connection) -> Result<Self, StoreError> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // What a customer was told is done stays done when the machine loses its power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = tx.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?;
        let missing = usize::try_from(version).ok().and_then(|done| SCHEMAS.get(done..));
        for schema in missing.ok_or(StoreError::Version(version))? {
            tx.execute_batch(schema)?;
        }
        tx.pragma_update(None, "user_version", i64::try_from(SCHEMAS.len()).unwrap_or(i64::MAX))?;
        if version == 0 {
            crate::market::exchange::list(&tx)?;
            crate::sample::open_accounts(&tx)?;
        }
        tx.commit()?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs one transaction: all of it or, on an error, nothing.
    ///
    /// # Errors
    /// The work's own, and SQLite's.
    pub fn run_now<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }

    /// As [`Self::run_now`], away from the threads that answer requests.
    ///
    /// # Errors
    /// The work's own, and SQLite's.
    pub async fn run<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || store.run_now(work)).await;
        done.unwrap_or_else(|_| Err(StoreError::Broken.into()))
    }
}

/// The next of a counter, from 1.
///
/// # Errors
/// SQLite's.
pub fn next(tx: &Transaction<'_>, counter: &str) -> rusqlite::Result<i64> {
    tx.query_row(
        "INSERT INTO counters (name, value) VALUES (?1, 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        [counter],
        |row| row.get(0),
    )
}

/// Notes a token's id. False when it was seen before.
///
/// # Errors
/// SQLite's.
pub fn first_seen(tx: &Transaction<'_>, jti: &str, now: i64, until: i64) -> rusqlite::Result<bool> {
    tx.execute("DELETE FROM seen_tokens WHERE until < ?1", [now])?;
    let added = tx.execute("INSERT OR IGNORE INTO seen_tokens (jti, until) VALUES (?1, ?2)", params![jti, until])?;
    Ok(added == 1)
}

/// What may be there.
pub(crate) fn perhaps<T>(found: rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
    found.optional()
}
