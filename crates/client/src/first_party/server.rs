//! A Countersign server as its discovery document describes it.

use super::Error;
use crate::id_token::{self, IdTokenClaims};
use jsonwebtoken::jwk::JwkSet;
use reqwest::{StatusCode, Url, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use wire::Answer;

/// Longest answer read; the real ones are a few kilobytes.
const ANSWER_LIMIT: usize = 1 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// On top of the seconds a request asks the server to hold it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// Where a server is: `https://…`, or `http://…` on this machine only.
///
/// ```
/// use countersign_client::first_party::ServerUrl;
///
/// assert_eq!("https://login.example/".parse::<ServerUrl>()?.as_str(), "https://login.example");
/// assert!("http://localhost:8080".parse::<ServerUrl>().is_ok());
/// assert!("http://login.example".parse::<ServerUrl>().is_err(), "no password goes out in the clear");
/// # Ok::<(), countersign_client::first_party::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// The URL's text, without a final slash.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    pub(crate) fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl std::str::FromStr for ServerUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let url = Url::parse(text).map_err(|_| Error::Url(format!("{text} is not a URL (https://host)")))?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(Error::Url("the server's URL has only a scheme, a host, a port and a path".to_owned()));
        }
        guard(&url)?;
        Ok(Self(url))
    }
}

/// A password goes over TLS or stays on this machine.
fn guard(url: &Url) -> Result<(), Error> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err(Error::Url(format!("{url} must be https: plain http is for this machine only"))),
        _ => Err(Error::Url(format!("{url} must be an https URL"))),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

/// What our programs need of the discovery document (OpenID Connect Discovery 1.0, 3).
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// The issuer.
    pub issuer: String,
    /// Where browsers are sent to.
    pub authorization_endpoint: String,
    /// Where a first-party login is spoken.
    pub authorization_challenge_endpoint: String,
    /// Where back ends ask users (CIBA), where they may.
    #[serde(default)]
    pub backchannel_authentication_endpoint: Option<String>,
    /// Where the code is redeemed.
    pub token_endpoint: String,
    /// Where the keys of ID tokens are.
    pub jwks_uri: String,
}

/// A server and the connections to it. Cheap to clone; many logins share one.
#[derive(Debug, Clone)]
pub struct Server {
    http: reqwest::Client,
    metadata: Metadata,
    /// What a proxy would say of where logins come from.
    seen_from: Option<Arc<str>>,
}

