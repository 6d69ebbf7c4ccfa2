//! The part of the phone's API about waking it, `/api/phone/v1/push-subscription`.

use crate::{
    flow::phone::push,
    http::{
        Shared,
        answer::{Accepted, Created},
        phone::{Jws, PhoneCall},
        problem::PhoneProblem,
    },
};
use axum::{Json, extract::State, response::NoContent};
use wire::phone::push::{PushCall, PushState, Subscribe};

/// `GET /api/phone/v1/push-subscription`.
pub async fn show(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<PushState>, PhoneProblem> {
    Ok(Json(push::show(&app, call).await?))
}

/// `POST /api/phone/v1/push-subscription`.
pub async fn subscribe(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(body): Jws<Subscribe>,
) -> Result<Created<PushState>, PhoneProblem> {
    Ok(Created(push::subscribe(&app, call, &body).await?))
}

/// `POST /api/phone/v1/push-subscription/end`.
pub async fn end(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(body): Jws<PushCall>,
) -> Result<NoContent, PhoneProblem> {
    push::end(&app, call, &body).await?;
    Ok(NoContent)
}

/// `POST /api/phone/v1/push-subscription/test`.
pub async fn test(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(body): Jws<PushCall>,
) -> Result<Accepted, PhoneProblem> {
    push::test(&app, call, &body).await?;
    Ok(Accepted)
}
