//! Codes by SMS in place of a device: who gets them.

use crate::{
    app::{nonce, random},
    flow::{
        device::{code_alone, lifecycle::insert_device},
        messages::{notice, sent_code::telephone},
    },
    work::Work,
};
use domain::{
    Secret,
    device::{
        Algorithm, DeviceState, Keys, Method, Moving,
        catalogue::{Class, Issuance},
        recovery::ByCode,
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
};
use store::{Error, device::Device};

/// Gives a user who never had a device, and has none of any class now, codes by SMS in its place: where a telephone is
/// theirs for long enough, and codes alone may let this user in. Whoever ended it once, or had a permanent device, does not
/// get it again: a stolen number is no way around a device.
pub fn put_on(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    let Some(class) = class(work) else { return Ok(()) };
    let devices = store::device::of_user(work.sql, user)?;
    let permanent = |device: &Device| {
        let class = work.app.settings.catalogue.class(&device.class);
        device.activated_at.is_some() && class.is_none_or(|class| !class.interim)
    };
    let stands = |device: &Device| device.state == DeviceState::Active && !device.is_over(work.now);
    if devices.iter().any(|device| device.class == class.name || permanent(device) || stands(device)) {
        return Ok(());
    }
    if code_alone::of_user(work, user)?.by_code == ByCode::Never || telephone(work, user)?.is_none() {
        return Ok(());
    }
    let device = Device {
        user,
        id: DeviceId::new(work.now, &nonce()),
        class: class.name.clone(),
        label: class.label.clone(),
        serial: String::new(),
        state: DeviceState::Active,
        algorithm: Some(Algorithm::SENT),
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: work.now,
        activated_at: Some(work.now),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: None,
    };
    let keys = Keys { key: Secret::new(random::<32>().to_vec()), pin: None, approve: None };
    insert_device(work, &device, &keys)?;
    notice::tell(work, user, Notice::DeviceActivated(device.id))
}

/// The class of codes by SMS; none where the institution issues none.
fn class(work: &Work<'_>) -> Option<Class> {
    let mut classes = work.app.settings.catalogue.classes().iter();
    let fits = |class: &&Class| {
        class.issuance == Issuance::WhileNoPermanentDevice && class.methods.contains(&Method::SentCode)
    };
    classes.find(fits).cloned()
}
