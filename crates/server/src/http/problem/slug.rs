//! The problem types, by slug: each has a page of its own at `/problems/<slug>`.

use crate::http::extract::body::BodyError;
use axum::http::StatusCode;

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
    pub(super) fn title(self) -> &'static str {
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
