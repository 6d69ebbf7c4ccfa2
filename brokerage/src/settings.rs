//! How the brokerage is started.

use std::{net::SocketAddr, path::PathBuf};

/// Everything it is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens; a loopback address stands for both families.
    pub listen: SocketAddr,
    /// Where that port is taken, it listens on any free one instead.
    pub or_any_port: bool,
    /// As browsers call it; `http://localhost:PORT` without it.
    pub public_url: Option<String>,
    /// The issuer that logs its customers in.
    pub issuer: String,
    /// Its database.
    pub data: PathBuf,
    /// The seed of the market's prices.
    pub seed: u64,
    /// A file that says how far a test clock is ahead.
    pub clock: Option<PathBuf>,
    /// The secrets of its clients.
    pub secrets: Secrets,
}

/// The secrets of its clients and of its own API for the login server, from the environment.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Of `client-portal`.
    pub portal: Option<String>,
    /// Of `web-trader`.
    pub trader: Option<String>,
    /// Of `payments`.
    pub payments: Option<String>,
    /// Of the card processor's API, which is absent without one.
    pub processor: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Reads them. The name of a variable that is missing, when one is.
    #[expect(clippy::disallowed_methods, reason = "secrets come from the environment, and are read here alone")]
    pub fn from_environment() -> Result<Self, &'static str> {
        let perhaps = |name: &'static str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let read = |name: &'static str| perhaps(name).map(Some).ok_or(name);
        Ok(Self {
            portal: read("BROKERAGE_CLIENT_PORTAL_SECRET")?,
            trader: read("BROKERAGE_WEB_TRADER_SECRET")?,
            payments: read("BROKERAGE_PAYMENTS_SECRET")?,
            processor: perhaps("BROKERAGE_PROCESSOR_SECRET"),
        })
    }
}
