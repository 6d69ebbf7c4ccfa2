//! Activating: password, code, keys, first response.

use super::{PhoneError, Shelf, SigningKey, api::Line};
use crate::first_party::Server;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey},
    hkdf, rand,
    rand::SystemRandom,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jwk::PublicKey;
use otp::ocra::Suite;
use sha2::{Digest as _, Sha256};
use wire::{
    card_file::KeyBytes,
    phone::{
        Activated, ActivationCompleted, ActivationStarted, Agreement, CompleteActivation, ConfirmActivation, Confirming,
        Jwk, ProveActivation, StartActivation, key_label, typ,
    },
    phone_file::{FORMAT, PhoneFile},
};
use zeroize::Zeroizing;

/// A phone that is about to be activated: it has a key and nothing else.
#[derive(Debug)]
pub struct Activation {
    line: Line,
    pkcs8: Zeroizing<Vec<u8>>,
}

/// An activation whose code was sent.
#[derive(Debug)]
pub struct Begun {
    activation: Activation,
    server: Server,
    started: ActivationStarted,
    server_key: PublicKey,
}

struct Derived {
    respond: Zeroizing<Vec<u8>>,
    approve: Zeroizing<Vec<u8>>,
    pin: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

impl Activation {
    /// A new phone at a server. `unix_now` reads this machine's clock.
    ///
    /// # Errors
    /// When this machine makes no key.
    pub fn new(server: &Server, unix_now: fn() -> u64) -> Result<Self, PhoneError> {
        let (key, pkcs8) = SigningKey::generate()?;
        Ok(Self { line: Line::new(server, key, unix_now), pkcs8 })
    }

    /// Sends username and password; a code goes to the user's registered number or address, or another device of the
    /// user is asked.
    ///
    /// # Errors
    /// As the server refuses; or when its part of the key agreement is not signed by a key it publishes.
    pub async fn begin(self, server: Server, username: &str, password: &str) -> Result<Begun, PhoneError> {
        let body = StartActivation {
            username: Some(username.to_owned()),
            password: Some(password.to_owned()),
            ..StartActivation::default()
        };
        self.begin_with(server, &body).await
    }

    /// Begins with what a signed-in page shows, or any other way there is.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn begin_with(self, server: Server, body: &StartActivation) -> Result<Begun, PhoneError> {
        let body = Zeroizing::new(serde_json::to_vec(body).map_err(|_| PhoneError::Key)?);
        let started: ActivationStarted = self.line.json("activations", &body, None).await?;
        let keys = server.keys().await?;
        let offered: Agreement = signed_by(&keys, &started.agreement)?;
        if offered.activation != started.activation {
            return Err(PhoneError::Agreement);
        }
        let server_key = public(&offered.agreement_key)?;
        Ok(Begun { activation: self, server, started, server_key })
    }
}

impl Begun {
    /// What the server said: where the code went, and how long it is good.
    pub fn started(&self) -> &ActivationStarted {
        &self.started
    }

