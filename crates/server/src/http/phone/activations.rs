//! A phone's activation.

use crate::{
    flow::{
        confirm::attempt::Act,
        phone::{
            activate, begin,
            vouch::{self, Vouched},
        },
    },
    http::{
        Shared,
        extract::body,
        phone::{PhoneCall, jws, malformed},
        problem::PhoneProblem,
    },
};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Secret;
use std::sync::Arc;
use wire::phone::{ConfirmActivation, Confirming, StartActivation};

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
            failure: crate::http::oauth::first_party::told(&view),
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
