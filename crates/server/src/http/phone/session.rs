//! A phone's session with the server: its tokens, and their end.

use crate::{
    flow::phone::session,
    http::{
        Shared,
        extract::body,
        phone::{PhoneCall, jws, malformed},
        problem::PhoneProblem,
    },
};
use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use wire::phone::{self, Logout, typ};

/// `POST /api/phone/v1/refresh`.
pub async fn refresh(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let body: phone::Refresh = body::json(request).await.map_err(PhoneProblem::Body)?;
    Ok(Json(session::refresh(&app, call, &body.refresh_token).await?).into_response())
}

/// `POST /api/phone/v1/logout`.
pub async fn logout(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    let payload = oidc::jws::verify(&jws, &call.key, typ::LOGOUT).map_err(|_| malformed("body"))?;
    let body: Logout = serde_json::from_slice(&payload).map_err(|_| malformed("body"))?;
    let device = body.device.parse().map_err(|_| malformed("device"))?;
    session::log_out(&app, call, device).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
