//! CIBA (OpenID Connect Client-Initiated Backchannel Authentication), poll: asking a customer who is not at a browser.

use super::{Provider, ProviderError, Registered, Token, login::Identity, refusal};
use openidconnect::Nonce;
use serde_json::{Value, json};
use std::str::FromStr as _;

const GRANT: &str = "urn:openid:params:grant-type:ciba";

/// A request that the customer has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub auth_req_id: String,
    /// Seconds it lives.
    pub expires_in: i64,
    /// Seconds between two questions.
    pub interval: i64,
}

/// The issuer's answer to a request that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Pending,
    /// Nothing yet, and we ask too often.
    SlowDown,
    /// Confirmed.
    Confirmed(Box<Identity>),
    /// Refused.
    Declined,
    /// Nobody answered in time.
    Expired,
}

impl Provider {
    /// Asks a customer to confirm one operation (CIBA, 7.1).
    ///
    /// # Errors
    /// When the provider cannot be reached, or refuses: an unknown user, say.
    pub async fn ask(
        &self,
        registered: &Registered,
        username: &str,
        binding_message: &str,
        operation: &Value,
    ) -> Result<Asked, ProviderError> {
        let known = self.known(None).await?;
        let endpoint = known.metadata.additional_metadata().backchannel_authentication_endpoint.as_deref();
        let endpoint = endpoint.ok_or(ProviderError::Missing("backchannel authentication"))?;
        let details = json!([operation]).to_string();
        let form = [
            ("scope", "openid profile"),
            ("login_hint", username),
            ("binding_message", binding_message),
            ("authorization_details", &details),
        ];
        let (status, answer) = self.post(endpoint, registered, &form).await?;
        let auth_req_id = answer.get("auth_req_id").and_then(Value::as_str).filter(|_| status == 200);
        let Some(auth_req_id) = auth_req_id else { return Err(refusal(&answer)) };
        let number = |name: &str| answer.get(name).and_then(Value::as_i64);
        Ok(Asked {
            auth_req_id: auth_req_id.to_owned(),
            expires_in: number("expires_in").ok_or(ProviderError::Untrue("expires_in is missing"))?,
            interval: number("interval").unwrap_or(5).max(1),
        })
    }

    /// Asks what has become of a request (CIBA, 10.1).
    ///
    /// # Errors
    /// When the provider cannot be reached, refuses for good, or its token does not hold.
    pub async fn poll(&self, registered: &Registered, auth_req_id: &str) -> Result<Answer, ProviderError> {
        let known = self.known(None).await?;
        let endpoint = known.metadata.token_endpoint().ok_or(ProviderError::Missing("token endpoint"))?;
        let form = [("grant_type", GRANT), ("auth_req_id", auth_req_id)];
        let (status, answer) = self.post(endpoint.as_str(), registered, &form).await?;
        if status != 200 {
            return match answer.get("error").and_then(Value::as_str) {
                Some("authorization_pending") => Ok(Answer::Pending),
                Some("slow_down") => Ok(Answer::SlowDown),
                Some("access_denied") => Ok(Answer::Declined),
                Some("expired_token") => Ok(Answer::Expired),
                _ => Err(refusal(&answer)),
            };
        }
        let token = answer.get("id_token").and_then(Value::as_str);
        let token = token.and_then(|text| Token::from_str(text).ok());
        let token = token.ok_or(ProviderError::Untrue("there is no ID token"))?;
        // There is no nonce in CIBA; the request is named by us, to the token endpoint alone.
        let no_nonce = |_: Option<&Nonce>| Ok::<(), String>(());
        let identity = self.identity(registered, &token, no_nonce).await?;
        let details = answer.get("authorization_details").cloned();
        let receipt = answer.get("receipt").and_then(Value::as_str).map(str::to_owned);
        Ok(Answer::Confirmed(Box::new(Identity { details, receipt, ..identity })))
    }
}
