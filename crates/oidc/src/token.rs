//! Requests of the token endpoint (RFC 6749, 4.1.3, 4.4.2 and 6; CIBA, 10.1).

use crate::{Form, GrantFault, OAuthError, first_party::limits};
use std::time::Duration;

/// `grant_type` of CIBA.
pub const CIBA: &str = "urn:openid:params:grant-type:ciba";

/// The grant types there are.
pub const GRANT_TYPES: &[&str] = &["authorization_code", "refresh_token", CLIENT_CREDENTIALS, CIBA];

/// `grant_type` of a client that asks in its own name (RFC 6749, 4.4).
const CLIENT_CREDENTIALS: &str = "client_credentials";

/// What is asked for.
///
/// ```
/// use oidc::{Form, OAuthError, token::TokenRequest};
///
/// let form = Form::parse(b"grant_type=refresh_token&refresh_token=r&scope=openid")?;
/// assert!(matches!(TokenRequest::parse(&form)?, TokenRequest::Refresh(refresh) if refresh.refresh_token == "r"));
/// let form = Form::parse(b"grant_type=password&username=a&password=b")?;
/// assert_eq!(TokenRequest::parse(&form), Err(OAuthError::UnsupportedGrantType));
/// # Ok::<(), OAuthError>(())
/// ```
#[derive(Debug, PartialEq, Eq)]
pub enum TokenRequest<'a> {
    /// Redeeming an authorization code.
    Code(CodeRequest<'a>),
    /// Tokens for a refresh token.
    Refresh(RefreshRequest<'a>),
    /// Tokens for an answered CIBA request.
    Ciba {
        /// The request.
        auth_req_id: &'a str,
    },
    /// A token of the client's own, for the institution's API.
    Client {
        /// What it is to be good for; all that the client is registered for where it does not say.
        scope: Option<&'a str>,
    },
}

/// Redeeming an authorization code.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeRequest<'a> {
    /// The code.
    pub code: &'a str,
    /// PKCE's verifier.
    pub code_verifier: Option<&'a str>,
    /// As in the authorization request; a first-party login had none.
    pub redirect_uri: Option<&'a str>,
}

/// Using a refresh token.
#[derive(Debug, PartialEq, Eq)]
pub struct RefreshRequest<'a> {
    /// The token.
    pub refresh_token: &'a str,
    /// A narrower scope.
    pub scope: Option<&'a str>,
}

/// How long after its use a refresh token may be sent again by whoever it is bound to.
const GRACE: Duration = Duration::from_secs(60);

/// Whether a refresh token that was used so long ago may be sent again: by a client that lost the answer, and that
/// nobody can pretend to be, since the token is bound to a key or the client proves itself (RFC 9700, 4.14.2).
pub fn may_be_sent_again(bound: bool, used: Duration) -> bool {
    bound && used <= GRACE
}

impl<'a> TokenRequest<'a> {
    /// Reads a request.
    pub fn parse(form: &'a Form) -> Result<Self, OAuthError> {
        match form.required("grant_type", limits::OTHER)? {
            "authorization_code" => CodeRequest::parse(form).map(Self::Code),
            "refresh_token" => Ok(Self::Refresh(RefreshRequest {
                refresh_token: handle(form, "refresh_token", GrantFault::UnknownRefresh)?,
                scope: form.optional("scope", limits::OTHER)?,
            })),
            CIBA => Ok(Self::Ciba { auth_req_id: handle(form, "auth_req_id", GrantFault::UnknownRequest)? }),
            CLIENT_CREDENTIALS => Ok(Self::Client { scope: form.optional("scope", limits::OTHER)? }),
            _ => Err(OAuthError::UnsupportedGrantType),
        }
    }
}

impl<'a> CodeRequest<'a> {
    fn parse(form: &'a Form) -> Result<Self, OAuthError> {
        Ok(Self {
            code: handle(form, "code", GrantFault::UnknownCode)?,
            code_verifier: verifier(form)?,
            redirect_uri: form.optional("redirect_uri", 2000)?,
        })
    }
}

/// A verifier, which is missing when it is empty, and fits nothing when it is too long.
fn verifier(form: &Form) -> Result<Option<&str>, OAuthError> {
    match form.optional("code_verifier", limits::OTHER) {
        Err(OAuthError::TooLong(_)) => Err(GrantFault::Verifier.into()),
        other => other,
    }
}

/// A handle of ours; one that is too long is none.
fn handle<'a>(form: &'a Form, name: &'static str, unknown: GrantFault) -> Result<&'a str, OAuthError> {
    match form.required(name, limits::HANDLE) {
        Err(OAuthError::TooLong(_)) => Err(unknown.into()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn error(body: &str) -> Option<OAuthError> {
        TokenRequest::parse(&Form::parse(body.as_bytes()).unwrap()).err()
    }

    #[test]
    fn a_refresh_is_repeated_only_soon_and_only_where_it_is_bound() {
        let after = |bound, seconds| may_be_sent_again(bound, Duration::from_secs(seconds));
        assert!(after(true, 0) && after(true, 30) && after(true, 60));
        assert!(!after(true, 61) && !after(false, 0) && !after(false, 30));
    }

    #[test]
    fn requests() {
        let body = format!("grant_type=authorization_code&code=c&code_verifier={VERIFIER}");
        assert_eq!(error(&body), None);
        for other in ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code"] {
            assert_eq!(error(&body.replace("authorization_code", other)), Some(OAuthError::UnsupportedGrantType));
        }
        assert_eq!(error(&body.replace("&code_verifier", "&x")), None, "whether one is needed, the code says");
        assert_eq!(error(&body.replace(VERIFIER, &"v".repeat(300))), Some(GrantFault::Verifier.into()));
        assert_eq!(error(&body.replace("code=c", "")), Some(OAuthError::Missing("code")));
        let long = body.replace("code=c", &format!("code={}", "c".repeat(300)));
        assert_eq!(error(&long), Some(GrantFault::UnknownCode.into()));
        assert_eq!(error("code=c"), Some(OAuthError::Missing("grant_type")));
        assert_eq!(error("grant_type=refresh_token"), Some(OAuthError::Missing("refresh_token")));
        assert_eq!(error("grant_type=refresh_token&refresh_token=r&scope=openid"), None);
        assert_eq!(error(&format!("grant_type={CIBA}")), Some(OAuthError::Missing("auth_req_id")));
        assert_eq!(error(&format!("grant_type={CIBA}&auth_req_id=a")), None);
    }
}
