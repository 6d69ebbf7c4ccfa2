//! Assertions of a phone's platform authenticator: what stands in place of a PIN proof.

use crate::app::App;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::{
    jwk::PublicKey,
    webauthn::{self, Expected, Key, WebauthnError},
};
use store::device::Credential;

/// Longest credential id, in base64url characters (Web Authentication, 6.1: at most 1023 octets).
const MAX_ID: usize = 1364;

/// A credential as a phone registers it.
pub fn registered(credential: &wire::phone::Credential) -> Option<Credential> {
    let id = &credential.id;
    let id_fits = !id.is_empty() && id.len() <= MAX_ID && URL_SAFE_NO_PAD.decode(id).is_ok();
    let key = serde_json::to_value(&credential.public_key).ok().and_then(|key| PublicKey::of(&key).ok())?;
    id_fits.then(|| Credential { id: id.clone(), key: key.jwk().to_string(), counter: 0 })
}

/// Checks an assertion over the digest of what was signed; the credential with its counter moved.
pub fn verify(
    app: &App,
    credential: &Credential,
    assertion: &wire::phone::Assertion,
    digest: &[u8; 32],
) -> Result<Credential, WebauthnError> {
    if assertion.credential_id != credential.id {
        return Err(WebauthnError::Signature);
    }
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| WebauthnError::Malformed);
    let key = PublicKey::parse(&credential.key).map(Key::Es256).map_err(|_| WebauthnError::Malformed)?;
    let decoded = webauthn::Assertion {
        authenticator_data: octets(&assertion.authenticator_data)?,
        client_data: octets(&assertion.client_data_json)?,
        signature: octets(&assertion.signature)?,
    };
    let expected = Expected {
        key: &key,
        rp_id: webauthn::rp_id(&app.settings.issuer),
        origin: &app.settings.issuer,
        challenge: digest,
        counter: credential.counter,
        // Not kept of a phone: its key is of no worth without the one that signs beside it.
        backup_eligible: None,
    };
    let seen = webauthn::verify(&decoded, &expected)?;
    Ok(Credential { counter: seen.counter, ..credential.clone() })
}
