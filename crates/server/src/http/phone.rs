//! The phone's API, `/api/phone/v1`.

use crate::{
    app::App,
    flow::{
        Origin,
        confirm::attempt::Act,
        phone::{
            Call, activate, begin,
            decide::{self, Deciding},
            pending::{self, Listening},
            request, session,
            vouch::{self, Vouched},
        },
        proof::Proof,
    },
    handle::Kind,
    http::{
        Shared, body, open,
        problem::{ApiProblem, PhoneProblem, Slug},
    },
    streams::TooMany,
};
use axum::{
    Json,
    extract::{FromRequestParts, Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response, sse::Event},
};
use domain::{Secret, id::ConfirmationId};
use futures_util::stream;
use oidc::authorization::{Scheme, credentials};
use std::sync::Arc;
use wire::phone::{self, ConfirmActivation, Confirming, JOSE, Logout, PendingList, StartActivation, typ};

/// A call of a phone: its DPoP proof holds, its token is read. A handler cannot get the call without the check.
pub struct PhoneCall(pub(super) Call);

impl FromRequestParts<Arc<App>> for PhoneCall {
    type Rejection = PhoneProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PhoneProblem> {
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let mut proofs = parts.headers.get_all("dpop").iter();
        let proof = match (proofs.next(), proofs.next()) {
            (Some(proof), None) => proof.to_str().unwrap_or_default(),
            (None, _) => return Err(PhoneProblem::ProofMissing),
            (Some(_), Some(_)) => return Err(PhoneProblem::ProofRepeated),
        };
        let token = token(&parts.headers)?;
        let at = (parts.method.as_str(), parts.uri.path());
        let proof = Proof::read(app, proof, at, token).map_err(PhoneProblem::Proof)?;
        let access = match token {
            Some(text) => Some(app.handles.read(Kind::PhoneAccess, text).ok_or(PhoneProblem::Token)?),
            None => None,
        };
        Ok(Self(Call { key: proof.key, thumbprint: proof.jkt.clone(), proof, access, origin }))
    }
}

/// The token of `Authorization: DPoP …` (RFC 9449, 7.1).
fn token(headers: &HeaderMap) -> Result<Option<&str>, PhoneProblem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    match value.to_str().ok().and_then(credentials) {
        Some((Scheme::Dpop, token)) => Ok(Some(token)),
        _ => Err(PhoneProblem::Token),
    }
}

/// `POST /api/phone/v1/activations`.
pub async fn start(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let body: StartActivation = body::json(request).await.map_err(PhoneProblem::Body)?;
    let started = begin::start(&app, call, body).await?;
    Ok((StatusCode::CREATED, Json(started)).into_response())
}

/// `POST /api/phone/v1/activations/{activation}/confirm`.
pub async fn vouch(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Path(activation): Path<String>,
    request: Request,
) -> Result<Json<Confirming>, PhoneProblem> {
    let body: ConfirmActivation = body::json(request).await.map_err(PhoneProblem::Body)?;
    let confirmed = Confirming { confirmed: true, next: None, failure: None, expires_in: None };
    let act = match body {
        ConfirmActivation { device_id: None, method: None, response: None, code: Some(code) } => {
            activate::check_code(&app, call, &activation, Secret::new(code)).await?;
            return Ok(Json(confirmed));
        }
        ConfirmActivation { code: Some(_), .. } => return Err(malformed("code")),
        ConfirmActivation { device_id: Some(device), method, response: None, .. } => Act::Choose { device, method },
        ConfirmActivation { device_id: None, method: Some(method), response: None, .. } => Act::Method(method),
        ConfirmActivation { device_id: None, method: None, response: Some(response), .. } => {
            Act::Answer(Arc::new(Secret::new(response)))
        }
        ConfirmActivation { device_id: None, method: None, response: None, .. } => Act::Look,
        _ => return Err(malformed("response")),
    };
    Ok(Json(match vouch::step(&app, call, &activation, act).await? {
        Vouched::Confirmed => confirmed,
        Vouched::Awaiting(view) => Confirming {
            confirmed: false,
            failure: crate::http::first_party::told(&view),
            expires_in: Some(view.expires_in),
            next: Some(view.next),
        },
    }))
}

/// `POST /api/phone/v1/activations/{activation}/complete`.
pub async fn complete(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Path(activation): Path<String>,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    let completed = activate::complete(&app, call, (&activation, &jws)).await?;
    Ok((StatusCode::CREATED, Json(completed)).into_response())
}

/// `POST /api/phone/v1/activations/{activation}/prove`.
pub async fn prove(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Path(activation): Path<String>,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    Ok(Json(activate::prove(&app, call, (&activation, &jws)).await?).into_response())
}

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
    visit: crate::http::page::Visit,
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

/// A body that is a compact JWS.
pub(super) async fn jws(request: Request) -> Result<String, PhoneProblem> {
    body::text(request, JOSE).await.map_err(PhoneProblem::Body)
}

fn malformed(member: &'static str) -> PhoneProblem {
    PhoneProblem::Refused(crate::flow::phone::PhoneRefused::Malformed(member))
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
