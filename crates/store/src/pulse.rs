//! The one row that a node writes when it is asked whether it is ready: a database that only reads is not.

use crate::{
    Error, Sql,
    sql::{params, statements},
};
use domain::Timestamp;

statements! {
    LAST = "SELECT at FROM pulse WHERE id = 1";
    BEAT = "INSERT INTO pulse (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at";
}

/// Writes this node's time and gives the time that was written last, by whichever node.
pub fn beat(sql: &mut dyn Sql, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let last = sql.row(LAST, &[])?.map(|row| row.i64(0)).transpose()?;
    sql.exec(BEAT, &params![now.micros()])?;
    Ok(last.map(Timestamp::from_micros))
}
