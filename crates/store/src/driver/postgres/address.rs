//! Where the database is and how it is reached: the URL, TLS, and what every connection is set to.
//!
//! `sslmode` is libpq's: `disable`, `prefer`, `require`, `verify-ca`, `verify-full`. Wherever TLS is spoken the server's
//! certificate is verified and must name the host, so the last three mean the same here. Without it, TLS is required,
//! except to this machine itself. `sslrootcert` names a PEM file of the authorities to trust in place of the system's.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use postgres::{Client, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::{failure, words};
use crate::Error;

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// A database and the way to it.
pub(super) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    settings: String,
}

impl Address {
    /// Reads a URL; `None` when it is one of another kind of database.
    pub(super) fn parse(url: &str, patience: Duration) -> Option<Result<Self, Error>> {
        is_postgres(url).then(|| Self::read(url, patience))
    }

    fn read(url: &str, patience: Duration) -> Result<Self, Error> {
        let (mut config, ssl) = read(url)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(patience.max(Duration::from_secs(1)));
        }
        if config.get_application_name().is_none() {
            config.application_name("countersign");
        }
        config.ssl_mode(ssl.mode);
        let tls = (ssl.mode != SslMode::Disable).then(|| tls(ssl.authorities.as_deref())).transpose()?;
        Ok(Self { config, tls, settings: settings(patience) })
    }

    /// Opens a connection. Never on a thread of an async runtime: the client has one of its own.
    pub(super) fn connect(&self) -> Result<Client, postgres::Error> {
        let config = postgres::Config::from(self.config.clone());
        let mut client = match &self.tls {
            Some(tls) => config.connect(tls.clone())?,
            None => config.connect(NoTls)?,
        };
        client.batch_execute(&self.settings)?;
        Ok(client)
    }

    /// What every connection is set to, beside those that only carry signals.
    pub(super) fn settings(&self) -> &str {
        &self.settings
    }

    /// For those who wait for several things at once and are therefore async.
    pub(super) fn parts(&self) -> (&Config, Option<&MakeRustlsConnect>) {
        (&self.config, self.tls.as_ref())
    }
}

/// Whether a URL is meant for this driver.
pub(crate) fn is_postgres(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// A URL without what must not be shown: user, hosts and database, whatever else stood there.
pub(crate) fn shown(url: &str) -> String {
    let Ok((config, _)) = read(url) else { return "postgres://…".to_owned() };
    let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
    let ports = config.get_ports();
    let hosts: Vec<_> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(place, host)| {
            let host = match host {
                Host::Tcp(name) => name.clone(),
                Host::Unix(path) => path.display().to_string(),
            };
            ports.get(place).or_else(|| ports.first()).map_or(host.clone(), |port| format!("{host}:{port}"))
        })
        .collect();
    format!("postgres://{user}{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}

/// How TLS is wanted.
struct Ssl {
    mode: SslMode,
    authorities: Option<String>,
}

/// Takes from the URL what the client library does not know, and lets it read the rest.
fn read(url: &str) -> Result<(Config, Ssl), Error> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut authorities, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(ssl_mode(value)?),
            Some(("sslrootcert", value)) => {
                authorities = Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
            }
            _ => rest.push(pair),
        }
    }
    let separator = if rest.is_empty() { "" } else { "?" };
    let config: Config = format!("{base}{separator}{}", rest.join("&")).parse().map_err(|error| open(words(&error)))?;
    let mode = mode.unwrap_or(if is_here(&config) { SslMode::Disable } else { SslMode::Require });
    Ok((config, Ssl { mode, authorities }))
}

fn ssl_mode(value: &str) -> Result<SslMode, Error> {
    match value {
        "disable" => Ok(SslMode::Disable),
        "prefer" => Ok(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Ok(SslMode::Require),
        _ => Err(open("sslmode is none of disable, prefer, require, verify-ca and verify-full".to_owned())),
    }
}

/// Whether every host is this machine, which needs no TLS.
fn is_here(config: &Config) -> bool {
    let local = |host: &Host| match host {
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(local) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

fn tls(authorities: Option<&str>) -> Result<MakeRustlsConnect, Error> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(file) => {
            let unread = |error: &dyn std::fmt::Display| open(format!("sslrootcert {file}: {error}"));
            for certificate in CertificateDer::pem_file_iter(Path::new(file)).map_err(|error| unread(&error))? {
                roots.add(certificate.map_err(|error| unread(&error))?).map_err(|error| unread(&error))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        return Err(open("there is no certificate authority to verify the database's server by".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| open(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// What every connection is set to. A commit is acknowledged when it is durable, whatever the server's default is; a
/// stronger setting stays. A node that froze in the middle of a unit does not hold its locks for ever.
fn settings(patience: Duration) -> String {
    format!(
        "SET client_min_messages = warning; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = 60000;
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        patience.as_millis().max(1)
    )
}

/// Why a database cannot be used: in which way text sorts and is stored is decided when it is made.
pub(super) fn check(client: &mut Client) -> Result<(), Error> {
    const LOOK: &str = "SELECT pg_encoding_to_char(d.encoding), d.datcollate,
        COALESCE(to_jsonb(d) ->> 'datlocprovider', 'c') FROM pg_database AS d WHERE d.datname = current_database()";
    let row = client.query_one(LOOK, &[]).map_err(|error| failure("open", &error))?;
    let text = |column: usize| row.try_get::<_, String>(column).map_err(|error| failure("open", &error));
    let (encoding, collation, provider) = (text(0)?, text(1)?, text(2)?);
    let octets = ["C", "POSIX", "C.UTF-8", "C.UTF8", "C.utf8"].contains(&collation.as_str());
    // The provider "builtin" of newer servers sorts by code points, which are the order of UTF-8's octets.
    if encoding == "UTF8" && (provider == "b" || (provider == "c" && octets)) {
        return Ok(());
    }
    let rules = if provider == "c" { collation.as_str() } else { "the rules of ICU" };
    Err(open(format!(
        "the database is encoded in {encoding} and sorts text by {rules}, but must be UTF8 and sort by octets: make it \
         by CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    )))
}

fn open(message: String) -> Error {
    Error::Other { statement: "open", message }
}
