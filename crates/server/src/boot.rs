//! From a configuration to a running [`App`]: database, keys, secrets.

use crate::{
    app::{App, Clock, Settings, random},
    clients::Clients,
    config::File,
    handle::Handles,
    passwords::{Cost, Passwords},
    signing::{self, Signer},
};
use domain::Timestamp;
use std::path::Path;
use store::{
    Error, Options, Store,
    seal::{FreshKey, KeyRing, Sealer},
};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The database or its keys.
    #[error(transparent)]
    Store(#[from] Error),
    /// A signing key.
    #[error(transparent)]
    Signing(#[from] signing::SigningError),
    /// The password hash.
    #[error(transparent)]
    Passwords(#[from] crate::passwords::HashError),
    /// Something of the system.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
}

/// The name of the secret that handles, forms and buckets are derived from.
const HANDLE_SECRET: &str = "handles";

/// Opens the database of a configuration, brings it up to date and reads its keys. Blocks.
pub fn boot(file: &File, clock: Clock) -> Result<App, BootError> {
    let ring = key_ring(file)?;
    boot_with(file, &ring, clock)
}

/// How the database of a configuration is opened.
pub(crate) fn store_options(file: &File) -> Options {
    let connections = usize::try_from(file.store.connections).unwrap_or(usize::MAX);
    Options { connections, ..Options::new(file.store.url.expose()) }
}

/// [`boot`] with a key that is at hand.
pub fn boot_with(file: &File, ring: &KeyRing, clock: Clock) -> Result<App, BootError> {
    let now = clock.now();
    let store = Store::open(&store_options(file))?;
    store.migrate(store::MIGRATIONS, now.micros())?;
    let unit_ring = ring.clone();
    let (sealer, secret, keys) = store.write_blocking(move |sql| {
        let fresh = FreshKey::new(random().into(), random());
        let sealer = Sealer::load_or_create(sql, &unit_ring, &fresh, now.micros())?;
        let fresh: [u8; 32] = random();
        let secret = store::secret::get_or_insert(sql, &sealer, HANDLE_SECRET, (&fresh, random()), now)?;
        let keys = signing_keys(sql, &sealer, now)?;
        Ok::<_, Error>((sealer, secret, keys))
    })?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let concurrent = usize::try_from(file.passwords.concurrent).ok().filter(|n| *n > 0).unwrap_or(processors);
    let cost = Cost {
        memory_kib: file.passwords.memory_kib,
        iterations: file.passwords.iterations,
        parallelism: file.passwords.parallelism,
    };
    let waiting = usize::try_from(file.passwords.waiting).unwrap_or(usize::MAX);
    Ok(App {
        store,
        clock,
        sealer,
        handles: Handles::new(secret.expose()).ok_or(signing::SigningError)?,
        signer: Signer::new(&keys)?,
        passwords: Passwords::new(cost, concurrent, waiting.saturating_add(concurrent))?,
        clients: Clients::of(&file.clients),
        settings: Settings::of(file),
    })
}

/// The signing keys; a new database gets its first.
fn signing_keys(
    sql: &mut dyn store::Sql,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Vec<store::secret::SigningKey>, Error> {
    let keys = store::secret::signing_keys(sql, sealer)?;
    if !keys.is_empty() {
        return Ok(keys);
    }
    let made = signing::new_key(now)
        .map_err(|error| Error::Other { statement: "a first signing key", message: error.to_string() })?;
    store::secret::insert_signing_key(sql, sealer, &made, random())?;
    store::secret::signing_keys(sql, sealer)
}

/// The sealing key: from the environment where it is set there, else from the file.
#[expect(clippy::disallowed_methods, reason = "a key from the environment is one of the two documented ways")]
pub fn key_ring(file: &File) -> Result<KeyRing, BootError> {
    let ring = match std::env::var("COUNTERSIGN_SEALING_KEY") {
        Ok(text) if !text.is_empty() => KeyRing::parse(&text),
        _ => KeyRing::from_file(Path::new(&file.keys.sealing_key_file)),
    };
    Ok(ring.map_err(Error::from)?)
}

/// A new sealing key as the text of a key file.
pub fn new_sealing_key() -> String {
    let key: [u8; 32] = random();
    let digits: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("# Countersign sealing key: keep it away from the database, and keep a copy.\n{digits}\n")
}
