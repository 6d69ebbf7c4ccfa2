//! The registry and the schema of the program: every statement is understood, every table fits the rules.

use std::path::{Path, PathBuf};

use super::{Fixture, for_each_driver};
use crate::sql::Stmt;
use crate::{Error, MIGRATIONS, Store};

/// Tables whose primary key does not begin with `user_id`, each with its reason.
pub(super) const WITHOUT_USER: &[(&str, &str)] = &[
    ("schema_migrations", "about the database itself"),
    ("data_keys", "keys of the server"),
    ("server_secrets", "keys of the server"),
    ("signing_keys", "keys of the server"),
    ("usernames", "finds the user"),
    ("erased_names", "finds nobody: a name that is not given again"),
    ("serials", "finds the device, whoever holds it"),
    ("pulse", "about the database itself"),
    ("authorization_requests", "nobody is known yet"),
    ("replays", "about clients and keys"),
    ("clients", "programs, not users"),
    ("accounts", "may be several users'"),
    ("client_tokens", "of clients, in their own name"),
    ("webhooks", "of clients"),
    ("webhook_messages", "of clients, and about ids"),
    ("inventory", "the depot's, whoever has one"),
    ("inventory_batches", "of the depot"),
    ("inventory_events", "about serial numbers"),
    ("rates", "about currencies"),
    ("throttle", "limits callers who are nobody yet"),
];

fn migrated(fixture: &Fixture) -> Store {
    let store = Store::open(&fixture.options).unwrap();
    store.migrate(MIGRATIONS, 0).unwrap();
    store
}

#[test]
fn every_statement_is_understood() {
    for_each_driver(|fixture| {
        let store = migrated(fixture);
        let prepared = store.prepare_all().unwrap();
        assert_eq!(prepared, crate::statements().count());
    });
}

#[test]
fn the_statements_of_these_tests_are_understood_too() {
    for_each_driver(|fixture| {
        let store = Store::open(&fixture.options).unwrap();
        store.migrate(&[MIGRATIONS, super::TABLES, &[super::guarded::OWN]].concat(), 0).unwrap();
        // Those of tests of one driver are only for its database.
        let own = if fixture.database.is_none() { super::batch::ALL } else { super::postgres::ALL };
        for all in [super::ALL, super::guarded::ALL, super::migrations::ALL, super::sealing::ALL, own] {
            store.prepare(all).unwrap();
        }
    });
}

#[test]
fn both_databases_have_the_same_schema() {
    let sqlite = migrated(&Fixture::sqlite(false)).tables().unwrap();
    let postgres = migrated(&Fixture::postgres(false)).tables().unwrap();
    assert!(sqlite.len() > 10);
    assert_eq!(sqlite, postgres);
}

#[test]
fn what_only_one_database_would_take_is_refused() {
    for_each_driver(|fixture| {
        let store = migrated(fixture);
        for sql in [
            "SELECT nothing FROM data_keys",
            "SELECT \"text\" FROM data_keys",
            "SELECT id FROM data_keys WHERE id = $2",
            "SELECT id FROM data_keys WHERE id = ?1",
            "SELECT id FROM data_keys WHERE id = $id",
            "COMMIT",
            "PRAGMA foreign_keys = OFF",
            "DROP TABLE data_keys",
        ] {
            let refused = store.prepare(&[Stmt::registered("probe", sql)]);
            assert!(matches!(refused, Err(Error::Other { statement: "probe", .. })), "{sql}: {refused:?}");
        }
    });
}

#[test]
fn names_of_statements_are_unique() {
    let mut names: Vec<_> = crate::statements().map(Stmt::name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// A module whose statements are not in the registry would not be prepared by the test above.
#[test]
fn every_file_with_statements_is_in_the_registry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names: Vec<_> = crate::statements().map(Stmt::name).collect();
    let mut found = 0;
    for file in rust_files(&root) {
        let inner = file.strip_prefix(&root).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        if inner.starts_with("tests") || !text.lines().any(|line| line.trim() == "statements! {") {
            continue;
        }
        let module = inner.with_extension("").display().to_string().replace('/', "::");
        let module = format!("store::{}::", module.trim_end_matches("::mod"));
        assert!(names.iter().any(|name| name.starts_with(&module)), "{module} is not in the registry of lib.rs");
        found += 1;
    }
    assert!(found >= 2, "looked in the wrong place");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

#[test]
fn every_migration_is_in_the_list_and_no_text_is_there_twice() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "sql"));
    let mut files: Vec<_> = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    files.sort_unstable();
    assert_eq!(files, MIGRATIONS.iter().map(|migration| migration.name).collect::<Vec<_>>());
}

#[test]
fn a_table_leads_its_key_with_the_user() {
    for_each_driver(|fixture| {
        let tables = migrated(fixture).tables().unwrap();
        for table in &tables {
            let first = table.primary_key().first().map(|column| (*column).to_owned());
            let first = first.unwrap_or_else(|| panic!("{} has no primary key", table.name));
            let exempt = WITHOUT_USER.iter().any(|(name, _)| *name == table.name);
            assert_eq!(first == "user_id", !exempt, "{} begins its key with {first}", table.name);
        }
        for (name, _) in WITHOUT_USER {
            assert!(tables.iter().any(|table| table.name == *name), "{name} is gone: strike it from the list");
        }
    });
}

/// Rows that nothing ever forgets are rows without end.
#[test]
fn every_table_has_an_end_of_life_or_a_reason_to_stay() {
    for_each_driver(|fixture| {
        let mut there: Vec<_> = migrated(fixture).tables().unwrap().into_iter().map(|table| table.name).collect();
        let mut known: Vec<_> = crate::retention::tables().map(|(name, _)| name.to_owned()).collect();
        there.sort_unstable();
        known.sort_unstable();
        assert_eq!(there, known, "say in src/retention.rs how long its rows are kept");
    });
}

#[test]
fn every_table_says_what_remains_of_an_erased_user() {
    for_each_driver(|fixture| {
        let mut there: Vec<_> = migrated(fixture).tables().unwrap().into_iter().map(|table| table.name).collect();
        let mut known: Vec<_> = crate::erasure::tables().map(|(name, _)| name.to_owned()).collect();
        there.sort_unstable();
        known.sort_unstable();
        assert_eq!(there, known, "say in src/erasure.rs what becomes of its rows");
    });
}

#[test]
fn columns_are_of_the_three_shared_types() {
    for_each_driver(|fixture| {
        for table in migrated(fixture).tables().unwrap() {
            for column in &table.columns {
                let known = ["BIGINT", "TEXT", "BYTEA"].contains(&column.kind.as_str());
                assert!(known, "{}.{} is {}", table.name, column.name, column.kind);
            }
        }
    });
}

/// A key that is looked at only by the commit would fail all units of a batch for the mistake of one.
#[test]
fn no_constraint_waits_for_the_commit() {
    for migration in MIGRATIONS {
        assert!(!migration.sql.to_uppercase().contains("DEFERRABLE"), "{}", migration.name);
    }
}
