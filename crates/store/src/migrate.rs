//! Migrations: one text for every database, in PostgreSQL's words, applied in order and each in one transaction.
//!
//! The table `schema_migrations` keeps the name and the SHA-256 of each text that was applied. A text must never
//! change after it was released.
//!
//! Nodes are replaced one by one, so the old program goes on while the new tables are there already. A migration that
//! only adds (the usual one) does not disturb it. One that takes something away is named `NNNN_contract_what`: a
//! program that does not know it does not work on such a database.

use aws_lc_rs::digest::{SHA256, digest};

use crate::sql::{params, statements};
use crate::{Error, Sql};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The file's name without its ending, such as `0001_users`: four digits give the order.
    pub name: &'static str,
    /// The file's text.
    pub sql: &'static str,
}

/// Takes migrations from `migrations/<name>.sql`.
macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$($crate::migrate::Migration {
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        }),+]
    };
}
pub(crate) use migrations;

/// Why the tables of a database and the program do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// A migration that was applied reads differently in this program.
    #[error("migration {name} was changed after it was applied to this database")]
    Changed {
        /// The migration.
        name: String,
    },
    /// The database has a migration this program does not know, which takes away what the program may need.
    #[error("the database is newer than this program can work with: it has migration {name}")]
    Newer {
        /// The first one that is not known.
        name: String,
    },
    /// A migration is missing although a later one was applied.
    #[error("migration {name} was not applied, but a later one was")]
    Missing {
        /// The migration.
        name: &'static str,
    },
    /// Migrations of the program are not in the order of their names.
    #[error("migration {name} is not in the order of names")]
    Order {
        /// The first one out of order.
        name: &'static str,
    },
}

/// What a driver offers beside [`Sql`] while it changes the schema.
pub(crate) trait Schema: Sql {
    /// Runs the statements of a migration, each ending in `;`.
    fn script(&mut self, name: &'static str, sql: &str) -> Result<(), Error>;
}

/// The table that keeps what was applied; it exists before the first migration.
pub(crate) const LEDGER: Migration = Migration {
    name: "schema_migrations",
    sql: "CREATE TABLE IF NOT EXISTS schema_migrations (
        name TEXT PRIMARY KEY,
        checksum BYTEA NOT NULL,
        applied_at BIGINT NOT NULL
    );",
};

statements! {
    /// What was applied, in order.
    APPLIED = "SELECT name, checksum FROM schema_migrations ORDER BY name";
    /// Notes a migration.
    APPLY = "INSERT INTO schema_migrations (name, checksum, applied_at) VALUES ($1, $2, $3)";
}

/// Applies the first of `list` that is not applied yet; gives its name. `now`: microseconds since 1970.
pub(crate) fn step(schema: &mut dyn Schema, list: &[Migration], now: i64) -> Result<Option<&'static str>, Error> {
    schema.script(LEDGER.name, LEDGER.sql)?;
    let Some(next) = pending(schema, list)?.first().copied() else {
        return Ok(None);
    };
    schema.script(next.name, next.sql)?;
    schema.exec(APPLY, &params![next.name, checksum(next.sql), now])?;
    Ok(Some(next.name))
}

/// How the tables of a database and a program fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// What the program would apply first, in order.
    pub pending: Vec<&'static str>,
    /// What a newer program has applied, and this one can live with.
    pub newer: Vec<String>,
}

/// Those of `list` that are not applied yet. Refuses a database that does not fit the list.
pub(crate) fn pending<'a, S: Sql + ?Sized>(sql: &mut S, list: &'a [Migration]) -> Result<&'a [Migration], Error> {
    look(sql, list).map(|(pending, _)| pending)
}

/// Those of `list` that are not applied yet, and the names of those that were and are not in it.
pub(crate) fn look<'a, S: Sql + ?Sized>(
    sql: &mut S,
    list: &'a [Migration],
) -> Result<(&'a [Migration], Vec<String>), Error> {
    if let Some(pair) = list.windows(2).find(|pair| !pair.is_sorted_by(|a, b| a.name < b.name)) {
        return Err(MigrationError::Order { name: pair.last().map_or("", |last| last.name) }.into());
    }
    let (mut known, mut newer) = (0, Vec::new());
    for row in &sql.rows(APPLIED, &[])? {
        let name = row.text(0)?;
        let Some(migration) = list.iter().find(|migration| migration.name == name) else {
            if contracts(name) {
                return Err(MigrationError::Newer { name: name.to_owned() }.into());
            }
            newer.push(name.to_owned());
            continue;
        };
        if row.bytes(1)? != checksum(migration.sql) {
            return Err(MigrationError::Changed { name: name.to_owned() }.into());
        }
        match list.get(known) {
            Some(expected) if expected.name != name => {
                return Err(MigrationError::Missing { name: expected.name }.into());
            }
            _ => known += 1,
        }
    }
    Ok((list.get(known..).unwrap_or_default(), newer))
}

/// Whether a migration takes something away.
fn contracts(name: &str) -> bool {
    name.split_once('_').is_some_and(|(_, what)| what.starts_with("contract_"))
}

fn checksum(sql: &str) -> [u8; 32] {
    let mut checksum = [0; 32];
    checksum.copy_from_slice(digest(&SHA256, sql.as_bytes()).as_ref());
    checksum
}
