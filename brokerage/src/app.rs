//! What every request shares.

use crate::{
    clock::Clock,
    provider::{Provider, ProviderError, Registered},
    settings::Settings,
    store::{Store, StoreError},
    web::part::Part,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The brokerage.
#[derive(Debug)]
pub struct App {
    /// Its database.
    pub store: Store,
    /// The OpenID provider that logs its customers in.
    pub provider: Provider,
    /// Its clock.
    pub clock: Clock,
    /// As browsers call it, without a final slash.
    pub public_url: String,
    /// The seed of the market's prices.
    pub seed: u64,
    /// The digest of the secret that opens the card processor's API; none where there is no such API.
    pub processor_secret: Option<[u8; 32]>,
    portal: Registered,
    trader: Registered,
    payments: Registered,
}

/// Why it cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port, or something else of the system.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The issuer's name.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl App {
    /// Opens the database; the provider is asked later.
    ///
    /// # Errors
    /// When the database cannot be used, or the issuer is no URL.
    pub fn open(settings: &Settings, port: u16) -> Result<Self, StartError> {
        let clock = Clock::ahead_by(settings.clock.clone());
        let url = settings.public_url.clone().unwrap_or_else(|| format!("http://localhost:{port}"));
        let registered = |id, secret: &Option<String>| Registered { id, secret: secret.clone() };
        Ok(Self {
            store: Store::open(&settings.data)?,
            provider: Provider::new(settings.issuer.trim_end_matches('/'), clock.clone())?,
            clock,
            public_url: url.trim_end_matches('/').to_owned(),
            seed: settings.seed,
            processor_secret: settings.secrets.processor.as_deref().map(digest),
            portal: registered("client-portal", &settings.secrets.portal),
            trader: registered("web-trader", &settings.secrets.trader),
            payments: registered("payments", &settings.secrets.payments),
        })
    }

    /// The client that a part is at the issuer.
    pub fn registered(&self, part: Part) -> &Registered {
        match part {
            Part::Portal => &self.portal,
            Part::Trader => &self.trader,
        }
    }

    /// The card processor's client.
    pub fn payments(&self) -> &Registered {
        &self.payments
    }

    /// Whether browsers reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// A value nobody can guess.
pub fn token() -> String {
    let mut octets = [0; 32];
    // aws-lc's generator fails only where the system has no entropy at all, and then nothing here could work.
    if aws_lc_rs::rand::fill(&mut octets).is_err() {
        std::process::abort();
    }
    URL_SAFE_NO_PAD.encode(octets)
}

/// The digest under which such a value is kept.
pub fn digest(value: &str) -> [u8; 32] {
    Sha256::digest(value.as_bytes()).into()
}
