//! `/oauth2/introspect`, `/oauth2/revoke` and `/oauth2/statement`.

use crate::{
    flow::oidc::{bearer, statement},
    http::{Shared, answer::Done, oauth::client::ClientForm, problem::OAuthProblem},
};
use axum::{Json, extract::State};
use oidc::{
    OAuthError,
    client::AuthMethod,
    first_party::limits,
    introspect::{self, Introspection},
};

/// `POST /oauth2/introspect` (RFC 7662). A public client cannot ask: anyone could in its name.
pub async fn introspect(
    State(app): State<Shared>,
    ClientForm { form, client, .. }: ClientForm,
) -> Result<Json<Introspection>, OAuthProblem> {
    if client.oauth.auth == AuthMethod::None {
        return Err(OAuthError::InvalidClient.into());
    }
    Ok(Json(bearer::introspect(&app, &client, introspect::token(&form)?).await?))
}

/// `POST /oauth2/statement`: what a phone signed, for the confidential client whose receipt names it.
pub async fn statement(
    State(app): State<Shared>,
    ClientForm { form, client, .. }: ClientForm,
) -> Result<Json<statement::Signed>, OAuthProblem> {
    if client.oauth.auth == AuthMethod::None {
        return Err(OAuthError::UnauthorizedClient.into());
    }
    let id = |name| form.required(name, limits::OTHER);
    let user = id("sub")?.parse().map_err(|_| OAuthError::Malformed("sub"))?;
    let confirmation = id("jti")?.parse().map_err(|_| OAuthError::Malformed("jti"))?;
    Ok(Json(statement::of_receipt(&app, &client, user, confirmation).await?))
}

/// `POST /oauth2/revoke` (RFC 7009): 200 whether or not there was anything to take back.
pub async fn revoke(
    State(app): State<Shared>,
    ClientForm { form, client, proof, .. }: ClientForm,
) -> Result<Done, OAuthProblem> {
    bearer::revoke(&app, &client, introspect::token(&form)?, proof).await?;
    Ok(Done)
}
