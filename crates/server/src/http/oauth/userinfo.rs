//! `/oauth2/userinfo` (OpenID Connect Core, 5.3).

use crate::http::extract::header::one;
use crate::{
    app::App,
    flow::{
        oidc::bearer::{self, Token},
        proof::Proof,
    },
    http::{
        Shared,
        extract::caller::{Caller, Who},
        layers::cors::CallingClient,
        problem::OAuthProblem,
    },
};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{header, request::Parts},
};
use oidc::{
    OAuthError,
    authorization::{Scheme, credentials},
    claims::UserInfo,
};
use std::sync::Arc;

/// `GET` and `POST /oauth2/userinfo`.
pub async fn userinfo(_: State<Shared>, AccessToken(token): AccessToken) -> Result<Json<UserInfo>, OAuthProblem> {
    Ok(Json(bearer::user_info(&token)?))
}

/// A living access token: nobody else gets in.
pub struct AccessToken(Token);

impl Caller for AccessToken {
    const WHO: Who = Who::Token;
}

impl FromRequestParts<Arc<App>> for AccessToken {
    type Rejection = OAuthProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, OAuthProblem> {
        let token = access_token(app, parts).await?;
        if let Some(client) = app.clients.find(&token.grant.client) {
            CallingClient::of(&parts.extensions).is(&client);
        }
        Ok(Self(token))
    }
}

/// The living access token of a request: `Bearer`, or `DPoP` with its proof for one that is bound to a key. Never
/// taken from a query or a body (RFC 9700, 4.3.2).
async fn access_token(app: &Shared, parts: &Parts) -> Result<Token, OAuthProblem> {
    let headers = &parts.headers;
    let line = one(headers, header::AUTHORIZATION.as_str()).map_err(|()| OAuthError::InvalidToken)?;
    let (scheme, text) = credentials(line.ok_or(OAuthError::NoToken)?).ok_or(OAuthError::InvalidToken)?;
    let found = bearer::find(app, text).await.map_err(crate::flow::oidc::Denied::from)?;
    let token = found.filter(|token| token.access).ok_or(OAuthError::InvalidToken)?;
    match (&token.grant.jkt, scheme) {
        (None, Scheme::Bearer) => Ok(token),
        (Some(jkt), Scheme::Dpop) => {
            let proof = one(headers, "dpop").ok().flatten().ok_or(OAuthError::NoDpopProof)?;
            let proof = Proof::read(app, proof, parts.method.as_str(), parts.uri.path(), Some(text))
                .map_err(OAuthError::InvalidDpopProof)?;
            if proof.jkt != *jkt {
                return Err(OAuthError::InvalidToken.into());
            }
            if bearer::proved(app, &token, proof).await? {
                Ok(token)
            } else {
                Err(OAuthError::ReplayedDpopProof.into())
            }
        }
        // A bound token without its proof is a stolen one (RFC 9449, 7.2).
        _ => Err(OAuthError::InvalidToken.into()),
    }
}
