//! What a phone sees and changes of itself: its label, its end, what happened to its user.

use crate::{
    activity,
    app::App,
    flow::{
        confirm::effects::audit,
        device::{label as labels, lifecycle::device_passes},
        messages::notice::tell,
        phone::{
            Call, PhoneRefused, fresh_and_own,
            session::{Admitted, admit, scene},
            signed,
        },
    },
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    device::{label, lifecycle::DeviceEvent},
    effect::Notice,
};
use i18n::Lang;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Error, Sql, audit::Entry, device::Device};
use wire::phone::{
    manage::{Activity, ActivityLine, Form, PhoneDevice, Remove, Rename},
    typ,
};

/// Rows of activity shown.
const ACTIVITY: u32 = 50;

/// The phone as it is known here.
pub async fn device(app: &Arc<App>, call: Call) -> Result<PhoneDevice, PhoneRefused> {
    let unit_app = Arc::clone(app);
    let shown = app.store.write(move |sql| match admit(&unit_app, sql, &call)? {
        Ok(admitted) => shown(sql, &admitted.device),
        Err(refused) => Ok(Err(refused)),
    });
    shown.await?
}

fn shown(sql: &mut dyn Sql, device: &Device) -> Result<Result<PhoneDevice, PhoneRefused>, Error> {
    let Some(user) = store::user::by_id(sql, device.user)? else { return Ok(Err(PhoneRefused::Token)) };
    Ok(Ok(PhoneDevice {
        device_id: device.id.to_string(),
        username: user.username.into(),
        label: device.label.clone(),
        class: device.class.clone(),
        platform: device.phone.as_ref().map(|phone| phone.platform.clone()).unwrap_or_default(),
        state: device.state.name().to_owned(),
        form: form(device),
        created_at: device.created_at.unix_seconds(),
        last_used_at: device.last_used_at.map(Timestamp::unix_seconds),
    }))
}

/// How the phone's user proves presence.
pub fn form(device: &Device) -> Form {
    let credential = device.phone.as_ref().and_then(|phone| phone.credential.as_ref());
    if credential.is_some() { Form::Biometric } else { Form::Pin }
}

/// Gives the phone another label.
pub async fn rename(app: &Arc<App>, call: Call, jws: &str) -> Result<PhoneDevice, PhoneRefused> {
    let order: Rename = signed(&call, jws, typ::LABEL)?;
    let label = label::parse(&order.label).ok().flatten().ok_or(PhoneRefused::Malformed("label"))?;
    let unit_app = Arc::clone(app);
    let renamed = app.store.write(move |sql| {
        let now = unit_app.now();
        let Admitted { device, .. } = match ordered(&unit_app, sql, &call, (&order.device, order.at))? {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(Err(refused)),
        };
        if labels::taken(sql, device.user, &label, |other| other.id != device.id)? {
            return Ok(Err(PhoneRefused::LabelTaken));
        }
        if device.label != label {
            store::device::save_label(sql, device.user, device.id, &label)?;
            let what = json!({ "from": device.label, "to": label });
            audit(sql, &scene(&device, &call, now), Audit::DeviceRenamed, &what)?;
        }
        shown(sql, &Device { label: label.clone(), ..device })
    });
    renamed.await?
}

/// Ends the phone by its own order: it is nobody from then on, and the owner is told.
pub async fn remove(app: &Arc<App>, call: Call, jws: &str) -> Result<(), PhoneRefused> {
    let order: Remove = signed(&call, jws, typ::REMOVAL)?;
    let unit_app = Arc::clone(app);
    let removed = app.store.write(move |sql| {
        let now = unit_app.now();
        let Admitted { device, .. } = match ordered(&unit_app, sql, &call, (&order.device, order.at))? {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(Err(refused)),
        };
        let scene = scene(&device, &call, now);
        if device_passes(&unit_app, sql, &scene, &device, DeviceEvent::Revoked)?.is_err() {
            return Ok(Err(PhoneRefused::NotActive));
        }
        tell(&unit_app, sql, device.user, Notice::DeviceRemoved(device.id), now)?;
        Ok::<_, Error>(Ok(()))
    });
    removed.await?
}

/// Admits a phone that orders something of itself.
pub(super) fn ordered(
    app: &App,
    sql: &mut dyn Sql,
    call: &Call,
    named: (&str, i64),
) -> Result<Result<Admitted, PhoneRefused>, Error> {
    let admitted = admit(app, sql, call)?;
    Ok(admitted.and_then(|admitted| fresh_and_own(&admitted.device, named, app.now()).map(|()| admitted)))
}

/// What happened to the user, the latest first, in the asked language or else the user's own.
pub async fn activity(app: &Arc<App>, call: Call, lang: Option<Lang>) -> Result<Activity, PhoneRefused> {
    let unit_app = Arc::clone(app);
    let loaded = app.store.write(move |sql| {
        let Admitted { session, .. } = match admit(&unit_app, sql, &call)? {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(Err(refused)),
        };
        let Some(user) = store::user::by_id(sql, session.user)? else { return Ok(Err(PhoneRefused::Token)) };
        let lang = lang.or_else(|| Lang::parse(&user.locale)).unwrap_or_default();
        Ok::<_, Error>(Ok((store::audit::latest(sql, Some(user.id), ACTIVITY)?, lang)))
    });
    let (entries, lang) = loaded.await??;
    Ok(Activity { activity: entries.iter().map(|entry| line(entry, lang)).collect() })
}

fn line(entry: &Entry, lang: Lang) -> ActivityLine {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    ActivityLine {
        at: entry.at.unix_seconds(),
        text: lang.t(activity::key(&entry.kind)),
        address: detail.get("address").and_then(Value::as_str).map(str::to_owned),
        alarming: activity::alarming(&entry.kind),
    }
}
