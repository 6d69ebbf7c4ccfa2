//! `/oauth2/userinfo` (OpenID Connect Core, 5.3).

use crate::{
    flow::oidc::{
        bearer::{self, Token},
        client,
    },
    http::{Shared, oauth::one, problem::OAuthProblem},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use oidc::OAuthError;

/// `GET` and `POST /oauth2/userinfo`.
pub async fn userinfo(State(app): State<Shared>, method: Method, headers: HeaderMap) -> Result<Response, OAuthProblem> {
    let token = access_token(&app, method.as_str(), "/oauth2/userinfo", &headers).await?;
    Ok(Json(bearer::user_info(&token)?).into_response())
}

/// The living access token of a request: `Bearer`, or `DPoP` with its proof for one that is bound to a key. Never
/// taken from a query or a body (RFC 9700, 4.3.2).
async fn access_token(app: &Shared, method: &str, path: &str, headers: &HeaderMap) -> Result<Token, OAuthProblem> {
    let line = one(headers, header::AUTHORIZATION.as_str()).ok().flatten().ok_or(OAuthError::InvalidToken)?;
    let (scheme, text) = line.split_once(' ').ok_or(OAuthError::InvalidToken)?;
    let found = bearer::find(app, text).await.map_err(crate::flow::oidc::Denied::from)?;
    let token = found.filter(|token| token.access).ok_or(OAuthError::InvalidToken)?;
    match (&token.grant.jkt, scheme.to_ascii_lowercase().as_str()) {
        (None, "bearer") => Ok(token),
        (Some(jkt), "dpop") => {
            let proof = one(headers, "dpop").ok().flatten().ok_or(OAuthError::NoDpopProof)?;
            let proof = client::prove(app, proof, (method, path), Some(text)).await?;
            if proof.jkt == *jkt { Ok(token) } else { Err(OAuthError::InvalidToken.into()) }
        }
        // A bound token without its proof is a stolen one (RFC 9449, 7.2).
        _ => Err(OAuthError::InvalidToken.into()),
    }
}
