//! `/oauth2/bc-authorize`: a client's back end asks a user to confirm something (CIBA).

use crate::{
    flow::oidc::ciba,
    http::{Shared, oauth::client::ClientForm, problem::OAuthProblem},
};
use axum::{Json, extract::State};
use oidc::ciba::BackchannelRequest;
use wire::oauth::BackchannelAccepted;

/// `POST /oauth2/bc-authorize`.
pub async fn ask(
    State(app): State<Shared>,
    ClientForm { form, client, origin, .. }: ClientForm,
) -> Result<Json<BackchannelAccepted>, OAuthProblem> {
    let now = app.now().unix_seconds();
    let request = BackchannelRequest::parse(&form, (&client.id, &client.oauth), &app.settings.issuer, now)?;
    Ok(Json(ciba::ask(&app, &client, request, origin).await?))
}
