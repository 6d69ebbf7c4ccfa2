//! The phone's API: what a phone sees and changes of itself.

use crate::{
    flow::phone::{manage, pin_change},
    http::{
        Shared,
        phone::{PhoneCall, jws},
        problem::PhoneProblem,
    },
};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use i18n::Lang;
use oidc::Form;
use wire::phone::manage::{Activity, PhoneDevice};

/// `GET /api/phone/v1/device`.
pub async fn device(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<PhoneDevice>, PhoneProblem> {
    Ok(Json(manage::device(&app, call).await?))
}

/// `POST /api/phone/v1/device/label`.
pub async fn rename(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Json<PhoneDevice>, PhoneProblem> {
    let jws = jws(request).await?;
    Ok(Json(manage::rename(&app, call, &jws).await?))
}

/// `POST /api/phone/v1/device/remove`.
pub async fn remove(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<StatusCode, PhoneProblem> {
    let jws = jws(request).await?;
    manage::remove(&app, call, &jws).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/phone/v1/activity?lang=…`.
pub async fn activity(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    uri: Uri,
) -> Result<Json<Activity>, PhoneProblem> {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let lang = query.optional("lang", 35).ok().flatten().and_then(Lang::parse);
    Ok(Json(manage::activity(&app, call, lang).await?))
}

/// `POST /api/phone/v1/pin-changes`.
pub async fn begin_pin_change(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    request: Request,
) -> Result<Response, PhoneProblem> {
    let jws = jws(request).await?;
    Ok((StatusCode::CREATED, Json(pin_change::begin(&app, call, &jws).await?)).into_response())
}

/// `POST /api/phone/v1/pin-changes/{change}/complete`.
pub async fn complete_pin_change(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Path(change): Path<String>,
    request: Request,
) -> Result<StatusCode, PhoneProblem> {
    let jws = jws(request).await?;
    pin_change::complete(&app, call, (&change, &jws)).await?;
    Ok(StatusCode::NO_CONTENT)
}
