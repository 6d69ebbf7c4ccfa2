//! What every request passes: an id, a log line, and the headers that bind browsers.

use super::{
    Shared,
    problem::{ApiProblem, Slug},
};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument as _;

/// The id of a request, to quote to the operator.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Pages load only what comes from here, run no inline script and are framed by nobody.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                   form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The policy of a page whose form may lead to another site by redirects. None where the site's name is no name.
pub fn policy_leading_to(origin: &str) -> Option<HeaderValue> {
    let name = origin.bytes().all(|b| b.is_ascii_alphanumeric() || b":/.-[]+_".contains(&b));
    let text = CSP.replace("form-action 'self'", &format!("form-action 'self' {origin}"));
    name.then(|| HeaderValue::from_str(&text).ok()).flatten()
}

static HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()"),
];

/// Gives the request an id, logs it without its query or body, and sets the headers.
pub async fn frame(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let id: String = crate::app::random::<8>().iter().map(|octet| format!("{octet:02x}")).collect();
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let started = app.now();
    let phone = request.uri().path().starts_with("/api/phone/");
    let mut response = async {
        let response = next.run(request).await;
        let micros = u64::try_from(app.now().since(started).as_micros()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), micros, "answered");
        response
    }
    .instrument(span)
    .await;
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.settings.https() {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if phone {
        // For a phone whose clock is off: the Date header is the machine's, which a test clock does not move.
        headers.insert("x-server-time", HeaderValue::from(app.now().unix_seconds()));
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    response
}

/// The answer when a handler panicked: logged, and told as our trouble without saying what.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("without words"), "a handler panicked");
    ApiProblem::from(Slug::Internal).into_response()
}
