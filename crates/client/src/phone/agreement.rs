//! The phone's half of a key agreement, for an activation or a change of PIN.

use super::PhoneError;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey},
    hkdf, rand,
    rand::SystemRandom,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jwk::PublicKey;
use sha2::{Digest as _, Sha256};
use wire::phone::{Agreement, Jwk, key_label, typ};
use zeroize::Zeroizing;

/// The server's half, which one of its published keys signed.
#[derive(Debug)]
pub(super) struct Offered {
    handle: String,
    key: PublicKey,
}

/// The keys that both sides derived.
pub(super) struct Agreed {
    secret: hkdf::Prk,
    handle: String,
    /// The phone's public key.
    pub(super) public: PublicKey,
}

impl Offered {
    /// Reads the server's half for the activation or change of this handle.
    pub(super) fn read(keys: &[serde_json::Value], jws: &str, handle: &str) -> Result<Self, PhoneError> {
        let payload = keys.iter().find_map(|key| {
            let key = PublicKey::of(key).ok()?;
            oidc::jws::verify(jws, &key, typ::AGREEMENT).ok()
        });
        let half: Agreement =
            serde_json::from_slice(&payload.ok_or(PhoneError::Agreement)?).map_err(|_| PhoneError::Agreement)?;
        if half.activation != handle {
            return Err(PhoneError::Agreement);
        }
        let jwk = serde_json::to_value(&half.agreement_key).map_err(|_| PhoneError::Agreement)?;
        let key = PublicKey::of(&jwk).map_err(|_| PhoneError::Agreement)?;
        Ok(Self { handle: half.activation, key })
    }

    /// Agrees, with a fresh ephemeral key for each try.
    pub(super) fn agree(&self) -> Result<Agreed, PhoneError> {
        let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| PhoneError::Key)?;
        let point = ours.compute_public_key().map_err(|_| PhoneError::Key)?;
        let public = PublicKey::of_sec1(point.as_ref()).map_err(|_| PhoneError::Key)?;
        let salt = Sha256::new()
            .chain_update(self.handle.as_bytes())
            .chain_update(public.thumbprint().as_bytes())
            .chain_update(self.key.thumbprint().as_bytes())
            .finalize();
        let theirs = self.key.sec1();
        let peer = UnparsedPublicKey::new(&ECDH_P256, theirs.as_slice());
        let secret = agreement::agree_ephemeral(ours, peer, PhoneError::Key, |shared| {
            Ok(hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(shared))
        })?;
        Ok(Agreed { secret, handle: self.handle.clone(), public })
    }
}

impl Agreed {
    /// The key of a label.
    pub(super) fn key(&self, label: &[u8]) -> Result<Zeroizing<Vec<u8>>, PhoneError> {
        let mut key = Zeroizing::new(vec![0; 32]);
        let info = [label];
        let expanded = self.secret.expand(&info, hkdf::HKDF_SHA256).map_err(|_| PhoneError::Key)?;
        expanded.fill(&mut key).map_err(|_| PhoneError::Key)?;
        Ok(key)
    }

    /// The hash of a PIN, sealed for the server.
    pub(super) fn seal_pin(&self, hash: &[u8]) -> Result<String, PhoneError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| PhoneError::Key)?;
        let key = self.key(key_label::PIN)?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).map_err(|_| PhoneError::Key)?);
        let mut sealed = hash.to_vec();
        let aad = Aad::from(self.handle.as_bytes());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| PhoneError::Key)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }
}

/// A key as it is sent.
pub(super) fn jwk(key: &PublicKey) -> Result<Jwk, PhoneError> {
    serde_json::from_value(key.jwk()).map_err(|_| PhoneError::Key)
}
