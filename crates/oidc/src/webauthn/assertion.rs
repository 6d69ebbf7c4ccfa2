//! Assertions: a signature by a credential (7.2).

use super::{BE, BS, Key, MOST, WebauthnError, all, authenticator_data_fits, client_data_fits};
use sha2::{Digest as _, Sha256};

/// An assertion, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `signature`: of ES256 DER, else as the algorithm has it.
    pub signature: Vec<u8>,
}

/// What an assertion must fit.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The credential's public key.
    pub key: &'a Key,
    /// The relying party's id: a host name.
    pub rp_id: &'a str,
    /// The page's origin.
    pub origin: &'a str,
    /// The challenge.
    pub challenge: &'a [u8],
    /// The counter of the assertion before this one.
    pub counter: u32,
    /// Whether the credential may be backed up, as its registration said; none where that was not kept.
    pub backup_eligible: Option<bool>,
}

/// What an assertion says that is to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its counter. Zero says that the authenticator counts nothing.
    pub counter: u32,
    /// Whether the credential is backed up now.
    pub backed_up: bool,
}

/// Checks an assertion.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(assertion: &Assertion, expected: &Expected<'_>) -> Result<Seen, WebauthnError> {
    let Assertion { authenticator_data, client_data, signature } = assertion;
    if [authenticator_data, client_data, signature].iter().any(|part| part.len() > MOST) {
        return Err(WebauthnError::Malformed);
    }
    client_data_fits(client_data, "webauthn.get", expected.origin, expected.challenge)?;
    let (head, _) = authenticator_data_fits(authenticator_data, expected.rp_id)?;
    let signed = [authenticator_data.as_slice(), &Sha256::digest(client_data)].concat();
    expected.key.verify(&signed, signature)?;
    // Only what is signed may be believed to be a copy's.
    let counts = head.counter != 0 || expected.counter != 0;
    all(&[
        (expected.backup_eligible.is_none_or(|eligible| eligible == head.has(BE)), WebauthnError::Backup),
        (!counts || head.counter > expected.counter, WebauthnError::Counter),
    ])?;
    Ok(Seen { counter: head.counter, backed_up: head.has(BS) })
}
