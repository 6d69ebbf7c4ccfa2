//! Scopes (RFC 6749, 3.3).

use crate::OAuthError;

/// What an interactive login may ask for.
pub const LOGIN_SCOPES: &[&str] = &["openid", "profile"];

/// Reads a requested scope: known tokens, each once, in the order given. Nothing asked for is `openid`.
pub fn requested(text: Option<&str>) -> Result<String, OAuthError> {
    let mut tokens: Vec<&str> = Vec::new();
    for token in text.unwrap_or("openid").split(' ').filter(|token| !token.is_empty()) {
        if !LOGIN_SCOPES.contains(&token) {
            return Err(OAuthError::InvalidScope);
        }
        if !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    if tokens.is_empty() { Err(OAuthError::InvalidScope) } else { Ok(tokens.join(" ")) }
}

/// Whether a granted scope holds a token.
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
        assert!(has("openid profile", "profile") && !has("openid", "open"));
    }
}
