//! RP-initiated logout (OpenID Connect RP-Initiated Logout, 2 and 3) and logout tokens (Back-Channel Logout, 2.4).

use crate::{Form, OAuthError, client::Registration};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A logout that a client asks for.
///
/// ```
/// use oidc::{Form, client::Registration, logout::LogoutRequest};
///
/// let registered = Registration {
///     post_logout_redirect_uris: vec!["https://rp.example/bye".into()], ..Registration::default()
/// };
/// let form = Form::parse(b"post_logout_redirect_uri=https://rp.example/bye&state=s")?;
/// let way_on = LogoutRequest::parse(&form)?.way_on(&registered)?;
/// assert_eq!(way_on.as_deref(), Some("https://rp.example/bye?state=s"));
/// # Ok::<(), oidc::OAuthError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutRequest<'a> {
    /// An ID token of the session.
    pub id_token_hint: Option<&'a str>,
    /// The client, where no hint names it.
    pub client_id: Option<&'a str>,
    /// The address to go to afterwards; must be registered.
    pub post_logout_redirect_uri: Option<&'a str>,
    /// `state` of the request, repeated at that address to the letter.
    pub state: Option<&'a str>,
}

impl<'a> LogoutRequest<'a> {
    /// Reads a request.
    pub fn parse(form: &'a Form) -> Result<Self, OAuthError> {
        Ok(Self {
            id_token_hint: form.optional("id_token_hint", 4096)?,
            client_id: form.optional("client_id", 128)?,
            post_logout_redirect_uri: form.optional("post_logout_redirect_uri", 2000)?,
            state: form.optional("state", 1024)?,
        })
    }

    /// Where the browser goes afterwards: only to what this client registered, by exact text.
    pub fn way_on(&self, registration: &Registration) -> Result<Option<String>, OAuthError> {
        let Some(uri) = self.post_logout_redirect_uri else { return Ok(None) };
        if !registration.post_logout_redirect_uris.iter().any(|registered| registered == uri) {
            return Err(OAuthError::Malformed("post_logout_redirect_uri"));
        }
        let state: Vec<_> = self.state.map(|state| ("state", state)).into_iter().collect();
        Ok(Some(crate::redirect::with_parameters(uri, &state)))
    }
}

/// `typ` of a logout token.
pub const TYP: &str = "logout+jwt";

/// The event that a logout token tells of.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A logout token's claims; it has no nonce, so that it can never be taken for an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutToken {
    /// The issuer.
    pub iss: String,
    /// The client.
    pub aud: String,
    /// Unix seconds.
    pub iat: i64,
    /// Unix seconds.
    pub exp: i64,
    /// Unique.
    pub jti: String,
    /// The user.
    pub sub: String,
    /// The session that ended.
    pub sid: String,
    /// The one event.
    pub events: BTreeMap<String, BTreeMap<String, String>>,
}

/// How long a logout token may be taken, in seconds (Back-Channel Logout, 2.4: two minutes at most).
const LIFE: i64 = 120;

impl LogoutToken {
    /// The claims for one client, user and session.
    ///
    /// ```
    /// # use oidc::logout::LogoutToken;
    /// let token = LogoutToken::new("https://id.example", "rp", ("user", "session"), "jti".to_owned(), 1_700_000_000);
    /// assert_eq!(token.exp - token.iat, 120);
    /// assert!(serde_json::to_string(&token).unwrap().contains("backchannel-logout"));
    /// ```
    pub fn new(issuer: &str, client: &str, (user, session): (&str, &str), jti: String, now: i64) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: client.to_owned(),
            iat: now,
            exp: now.saturating_add(LIFE),
            jti,
            sub: user.to_owned(),
            sid: session.to_owned(),
            events: BTreeMap::from([(EVENT.to_owned(), BTreeMap::new())]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_registered_ways_on() {
        let registration = Registration {
            post_logout_redirect_uris: vec!["https://rp.example/bye".into()],
            ..Registration::default()
        };
        let way = |body: &str| {
            let form = Form::parse(body.as_bytes()).unwrap();
            LogoutRequest::parse(&form).unwrap().way_on(&registration)
        };
        assert_eq!(way("state=s"), Ok(None));
        assert_eq!(
            way("post_logout_redirect_uri=https://rp.example/bye&state=s"),
            Ok(Some("https://rp.example/bye?state=s".into()))
        );
        for foreign in ["https://rp.example/bye/", "https://rp.example/bye?x", "https://e.example/bye", "//e.example"] {
            let refused = Err(OAuthError::Malformed("post_logout_redirect_uri"));
            assert_eq!(way(&format!("post_logout_redirect_uri={foreign}")), refused, "{foreign}");
        }
    }

    #[test]
    fn a_logout_token_has_the_one_event_and_no_nonce() {
        let token = LogoutToken::new("https://id.example", "rp", ("u", "s"), "j".into(), 100);
        assert_eq!(
            serde_json::to_value(token).unwrap(),
            json!({
                "iss": "https://id.example", "aud": "rp", "iat": 100, "exp": 220, "jti": "j", "sub": "u", "sid": "s",
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
            })
        );
    }
}
