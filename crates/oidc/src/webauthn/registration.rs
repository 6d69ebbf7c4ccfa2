//! Registering a credential (7.1).

use super::{AT, BE, BS, ED, Key, MAX_ID, MOST, WebauthnError, all, authenticator_data_fits, client_data_fits};
use minicbor::Decoder;

/// Most octets of an attestation object: a browser may send a statement with certificates that nobody asked for.
const MOST_ATTESTED: usize = 16_384;

/// A registration, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// `attestationObject`.
    pub attestation_object: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
}

/// What a registration must fit.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The relying party's id: a host name.
    pub rp_id: &'a str,
    /// The page's origin.
    pub origin: &'a str,
    /// The challenge.
    pub challenge: &'a [u8],
}

/// A credential that was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its id.
    pub id: Vec<u8>,
    /// Its public key as the authenticator wrote it, a `COSE_Key`, which [`Key::read`] reads.
    pub key: Vec<u8>,
    /// The counter to begin with.
    pub counter: u32,
    /// Whether it may be copied to the user's other devices.
    pub backup_eligible: bool,
    /// Whether it is copied already.
    pub backed_up: bool,
}

/// Checks a registration, and gives the credential.
///
/// # Errors
/// The first thing that does not hold.
pub fn register(registration: &Registration, offer: &Offer<'_>) -> Result<Registered, WebauthnError> {
    let Registration { attestation_object, client_data } = registration;
    if client_data.len() > MOST || attestation_object.len() > MOST_ATTESTED {
        return Err(WebauthnError::Malformed);
    }
    client_data_fits(client_data, "webauthn.create", offer.origin, offer.challenge)?;
    let data = authenticator_data(attestation_object).ok_or(WebauthnError::Malformed)?;
    let (head, rest) = authenticator_data_fits(data, offer.rp_id)?;
    all(&[(head.has(AT), WebauthnError::Malformed)])?;
    let (id, rest) = credential_id(rest).ok_or(WebauthnError::Malformed)?;
    let (_, length) = Key::read(rest)?;
    let (key, extensions) = rest.split_at_checked(length).ok_or(WebauthnError::Malformed)?;
    all(&[(head.has(ED) != extensions.is_empty(), WebauthnError::Malformed)])?;
    Ok(Registered {
        id: id.to_vec(),
        key: key.to_vec(),
        counter: head.counter,
        backup_eligible: head.has(BE),
        backed_up: head.has(BS),
    })
}

/// The authenticator data in an attestation object (6.5.4); its statement is skipped.
fn authenticator_data(object: &[u8]) -> Option<&[u8]> {
    let mut decoder = Decoder::new(object);
    let mut found = None;
    for _ in 0..decoder.map().ok()?? {
        match decoder.str().ok()? {
            "authData" => found = Some(decoder.bytes().ok()?),
            _ => decoder.skip().ok()?,
        }
    }
    found.filter(|_| decoder.position() == object.len())
}

/// The credential's id, behind the model's (6.5.1), and what follows.
fn credential_id(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_model, rest) = octets.split_at_checked(16)?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(1..=MAX_ID).contains(&length) {
        return None;
    }
    rest.split_at_checked(length)
}
