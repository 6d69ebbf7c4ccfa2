//! Requests of the authorization challenge endpoint (OAuth 2.0 for First-Party Applications, draft 04, 5).

use crate::{Form, OAuthError, pkce::CodeChallenge};
use std::time::Duration;

/// Octet limits of the parameters.
pub mod limits {
    /// `client_id`.
    pub const CLIENT_ID: usize = 128;
    /// `username`.
    pub const USERNAME: usize = 256;
    /// `password`.
    pub const PASSWORD: usize = 1024;
    /// `auth_session`, `client_mark`, `code`.
    pub const HANDLE: usize = 256;
    /// `response`.
    pub const RESPONSE: usize = 64;
    /// Everything else.
    pub const OTHER: usize = 256;
}

/// A request.
///
/// ```
/// use oidc::{Form, first_party::{Act, Request}};
///
/// let form = Form::parse(b"client_id=tws&auth_session=handle&response=12345678")?;
/// let Request::Continue(step) = Request::parse(&form)? else { panic!("a handle makes it a later step") };
/// assert_eq!((step.auth_session, step.act), ("handle", Act::Respond("12345678")));
/// # Ok::<(), oidc::OAuthError>(())
/// ```
pub enum Request<'a> {
    /// The first of an attempt.
    Begin(Begin<'a>),
    /// Any later one.
    Continue(Continue<'a>),
}

/// The first request: who, and the password.
pub struct Begin<'a> {
    /// The client.
    pub client_id: &'a str,
    /// As typed.
    pub username: &'a str,
    /// As typed.
    pub password: &'a str,
    /// The program's version, as it says it.
    pub client_version: Option<&'a str>,
    /// What an earlier success gave this program.
    pub client_mark: Option<&'a str>,
    /// PKCE.
    pub code_challenge: CodeChallenge,
    /// What is asked for, as written: [`crate::scope::requested_of`] what the client may ask for says what it gets.
    pub scope: Option<&'a str>,
    /// To repeat in the ID token.
    pub nonce: Option<&'a str>,
}

/// A later request.
pub struct Continue<'a> {
    /// The client.
    pub client_id: Option<&'a str>,
    /// The attempt.
    pub auth_session: &'a str,
    /// What to do.
    pub act: Act<'a>,
}

