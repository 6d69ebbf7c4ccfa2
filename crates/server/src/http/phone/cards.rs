//! Debit cards in the phone's API.

use crate::{
    flow::phone::cards,
    http::{
        Shared,
        extract::body,
        phone::PhoneCall,
        problem::{PhoneProblem, Slug},
    },
};
use axum::{
    Json,
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use wire::phone::JOSE;

/// `GET /api/phone/v1/cards`.
pub async fn list(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Response, PhoneProblem> {
    Ok(Json(cards::list(&app, call).await?).into_response())
}

/// `POST /api/phone/v1/cards/{id}/block`.
pub async fn block(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let Path(id) = id.map_err(|_| PhoneProblem::Api(Slug::UnknownCard.into()))?;
    let jws = body::text(request, JOSE).await.map_err(PhoneProblem::Body)?;
    Ok(Json(cards::block(&app, call, (&id, &jws)).await?).into_response())
}
