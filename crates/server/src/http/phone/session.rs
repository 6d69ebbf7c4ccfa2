//! A phone's session with the server: its tokens, and their end.

use crate::{
    flow::phone::session,
    http::{
        Shared,
        extract::body::JsonBody,
        phone::{Jws, KeyCall, PhoneCall},
        problem::PhoneProblem,
    },
};
use axum::{Json, extract::State, response::NoContent};
use wire::phone::{Logout, PhoneTokens, Refresh};

/// `POST /api/phone/v1/refresh`.
pub async fn refresh(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    JsonBody(body): JsonBody<Refresh>,
) -> Result<Json<PhoneTokens>, PhoneProblem> {
    Ok(Json(session::refresh(&app, call, &body.refresh_token).await?))
}

/// `POST /api/phone/v1/logout`.
pub async fn logout(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<Logout>,
) -> Result<NoContent, PhoneProblem> {
    session::log_out(&app, call, &order).await?;
    Ok(NoContent)
}
