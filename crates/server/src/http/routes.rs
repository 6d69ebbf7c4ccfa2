//! The route tables: a row says method, path, who may call, what is taken and answered, and what it does. Each API has a
//! table of its own; here is what a row is, and what all rows are together.

use super::{
    Shared,
    answer::Answer,
    api, app,
    extract::{
        body,
        caller::{Body, Caller, Parameters, Who},
        peer,
    },
    health,
    layers::{self, cors},
    oauth, pages, phone,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
};
use std::time::Duration;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `get`, `post`, `put`, `patch` or `delete`.
    pub method: &'static str,
    /// The path, with `{…}` for what varies.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// The body it takes.
    pub takes: Option<Body>,
    /// What else it reads of the request, as far as a document of its API says it.
    pub parameters: &'static [Option<Parameters>],
    /// The status of the answer where it does not refuse.
    pub status: StatusCode,
    /// The body of that answer.
    pub answers: Option<Body>,
    /// What it does.
    pub does: &'static str,
}

impl Route {
    pub(crate) const fn of<C: Caller, A: Answer>(
        method: &'static str,
        path: &'static str,
        inputs: &[Option<Body>],
        parameters: &'static [Option<Parameters>],
        does: &'static str,
    ) -> Self {
        let takes = Body::first(&[C::BODY, Body::first(inputs)]);
        Self { method, path, who: C::WHO, takes, parameters, status: A::STATUS, answers: A::BODY, does }
    }
}

/// A table of rows: `method path Caller handler (Input, …) -> Answer => "what it does; audited as …";`.
///
/// The handler must be `async fn(State<Shared>, Caller, Input, …)` and give the answer, or a `Result` of it: a row whose
/// handler takes or gives something else does not compile. The caller is the extractor that checks who calls.
macro_rules! table {
    ($table:ident, $mount:ident: $(
        $method:ident $path:literal $caller:ident $($handler:ident)::+ ($($input:ty),*) -> $answer:ty => $does:literal;
    )+) => {
        /// The routes.
        pub const $table: &[$crate::http::routes::Route] = &[$($crate::http::routes::Route::of::<$caller, $answer>(
            stringify!($method),
            $path,
            &[$(<$input as $crate::http::extract::caller::Input>::BODY),*],
            &[$(<$input as $crate::http::extract::caller::Input>::PARAMETERS),*],
            $does,
        )),+];

        pub(crate) fn $mount(router: axum::Router<$crate::http::Shared>) -> axum::Router<$crate::http::Shared> {
            router$(.route($path, axum::routing::$method({
                /// The handler, held to its row.
                fn held<F: Future<Output: $crate::http::answer::Gives<$answer>>>(
                    handler: fn(axum::extract::State<$crate::http::Shared>, $caller $(, $input)*) -> F,
                ) -> fn(axum::extract::State<$crate::http::Shared>, $caller $(, $input)*) -> F {
                    handler
                }
                held($($handler)::+)
            })))+
        }
    };
}
pub(crate) use table;

/// Every row there is.
pub fn all() -> impl Iterator<Item = &'static Route> {
    [health::ROUTES, pages::ROUTES, oauth::ROUTES, api::ROUTES, phone::ROUTES, app::ROUTES].into_iter().flatten()
}

fn mount(router: Router<Shared>) -> Router<Shared> {
    app::mount(phone::mount(api::mount(oauth::mount(pages::mount(health::mount(router))))))
}

/// Whether a GET of a path takes something up, ends something, counts as a use, or holds an answer open.
pub(crate) fn get_is_a_use(path: &str) -> bool {
    let uses =
        |who| matches!(who, Who::Attempt | Who::SignedIn | Who::Agent(_) | Who::Desk(_) | Who::Sent | Who::Phone);
    // The first is a use of the session, the second is where an attempt gives what it has confirmed.
    matches!(path, "/" | "/login") || all().any(|route| route.method == "get" && route.path == path && uses(route.who))
}

/// What a path of the table takes, as `Allow` says it. None where nothing is.
pub(crate) fn methods(path: &str) -> Option<String> {
    let rows = || all().filter(|route| leads_to(route.path, path));
    let takes = |method| rows().any(|route| route.method == method);
    let methods = [
        ("GET,HEAD", takes("get")),
        ("POST", takes("post")),
        ("PUT", takes("put")),
        ("PATCH", takes("patch")),
        ("DELETE", takes("delete")),
        ("OPTIONS", rows().next().is_some()),
    ];
    let all: Vec<_> = methods.into_iter().filter(|(_, taken)| *taken).map(|(name, _)| name).collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// Whether a path is one of a row.
fn leads_to(row: &str, path: &str) -> bool {
    let (mut wanted, mut there) = (row.split('/'), path.split('/'));
    loop {
        match (wanted.next(), there.next()) {
            (None, None) => return true,
            (Some(wanted), Some(_)) if wanted.starts_with("{*") => return true,
            (Some(wanted), Some(there)) if wanted == there || wanted.starts_with('{') && !there.is_empty() => {}
            _ => return false,
        }
    }
}

/// Longest time a handler may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The server's router.
pub fn router(app: Shared) -> Router {
    router_with(app, |router| router)
}

/// The server's router with further routes.
pub(crate) fn router_with(app: Shared, further: impl FnOnce(Router<Shared>) -> Router<Shared>) -> Router {
    finish(further(mount(Router::new())), app)
}

/// Adds what every request passes to a router with its routes.
fn finish(router: Router<Shared>, app: Shared) -> Router {
    router
        .fallback(pages::site::not_found)
        .method_not_allowed_fallback(pages::site::method_not_allowed)
        .layer(DefaultBodyLimit::max(body::MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn(layers::head_is_no_use))
        .layer(from_fn_with_state(app.clone(), cors::share))
        .layer(from_fn_with_state(app.clone(), peer::known))
        .layer(from_fn_with_state(app.clone(), layers::frame))
        .with_state(app)
}
