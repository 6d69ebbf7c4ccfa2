//! The phone's API: the transfer lock.

use crate::{
    flow::phone::lock,
    http::{
        Shared,
        phone::{Jws, PhoneCall},
        problem::PhoneProblem,
    },
};
use axum::{Json, extract::State};
use wire::phone::lock::{CloseLock, TransferLock};

/// `GET /api/phone/v1/transfer-lock`.
pub async fn look(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<TransferLock>, PhoneProblem> {
    Ok(Json(lock::look(&app, call).await?))
}

/// `POST /api/phone/v1/transfer-lock`.
pub async fn close(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Jws(order): Jws<CloseLock>,
) -> Result<Json<TransferLock>, PhoneProblem> {
    Ok(Json(lock::close(&app, call, &order).await?))
}
