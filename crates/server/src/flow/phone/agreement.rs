//! The key agreement of an activation or of a change of PIN: ephemeral P-256 keys on both sides, HKDF-SHA-256 over the
//! shared secret, one key for each use.

use crate::{
    app::App,
    flow::phone::call::{PhoneRefused, internal},
    work::stops,
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    encoding::{AsBigEndian as _, EcPrivateKeyBin},
    hkdf,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Secret, device::Keys};
use oidc::{client::SigningAlg, jwk::PublicKey};
use sha2::{Digest as _, Sha256};
use wire::phone::{Agreement, Jwk, key_label, typ};

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

stops!(PhoneRefused: AgreementError);

impl From<AgreementError> for PhoneRefused {
    fn from(error: AgreementError) -> Self {
        Self::Malformed(match error {
            AgreementError::Key => "agreement_key",
            AgreementError::Pin => "sealed_pin",
        })
    }
}

/// The server's ephemeral key.
pub struct Ours {
    /// To be sealed until the phone answers.
    pub private: Secret<Vec<u8>>,
    /// To be sent.
    pub public: PublicKey,
}

/// What both sides have now: the secret from which each key is derived.
pub struct Agreed {
    secret: hkdf::Prk,
    handle: String,
    /// The server's public key.
    pub public: PublicKey,
}

impl Agreed {
    /// The keys of a phone, with the PIN's hash that came sealed.
    pub fn phone_keys(&self, sealed_pin: &str) -> Result<Keys, AgreementError> {
        Ok(Keys {
            key: self.key(key_label::RESPOND)?,
            pin: Some(self.open_pin(sealed_pin)?),
            approve: Some(self.key(key_label::APPROVE)?),
        })
    }

    /// SHA-256 of a PIN, as the phone sealed it.
    pub fn open_pin(&self, sealed: &str) -> Result<Secret<Vec<u8>>, AgreementError> {
        let octets = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| AgreementError::Pin)?;
        let (nonce, rest) = octets.split_first_chunk::<NONCE_LEN>().ok_or(AgreementError::Pin)?;
        let mut rest = rest.to_vec();
        let key = self.key(key_label::PIN)?;
        let key = UnboundKey::new(&AES_256_GCM, key.expose()).map_err(|_| AgreementError::Pin)?;
        let opened = LessSafeKey::new(key)
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(self.handle.as_bytes()), &mut rest)
            .map_err(|_| AgreementError::Pin)?;
        let hash = Secret::new(opened.to_vec());
        if hash.expose().len() == PIN_HASH { Ok(hash) } else { Err(AgreementError::Pin) }
    }

    fn key(&self, label: &[u8]) -> Result<Secret<Vec<u8>>, AgreementError> {
        let mut key = vec![0; 32];
        let info = [label];
        let expanded = self.secret.expand(&info, hkdf::HKDF_SHA256).map_err(|_| AgreementError::Key)?;
        expanded.fill(&mut key).map_err(|_| AgreementError::Key)?;
        Ok(Secret::new(key))
    }
}

/// Makes an ephemeral key.
pub fn begin() -> Result<Ours, AgreementError> {
    let private = PrivateKey::generate(&ECDH_P256).map_err(|_| AgreementError::Key)?;
    let octets: EcPrivateKeyBin<'_> = private.as_be_bytes().map_err(|_| AgreementError::Key)?;
    Ok(Ours { private: Secret::new(octets.as_ref().to_vec()), public: public_of(&private)? })
}

/// The server's half, signed by a published key, for the activation or change of this handle.
pub fn offer(app: &App, handle: &str, public: &PublicKey) -> Result<String, PhoneRefused> {
    let half = Agreement { activation: handle.to_owned(), agreement_key: jwk(public)? };
    app.signer.sign_as(typ::AGREEMENT, SigningAlg::Es256, &half, app.now()).map_err(|error| internal(&error))
}

/// Agrees with the phone's key.
pub fn finish(private: &Secret<Vec<u8>>, theirs: &PublicKey, handle: &str) -> Result<Agreed, AgreementError> {
    let ours = PrivateKey::from_private_key(&ECDH_P256, private.expose()).map_err(|_| AgreementError::Key)?;
    let public = public_of(&ours)?;
    let salt = Sha256::new()
        .chain_update(handle.as_bytes())
        .chain_update(theirs.thumbprint().as_bytes())
        .chain_update(public.thumbprint().as_bytes())
        .finalize();
    let point = theirs.sec1();
    let peer = UnparsedPublicKey::new(&ECDH_P256, point.as_slice());
    let secret = agreement::agree(&ours, peer, AgreementError::Key, |shared| {
        Ok(hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(shared))
    })?;
    Ok(Agreed { secret, handle: handle.to_owned(), public })
}

/// Reads a key that a phone sent as this member.
pub fn read_key(jwk: &Jwk, member: &'static str) -> Result<PublicKey, PhoneRefused> {
    let value = serde_json::to_value(jwk).map_err(|_| PhoneRefused::Malformed(member))?;
    PublicKey::of(&value).map_err(|_| PhoneRefused::Malformed(member))
}

/// A key as it is sent.
pub fn jwk(key: &PublicKey) -> Result<Jwk, PhoneRefused> {
    serde_json::from_value(key.jwk()).map_err(|error| internal(&error))
}

fn public_of(private: &PrivateKey) -> Result<PublicKey, AgreementError> {
    let public = private.compute_public_key().map_err(|_| AgreementError::Key)?;
    PublicKey::of_sec1(public.as_ref()).map_err(|_| AgreementError::Key)
}
