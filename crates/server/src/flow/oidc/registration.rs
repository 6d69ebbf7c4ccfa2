//! Client programs of the database: registered, given another secret, removed.

use crate::{
    app::{App, random},
    clients::{self, Client},
    flow::{
        confirm::effects::{Scene, audit},
        oidc::{
            cache,
            keys::{self, KeyError},
        },
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Secret, Timestamp, audit::Kind as Audit, lockout::Budget};
use oidc::client::{AuthMethod, RegistrationError};
use serde_json::json;
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
    client.oauth.check()?;
    keys::ensure(&app.store, &app.sealer, client.oauth.id_token_signed_response_alg, app.now())?;
    let (unit_app, id, text) = (Arc::clone(app), client.id.clone(), serde_json::to_string(&client)?);
    let added = app.store.write_blocking(move |sql| {
        let now = unit_app.now();
        store::client::insert(sql, &id, &text, now)?;
        changed(sql, &id, Audit::ClientAdded, now)
    });
    match added {
        Err(Error::Unique { .. }) => Err(ClientError::Taken),
        Err(error) => Err(error.into()),
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
    let (unit_app, text) = (Arc::clone(app), serde_json::to_string(&client)?);
    app.store.write_blocking(move |sql| {
        let now = unit_app.now();
        if !store::client::change(sql, &seen, &text, now)? {
            return Err(ClientError::Changed);
        }
        Ok(changed(sql, &seen.id, Audit::ClientSecretChanged, now)?)
    })?;
    Ok((client, secret))
}

/// Removes a client. What it was given is worth nothing to it from now on: it cannot prove itself. Blocks.
pub fn remove(app: &Arc<App>, id: &str) -> Result<(), ClientError> {
    let (unit_app, id) = (Arc::clone(app), id.to_owned());
    app.store.write_blocking(move |sql| {
        if !store::client::remove(sql, &id)? {
            return Err(missing(&unit_app, &id));
        }
        Ok(changed(sql, &id, Audit::ClientRemoved, unit_app.now())?)
    })
}

fn stored(app: &App, id: &str) -> Result<Stored, ClientError> {
    let stored = app.store.read_blocking(store::client::all)?;
    stored.into_iter().find(|stored| stored.id == id).ok_or_else(|| missing(app, id))
}

fn missing(app: &App, id: &str) -> ClientError {
    if app.clients.is_configured(id) { ClientError::Configured } else { ClientError::Unknown }
}

fn changed(sql: &mut dyn store::Sql, id: &str, kind: Audit, now: Timestamp) -> Result<(), Error> {
    let scene = Scene { user: None, budget: Budget::Strangers, now, detail: json!({ "client": id }) };
    audit(sql, &scene, kind, &json!({}))?;
    sql.wake(cache::TOPIC);
    Ok(())
}

fn has_secret(auth: AuthMethod) -> bool {
    matches!(auth, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
}

/// 256 bits.
fn new_secret() -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(random::<32>()))
}
