//! What a passkey signed (Web Authentication): checked by its key alone, as a relying party of the institution's would.

use super::ProviderError;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The user was present, and verified.
const PRESENT_AND_VERIFIED: u8 = 0b101;

/// A passkey's assertion, its parts in base64url.
#[derive(Debug, Clone, Deserialize)]
pub struct Assertion {
    /// What the authenticator said.
    pub authenticator_data: String,
    /// What the browser said.
    pub client_data_json: String,
    /// Over the first and the digest of the second.
    pub signature: String,
}

/// Checks that a passkey signed a statement on a page of the institution's; what the statement says.
pub(super) fn signed_by_passkey(
    statement: &str,
    assertion: &Assertion,
    key: Option<&Value>,
    issuer: &str,
) -> Result<Value, ProviderError> {
    let untrue = ProviderError::Untrue("the passkey's signature");
    holds(statement, assertion, key, issuer).ok_or(untrue)
}

fn holds(statement: &str, assertion: &Assertion, key: Option<&Value>, issuer: &str) -> Option<Value> {
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let data = octets(&assertion.authenticator_data)?;
    let client = octets(&assertion.client_data_json)?;
    let said: Value = serde_json::from_slice(&client).ok()?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(statement));
    let by_browser = said.get("type")? == "webauthn.get"
        && said.get("challenge")? == challenge.as_str()
        && said.get("origin")? == issuer;
    let verified = data.get(32).is_some_and(|flags| flags & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED);
    let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
    let by_key = verify(key?, &signed, &octets(&assertion.signature)?)?;
    (by_browser && verified && by_key).then(|| serde_json::from_str(statement).ok())?
}

/// Whether a signature holds by a JWK of the kinds that passkeys have.
fn verify(key: &Value, signed: &[u8], signature: &[u8]) -> Option<bool> {
    let member = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok();
    let holds = match key.get("kty")?.as_str()? {
        "EC" => {
            let point = [vec![4], member("x")?, member("y")?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(signed, signature)
        }
        "OKP" => UnparsedPublicKey::new(&ED25519, member("x")?).verify(signed, signature),
        "RSA" => {
            let key = RsaPublicKeyComponents { n: member("n")?, e: member("e")? };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
        }
        _ => return None,
    };
    Some(holds.is_ok())
}
