//! Requests of the token endpoint (RFC 6749, 4.1.3, with PKCE).

use crate::{Form, OAuthError, first_party::limits, pkce};

/// Redeeming an authorization code.
#[derive(Debug)]
pub struct CodeRequest<'a> {
    /// The client.
    pub client_id: &'a str,
    /// The code.
    pub code: &'a str,
    /// PKCE's verifier, of the right form.
    pub code_verifier: &'a str,
}

impl<'a> CodeRequest<'a> {
    /// Reads a request; `authorization_code` is the one grant type there is.
    pub fn parse(form: &'a Form) -> Result<Self, OAuthError> {
        if form.required("grant_type", limits::OTHER)? != "authorization_code" {
            return Err(OAuthError::UnsupportedGrantType);
        }
        let code_verifier = form.required("code_verifier", limits::OTHER)?;
        if !pkce::is_verifier(code_verifier) {
            return Err(OAuthError::Malformed("code_verifier"));
        }
        let code = match form.required("code", limits::HANDLE) {
            Err(OAuthError::TooLong(_)) => return Err(OAuthError::InvalidGrant),
            other => other?,
        };
        Ok(Self { client_id: form.required("client_id", limits::CLIENT_ID)?, code, code_verifier })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn error(body: &str) -> Option<OAuthError> {
        CodeRequest::parse(&Form::parse(body.as_bytes()).unwrap()).err()
    }

    #[test]
    fn requests() {
        let body = format!("grant_type=authorization_code&client_id=tws&code=c&code_verifier={VERIFIER}");
        assert_eq!(error(&body), None);
        assert_eq!(error(&body.replace("authorization_code", "password")), Some(OAuthError::UnsupportedGrantType));
        assert_eq!(error(&body.replace(VERIFIER, "short")), Some(OAuthError::Malformed("code_verifier")));
        assert_eq!(error(&body.replace("code=c", "")), Some(OAuthError::Missing("code")));
        assert_eq!(
            error(&body.replace("code=c", &format!("code={}", "c".repeat(300)))),
            Some(OAuthError::InvalidGrant)
        );
        assert_eq!(error("code=c"), Some(OAuthError::Missing("grant_type")));
    }
}
