//! Whether the process lives, and whether it can serve.

use crate::{
    flow::health,
    http::{
        Shared,
        problem::{ApiProblem, Slug},
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

/// `/healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: the database answers and has the tables this program needs.
pub async fn readyz(State(app): State<Shared>) -> Response {
    if health::ready(&app).await {
        return "ready\n".into_response();
    }
    ApiProblem { detail: Some("the database is not ready".to_owned()), ..ApiProblem::from(Slug::Busy) }.into_response()
}
