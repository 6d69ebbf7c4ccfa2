//! Errors of the OAuth endpoints (RFC 6749, 5.2) and of the first-party protocol.

use crate::{
    flow::Refused,
    http::{
        extract::body::BodyError,
        problem::{BUSY_WAIT, UNAVAILABLE_WAIT, retry_after},
    },
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use oidc::OAuthError;
use std::time::Duration;
use wire::{Answer, Failure, Reason, Recovery};

/// An error of an OAuth endpoint.
#[derive(Debug, Clone)]
pub enum OAuthProblem {
    /// The request was not understood or not allowed.
    Request(OAuthError),
    /// A client that tried the Authorization header was not believed (RFC 6749, 5.2).
    Client(OAuthError),
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
    /// The database is not to be had.
    Unavailable,
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
            Self::Client(error) => (StatusCode::UNAUTHORIZED, error.code(), error.to_string()),
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
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "the server cannot reach or write its data for the moment; see Retry-After".to_owned(),
            ),
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "something went wrong on our side".to_owned())
            }
        };
        let body =
            Json(Answer { error: Some(code.to_owned()), error_description: Some(description), ..Answer::default() });
        let mut response = (status, body).into_response();
        let challenge = match &self {
            Self::Client(_) => Some("Basic realm=\"countersign\"".to_owned()),
            // Nothing was wrong with a token that was not sent (RFC 6750, 3.1).
            Self::Request(OAuthError::NoToken) => Some("Bearer, DPoP algs=\"ES256\"".to_owned()),
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
                Self::Unavailable => Some(UNAVAILABLE_WAIT),
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

/// A refusal of the login flow in the words of the first-party protocol: an ended attempt, or an OAuth error.
pub fn first_party(refused: Refused, now: domain::Timestamp) -> Result<Failure, OAuthProblem> {
    use domain::{Refusal, confirmation::Exhaustion, confirmation::Outcome};
    let reason = match refused {
        Refused::InvalidCredentials => Reason::InvalidCredentials,
        // Nothing of a login sends a code to a contact point.
        Refused::NoUsableDevice { recover } => {
            let recover = if recover { vec![Recovery::RegisteredNumber] } else { Vec::new() };
            return Ok(Failure { recover, ..Failure::of(Reason::NoUsableDevice) });
        }
        // A login moves no money.
        Refused::NoContact | Refused::NotPermitted(_) | Refused::NotCounted(_) | Refused::NoCalendar => {
            Reason::NoUsableDevice
        }
        Refused::Ended(outcome) => match outcome {
            Outcome::Confirmed { .. } => Reason::AlreadyAnswered,
            // Only a page leaves an attempt.
            Outcome::Denied { .. } | Outcome::Abandoned { .. } => Reason::Denied,
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
        Refused::Unavailable => return Err(OAuthProblem::Unavailable),
        Refused::Internal => return Err(OAuthProblem::Internal),
    };
    Ok(Failure::of(reason))
}

/// The failure that names a device's lock.
pub fn device_locked(until: domain::lockout::Until, now: domain::Timestamp) -> Failure {
    Failure { retry_after: until.seconds_from(now), ..Failure::of(Reason::DeviceLocked) }
}
