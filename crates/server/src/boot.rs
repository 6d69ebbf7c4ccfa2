//! From a configuration to a running [`App`]: database, keys, secrets.

use crate::{
    app::{App, Clock, Settings, Swept, Warnings, random},
    card_processor::CardProcessor,
    client_keys::ClientKeys,
    clients::{self, Clients},
    config::{File, LOGO},
    flow::oidc::keys::{self, KeyError},
    handle::Handles,
    notify::{
        Carriers,
        mail::{Mail, MailError},
        sms::Sms,
        webpush::{Vapid, WebPush, WebPushError},
    },
    pages::look::Look,
    passwords::{Cost, Passwords},
    readiness::Readiness,
    signing::{self, Lives, Signer},
    streams::Streams,
};
use domain::Secret;
use domain::Timestamp;
use oidc::client::SigningAlg;
use std::{
    io::{ErrorKind, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use store::{
    Error, Options, Store,
    seal::{FreshKey, KeyRing, SealError, Sealer},
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
    /// The first signing key of a kind.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The sender of pushes.
    #[error(transparent)]
    Push(#[from] WebPushError),
    /// The sender of mail.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The HTTP client for SMS.
    #[error("the HTTP client for SMS: {0}")]
    Sms(#[from] reqwest::Error),
    /// The password hash.
    #[error(transparent)]
    Passwords(#[from] crate::passwords::HashError),
    /// The sealing key.
    #[error("the sealing key ({from}): {error}")]
    Key {
        /// Where it is read from.
        from: String,
        /// What is wrong with it.
        error: SealError,
    },
    /// The database cannot be opened.
    #[error("the database {url}: {error}")]
    Database {
        /// Its address, without a password.
        url: String,
        /// Why not.
        error: Error,
    },
    /// The database has data and is behind this program.
    #[error("the database is to be brought up to date first ({0}): countersign migrate. See docs/upgrades.md")]
    Behind(String),
    /// Something of the system.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
}

/// The environment's variables that stand in place of files.
const SEALING_KEY: &str = "COUNTERSIGN_SEALING_KEY";
const MAIL_PASSWORD: &str = "COUNTERSIGN_MAIL_PASSWORD";
const SMS_SECRET: &str = "COUNTERSIGN_SMS_SECRET";
const CARD_SECRET: &str = "COUNTERSIGN_CARD_PROCESSOR_SECRET";

/// The name of the secret that handles, forms and buckets are derived from.
const HANDLE_SECRET: &str = "handles";
/// Of secrets between programs.
const SHORTEST_SECRET: usize = 32;

/// The name of the secret that signs pushes.
const PUSH_SECRET: &str = "vapid";

/// Opens the database of a configuration, brings it up to date and reads its keys. Blocks.
pub fn boot(file: &File, clock: Clock) -> Result<App, BootError> {
    let ring = key_ring(file)?;
    boot_with(file, &ring, clock)
}

/// Opens the database of a configuration.
pub(crate) fn open_store(file: &File) -> Result<Store, BootError> {
    let connections = usize::try_from(file.store.connections).unwrap_or(usize::MAX);
    let options = Options { connections, ..Options::new(file.store.url.expose()) };
    Store::open(&options).map_err(|error| BootError::Database { url: file.store.url.to_string(), error })
}

/// The file of a SQLite database; none where it is another.
pub(crate) fn sqlite_path(file: &File) -> Option<PathBuf> {
    let path = file.store.url.expose().strip_prefix("sqlite:")?;
    Some(path.strip_prefix("//").unwrap_or(path).into())
}

/// Makes the tables of an empty database. One that has data is brought up to date by a step of its own, since the
/// operator decides when.
fn fit(store: &Store, now: Timestamp) -> Result<(), BootError> {
    let fit = store.fit(store::MIGRATIONS)?;
    if !fit.newer.is_empty() {
        tracing::warn!(
            migrations = fit.newer.join(", "),
            "the database is newer than this program, which goes on with it"
        );
    }
    match fit.pending.as_slice() {
        [] => Ok(()),
        _ if store.is_empty()? => {
            store.migrate(store::MIGRATIONS, now.micros())?;
            Ok(())
        }
        behind => Err(BootError::Behind(behind.join(", "))),
    }
}

/// Whether a key ring opens what a database holds; one that holds nothing yet is opened by any.
pub(crate) fn check_key(store: &Store, ring: &KeyRing) -> Result<(), BootError> {
    let ring = ring.clone();
    match store.read_blocking(move |sql| Sealer::load(sql, &ring).map(drop)) {
        Err(Error::Seal(SealError::NoDataKey)) => Ok(()),
        checked => Ok(checked?),
    }
}

/// What of the secrets' files an operator should know that is no error.
pub(crate) fn warnings(file: &File) -> Vec<String> {
    let messages = &file.messages;
    let mail = messages.mail_server().is_some_and(|server| server.wants_password());
    let files = [
        (true, SEALING_KEY, &file.keys.sealing_key_file),
        (mail, MAIL_PASSWORD, &messages.mail_password_file),
        (messages.sends_sms(), SMS_SECRET, &messages.sms_secret_file),
        (file.cards.are_there(), CARD_SECRET, &file.cards.processor_secret_file),
    ];
    let read = files.into_iter().filter(|(used, variable, _)| *used && environment(variable).is_none());
    let open = read.filter_map(|(.., path)| {
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0)
            .then(|| format!("{path} is open to others than its owner (mode {mode:04o}): chmod 600 {path}"))
    });
    open.collect()
}

/// [`boot`] with a key that is at hand.
pub fn boot_with(file: &File, ring: &KeyRing, clock: Clock) -> Result<App, BootError> {
    let now = clock.now();
    let store = open_store(file)?;
    fit(&store, now)?;
    let unit_ring = ring.clone();
    let (sealer, secret, stored) = store.write_blocking(move |sql| {
        let fresh = FreshKey::new(random().into(), random());
        let sealer = Sealer::load_or_create(sql, &unit_ring, &fresh, now.micros())?;
        let fresh: [u8; 32] = random();
        let secret = store::secret::get_or_insert(sql, &sealer, HANDLE_SECRET, (&fresh, random()), now)?;
        Ok::<_, Error>((sealer, secret, store::client::all(sql)?))
    })?;
    let settings = Settings::of(file, look(file)?);
    let clients = Clients::of(&file.clients);
    clients.replace(clients::read(&stored));
    for alg in SigningAlg::ALL {
        if alg == SigningAlg::default() || clients.want(alg) {
            keys::ensure(&store, &sealer, alg, now)?;
        }
    }
    let reader = sealer.clone();
    let keys = store.read_blocking(move |sql| store::secret::signing_keys(sql, &reader))?;
    let push = push(file, &store, &sealer, now)?;
    let lives =
        Lives { token: settings.token_life, hint: settings.session_overall.saturating_add(settings.token_life) };
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
        signer: Signer::new(&keys, lives)?,
        readiness: Readiness::default(),
        passwords: Passwords::new(cost, concurrent, waiting.saturating_add(concurrent))?,
        clients,
        client_keys: ClientKeys::default(),
        push,
        carriers: carriers(file)?,
        card_processor: card_processor(file)?,
        streams: Streams::new(file.throttle.streams_per_address),
        warnings: Warnings::default(),
        swept: Swept::default(),
        settings,
        follow: crate::flow::after::follow,
        operator: operator(),
    })
}

/// How the institution's pages look: its logo is read once.
pub(crate) fn look(file: &File) -> Result<Look, BootError> {
    let path = &file.product.logo_file;
    if path.is_empty() {
        return Ok(Look::of(&file.product, None));
    }
    let failed = |error| BootError::Io { what: format!("product.logo_file, {path}"), error };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(LOGO + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LOGO {
        return Err(failed(ErrorKind::FileTooLarge.into()));
    }
    Ok(Look::of(&file.product, Some(bytes)))
}

/// The name of the user as whom this program runs.
fn operator() -> String {
    whoami::username().unwrap_or_else(|_| "unknown".to_owned())
}

/// The sender of pushes, where they are enabled. Its key is made at the first start with it, and is one for all nodes
/// and for good: browsers subscribe for this key and no other (RFC 8292, 4).
fn push(file: &File, store: &Store, sealer: &Sealer, now: Timestamp) -> Result<Option<WebPush>, BootError> {
    if !file.push.enabled {
        return Ok(None);
    }
    let (sealer, fresh) = (sealer.clone(), Vapid::new_key().map_err(WebPushError::from)?);
    let key = store.write_blocking(move |sql| {
        store::secret::get_or_insert(sql, &sealer, PUSH_SECRET, (fresh.expose(), random()), now)
    })?;
    Ok(Some(WebPush::new(file.push.policy(), &file.push.contact, &key)?))
}

/// The sealing key: from the environment where it is set there, else from the file.
pub fn key_ring(file: &File) -> Result<KeyRing, BootError> {
    let (ring, from) = match environment(SEALING_KEY) {
        Some(text) => (KeyRing::parse(&text), SEALING_KEY),
        None => {
            let path = file.keys.sealing_key_file.as_str();
            (KeyRing::from_file(Path::new(path)), path)
        }
    };
    ring.map_err(|error| BootError::Key { from: from.to_owned(), error })
}

/// The institution's card processor.
pub(crate) fn card_processor(file: &File) -> Result<Option<CardProcessor>, BootError> {
    if !file.cards.are_there() {
        return Ok(None);
    }
    let path = &file.cards.processor_secret_file;
    let secret = made_secret(CARD_SECRET, ("the card processor's secret", path))?;
    Ok(CardProcessor::new(&file.cards.processor_url, secret))
}

/// The ways out for messages.
pub(crate) fn carriers(file: &File) -> Result<Carriers, BootError> {
    let messages = &file.messages;
    let mail = match (messages.mail_server(), messages.sender()) {
        (Some(server), Some(from)) => {
            let path = &messages.mail_password_file;
            let password = || secret(MAIL_PASSWORD, ("the mail server's password", path));
            let password = server.wants_password().then(password).transpose()?;
            // The server says the name that people know it by.
            let url = reqwest::Url::parse(&file.http.public_url).ok();
            let name = url.as_ref().and_then(|url| url.host_str()).unwrap_or("localhost");
            Some(Mail::new(&server, password.as_ref(), (from, name))?)
        }
        _ => None,
    };
    let sms = match reqwest::Url::parse(&messages.sms_url) {
        Ok(url) if messages.sends_sms() => {
            let secret = made_secret(SMS_SECRET, ("the SMS gateway's secret", &messages.sms_secret_file))?;
            Some(Sms::new(url, secret)?)
        }
        _ => None,
    };
    Ok(Carriers { mail, sms })
}

/// A secret that a program makes, which can be long.
fn made_secret(variable: &str, of: (&str, &str)) -> Result<Secret<String>, BootError> {
    let secret = secret(variable, of)?;
    if secret.expose().len() < SHORTEST_SECRET || !secret.expose().bytes().all(|b| b.is_ascii_graphic()) {
        let error = std::io::Error::other("it must be at least 32 printable characters of ASCII");
        return Err(BootError::Io { what: format!("{}, {}", of.0, of.1), error });
    }
    Ok(secret)
}

/// A secret from the environment where it is set there, else from the file.
fn secret(variable: &str, (what, path): (&str, &str)) -> Result<Secret<String>, BootError> {
    let text = match environment(variable) {
        Some(text) => text,
        None => {
            std::fs::read_to_string(path).map_err(|error| BootError::Io { what: format!("{what}, {path}"), error })?
        }
    };
    Ok(Secret::new(text.trim().to_owned()))
}

/// What the environment sets, in the one of the two documented ways that is not a file.
#[expect(clippy::disallowed_methods, reason = "the one place that reads secrets from the environment")]
fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|text| !text.is_empty())
}

/// A new sealing key as the text of a key file.
pub fn new_sealing_key() -> String {
    let key: [u8; 32] = random();
    let digits: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("# Countersign sealing key: keep it away from the database, and keep a copy.\n{digits}\n")
}
