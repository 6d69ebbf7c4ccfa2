//! What is registered of a client program (RFC 7591, 2, as far as it matters here).

use crate::{
    client_key::{ClientKey, ClientKeyError},
    profile::{Profile, ProfileError},
    scope,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// A client's registration, as a database or a configuration file keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Where answers may go, by exact text.
    pub redirect_uris: Vec<String>,
    /// Where the browser may go after a logout, by exact text.
    pub post_logout_redirect_uris: Vec<String>,
    /// How the client proves itself.
    pub auth: AuthMethod,
    /// SHA-256 of the client's secret, hex. The secret is ours to make and has 256 bits, so a fast hash holds it.
    pub secret_sha256: Option<String>,
    /// The client's public keys: JWKs of P-256, RSA or Ed25519, perhaps with `kid`.
    pub keys: Vec<Value>,
    /// Where the client's public keys are, in place of `keys`: fetched, and fetched again when they change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// A set of rules that holds for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Whether a request with a nonce may do without PKCE (RFC 9700, 2.1.1); confidential clients only.
    #[serde(skip_serializing_if = "is_false")]
    pub nonce_instead_of_pkce: bool,
    /// What it may ask for; empty stands for `openid` and `profile`.
    pub scopes: Vec<String>,
    /// Whether it must push its authorization requests (RFC 9126, 5).
    pub require_pushed_authorization_requests: bool,
    /// Whether its tokens must be bound to a key (RFC 9449, 5.2).
    pub dpop_bound_access_tokens: bool,
    /// Types of `authorization_details` that it may send (RFC 9396, 10).
    pub authorization_details_types: Vec<String>,
    /// Whether and how it may use CIBA.
    pub ciba: Option<CibaMode>,
    /// Where a ping goes.
    pub client_notification_endpoint: Option<String>,
    /// Whether a CIBA request must carry the user's code.
    pub user_code: bool,
    /// Whether a CIBA request must be signed.
    pub signed_requests: bool,
    /// Where it is told that a session ended (Back-Channel Logout, 2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Whether it may ask what any token is (RFC 7662): a resource server.
    pub introspection: bool,
    /// How its ID tokens are signed.
    pub id_token_signed_response_alg: SigningAlg,
    /// Origins of pages whose scripts call for it (the Fetch standard's CORS), by exact text.
    pub allowed_origins: Vec<String>,
}

/// How an ID token is signed (RFC 7518, 3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SigningAlg {
    /// ECDSA on P-256.
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    /// RSA with PKCS #1 v1.5 padding, which every relying party must know (Core, 15.1).
    #[serde(rename = "RS256")]
    Rs256,
}

impl SigningAlg {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of a registered name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name() == name)
    }
}

/// How a client proves itself at the token endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// Not at all: a public client.
    #[default]
    None,
    /// A secret in the Authorization header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
    /// A JWT by its key (RFC 7523).
    PrivateKeyJwt,
}

impl AuthMethod {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// Those by which a client proves itself.
    pub const CONFIDENTIAL: [Self; 3] = [Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The method of a registered name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// How a client learns that a CIBA request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CibaMode {
    /// It asks.
    Poll,
    /// It is told to ask.
    Ping,
}

/// Why a registration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// A redirect URI that could not be matched exactly or safely.
    #[error(
        "{0}: a redirect URI is https://…, http://localhost…, http://127.0.0.1…, http://[::1]… or a private scheme with a dot, without fragment"
    )]
    RedirectUri(String),
    /// An address that the server is to call.
    #[error("{0}: an address to be called is https://…, or http:// on localhost")]
    Callback(String),
    /// No origin of pages.
    #[error(
        "{0}: an origin is https://HOST, or http:// on localhost, with a port where it is not the usual one, and nothing behind"
    )]
    Origin(String),
    /// A key that is not a public JWK by which clients sign.
    #[error("a key is refused: {0}")]
    Key(ClientKeyError),
    /// Keys in two places.
    #[error("keys and jwks_uri exclude each other")]
    Keys,
    /// Two keys of one `kid`.
    #[error("{0}: two keys have this kid")]
    KeyId(String),
    /// What the profile forbids.
    #[error("profile fapi2 {0}")]
    Profile(ProfileError),
    /// What the method needs is missing.
    #[error("{0} needs {1}")]
    Needs(&'static str, &'static str),
    /// A scope nobody may ask for.
    #[error("{0}: no such scope")]
    Scope(String),
    /// A type that is not contracted.
    #[error("{0}: no such type of authorization_details")]
    DetailsType(String),
}

