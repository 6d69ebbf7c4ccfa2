//! Temporary access: a code in place of a device, lent for a while.

use crate::{
    app::nonce,
    flow::{
        device::lifecycle::{self, insert_device},
        messages::notice,
    },
    work::{Stop, Work, unless_refused},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    desk::{
        Act, CaseState,
        temporary::{self, Life},
    },
    device::{
        Algorithm, DeviceState, Keys, Method, Moving,
        catalogue::{Class, Issuance},
        lifecycle::DeviceEvent,
    },
    effect::Notice,
    id::{DeviceId, UserId},
    lockout::DeviceFailures,
    typed,
};
use store::{Error, device::Device};

use super::NotDone;

/// Whether a user may get a temporary access now.
pub(super) fn may_have(work: &mut Work<'_>, user: UserId) -> Result<(), Stop<NotDone>> {
    let cases = store::desk_case::of_user(work.sql, &work.app.sealer, user)?;
    let of_kind = || cases.iter().filter(|case| case.act == Act::TemporaryAccess);
    let open = of_kind().any(|case| case.state.is_open() && case.until > work.now);
    let last = of_kind().filter(|case| case.state == CaseState::Done).map(|case| case.changed_at).max();
    let devices = store::device::of_user(work.sql, user)?;
    let interim = |device: &Device| {
        let class = work.app.settings.catalogue.class(&device.class);
        class.is_none_or(|class| class.interim)
    };
    let permanent = devices.iter().filter(|device| !interim(device));
    let permanent = permanent.filter_map(|device| device.activated_at.max(device.last_used_at)).max();
    Ok(temporary::may_have(last, permanent, open)?)
}

/// The class of temporary codes; none where the institution has none.
fn class(work: &Work<'_>) -> Option<Class> {
    let mut classes = work.app.settings.catalogue.classes().iter();
    let fits = |class: &&Class| class.issuance == Issuance::Desk && class.methods.contains(&Method::StaticCode);
    classes.find(fits).cloned()
}

/// Gives the user a code: the device that it stands for, and the code itself, which nobody sees again.
pub(super) fn granted(work: &mut Work<'_>, user: UserId) -> Result<(Device, Secret<String>), Stop<NotDone>> {
    let class = class(work).ok_or(NotDone::Unknown)?;
    let code = temporary::draw(&nonce());
    let plain = typed::plain(code.expose());
    let device = Device {
        user,
        id: DeviceId::new(work.now, &nonce()),
        class: class.name.clone(),
        label: class.label.clone(),
        serial: String::new(),
        state: DeviceState::Active,
        algorithm: Some(Algorithm::Static { characters: u8::try_from(temporary::LENGTH).unwrap_or(u8::MAX) }),
        moving: Moving::default(),
        failures: DeviceFailures::default(),
        created_at: work.now,
        activated_at: Some(work.now),
        last_used_at: None,
        phone: None,
        passkey: None,
        life: Some(Life::of_code(&work.app.settings.temporary, work.now)),
    };
    let keys = Keys { key: Secret::new(plain.expose().clone().into_bytes()), pin: None, approve: None };
    insert_device(work, &device, &keys)?;
    work.record_of(device.id, Kind::TemporaryAccessGranted, Detail::none())?;
    Ok((device, code))
}

/// Ends a code that was given. False where it has ended.
pub(super) fn taken_back(work: &mut Work<'_>, user: UserId, id: DeviceId) -> Result<bool, Error> {
    let Some(device) = store::device::one(work.sql, user, id)? else { return Ok(false) };
    if unless_refused(lifecycle::pass(work, &device, DeviceEvent::Revoked))?.is_none() {
        return Ok(false);
    }
    notice::tell(work, user, Notice::DeviceRevoked(id))?;
    Ok(true)
}

/// Ends what was lent and is over: at most `limit` devices.
pub fn sweep(work: &mut Work<'_>, limit: u32) -> Result<(), Error> {
    for (user, id) in store::device::lent(work.sql, work.now, limit)? {
        work.about.user = Some(user);
        if let Some(device) = store::device::one(work.sql, user, id)? {
            unless_refused(lifecycle::pass(work, &device, DeviceEvent::RanOut))?;
        }
    }
    work.about.user = None;
    Ok(())
}
