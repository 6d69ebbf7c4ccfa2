//! `/oauth2/token`.

use super::{Shared, body, problem::OAuthProblem};
use crate::flow::{
    Refused,
    token::{self, RedeemError},
};
use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use oidc::{OAuthError, first_party::limits, token::TokenRequest};
use wire::first_party::TokenAnswer;

/// Redeems an authorization code.
pub async fn token(State(app): State<Shared>, request: Request) -> Result<Response, OAuthProblem> {
    let form = body::form(request).await?;
    let TokenRequest::Code(request) = TokenRequest::parse(&form)? else {
        return Err(OAuthError::UnsupportedGrantType.into());
    };
    let id = form.required("client_id", limits::CLIENT_ID)?;
    let client = app.clients.find(id).ok_or(OAuthError::InvalidClient)?;
    let tokens = token::redeem(&app, client, request.code, request.code_verifier).await.map_err(problem)?;
    Ok(Json(TokenAnswer {
        access_token: Some(tokens.access_token),
        token_type: Some("Bearer".to_owned()),
        expires_in: Some(tokens.expires_in),
        id_token: tokens.id_token,
        scope: Some(tokens.scope),
        ..TokenAnswer::default()
    })
    .into_response())
}

fn problem(error: RedeemError) -> OAuthProblem {
    match error {
        RedeemError::InvalidGrant => OAuthError::InvalidGrant.into(),
        RedeemError::Refused(Refused::Busy) => OAuthProblem::Busy,
        RedeemError::Refused(_) => OAuthProblem::Internal,
    }
}
