//! A phone's activation, and its migration from the standalone app.

use crate::{
    flow::{
        confirm::attempt::Act,
        phone::{
            activate, begin, migrate,
            vouch::{self, Vouched},
        },
    },
    http::{
        Shared,
        answer::Created,
        extract::body::JsonBody,
        phone::{Jws, KeyCall, malformed},
        problem::{self, PhoneProblem},
    },
};
use axum::{
    Json,
    extract::{Path, State},
    response::NoContent,
};
use domain::Secret;
use std::sync::Arc;
use wire::phone::{
    Activated, ActivationCompleted, ActivationStarted, CompleteActivation, ConfirmActivation, Confirming,
    ProveActivation, StartActivation,
    migration::{HandOverCall, StartMigration},
};

/// `POST /api/phone/v1/activations`.
pub async fn start(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    JsonBody(body): JsonBody<StartActivation>,
) -> Result<Created<ActivationStarted>, PhoneProblem> {
    Ok(Created(begin::start(&app, call, body).await?))
}

/// `POST /api/phone/v1/activations/{activation}/confirm`.
pub async fn vouch(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    Path(activation): Path<String>,
    JsonBody(body): JsonBody<ConfirmActivation>,
) -> Result<Json<Confirming>, PhoneProblem> {
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
            failure: problem::step_failure(&view),
            expires_in: Some(view.expires_in),
            next: Some(view.next),
        },
    }))
}

/// `POST /api/phone/v1/activations/{activation}/complete`.
pub async fn complete(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    Path(activation): Path<String>,
    Jws(body): Jws<CompleteActivation>,
) -> Result<Created<ActivationCompleted>, PhoneProblem> {
    Ok(Created(activate::complete(&app, call, &activation, &body).await?))
}

/// `POST /api/phone/v1/activations/{activation}/prove`.
pub async fn prove(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    Path(activation): Path<String>,
    Jws(body): Jws<ProveActivation>,
) -> Result<Json<Activated>, PhoneProblem> {
    Ok(Json(activate::prove(&app, call, &activation, &body).await?))
}

/// `POST /api/phone/v1/migrations`.
pub async fn start_migration(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    JsonBody(body): JsonBody<StartMigration>,
) -> Result<Created<ActivationStarted>, PhoneProblem> {
    Ok(Created(migrate::start(&app, call, body).await?))
}

/// `POST /api/phone/v1/migrations/{activation}/hand-over`.
pub async fn hand_over(
    State(app): State<Shared>,
    KeyCall(call): KeyCall,
    Path(activation): Path<String>,
    JsonBody(body): JsonBody<HandOverCall>,
) -> Result<NoContent, PhoneProblem> {
    migrate::hand_over(&app, call, &activation, body.hand_over).await?;
    Ok(NoContent)
}
