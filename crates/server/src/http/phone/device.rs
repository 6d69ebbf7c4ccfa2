//! The phone's API: what a phone sees and changes of itself.

use crate::{
    flow::phone::{fate, manage, pin_change},
    http::{
        Shared,
        answer::Created,
        extract::address::Query,
        phone::{Jws, PhoneCall},
        problem::PhoneProblem,
    },
};
use axum::{
    Json,
    extract::{Path, State},
    response::NoContent,
};
use i18n::Lang;
use wire::phone::manage::{
    Activity, ChangePin, Disown, Fate, NewPin, PhoneDevice, PinChangeBegun, Remove, Rename, Veto,
};

/// `GET /api/phone/v1/device`.
pub async fn device(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<PhoneDevice>, PhoneProblem> {
    Ok(Json(manage::device(&app, call).await?))
}

/// `GET /api/phone/v1/device/fate`.
pub async fn fate(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<Fate>, PhoneProblem> {
    Ok(Json(fate::look(&app, call).await?))
}

/// `POST /api/phone/v1/device/veto`.
pub async fn veto(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<Veto>,
) -> Result<NoContent, PhoneProblem> {
    fate::veto(&app, call, &order).await?;
    Ok(NoContent)
}

/// `POST /api/phone/v1/device/label`.
pub async fn rename(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<Rename>,
) -> Result<Json<PhoneDevice>, PhoneProblem> {
    Ok(Json(manage::rename(&app, call, &order).await?))
}

/// `POST /api/phone/v1/device/remove`.
pub async fn remove(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<Remove>,
) -> Result<NoContent, PhoneProblem> {
    manage::remove(&app, call, &order).await?;
    Ok(NoContent)
}

/// `GET /api/phone/v1/activity?lang=…`.
pub async fn activity(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    query: Query,
) -> Result<Json<Activity>, PhoneProblem> {
    let lang = query.member("lang", 35).and_then(Lang::parse);
    Ok(Json(manage::activity(&app, call, lang).await?))
}

/// `POST /api/phone/v1/activity/report`.
pub async fn disown(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<Disown>,
) -> Result<NoContent, PhoneProblem> {
    manage::disown(&app, call, &order).await?;
    Ok(NoContent)
}

/// `POST /api/phone/v1/pin-changes`.
pub async fn begin_pin_change(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<ChangePin>,
) -> Result<Created<PinChangeBegun>, PhoneProblem> {
    Ok(Created(pin_change::begin(&app, call, &order).await?))
}

/// `POST /api/phone/v1/pin-changes/{change}/complete`.
pub async fn complete_pin_change(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Path(change): Path<String>,
    Jws(body): Jws<NewPin>,
) -> Result<NoContent, PhoneProblem> {
    pin_change::complete(&app, call, &change, &body).await?;
    Ok(NoContent)
}
