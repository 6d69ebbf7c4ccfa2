//! `/oauth2/token`.

use crate::{
    clients::Client,
    flow::oidc::{
        Denied, client_token,
        token::{self, Asking},
    },
    http::{Shared, oauth::client::ClientForm, problem::OAuthProblem},
};
use axum::{Json, extract::State};
use oidc::{OAuthError, token::TokenRequest};
use std::sync::Arc;
use wire::first_party::TokenAnswer;

/// Tokens for a code, a refresh token, an answered request of a back end, or for the client itself.
pub async fn token(
    State(app): State<Shared>,
    ClientForm { form, client, proof, .. }: ClientForm,
) -> Result<Json<TokenAnswer>, OAuthProblem> {
    let asking = Asking { client: Arc::clone(&client), proof };
    let given = match TokenRequest::parse(&form)? {
        TokenRequest::Code(request) => token::redeem(&app, asking, &request).await,
        TokenRequest::Refresh(request) => token::refresh(&app, asking, &request).await,
        TokenRequest::Ciba { auth_req_id } => token::fetch(&app, asking, auth_req_id).await,
        TokenRequest::Client { scope } => return Ok(Json(of_client(client_token::give(&app, asking, scope).await?))),
    };
    let tokens = given.inspect_err(|denied| tell_operator(&client, denied))?;
    let (details, receipt) = match tokens.confirmed {
        Some(confirmed) => {
            let receipt = app
                .signer
                .sign_as(wire::receipt::TYP, client.oauth.id_token_signed_response_alg, &confirmed.receipt, app.now())
                .map_err(|error| {
                    tracing::error!(%error, "a receipt could not be signed");
                    OAuthProblem::INTERNAL
                })?;
            (Some(confirmed.receipt.authorization_details), Some(receipt))
        }
        None => (None, None),
    };
    Ok(Json(TokenAnswer {
        authorization_details: details,
        receipt,
        access_token: Some(tokens.access_token),
        token_type: Some(token_type(tokens.bound)),
        expires_in: Some(tokens.expires_in),
        id_token: tokens.id_token,
        scope: Some(tokens.scope),
        refresh_token: tokens.refresh_token,
        ..TokenAnswer::default()
    }))
}

/// What was wrong with a code, refresh token or request, whether it was read as one or not.
fn tell_operator(client: &Client, denied: &Denied) {
    if let Denied::OAuth(OAuthError::GrantRefused(fault)) = denied {
        tracing::info!(client = client.id, %fault, "tokens were refused");
    }
}

fn of_client(given: client_token::Given) -> TokenAnswer {
    TokenAnswer {
        access_token: Some(given.access_token),
        token_type: Some(token_type(given.bound)),
        expires_in: Some(given.expires_in),
        scope: Some(given.scope),
        ..TokenAnswer::default()
    }
}

fn token_type(bound: bool) -> String {
    if bound { "DPoP" } else { "Bearer" }.to_owned()
}
