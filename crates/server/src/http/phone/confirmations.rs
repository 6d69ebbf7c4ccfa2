//! What awaits a phone, and what it says to it.

use crate::{
    flow::phone::{
        decide::{self, Deciding},
        pending::{self, Listening},
        request,
    },
    http::{
        Shared,
        answer::{Created, Events, WithCookie},
        extract::{address::Segment, open, page::Visit, session},
        phone::{ConfirmationPath, Jws, PhoneCall, confirmation},
        problem::PhoneProblem,
    },
};
use axum::{Json, extract::State, response::sse::Event};
use futures_util::stream;
use wire::phone::{
    Decide, Decided, Pending, PendingList,
    own::{Finish, Finished, Request},
};

/// `GET /api/phone/v1/confirmations`.
pub async fn list(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<PendingList>, PhoneProblem> {
    Ok(Json(pending::awaiting(&app, call).await?))
}

/// `POST /api/phone/v1/confirmations`: what the phone asks for itself.
pub async fn ask(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(wanted): Jws<Request>,
) -> Result<Created<Pending>, PhoneProblem> {
    Ok(Created(request::ask(&app, call, &wanted).await?))
}

/// `POST /api/phone/v1/confirmations/{id}/finish`: carries out what the phone asked for and its user approved.
pub async fn finish(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    visit: Visit,
    Segment(id): Segment,
    Jws(finish): Jws<Finish>,
) -> Result<WithCookie<Json<Finished>>, PhoneProblem> {
    let done = request::finish(&app, call, confirmation(id)?, &finish).await?;
    let cookie = match done.opened {
        Some(opened) => session::begun(&app, &visit, &opened.handle, Some(opened.life(app.now()))).await,
        None => None,
    };
    Ok(WithCookie { answer: Json(done.finished), cookie })
}

/// `GET /api/phone/v1/confirmations/{id}`.
pub async fn one(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    ConfirmationPath(id): ConfirmationPath,
) -> Result<Json<Pending>, PhoneProblem> {
    Ok(Json(pending::one(&app, call, id).await?))
}

/// `POST /api/phone/v1/confirmations/{id}/approve`.
pub async fn approve(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    ConfirmationPath(confirmation): ConfirmationPath,
    Jws(body): Jws<Decide>,
) -> Result<Json<Decided>, PhoneProblem> {
    Ok(Json(decide::decide(&app, call, Deciding { confirmation, approves: true, body }).await?))
}

/// `POST /api/phone/v1/confirmations/{id}/deny`.
pub async fn deny(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    ConfirmationPath(confirmation): ConfirmationPath,
    Jws(body): Jws<Decide>,
) -> Result<Json<Decided>, PhoneProblem> {
    Ok(Json(decide::decide(&app, call, Deciding { confirmation, approves: false, body }).await?))
}

/// `GET /api/phone/v1/events`: the list of what awaits the phone, at once and whenever it changes. Ends with the access
/// token; the phone then asks for another and comes again.
pub async fn events(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Events, PhoneProblem> {
    let origin = call.origin.clone();
    let listening = Listening::open(&app, call).await?;
    let (user, device) = (listening.user(), listening.device());
    let place = open::place(&app, &device.octets(), user, &origin).map_err(PhoneProblem::Api)?;
    let lists = stream::unfold(listening, |mut listening| async move {
        let event = Event::default().event("confirmations").json_data(listening.next().await?).ok()?;
        Some((event, listening))
    });
    Ok(open::events(place, lists))
}
