//! `/oauth2/par`: pushed authorization requests (RFC 9126).

use crate::{
    flow::oidc::authorize::{self, Brought},
    http::{Shared, answer::Created, oauth::client::ClientForm, problem::OAuthProblem},
};
use axum::extract::State;
use oidc::{
    OAuthError,
    authorize::{Addressee, AuthorizeRequest, REQUEST_URI},
};
use wire::oauth::Pushed;

/// `POST /oauth2/par`.
pub async fn par(
    State(app): State<Shared>,
    ClientForm { form, client, proof, origin }: ClientForm,
) -> Result<Created<Pushed>, OAuthProblem> {
    if form.has("request_uri") {
        return Err(OAuthError::Malformed("request_uri").into());
    }
    let addressee = Addressee::of(&form, &client.oauth)?;
    let mut request = AuthorizeRequest::parse(&form, &client.oauth, addressee)?;
    request.client_id.clone_from(&client.id);
    // A proof sent along binds the code to its key, as `dpop_jkt` does (RFC 9449, 10.1).
    match (&request.dpop_jkt, &proof) {
        (Some(named), Some(proved)) if *named != proved.jkt => return Err(OAuthError::Malformed("dpop_jkt").into()),
        (None, Some(proved)) => request.dpop_jkt = Some(proved.jkt.clone()),
        _ => {}
    }
    let handle = authorize::push(&app, &client, request, Brought { origin, proof }).await?;
    let request_uri = format!("{REQUEST_URI}{handle}");
    Ok(Created(Pushed { expires_in: authorize::PUSHED_LIFE.as_secs(), request_uri }))
}
