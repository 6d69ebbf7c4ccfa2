//! One login attempt.

use super::{Error, Server};
use aws_lc_rs::{digest, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::time::Duration;
use wire::{Answer, Failure, Next};
use zeroize::Zeroizing;

/// The longest the server holds a request, seconds.
const LONGEST_WAIT: u64 = 30;

/// Who logs in, and from which program.
#[derive(Clone)]
pub struct Credentials {
    /// The username.
    pub username: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// The OAuth client id of the program.
    pub client_id: String,
    /// The program's version: older programs get no chooser.
    pub client_version: Option<String>,
    /// The mark of this program and user, from an earlier success.
    pub client_mark: Option<Zeroizing<String>>,
    /// The scope to ask for, `openid` when in doubt.
    pub scope: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({} by {})", self.username, self.client_id)
    }
}

/// A step the user has to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step that the attempt awaits.
    pub next: Next,
    /// Seconds until the attempt expires.
    pub expires_in: u64,
    /// Why the step before was refused.
    pub failure: Option<Failure>,
}

/// Where an attempt stands after a request; `D` is what its end gives.
#[expect(clippy::large_enum_variant, reason = "one is made for each request, and taken apart at once")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress<D = Granted> {
    /// The attempt goes on.
    Step(Step),
    /// The user has confirmed.
    Done(D),
}

/// What a confirmed login gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// To be redeemed with [`Session::redeem`].
    pub authorization_code: Zeroizing<String>,
    /// A new mark to keep for the next login.
    pub client_mark: Option<Zeroizing<String>>,
}

/// What a user confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Who it is.
    Login,
    /// That money leaves.
    Withdrawal,
}

impl Purpose {
    /// Whether a challenge is of this purpose: its first digit says what a response does.
    pub fn fits(self, challenge: &str) -> bool {
        match self {
            // One that begins with 5 proves who calls the desk.
            Self::Login => challenge.starts_with(['1', '2', '3', '4']),
            Self::Withdrawal => challenge.starts_with(['8', '9']),
        }
    }
}

/// An attempt to have something confirmed, step by step. Clones speak of the same attempt, so one may wait while another
/// acts.
pub trait Attempt: Clone + Send + Sync + 'static {
    /// What its end gives.
    type Done: Send + 'static;
    /// What is confirmed.
    const PURPOSE: Purpose;

    /// Sends fields, by the names of a first-party login; the answer may be held for `wait` seconds (30 at most).
    ///
    /// # Errors
    /// As [`Error`] says.
    fn step(
        &self,
        fields: &[(&str, &str)],
        wait: u64,
    ) -> impl Future<Output = Result<Progress<Self::Done>, Error>> + Send;

    /// Picks a device, and a method where its default is not wanted. Also goes back to the chooser's other devices.
    ///
    /// # Errors
    /// As [`Error`] says.
    fn choose(
        &self,
        device_id: &str,
        method: Option<&str>,
    ) -> impl Future<Output = Result<Progress<Self::Done>, Error>> + Send {
        async move {
            let mut fields = vec![("device_id", device_id)];
            fields.extend(method.map(|method| ("method", method)));
            self.step(&fields, 0).await
        }
    }

    /// Confirms with another method of the same device, e.g. `challenge_response`.
    ///
    /// # Errors
    /// As [`Error`] says.
    fn method(&self, method: &str) -> impl Future<Output = Result<Progress<Self::Done>, Error>> + Send {
        async move { self.step(&[("method", method)], 0).await }
    }

    /// Sends a response, passcode, the code card's values or a temporary code.
    ///
    /// # Errors
    /// [`Error::Refused`] when this ended the attempt; a wrong response that did not is a [`Step`] with its failure.
    fn respond(&self, response: &str) -> impl Future<Output = Result<Progress<Self::Done>, Error>> + Send {
        async move { self.step(&[("response", response)], 0).await }
    }

    /// Asks how the attempt stands; the server holds the request until something changes, `wait` seconds at most (30).
    ///
    /// # Errors
    /// As [`Error`] says.
    fn poll(&self, wait: u64) -> impl Future<Output = Result<Progress<Self::Done>, Error>> + Send {
        async move { self.step(&[], wait.min(LONGEST_WAIT)).await }
    }
}

/// What the token endpoint gave.
#[derive(Clone)]
pub struct Tokens {
    /// The access token.
    pub access_token: Zeroizing<String>,
    /// Its kind, `Bearer`.
    pub token_type: String,
    /// Seconds the access token lives.
    pub expires_in: Option<u64>,
    /// The ID token, not verified yet: see [`Server::verify_id_token`].
    pub id_token: Option<Zeroizing<String>>,
    /// The granted scope.
    pub scope: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens(scope {:?})", self.scope)
    }
}

/// An attempt that was begun. Clones speak of the same attempt, so one may wait while another acts.
#[derive(Clone)]
pub struct Session {
    server: Server,
    client_id: String,
    scope: String,
    verifier: Zeroizing<String>,
    auth_session: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({} at {})", self.client_id, self.server.metadata().issuer)
    }
}

