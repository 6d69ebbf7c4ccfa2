//! What an access or refresh token is, and giving it back.

use crate::{
    app::App,
    clients::Client,
    flow::{
        Refused,
        oidc::{Denied, client_token},
        proof::Proof,
    },
    handle::Kind,
};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind as Audit},
};
use oidc::{
    OAuthError,
    claims::UserInfo,
    introspect::{Confirmation, Introspection},
    scope,
};
use std::sync::Arc;
use store::{Error, client_token::ClientToken, grant::Grant, user::User};

/// A living token.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it came from.
    pub grant: Grant,
    /// Whose it is.
    pub user: User,
    /// What it may do.
    pub scope: String,
    /// Whether it is an access token, and not a refresh token.
    pub access: bool,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// What the user confirmed, where details were.
    pub details: Option<Vec<operation::What>>,
}

/// Finds a living access or refresh token.
pub async fn find(app: &Arc<App>, text: &str) -> Result<Option<Token>, Refused> {
    let (access, read) = match (app.handles.read(Kind::Token, text), app.handles.read(Kind::Refresh, text)) {
        (Some(read), _) => (true, read),
        (None, Some(read)) => (false, read),
        (None, None) => return Ok(None),
    };
    let now = app.now();
    let found = app.store.read(move |sql| {
        let held = if access {
            store::token::live(sql, read.user, read.digest, now)?
                .map(|token| (token.grant, Some(token.scope), token.created_at, token.expires_at))
        } else {
            store::refresh::one(sql, read.user, read.digest)?
                .filter(|token| token.used_at.is_none() && token.expires_at > now)
                .map(|token| (token.grant, None, token.created_at, token.expires_at))
        };
        let Some((grant, scope, created_at, expires_at)) = held else { return Ok(None) };
        let (Some(grant), Some(user)) =
            (store::grant::live(sql, read.user, grant)?, store::user::by_id(sql, read.user)?)
        else {
            return Ok(None);
        };
        let scope = scope.unwrap_or_else(|| grant.scope.clone());
        let details = match grant.confirmation {
            Some(confirmation) => store::confirmation::by_id(sql, read.user, confirmation)?
                .and_then(|stored| crate::flow::oidc::details::given_back(&stored.confirmation.operation.what)),
            None => None,
        };
        Ok::<_, Error>(Some(Token { details, grant, user, scope, access, created_at, expires_at }))
    });
    Ok(found.await?)
}

/// Notes the proof that came with a living token. False when it was used before.
pub async fn proved(app: &Arc<App>, token: &Token, proof: Proof) -> Result<bool, Denied> {
    let by = Actor::Client { id: token.grant.client.clone() };
    app.work(by, move |work| Ok(proof.note(work)?)).await
}

/// What a token is, for a client that may ask: a resource server, or the one it was given to.
pub async fn introspect(app: &Arc<App>, client: &Client, text: Option<&str>) -> Result<Introspection, Denied> {
    let Some(text) = text else { return Ok(Introspection::default()) };
    if let Some(token) = client_token::find(app, text).await? {
        let may = token.client == client.id || client.oauth.introspection;
        return Ok(if may { of_client(app, token) } else { Introspection::default() });
    }
    let found = find(app, text).await?;
    // What a refresh token is, is for the one that holds it: a resource must not take it for an access token.
    let own = |token: &Token| token.grant.client == client.id;
    let may = |token: &Token| own(token) || client.oauth.introspection && token.access;
    let Some(token) = found.filter(may) else { return Ok(Introspection::default()) };
    let kind = match (token.access, &token.grant.jkt) {
        (false, _) => "refresh_token",
        (true, Some(_)) => "DPoP",
        (true, None) => "Bearer",
    };
    Ok(Introspection {
        active: true,
        scope: Some(token.scope),
        client_id: Some(token.grant.client),
        token_type: Some(kind.to_owned()),
        exp: Some(token.expires_at.unix_seconds()),
        iat: Some(token.created_at.unix_seconds()),
        sub: Some(token.user.id.to_string()),
        iss: Some(app.settings.issuer.clone()),
        aud: Some(app.settings.issuer.clone()),
        username: Some(token.user.username.to_string()),
        sid: token.grant.session.map(|session| session.to_string()),
        acr: Some(token.grant.acr),
        auth_time: Some(token.grant.auth_at.unix_seconds()),
        cnf: token.grant.jkt.map(|jkt| Confirmation { jkt }),
        authorization_details: token.details,
    })
}

/// What a client's own token is: its subject is the client (RFC 9068, 2.2).
fn of_client(app: &App, token: ClientToken) -> Introspection {
    Introspection {
        active: true,
        scope: Some(token.scope),
        sub: Some(token.client.clone()),
        client_id: Some(token.client),
        token_type: Some(if token.jkt.is_some() { "DPoP" } else { "Bearer" }.to_owned()),
        exp: Some(token.expires_at.unix_seconds()),
        iat: Some(token.created_at.unix_seconds()),
        iss: Some(app.settings.issuer.clone()),
        aud: Some(app.settings.issuer.clone()),
        cnf: token.jkt.map(|jkt| Confirmation { jkt }),
        ..Introspection::default()
    }
}

/// Takes back a token with its whole family, for the client that holds it. An unknown one is as good as gone.
pub async fn revoke(app: &Arc<App>, client: &Client, text: Option<&str>, proof: Option<Proof>) -> Result<(), Denied> {
    let Some(text) = text else { return Ok(()) };
    if client_token::revoke(app, client, text).await? {
        return Ok(());
    }
    // A proof is noted beside a token that only we can have made, and not beside whatever a stranger sends.
    let ours = [Kind::Token, Kind::Refresh].into_iter().any(|kind| app.handles.read(kind, text).is_some());
    if let Some(proof) = proof.filter(|_| ours) {
        let by = Actor::Client { id: client.id.clone() };
        let noted: Result<bool, Denied> = app.work(by, move |work| Ok(proof.note(work)?)).await;
        if !noted? {
            return Err(OAuthError::ReplayedDpopProof.into());
        }
    }
    let Some(token) = find(app, text).await?.filter(|token| token.grant.client == client.id) else { return Ok(()) };
    let ended: Result<(), Refused> = app
        .work(Actor::Client { id: client.id.clone() }, move |work| {
            store::grant::end(work.sql, token.user.id, token.grant.id, work.now)?;
            work.about.user = Some(token.user.id);
            work.about.client = Some(token.grant.client.clone());
            Ok(work.record(Audit::GrantRevoked, Detail::none().grant(token.grant.id))?)
        })
        .await;
    Ok(ended?)
}

/// Who the user of an access token is.
pub fn user_info(token: &Token) -> Result<UserInfo, OAuthError> {
    if !scope::has(&token.scope, "openid") {
        return Err(OAuthError::InsufficientScope("openid"));
    }
    let profile = scope::has(&token.scope, "profile");
    Ok(UserInfo {
        sub: token.user.id.to_string(),
        preferred_username: profile.then(|| token.user.username.to_string()),
    })
}
