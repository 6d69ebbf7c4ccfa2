//! `/oauth2/logout`: RP-initiated logout.

use crate::{
    flow::login::session,
    http::{Shared, answer::Page, extract::session::ended, oauth::sent::SentForm},
    pages::error::ErrorKind,
};
use axum::extract::State;
use oidc::{Form, OAuthError, hint, logout::LogoutRequest};

/// `GET` and `POST /oauth2/logout`. Only with a hint about the one who is signed in does the session end at once;
/// without it the user is asked, on the page that has the button.
pub async fn logout(State(app): State<Shared>, SentForm { sent, form }: SentForm) -> Page {
    let visit = sent.visit;
    let Ok((way_on, hint)) = read(&app, &form) else { return visit.error(ErrorKind::BadRequest) };
    let signed_in = match visit.session() {
        Some(handle) => match session::signed_in(&app, handle).await {
            Ok(signed_in) => signed_in,
            Err(refused) => return visit.refused(&refused),
        },
        None => None,
    };
    let Some(signed_in) = signed_in else {
        return visit.go(way_on.as_deref().unwrap_or("/login?notice=signed-out"));
    };
    if hint.is_none_or(|hint| hint.sub != signed_in.user.id.to_string()) {
        return visit.go("/settings");
    }
    if let Err(refused) = session::log_out(&app, signed_in.user.id, signed_in.session.id).await {
        return visit.refused(&refused);
    }
    visit.go(way_on.as_deref().unwrap_or("/login?notice=signed-out")).with_cookie(ended(&app))
}

type Read = (Option<String>, Option<hint::Hint>);

/// Where to go afterwards, and whom the hint is about. A way on counts only for a client that a hint of ours names.
fn read(app: &Shared, form: &Form) -> Result<Read, OAuthError> {
    let request = LogoutRequest::parse(form)?;
    let hint = match request.id_token_hint {
        Some(text) => Some(
            hint::read(text, &app.settings.issuer, &app.signer.hint_keys(app.now()))
                .ok_or(OAuthError::Malformed("id_token_hint"))?,
        ),
        None => None,
    };
    if let (Some(named), Some(hint)) = (request.client_id, &hint)
        && named != hint.aud
    {
        return Err(OAuthError::Conflict("client_id", "id_token_hint"));
    }
    let client = hint.as_ref().map(|hint| hint.aud.as_str()).or(request.client_id);
    let way_on = match client {
        Some(id) => request.way_on(&app.clients.find(id).ok_or(OAuthError::InvalidClient)?.oauth)?,
        None if request.post_logout_redirect_uri.is_some() => return Err(OAuthError::Missing("id_token_hint")),
        None => None,
    };
    Ok((way_on, hint))
}
