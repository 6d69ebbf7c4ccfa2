//! The provider's metadata (OpenID Connect Discovery, 3; RFC 8414). Only what works is advertised.

use crate::client::{AuthMethod, SigningAlg};
use serde::{Deserialize, Serialize};

/// The algorithms that clients are told to sign by: of two names of one, the registered older one.
const SIGNED_BY_CLIENTS: &[&str] = &["ES256", "PS256", "EdDSA"];

/// `/.well-known/openid-configuration`, and `/.well-known/oauth-authorization-server` (RFC 8414, 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The issuer, equal to the URL it was found under.
    pub issuer: String,
    /// Where the browser goes.
    pub authorization_endpoint: String,
    /// Where requests are pushed to (RFC 9126, 5).
    pub pushed_authorization_request_endpoint: String,
    /// The token endpoint.
    pub token_endpoint: String,
    /// Who the user is.
    pub userinfo_endpoint: String,
    /// Revocation (RFC 7009).
    pub revocation_endpoint: String,
    /// Introspection (RFC 7662).
    pub introspection_endpoint: String,
    /// RP-initiated logout.
    pub end_session_endpoint: String,
    /// Whether clients are told that a session ended (Back-Channel Logout, 2.1).
    pub backchannel_logout_supported: bool,
    /// Whether they are told which.
    pub backchannel_logout_session_supported: bool,
    /// First-party logins (draft-ietf-oauth-first-party-apps-04, 4).
    pub authorization_challenge_endpoint: String,
    /// Where back ends ask (CIBA, 4).
    pub backchannel_authentication_endpoint: String,
    /// `poll` and `ping`.
    pub backchannel_token_delivery_modes_supported: Vec<String>,
    /// How their requests may be signed.
    pub backchannel_authentication_request_signing_alg_values_supported: Vec<String>,
    /// Whether a client may register for user codes.
    pub backchannel_user_code_parameter_supported: bool,
    /// What may be confirmed (RFC 9396, 10).
    pub authorization_details_types_supported: Vec<String>,
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
    /// `query`.
    pub response_modes_supported: Vec<String>,
    /// `none`, `login`, and what counts as it.
    pub prompt_values_supported: Vec<String>,
    /// Whether `iss` is in answers (RFC 9207, 3).
    pub authorization_response_iss_parameter_supported: bool,
    /// Whether request objects are taken by the browser's way.
    pub request_parameter_supported: bool,
    /// Whether they are fetched.
    pub request_uri_parameter_supported: bool,
    /// Whether `claims` is read.
    pub claims_parameter_supported: bool,
    /// How clients prove themselves.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// How their assertions are signed.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// How clients prove themselves at the revocation endpoint (RFC 8414, 2).
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// How their assertions are signed there.
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// How clients prove themselves at the introspection endpoint, which is not for public ones.
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// How their assertions are signed there.
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// How DPoP proofs are signed (RFC 9449, 5.1).
    pub dpop_signing_alg_values_supported: Vec<String>,
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
    ///
    /// ```
    /// # use oidc::discovery::Discovery;
    /// let discovery = Discovery::of("https://id.example", &["urn:acr"], &["en", "ru"]);
    /// assert_eq!(discovery.token_endpoint, "https://id.example/oauth2/token");
    /// assert_eq!(discovery.response_types_supported, ["code"]);
    /// ```
    pub fn of(issuer: &str, acr_values: &[&str], languages: &[&str]) -> Self {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let methods =
            |methods: &[AuthMethod]| methods.iter().map(|method| method.name().to_owned()).collect::<Vec<_>>();
        let at = |name: &str| format!("{issuer}/oauth2/{name}");
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: at("authorize"),
            pushed_authorization_request_endpoint: at("par"),
            token_endpoint: at("token"),
            userinfo_endpoint: at("userinfo"),
            revocation_endpoint: at("revoke"),
            introspection_endpoint: at("introspect"),
            end_session_endpoint: at("logout"),
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            authorization_challenge_endpoint: at("authorize-challenge"),
            backchannel_authentication_endpoint: at("bc-authorize"),
            backchannel_token_delivery_modes_supported: list(&["poll", "ping"]),
            backchannel_authentication_request_signing_alg_values_supported: list(SIGNED_BY_CLIENTS),
            backchannel_user_code_parameter_supported: true,
            authorization_details_types_supported: list(crate::details::TYPES),
            jwks_uri: at("jwks"),
            response_types_supported: list(&["code"]),
            grant_types_supported: list(crate::token::GRANT_TYPES),
            subject_types_supported: list(&["public"]),
            id_token_signing_alg_values_supported: list(&SigningAlg::ALL.map(SigningAlg::name)),
            response_modes_supported: list(&["query"]),
            prompt_values_supported: list(&["none", "login", "select_account"]),
            authorization_response_iss_parameter_supported: true,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            claims_parameter_supported: true,
            token_endpoint_auth_methods_supported: methods(&AuthMethod::ALL),
            token_endpoint_auth_signing_alg_values_supported: list(SIGNED_BY_CLIENTS),
            revocation_endpoint_auth_methods_supported: methods(&AuthMethod::ALL),
            revocation_endpoint_auth_signing_alg_values_supported: list(SIGNED_BY_CLIENTS),
            introspection_endpoint_auth_methods_supported: methods(&AuthMethod::CONFIDENTIAL),
            introspection_endpoint_auth_signing_alg_values_supported: list(SIGNED_BY_CLIENTS),
            dpop_signing_alg_values_supported: list(&["ES256"]),
            code_challenge_methods_supported: list(&["S256"]),
            scopes_supported: list(crate::scope::SCOPES),
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
                "sid",
                "preferred_username",
                "authorization_details",
            ]),
            acr_values_supported: list(acr_values),
            ui_locales_supported: list(languages),
        }
    }
}
