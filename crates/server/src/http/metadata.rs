//! Discovery and keys: what a client needs to know of us, public.

use crate::{flow::oidc::cache, http::Shared};
use axum::{Json, extract::State, response::IntoResponse};
use domain::login::ACR_TWO_FACTORS;
use i18n::Lang;
use oidc::discovery::Discovery;

/// `/.well-known/openid-configuration`.
pub async fn discovery(State(app): State<Shared>) -> impl IntoResponse {
    let languages: Vec<_> = Lang::ALL.into_iter().map(Lang::tag).collect();
    Json(Discovery::of(&app.settings.issuer, &[ACR_TWO_FACTORS], &languages))
}

/// `/oauth2/jwks`.
pub async fn jwks(State(app): State<Shared>) -> impl IntoResponse {
    read_anew(&app).await;
    Json(app.signer.jwks(app.now()))
}

/// `/oauth2/receipt-keys`.
pub async fn receipt_keys(State(app): State<Shared>) -> impl IntoResponse {
    read_anew(&app).await;
    Json(app.signer.receipt_keys(app.now()))
}

/// Whoever asks because of a key that it does not know must not meet a node that does not know it either. However many
/// ask, the keys are read at most once a second.
async fn read_anew(app: &Shared) {
    let read = || async {
        if let Err(error) = cache::refresh(app).await {
            tracing::warn!(%error, "the signing keys could not be read again");
        }
    };
    app.key_reads.done(read).await;
}
