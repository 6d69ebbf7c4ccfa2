//! What proves a withdrawal to whoever asks later: the receipt, and what the phone or a passkey signed.

use super::{
    Provider, ProviderError, Registered,
    passkey::{Assertion, signed_by_passkey},
    proof,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::Jwk};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// As the institution's API gives it.
#[derive(Debug, Clone, Deserialize)]
pub struct Evidence {
    /// The signed receipt.
    pub receipt: String,
    /// What the device signed, where a phone or a passkey confirmed.
    pub statement: Option<String>,
    /// The device's public key.
    pub device_key: Option<Value>,
    /// A passkey's assertion over the statement.
    pub assertion: Option<Assertion>,
}

/// What a receipt must be about.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The client that asked.
    pub client: &'a Registered,
    /// The confirmation.
    pub jti: &'a str,
    /// The issuer's id of the user.
    pub sub: &'a str,
    /// Exactly what was to be confirmed.
    pub operation: &'a Value,
}

/// What holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    /// The receipt, and the device's own signature over what was shown.
    Signed,
    /// The receipt; the device signs nothing.
    Receipt,
}

impl Provider {
    /// Checks the evidence by keys alone: the issuer's for the receipt, the phone's for the statement.
    ///
    /// # Errors
    /// [`ProviderError::Untrue`], unless all of it holds.
    pub async fn evidence(&self, evidence: &Evidence, expected: Expected<'_>) -> Result<Proven, ProviderError> {
        let keys = self.receipt_keys().await?;
        let claims = proof::by_key(&keys, self.issuer(), expected.client, &evidence.receipt, proof::RECEIPT)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("jti") != Some(expected.jti) || text("sub") != Some(expected.sub) {
            return Err(ProviderError::Untrue("the receipt is of another confirmation"));
        }
        if claims.get("authorization_details") != Some(&json!([expected.operation])) {
            return Err(ProviderError::Untrue("the receipt is for another operation"));
        }
        match (text("statement_sha256"), &evidence.statement) {
            (None, None) => Ok(Proven::Receipt),
            (Some(digest), Some(statement)) => {
                let found = Sha256::digest(statement).iter().map(|octet| format!("{octet:02x}")).collect::<String>();
                if found != digest {
                    return Err(ProviderError::Untrue("the receipt is of another statement"));
                }
                let key = evidence.device_key.as_ref();
                let said = match &evidence.assertion {
                    Some(assertion) => signed_by_passkey(statement, assertion, key, self.issuer())?,
                    None => signed_by_phone(statement, key)?,
                };
                says(&said, expected)?;
                Ok(Proven::Signed)
            }
            _ => Err(ProviderError::Untrue("receipt and statement do not belong together")),
        }
    }
}

/// Checks the phone's signature; what it signed.
fn signed_by_phone(statement: &str, key: Option<&Value>) -> Result<Value, ProviderError> {
    let untrue = ProviderError::Untrue("the phone's signature");
    let header = decode_header(statement).map_err(|_| untrue.clone())?;
    if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some("countersign-statement+jws") {
        return Err(untrue);
    }
    let key: Jwk = key.and_then(|key| serde_json::from_value(key.clone()).ok()).ok_or(untrue.clone())?;
    let key = DecodingKey::from_jwk(&key).map_err(|_| untrue.clone())?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_required_spec_claims::<&str>(&[]);
    rules.validate_exp = false;
    rules.validate_aud = false;
    let payload = decode::<Map<String, Value>>(statement, &key, &rules).map_err(|_| untrue)?.claims;
    payload.get("statement").cloned().ok_or(ProviderError::Untrue("the statement says nothing"))
}

/// Checks that what was signed is this operation.
fn says(said: &Value, expected: Expected<'_>) -> Result<(), ProviderError> {
    let shown = said.get("operation");
    let same = |(name, value): (&String, &Value)| shown.and_then(|shown| shown.get(name)) == Some(value);
    let details = expected.operation.as_object();
    if said.get("confirmation").and_then(Value::as_str) != Some(expected.jti)
        || !details.is_some_and(|details| details.iter().all(same))
    {
        return Err(ProviderError::Untrue("another operation was shown"));
    }
    Ok(())
}
