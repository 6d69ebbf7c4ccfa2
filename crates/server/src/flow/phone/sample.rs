//! A phone that is active without an activation: for the demo's sample users and for load, where both sides are ours.

use super::session;
use crate::{
    app::{App, nonce, random},
    flow::user::{EnrolError, in_user},
    signing::{self, SigningError},
    work::Work,
};
use domain::{
    Secret,
    audit::{Detail, Kind as Audit},
    device::{Algorithm, DeviceState, Keys, Method, Moving, credential::suites},
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
};
use oidc::{client::SigningAlg, jwk::PublicKey};
use std::sync::Arc;
use store::{
    Error,
    device::{Device, Nonces, Phone},
};
use wire::{
    card_file::KeyBytes,
    phone::{PhoneTokens, Suites},
    phone_file::{FORMAT, PhoneFile},
};

/// A phone to be, both sides of it.
pub struct SamplePhone {
    class: String,
    label: String,
    algorithm: Algorithm,
    keys: Keys,
    public: PublicKey,
    private: Secret<Vec<u8>>,
}

impl SamplePhone {
    /// A phone with fresh keys and this PIN.
    pub fn new(app: &App, pin: &str) -> Result<Self, EnrolError> {
        let classes = app.settings.catalogue.classes();
        let class = classes.iter().find(|class| class.methods.contains(&Method::Seamless));
        let class = class.ok_or(EnrolError::NoClass)?;
        let Some(Algorithm::Ocra { suite }) = Algorithm::ocra(suites::DSC_PLUS) else { return Err(EnrolError::Suite) };
        let pin = suite.pin_hash(pin).ok_or(EnrolError::Suite)?;
        let made = signing::new_key(SigningAlg::Es256, app.now())?;
        Ok(Self {
            class: class.name.clone(),
            label: class.label.clone(),
            algorithm: Algorithm::Ocra { suite },
            keys: Keys {
                key: Secret::new(random::<32>().to_vec()),
                pin: Some(Secret::new(pin.as_bytes().to_vec())),
                approve: Some(Secret::new(random::<32>().to_vec())),
            },
            public: PublicKey::parse(&made.public_jwk).map_err(|_| SigningError)?,
            private: made.private,
        })
    }

    /// Keeps the server's side: an active device of the user's, with a session.
    pub fn insert(&self, work: &mut Work<'_>, user: UserId) -> Result<(Device, PhoneTokens), Error> {
        let device = Device {
            user,
            id: DeviceId::new(work.now, &nonce()),
            class: self.class.clone(),
            label: self.label.clone(),
            serial: String::new(),
            state: DeviceState::Active,
            algorithm: Some(self.algorithm.clone()),
            moving: Moving::default(),
            failures: DeviceFailures::default(),
            created_at: work.now,
            activated_at: Some(work.now),
            last_used_at: None,
            passkey: None,
            life: None,
            phone: Some(Phone {
                signing_key: self.public.jwk().to_string(),
                platform: "terminal".to_owned(),
                credential: None,
                in_doubt_until: None,
                standalone: None,
            }),
        };
        let nonces = Nonces { key: random(), pin: random(), approve: random() };
        store::device::insert(work.sql, &work.app.sealer, &device, Some(&self.keys), nonces)?;
        work.about.user = Some(user);
        work.record_of(device.id, Audit::DeviceAdded, Detail::none().class(device.class.as_str()))?;
        let tokens = session::begin(work, user, device.id)?;
        Ok((device, tokens))
    }

    /// The phone's side, as the software phone keeps it.
    pub fn file(&self, app: &App, username: &str, device: &Device, tokens: &PhoneTokens) -> PhoneFile {
        let octets = |text: &str| KeyBytes::new(text.as_bytes().to_vec());
        let key = |key: &Secret<Vec<u8>>| KeyBytes::new(key.expose().clone());
        PhoneFile {
            format: FORMAT.to_owned(),
            server: app.settings.issuer.clone(),
            username: username.to_owned(),
            device_id: device.id.to_string(),
            label: device.label.clone(),
            suites: Suites { respond: suites::DSC_PLUS.to_owned(), approve: suites::APPROVE.to_owned() },
            counter: 0,
            signing_key: key(&self.private),
            respond_key: key(&self.keys.key),
            approve_key: KeyBytes::new(self.keys.approve.as_ref().map(|key| key.expose().clone()).unwrap_or_default()),
            access_token: octets(&tokens.access_token),
            refresh_token: octets(tokens.refresh_token.as_deref().unwrap_or_default()),
            standalone: None,
            migrated: false,
        }
    }
}

/// Adds a phone to a user; the device, and the phone's side of it.
pub fn add(app: &Arc<App>, username: &str, pin: &str) -> Result<(Device, PhoneFile), EnrolError> {
    let phone = Arc::new(SamplePhone::new(app, pin)?);
    let unit_phone = Arc::clone(&phone);
    let (device, tokens) = in_user(app, username, move |work, user| Ok(unit_phone.insert(work, user.id)?))?;
    let file = phone.file(app, username, &device, &tokens);
    Ok((device, file))
}
