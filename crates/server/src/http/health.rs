//! Whether the process lives, and whether it can serve.

use super::{Shared, problem::{ApiProblem, Slug}};
use axum::{extract::State, response::{IntoResponse, Response}};

/// `/healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: the database answers and has the tables this program needs.
pub async fn readyz(State(app): State<Shared>) -> Response {
    let store = app.store.clone();
    let pending = tokio::task::spawn_blocking(move || store.pending(store::MIGRATIONS)).await;
    match pending {
        Ok(Ok(pending)) if pending.is_empty() => "ready\n".into_response(),
        _ => ApiProblem { slug: Slug::Busy, detail: Some("the database is not ready".to_owned()) }.into_response(),
    }
}
