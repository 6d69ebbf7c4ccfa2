//! The part of the phone's API about waking it, `/api/phone/v1/push-subscription`.

use crate::{
    flow::phone::push,
    http::{
        Shared,
        phone::{PhoneCall, jws},
        problem::PhoneProblem,
    },
};
use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use wire::phone::push::PushState;

/// `GET /api/phone/v1/push-subscription`.
pub async fn show(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<PushState>, PhoneProblem> {
    Ok(Json(push::show(&app, call).await?))
}

/// `POST /api/phone/v1/push-subscription`.
pub async fn subscribe(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    Ok((StatusCode::CREATED, Json(push::subscribe(&app, call, &jws).await?)).into_response())
}

/// `POST /api/phone/v1/push-subscription/end`.
pub async fn end(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<StatusCode, PhoneProblem> {
    let jws = jws(request).await?;
    push::end(&app, call, &jws).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/phone/v1/push-subscription/test`.
pub async fn test(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<StatusCode, PhoneProblem> {
    let jws = jws(request).await?;
    push::test(&app, call, &jws).await?;
    Ok(StatusCode::ACCEPTED)
}
