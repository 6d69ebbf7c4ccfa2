//! `/oauth2/userinfo` (OpenID Connect Core, 5.3).

use crate::{
    flow::{
        oidc::bearer::{self, Token},
        proof::Proof,
    },
    http::{Shared, layers::cors::Caller, oauth::one, problem::OAuthProblem},
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use oidc::{
    OAuthError,
    authorization::{Scheme, credentials},
};

/// `GET` and `POST /oauth2/userinfo`.
pub async fn userinfo(State(app): State<Shared>, request: Request) -> Result<Response, OAuthProblem> {
    let (parts, _) = request.into_parts();
    let token = access_token(&app, parts.method.as_str(), "/oauth2/userinfo", &parts.headers).await?;
    if let Some(client) = app.clients.find(&token.grant.client) {
        Caller::of(&parts.extensions).is(&client);
    }
    Ok(Json(bearer::user_info(&token)?).into_response())
}

/// The living access token of a request: `Bearer`, or `DPoP` with its proof for one that is bound to a key. Never
/// taken from a query or a body (RFC 9700, 4.3.2).
async fn access_token(app: &Shared, method: &str, path: &str, headers: &HeaderMap) -> Result<Token, OAuthProblem> {
    let line = one(headers, header::AUTHORIZATION.as_str()).map_err(|()| OAuthError::InvalidToken)?;
    let (scheme, text) = credentials(line.ok_or(OAuthError::NoToken)?).ok_or(OAuthError::InvalidToken)?;
    let found = bearer::find(app, text).await.map_err(crate::flow::oidc::Denied::from)?;
    let token = found.filter(|token| token.access).ok_or(OAuthError::InvalidToken)?;
    match (&token.grant.jkt, scheme) {
        (None, Scheme::Bearer) => Ok(token),
        (Some(jkt), Scheme::Dpop) => {
            let proof = one(headers, "dpop").ok().flatten().ok_or(OAuthError::NoDpopProof)?;
            let proof = Proof::read(app, proof, (method, path), Some(text)).map_err(OAuthError::InvalidDpopProof)?;
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
