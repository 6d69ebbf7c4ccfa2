//! Tokens that a client has in its own name (RFC 6749, 4.4), for the institution's API.

use super::{Denied, token::Asking};
use crate::{
    app::App,
    clients::Client,
    flow::{Refused, proof::Proof},
    handle::Kind,
    work::Stop,
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    id::UserId,
};
use oidc::{OAuthError, scope};
use std::{sync::Arc, time::Duration};
use store::client_token::ClientToken;

/// A token that was just given.
#[derive(Debug)]
pub struct Given {
    /// The token.
    pub access_token: String,
    /// Whether it is bound to a key.
    pub bound: bool,
    /// Seconds it lives.
    pub expires_in: u64,
    /// What it may do.
    pub scope: String,
}

/// Gives a client a token for parts of the API: those it asks for, or all that it is registered for.
pub async fn give(app: &Arc<App>, asking: Asking, asked: Option<&str>) -> Result<Given, Denied> {
    let allowed = asking.client.oauth.api_scopes();
    if allowed.is_empty() {
        return Err(OAuthError::UnauthorizedClient.into());
    }
    let all = allowed.join(" ");
    let scope = scope::requested_of(Some(asked.unwrap_or(&all)), &allowed)?;
    asking.binds()?;
    let life = app.settings.token_life;
    let (access_token, token) = mint(app, &asking.client, &scope, life);
    let token = ClientToken { jkt: asking.jkt().map(str::to_owned), ..token };
    let bound = token.jkt.is_some();
    let (by, proof) = (asking.actor(), asking.proof);
    let kept: Result<(), Denied> = app
        .work(by, move |work| {
            if let Some(proof) = &proof
                && !proof.note(work)?
            {
                return Err(Stop::Undone(OAuthError::ReplayedDpopProof.into()));
            }
            work.about.client = Some(token.client.clone());
            store::client_token::insert(work.sql, &token)?;
            Ok(work.record(Audit::ClientTokenIssued, Detail::none().because(token.scope.clone()))?)
        })
        .await;
    kept?;
    Ok(Given { access_token, bound, expires_in: life.as_secs(), scope })
}

/// A new token and its row, which is not kept yet.
pub(crate) fn mint(app: &App, client: &Client, scope: &str, life: Duration) -> (String, ClientToken) {
    let (text, digest) = app.handles.mint(Kind::ClientToken, UserId::NOBODY);
    let now = app.now();
    let (client, scope) = (client.id.clone(), scope.to_owned());
    (text, ClientToken { digest, client, scope, jkt: None, created_at: now, expires_at: now.plus(life) })
}

/// Finds a living token.
pub async fn find(app: &Arc<App>, text: &str) -> Result<Option<ClientToken>, Refused> {
    let Some(read) = app.handles.read(Kind::ClientToken, text) else { return Ok(None) };
    let now = app.now();
    Ok(app.store.read(move |sql| store::client_token::live(sql, read.digest, now)).await?)
}

/// Notes the proof that came with a living token. False when it was used before.
pub async fn proved(app: &Arc<App>, client: &str, proof: Proof) -> Result<bool, Refused> {
    app.work(Actor::Client { id: client.to_owned() }, move |work| Ok(proof.note(work)?)).await
}

/// Takes back a client's own token. False where it is none of its own.
pub async fn revoke(app: &Arc<App>, client: &Client, text: &str) -> Result<bool, Refused> {
    let Some(read) = app.handles.read(Kind::ClientToken, text) else { return Ok(false) };
    let client = client.id.clone();
    app.work(Actor::Client { id: client.clone() }, move |work| {
        let ended = store::client_token::end(work.sql, read.digest, &client)?;
        if ended {
            work.about.client = Some(client.clone());
            work.record(Audit::ClientTokenRevoked, Detail::none())?;
        }
        Ok(ended)
    })
    .await
}
