//! The provider's metadata (OpenID Connect Discovery, 3; RFC 8414). Only what works is advertised.

use serde::{Deserialize, Serialize};

/// `/.well-known/openid-configuration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The issuer, equal to the URL it was found under.
    pub issuer: String,
    /// The token endpoint.
    pub token_endpoint: String,
    /// First-party logins (draft-ietf-oauth-first-party-apps-04, 4).
    pub authorization_challenge_endpoint: String,
    /// The signing keys.
    pub jwks_uri: String,
    /// `code` only.
    pub response_types_supported: Vec<String>,
    /// What the token endpoint takes.
    pub grant_types_supported: Vec<String>,
    /// `public`: one `sub` for a user everywhere.
    pub subject_types_supported: Vec<String>,
    /// How ID tokens are signed.
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// How clients prove themselves.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// S256.
    pub code_challenge_methods_supported: Vec<String>,
    /// What may be asked for.
    pub scopes_supported: Vec<String>,
    /// What ID tokens say.
    pub claims_supported: Vec<String>,
    /// Levels of `acr`.
    pub acr_values_supported: Vec<String>,
    /// Languages of the pages (BCP 47).
    pub ui_locales_supported: Vec<String>,
}

impl Discovery {
    /// The metadata of an issuer.
    pub fn of(issuer: &str, acr_values: &[&str], languages: &[&str]) -> Self {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        Self {
            issuer: issuer.to_owned(),
            token_endpoint: format!("{issuer}/oauth2/token"),
            authorization_challenge_endpoint: format!("{issuer}/oauth2/authorize-challenge"),
            jwks_uri: format!("{issuer}/oauth2/jwks"),
            response_types_supported: list(&["code"]),
            grant_types_supported: list(&["authorization_code"]),
            subject_types_supported: list(&["public"]),
            id_token_signing_alg_values_supported: list(&["ES256"]),
            token_endpoint_auth_methods_supported: list(&["none"]),
            code_challenge_methods_supported: list(&["S256"]),
            scopes_supported: list(crate::scope::LOGIN_SCOPES),
            claims_supported: list(&[
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "nonce",
                "acr",
                "amr",
                "at_hash",
                "preferred_username",
            ]),
            acr_values_supported: list(acr_values),
            ui_locales_supported: list(languages),
        }
    }
}