impl Session {
    /// Sends username and password, with a fresh PKCE challenge (RFC 7636, S256).
    ///
    /// ```
    /// use countersign_client::first_party::{Attempt as _, Credentials, Error, Progress, Server, ServerUrl, Session};
    /// use wire::Next;
    ///
    /// async fn log_in(url: &ServerUrl, credentials: &Credentials, response: &str) -> Result<Session, Error> {
    ///     let server = Server::discover(url, None).await?;
    ///     let (session, progress) = Session::begin(server, credentials).await?;
    ///     // One usable device: the first answer is its step.
    ///     if let Progress::Step(step) = progress
    ///         && let Next::Respond { challenge, .. } = step.next
    ///     {
    ///         println!("type {challenge} into the device");
    ///         if let Progress::Done(granted) = session.respond(response).await? {
    ///             session.redeem(&granted.authorization_code).await?;
    ///         }
    ///     }
    ///     Ok(session)
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] with `invalid_credentials` for a wrong pair; others as [`Error`] says.
    pub async fn begin(server: Server, credentials: &Credentials) -> Result<(Self, Progress), Error> {
        let (verifier, challenge) = pkce()?;
        let mut form = vec![
            ("client_id", credentials.client_id.as_str()),
            ("username", &credentials.username),
            ("password", &credentials.password),
            ("scope", &credentials.scope),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        form.extend(credentials.client_version.as_deref().map(|version| ("client_version", version)));
        form.extend(credentials.client_mark.as_deref().map(|mark| ("client_mark", mark.as_str())));
        let answer = server.challenge(&form, Duration::ZERO).await?;
        let session = Self {
            client_id: credentials.client_id.clone(),
            scope: credentials.scope.clone(),
            verifier,
            auth_session: answer.auth_session.clone().map(Zeroizing::new),
            server,
        };
        Ok((session, progress(answer)?))
    }

    /// Sends a WebAuthn assertion (JSON text).
    ///
    /// # Errors
    /// As [`Attempt::respond`].
    pub async fn credential(&self, assertion: &str) -> Result<Progress, Error> {
        self.step(&[("credential", assertion)], 0).await
    }

    /// Redeems the code for tokens (RFC 6749, 4.1.3; the code is bound to this attempt's PKCE verifier).
    ///
    /// # Errors
    /// [`Error::Protocol`] when the server refuses the code; others as [`Error`] says.
    pub async fn redeem(&self, authorization_code: &str) -> Result<Tokens, Error> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", authorization_code),
            ("client_id", self.client_id.as_str()),
            ("code_verifier", &self.verifier),
        ];
        let answer = self.server.token(&form, None).await?;
        if let Some(error) = answer.error {
            return Err(Error::Protocol { error, description: answer.error_description });
        }
        Ok(Tokens {
            access_token: Zeroizing::new(answer.access_token.ok_or(Error::Answer("no access token"))?),
            token_type: answer.token_type.ok_or(Error::Answer("no token type"))?,
            expires_in: answer.expires_in,
            id_token: answer.id_token.map(Zeroizing::new),
            // RFC 6749, 5.1: an absent scope is the one that was asked for.
            scope: Some(answer.scope.unwrap_or_else(|| self.scope.clone())),
        })
    }

    /// The server this attempt is at.
    pub fn server(&self) -> &Server {
        &self.server
    }
}

impl Attempt for Session {
    type Done = Granted;
    const PURPOSE: Purpose = Purpose::Login;

    async fn step(&self, fields: &[(&str, &str)], wait: u64) -> Result<Progress, Error> {
        let auth_session = self.auth_session.as_ref().ok_or(Error::InvalidSession)?;
        let seconds = wait.to_string();
        let mut form = vec![("client_id", self.client_id.as_str()), ("auth_session", auth_session)];
        form.extend_from_slice(fields);
        if wait > 0 {
            form.push(("wait", &seconds));
        }
        progress(self.server.challenge(&form, Duration::from_secs(wait)).await?)
    }
}

fn progress(answer: Answer) -> Result<Progress, Error> {
    if let Some(code) = answer.authorization_code {
        let client_mark = answer.client_mark.map(Zeroizing::new);
        return Ok(Progress::Done(Granted { authorization_code: Zeroizing::new(code), client_mark }));
    }
    match answer.error.as_deref() {
        Some("insufficient_authorization") => Ok(Progress::Step(Step {
            next: answer.next.ok_or(Error::Answer("a living attempt without a next step"))?,
            expires_in: answer.expires_in.ok_or(Error::Answer("a living attempt without its time"))?,
            failure: answer.failure,
        })),
        Some("access_denied") => {
            Err(Error::Refused(answer.failure.ok_or(Error::Answer("an ended attempt without its reason"))?))
        }
        Some("invalid_session") => Err(Error::InvalidSession),
        Some(error) => Err(Error::Protocol { error: error.to_owned(), description: answer.error_description }),
        None => Err(Error::Answer("neither a code nor an error")),
    }
}

/// A verifier and its challenge (RFC 7636, S256).
pub(crate) fn pkce() -> Result<(Zeroizing<String>, String), Error> {
    let verifier = unguessable()?;
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    Ok((verifier, challenge))
}

/// 43 characters from 256 random bits (RFC 7636, 4.1).
pub(crate) fn unguessable() -> Result<Zeroizing<String>, Error> {
    let mut octets = Zeroizing::new([0_u8; 32]);
    rand::fill(octets.as_mut_slice()).map_err(|_| Error::Answer("this machine gives no random numbers"))?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(octets.as_slice())))
}

#[cfg(test)]
mod tests {
    use super::Purpose;

    #[test]
    fn a_challenge_serves_one_purpose_and_a_call_none_of_ours() {
        for first in 0..=9u32 {
            let challenge = format!("{first}04217");
            assert_eq!(Purpose::Login.fits(&challenge), (1..=4).contains(&first), "{challenge}");
            assert_eq!(Purpose::Withdrawal.fits(&challenge), first >= 8, "{challenge}");
        }
        assert!(!Purpose::Login.fits("") && !Purpose::Withdrawal.fits(""));
    }
}
