//! Errors as the outside sees them: one match from our refusals to status and slug, in three dresses: a problem
//! document for our APIs, RFC 6749 for OAuth endpoints, a page for browsers.

mod oauth;
mod phone;

pub use oauth::{OAuthProblem, device_locked, first_party};
pub use phone::PhoneProblem;

use crate::{flow::Refused, http::extract::body::BodyError};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;
use wire::Problem;

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
    /// No or an invalid DPoP proof.
    InvalidProof,
    /// The device is not active.
    DeviceNotActive,
    /// Unknown user, wrong password or locked user.
    InvalidCredentials,
    /// Limits, or the transfer lock, let no device or not this one confirm it.
    DeviceLimit,
    /// An amount could not be counted: no fresh rate, or no calendar.
    RateMissing,
    /// No contact point for a code.
    NoContact,
    /// The activation is over, unknown, or another phone's.
    UnknownActivation,
    /// The code from the settings page is unknown, used, or over.
    UnknownInvitation,
    /// The change of the PIN is over, unknown, or another phone's.
    UnknownChange,
    /// The phone has no PIN.
    NoPin,
    /// The activation code is wrong.
    WrongCode,
    /// The response or PIN proof is wrong.
    WrongResponse,
    /// The number is wrong.
    WrongNumber,
    /// What was signed is not what was asked.
    StatementMismatch,
    /// The attempt has ended.
    AttemptEnded,
    /// The attempt does not await that.
    NotAwaited,
    /// The device is locked.
    DeviceLocked,
    /// The institution has no debit cards here.
    NoCards,
    /// No such card of the user.
    UnknownCard,
    /// The card does not do that.
    CardRefused,
    /// The card processor cannot be reached.
    CardProcessorUnreachable,
    /// The form did not come from our page.
    FormExpired,
    /// The call did not come from our own page.
    CrossOrigin,
    /// No phone is woken here.
    NoPush,
    /// The phone is not subscribed.
    NotSubscribed,
    /// Too many tries.
    Throttled,
    /// Too much at once.
    Busy,
    /// The database is away, full or held: nothing can be done for the moment.
    Unavailable,
    /// The trouble is ours.
    Internal,
}

impl Slug {
    /// Every slug.
    pub const ALL: [Self; 35] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BadRequest,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Unauthorized,
        Self::InvalidProof,
        Self::DeviceNotActive,
        Self::InvalidCredentials,
        Self::DeviceLimit,
        Self::RateMissing,
        Self::NoContact,
        Self::UnknownActivation,
        Self::UnknownInvitation,
        Self::UnknownChange,
        Self::NoPin,
        Self::WrongCode,
        Self::WrongResponse,
        Self::WrongNumber,
        Self::StatementMismatch,
        Self::AttemptEnded,
        Self::NotAwaited,
        Self::DeviceLocked,
        Self::NoCards,
        Self::UnknownCard,
        Self::CardRefused,
        Self::CardProcessorUnreachable,
        Self::FormExpired,
        Self::CrossOrigin,
        Self::NoPush,
        Self::NotSubscribed,
        Self::Throttled,
        Self::Busy,
        Self::Unavailable,
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
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "No such resource"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "This path does not take this method")
            }
            Self::BadRequest => ("bad-request", StatusCode::BAD_REQUEST, "The request was not understood"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 16 KiB"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content type is not accepted here")
            }
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED, "A valid bearer token is needed"),
            Self::InvalidProof => ("invalid-proof", StatusCode::UNAUTHORIZED, "The DPoP proof does not hold"),
            Self::DeviceNotActive => ("device-not-active", StatusCode::FORBIDDEN, "This device is not active"),
            Self::InvalidCredentials => {
                ("invalid-credentials", StatusCode::FORBIDDEN, "Username and password are not accepted")
            }
            Self::DeviceLimit => ("device-limit", StatusCode::FORBIDDEN, "This device may not confirm that much"),
            Self::RateMissing => ("rate-missing", StatusCode::CONFLICT, "The amount cannot be counted for now"),
            Self::NoContact => ("no-contact", StatusCode::CONFLICT, "There is no number or address to send a code to"),
            Self::UnknownActivation => ("unknown-activation", StatusCode::NOT_FOUND, "This activation is over"),
            Self::UnknownInvitation => {
                ("unknown-invitation", StatusCode::NOT_FOUND, "This code from the settings page was used or is over")
            }
            Self::UnknownChange => ("unknown-change", StatusCode::NOT_FOUND, "This change of the PIN is over"),
            Self::NoPin => ("no-pin", StatusCode::CONFLICT, "This phone has no PIN"),
            Self::WrongCode => ("wrong-code", StatusCode::FORBIDDEN, "The activation code is wrong"),
            Self::WrongResponse => ("wrong-response", StatusCode::FORBIDDEN, "The response or PIN is wrong"),
            Self::WrongNumber => ("wrong-number", StatusCode::FORBIDDEN, "The number is wrong"),
            Self::StatementMismatch => {
                ("statement-mismatch", StatusCode::UNPROCESSABLE_ENTITY, "What was signed is not what was asked")
            }
            Self::AttemptEnded => ("attempt-ended", StatusCode::CONFLICT, "This attempt has ended"),
            Self::NotAwaited => ("not-awaited", StatusCode::CONFLICT, "That step does not fit now"),
            Self::DeviceLocked => ("device-locked", StatusCode::FORBIDDEN, "This device is locked"),
            Self::NoCards => ("no-cards", StatusCode::NOT_FOUND, "There are no debit cards here"),
            Self::UnknownCard => ("unknown-card", StatusCode::NOT_FOUND, "There is no such card of this user"),
            Self::CardRefused => {
                ("card-refused", StatusCode::UNPROCESSABLE_ENTITY, "This is not possible with the card")
            }
            Self::CardProcessorUnreachable => {
                ("card-processor-unreachable", StatusCode::BAD_GATEWAY, "The card processor cannot be reached")
            }
            Self::FormExpired => ("form-expired", StatusCode::FORBIDDEN, "The form is too old or came from elsewhere"),
            Self::CrossOrigin => ("cross-origin", StatusCode::FORBIDDEN, "Only our own page may call this"),
            Self::NoPush => ("no-push", StatusCode::NOT_FOUND, "Push notifications are off here"),
            Self::NotSubscribed => ("not-subscribed", StatusCode::CONFLICT, "This phone is not subscribed"),
            Self::Throttled => ("throttled", StatusCode::TOO_MANY_REQUESTS, "Too many attempts"),
            Self::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "Too many requests at once"),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "The server cannot reach or write its data for the moment",
            ),
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
    /// A stable word, where one slug has several reasons.
    pub reason: Option<&'static str>,
    /// Wrong answers left.
    pub attempts_left: Option<u32>,
    /// How long to wait.
    pub wait: Option<Duration>,
}

