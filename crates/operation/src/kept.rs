//! Operations as the database has them: also those that were written before there was one form.

use crate::What;
use serde::{Deserialize as _, Deserializer, de::Error as _};
use serde_json::{Map, Value};

/// Reads an operation that was kept, for `#[serde(deserialize_with = "operation::kept::read")]`. What was once asked
/// is read as it stands, whatever is refused today.
///
/// # Errors
/// When it is none, in no form there ever was.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<What, D::Error> {
    let mut members = Map::deserialize(deserializer)?;
    if let Some(kind) = members.remove("operation") {
        members.insert("type".to_owned(), kind);
        nest_destination(&mut members);
    }
    serde_json::from_value(Value::Object(members)).map_err(D::Error::custom)
}

/// The destination's members once lay beside the others.
fn nest_destination(members: &mut Map<String, Value>) {
    if let (Some(name), Some(account)) = (members.remove("destination_name"), members.remove("destination_account")) {
        members.insert("destination".to_owned(), serde_json::json!({ "name": name, "account": account }));
    }
}
