//! From a configuration to a running [`App`]: database, keys, secrets.

use crate::{
    app::{App, Clock, Settings, Warnings, random},
    card_processor::CardProcessor,
    clients::{self, Clients},
    config::File,
    flow::oidc::keys::{self, KeyError},
    handle::Handles,
    notify::{
        Carriers,
        mail::{Mail, MailError},
        sms::Sms,
        webpush::{Vapid, WebPush, WebPushError},
    },
    passwords::{Cost, Passwords},
    signing::{self, Lives, Signer},
    streams::Streams,
};
use domain::Secret;
use domain::Timestamp;
use oidc::client::SigningAlg;
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
/// Of secrets between programs.
const SHORTEST_SECRET: usize = 32;

/// The name of the secret that signs pushes.
const PUSH_SECRET: &str = "vapid";

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
    let (sealer, secret, stored) = store.write_blocking(move |sql| {
        let fresh = FreshKey::new(random().into(), random());
        let sealer = Sealer::load_or_create(sql, &unit_ring, &fresh, now.micros())?;
        let fresh: [u8; 32] = random();
        let secret = store::secret::get_or_insert(sql, &sealer, HANDLE_SECRET, (&fresh, random()), now)?;
        Ok::<_, Error>((sealer, secret, store::client::all(sql)?))
    })?;
    let settings = Settings::of(file);
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
        passwords: Passwords::new(cost, concurrent, waiting.saturating_add(concurrent))?,
        clients,
        push,
        carriers: carriers(file)?,
        card_processor: card_processor(file)?,
        streams: Streams::new(file.throttle.streams_per_address),
        warnings: Warnings::default(),
        settings,
        follow: crate::flow::follow,
        operator: operator(),
    })
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
#[expect(clippy::disallowed_methods, reason = "a key from the environment is one of the two documented ways")]
pub fn key_ring(file: &File) -> Result<KeyRing, BootError> {
    let ring = match std::env::var("COUNTERSIGN_SEALING_KEY") {
        Ok(text) if !text.is_empty() => KeyRing::parse(&text),
        _ => KeyRing::from_file(Path::new(&file.keys.sealing_key_file)),
    };
    Ok(ring.map_err(Error::from)?)
}

/// The institution's card processor.
fn card_processor(file: &File) -> Result<Option<CardProcessor>, BootError> {
    if !file.cards.are_there() {
        return Ok(None);
    }
    let path = &file.cards.processor_secret_file;
    let secret = made_secret("COUNTERSIGN_CARD_PROCESSOR_SECRET", ("the card processor's secret", path))?;
    Ok(CardProcessor::new(&file.cards.processor_url, secret))
}

/// The ways out for messages.
pub(crate) fn carriers(file: &File) -> Result<Carriers, BootError> {
    let messages = &file.messages;
    let mail = match (messages.mail_server(), messages.sender()) {
        (Some(server), Some(from)) => {
            let path = &messages.mail_password_file;
            let password = || secret("COUNTERSIGN_MAIL_PASSWORD", ("the mail server's password", path));
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
            let secret =
                made_secret("COUNTERSIGN_SMS_SECRET", ("the SMS gateway's secret", &messages.sms_secret_file))?;
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
#[expect(clippy::disallowed_methods, reason = "a secret from the environment is one of the two documented ways")]
fn secret(variable: &str, (what, path): (&str, &str)) -> Result<Secret<String>, BootError> {
    let text = match std::env::var(variable) {
        Ok(text) if !text.is_empty() => text,
        _ => std::fs::read_to_string(path).map_err(|error| BootError::Io { what: format!("{what}, {path}"), error })?,
    };
    Ok(Secret::new(text.trim().to_owned()))
}

/// A new sealing key as the text of a key file.
pub fn new_sealing_key() -> String {
    let key: [u8; 32] = random();
    let digits: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("# Countersign sealing key: keep it away from the database, and keep a copy.\n{digits}\n")
}
