//! The institution's API (`/api/v1`), with a token of our own (RFC 6749, 4.4), which is kept until it dies.

use super::{Provider, ProviderError, Registered, http, refusal};
use reqwest::{Method, header};
use serde_json::Value;
use std::time::Duration;

/// How long an answer may take: the API holds some for 30 seconds.
const PATIENCE: Duration = Duration::from_secs(50);
/// So much earlier a token is not used any more, in seconds.
const EARLIER: i64 = 30;

/// A token of our own.
#[derive(Clone)]
pub(super) struct Token {
    text: String,
    /// Unix seconds.
    until: i64,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token(until {})", self.until)
    }
}

/// A call of the API.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// The method.
    pub method: Method,
    /// Behind `/api/v1`.
    pub path: String,
    /// JSON.
    pub body: Option<&'a Value>,
    /// The `Idempotency-Key` header as it is.
    pub key: Option<&'a str>,
}

impl Call<'_> {
    /// A call that reads.
    pub fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None, key: None }
    }

    /// A call that does what its path says.
    pub fn post(path: String) -> Self {
        Self { method: Method::POST, path, body: None, key: None }
    }
}

impl Provider {
    /// Calls the API; the status and the JSON of the answer, whatever it is.
    ///
    /// # Errors
    /// When the provider cannot be reached, or gives us no token.
    pub async fn call(&self, registered: &Registered, call: &Call<'_>) -> Result<(u16, Value), ProviderError> {
        let token = self.own_token(registered).await?;
        let answer = self.sent(&token, call).await?;
        if answer.0 != 401 {
            return Ok(answer);
        }
        // It died before its time: the provider has another database, or took it back.
        self.token.lock().await.take();
        let token = self.own_token(registered).await?;
        self.sent(&token, call).await
    }

    async fn own_token(&self, registered: &Registered) -> Result<String, ProviderError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| self.clock.now() < token.until) {
            return Ok(token.text.clone());
        }
        let known = self.known(None).await?;
        let endpoint = known.metadata.token_endpoint().ok_or(ProviderError::Missing("token endpoint"))?;
        let form = [("grant_type", "client_credentials")];
        let (status, answer) = self.post(endpoint.as_str(), registered, &form).await?;
        let text = answer.get("access_token").and_then(Value::as_str).filter(|_| status == 200);
        let Some(text) = text else { return Err(refusal(&answer)) };
        let life = answer.get("expires_in").and_then(Value::as_i64).unwrap_or_default();
        *kept = Some(Token { text: text.to_owned(), until: self.clock.now() + life - EARLIER });
        Ok(text.to_owned())
    }

    async fn sent(&self, token: &str, call: &Call<'_>) -> Result<(u16, Value), ProviderError> {
        let url = format!("{}/api/v1{}", self.issuer().trim_end_matches('/'), call.path);
        let mut request = self.http.client().request(call.method.clone(), url).bearer_auth(token).timeout(PATIENCE);
        if let Some(body) = call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        if let Some(key) = call.key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        let status = answer.status().as_u16();
        let octets = http::read(answer).await.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        let value = serde_json::from_slice(&octets);
        value.map(|value| (status, value)).map_err(|_| ProviderError::Trouble(format!("status {status} without JSON")))
    }

    /// The keys of all receipts that were ever signed.
    pub(super) async fn receipt_keys(&self) -> Result<jsonwebtoken::jwk::JwkSet, ProviderError> {
        let url = format!("{}/oauth2/receipt-keys", self.issuer().trim_end_matches('/'));
        let answer = self.http.client().get(url).send().await;
        let answer = answer.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        let octets = http::read(answer).await.map_err(|error| ProviderError::Trouble(http::told(&error)))?;
        serde_json::from_slice(&octets).map_err(|_| ProviderError::Untrue("the keys of receipts"))
    }
}
