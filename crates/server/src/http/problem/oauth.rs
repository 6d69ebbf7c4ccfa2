//! Errors of the OAuth endpoints (RFC 6749, 5.2) and of the first-party protocol.

use crate::{
    flow::{Refused, confirm::next::View, oidc::Denied},
    http::{
        extract::body::BodyError,
        problem::{Slug, Told, retry_after},
    },
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Timestamp,
    confirmation::{self, Withheld},
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
    /// An attempt lives or has ended: what a program with a form of its own is told (first-party protocol).
    Attempt(Box<Answer>),
    /// What keeps us from answering: too many tries, too much at once, the database, or we ourselves.
    Trouble(Slug, Option<Duration>),
}

impl OAuthProblem {
    /// The trouble is ours.
    pub const INTERNAL: Self = Self::Trouble(Slug::Internal, None);
}

impl From<Told> for OAuthProblem {
    /// What is no trouble is a refusal that no well-made request can meet.
    fn from(told: Told) -> Self {
        match told.slug {
            Slug::Throttled | Slug::Busy | Slug::Unavailable => Self::Trouble(told.slug, told.wait),
            _ => Self::INTERNAL,
        }
    }
}

impl From<Denied> for OAuthProblem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::OAuth(error) => Self::Request(error),
            Denied::Refused(refused) => Told::of(refused).into(),
        }
    }
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
            Self::Attempt(answer) => return (StatusCode::BAD_REQUEST, Json(answer)).into_response(),
            Self::Trouble(slug, _) => {
                let code = if *slug == Slug::Internal { "server_error" } else { "temporarily_unavailable" };
                (slug.status(), code, trouble_words(*slug).to_owned())
            }
        };
        let body = match &self {
            // Nothing was wrong with a token that was not sent (RFC 6750, 3.1).
            Self::Request(OAuthError::NoToken) => Answer::default(),
            _ => Answer { error: Some(code.to_owned()), error_description: Some(description), ..Answer::default() },
        };
        let mut response = (status, Json(body)).into_response();
        let challenge = match &self {
            Self::Client(_) => Some("Basic realm=\"countersign\"".to_owned()),
            Self::Request(OAuthError::NoToken) => Some("Bearer, DPoP algs=\"ES256\"".to_owned()),
            Self::Request(error @ (OAuthError::InvalidToken | OAuthError::InsufficientScope(_))) => {
                Some(format!("Bearer error=\"{0}\", DPoP error=\"{0}\" algs=\"ES256\"", error.code()))
            }
            _ => None,
        };
        if let Some(value) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        if let Self::Trouble(_, wait) = self {
            retry_after(response.headers_mut(), wait);
        }
        response
    }
}

fn trouble_words(slug: Slug) -> &'static str {
    match slug {
        Slug::Throttled => "too many tries; see Retry-After",
        Slug::Busy => "too many logins at once; see Retry-After",
        Slug::Unavailable => "the server cannot reach or write its data for the moment; see Retry-After",
        _ => "something went wrong on our side",
    }
}

fn body_words(error: BodyError) -> &'static str {
    match error {
        BodyError::ContentType => "the content type must be application/x-www-form-urlencoded",
        BodyError::TooLarge => "the body is larger than 16 KiB",
        BodyError::Malformed => "the body must be a form in UTF-8",
    }
}

/// Why an operation that was asked for by the browser's way gives its client nothing.
pub fn sent_back(denied: Denied) -> OAuthError {
    let refused = match denied {
        Denied::OAuth(error) => return error,
        Denied::Refused(refused) => refused,
    };
    match Told::of(refused).slug {
        Slug::Busy | Slug::Unavailable | Slug::Throttled => OAuthError::TemporarilyUnavailable,
        Slug::Internal => OAuthError::ServerError,
        _ => OAuthError::AccessDenied,
    }
}

/// Why an attempt ended or was never begun, in the first-party protocol; or an OAuth error.
pub fn first_party(refused: Refused, now: Timestamp) -> Result<Failure, OAuthProblem> {
    let told = Told::of(refused);
    match told {
        Told { failure: Some(reason), .. } => {
            let recover = if told.recover { vec![Recovery::RegisteredNumber] } else { Vec::new() };
            let retry_after = told.locked.and_then(|until| until.seconds_from(now));
            Ok(Failure { retry_after, recover, ..Failure::of(reason) })
        }
        Told { error: Some(error), .. } => Err(error.into()),
        trouble => Err(trouble.into()),
    }
}

/// What went wrong in the last step of an attempt that lives.
pub fn step_failure(view: &View) -> Option<Failure> {
    let wrong = |reason| Failure { attempts_left: Some(view.attempts_left), ..Failure::of(reason) };
    match view.told? {
        confirmation::Told::WrongAnswer => Some(wrong(Reason::WrongResponse)),
        confirmation::Told::WrongNumber => Some(wrong(Reason::WrongNumber)),
        confirmation::Told::DeviceLocked(until) => {
            Some(Failure { retry_after: until.seconds_from(view.now), ..Failure::of(Reason::DeviceLocked) })
        }
        confirmation::Told::PushWithheld(Withheld::WrongNumber) => Some(wrong(Reason::WrongNumber)),
        // Not judged: the attempt is where it was, and `method=sent_code` has another code sent.
        confirmation::Told::CodeOver => Some(wrong(Reason::CodeOver)),
        // The step that is there instead carries it as a notice.
        confirmation::Told::PushWithheld(_) => None,
    }
}
