//! `/oauth2/bc-authorize`: a client's back end asks a user to confirm something (CIBA).

use crate::{
    flow::{Origin, oidc::ciba},
    http::{
        Shared,
        oauth::{ClientForm, client_form},
        problem::OAuthProblem,
    },
};
use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use oidc::ciba::BackchannelRequest;
use serde_json::json;

/// `POST /oauth2/bc-authorize`.
pub async fn ask(State(app): State<Shared>, origin: Origin, request: Request) -> Result<Response, OAuthProblem> {
    let ClientForm { form, client, .. } = client_form(&app, request).await?;
    let now = app.now().unix_seconds();
    let request = BackchannelRequest::parse(&form, (&client.id, &client.oauth), &app.settings.issuer, now)?;
    let accepted = ciba::ask(&app, &client, request, origin).await?;
    let answer = json!({
        "auth_req_id": accepted.auth_req_id, "expires_in": accepted.expires_in, "interval": accepted.interval,
    });
    Ok(Json(answer).into_response())
}
