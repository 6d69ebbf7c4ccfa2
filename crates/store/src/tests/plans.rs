//! How each database looks for what a statement is about: none goes through a whole table, but for those that say why.

use postgres::NoTls;

use super::{Fixture, MIGRATIONS};
use crate::Stmt;

/// Statements that go through a table, each with the reason why that is no harm.
const THROUGH_ALL: &[(&str, &str)] = &[
    ("store::agent::LIST", "all of a short table, for an operator's eyes"),
    ("store::client::EVERY", "all of a short table, when a node starts or clients changed"),
    ("store::migrate::APPLIED", SHORT),
    ("store::outbox::LATEST", "the latest hundred, by an index from its end"),
    ("store::restored::ACTIVATIONS", COPY),
    ("store::restored::CODES", COPY),
    ("store::restored::DELIVERIES", COPY),
    ("store::restored::GRANTS", COPY),
    ("store::restored::INVITATIONS", COPY),
    ("store::restored::MARKS", COPY),
    ("store::restored::OUTBOX", COPY),
    ("store::restored::PASSWORD_LINKS", COPY),
    ("store::restored::PHONE_SESSIONS", COPY),
    ("store::restored::SESSIONS", COPY),
    ("store::restored::TOKENS", COPY),
    ("store::seal::DATA_KEYS", SHORT),
    ("store::secret::KEYS", SHORT),
    ("store::throttle::SWEEP", "twice a minute at most, over small rows; an index would be written with each token"),
    ("store::webhook::LIVING", WEBHOOKS),
    ("store::webhook::SWEEP", WEBHOOKS),
];

const WEBHOOKS: &str = "all of a short table: a client has twenty at most";
const SHORT: &str = "all of a short table, when a node starts";
const COPY: &str = "once, of a copy that no server works on yet";

#[test]
fn sqlite_goes_through_no_table() {
    let fixture = Fixture::sqlite(false);
    let tables = fixture.open_with(MIGRATIONS).tables().unwrap();
    let connection = rusqlite::Connection::open(fixture.dir.path().join("test.db")).unwrap();
    let found = scans(|stmt| {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", stmt.sql())).unwrap();
        let lines = plan.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>().unwrap();
        // A search uses an index; a scan in the order of one is a scan all the same.
        let of_table = |line: &String| {
            let scanned = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            scanned.is_some_and(|name| tables.iter().any(|table| table.name == name))
        };
        lines.into_iter().any(|line| of_table(&line))
    });
    assert_eq!(found, known(), "find the rows by an index, or say why a scan is no harm");
}

#[test]
fn postgres_goes_through_no_table() {
    let fixture = Fixture::postgres(false);
    drop(fixture.open_with(MIGRATIONS));
    let mut client = postgres::Client::connect(&fixture.options.url, NoTls).unwrap();
    // Tables are empty here: it would rather read one whole than by an index, so it does that only where there is none.
    client.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").unwrap();
    let found = scans(|stmt| {
        let most = (1..=65_535).take_while(|number| stmt.sql().contains(&format!("${number}"))).count();
        let arguments = if most == 0 { String::new() } else { format!("({})", vec!["NULL"; most].join(", ")) };
        client.batch_execute(&format!("PREPARE probe AS {}", stmt.sql())).unwrap();
        let plan = client.query(&format!("EXPLAIN EXECUTE probe{arguments}"), &[]).unwrap();
        client.batch_execute("DEALLOCATE probe").unwrap();
        plan.iter().any(|row| row.get::<_, String>(0).contains("Seq Scan"))
    });
    let unknown: Vec<_> = found.into_iter().filter(|name| !known().contains(name)).collect();
    assert!(unknown.is_empty(), "find the rows by an index, or say why a scan is no harm: {unknown:?}");
}

fn scans(mut scans: impl FnMut(Stmt) -> bool) -> Vec<&'static str> {
    let mut found: Vec<_> = crate::statements().filter(|stmt| scans(*stmt)).map(Stmt::name).collect();
    found.sort_unstable();
    found
}

fn known() -> Vec<&'static str> {
    THROUGH_ALL.iter().map(|(name, _)| *name).collect()
}
