//! Client programs of the database: registered, given another secret, removed.

use super::{
    keys::{self, KeyError},
    topic::TOPIC,
};
use crate::{
    app::{App, random},
    clients::{self, Client},
    work::{Work, stops},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Secret,
    audit::{Detail, Kind as Audit},
};
use oidc::client::{AuthMethod, RegistrationError};
use std::sync::Arc;
use store::{Error, client::Stored};

/// Why a client was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The id is none.
    #[error("{}", clients::ID_RULE)]
    Id,
    /// What is registered does not hold together.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// There is one of this id.
    #[error("there is a client of this id")]
    Taken,
    /// The configuration has one of this id.
    #[error("the configuration has a client of this id, and the configuration's is the one that counts")]
    Configured,
    /// There is none of this id.
    #[error("the database has no client of this id")]
    Unknown,
    /// It proves itself without a secret.
    #[error("this client has no secret: its auth is {0}")]
    NoSecret(&'static str),
    /// Nothing to prove itself by would be left.
    #[error("the file holds no key")]
    NoKeys,
    /// Somebody changed it at the same time.
    #[error("somebody else has just changed this client; try again")]
    Changed,
    /// It cannot be read.
    #[error("what is stored of this client cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The key that it wants.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(ClientError);

/// A client, and whether it is the configuration's.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The client.
    pub client: Arc<Client>,
    /// Whether it is the configuration's.
    pub configured: bool,
}

/// Every client, by id. Those of the database that the configuration hides come with the second list. Blocks.
pub fn list(app: &App) -> Result<(Vec<Listed>, Vec<String>), ClientError> {
    let stored = app.store.read_blocking(store::client::all)?;
    app.clients.replace(clients::read(&stored));
    let listed = |client: Arc<Client>| Listed { configured: app.clients.is_configured(&client.id), client };
    let hidden = stored.into_iter().map(|stored| stored.id).filter(|id| app.clients.is_configured(id));
    Ok((app.clients.all().into_iter().map(listed).collect(), hidden.collect()))
}

/// Registers a client; its secret, where it proves itself by one, which is kept nowhere. Blocks.
pub fn add(app: &Arc<App>, mut client: Client) -> Result<(Client, Option<Secret<String>>), ClientError> {
    if !clients::id_fits(&client.id) {
        return Err(ClientError::Id);
    }
    if app.clients.is_configured(&client.id) {
        return Err(ClientError::Configured);
    }
    let secret = has_secret(client.oauth.auth).then(new_secret);
    client.oauth.secret_sha256 = secret.as_ref().map(|secret| oidc::client_auth::secret_hash(secret.expose()));
    client.check()?;
    keys::ensure(&app.store, &app.sealer, client.oauth.id_token_signed_response_alg, app.now())?;
    let (id, text) = (client.id.clone(), serde_json::to_string(&client)?);
    let added = app.work_blocking(app.operator(), move |work| {
        store::client::insert(work.sql, &id, &text, work.now)?;
        Ok(changed(work, &id, Audit::ClientAdded)?)
    });
    match added {
        Err(ClientError::Store(Error::Unique { .. })) => Err(ClientError::Taken),
        Err(error) => Err(error),
        Ok(()) => Ok((client, secret)),
    }
}

/// Gives a client another secret; the old one is worth nothing from now on. Blocks.
pub fn renew_secret(app: &Arc<App>, id: &str) -> Result<(Client, Secret<String>), ClientError> {
    let seen = stored(app, id)?;
    let mut client: Client = serde_json::from_str(&seen.registration)?;
    if !has_secret(client.oauth.auth) {
        return Err(ClientError::NoSecret(client.oauth.auth.name()));
    }
    let secret = new_secret();
    client.oauth.secret_sha256 = Some(oidc::client_auth::secret_hash(secret.expose()));
    change(app, seen, &client, Audit::ClientSecretChanged)?;
    Ok((client, secret))
}

fn change(app: &Arc<App>, seen: Stored, client: &Client, kind: Audit) -> Result<(), ClientError> {
    let text = serde_json::to_string(client)?;
    app.work_blocking(app.operator(), move |work| {
        if !store::client::change(work.sql, &seen, &text, work.now)? {
            return Err(ClientError::Changed.into());
        }
        Ok(changed(work, &seen.id, kind)?)
    })
}

/// Where a client's public keys are.
#[derive(Debug, Clone)]
pub enum Published {
    /// Told.
    Here(Vec<serde_json::Value>),
    /// To be fetched.
    There(String),
}

/// Gives a client other public keys; the old ones prove nothing from now on, and what it was given stays. Blocks.
pub fn change_keys(app: &Arc<App>, id: &str, published: Published) -> Result<Client, ClientError> {
    let seen = stored(app, id)?;
    let mut client: Client = serde_json::from_str(&seen.registration)?;
    (client.oauth.keys, client.oauth.jwks_uri) = match published {
        Published::Here(keys) => (keys, None),
        Published::There(uri) => (Vec::new(), Some(uri)),
    };
    if !client.oauth.has_keys() {
        return Err(ClientError::NoKeys);
    }
    client.check()?;
    change(app, seen, &client, Audit::ClientKeysChanged)?;
    Ok(client)
}

/// Removes a client. What it was given is worth nothing to it from now on: it cannot prove itself. Blocks.
pub fn remove(app: &Arc<App>, id: &str) -> Result<(), ClientError> {
    let id = id.to_owned();
    app.work_blocking(app.operator(), move |work| {
        if !store::client::remove(work.sql, &id)? {
            return Err(missing(work.app, &id).into());
        }
        Ok(changed(work, &id, Audit::ClientRemoved)?)
    })
}

fn stored(app: &App, id: &str) -> Result<Stored, ClientError> {
    let stored = app.store.read_blocking(store::client::all)?;
    stored.into_iter().find(|stored| stored.id == id).ok_or_else(|| missing(app, id))
}

fn missing(app: &App, id: &str) -> ClientError {
    if app.clients.is_configured(id) { ClientError::Configured } else { ClientError::Unknown }
}

fn changed(work: &mut Work<'_>, id: &str, kind: Audit) -> Result<(), Error> {
    work.about.client = Some(id.to_owned());
    work.record(kind, Detail::none())?;
    work.sql.wake(TOPIC);
    Ok(())
}

fn has_secret(auth: AuthMethod) -> bool {
    matches!(auth, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
}

/// 256 bits.
fn new_secret() -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(random::<32>()))
}
