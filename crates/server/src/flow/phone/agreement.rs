//! The key agreement of an activation: ephemeral P-256 keys on both sides, HKDF-SHA-256 over the shared secret, one
//! key for each use.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    encoding::{AsBigEndian as _, EcPrivateKeyBin},
    hkdf,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Secret;
use oidc::jwk::PublicKey;
use sha2::{Digest as _, Sha256};
use wire::phone::key_label;

/// Octets of the PIN's hash.
const PIN_HASH: usize = 32;

/// Why no keys came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgreementError {
    /// A key is no point of the curve, or the agreement failed.
    #[error("the agreement key is not usable")]
    Key,
    /// The sealed PIN does not open.
    #[error("the sealed PIN does not open under the agreed key")]
    Pin,
}

/// The server's ephemeral key.
pub struct Ours {
    /// To be sealed until the phone answers.
    pub private: Secret<Vec<u8>>,
    /// To be sent.
    pub public: PublicKey,
}

/// The keys of a phone.
pub struct Agreed {
    /// For responses.
    pub respond: Secret<Vec<u8>>,
    /// For PIN proofs.
    pub approve: Secret<Vec<u8>>,
    /// SHA-256 of the PIN, as the phone sent it.
    pub pin: Secret<Vec<u8>>,
    /// The server's public key.
    pub public: PublicKey,
}

/// Makes an ephemeral key.
pub fn begin() -> Result<Ours, AgreementError> {
    let private = PrivateKey::generate(&ECDH_P256).map_err(|_| AgreementError::Key)?;
    let octets: EcPrivateKeyBin<'_> = private.as_be_bytes().map_err(|_| AgreementError::Key)?;
    Ok(Ours { private: Secret::new(octets.as_ref().to_vec()), public: public_of(&private)? })
}

/// The keys that both sides now have, and the PIN's hash that came sealed under one of them.
pub fn finish(
    private: &Secret<Vec<u8>>,
    theirs: &PublicKey,
    activation: &str,
    sealed_pin: &str,
) -> Result<Agreed, AgreementError> {
    let ours = PrivateKey::from_private_key(&ECDH_P256, private.expose()).map_err(|_| AgreementError::Key)?;
    let public = public_of(&ours)?;
    let salt = Sha256::new()
        .chain_update(activation.as_bytes())
        .chain_update(theirs.thumbprint().as_bytes())
        .chain_update(public.thumbprint().as_bytes())
        .finalize();
    let point = theirs.sec1();
    let peer = UnparsedPublicKey::new(&ECDH_P256, point.as_slice());
    let derived = agreement::agree(&ours, peer, AgreementError::Key, |shared| {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(shared);
        let key = |label: &[u8]| {
            let mut key = vec![0; 32];
            let info = [label];
            let expanded = extracted.expand(&info, hkdf::HKDF_SHA256).map_err(|_| AgreementError::Key)?;
            expanded.fill(&mut key).map_err(|_| AgreementError::Key)?;
            Ok(Secret::new(key))
        };
        Ok((key(key_label::RESPOND)?, key(key_label::APPROVE)?, key(key_label::PIN)?))
    });
    let (respond, approve, sealing) = derived?;
    Ok(Agreed { respond, approve, pin: open_pin(&sealing, activation, sealed_pin)?, public })
}

fn open_pin(key: &Secret<Vec<u8>>, activation: &str, sealed: &str) -> Result<Secret<Vec<u8>>, AgreementError> {
    let octets = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| AgreementError::Pin)?;
    let (nonce, rest) = octets.split_first_chunk::<NONCE_LEN>().ok_or(AgreementError::Pin)?;
    let mut rest = rest.to_vec();
    let key = UnboundKey::new(&AES_256_GCM, key.expose()).map_err(|_| AgreementError::Pin)?;
    let opened = LessSafeKey::new(key)
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(activation.as_bytes()), &mut rest)
        .map_err(|_| AgreementError::Pin)?;
    let hash = Secret::new(opened.to_vec());
    if hash.expose().len() == PIN_HASH { Ok(hash) } else { Err(AgreementError::Pin) }
}

fn public_of(private: &PrivateKey) -> Result<PublicKey, AgreementError> {
    let public = private.compute_public_key().map_err(|_| AgreementError::Key)?;
    PublicKey::of_sec1(public.as_ref()).map_err(|_| AgreementError::Key)
}
