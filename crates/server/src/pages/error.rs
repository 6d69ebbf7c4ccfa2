//! The page of a request that failed.

use super::Frame;
use askama::Template;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Nothing is there.
    NotFound,
    /// The request was not understood.
    BadRequest,
    /// The form is too old or came from elsewhere.
    FormExpired,
    /// Not for this user.
    Forbidden,
    /// The roles of an agent do not allow it.
    RoleNeeded,
    /// The login was not confirmed by a device that is strong enough for the console.
    WeakDevice,
    /// The path does not take the method.
    MethodNotAllowed,
    /// The body is too large.
    TooLarge,
    /// The body's content type is not taken.
    UnsupportedMediaType,
    /// Too many tries.
    Throttled {
        /// Whole seconds to wait.
        seconds: u64,
    },
    /// Too much at once.
    Busy,
    /// The database is not to be had.
    Unavailable,
    /// The trouble is ours.
    Internal,
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// What the user may quote to the operator.
    pub request_id: String,
}

impl ErrorPage {
    fn title(&self) -> &'static str {
        self.words().0
    }

    fn advice(&self) -> String {
        let key = self.words().1;
        match self.kind {
            ErrorKind::Throttled { seconds } => self.frame.n(key, seconds),
            _ => self.frame.t(key),
        }
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self.kind {
            ErrorKind::NotFound => ("error-not-found", "error-not-found-advice"),
            ErrorKind::BadRequest => ("error-bad-request", "error-bad-request-advice"),
            ErrorKind::FormExpired => ("error-form-expired", "error-form-expired-advice"),
            ErrorKind::Forbidden => ("error-forbidden", "error-forbidden-advice"),
            ErrorKind::RoleNeeded => ("error-role-needed", "error-role-needed-advice"),
            ErrorKind::WeakDevice => ("error-weak-device", "error-weak-device-advice"),
            ErrorKind::MethodNotAllowed => ("error-method-not-allowed", "error-method-not-allowed-advice"),
            ErrorKind::TooLarge => ("error-too-large", "error-too-large-advice"),
            ErrorKind::UnsupportedMediaType => ("error-unsupported-media-type", "error-unsupported-media-type-advice"),
            ErrorKind::Throttled { .. } => ("error-throttled", "error-throttled-advice"),
            ErrorKind::Busy => ("error-busy", "error-busy-advice"),
            ErrorKind::Unavailable => ("error-unavailable", "error-unavailable-advice"),
            ErrorKind::Internal => ("error-internal", "error-internal-advice"),
        }
    }
}
