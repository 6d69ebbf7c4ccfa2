//! `/oauth2/introspect`, `/oauth2/revoke` and `/oauth2/statement`.

use crate::{
    flow::oidc::{bearer, statement},
    http::{
        Shared,
        oauth::{ClientForm, client_form},
        problem::OAuthProblem,
    },
};
use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use oidc::{OAuthError, client::AuthMethod, first_party::limits, introspect};

/// `POST /oauth2/introspect` (RFC 7662). A public client cannot ask: anyone could in its name.
pub async fn introspect(State(app): State<Shared>, request: Request) -> Result<Response, OAuthProblem> {
    let ClientForm { form, client, .. } = client_form(&app, request).await?;
    if client.oauth.auth == AuthMethod::None {
        return Err(OAuthError::InvalidClient.into());
    }
    let answer = bearer::introspect(&app, &client, introspect::token(&form)?).await?;
    Ok(Json(answer).into_response())
}

/// `POST /oauth2/statement`: what a phone signed, for the confidential client whose receipt names it.
pub async fn statement(State(app): State<Shared>, request: Request) -> Result<Response, OAuthProblem> {
    let ClientForm { form, client, .. } = client_form(&app, request).await?;
    if client.oauth.auth == AuthMethod::None {
        return Err(OAuthError::UnauthorizedClient.into());
    }
    let id = |name| form.required(name, limits::OTHER);
    let user = id("sub")?.parse().map_err(|_| OAuthError::Malformed("sub"))?;
    let confirmation = id("jti")?.parse().map_err(|_| OAuthError::Malformed("jti"))?;
    Ok(Json(statement::of_receipt(&app, &client, user, confirmation).await?).into_response())
}

/// `POST /oauth2/revoke` (RFC 7009): 200 whether or not there was anything to take back.
pub async fn revoke(State(app): State<Shared>, request: Request) -> Result<StatusCode, OAuthProblem> {
    let ClientForm { form, client, proof } = client_form(&app, request).await?;
    bearer::revoke(&app, &client, introspect::token(&form)?, proof).await?;
    Ok(StatusCode::OK)
}