impl From<Slug> for ApiProblem {
    fn from(slug: Slug) -> Self {
        Self { slug, detail: None, reason: None, attempts_left: None, wait: None }
    }
}

impl ApiProblem {
    /// No further answer is held open for an address.
    pub fn too_many_open() -> Self {
        let detail = Some("too many answers are held open for this address".to_owned());
        Self { detail, wait: Some(TOO_MANY_OPEN_WAIT), ..Self::from(Slug::Throttled) }
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
            reason: self.reason.map(str::to_owned),
            attempts_left: self.attempts_left,
            retry_after: self.wait.map(crate::http::extract::page::seconds),
            instance: None,
        };
        let mut response = (status, Json(problem)).into_response();
        retry_after(&mut response, self.wait);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.slug {
            Slug::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Slug::InvalidProof => {
                let value = HeaderValue::from_static("DPoP algs=\"ES256\", error=\"invalid_dpop_proof\"");
                headers.insert(header::WWW_AUTHENTICATE, value);
            }
            _ => {}
        }
        response
    }
}

/// A refusal of a flow as a problem of our own APIs.
pub fn flow_refused(refused: &Refused) -> ApiProblem {
    let plain = ApiProblem::from;
    match refused {
        Refused::InvalidCredentials => plain(Slug::InvalidCredentials),
        Refused::NoContact => plain(Slug::NoContact),
        Refused::Ended(outcome) => ApiProblem { reason: Some(ended_reason(*outcome)), ..plain(Slug::AttemptEnded) },
        Refused::DeviceLocked(until) => locked(*until),
        Refused::UnknownAttempt | Refused::NoUsableDevice { .. } => plain(Slug::NotFound),
        Refused::NotPermitted(_) => plain(Slug::DeviceLimit),
        Refused::NotCounted(_) | Refused::NoCalendar => plain(Slug::RateMissing),
        Refused::Caller(_) => plain(Slug::NotAwaited),
        Refused::Throttled(wait) => ApiProblem { wait: Some(*wait), ..plain(Slug::Throttled) },
        Refused::Unavailable => ApiProblem { wait: Some(UNAVAILABLE_WAIT), ..plain(Slug::Unavailable) },
        Refused::Busy => ApiProblem { wait: Some(BUSY_WAIT), ..plain(Slug::Busy) },
        Refused::Internal => plain(Slug::Internal),
    }
}

fn locked(until: domain::lockout::Until) -> ApiProblem {
    let reason = match until {
        domain::lockout::Until::At(_) => "for_a_time",
        domain::lockout::Until::Lifted => "until_lifted",
    };
    ApiProblem { reason: Some(reason), ..ApiProblem::from(Slug::DeviceLocked) }
}

/// The contracted reason of an end.
fn ended_reason(outcome: domain::confirmation::Outcome) -> &'static str {
    use domain::confirmation::Outcome;
    match outcome {
        Outcome::Confirmed { .. } => "already_answered",
        Outcome::Denied { .. } => "denied",
        Outcome::Expired { .. } => "expired",
        Outcome::Abandoned { .. } => "abandoned",
        Outcome::Exhausted { .. } => "too_many_attempts",
    }
}

/// How long to wait when too much happens at once.
pub const BUSY_WAIT: Duration = Duration::from_secs(1);

/// How long to wait where too many answers are held open.
const TOO_MANY_OPEN_WAIT: Duration = Duration::from_secs(30);
/// How long to wait when the database is not to be had.
pub const UNAVAILABLE_WAIT: Duration = Duration::from_secs(5);

/// Adds `Retry-After` in whole seconds, at least one.
pub fn retry_after(response: &mut Response, wait: Option<Duration>) {
    if let Some(wait) = wait {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
}
