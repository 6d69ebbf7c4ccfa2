//! Errors of the OAuth endpoints (RFC 6749, 5.2), one variant per misdeed.

use crate::{ClientFault, GrantFault};
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
    /// A client that is registered and not believed.
    #[error("the client is not believed: {0}")]
    ClientRefused(ClientFault),
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
    /// A code or token that gives nothing, and why.
    #[error("{0}")]
    GrantRefused(GrantFault),
    /// A grant type that is not offered.
    #[error("this grant_type is not supported")]
    UnsupportedGrantType,
    /// A scope that is unknown or not allowed to the client.
    #[error("a scope is unknown or not allowed to this client")]
    InvalidScope,
    /// A response type other than `code`.
    #[error("response_type must be code")]
    UnsupportedResponseType,
    /// A response mode other than `query`.
    #[error("response_mode must be query")]
    UnsupportedResponseMode,
    /// `request` where no request objects are taken.
    #[error("request objects are not taken here; push the request instead")]
    RequestNotSupported,
    /// `request_uri` that this server did not give, that is another client's, used or too old.
    #[error("request_uri is not one that was given to this client, or was used, or is too old")]
    InvalidRequestUri,
    /// `request_uri` of somewhere else (OpenID Connect Core, 6.2).
    #[error("request_uri is taken only as the pushed authorization request endpoint gave it")]
    RequestUriNotSupported,
    /// `registration`.
    #[error("clients are registered beforehand")]
    RegistrationNotSupported,
    /// The client must push its requests (RFC 9126, 5).
    #[error("this client must push its authorization requests")]
    MustPush,
    /// `authorization_details` of no contracted type, or not of its form (RFC 9396, 5).
    #[error("authorization_details: {0}")]
    InvalidDetails(#[from] operation::Unfit),
    /// `authorization_details` of a type that this client may not ask for (RFC 9396, 5).
    #[error("authorization_details: this client may not ask for this type")]
    TypeNotAllowed,
    /// Nobody is signed in and nobody may be asked.
    #[error("nobody is signed in")]
    LoginRequired,
    /// Somebody is signed in, but would have to do more, and may not be asked.
    #[error("the user would have to confirm something")]
    InteractionRequired,
    /// An essential `acr` that cannot be met (OpenID Connect Core, 5.5.1.1).
    #[error("the level that was asked for cannot be met")]
    UnmetAuthentication,
    /// The user said no, or the time ran out.
    #[error("the user refused, or the attempt ended")]
    AccessDenied,
    /// None of the user's devices may confirm it, or none can.
    #[error("no device of this user may confirm this now; the user's limits and locks say why")]
    NoDeviceMay,
    /// The user said no to what a client's back end asked, or it ended (CIBA, 11).
    #[error("the user refused, or the request ended")]
    Declined,
    /// Too much at once, told by the browser's way (RFC 6749, 4.1.2.1).
    #[error("too much at once; try again")]
    TemporarilyUnavailable,
    /// The trouble is ours, told by the browser's way (RFC 6749, 4.1.2.1).
    #[error("something went wrong on our side")]
    ServerError,
    /// A DPoP proof is wrong (RFC 9449, 5).
    #[error("the DPoP proof is refused: {0}")]
    InvalidDpopProof(crate::dpop::DpopError),
    /// A DPoP proof was seen before.
    #[error("the DPoP proof is refused: its jti was used before")]
    ReplayedDpopProof,
    /// A DPoP proof is needed and not there, or there more than once.
    #[error("one DPoP proof is needed")]
    NoDpopProof,
    /// No such user (CIBA, 13).
    #[error("the hint names no user")]
    UnknownUser,
    /// The client registered for user codes (CIBA, 13).
    #[error("user_code is missing")]
    MissingUserCode,
    /// The user code is wrong.
    #[error("user_code is wrong")]
    InvalidUserCode,
    /// The binding message cannot be shown.
    #[error("binding_message must be 1 to 64 characters of plain text")]
    InvalidBindingMessage,
    /// Nothing was decided yet (CIBA, 11).
    #[error("the user has not answered yet")]
    AuthorizationPending,
    /// Asked too soon.
    #[error("asked too soon; wait five seconds longer from now on")]
    SlowDown,
    /// A life that a request cannot have.
    #[error("requested_expiry must be 30 to 600 seconds")]
    RequestedExpiry,
    /// The request's time ran out.
    #[error("the request has expired")]
    ExpiredToken,
    /// A resource was asked for without any token: nothing is wrong, something is missing (RFC 6750, 3.1).
    #[error("an access token is needed")]
    NoToken,
    /// The access token is unknown, expired or taken back (RFC 6750, 3.1).
    #[error("the access token is unknown, expired or taken back")]
    InvalidToken,
    /// A receipt that is another client's, is not there, or was not of something that a phone signed.
    #[error("no signed statement is kept of such a receipt of this client")]
    NoStatement,
    /// The access token may not do this.
    #[error("the access token lacks the scope {0}")]
    InsufficientScope(&'static str),
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
    ///
    /// ```
    /// # use oidc::OAuthError;
    /// assert_eq!(OAuthError::Missing("code").code(), "invalid_request");
    /// assert_eq!(OAuthError::Missing("code").to_string(), "code is missing");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAForm
            | Self::Missing(_)
            | Self::Repeated(_)
            | Self::TooLong(_)
            | Self::Malformed(_)
            | Self::Conflict(..)
            | Self::PlainPkce
            | Self::UnsupportedResponseMode
            | Self::MustPush
            | Self::RequestedExpiry
            | Self::NotAwaited => "invalid_request",
            Self::InvalidClient | Self::ClientRefused(_) => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidSession => "invalid_session",
            Self::InvalidGrant | Self::GrantRefused(_) => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::RequestNotSupported => "request_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidDetails(_) | Self::TypeNotAllowed => "invalid_authorization_details",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::UnmetAuthentication => "unmet_authentication_requirements",
            Self::AccessDenied | Self::NoDeviceMay | Self::Declined => "access_denied",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
            Self::InvalidDpopProof(_) | Self::ReplayedDpopProof | Self::NoDpopProof => "invalid_dpop_proof",
            Self::UnknownUser => "unknown_user_id",
            Self::MissingUserCode => "missing_user_code",
            Self::InvalidUserCode => "invalid_user_code",
            Self::InvalidBindingMessage => "invalid_binding_message",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidToken | Self::NoToken => "invalid_token",
            Self::InsufficientScope(_) => "insufficient_scope",
            Self::NoStatement => "not_found",
        }
    }

    /// The HTTP status where the endpoint answers itself: 401 for a token that was not believed (RFC 6750, 3.1),
    /// 403 for one that may not, else 400. A client that tried the Authorization header gets 401 too (RFC 6749, 5.2).
    ///
    /// ```
    /// # use oidc::OAuthError;
    /// assert_eq!(OAuthError::InvalidGrant.status(), 400);
    /// assert_eq!(OAuthError::InvalidToken.status(), 401);
    /// assert_eq!(OAuthError::InsufficientScope("openid").status(), 403);
    /// ```
    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidToken | Self::NoToken => 401,
            Self::AccessDenied | Self::NoDeviceMay | Self::InsufficientScope(_) => 403,
            Self::NoStatement => 404,
            _ => 400,
        }
    }

    /// The JSON body.
    ///
    /// ```
    /// # use oidc::OAuthError;
    /// let body = serde_json::to_string(&OAuthError::PlainPkce.body()).unwrap();
    /// assert_eq!(body, r#"{"error":"invalid_request","error_description":"code_challenge_method must be S256"}"#);
    /// ```
    pub fn body(&self) -> ErrorBody<'static> {
        ErrorBody { error: self.code(), error_description: self.to_string() }
    }
}

impl From<ClientFault> for OAuthError {
    fn from(fault: ClientFault) -> Self {
        Self::ClientRefused(fault)
    }
}

impl From<GrantFault> for OAuthError {
    fn from(fault: GrantFault) -> Self {
        Self::GrantRefused(fault)
    }
}
