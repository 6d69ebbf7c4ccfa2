//! A phone that is active without an activation: for the demo's sample users and for load, where both sides are ours.

use super::session;
use crate::{
    app::{App, nonce, random},
    flow::{
        enrol::EnrolError,
        unit::{Scene, audit},
    },
};
use domain::{
    Secret,
    audit::Kind as Audit,
    device::{Algorithm, DeviceState, Keys, Method, Moving, credential::suites},
    id::DeviceId,
    lockout::{Budget, DeviceFailures},
    user::Username,
};
use oidc::jwk::PublicKey;
use serde_json::json;
use std::sync::Arc;
use store::device::{Device, Nonces, Phone};
use wire::phone::PhoneTokens;

/// The phone's side, known to us because we made it.
pub struct SamplePhone {
    /// Whose.
    pub username: String,
    /// Its signing key's public half.
    pub signing_key: PublicKey,
    /// The key of responses.
    pub respond: Secret<Vec<u8>>,
    /// The key of PIN proofs.
    pub approve: Secret<Vec<u8>>,
    /// The PIN.
    pub pin: Secret<String>,
}

/// Adds it, active, with a session.
pub fn add(app: &Arc<App>, sample: SamplePhone) -> Result<(Device, PhoneTokens), EnrolError> {
    let classes = app.settings.catalogue.classes();
    let class = classes.iter().find(|class| class.methods.contains(&Method::Seamless)).ok_or(EnrolError::NoClass)?;
    let Some(Algorithm::Ocra { suite }) = Algorithm::ocra(suites::DSC_PLUS) else { return Err(EnrolError::Suite) };
    let pin = suite.pin_hash(sample.pin.expose()).ok_or(EnrolError::Suite)?;
    let keys =
        Keys { key: sample.respond, pin: Some(Secret::new(pin.as_bytes().to_vec())), approve: Some(sample.approve) };
    let (class, label, username) = (class.name.clone(), class.label.clone(), Username::parse(&sample.username)?);
    let phone = Phone { signing_key: sample.signing_key.jwk().to_string(), platform: "terminal".to_owned() };
    let unit_app = Arc::clone(app);
    app.store.write_blocking(move |sql| {
        let now = unit_app.now();
        let user = store::user::by_name(sql, &username)?.ok_or(EnrolError::NoUser)?.id;
        let device = Device {
            user,
            id: DeviceId::new(now, &nonce()),
            class: class.clone(),
            label: label.clone(),
            serial: String::new(),
            state: DeviceState::Active,
            algorithm: Some(Algorithm::Ocra { suite: suite.clone() }),
            moving: Moving::default(),
            failures: DeviceFailures::default(),
            created_at: now,
            activated_at: Some(now),
            last_used_at: None,
            phone: Some(phone.clone()),
        };
        let nonces = Nonces { key: random(), pin: random(), approve: random() };
        store::device::insert(sql, &unit_app.sealer, &device, Some(&keys), nonces)?;
        let scene = Scene { user: Some(user), budget: Budget::Strangers, now, detail: json!({ "by": "operator" }) };
        audit(sql, &scene, Audit::DeviceAdded, &json!({ "device": device.id.to_string(), "class": class }))?;
        Ok((device.clone(), session::begin(&unit_app, sql, (user, device.id), now)?))
    })
}