    /// Takes a step with the user's other device, where that is asked instead of a code.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn confirm(&self, step: &ConfirmActivation) -> Result<Confirming, PhoneError> {
        let body = Zeroizing::new(serde_json::to_vec(step).map_err(|_| PhoneError::Key)?);
        let path = format!("activations/{}/confirm", self.started.activation);
        self.activation.line.json(&path, &body, None).await
    }

    /// Sends the code, where one was sent, and the phone's keys, answers the first challenge with the new PIN, and gives the active phone's
    /// state. A wrong code may be tried again with the same activation.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn complete<'a>(
        &self,
        (code, pin): (impl Into<Option<&'a str>>, &str),
        label: Option<&str>,
    ) -> Result<(PhoneFile, Activated), PhoneError> {
        let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256").map_err(|_| PhoneError::Key)?;
        let pin_hash = suite.pin_hash(pin).ok_or(PhoneError::Key)?;
        let derived = self.derive()?;
        let body = CompleteActivation {
            activation: self.started.activation.clone(),
            code: code.into().map(str::to_owned),
            signing_key: jwk(self.activation.line.key().public())?,
            agreement_key: jwk(&derived.public)?,
            sealed_pin: seal(&derived.pin, &self.started.activation, pin_hash.as_bytes())?,
            platform: "terminal".to_owned(),
            label: label.map(str::to_owned),
            credential: None,
        };
        let path = format!("activations/{}/complete", self.started.activation);
        let completed: ActivationCompleted = self.activation.line.signed(&path, typ::ACTIVATION, &body, None).await?;
        let state = self.state(&completed, &derived);
        let shelf = Shelf::memory(state);
        let response = super::respond(&shelf, &completed.challenge, pin)?;
        let body = ProveActivation {
            activation: self.started.activation.clone(),
            response: response.as_str().to_owned(),
            assertion: None,
        };
        let path = format!("activations/{}/prove", self.started.activation);
        let activated = self.activation.line.signed(&path, typ::FIRST_RESPONSE, &body, None).await?;
        Ok((shelf.read()?, activated))
    }

    fn state(&self, completed: &ActivationCompleted, derived: &Derived) -> PhoneFile {
        let octets = |text: &str| KeyBytes::new(text.as_bytes().to_vec());
        PhoneFile {
            format: FORMAT.to_owned(),
            server: self.server.metadata().issuer.clone(),
            username: self.started.username.clone(),
            device_id: completed.device_id.clone(),
            label: completed.label.clone(),
            suites: completed.suites.clone(),
            counter: 0,
            signing_key: KeyBytes::new(self.activation.pkcs8.to_vec()),
            respond_key: KeyBytes::new(derived.respond.to_vec()),
            approve_key: KeyBytes::new(derived.approve.to_vec()),
            access_token: octets(&completed.tokens.access_token),
            refresh_token: octets(completed.tokens.refresh_token.as_deref().unwrap_or_default()),
        }
    }

    /// The phone's half of the agreement: a fresh ephemeral key for each try.
    fn derive(&self) -> Result<Derived, PhoneError> {
        let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| PhoneError::Key)?;
        let point = ours.compute_public_key().map_err(|_| PhoneError::Key)?;
        let public = PublicKey::of_sec1(point.as_ref()).map_err(|_| PhoneError::Key)?;
        let salt = Sha256::new()
            .chain_update(self.started.activation.as_bytes())
            .chain_update(public.thumbprint().as_bytes())
            .chain_update(self.server_key.thumbprint().as_bytes())
            .finalize();
        let theirs = self.server_key.sec1();
        let peer = UnparsedPublicKey::new(&ECDH_P256, theirs.as_slice());
        agreement::agree_ephemeral(ours, peer, PhoneError::Key, |shared| {
            let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &salt).extract(shared);
            let key = |label: &[u8]| {
                let mut key = Zeroizing::new(vec![0; 32]);
                let info = [label];
                let expanded = extracted.expand(&info, hkdf::HKDF_SHA256).map_err(|_| PhoneError::Key)?;
                expanded.fill(&mut key).map_err(|_| PhoneError::Key)?;
                Ok::<_, PhoneError>(key)
            };
            Ok(Derived {
                respond: key(key_label::RESPOND)?,
                approve: key(key_label::APPROVE)?,
                pin: key(key_label::PIN)?,
                public,
            })
        })
    }
}

fn seal(key: &[u8], activation: &str, plain: &[u8]) -> Result<String, PhoneError> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(|_| PhoneError::Key)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| PhoneError::Key)?);
    let mut sealed = plain.to_vec();
    let aad = Aad::from(activation.as_bytes());
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).map_err(|_| PhoneError::Key)?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// The agreement, when a published key of the server signed it for this use.
fn signed_by(keys: &[serde_json::Value], jws: &str) -> Result<Agreement, PhoneError> {
    let payload = keys.iter().find_map(|key| {
        let key = PublicKey::of(key).ok()?;
        oidc::jws::verify(jws, &key, typ::AGREEMENT).ok()
    });
    serde_json::from_slice(&payload.ok_or(PhoneError::Agreement)?).map_err(|_| PhoneError::Agreement)
}

fn public(jwk: &Jwk) -> Result<PublicKey, PhoneError> {
    PublicKey::of(&serde_json::to_value(jwk).map_err(|_| PhoneError::Agreement)?).map_err(|_| PhoneError::Agreement)
}

fn jwk(key: &PublicKey) -> Result<Jwk, PhoneError> {
    serde_json::from_value(key.jwk()).map_err(|_| PhoneError::Key)
}
