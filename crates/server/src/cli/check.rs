//! `countersign check`.

use super::{
    ConfigFile,
    output::{Failure, Output},
    serve::read,
};
use crate::{boot, pages::assets};

#[derive(serde::Serialize)]
struct Checked {
    config: String,
    issuer: String,
    listen: Vec<String>,
    store: String,
    pending_migrations: Vec<&'static str>,
    clients: Vec<String>,
    /// Clients of the database that do not count, because the configuration has one of the same id.
    hidden_clients: Vec<String>,
    device_classes: usize,
    /// Whether the program carries the scripts of the hosted pages.
    page_scripts: bool,
    /// Whether it carries the phone app.
    phone_app: bool,
    /// What users are promised and is not done.
    warnings: Vec<String>,
}

/// Says whether `serve` would start. Reads the keys, the secrets and the database, and changes none of them.
pub(crate) fn check(config: &ConfigFile, output: Output) -> Result<(), Failure> {
    let file = read(config)?;
    let ring = boot::key_ring(&file)?;
    boot::carriers(&file)?;
    boot::card_processor(&file)?;
    boot::look(&file)?;
    let store = boot::open_store(&file)?;
    let fit = store.fit(store::MIGRATIONS)?;
    let fresh = store.is_empty()?;
    if !fit.pending.is_empty() && !fresh {
        return Err(boot::BootError::Behind(fit.pending.join(", ")).into());
    }
    store.may_change_schema()?;
    if !fresh {
        boot::check_key(&store, &ring)?;
    }
    let pending_migrations = fit.pending;
    let stored = if pending_migrations.is_empty() { store.read_blocking(store::client::all)? } else { Vec::new() };
    let configured = |id: &String| file.clients.iter().any(|client| client.id == *id);
    let (hidden_clients, stored): (Vec<_>, Vec<_>) = stored.into_iter().map(|client| client.id).partition(configured);
    let checked = Checked {
        config: config.config.display().to_string(),
        issuer: file.http.public_url.clone(),
        listen: file.http.listen.clone(),
        store: file.store.url.to_string(),
        pending_migrations,
        clients: file.clients.iter().map(|client| client.id.clone()).chain(stored).collect(),
        hidden_clients,
        device_classes: file.catalogue.classes().len(),
        page_scripts: assets::scripts_built(),
        phone_app: assets::phone_app_built(),
        warnings: file.warnings().into_iter().chain(boot::warnings(&file)).chain(newer(&fit.newer)).collect(),
    };
    let pending = match checked.pending_migrations.as_slice() {
        [] => "up to date".to_owned(),
        _ => "empty; its tables are made at the first start".to_owned(),
    };
    let text = format!(
        "{} is good.\nissuer   {}\nlisten   {}\nstore    {} ({pending})\nclients  {}\nclasses  {}",
        checked.config,
        checked.issuer,
        checked.listen.join(", "),
        checked.store,
        checked.clients.join(", "),
        checked.device_classes,
    );
    let hidden = match checked.hidden_clients.as_slice() {
        [] => String::new(),
        ids => format!("\nnote     in the database too, where they do not count: clients {}", ids.join(", ")),
    };
    let unbuilt = unbuilt(checked.page_scripts, checked.phone_app);
    let warnings: String = checked.warnings.iter().map(|warning| format!("\nwarning  {warning}")).collect();
    output.print(&checked, &format!("{text}{hidden}{unbuilt}{warnings}"))
}

/// What a newer program did to the database.
fn newer(names: &[String]) -> Option<String> {
    (!names.is_empty())
        .then(|| format!("the database is newer than this program ({}), which goes on with it", names.join(", ")))
}

/// What this program was built without.
fn unbuilt(page_scripts: bool, phone_app: bool) -> String {
    let missing = match (page_scripts, phone_app) {
        (true, true) => return String::new(),
        (false, true) => "the scripts of the hosted pages",
        (true, false) => "the phone app",
        (false, false) => "the scripts of the hosted pages and the phone app",
    };
    format!("\nWARNING  built without {missing}: run npm ci and npm run build in web/, then build the program again")
}

#[cfg(test)]
mod tests {
    use super::unbuilt;

    #[test]
    fn what_was_not_built_is_said() {
        assert_eq!(unbuilt(true, true), "");
        assert!(unbuilt(false, false).contains("scripts of the hosted pages and the phone app: run npm ci"));
        assert!(unbuilt(true, false).contains("without the phone app:") && unbuilt(false, true).contains("pages:"));
    }
}
