//! What can go wrong in a login, sorted by what the caller can do about it.

use wire::{Failure, problem::ProblemDevice};

/// Why a request did not lead to a next step.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The attempt ended, or never began: wrong password, denied, expired, …
    #[error("refused: {}", reason_name(.0))]
    Refused(Failure),
    /// The server does not know this attempt (any more) for this client.
    #[error("the login attempt is not known to the server (any more)")]
    InvalidSession,
    /// Too many requests: counted as no attempt.
    #[error("too many requests; try again in {retry_after} s")]
    Throttled {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The server did not accept the request: a wrong client id, parameter or scope.
    #[error("the server did not accept the request: {error}{}", .description.as_deref().map(|d| format!(": {d}")).unwrap_or_default())]
    Protocol {
        /// The OAuth error code.
        error: String,
        /// The server's explanation, in English.
        description: Option<String>,
    },
    /// The server is in trouble, or is not a server of this kind.
    #[error("the server cannot answer now (status {status})")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// The server answered with something that is not an answer of this protocol.
    #[error("the server's answer makes no sense: {0}")]
    Answer(&'static str),
    /// The server could not be reached, or the connection broke.
    #[error("cannot reach the server: {0}")]
    Network(String),
    /// The URL is not one to send a password to.
    #[error("{0}")]
    Url(String),
    /// Discovery names another issuer than the one asked (OpenID Connect Discovery, 4.3).
    #[error("the server calls itself {named}; use that as the server's URL")]
    Issuer {
        /// The issuer the server named.
        named: String,
    },
    /// The device may not confirm so much. Nothing was sent to it.
    #[error("this device may not confirm so much{}", would_do(.0))]
    Limited(Vec<ProblemDevice>),
    /// The brokerage does not take the withdrawal: `cash`, or the member that does not fit.
    #[error("the brokerage does not take this withdrawal: {0}")]
    NotTaken(String),
    /// The ID token is missing or does not hold.
    #[error("the server's ID token is not valid: {0}")]
    IdToken(#[from] crate::id_token::IdTokenError),
}

impl Error {
    /// Whether the same request may succeed a little later.
    ///
    /// ```
    /// # use countersign_client::first_party::Error;
    /// assert!(Error::Throttled { retry_after: 3 }.is_passing());
    /// assert!(!Error::InvalidSession.is_passing());
    /// ```
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Network(_) | Self::Throttled { .. } | Self::Server { status: 500.. })
    }

    /// A stable name for scripts; the reason's own name for a refusal.
    ///
    /// ```
    /// # use countersign_client::first_party::Error;
    /// use wire::{Failure, Reason};
    ///
    /// assert_eq!(Error::Refused(Failure::of(Reason::InvalidCredentials)).slug(), "invalid_credentials");
    /// assert_eq!(Error::InvalidSession.slug(), "invalid_session");
    /// ```
    pub fn slug(&self) -> String {
        let name = match self {
            Self::Refused(failure) => return reason_name(failure),
            Self::InvalidSession => "invalid_session",
            Self::Throttled { .. } => "throttled",
            Self::Protocol { .. } => "protocol",
            Self::Server { .. } => "server",
            Self::Answer(_) => "answer",
            Self::Network(_) => "network",
            Self::Url(_) => "url",
            Self::Issuer { .. } => "issuer",
            Self::IdToken(_) => "id_token",
            Self::Limited(_) => "device_limit",
            Self::NotTaken(member) => return member.clone(),
        };
        name.to_owned()
    }
}

fn would_do(devices: &[ProblemDevice]) -> String {
    let labels: Vec<_> = devices.iter().map(|device| device.label.as_str()).collect();
    if labels.is_empty() { String::new() } else { format!("; these would do: {}", labels.join(", ")) }
}

/// The reason's name on the wire, e.g. `invalid_credentials`.
pub(crate) fn reason_name(failure: &Failure) -> String {
    let name = serde_json::to_value(failure.reason).ok();
    name.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // reqwest's own text stops at "error sending request"; the cause says what to do. The URL holds no secret,
        // but the caller knows it.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self::Network(text)
    }
}