/// What a later request does.
#[derive(Debug, PartialEq, Eq)]
pub enum Act<'a> {
    /// Asks how the attempt stands, waiting up to this long for a change.
    Ask {
        /// 0 to 30 seconds.
        wait: Duration,
    },
    /// Picks a device, perhaps with a method.
    Choose {
        /// The device's id.
        device_id: &'a str,
        /// The method.
        method: Option<&'a str>,
    },
    /// Picks another method of the awaited device.
    Method(&'a str),
    /// Answers.
    Respond(&'a str),
    /// Answers with what a passkey signed: an `AuthenticationResponseJSON`.
    Assert(&'a str),
}

/// Longest `wait`.
pub const MAX_WAIT: Duration = Duration::from_secs(30);

impl<'a> Request<'a> {
    /// Reads a request.
    pub fn parse(form: &'a Form) -> Result<Self, OAuthError> {
        match form.optional("auth_session", limits::HANDLE) {
            Ok(Some(auth_session)) => Continue::parse(form, auth_session).map(Self::Continue),
            Ok(None) => Begin::parse(form).map(Self::Begin),
            // No handle of ours is that long.
            Err(OAuthError::TooLong(_)) => Err(OAuthError::InvalidSession),
            Err(error) => Err(error),
        }
    }
}

impl<'a> Begin<'a> {
    fn parse(form: &'a Form) -> Result<Self, OAuthError> {
        Ok(Self {
            client_id: form.required("client_id", limits::CLIENT_ID)?,
            username: form.required("username", limits::USERNAME)?,
            password: form.required("password", limits::PASSWORD)?,
            client_version: form.optional("client_version", limits::OTHER)?,
            client_mark: form.optional("client_mark", limits::HANDLE)?,
            code_challenge: CodeChallenge::parse(
                form.required("code_challenge", limits::OTHER)?,
                form.optional("code_challenge_method", limits::OTHER)?,
            )?,
            scope: form.optional("scope", limits::OTHER)?,
            nonce: form.optional("nonce", limits::OTHER)?,
        })
    }
}

impl<'a> Continue<'a> {
    fn parse(form: &'a Form, auth_session: &'a str) -> Result<Self, OAuthError> {
        let device_id = form.optional("device_id", limits::OTHER)?;
        let method = form.optional("method", limits::OTHER)?;
        let response = form.optional("response", limits::RESPONSE)?;
        let credential = form.optional("credential", crate::webauthn::MAX_CREDENTIAL)?;
        let answer = match (response, credential) {
            (Some(_), Some(_)) => return Err(OAuthError::Conflict("response", "credential")),
            (Some(response), None) => Some(("response", Act::Respond(response))),
            (None, credential) => credential.map(|credential| ("credential", Act::Assert(credential))),
        };
        let act = match (device_id, method, answer) {
            (Some(_), _, Some((name, _))) => return Err(OAuthError::Conflict("device_id", name)),
            (None, Some(_), Some((name, _))) => return Err(OAuthError::Conflict("method", name)),
            (Some(device_id), method, None) => Act::Choose { device_id, method },
            (None, Some(method), None) => Act::Method(method),
            (None, None, Some((_, act))) => act,
            (None, None, None) => Act::Ask { wait: wait(form)? },
        };
        Ok(Self { client_id: form.optional("client_id", limits::CLIENT_ID)?, auth_session, act })
    }
}

fn wait(form: &Form) -> Result<Duration, OAuthError> {
    let Some(text) = form.optional("wait", 16)? else { return Ok(Duration::ZERO) };
    let seconds: u64 = text.parse().map_err(|_| OAuthError::Malformed("wait"))?;
    Ok(Duration::from_secs(seconds).min(MAX_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn error(body: &str) -> Option<OAuthError> {
        Request::parse(&Form::parse(body.as_bytes()).unwrap()).err()
    }

    #[test]
    fn a_first_request() {
        let body =
            format!("client_id=tws&username=alice&password=p+w&client_version=966.2a&code_challenge={CHALLENGE}");
        let form = Form::parse(body.as_bytes()).unwrap();
        let Ok(Request::Begin(begin)) = Request::parse(&form) else { panic!("not a first request") };
        assert_eq!((begin.username, begin.password, begin.client_version), ("alice", "p w", Some("966.2a")));
        assert_eq!(begin.scope, None);
        assert_eq!(error("client_id=tws&username=a&password=b"), Some(OAuthError::Missing("code_challenge")));
        assert_eq!(error(&body.replace("966.2a", "new")), None, "what is no version is taken as current");
        assert_eq!(error(&format!("{body}&code_challenge_method=plain")), Some(OAuthError::PlainPkce));
        assert_eq!(error(&format!("{body}&username=bob")), Some(OAuthError::Repeated("username")));
        assert_eq!(error(&body.replace("alice", &"a".repeat(257))), Some(OAuthError::TooLong("username")));
    }

    #[test]
    fn later_requests() {
        let act = |rest: &str| {
            let form = Form::parse(format!("auth_session=x&{rest}").as_bytes()).unwrap();
            match Request::parse(&form) {
                Ok(Request::Continue(request)) => Ok(format!("{:?}", request.act)),
                Ok(Request::Begin(_)) => panic!("not a first request"),
                Err(error) => Err(error),
            }
        };
        assert_eq!(act("wait=60"), Ok("Ask { wait: 30s }".into()));
        assert_eq!(act("response=1"), Ok("Respond(\"1\")".into()));
        assert!(act("device_id=1&method=seamless").unwrap().starts_with("Choose"));
        assert_eq!(act("device_id=1&response=1"), Err(OAuthError::Conflict("device_id", "response")));
        assert_eq!(act("wait=-1"), Err(OAuthError::Malformed("wait")));
        assert_eq!(error(&format!("auth_session={}", "x".repeat(300))), Some(OAuthError::InvalidSession));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(form) = Form::parse(&body) {
                let _ = Request::parse(&form);
            }
        }
    }
}
