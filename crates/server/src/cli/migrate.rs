//! `countersign migrate`.

use super::{
    ConfigFile,
    output::{Failure, Output},
    serve::read,
};
use crate::{app::Clock, boot};
use serde_json::json;

/// Brings the database up to date, as a step of its own: no other command does it to one that has data.
pub(crate) fn migrate(config: &ConfigFile, output: Output) -> Result<(), Failure> {
    let file = read(config)?;
    let ring = boot::key_ring(&file)?;
    let store = boot::open_store(&file)?;
    if !store.is_empty()? {
        boot::check_key(&store, &ring)?;
    }
    let applied = store.migrate(store::MIGRATIONS, Clock::default().now().micros())?;
    let text = match applied.as_slice() {
        [] => "nothing to do: the database is up to date".to_owned(),
        names => format!("applied: {}", names.join(", ")),
    };
    output.print(&json!({ "applied": applied }), &text)
}
