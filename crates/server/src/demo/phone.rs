//! A sample user's software phone: its file is the phone, for `countersign-client phone`.

use super::{
    place::{Place, write_private},
    seed::SeedError,
};
use crate::{
    app::{App, random},
    flow::phone::sample::{self, SamplePhone},
};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use domain::{Secret, device::credential::suites};
use oidc::jwk::PublicKey;
use std::sync::Arc;
use wire::{
    card_file::KeyBytes,
    demo::Device,
    phone::Suites,
    phone_file::{FORMAT, PhoneFile},
};

/// Adds an active phone to a user and writes its file.
pub(super) fn add(app: &Arc<App>, place: &Place, username: &str, pin: &str) -> Result<Device, SeedError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let document = document.map_err(|_| SeedError::Key)?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref());
    let public = PublicKey::of_sec1(pair.map_err(|_| SeedError::Key)?.public_key().as_ref());
    let (respond, approve) = (random::<32>().to_vec(), random::<32>().to_vec());
    let (device, tokens) = sample::add(
        app,
        SamplePhone {
            username: username.to_owned(),
            signing_key: public.map_err(|_| SeedError::Key)?,
            respond: Secret::new(respond.clone()),
            approve: Secret::new(approve.clone()),
            pin: Secret::new(pin.to_owned()),
        },
    )?;
    let octets = |text: &str| KeyBytes::new(text.as_bytes().to_vec());
    let state = PhoneFile {
        format: FORMAT.to_owned(),
        server: app.settings.issuer.clone(),
        username: username.to_owned(),
        device_id: device.id.to_string(),
        label: device.label.clone(),
        suites: Suites { respond: suites::DSC_PLUS.to_owned(), approve: suites::APPROVE.to_owned() },
        counter: 0,
        signing_key: KeyBytes::new(document.as_ref().to_vec()),
        respond_key: KeyBytes::new(respond),
        approve_key: KeyBytes::new(approve),
        access_token: octets(&tokens.access_token),
        refresh_token: octets(tokens.refresh_token.as_deref().unwrap_or_default()),
    };
    let path = place.phone(username);
    write_private(&path, &serde_json::to_string_pretty(&state)?)?;
    Ok(Device {
        id: device.id.to_string(),
        class: device.class,
        label: device.label,
        pin: Some(pin.to_owned()),
        state_file: Some(path.display().to_string()),
    })
}
