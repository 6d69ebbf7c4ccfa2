//! `countersign serve`.

use super::{ConfigFile, output::Failure};
use crate::{
    app::{App, Clock},
    boot,
    config::{ConfigError, File},
    flow::oidc::keys,
    serving,
};
use oidc::client::SigningAlg;
use std::{fs, os::unix::fs::OpenOptionsExt as _, path::Path, sync::Arc};

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
    let refilter = serving::log(&file.log.filter, file.log.json);
    for warning in file.warnings().into_iter().chain(boot::warnings(&file)) {
        tracing::warn!("{warning}");
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), store = %file.store.url, "starting");
    // Held as long as the program runs.
    let _alone = only_server(&file)?;
    let app = Arc::new(boot::boot(&file, Clock::default())?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listeners = serving::bind(&file.http.addresses()).await?;
        let orders = serving::Orders::listen()?.and_reload(reload(config.clone(), file, Arc::clone(&app), refilter))?;
        serving::serve(app, listeners, crate::http::router, orders).await;
        Ok::<_, std::io::Error>(())
    })?;
    Ok(())
}

/// Makes sure that no other server works on the same SQLite file: signals stay within a process, so two would not hear
/// of each other. What is locked is a file beside it, since closing any handle of the database itself would take
/// SQLite's own locks with it.
pub(crate) fn only_server(file: &File) -> Result<Option<fs::File>, Failure> {
    let Some(database) = boot::sqlite_path(file) else { return Ok(None) };
    let mut path = database.into_os_string();
    path.push("-serve");
    let named = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", Path::new(&path).display()));
    let options = fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let lock = options.map_err(|error| named(&error))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(fs::TryLockError::WouldBlock) => Err(Failure(format!(
            "another countersign serve works on {}: several servers need PostgreSQL",
            file.store.url
        ))),
        Err(fs::TryLockError::Error(error)) => Err(named(&error)),
    }
}

/// What SIGHUP does: reads the file again, and takes of it what can be taken while the server runs.
fn reload(config: ConfigFile, started: File, app: Arc<App>, refilter: serving::Refilter) -> serving::Reload {
    Box::new(move || {
        let file = match File::read(&config.config) {
            Ok(file) => file,
            Err(errors) => {
                for error in errors {
                    tracing::error!("{}: {error}; nothing was changed", config.config.display());
                }
                return;
            }
        };
        for warning in file.warnings() {
            tracing::warn!("{warning}");
        }
        let wanted = |alg| file.clients.iter().any(|client| client.oauth.id_token_signed_response_alg == alg);
        for alg in SigningAlg::ALL.into_iter().filter(|alg| wanted(*alg)) {
            if let Err(error) = keys::ensure(&app.store, &app.sealer, alg, app.now()) {
                tracing::error!(%error, "no key of a client's algorithm can be made; nothing was changed");
                return;
            }
        }
        refilter(&file.log.filter);
        app.clients.configure(&file.clients);
        tracing::info!("the configuration was read again: log.filter and the clients are as it says");
        let mut waiting = started.differences(&file);
        waiting.retain(|section| *section != "clients");
        if started.log.json == file.log.json {
            waiting.retain(|section| *section != "log");
        }
        if !waiting.is_empty() {
            tracing::warn!(sections = waiting.join(", "), "changed, and taken at the next start only");
        }
    })
}
