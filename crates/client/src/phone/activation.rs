//! Activating: password, code, keys, first response.

use super::{
    PhoneError, Shelf, SigningKey,
    agreement::{Agreed, Offered, jwk},
    api::Line,
};
use crate::first_party::Server;
use otp::ocra::Suite;
use wire::{
    card_file::KeyBytes,
    phone::{
        Activated, ActivationCompleted, ActivationStarted, CompleteActivation, ConfirmActivation, Confirming,
        ProveActivation, StartActivation, key_label, typ,
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
    offered: Offered,
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
        let offered = Offered::read(&server.keys().await?, &started.agreement, &started.activation)?;
        Ok(Begun { activation: self, server, started, offered })
    }
}

/// A phone whose keys are agreed, and the response that makes it active.
pub struct Half {
    shelf: Shelf,
    response: String,
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
        self.prove(self.agree((code, pin), label).await?).await
    }

    /// The first half of it: what was to be proven, and the keys. The phone is none yet.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn agree<'a>(
        &self,
        (code, pin): (impl Into<Option<&'a str>>, &str),
        label: Option<&str>,
    ) -> Result<Half, PhoneError> {
        let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256").map_err(|_| PhoneError::Key)?;
        let pin_hash = suite.pin_hash(pin).ok_or(PhoneError::Key)?;
        let agreed = self.offered.agree()?;
        let body = CompleteActivation {
            activation: self.started.activation.clone(),
            code: code.into().map(str::to_owned),
            signing_key: jwk(self.activation.line.key().public())?,
            agreement_key: jwk(&agreed.public)?,
            sealed_pin: agreed.seal_pin(pin_hash.as_bytes())?,
            platform: "terminal".to_owned(),
            label: label.map(str::to_owned),
            credential: None,
        };
        let path = format!("activations/{}/complete", self.started.activation);
        let completed: ActivationCompleted = self.activation.line.signed(&path, typ::ACTIVATION, &body, None).await?;
        let shelf = Shelf::memory(self.state(&completed, &agreed)?);
        let response = super::respond(&shelf, &completed.challenge, pin)?.as_str().to_owned();
        Ok(Half { shelf, response })
    }

    /// The other half: the first response, made with the new PIN, makes the phone active.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn prove(&self, Half { shelf, response }: Half) -> Result<(PhoneFile, Activated), PhoneError> {
        let activation = self.started.activation.clone();
        let body = ProveActivation { activation, response, assertion: None };
        let path = format!("activations/{}/prove", self.started.activation);
        let activated = self.activation.line.signed(&path, typ::FIRST_RESPONSE, &body, None).await?;
        Ok((shelf.read()?, activated))
    }

    fn state(&self, completed: &ActivationCompleted, agreed: &Agreed) -> Result<PhoneFile, PhoneError> {
        let octets = |text: &str| KeyBytes::new(text.as_bytes().to_vec());
        Ok(PhoneFile {
            format: FORMAT.to_owned(),
            server: self.server.metadata().issuer.clone(),
            username: self.started.username.clone(),
            device_id: completed.device_id.clone(),
            label: completed.label.clone(),
            suites: completed.suites.clone(),
            counter: 0,
            signing_key: KeyBytes::new(self.activation.pkcs8.to_vec()),
            respond_key: KeyBytes::new(agreed.key(key_label::RESPOND)?.to_vec()),
            approve_key: KeyBytes::new(agreed.key(key_label::APPROVE)?.to_vec()),
            access_token: octets(&completed.tokens.access_token),
            refresh_token: octets(completed.tokens.refresh_token.as_deref().unwrap_or_default()),
        })
    }
}
