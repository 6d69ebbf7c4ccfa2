//! Errors of the OAuth endpoints (RFC 6749, 5.2), one variant per misdeed.

use serde::Serialize;

/// Why a request was refused before anything was decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The body is not a form.
    #[error("the body must be application/x-www-form-urlencoded UTF-8")]
    NotAForm,
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A parameter is there twice (RFC 6749, 3.2).
    #[error("{0} is there more than once")]
    Repeated(&'static str),
    /// A parameter is longer than allowed.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// A parameter has a value that it cannot have.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// Two parameters that exclude each other.
    #[error("{0} and {1} exclude each other")]
    Conflict(&'static str, &'static str),
    /// A method of PKCE other than S256.
    #[error("code_challenge_method must be S256")]
    PlainPkce,
    /// An unregistered client, or a wrong client secret.
    #[error("the client is unknown")]
    InvalidClient,
    /// The client may not do this.
    #[error("this client may not use this")]
    UnauthorizedClient,
    /// The attempt's handle is unknown or another client's.
    #[error("auth_session is unknown; start again without it")]
    InvalidSession,
    /// The attempt does not await such a step.
    #[error("the attempt does not await this; ask with auth_session alone what it awaits")]
    NotAwaited,
    /// A code that is unknown, used, expired, another client's, or whose verifier does not fit.
    #[error("the code is unknown, used, expired, or not for this client and verifier")]
    InvalidGrant,
    /// A grant type that is not offered.
    #[error("this grant_type is not supported")]
    UnsupportedGrantType,
    /// A scope that is unknown or not allowed to the client.
    #[error("a scope is unknown or not allowed to this client")]
    InvalidScope,
}

/// The JSON form (RFC 6749, 5.2).
#[derive(Debug, Serialize)]
pub struct ErrorBody<'a> {
    /// The code.
    pub error: &'a str,
    /// For programmers.
    pub error_description: String,
}

impl OAuthError {
    /// The code on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAForm
            | Self::Missing(_)
            | Self::Repeated(_)
            | Self::TooLong(_)
            | Self::Malformed(_)
            | Self::Conflict(..)
            | Self::PlainPkce
            | Self::NotAwaited => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidSession => "invalid_session",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
        }
    }

    /// The JSON body.
    pub fn body(&self) -> ErrorBody<'static> {
        ErrorBody { error: self.code(), error_description: self.to_string() }
    }
}