impl Server {
    /// Reads the discovery document at `url`. `ca_pem` holds further certificate authorities to trust (PEM).
    ///
    /// # Errors
    /// [`Error`], when the server cannot be reached or does not describe itself as one with first-party logins.
    pub async fn discover(url: &ServerUrl, ca_pem: Option<&[u8]>) -> Result<Self, Error> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("countersign-client/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            // A redirect could carry the password elsewhere.
            .redirect(reqwest::redirect::Policy::none());
        if url.is_on_this_machine() {
            http = http.no_proxy();
        }
        if let Some(pem) = ca_pem {
            http = http.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        let http = http.build()?;
        let document = format!("{}/.well-known/openid-configuration", url.as_str());
        let metadata: Metadata = read(http.get(document).send().await?, "the discovery document").await?;
        if metadata.issuer.trim_end_matches('/') != url.as_str() {
            return Err(Error::Issuer { named: metadata.issuer });
        }
        let endpoints = [
            &metadata.authorization_endpoint,
            &metadata.authorization_challenge_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ];
        for endpoint in endpoints.into_iter().chain(&metadata.backchannel_authentication_endpoint) {
            guard(&Url::parse(endpoint).map_err(|_| Error::Answer("discovery names an endpoint that is no URL"))?)?;
        }
        Ok(Self { http, metadata, seen_from: None })
    }

    /// The same server, to which logins come as if a proxy had passed them on from `address`. Only a server that trusts
    /// this machine as a proxy believes it.
    #[must_use]
    pub fn seen_from(&self, address: &str) -> Self {
        Self { seen_from: Some(address.into()), ..self.clone() }
    }

    /// Its connections, for what else is spoken with it.
    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// The keys it publishes (RFC 7517, 5).
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn keys(&self) -> Result<Vec<serde_json::Value>, Error> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }
        let set: Set = read(self.http.get(&self.metadata.jwks_uri).send().await?, "the key set").await?;
        Ok(set.keys)
    }

    /// What the server said of itself.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Verifies an ID token against the server's present keys. `now` is Unix seconds.
    ///
    /// # Errors
    /// [`Error::IdToken`] when it does not hold, others when the keys cannot be read.
    pub async fn verify_id_token(&self, token: &str, client_id: &str, now: u64) -> Result<IdTokenClaims, Error> {
        let keys: JwkSet = read(self.http.get(&self.metadata.jwks_uri).send().await?, "the key set").await?;
        let expected = id_token::Expected { issuer: &self.metadata.issuer, client_id, now };
        Ok(id_token::verify(token, &keys, &expected)?)
    }

    /// One request of a login; `hold` is how long the server was asked to hold it.
    pub(super) async fn challenge(&self, form: &[(&str, &str)], hold: Duration) -> Result<Answer, Error> {
        let request = self.http.post(&self.metadata.authorization_challenge_endpoint).form(form);
        let response = self.placed(request).timeout(ANSWER_TIMEOUT + hold).send().await?;
        match response.status() {
            StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                parse(&body(response).await?, "the login's answer")
            }
            _ => Err(trouble(&response)),
        }
    }

    /// Tokens; `basic` is the `Authorization` of a client with a secret.
    pub(crate) async fn token(
        &self,
        form: &[(&str, &str)],
        basic: Option<&str>,
    ) -> Result<wire::first_party::TokenAnswer, Error> {
        self.form(&self.metadata.token_endpoint, form, basic, "the token answer").await
    }

    /// What an endpoint of OAuth answers to a program; of errors those that say what is wrong with the request.
    pub(crate) async fn form<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        form: &[(&str, &str)],
        basic: Option<&str>,
        what: &'static str,
    ) -> Result<T, Error> {
        let mut request = self.http.post(endpoint).form(form);
        if let Some(basic) = basic {
            request = request.header(header::AUTHORIZATION, basic);
        }
        let response = request.send().await?;
        match response.status() {
            StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => parse(&body(response).await?, what),
            _ => Err(trouble(&response)),
        }
    }

    /// The request, as it comes from where the user is.
    pub(crate) fn placed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.seen_from {
            Some(address) => request.header("x-forwarded-for", &**address),
            None => request,
        }
    }
}

async fn read<T: DeserializeOwned>(response: reqwest::Response, what: &'static str) -> Result<T, Error> {
    if response.status() != StatusCode::OK {
        return Err(trouble(&response));
    }
    parse(&body(response).await?, what)
}

fn parse<T: DeserializeOwned>(octets: &[u8], what: &'static str) -> Result<T, Error> {
    serde_json::from_slice(octets).map_err(|_| Error::Answer(what))
}

fn trouble(response: &reqwest::Response) -> Error {
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        let seconds = response.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
        return Error::Throttled { retry_after: seconds.unwrap_or(1) };
    }
    Error::Server { status: response.status().as_u16() }
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, Error> {
    let mut octets = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if octets.len().saturating_add(chunk.len()) > ANSWER_LIMIT {
            return Err(Error::Answer("it is too long"));
        }
        octets.extend_from_slice(&chunk);
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_only_on_this_machine() {
        for good in [
            "https://login.example",
            "https://login.example:8443/auth/",
            "http://localhost:8080",
            "http://127.0.0.1:80",
            "http://[::1]:8080",
            "http://demo.localhost:1",
        ] {
            assert!(good.parse::<ServerUrl>().is_ok(), "{good}");
        }
        for bad in [
            "http://login.example",
            "http://192.0.2.1",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "ftp://localhost",
            "localhost:8080",
            "https://u:p@login.example",
            "https://login.example?x",
            "",
        ] {
            assert!(bad.parse::<ServerUrl>().is_err(), "{bad}");
        }
        assert_eq!("https://login.example/".parse::<ServerUrl>().unwrap().as_str(), "https://login.example");
    }
}
