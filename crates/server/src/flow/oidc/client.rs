//! Clients that prove themselves.

use crate::{
    app::App,
    clients::Client,
    flow::{oidc::Denied, proof::Once},
};
use domain::Timestamp;
use oidc::{
    ClientFault, Form, OAuthError,
    client_auth::{Audience, Presented},
};
use std::sync::Arc;

/// A form that a client sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The endpoint's path.
    pub path: &'a str,
    /// The form.
    pub form: &'a Form,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
}

/// The client of a form, authenticated by its registered method.
pub async fn authenticate(app: &Arc<App>, sent: Sent<'_>) -> Result<Arc<Client>, Denied> {
    let presented = Presented::of(sent.form, sent.authorization)?;
    let Some(client) = app.clients.find(&presented.client_id) else {
        tracing::info!(client = presented.client_id, "a client that is not registered was refused");
        return Err(OAuthError::InvalidClient.into());
    };
    let believed = believe(app, sent, &presented, client).await;
    if let Err(Denied::OAuth(OAuthError::ClientRefused(fault))) = &believed {
        tracing::warn!(client = presented.client_id, %fault, "a client was not believed");
    }
    believed
}

async fn believe(
    app: &Arc<App>,
    sent: Sent<'_>,
    presented: &Presented,
    client: Arc<Client>,
) -> Result<Arc<Client>, Denied> {
    let client = with_keys(app, sent.form, presented, client).await?;
    let issuer = &app.settings.issuer;
    let endpoints: Vec<_> = addressed_by_ciba(sent.path).iter().map(|path| format!("{issuer}{path}")).collect();
    let audience = Audience { issuer, endpoints: &endpoints };
    if let Some(assertion) =
        presented.check(&client.oauth, &audience, app.now().unix_seconds()).map_err(OAuthError::from)?
    {
        let until = Timestamp::from_unix_seconds(assertion.exp);
        let once = Once::of(&["assertion", &client.id, &assertion.jti], until);
        if !app.store.write(move |sql| once.note(sql)).await? {
            return Err(OAuthError::from(ClientFault::Replayed).into());
        }
    }
    Ok(client)
}

/// The endpoints that an assertion of a client that uses CIBA may name at this one (CIBA Core, 7.1).
fn addressed_by_ciba(path: &str) -> &'static [&'static str] {
    match path {
        "/oauth2/bc-authorize" => &["/oauth2/token", "/oauth2/bc-authorize"],
        "/oauth2/token" => &["/oauth2/token"],
        _ => &[],
    }
}

/// The client with its keys, where they are to be fetched and something that it signed came.
async fn with_keys(
    app: &Arc<App>,
    form: &Form,
    presented: &Presented,
    client: Arc<Client>,
) -> Result<Arc<Client>, OAuthError> {
    let request = form.optional("request", oidc::jws::MAX_OCTETS)?;
    let uri = client.oauth.jwks_uri.as_ref().filter(|_| presented.is_assertion() || request.is_some());
    let Some(uri) = uri else { return Ok(client) };
    let kid = presented.assertion_key().or_else(|| oidc::client_auth::key_id(request?));
    let keys = app.client_keys.at(uri, kid.as_deref()).await.ok_or(ClientFault::Keys)?;
    let mut known = Client::clone(&client);
    known.oauth.keys = keys;
    Ok(Arc::new(known))
}
