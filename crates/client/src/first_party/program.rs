//! A program that logs users in: what it is to the server, and what it remembers.

use super::{Credentials, Error, Granted, Progress, Server, Session};
use crate::id_token::IdTokenError;
use crate::marks::{Marks, Owner};
use serde_json::Value;
use zeroize::Zeroizing;

/// A native program at a server.
#[derive(Debug, Clone)]
pub struct Program {
    /// The server.
    pub server: Server,
    /// The OAuth client id.
    pub client_id: String,
    /// The program's version: older programs get no chooser.
    pub client_version: Option<String>,
    /// The scope to ask for.
    pub scope: String,
    /// Where it keeps its client marks, if it may.
    pub marks: Option<Marks>,
    /// The wall clock, Unix seconds.
    pub unix_now: fn() -> u64,
}

/// An access token: it goes to those who check it, and never to a log.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// Its text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken")
    }
}

/// Who is signed in, as the verified ID token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The username; as it was typed where the `profile` scope was not granted.
    pub username: String,
    /// The user's id.
    pub sub: String,
    /// The authentication context class that the login reached (`acr`).
    pub acr: Option<String>,
    /// What confirmed it (RFC 8176).
    pub amr: Vec<String>,
    /// The granted scope.
    pub scope: String,
    /// What opens the doors of those who trust the server.
    pub access_token: AccessToken,
    /// Why the client mark could not be kept: no reason not to be signed in.
    pub mark_problem: Option<String>,
}

impl Program {
    /// Begins a login, with the mark of an earlier one by the same user.
    ///
    /// # Errors
    /// As [`Session::begin`].
    pub async fn begin(&self, username: &str, password: Zeroizing<String>) -> Result<(Session, Progress), Error> {
        // A mark file that cannot be read costs only the mark; that it cannot be kept is said at the end.
        let mark = self.marks.as_ref().and_then(|marks| marks.find(self.owner(username)).ok().flatten());
        let credentials = Credentials {
            username: username.to_owned(),
            password,
            client_id: self.client_id.clone(),
            client_version: self.client_version.clone(),
            client_mark: mark,
            scope: self.scope.clone(),
        };
        Session::begin(self.server.clone(), &credentials).await
    }

    /// Redeems the code of a confirmed login and verifies the ID token. Nobody is signed in before this returns.
    ///
    /// # Errors
    /// As [`Session::redeem`] and [`Server::verify_id_token`].
    pub async fn finish(&self, session: &Session, username: &str, granted: &Granted) -> Result<Identity, Error> {
        let tokens = session.redeem(&granted.authorization_code).await?;
        let id_token = tokens.id_token.as_ref().ok_or(IdTokenError::Missing)?;
        let claims = self.server.verify_id_token(id_token, &self.client_id, (self.unix_now)()).await?;
        let kept = match (&self.marks, granted.client_mark.as_deref()) {
            (Some(marks), Some(mark)) => marks.keep(self.owner(username), mark),
            _ => Ok(()),
        };
        let amr = claims.all().get("amr").and_then(Value::as_array);
        Ok(Identity {
            username: claims.text("preferred_username").unwrap_or(username).to_owned(),
            sub: claims.text("sub").unwrap_or_default().to_owned(),
            acr: claims.text("acr").map(str::to_owned),
            amr: amr.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            scope: tokens.scope.unwrap_or_else(|| self.scope.clone()),
            access_token: AccessToken(tokens.access_token),
            mark_problem: kept.err().map(|error| error.to_string()),
        })
    }

    fn owner<'a>(&'a self, username: &'a str) -> Owner<'a> {
        Owner { issuer: &self.server.metadata().issuer, client_id: &self.client_id, username }
    }
}
