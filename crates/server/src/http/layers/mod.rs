//! What every request passes: an id, a log line, and the headers that bind browsers.

pub mod cors;

use super::{
    Shared,
    problem::{ApiProblem, Slug},
    routes::get_is_a_use,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument as _;

/// The id of a request, to quote to the operator.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// What every page is held to, but for where its forms lead: it loads only what comes from here, runs no inline script
/// and is framed by nobody.
macro_rules! page_policy {
    () => {
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    };
}

/// Pages whose forms lead to pages of ours only.
const CSP: &str = concat!(page_policy!(), "; form-action 'self'");

/// The policy of a page whose form leads on to a client. Browsers hold the whole chain of redirects to `form-action`, and
/// only the client knows where its own leads; nor can every redirect URI be written as a source (`http://[::1]`, private
/// schemes). So such a page names none.
pub const CSP_LEADING_ON: HeaderValue = HeaderValue::from_static(page_policy!());

static HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()"),
];

/// Whether clients send people to a page, perhaps in a window of theirs: cut off from its opener, that window could not
/// tell the client how the login went. Every answer on the way counts, redirects too.
fn is_opened_by_clients(path: &str) -> bool {
    path == "/login" || ["/login/", "/oauth2/", "/help/", "/language"].iter().any(|part| path.starts_with(part))
}

/// The demo shows a login and a card, or the app, beside each other on one page. Pages for real people are framed by nobody.
fn frame_each_other(headers: &mut HeaderMap) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let own = policy.map(|policy| {
        let framed = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'");
        if framed.contains("frame-src '") { framed } else { format!("{framed}; frame-src 'self'") }
    });
    if let Some(Ok(policy)) = own.map(|own| HeaderValue::from_str(&own)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
}

/// Gives the request an id, logs it without its query or body, and sets the headers.
pub async fn frame(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let id: String = crate::app::random::<8>().iter().map(|octet| format!("{octet:02x}")).collect();
    request.extensions_mut().insert(RequestId(id.clone()));
    let path = request.uri().path();
    let span = tracing::info_span!("request", id, method = %request.method(), path, address = tracing::field::Empty);
    let started = app.now();
    let phone = path.starts_with("/api/phone/");
    let opened_by_clients = is_opened_by_clients(path);
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
    if app.settings.demo {
        frame_each_other(headers);
    }
    if !opened_by_clients {
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        // A proxy that gathers an answer before it hands it on would hold a stream back for ever.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    }
    if app.settings.https() {
        let value =
            if app.settings.hsts_subdomains { "max-age=31536000; includeSubDomains" } else { "max-age=31536000" };
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(value));
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

/// HEAD asks whether something is there, as link checkers and mail scanners do. Where a GET would be a use, nothing is run
/// for it: what is good once stays good.
pub async fn head_is_no_use(request: Request, next: Next) -> Response {
    if request.method() == Method::HEAD && get_is_a_use(request.uri().path()) {
        return StatusCode::OK.into_response();
    }
    next.run(request).await
}

/// The answer when a handler panicked: logged, and told as our trouble without saying what.
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("without words"), "a handler panicked");
    ApiProblem::from(Slug::Internal).into_response()
}
