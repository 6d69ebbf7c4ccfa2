//! Discovery and keys: what a client needs to know of us, public, and for programs in browsers of any site.

use crate::{
    http::{Shared, answer::Kept, extract::caller::Anyone},
    signing::OVERLAP,
};
use axum::{Json, extract::State};
use domain::login::ACR_TWO_FACTORS;
use i18n::Lang;
use oidc::discovery::Discovery;
use serde_json::Value;
use std::time::Duration;

/// How long keys may be kept: less than they are published before they sign, by a minute for whatever lies between.
const KEPT: Duration = OVERLAP.saturating_sub(Duration::from_secs(60));

/// `/.well-known/openid-configuration`.
pub async fn discovery(State(app): State<Shared>, _: Anyone) -> Json<Discovery> {
    let languages: Vec<_> = Lang::ALL.into_iter().map(Lang::tag).collect();
    Json(Discovery::of(&app.settings.issuer, &[ACR_TWO_FACTORS], &languages))
}

/// `/oauth2/jwks`. As this node holds them: it reads them again every second and whenever it hears that they changed, so
/// nobody who asks waits for a database.
pub async fn jwks(State(app): State<Shared>, _: Anyone) -> Kept<Value> {
    Kept { answer: app.signer.jwks(app.now()), life: KEPT }
}

/// `/oauth2/receipt-keys`, likewise.
pub async fn receipt_keys(State(app): State<Shared>, _: Anyone) -> Kept<Value> {
    Kept { answer: app.signer.receipt_keys(app.now()), life: KEPT }
}
