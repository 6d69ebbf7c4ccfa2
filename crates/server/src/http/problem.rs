//! Errors as the outside sees them: one match from our refusals to status and slug, in three dresses: a problem
//! document for our APIs, RFC 6749 for OAuth endpoints, a page for browsers.

use super::body::BodyError;
use crate::flow::Refused;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use oidc::OAuthError;
use std::time::Duration;
use wire::{Answer, Failure, Problem, Reason};

/// Every problem type there is, by slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slug {
    /// Nothing is there.
    NotFound,
    /// The path does not take the method.
    MethodNotAllowed,
    /// The request was not understood.
    BadRequest,
    /// The body is too large.
    TooLarge,
    /// The body's content type is not taken.
    UnsupportedMediaType,
    /// No or an invalid token.
    Unauthorized,
    /// The form did not come from our page.
    FormExpired,
    /// Too many tries.
    Throttled,
    /// Too much at once.
    Busy,
    /// The trouble is ours.
    Internal,
}

impl Slug {
    /// Every slug.
    pub const ALL: [Self; 10] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BadRequest,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Unauthorized,
        Self::FormExpired,
        Self::Throttled,
        Self::Busy,
        Self::Internal,
    ];

    /// The stable name, the last part of `/problems/<slug>`.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        self.row().1
    }

    /// The short title, for programmers.
    fn title(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "Nothing is here"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "This path does not take this method")
            }
            Self::BadRequest => ("bad-request", StatusCode::BAD_REQUEST, "The request was not understood"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 16 KiB"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content type is not taken here")
            }
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED, "A valid bearer token is needed"),
            Self::FormExpired => ("form-expired", StatusCode::FORBIDDEN, "The form is too old or came from elsewhere"),
            Self::Throttled => ("throttled", StatusCode::TOO_MANY_REQUESTS, "Too many tries"),
            Self::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "Too many requests at once"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
        }
    }
}

impl From<BodyError> for Slug {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::ContentType => Self::UnsupportedMediaType,
            BodyError::TooLarge => Self::TooLarge,
            BodyError::Malformed => Self::BadRequest,
        }
    }
}

/// A problem document as an answer.
#[derive(Debug, Clone)]
pub struct ApiProblem {
    /// Which one.
    pub slug: Slug,
    /// What to do about this one.
    pub detail: Option<String>,
}

impl From<Slug> for ApiProblem {
    fn from(slug: Slug) -> Self {
        Self { slug, detail: None }
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let status = self.slug.status();
        let problem = Problem {
            kind: format!("/problems/{}", self.slug.name()),
            title: self.slug.title().to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            instance: None,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.slug == Slug::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An error of an OAuth endpoint.
#[derive(Debug, Clone)]
pub enum OAuthProblem {
    /// The request was not understood or not allowed.
    Request(OAuthError),
    /// A client that tried the Authorization header was not believed.
    Client,
    /// The body was not read.
    Body(BodyError),
    /// The path does not take the method.
    MethodNotAllowed,
    /// Nothing is there.
    NotFound,
    /// Too many tries.
    Throttled(Duration),
    /// Too much at once.
    Busy,
    /// The trouble is ours.
    Internal,
}

impl From<OAuthError> for OAuthProblem {
    fn from(error: OAuthError) -> Self {
        Self::Request(error)
    }
}

impl From<BodyError> for OAuthProblem {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl IntoResponse for OAuthProblem {
    fn into_response(self) -> Response {
        let (status, code, description) = match &self {
            Self::Request(error) => {
                let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
                (status, error.code(), error.to_string())
            }
            Self::Client => (StatusCode::UNAUTHORIZED, "invalid_client", OAuthError::InvalidClient.to_string()),
            Self::Body(error) => (error.status(), "invalid_request", body_words(*error).to_owned()),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "use POST".to_owned()),
            Self::NotFound => (StatusCode::NOT_FOUND, "invalid_request", "no such endpoint".to_owned()),
            Self::Throttled(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many tries; see Retry-After".to_owned())
            }
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "too many logins at once; see Retry-After".to_owned(),
            ),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "something went wrong on our side".to_owned())
            }
        };
        let body =
            Json(Answer { error: Some(code.to_owned()), error_description: Some(description), ..Answer::default() });
        let mut response = (status, body).into_response();
        let challenge = match &self {
            Self::Client => Some("Basic realm=\"countersign\"".to_owned()),
            Self::Request(error @ (OAuthError::InvalidToken | OAuthError::InsufficientScope(_))) => {
                Some(format!("Bearer error=\"{0}\", DPoP error=\"{0}\" algs=\"ES256\"", error.code()))
            }
            _ => None,
        };
        if let Some(value) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        retry_after(
            &mut response,
            match self {
                Self::Throttled(wait) => Some(wait),
                Self::Busy => Some(BUSY_WAIT),
                _ => None,
            },
        );
        response
    }
}

fn body_words(error: BodyError) -> &'static str {
    match error {
        BodyError::ContentType => "the content type must be application/x-www-form-urlencoded",
        BodyError::TooLarge => "the body is larger than 16 KiB",
        BodyError::Malformed => "the body must be a form in UTF-8",
    }
}

/// How long to wait when too much happens at once.
pub const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Adds `Retry-After` in whole seconds, at least one.
pub fn retry_after(response: &mut Response, wait: Option<Duration>) {
    if let Some(wait) = wait {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
}

/// A refusal of the login flow in the words of the first-party protocol: an ended attempt, or an OAuth error.
pub fn first_party(refused: Refused, now: domain::Timestamp) -> Result<Failure, OAuthProblem> {
    use domain::{Refusal, confirmation::Exhaustion, confirmation::Outcome};
    let reason = match refused {
        Refused::InvalidCredentials => Reason::InvalidCredentials,
        Refused::NoUsableDevice => Reason::NoUsableDevice,
        Refused::Ended(outcome) => match outcome {
            Outcome::Confirmed { .. } => Reason::AlreadyAnswered,
            Outcome::Denied { .. } => Reason::Denied,
            Outcome::Expired { .. } => Reason::Expired,
            Outcome::Exhausted { because: Exhaustion::DeviceLocked(until), .. } => {
                return Ok(device_locked(until, now));
            }
            Outcome::Exhausted { .. } => Reason::TooManyAttempts,
        },
        Refused::DeviceLocked(until) => return Ok(device_locked(until, now)),
        Refused::UnknownAttempt => return Err(OAuthError::InvalidSession.into()),
        Refused::Caller(Refusal::UnknownDevice) => return Err(OAuthError::Malformed("device_id").into()),
        Refused::Caller(Refusal::UnknownMethod) => return Err(OAuthError::Malformed("method").into()),
        Refused::Caller(_) => return Err(OAuthError::NotAwaited.into()),
        Refused::Throttled(wait) => return Err(OAuthProblem::Throttled(wait)),
        Refused::Busy => return Err(OAuthProblem::Busy),
        Refused::Internal => return Err(OAuthProblem::Internal),
    };
    Ok(Failure::of(reason))
}

/// The failure that names a device's lock.
pub fn device_locked(until: domain::lockout::Until, now: domain::Timestamp) -> Failure {
    Failure { retry_after: until.seconds_from(now), ..Failure::of(Reason::DeviceLocked) }
}
