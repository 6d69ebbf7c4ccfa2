//! What a phone sees and changes of itself: its label, its end, what happened to its user.

use super::{Call, Named, PhoneRefused, SignedBody, ordered, session::admit};
use crate::{
    activity::{Line, Reader},
    app::App,
    flow::{
        device::{label as labels, lifecycle},
        login::activity::{self, Ask},
        messages::notice::tell,
    },
    work::{Stop, Work},
};
use domain::{
    Timestamp,
    device::{label, lifecycle::DeviceEvent},
    effect::Notice,
};
use i18n::Lang;
use std::sync::Arc;
use store::device::Device;
use wire::phone::{
    manage::{Activity, ActivityLine, Disown, Form, PhoneDevice, Remove, Rename},
    typ,
};

/// Lines of activity shown.
const ACTIVITY: usize = 50;

/// The phone as it is known here.
pub async fn device(app: &Arc<App>, call: Call) -> Result<PhoneDevice, PhoneRefused> {
    app.work(call.actor(), move |work| {
        let admitted = admit(work, &call)?;
        shown(work, &admitted.device)
    })
    .await
}

fn shown(work: &mut Work<'_>, device: &Device) -> Result<PhoneDevice, Stop<PhoneRefused>> {
    let user = store::user::by_id(work.sql, device.user)?.ok_or(PhoneRefused::Token)?;
    Ok(PhoneDevice {
        device_id: device.id.to_string(),
        username: user.username.into(),
        label: device.label.clone(),
        class: device.class.clone(),
        platform: device.phone.as_ref().map(|phone| phone.platform.clone()).unwrap_or_default(),
        state: device.state.name().to_owned(),
        form: form(device),
        created_at: device.created_at.unix_seconds(),
        last_used_at: device.last_used_at.map(Timestamp::unix_seconds),
    })
}

/// How the phone's user proves presence.
pub fn form(device: &Device) -> Form {
    let credential = device.phone.as_ref().and_then(|phone| phone.credential.as_ref());
    if credential.is_some() { Form::Biometric } else { Form::Pin }
}

/// Gives the phone another label.
pub async fn rename(app: &Arc<App>, call: Call, order: &SignedBody<Rename>) -> Result<PhoneDevice, PhoneRefused> {
    let order = order.open(&call, typ::LABEL)?;
    let label = label::parse(&order.label).ok().flatten().ok_or(PhoneRefused::Malformed("label"))?;
    let named = Named { device: order.device, at: order.at };
    app.work(call.actor(), move |work| {
        let device = ordered(work, &call, &named)?.device;
        if !labels::rename(work, &device, &label)? {
            return Err(PhoneRefused::LabelTaken.into());
        }
        shown(work, &Device { label: label.clone(), ..device })
    })
    .await
}

/// Ends the phone by its own order: it is nobody from then on, and the owner is told.
pub async fn remove(app: &Arc<App>, call: Call, order: &SignedBody<Remove>) -> Result<(), PhoneRefused> {
    let order = order.open(&call, typ::REMOVAL)?;
    let named = Named { device: order.device, at: order.at };
    app.work(call.actor(), move |work| {
        let device = ordered(work, &call, &named)?.device;
        let passed = lifecycle::pass(work, &device, DeviceEvent::Revoked);
        passed.map_err(|stop| stop.map(|_| PhoneRefused::NotActive))?;
        Ok(tell(work, device.user, Notice::DeviceRemoved(device.id))?)
    })
    .await
}

/// What happened to the user, the latest first, in the asked language or else the user's own.
pub async fn activity(app: &Arc<App>, call: Call, lang: Option<Lang>) -> Result<Activity, PhoneRefused> {
    let loaded = app.work(call.actor(), move |work| {
        let session = admit(work, &call)?.session;
        let user = store::user::by_id(work.sql, session.user)?.ok_or(PhoneRefused::Token)?;
        let lang = lang.or_else(|| Lang::parse(&user.locale)).unwrap_or_default();
        let told = activity::tell(work, user.id, Ask { before: None, most: ACTIVITY }, |_| true)?;
        Ok((told.lines, Reader { lang, zone: work.app.settings.zone.clone() }))
    });
    let (lines, reader) = loaded.await?;
    Ok(Activity { activity: lines.iter().map(|line| shown_line(line, &reader)).collect() })
}

/// "It wasn't me", said on the phone of what happened. The phone stays: who holds it has just proved that.
pub async fn disown(app: &Arc<App>, call: Call, order: &SignedBody<Disown>) -> Result<(), PhoneRefused> {
    let order = order.open(&call, typ::DISOWN)?;
    let attempt = order.attempt.parse().map_err(|_| PhoneRefused::UnknownConfirmation)?;
    let named = Named { device: order.device, at: order.at };
    app.work(call.actor(), move |work| {
        let device = ordered(work, &call, &named)?.device;
        let user = store::user::by_id(work.sql, device.user)?.ok_or(PhoneRefused::Token)?;
        let done =
            activity::disown_in(work, &user, attempt, &call.origin).map_err(|stop| stop.map(PhoneRefused::from))?;
        if done { Ok(()) } else { Err(PhoneRefused::UnknownConfirmation.into()) }
    })
    .await
}

fn shown_line(line: &Line, reader: &Reader) -> ActivityLine {
    ActivityLine {
        at: line.story.told.at.unix_seconds(),
        text: line.sentence(reader),
        count: line.story.told.count,
        address: line.address(),
        alarming: line.alarming(),
        report: line.story.attempt.filter(|_| line.can_be_disowned()).map(|attempt| attempt.to_string()),
    }
}
