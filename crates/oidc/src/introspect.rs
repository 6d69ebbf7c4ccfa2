//! Introspection (RFC 7662) and revocation (RFC 7009).

use crate::{Form, OAuthError, first_party::limits};
use operation::What;
use serde::{Deserialize, Serialize};

/// The token that either endpoint is asked about; `token_type_hint` is not needed to find ours. None when it is
/// longer than any token of ours, and so no token.
///
/// ```
/// # use oidc::{Form, introspect};
/// let form = Form::parse(b"token=t&token_type_hint=access_token")?;
/// assert_eq!(introspect::token(&form)?, Some("t"));
/// # Ok::<(), oidc::OAuthError>(())
/// ```
pub fn token(form: &Form) -> Result<Option<&str>, OAuthError> {
    match form.required("token", limits::HANDLE) {
        Ok(token) => Ok(Some(token)),
        Err(OAuthError::TooLong(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a token is (RFC 7662, 2.2). An unknown, expired or revoked one is only `active: false`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspection {
    /// Whether it may be used.
    pub active: bool,
    /// What it may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whom it was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `Bearer`, `DPoP`, or `refresh_token`, which no resource may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Whom it is for: the issuer's own resources and those that ask here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// The user's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The browser session that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// How strong the login was (RFC 9470, 6.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When the user logged in, Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The key it is bound to (RFC 9449, 6.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// What the user confirmed (RFC 9396, 9.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Vec<What>>,
}

/// `cnf`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The key's thumbprint.
    pub jkt: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inactive_token_says_nothing_more() {
        assert_eq!(serde_json::to_string(&Introspection::default()).unwrap(), r#"{"active":false}"#);
        let form = |body: &str| Form::parse(body.as_bytes()).unwrap();
        assert_eq!(token(&form("token=t&token_type_hint=whatever")), Ok(Some("t")));
        assert_eq!(token(&form(&format!("token={}", "t".repeat(1000)))), Ok(None));
        assert_eq!(token(&form("")), Err(OAuthError::Missing("token")));
    }
}
