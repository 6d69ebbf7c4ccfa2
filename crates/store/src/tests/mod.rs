//! Tests of the core: the same ones for every driver, then those of one.

mod batch;
mod conformance;
mod crash;
mod delivery;
mod effects;
mod guarded;
mod migrations;
mod model;
mod nouns;
mod operator;
mod plans;
mod postgres;
mod push;
mod schema;
mod sealing;
mod signals;

use tempfile::TempDir;
use testing::postgres::Database;

use crate::sql::{params, statements};
use crate::{Error, MIGRATIONS, Migration, Options, Sql, Store};

/// Tables that only these tests have.
const TABLES: &[Migration] = &[Migration {
    name: "9999_tests",
    sql: "CREATE TABLE kv (k TEXT PRIMARY KEY, n BIGINT, b BYTEA);
          CREATE TABLE parents (id BIGINT PRIMARY KEY);
          CREATE TABLE children (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parents (id));
          CREATE TABLE late_children (
              id BIGINT PRIMARY KEY,
              parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED
          );",
}];

statements! {
    INSERT = "INSERT INTO kv (k, n, b) VALUES ($1, $2, $3)";
    UPSERT = "INSERT INTO kv (k, n) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET n = kv.n + excluded.n RETURNING k, n";
    PUT = "INSERT INTO kv (k, n) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET n = excluded.n";
    DELETE = "DELETE FROM kv WHERE k = $1";
    GET = "SELECT n, b FROM kv WHERE k = $1";
    CLEAR = "DELETE FROM kv";
    LIST = "SELECT k, n FROM kv ORDER BY k";
    SWAP = "UPDATE kv SET n = $3 WHERE k = $1 AND n = $2";
    ORDER = "SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT)";
    ADOPT = "INSERT INTO children (id, parent) VALUES ($1, $2)";
}

/// An empty database of one driver, which may be opened again and again.
struct Fixture {
    options: Options,
    dir: TempDir,
    /// Kept so that it goes with the fixture.
    database: Option<Database>,
}

impl Fixture {
    fn sqlite(rehearse: bool) -> Self {
        let dir = TempDir::new().unwrap();
        let url = format!("sqlite:{}", dir.path().join("test.db").display());
        Self { options: Options { rehearse, deciders: true, ..Options::new(url) }, dir, database: None }
    }

    fn postgres(rehearse: bool) -> Self {
        let database = Database::create();
        // Fewer than usual: many tests run at once.
        let options = Options { rehearse, connections: 4, ..Options::new(database.url.as_str()) };
        Self { options, dir: TempDir::new().unwrap(), database: Some(database) }
    }

    /// The database with the tables of these tests.
    fn open(&self) -> Store {
        self.open_with(TABLES)
    }

    /// The database with other tables.
    fn open_with(&self, tables: &[Migration]) -> Store {
        let store = Store::open(&self.options).unwrap();
        store.migrate(tables, 0).unwrap();
        store
    }
}

/// Runs a test on an empty database of every driver, also with every unit run twice.
fn for_each_driver(test: impl Fn(&Fixture)) {
    for rehearse in [false, true] {
        test(&Fixture::sqlite(rehearse));
        test(&Fixture::postgres(rehearse));
    }
}

fn put(sql: &mut dyn Sql, key: &str, n: i64) -> Result<(), Error> {
    sql.exec(PUT, &params![key, n]).map(drop)
}

fn list(store: &Store) -> Vec<(String, i64)> {
    let list = store.read_blocking(|sql| {
        sql.rows(LIST, &[])?.iter().map(|row| Ok((row.text(0)?.to_owned(), row.i64(1)?))).collect::<Result<_, Error>>()
    });
    list.unwrap()
}

fn keys(store: &Store) -> Vec<String> {
    list(store).into_iter().map(|(key, _)| key).collect()
}
