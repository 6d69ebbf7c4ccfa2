//! What awaits a phone, and what it says to it.

use crate::{
    flow::phone::{
        Call,
        decide::{self, Deciding},
        pending::{self, Listening},
        request,
    },
    http::{
        Shared,
        extract::open,
        phone::{PhoneCall, jws},
        problem::{ApiProblem, PhoneProblem, Slug},
    },
    streams::TooMany,
};
use axum::{
    Json,
    extract::{Path, Request, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response, sse::Event},
};
use domain::id::ConfirmationId;
use futures_util::stream;
use wire::phone::PendingList;

/// `GET /api/phone/v1/confirmations`.
pub async fn list(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<PendingList>, PhoneProblem> {
    Ok(Json(pending::awaiting(&app, call).await?))
}

/// `POST /api/phone/v1/confirmations`: what the phone asks for itself.
pub async fn ask(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    Ok((StatusCode::CREATED, Json(request::ask(&app, call, &jws).await?)).into_response())
}

/// `POST /api/phone/v1/confirmations/{id}/finish`: carries out what the phone asked for and its user approved.
pub async fn finish(
    State(app): State<Shared>,
    visit: crate::http::extract::page::Visit,
    PhoneCall(call): PhoneCall,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    let done = request::finish(&app, call, confirmation(id)?, &jws).await?;
    let mut response = Json(done.finished).into_response();
    if let Some(opened) = done.opened {
        crate::http::app::opened(&app, &visit, &opened, &mut response).await;
    }
    Ok(response)
}

/// `GET /api/phone/v1/confirmations/{id}`.
pub async fn one(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, PhoneProblem> {
    Ok(Json(pending::one(&app, call, confirmation(id)?).await?).into_response())
}

/// `POST /api/phone/v1/confirmations/{id}/approve`.
pub async fn approve(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, PhoneProblem> {
    decided(&app, call, (confirmation(id)?, true), request).await
}

/// `POST /api/phone/v1/confirmations/{id}/deny`.
pub async fn deny(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, PhoneProblem> {
    decided(&app, call, (confirmation(id)?, false), request).await
}

async fn decided(
    app: &Shared,
    call: Call,
    (confirmation, approves): (ConfirmationId, bool),
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    Ok(Json(decide::decide(app, call, Deciding { confirmation, approves, jws }).await?).into_response())
}

fn confirmation(id: Result<Path<String>, PathRejection>) -> Result<ConfirmationId, PhoneProblem> {
    id.ok().and_then(|Path(id)| id.parse().ok()).ok_or(PhoneProblem::Api(Slug::NotFound.into()))
}

/// `GET /api/phone/v1/events`: the list of what awaits the phone, at once and whenever it changes. Ends with the access
/// token; the phone then asks for another and comes again.
pub async fn events(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Response, PhoneProblem> {
    let origin = call.origin.clone();
    let listening = Listening::open(&app, call).await?;
    let (user, device) = (listening.user(), listening.device());
    let place = open::place(&app, &device.octets(), user, &origin)
        .map_err(|TooMany| PhoneProblem::Api(ApiProblem::too_many_open()))?;
    let lists = stream::unfold(listening, |mut listening| async move {
        let event = Event::default().event("confirmations").json_data(listening.next().await?).ok()?;
        Some((event, listening))
    });
    Ok(open::events(place, lists))
}
