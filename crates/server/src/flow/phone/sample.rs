//! A phone that is active without an activation: for the demo's sample users and for load, where both sides are ours.

use crate::{
    app::{App, nonce, random},
    flow::{
        confirm::effects::audit,
        device::issue::{self, EnrolError},
        phone::session,
    },
    signing::{self, SigningError},
};
use domain::{
    Secret,
    audit::Kind as Audit,
    device::{Algorithm, DeviceState, Keys, Method, Moving, credential::suites},
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
    user::Username,
};
use oidc::{client::SigningAlg, jwk::PublicKey};
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql,
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
    pub fn insert(&self, app: &App, sql: &mut dyn Sql, user: UserId) -> Result<(Device, PhoneTokens), Error> {
        let now = app.now();
        let device = Device {
            user,
            id: DeviceId::new(now, &nonce()),
            class: self.class.clone(),
            label: self.label.clone(),
            serial: String::new(),
            state: DeviceState::Active,
            algorithm: Some(self.algorithm.clone()),
            moving: Moving::default(),
            failures: DeviceFailures::default(),
            created_at: now,
            activated_at: Some(now),
            last_used_at: None,
            phone: Some(Phone {
                signing_key: self.public.jwk().to_string(),
                platform: "terminal".to_owned(),
                credential: None,
            }),
        };
        let nonces = Nonces { key: random(), pin: random(), approve: random() };
        store::device::insert(sql, &app.sealer, &device, Some(&self.keys), nonces)?;
        let what = json!({ "device": device.id.to_string(), "class": device.class });
        audit(sql, &issue::scene(user, now), Audit::DeviceAdded, &what)?;
        let tokens = session::begin(app, sql, (user, device.id), now)?;
        Ok((device, tokens))
    }

    /// The phone's side, as the software phone keeps it.
    pub fn file(&self, app: &App, username: &str, (device, tokens): (&Device, &PhoneTokens)) -> PhoneFile {
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
        }
    }
}

/// Adds a phone to a user; the device, and the phone's side of it.
pub fn add(app: &Arc<App>, username: &str, pin: &str) -> Result<(Device, PhoneFile), EnrolError> {
    let phone = Arc::new(SamplePhone::new(app, pin)?);
    let (unit_app, unit_phone, name) = (Arc::clone(app), Arc::clone(&phone), Username::parse(username)?);
    let (device, tokens) = app.store.write_blocking(move |sql| {
        let user = store::user::by_name(sql, &name)?.ok_or(EnrolError::NoUser)?;
        Ok::<_, EnrolError>(unit_phone.insert(&unit_app, sql, user.id)?)
    })?;
    let file = phone.file(app, username, (&device, &tokens));
    Ok((device, file))
}
