//! Codes by SMS: who gets them in place of a device, where they go, and how they are sent.

use crate::{
    app::{nonce, random},
    flow::{
        device::{code_alone, issue::insert_device},
        messages::{
            notice,
            outbox::{self, New, SENT_CODE},
        },
    },
    work::Work,
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    confirmation::{Confirmation, Reach, What, sent_code::LIFE},
    device::{
        Algorithm, DeviceState, Keys, Method, Moving,
        catalogue::{Class, Issuance},
        recovery::ByCode,
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
};
use serde_json::json;
use store::{
    Error,
    contact::{Channel, Contact},
    device::Device,
};

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

/// The telephone that codes go to: never one that came or came back by a change that can still be undone, and none where
/// nothing is sent by SMS. The demo shows what it would send.
fn telephone(work: &mut Work<'_>, user: UserId) -> Result<Option<Contact>, Error> {
    if work.app.carriers.sms.is_none() && !work.app.settings.demo {
        return Ok(None);
    }
    let contacts = outbox::ways_back(work, user)?;
    Ok(contacts.into_iter().find(|contact| contact.channel == Channel::Sms))
}

/// Where a user's codes go, and from when on; none where there is no telephone for them.
pub fn reach(work: &mut Work<'_>, user: UserId) -> Result<Option<Reach>, Error> {
    let Some(contact) = telephone(work, user)? else { return Ok(None) };
    let from = outbox::free_from(work, user, &contact)?;
    Ok(Some(Reach { masked: contact.masked(), from }))
}

/// Sends the code that answers a question. The core has asked [`reach`] in this unit whether one may go.
pub fn send(work: &mut Work<'_>, attempt: &Confirmation, device: DeviceId, question: &str) -> Result<(), Error> {
    let user = attempt.user;
    let (Some(contact), Some(known)) = (telephone(work, user)?, store::device::one(work.sql, user, device)?) else {
        return Ok(());
    };
    let keys = store::device::keys(work.sql, &work.app.sealer, user, device)?;
    let code = known.algorithm.zip(keys).and_then(|(algorithm, keys)| algorithm.sent(&keys, question));
    let Some(code) = code else { return Ok(()) };
    let what = &attempt.operation.what;
    let arguments = json!({
        "product": work.app.settings.product,
        "code": code.expose(),
        "minutes": LIFE.as_secs() / 60,
        "what": what.name(),
    });
    let message = if matches!(what, What::Login) { SENT_CODE } else { outbox::SENT_CODE_FOR };
    let new = New { message, arguments: &arguments, until: work.now.plus(LIFE) };
    outbox::queue(work, user, &contact, new)?;
    work.record_of(device, Kind::CodeSent, Detail::none())
}
