//! Whether the process lives, and whether it can serve.

use crate::{
    flow::health,
    http::{
        Shared,
        extract::caller::Anyone,
        problem::{ApiProblem, Slug},
        routes::table,
    },
};
use axum::extract::State;
use std::time::Duration;

table! { ROUTES, mount:
    get "/healthz" Anyone healthz () -> &'static str => "the process answers";
    get "/readyz"  Anyone readyz  () -> String => "the database answers and is up to date";
}

/// What a process that lives answers.
pub(crate) const ALIVE: &str = "ok\n";

/// `/healthz`: the process answers.
pub async fn healthz(_: State<Shared>, _: Anyone) -> &'static str {
    ALIVE
}

/// How long whoever found it not ready should wait before asking again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// `/readyz`: the database answers, is written to, has the tables this program needs and the time that we have; or what
/// is amiss, in words.
pub async fn readyz(State(app): State<Shared>, _: Anyone) -> Result<String, ApiProblem> {
    match health::ready(&app).await {
        Ok(newer) if newer.is_empty() => Ok("ready\n".to_owned()),
        Ok(newer) => Ok(format!("ready; the database is newer than this program: {}\n", newer.join(", "))),
        Err(trouble) => Err(ApiProblem {
            detail: Some(trouble.to_string()),
            wait: Some(ASK_AGAIN),
            ..ApiProblem::from(Slug::Unavailable)
        }),
    }
}
