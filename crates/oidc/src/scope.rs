//! Scopes (RFC 6749, 3.3).

use crate::OAuthError;

/// What an interactive login may ask for.
pub const LOGIN_SCOPES: &[&str] = &["openid", "profile"];

/// What a registered client may be allowed to ask for.
pub const SCOPES: &[&str] = &["openid", "profile", OFFLINE_ACCESS];

/// What a client may be registered for beside logins: parts of the institution's API, for tokens of its own
/// (RFC 6749, 4.4). No user's token ever has them.
pub const API_SCOPES: &[&str] = &[
    "users:read",
    "users:write",
    "users:erase",
    "users:export",
    "activity:read",
    "sessions:write",
    "accounts:read",
    "accounts:write",
    "rates:read",
    "rates:write",
    "limits:read",
    "withdrawals:read",
    "withdrawals:write",
    "webhooks:read",
    "webhooks:write",
    "inventory:read",
    "inventory:write",
    "orders:read",
    "orders:write",
];

/// What an agent of the desk works with: asked for in the user's name, by a program with a login form of its own.
pub const DESK: &str = "desk";

/// Asks for a refresh token (OpenID Connect Core, 11).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Reads the scope of an interactive login. Nothing asked for is `openid`.
pub fn requested(text: Option<&str>) -> Result<String, OAuthError> {
    requested_of(text, LOGIN_SCOPES)
}

/// Reads a requested scope: allowed tokens, each once, in the order given. Nothing asked for is `openid`.
///
/// ```
/// # use oidc::{OAuthError, scope};
/// assert_eq!(scope::requested_of(Some("openid offline_access"), scope::SCOPES)?, "openid offline_access");
/// assert_eq!(scope::requested(None)?, "openid");
/// assert_eq!(scope::requested(Some("admin")), Err(OAuthError::InvalidScope));
/// # Ok::<(), OAuthError>(())
/// ```
pub fn requested_of(text: Option<&str>, allowed: &[impl AsRef<str>]) -> Result<String, OAuthError> {
    let mut tokens: Vec<&str> = Vec::new();
    for token in text.unwrap_or("openid").split(' ').filter(|token| !token.is_empty()) {
        if !allowed.iter().any(|known| known.as_ref() == token) {
            return Err(OAuthError::InvalidScope);
        }
        if !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    if tokens.is_empty() { Err(OAuthError::InvalidScope) } else { Ok(tokens.join(" ")) }
}

/// A narrower scope for a refreshed token (RFC 6749, 6): nothing that was not granted.
///
/// ```
/// # use oidc::{OAuthError, scope};
/// assert_eq!(scope::narrowed("openid profile", Some("openid"))?, "openid");
/// assert_eq!(scope::narrowed("openid", Some("openid profile")), Err(OAuthError::InvalidScope));
/// # Ok::<(), OAuthError>(())
/// ```
pub fn narrowed(granted: &str, asked: Option<&str>) -> Result<String, OAuthError> {
    let Some(asked) = asked else { return Ok(granted.to_owned()) };
    requested_of(Some(asked), &granted.split(' ').collect::<Vec<_>>())
}

/// Whether a granted scope holds a token.
///
/// ```
/// # use oidc::scope;
/// assert!(scope::has("openid profile", "profile") && !scope::has("openid", "open"));
/// ```
pub fn has(scope: &str, token: &str) -> bool {
    scope.split(' ').any(|held| held == token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        assert_eq!(requested(None), Ok("openid".into()));
        assert_eq!(requested(Some("profile  openid profile")), Ok("profile openid".into()));
        assert_eq!(requested(Some("openid admin")), Err(OAuthError::InvalidScope));
        assert_eq!(requested(Some(" ")), Err(OAuthError::InvalidScope));
        assert_eq!(requested(Some("openid offline_access")), Err(OAuthError::InvalidScope));
        assert_eq!(requested_of(Some("openid offline_access"), SCOPES), Ok("openid offline_access".into()));
        assert_eq!(narrowed("openid profile", None), Ok("openid profile".into()));
        assert_eq!(narrowed("openid profile", Some("openid")), Ok("openid".into()));
        assert_eq!(narrowed("openid", Some("openid profile")), Err(OAuthError::InvalidScope));
        assert!(has("openid profile", "profile") && !has("openid", "open"));
    }
}
