//! `countersign serve` and `countersign check`.

use super::{
    ConfigFile,
    output::{Failure, Output},
};
use crate::{
    app::{App, Clock},
    boot,
    config::{ConfigError, File},
    pages::assets,
    serving,
};
use std::{path::Path, sync::Arc};

/// Reads the configuration file; every error with file, line and reason.
pub(crate) fn read(config: &ConfigFile) -> Result<File, Failure> {
    File::read(&config.config).map_err(|errors| refused(&config.config, &errors))
}

/// Opens what the configuration names, for a command that works on the data.
pub(crate) fn open(config: &ConfigFile) -> Result<Arc<App>, Failure> {
    Ok(Arc::new(boot::boot(&read(config)?, Clock::default())?))
}

fn refused(path: &Path, errors: &[ConfigError]) -> Failure {
    let lines: Vec<_> = errors.iter().map(|error| format!("{}: {error}", path.display())).collect();
    Failure(lines.join("\ncountersign: "))
}

pub(crate) fn serve(config: &ConfigFile) -> Result<(), Failure> {
    let file = read(config)?;
    serving::log(&file.log.filter, file.log.json);
    for warning in file.warnings() {
        tracing::warn!("{warning}");
    }
    let app = Arc::new(boot::boot(&file, Clock::default())?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = serving::Stop::listen()?;
        let listeners = serving::bind(&file.http.addresses()).await?;
        serving::serve(app, listeners, crate::http::router, stop).await;
        Ok::<_, std::io::Error>(())
    })?;
    Ok(())
}

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
    boot::key_ring(&file)?;
    boot::carriers(&file)?;
    let store = store::Store::open(&boot::store_options(&file))?;
    let pending_migrations = store.pending(store::MIGRATIONS)?;
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
        warnings: file.warnings(),
    };
    let pending = match checked.pending_migrations.as_slice() {
        [] => "up to date".to_owned(),
        names => format!("to be brought up to date by: {}", names.join(", ")),
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
