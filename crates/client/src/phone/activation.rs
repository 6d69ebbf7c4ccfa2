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
        ProveActivation, StartActivation, key_label,
        migration::{HandOver, HandOverCall, StartMigration},
        typ,
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

/// Who is activated, as its user chose it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chosen<'a> {
    /// The code, where one was sent.
    pub code: Option<&'a str>,
    /// The new PIN.
    pub pin: &'a str,
    /// A label of its own.
    pub label: Option<&'a str>,
    /// The version of the standalone app, where that is what is activated.
    pub standalone: Option<&'a str>,
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
        self.begin_at("activations", server, &body).await
    }

    /// Begins to take over from the standalone app, whose state is on this shelf: [`Begun::hand_over`] comes next.
    ///
    /// # Errors
    /// As [`Self::begin`]; and when the shelf holds another app's state.
    pub async fn begin_migration(self, server: Server, old: &Shelf) -> Result<Begun, PhoneError> {
        let old = old.read()?;
        let body = StartMigration { username: old.username, device: old.device_id, version: version(old.standalone)? };
        let body = serde_json::to_vec(&body).map_err(|_| PhoneError::Key)?;
        self.begin_at("migrations", server, &body).await
    }

    async fn begin_at(self, path: &str, server: Server, body: &[u8]) -> Result<Begun, PhoneError> {
        let started: ActivationStarted = self.line.json(path, body, None).await?;
        let offered = Offered::read(&server.keys().await?, &started.agreement, &started.activation)?;
        Ok(Begun { activation: self, server, started, offered })
    }
}

/// The version of a standalone app; what is none hands nothing over.
fn version(standalone: Option<String>) -> Result<String, PhoneError> {
    standalone.ok_or_else(|| PhoneError::Choice("this is not the state of a standalone app".to_owned()))
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

    /// What the standalone app does: it signs that this phone's key takes over, with a response to the challenge that its
    /// PIN gives.
    ///
    /// # Errors
    /// As the server refuses; a wrong PIN is a wrong response.
    pub async fn hand_over(&self, old: &Shelf, pin: &str) -> Result<(), PhoneError> {
        let challenge = self.started.challenge.as_deref().ok_or(PhoneError::Answer("it asks for no hand-over"))?;
        let response = super::respond(old, challenge, pin)?.as_str().to_owned();
        let state = old.read()?;
        let said = HandOver {
            device: state.device_id,
            activation: self.started.activation.clone(),
            successor: self.activation.line.key().public().thumbprint(),
            version: version(state.standalone)?,
            response,
            at: self.activation.line.signed_at(),
        };
        let hand_over = SigningKey::read(state.signing_key.expose())?.sign(typ::HAND_OVER, &said)?;
        let body = serde_json::to_vec(&HandOverCall { hand_over }).map_err(|_| PhoneError::Key)?;
        let path = format!("migrations/{}/hand-over", self.started.activation);
        self.activation.line.json(&path, &body, None).await
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
        code: impl Into<Option<&'a str>>,
        pin: &'a str,
        label: Option<&'a str>,
    ) -> Result<(PhoneFile, Activated), PhoneError> {
        self.prove(self.agree(code, pin, label).await?).await
    }

    /// The same, also for the standalone app.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn complete_as(&self, chosen: &Chosen<'_>) -> Result<(PhoneFile, Activated), PhoneError> {
        self.prove(self.agree_as(chosen).await?).await
    }

    /// The first half of it: what was to be proven, and the keys. The phone is none yet.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn agree<'a>(
        &self,
        code: impl Into<Option<&'a str>>,
        pin: &'a str,
        label: Option<&'a str>,
    ) -> Result<Half, PhoneError> {
        self.agree_as(&Chosen { code: code.into(), pin, label, standalone: None }).await
    }

    async fn agree_as(&self, chosen: &Chosen<'_>) -> Result<Half, PhoneError> {
        let Chosen { code, pin, label, standalone } = *chosen;
        let suite = Suite::parse("OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256").map_err(|_| PhoneError::Key)?;
        let pin_hash = suite.pin_hash(pin).ok_or(PhoneError::Key)?;
        let agreed = self.offered.agree()?;
        let body = CompleteActivation {
            activation: self.started.activation.clone(),
            code: code.map(str::to_owned),
            signing_key: jwk(self.activation.line.key().public())?,
            agreement_key: jwk(&agreed.public)?,
            sealed_pin: agreed.seal_pin(pin_hash.as_bytes())?,
            platform: "terminal".to_owned(),
            label: label.map(str::to_owned),
            standalone: standalone.map(str::to_owned),
            credential: None,
        };
        let path = format!("activations/{}/complete", self.started.activation);
        let completed: ActivationCompleted = self.activation.line.signed(&path, typ::ACTIVATION, &body, None).await?;
        let state = PhoneFile { standalone: standalone.map(str::to_owned), ..self.state(&completed, &agreed)? };
        let shelf = Shelf::memory(state);
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
            standalone: None,
            migrated: false,
        })
    }
}
