//! The OpenID provider, as it describes itself: a client library for what the library speaks, and small pieces for
//! what it does not.

pub mod api;
pub mod ciba;
pub mod evidence;
mod http;
pub mod introspect;
pub mod login;
pub mod passkey;
pub mod proof;

use crate::clock::Clock;
use http::Http;
use jsonwebtoken::jwk::JwkSet;
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, ClientId, ClientSecret, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, ExtraTokenFields, IdToken, IdTokenFields, IntrospectionUrl, IssuerUrl,
    ProviderMetadata, StandardErrorResponse, StandardTokenIntrospectionResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreSubjectIdentifierType, CoreTokenType,
    },
};
use reqwest::header;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};

/// How long what the provider said of itself is believed without asking again.
const BELIEVED: Duration = Duration::from_secs(600);
/// How soon it may be asked again because of a key that is not known.
const NOT_SOONER: Duration = Duration::from_secs(5);

/// Why the provider gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer, or not in the form that the protocols give.
    #[error("the login server does not answer as it should: {0}")]
    Trouble(String),
    /// It refuses, with an OAuth error code.
    #[error("the login server refuses: {0}")]
    Refused(String),
    /// What it gave does not hold.
    #[error("what the login server gave does not hold: {0}")]
    Untrue(&'static str),
    /// It does not offer this.
    #[error("the login server has no {0}")]
    Missing(&'static str),
}

/// One of the brokerage's registered clients.
#[derive(Clone)]
pub struct Registered {
    /// The client id.
    pub id: &'static str,
    /// The secret, where there is one.
    pub secret: Option<String>,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registered({})", self.id)
    }
}

impl Registered {
    /// `Authorization: Basic …` (RFC 6749, 2.3.1).
    fn basic(&self) -> String {
        use base64::Engine as _;
        let coded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", coded(self.id), coded(self.secret.as_deref().unwrap_or_default()));
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

/// The provider.
#[derive(Debug)]
pub struct Provider {
    issuer: IssuerUrl,
    http: Http,
    clock: Clock,
    known: Mutex<Option<Known>>,
    token: Mutex<Option<api::Token>>,
}

/// What the provider said of itself, with its keys.
#[derive(Debug, Clone)]
struct Known {
    metadata: Arc<Metadata>,
    keys: Arc<JwkSet>,
    at: Instant,
}

/// What the library does not read of a discovery document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct More {
    pushed_authorization_request_endpoint: Option<String>,
    backchannel_authentication_endpoint: Option<String>,
    introspection_endpoint: Option<IntrospectionUrl>,
    end_session_endpoint: Option<EndSessionUrl>,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Claims of an ID token beyond the library's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionClaim {
    sid: Option<String>,
}

impl AdditionalClaims for SessionClaim {}

/// What a token answer carries beyond the library's fields (RFC 9396, 7, and the receipt).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Confirmed {
    authorization_details: Option<Value>,
    receipt: Option<String>,
}

impl ExtraTokenFields for Confirmed {}

/// What introspection says beyond the library's fields (RFC 9470, 6.2; RFC 9449, 6.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Seen {
    auth_time: Option<i64>,
    cnf: Option<Value>,
}

impl ExtraTokenFields for Seen {}

type Token = IdToken<SessionClaim, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type Tokens = StandardTokenResponse<
    IdTokenFields<SessionClaim, Confirmed, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    CoreTokenType,
>;

type Client<Introspection = EndpointNotSet> = openidconnect::Client<
    SessionClaim,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    StandardTokenIntrospectionResponse<Seen, CoreTokenType>,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    Introspection,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    /// The provider of an issuer. It is asked only when something is wanted of it.
    ///
    /// # Errors
    /// When the issuer is no URL, or no HTTP client can be made.
    pub fn new(issuer: &str, clock: Clock) -> Result<Self, ProviderError> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|_| ProviderError::Missing("URL as its issuer"))?;
        Ok(Self { http: Http::new(&issuer)?, issuer, clock, known: Mutex::new(None), token: Mutex::new(None) })
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// What the provider says of itself; asked again when it is old, or when a key of this id is not among its keys.
    async fn known(&self, kid: Option<&str>) -> Result<Known, ProviderError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref() {
            let age = known.at.elapsed();
            let has_key = kid.is_none_or(|kid| known.keys.find(kid).is_some());
            if age < NOT_SOONER || (age < BELIEVED && has_key) {
                return Ok(known.clone());
            }
        }
        let metadata: Metadata = Metadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        let keys = serde_json::to_value(metadata.jwks()).and_then(serde_json::from_value::<JwkSet>);
        let keys = keys.map_err(|_| ProviderError::Untrue("the keys"))?;
        let fresh = Known { metadata: Arc::new(metadata), keys: Arc::new(keys), at: Instant::now() };
        *known = Some(fresh.clone());
        Ok(fresh)
    }

    /// The library's client for one of ours.
    fn client(known: &Known, registered: &Registered) -> Client {
        let secret = registered.secret.clone().map(ClientSecret::new);
        Client::from_provider_metadata((*known.metadata).clone(), ClientId::new(registered.id.to_owned()), secret)
    }

    /// Sends a form as one of our clients; the status and the JSON of the answer.
    async fn post(
        &self,
        url: &str,
        as_client: &Registered,
        form: &[(&str, &str)],
    ) -> Result<(u16, Value), ProviderError> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .http
            .client()
            .post(url)
            .header(header::AUTHORIZATION, as_client.basic())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let answer = request.send().await.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        let status = answer.status().as_u16();
        let octets = http::read(answer).await.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        match serde_json::from_slice(&octets) {
            Ok(value) => Ok((status, value)),
            Err(_) => Err(ProviderError::Trouble(format!("status {status} without JSON"))),
        }
    }
}

/// The OAuth error code of an answer (RFC 6749, 5.2).
fn refusal(answer: &Value) -> ProviderError {
    let code = answer.get("error").and_then(Value::as_str).unwrap_or("no reason given");
    ProviderError::Refused(code.to_owned())
}
