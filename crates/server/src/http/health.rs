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
use std::time::Duration;

/// `/healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// How long whoever found it not ready should wait before asking again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// `/readyz`: the database answers, is written to, has the tables this program needs and the time that we have; or what
/// is amiss, in words.
pub async fn readyz(State(app): State<Shared>) -> Response {
    match health::ready(&app).await {
        Ok(newer) if newer.is_empty() => "ready\n".into_response(),
        Ok(newer) => format!("ready; the database is newer than this program: {}\n", newer.join(", ")).into_response(),
        Err(trouble) => ApiProblem {
            detail: Some(trouble.to_string()),
            wait: Some(ASK_AGAIN),
            ..ApiProblem::from(Slug::Unavailable)
        }
        .into_response(),
    }
}
