//! Credentials of authenticators (Web Authentication Level 3): how one is registered (7.1), and its assertions (7.2), as
//! a signature over data of ours: the challenge is the hash of what is signed, and the user was verified.
//!
//! Attestation is neither asked for nor looked at: what is believed of a credential is what its own signature shows.

mod assertion;
mod json;
mod key;
mod registration;
#[cfg(test)]
mod tests;

pub use assertion::{Assertion, Expected, Seen, verify};
pub use json::{Known, MAX_CREDENTIAL, Made, NewFor, Signed, creation_options, request_options};
pub use key::Key;
pub use registration::{Offer, Registered, Registration, register};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The algorithms that keys may have, the preferred one first (COSE numbers): ES256, EdDSA, RS256.
pub const ALGORITHMS: [i32; 3] = [-7, -8, -257];

/// Most octets of a credential's id (4, *Credential ID*).
pub const MAX_ID: usize = 1023;

/// Most octets of each part.
const MOST: usize = 2048;

/// Flags of authenticator data (6.1): the user was present, and verified; the credential may be backed up, and is; it
/// holds a credential, and extensions.
const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const BS: u8 = 0x10;
const AT: u8 = 0x40;
const ED: u8 = 0x80;

/// Octets of authenticator data without a credential and extensions: the RP ID's hash, flags, counter.
const SHORTEST: usize = 37;

/// Why an assertion or a registration does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// Not of the form.
    #[error("malformed")]
    Malformed,
    /// Made by another ceremony.
    #[error("type is that of another ceremony")]
    Type,
    /// For another challenge.
    #[error("the challenge is another one")]
    Challenge,
    /// Made on another site's page.
    #[error("the origin is another one")]
    Origin,
    /// Made inside another site's page.
    #[error("a page of another origin took part")]
    CrossOrigin,
    /// For another relying party.
    #[error("the RP ID is another one")]
    RpId,
    /// Nobody was there.
    #[error("the user was not present")]
    Presence,
    /// Nobody was verified.
    #[error("the user was not verified")]
    Verification,
    /// Backed up though it cannot be, or of another kind than when it was registered.
    #[error("the backup flags contradict each other, or what was registered")]
    Backup,
    /// A key of a kind that was not asked for.
    #[error("the key is of a kind that was not asked for")]
    Algorithm,
    /// Signed by another key, or altered.
    #[error("the signature does not hold")]
    Signature,
    /// The counter went back: there may be a copy of the authenticator.
    #[error("the signature counter did not grow")]
    Counter,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// The relying party's id of an issuer: its host name.
pub fn rp_id(issuer: &str) -> &str {
    let authority = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    authority.split([':', '/']).next().unwrap_or(authority)
}

/// The challenge that client data names, before anything about it is believed: for whoever must find by it what was asked.
pub fn challenge_of(client_data: &[u8]) -> Option<Vec<u8>> {
    let data: ClientData = serde_json::from_slice(client_data).ok()?;
    URL_SAFE_NO_PAD.decode(&data.challenge).ok()
}

/// Checks what the browser says of a ceremony.
fn client_data_fits(octets: &[u8], kind: &str, origin: &str, asked: &[u8]) -> Result<(), WebauthnError> {
    let data: ClientData = serde_json::from_slice(octets).map_err(|_| WebauthnError::Malformed)?;
    let challenge = URL_SAFE_NO_PAD.decode(&data.challenge).map_err(|_| WebauthnError::Malformed)?;
    all(&[
        (data.kind == kind, WebauthnError::Type),
        (bool::from(challenge.ct_eq(asked)), WebauthnError::Challenge),
        (data.origin == origin, WebauthnError::Origin),
        (!data.cross_origin && data.top_origin.is_none(), WebauthnError::CrossOrigin),
    ])
}

/// What stands at the beginning of authenticator data.
struct Head {
    flags: u8,
    counter: u32,
}

impl Head {
    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Checks the beginning of authenticator data, and gives it with what follows.
fn authenticator_data_fits<'a>(octets: &'a [u8], rp_id: &str) -> Result<(Head, &'a [u8]), WebauthnError> {
    let (head, rest) = octets.split_at_checked(SHORTEST).ok_or(WebauthnError::Malformed)?;
    let (found, after) = head.split_at(32);
    let (Some((flags, counter)), hash) = (after.split_first(), Sha256::digest(rp_id)) else {
        return Err(WebauthnError::Malformed);
    };
    let counter = counter.try_into().map(u32::from_be_bytes).map_err(|_| WebauthnError::Malformed)?;
    let head = Head { flags: *flags, counter };
    all(&[
        (found == hash.as_slice(), WebauthnError::RpId),
        (head.has(UP), WebauthnError::Presence),
        (head.has(UV), WebauthnError::Verification),
        (!head.has(BS) || head.has(BE), WebauthnError::Backup),
    ])?;
    Ok((head, rest))
}

/// The first thing that does not hold.
fn all(checks: &[(bool, WebauthnError)]) -> Result<(), WebauthnError> {
    checks.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, error)| Err(*error))
}
