//! `phone migrate`: this phone takes over from the standalone app, whose state is another file; and `phone fate|veto`.

use super::{
    Entry,
    output::{self, Failure},
    phone::{Common, ca, open},
    phone_activate::{shown, tell_ended},
    phone_manage::NewPin,
    phone_pin::{Pin, read_pin},
};
use crate::{
    first_party::{Server, ServerUrl},
    phone::{Activation, Chosen, Shelf, check_new_pin},
};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    common: Common,
    /// The standalone app's file, made with `activate --standalone`.
    #[arg(long, value_name = "OLD_STATE")]
    from: PathBuf,
    /// The PIN of the standalone app; this phone keeps it, unless a new one is given.
    #[command(flatten)]
    pin: Pin,
    #[command(flatten)]
    new: NewPin,
    /// A label of its own, for choosers.
    #[arg(long)]
    label: Option<String>,
}

pub(super) async fn run(arguments: &Migrate, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let common = &arguments.common;
    if common.state.exists() {
        return Err(Failure::Failed(format!("{} is there already", common.state.display())));
    }
    let old = Shelf::File(arguments.from.clone());
    let issuer: ServerUrl = old.read()?.server.parse()?;
    let pin = read_pin(&arguments.pin)?;
    let new = arguments.new.given()?.unwrap_or_else(|| pin.clone());
    check_new_pin(&new)?;
    let server = Server::discover(&issuer, ca(common)?.as_deref()).await?;
    let begun = Activation::new(&server, entry.unix_now)?.begin_migration(server, &old).await?;
    begun.hand_over(&old, &pin).await?;
    let chosen = Chosen { code: None, pin: &new, label: arguments.label.as_deref(), standalone: None };
    let (state, activated) = begun.complete_as(&chosen).await?;
    Shelf::create(&common.state, &state)?;
    old.change(|old| {
        old.migrated = true;
        Ok(())
    })?;
    tell_ended(&activated, entry);
    shown(common, &state, &activated, entry)
}

pub(super) async fn fate(common: &Common, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let fate = open(common, entry).await?.fate().await?;
    if common.json {
        return output::line(entry, &serde_json::to_string(&fate)?);
    }
    let by = fate.successor.map(|new| format!(" by {} ({})", new.label, new.platform)).unwrap_or_default();
    output::line(entry, &format!("{}{by}", fate.state))
}

pub(super) async fn veto(common: &Common, entry: &mut Entry<'_>) -> Result<(), Failure> {
    open(common, entry).await?.veto().await?;
    output::value(entry, "ended", common.json)
}