impl Registration {
    /// Checks that the parts fit together.
    ///
    /// ```
    /// use oidc::client::{AuthMethod, Registration, RegistrationError};
    ///
    /// let web = Registration { redirect_uris: vec!["https://rp.example/cb".into()], ..Registration::default() };
    /// assert_eq!(web.check(), Ok(()));
    /// let careless = Registration { redirect_uris: vec!["http://rp.example/cb".into()], ..web.clone() };
    /// assert!(matches!(careless.check(), Err(RegistrationError::RedirectUri(_))));
    /// let keyless = Registration { auth: AuthMethod::PrivateKeyJwt, ..web };
    /// assert_eq!(keyless.check(), Err(RegistrationError::Needs("private_key_jwt", "keys or jwks_uri")));
    /// ```
    pub fn check(&self) -> Result<(), RegistrationError> {
        for uri in self.redirect_uris.iter().chain(&self.post_logout_redirect_uris) {
            if !crate::redirect::may_be_registered(uri) {
                return Err(RegistrationError::RedirectUri(uri.clone()));
            }
        }
        let called = [&self.backchannel_logout_uri, &self.client_notification_endpoint, &self.jwks_uri];
        for uri in called.into_iter().flatten() {
            if !may_be_called(uri) {
                return Err(RegistrationError::Callback(uri.clone()));
            }
        }
        if let Some(origin) = self.allowed_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(RegistrationError::Origin(origin.clone()));
        }
        self.check_keys()?;
        let known =
            |scope: &str| scope::SCOPES.contains(&scope) || scope::API_SCOPES.contains(&scope) || scope == scope::DESK;
        if let Some(scope) = self.scopes.iter().find(|scope| !known(scope)) {
            return Err(RegistrationError::Scope(scope.clone()));
        }
        if let Some(name) =
            self.authorization_details_types.iter().find(|t| !crate::details::TYPES.contains(&t.as_str()))
        {
            return Err(RegistrationError::DetailsType(name.clone()));
        }
        self.check_methods()?;
        self.check_profile().map_err(RegistrationError::Profile)
    }

    fn check_keys(&self) -> Result<(), RegistrationError> {
        if self.jwks_uri.is_some() && !self.keys.is_empty() {
            return Err(RegistrationError::Keys);
        }
        let mut ids = Vec::new();
        for key in &self.keys {
            ClientKey::of(key).map_err(RegistrationError::Key)?;
            if let Some(id) = key.get("kid").and_then(Value::as_str) {
                if ids.contains(&id) {
                    return Err(RegistrationError::KeyId(id.to_owned()));
                }
                ids.push(id);
            }
        }
        Ok(())
    }

    /// Whether its public keys are known, or where they are.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty() || self.jwks_uri.is_some()
    }

    fn check_methods(&self) -> Result<(), RegistrationError> {
        let needs = |what, needed| Err(RegistrationError::Needs(what, needed));
        match self.auth {
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost if self.secret_sha256.is_none() => {
                return needs("a client secret", "secret_sha256");
            }
            AuthMethod::PrivateKeyJwt if !self.has_keys() => return needs("private_key_jwt", "keys or jwks_uri"),
            _ => {}
        }
        if self.secret_sha256.as_ref().is_some_and(|hex| hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return needs("secret_sha256", "64 hexadecimal digits");
        }
        match self.ciba {
            Some(_) if self.auth == AuthMethod::None => needs("ciba", "a confidential client"),
            Some(CibaMode::Ping) if self.client_notification_endpoint.is_none() => {
                needs("ping", "client_notification_endpoint")
            }
            _ if self.signed_requests && !self.has_keys() => needs("signed_requests", "keys or jwks_uri"),
            _ if self.nonce_instead_of_pkce && self.auth == AuthMethod::None => {
                needs("nonce_instead_of_pkce", "a confidential client")
            }
            _ if self.introspection && self.auth == AuthMethod::None => needs("introspection", "a confidential client"),
            _ if !self.api_scopes().is_empty() && self.auth == AuthMethod::None => {
                needs("a scope of the institution's API", "a confidential client")
            }
            _ => Ok(()),
        }
    }

    /// The scopes it may ask for in a user's name.
    ///
    /// ```
    /// # use oidc::client::Registration;
    /// assert_eq!(Registration::default().allowed_scopes(), ["openid", "profile"]);
    /// ```
    pub fn allowed_scopes(&self) -> Vec<&str> {
        if self.scopes.is_empty() {
            scope::LOGIN_SCOPES.to_vec()
        } else {
            self.registered(|scope| !scope::API_SCOPES.contains(&scope))
        }
    }

    /// The parts of the institution's API that it may ask for in its own name.
    ///
    /// ```
    /// # use oidc::client::Registration;
    /// let back_end = Registration { scopes: vec!["rates:write".to_owned()], ..Registration::default() };
    /// assert_eq!((back_end.api_scopes(), back_end.allowed_scopes()), (vec!["rates:write"], vec![]));
    /// assert!(Registration::default().api_scopes().is_empty());
    /// ```
    pub fn api_scopes(&self) -> Vec<&str> {
        self.registered(|scope| scope::API_SCOPES.contains(&scope))
    }

    fn registered(&self, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
        self.scopes.iter().map(String::as_str).filter(|scope| wanted(scope)).collect()
    }

    /// The registered keys that a JWS with this `kid` may be by.
    pub fn keys_for(&self, kid: Option<&str>) -> impl Iterator<Item = ClientKey> {
        self.keys
            .iter()
            .filter(move |jwk| match (kid, jwk.get("kid").and_then(Value::as_str)) {
                (Some(wanted), Some(held)) => wanted == held,
                _ => true,
            })
            .filter_map(|jwk| ClientKey::of(jwk).ok())
    }
}

