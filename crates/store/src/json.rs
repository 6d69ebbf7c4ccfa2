//! Values that are stored as one JSON text and never queried into.

use crate::{Error, Stmt};
use serde::Serialize;

/// The text of a value. Ours always serialise; a failure would be a bug and is reported as such.
pub(crate) fn write(statement: Stmt, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value)
        .map_err(|error| Error::Other { statement: statement.name(), message: error.to_string() })
}
