//! Migrations: order, once only, never changed, and newer ones lived with.

use super::{Fixture, TABLES, for_each_driver, keys, put};
use crate::sql::statements;
use crate::{Column, Error, Fit, Migration, MigrationError, Store};

statements! {
    /// When each migration was applied.
    TIMES = "SELECT name, applied_at FROM schema_migrations ORDER BY name";
}

const FIRST: Migration = Migration { name: "0001_first", sql: "CREATE TABLE first (id BIGINT PRIMARY KEY);" };
const SECOND: Migration =
    Migration { name: "0002_second", sql: "CREATE TABLE second (id BYTEA PRIMARY KEY, at BIGINT, t TEXT NOT NULL);" };

fn refusal(result: Result<Vec<&'static str>, Error>) -> MigrationError {
    match result {
        Err(Error::Migration(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn empty(fixture: &Fixture) -> Store {
    Store::open(&fixture.options).unwrap()
}

fn names(store: &Store) -> Vec<String> {
    store.tables().unwrap().into_iter().map(|table| table.name).collect()
}

#[test]
fn each_is_applied_once_and_in_order() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        assert!(names(&store).is_empty());
        assert_eq!(store.pending(&[FIRST, SECOND]), Ok(vec!["0001_first", "0002_second"]));
        assert_eq!(store.migrate(&[FIRST], 5), Ok(vec!["0001_first"]));
        assert_eq!(store.pending(&[FIRST, SECOND]), Ok(vec!["0002_second"]));
        assert_eq!(store.migrate(&[FIRST, SECOND], 6), Ok(vec!["0002_second"]));
        assert_eq!(store.migrate(&[FIRST, SECOND], 7), Ok(vec![]));
        assert_eq!(store.pending(&[FIRST, SECOND]), Ok(vec![]));
        drop(store);
        let store = empty(fixture);
        assert_eq!(store.migrate(&[FIRST, SECOND], 8), Ok(vec![]));
        let times = store.read_blocking(|sql| sql.rows(TIMES, &[])).unwrap();
        assert_eq!(times.iter().map(|row| row.i64(1).unwrap()).collect::<Vec<_>>(), [5, 6]);
    });
}

#[test]
fn the_schema_is_told_in_the_words_of_the_migrations() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        store.migrate(&[FIRST, SECOND], 0).unwrap();
        let tables = store.tables().unwrap();
        assert_eq!(names(&store), ["first", "schema_migrations", "second"]);
        let column = |name: &str, kind: &str, nullable, key| Column {
            name: name.to_owned(),
            kind: kind.to_owned(),
            nullable,
            key,
        };
        let expected = [
            column("id", "BYTEA", false, Some(1)),
            column("at", "BIGINT", true, None),
            column("t", "TEXT", false, None),
        ];
        assert_eq!(tables[2].columns, expected);
        assert_eq!(tables[2].primary_key(), ["id"]);
    });
}

#[test]
fn a_changed_migration_is_refused_by_name() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        store.migrate(&[FIRST, SECOND], 0).unwrap();
        const CHANGED: Migration = Migration { sql: "CREATE TABLE first (id BIGINT PRIMARY KEY) ;", ..FIRST };
        let changed = MigrationError::Changed { name: "0001_first".to_owned() };
        assert_eq!(refusal(store.migrate(&[CHANGED, SECOND], 0)), changed);
        assert_eq!(refusal(store.pending(&[CHANGED, SECOND])), changed);
        assert!(changed.to_string().contains("0001_first"));
    });
}

/// Nodes are replaced one by one: what was only added does not stop the older ones.
#[test]
fn a_newer_database_is_lived_with_unless_it_took_something_away() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        store.migrate(&[FIRST, SECOND], 0).unwrap();
        assert_eq!(store.migrate(&[FIRST], 0), Ok(Vec::new()));
        assert_eq!(store.fit(&[FIRST]), Ok(Fit { pending: Vec::new(), newer: vec!["0002_second".to_owned()] }));
        const THIRD: Migration = Migration { name: "0003_contract_second", sql: "DROP TABLE second;" };
        store.migrate(&[FIRST, SECOND, THIRD], 0).unwrap();
        let newer = MigrationError::Newer { name: THIRD.name.to_owned() };
        assert_eq!(refusal(store.migrate(&[FIRST, SECOND], 0)), newer);
        assert_eq!(refusal(store.pending(&[FIRST])), newer);
    });
}

#[test]
fn a_gap_and_a_wrong_order_are_refused() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        assert_eq!(refusal(store.migrate(&[SECOND, FIRST], 0)), MigrationError::Order { name: "0001_first" });
        assert_eq!(refusal(store.migrate(&[FIRST, FIRST], 0)), MigrationError::Order { name: "0001_first" });
        store.migrate(&[SECOND], 0).unwrap();
        assert_eq!(refusal(store.migrate(&[FIRST, SECOND], 0)), MigrationError::Missing { name: "0001_first" });
    });
}

#[test]
fn a_failing_migration_leaves_nothing() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        for sql in [
            "CREATE TABLE half (id BIGINT PRIMARY KEY); CREATE TABLE broken (id NONSENSE);",
            "CREATE TABLE half (id BIGINT PRIMARY KEY); COMMIT;",
        ] {
            let list = [FIRST, Migration { name: "0002_broken", sql }];
            assert!(matches!(store.migrate(&list, 0), Err(Error::Other { .. })), "{sql}");
            assert_eq!(store.pending(&[FIRST, SECOND]), Ok(vec!["0002_second"]));
        }
    });
}

#[test]
fn tools_and_server_may_start_at_once() {
    for_each_driver(|fixture| {
        let url = fixture.options.clone();
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                let options = url.clone();
                std::thread::spawn(move || Store::open(&options).unwrap().migrate(&[FIRST, SECOND], 0).unwrap().len())
            })
            .collect();
        assert_eq!(nodes.into_iter().map(|node| node.join().unwrap()).sum::<usize>(), 2);
    });
}

#[test]
fn a_store_that_is_open_meets_the_new_tables() {
    for_each_driver(|fixture| {
        let store = empty(fixture);
        assert!(store.write_blocking(|sql| put(sql, "a", 1)).is_err());
        empty(fixture).migrate(TABLES, 0).unwrap();
        store.write_blocking(|sql| put(sql, "a", 1)).unwrap();
        assert_eq!(keys(&store), ["a"]);
    });
}
