//! Changing the schema, telling it in the words of the migrations, and checking statements against it.

use super::failure::{failure, words};
use super::link::Open;
use super::pipe::checked;
use super::session::{Broken, Session};
use super::value::is_known;
use crate::driver::check_verb;
use crate::effect::{Effect, Verb};
use crate::migrate::Schema;
use crate::unit::Counters;
use crate::{Column, Error, Stmt, Table};

/// One migration at a time in the whole database: whoever holds this advisory lock. ("counters" in ASCII.)
const LOCK: i64 = i64::from_be_bytes(*b"counters");

/// The columns of every table of ours, with their place in the primary key (null: not in it).
const COLUMNS: &str = "SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable = 'YES',
        k.ordinal_position::bigint
    FROM information_schema.tables AS t
    JOIN information_schema.columns AS c USING (table_schema, table_name)
    LEFT JOIN (information_schema.key_column_usage AS k JOIN information_schema.table_constraints AS p
            ON p.constraint_schema = k.constraint_schema AND p.constraint_name = k.constraint_name
                AND p.constraint_type = 'PRIMARY KEY')
        ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name
    WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
    ORDER BY c.table_name::text COLLATE \"C\", c.ordinal_position";

/// Runs `change` in one transaction, after all others that did before. READ COMMITTED, so that it sees what they did
/// while this one waited.
pub(super) fn change(
    open: &mut Open,
    counters: &Counters,
    change: &mut (dyn FnMut(&mut dyn Schema) -> Result<(), Error> + Send),
) -> Result<(), Error> {
    // Another node's migration may take its time; the locks that our own needs are waited for as everywhere.
    let begin = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT set_config('countersign.patience', \
         current_setting('lock_timeout'), true); SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({LOCK}); \
         SELECT set_config('lock_timeout', current_setting('countersign.patience'), true)"
    );
    open.client.batch_execute(&begin).map_err(|error| failure("begin", &error))?;
    let mut session = Session::new(open, counters, false);
    change(&mut session)?;
    session.end().map_err(Broken::into_error)?;
    // When anything failed the connection ends with the call, and with it whatever the transaction did.
    open.client.batch_execute("COMMIT").map_err(|error| Error::Commit { message: words(&error) })
}

/// The server's time, in microseconds since 1970.
pub(super) fn clock(open: &mut Open) -> Result<i64, Error> {
    const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
    let row = open.client.query_one(NOW, &[]).map_err(|error| failure("clock", &error))?;
    row.try_get(0).map_err(|error| failure("clock", &error))
}

/// Every table, sorted by name.
pub(super) fn tables(open: &mut Open) -> Result<Vec<Table>, Error> {
    let rows = open.client.query(COLUMNS, &[]).map_err(|error| failure("tables", &error))?;
    let mut tables: Vec<Table> = Vec::new();
    for row in &rows {
        add_column(&mut tables, row).map_err(|error| failure("tables", &error))?;
    }
    Ok(tables)
}

fn add_column(tables: &mut Vec<Table>, row: &postgres::Row) -> Result<(), postgres::Error> {
    let table: String = row.try_get(0)?;
    let key = row.try_get::<_, Option<i64>>(4)?.and_then(|place| usize::try_from(place).ok());
    let column = Column {
        name: row.try_get(1)?,
        kind: row.try_get::<_, String>(2)?.to_ascii_uppercase(),
        nullable: row.try_get(3)?,
        key,
    };
    match tables.last_mut().filter(|last| last.name == table) {
        Some(last) => last.columns.push(column),
        None => tables.push(Table { name: table, columns: vec![column] }),
    }
    Ok(())
}

/// Checks that the server understands every statement, and that all its types are those of [`crate::Val`].
pub(super) fn prepare(open: &mut Open, statements: &[Stmt]) -> Result<(), Error> {
    for stmt in statements {
        check_verb(*stmt)?;
        let prepared = open.client.prepare(stmt.sql()).map_err(|error| failure(stmt.name(), &error))?;
        let columns = prepared.columns().iter().map(postgres::Column::type_);
        if let Some(other) = prepared.params().iter().chain(columns).find(|kind| !is_known(kind)) {
            let message = format!("{} is no type of parameters and columns here", other.name());
            return Err(Error::Other { statement: stmt.name(), message });
        }
        let effect = Effect::of(*stmt);
        if effect.verb != Verb::Read && !effect.returning {
            // As it is sent where it must change one row.
            open.client.prepare(&checked(*stmt)).map_err(|error| failure(stmt.name(), &error))?;
        }
    }
    Ok(())
}
