//! What browsers take and give as JSON (5.1.8 to 5.8.2): options go out, credentials come back.

use super::{ALGORITHMS, Assertion, MAX_ID, Registration, WebauthnError};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};

/// Most octets of a credential's JSON text.
pub const MAX_CREDENTIAL: usize = 12_288;

/// Most ways to reach an authenticator that are remembered, and octets of each.
const TRANSPORTS: usize = 8;
const TRANSPORT: usize = 16;

/// A credential that was made, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The registration.
    pub registration: Registration,
    /// How the browser reaches its authenticator.
    pub transports: Vec<String>,
}

/// An assertion as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The credential's id.
    pub id: Vec<u8>,
    /// Whom its authenticator says that it is for.
    pub user_handle: Option<Vec<u8>>,
    /// The assertion.
    pub assertion: Assertion,
}

/// A credential that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its id, base64url.
    pub id: &'a str,
    /// How the browser reaches its authenticator.
    pub transports: &'a [String],
}

/// For whom a credential is made.
#[derive(Debug, Clone, Copy)]
pub struct NewFor<'a> {
    /// The relying party's id.
    pub rp_id: &'a str,
    /// What the relying party is called.
    pub rp_name: &'a str,
    /// Random octets that stand for the user, base64url.
    pub user_handle: &'a str,
    /// What the user is called.
    pub username: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential<R> {
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
    response: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
    #[serde(default)]
    transports: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    #[serde(default)]
    user_handle: Option<String>,
}

impl Made {
    /// Reads a `RegistrationResponseJSON`.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, WebauthnError> {
        let credential: Credential<AttestationResponse> = read(text)?;
        let response = credential.response;
        let named = |name: &String| {
            (1..=TRANSPORT).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        };
        Ok(Self {
            registration: Registration {
                attestation_object: octets(&response.attestation_object)?,
                client_data: octets(&response.client_data)?,
            },
            transports: response.transports.into_iter().filter(named).take(TRANSPORTS).collect(),
        })
    }
}

impl Signed {
    /// Reads an `AuthenticationResponseJSON`.
    ///
    /// ```
    /// use oidc::webauthn::{Signed, WebauthnError};
    ///
    /// let signed = Signed::read(r#"{"id":"AQI","rawId":"AQI","type":"public-key","clientExtensionResults":{},
    ///     "response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"Bw"}}"#)?;
    /// assert_eq!((signed.id, signed.user_handle), (vec![1, 2], Some(vec![7])));
    /// assert_eq!(Signed::read("{}"), Err(WebauthnError::Malformed));
    /// # Ok::<(), WebauthnError>(())
    /// ```
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, WebauthnError> {
        let credential: Credential<AssertionResponse> = read(text)?;
        let response = credential.response;
        let id = octets(&credential.raw_id)?;
        if !(1..=MAX_ID).contains(&id.len()) {
            return Err(WebauthnError::Malformed);
        }
        Ok(Self {
            id,
            user_handle: response.user_handle.as_deref().map(octets).transpose()?,
            assertion: Assertion {
                authenticator_data: octets(&response.authenticator_data)?,
                client_data: octets(&response.client_data)?,
                signature: octets(&response.signature)?,
            },
        })
    }
}

fn read<R: for<'de> Deserialize<'de>>(text: &str) -> Result<Credential<R>, WebauthnError> {
    if text.len() > MAX_CREDENTIAL {
        return Err(WebauthnError::Malformed);
    }
    let credential: Credential<R> = serde_json::from_str(text).map_err(|_| WebauthnError::Malformed)?;
    if credential.kind == "public-key" { Ok(credential) } else { Err(WebauthnError::Malformed) }
}

fn octets(text: &str) -> Result<Vec<u8>, WebauthnError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| WebauthnError::Malformed)
}

/// `PublicKeyCredentialCreationOptionsJSON`: a discoverable credential, with its user verified, and no attestation.
/// `there`: an authenticator that holds one of these makes no other.
pub fn creation_options(new: &NewFor<'_>, challenge: &[u8], there: &[Known<'_>]) -> Value {
    let algorithms = ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number }));
    json!({
        "rp": { "id": new.rp_id, "name": new.rp_name },
        "user": { "id": new.user_handle, "name": new.username, "displayName": new.username },
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "pubKeyCredParams": algorithms,
        "excludeCredentials": there.iter().map(known).collect::<Vec<_>>(),
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    })
}

/// `PublicKeyCredentialRequestOptionsJSON`, with the user verified. Without a credential the user picks one.
pub fn request_options(rp_id: &str, challenge: &[u8], of: Option<Known<'_>>) -> Value {
    json!({
        "rpId": rp_id,
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "allowCredentials": of.iter().map(known).collect::<Vec<_>>(),
        "userVerification": "required",
    })
}

fn known(Known { id, transports }: &Known<'_>) -> Value {
    json!({ "type": "public-key", "id": id, "transports": transports })
}