/// Whether a text is an origin as browsers write it.
fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let kind = url.scheme() == "https" || url.scheme() == "http" && local;
    kind && url.origin().ascii_serialization() == text
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Whether an address is one that the server calls: `https://…`, or `http://` on this machine.
///
/// ```
/// # use oidc::client::may_be_called;
/// assert!(may_be_called("https://bank.example/hook") && may_be_called("http://localhost:9000/hook"));
/// assert!(!may_be_called("http://bank.example/hook") && !may_be_called("https://user@bank.example/"));
/// ```
pub fn may_be_called(uri: &str) -> bool {
    let plain = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        .iter()
        .any(|host| uri.strip_prefix(host).is_some_and(|rest| rest.starts_with([':', '/'])));
    (plain || uri.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')))
        && uri.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrations_that_do_not_hold_together_are_refused() {
        let good = Registration {
            redirect_uris: vec!["https://rp.example/cb".into()],
            backchannel_logout_uri: Some("http://localhost:9000/logout".into()),
            ..Registration::default()
        };
        assert_eq!(good.check(), Ok(()));
        let mut key = crate::tests::Key::new().public().jwk();
        key["kid"] = "k".into();
        for (bad, part) in [
            (Registration { redirect_uris: vec!["https://rp.example/cb#x".into()], ..good.clone() }, "redirect URI"),
            (Registration { backchannel_logout_uri: Some("http://rp.example/".into()), ..good.clone() }, "called"),
            (
                Registration { backchannel_logout_uri: Some("http://localhost.e.example/".into()), ..good.clone() },
                "called",
            ),
            (Registration { auth: AuthMethod::ClientSecretBasic, ..good.clone() }, "secret_sha256"),
            (Registration { auth: AuthMethod::PrivateKeyJwt, ..good.clone() }, "keys"),
            (Registration { jwks_uri: Some("http://rp.example/jwks".into()), ..good.clone() }, "called"),
            (
                Registration {
                    jwks_uri: Some("https://rp.example/jwks".into()),
                    keys: vec![key.clone()],
                    ..good.clone()
                },
                "exclude",
            ),
            (Registration { keys: vec![key.clone(), key.clone()], ..good.clone() }, "two keys"),
            (Registration { secret_sha256: Some("ab".into()), ..good.clone() }, "64"),
            (Registration { ciba: Some(CibaMode::Poll), ..good.clone() }, "confidential"),
            (Registration { introspection: true, ..good.clone() }, "confidential"),
            (Registration { scopes: vec!["admin".into()], ..good.clone() }, "scope"),
            (Registration { scopes: vec!["rates:write".into()], ..good.clone() }, "confidential"),
            (Registration { authorization_details_types: vec!["gift".into()], ..good.clone() }, "type"),
            (Registration { keys: vec![serde_json::json!({ "kty": "oct", "k": "AA" })], ..good.clone() }, "key"),
        ] {
            let error = bad.check().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
