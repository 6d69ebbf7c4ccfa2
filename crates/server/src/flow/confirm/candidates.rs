//! The devices a user may confirm with, as the core sees them.

use crate::{
    app::App,
    flow::{
        login::unseen,
        messages::sent_code,
        money::permit::{self, Said},
    },
    work::Work,
};
use domain::{
    Timestamp,
    confirmation::{Candidate, PasskeyRef, What},
    desk::temporary::Phase,
    device::{DeviceState, Method, Verification, catalogue::Class},
    id::{ConfirmationId, DeviceId},
    money::permit::{Judged, Opens, Verdict},
};
use store::{Error, device::Device, user::User};
use wire::problem::ProblemDevice;

/// The user's active devices that may confirm something, in the chooser's order: the default one first, then by
/// activation. Where money is to leave, each with what limits and locks say of it.
pub fn load(
    work: &mut Work<'_>,
    user: &User,
    confirmation: ConfirmationId,
    what: &What,
) -> Result<Vec<Candidate>, Error> {
    let devices = store::device::of_user(work.sql, user.id)?;
    among(work, devices, user, confirmation, what)
}

/// The same, where the user's devices are known.
pub fn among(
    work: &mut Work<'_>,
    devices: Vec<Device>,
    user: &User,
    confirmation: ConfirmationId,
    what: &What,
) -> Result<Vec<Candidate>, Error> {
    let decision = permit::of_operation(work, user.id, confirmation, what, &devices)?;
    let judged = |device: DeviceId| {
        let closed =
            || Judged { id: device, verdict: Verdict::Closed(Opens::Counting), reasons: Vec::new(), available: None };
        match &decision {
            Said::Nothing => None,
            Said::NotCounted => Some(closed()),
            Said::Decided(decision) => Some(decision.of(device).cloned().unwrap_or_else(closed)),
        }
    };
    let default = default_device(work.app, user, &devices);
    let mut active: Vec<_> = devices.into_iter().filter(|d| d.state == DeviceState::Active).collect();
    active.sort_by_key(|device| (Some(device.id) != default, device.activated_at, device.id));
    if matches!(what, What::PasswordReset | What::ContactChange(_) | What::Call(_)) {
        // What is only lent for a while vouches for no other password and no other way back and
        // for nobody on the telephone, and nor does what is in doubt.
        active.retain(|device| !is_interim(work.app, device) && !device.standing().is_in_doubt(work.now));
    }
    if matches!(what, What::DeskCase(_)) {
        active.retain(|device| work.app.settings.catalogue.class(&device.class).is_some_and(Class::is_strong));
    }
    if matches!(what, What::NewsAcknowledgement) {
        let may = unseen::may_acknowledge(work, user.id, &active)?;
        active.retain(|device| may.contains(&device.id));
    }
    active.retain(|device| !device.is_over(work.now));
    let now = work.now;
    let mut all: Vec<_> = active.into_iter().filter_map(|device| candidate(work.app, device, default, now)).collect();
    if all.iter().any(|candidate| candidate.methods.contains(&Method::SentCode)) {
        let reach = sent_code::reach(work, user.id)?;
        all.retain_mut(|candidate| candidate.reached_at(reach.as_ref()));
    }
    let all = all.into_iter().map(|candidate| candidate.with_methods_for(what));
    let all = all.map(|candidate| Candidate { judged: judged(candidate.device), ..candidate });
    Ok(all.filter(|candidate| candidate.may_confirm(what)).collect())
}

/// The user's choice while it is active; else the oldest active permanent device.
pub fn default_device(app: &App, user: &User, devices: &[Device]) -> Option<DeviceId> {
    let mut active: Vec<_> = devices.iter().filter(|d| d.state == DeviceState::Active).collect();
    active.sort_by_key(|device| (device.activated_at, device.id));
    let chosen = active.iter().find(|device| Some(device.id) == user.default_device);
    let oldest = || active.iter().find(|device| !is_interim(app, device)).or(active.first());
    chosen.or_else(oldest).map(|device| device.id)
}

fn is_interim(app: &App, device: &Device) -> bool {
    app.settings.catalogue.class(&device.class).is_none_or(|class| class.interim)
}

/// The user's devices that could confirm a login now: active, not locked, and with answers left.
pub fn usable(work: &mut Work<'_>, user: &User) -> Result<Vec<DeviceId>, Error> {
    let devices = store::device::of_user(work.sql, user.id)?;
    Ok(unlocked(work, devices).iter().map(|candidate| candidate.device).collect())
}

/// The same, of these devices.
pub fn unlocked(work: &Work<'_>, devices: Vec<Device>) -> Vec<Candidate> {
    let now = work.now;
    let active = devices.into_iter().filter(|device| device.state == DeviceState::Active && !device.is_over(now));
    let open = active.filter(|device| device.failures.locked(&work.app.settings.policy.device_lock, now).is_none());
    open.filter_map(|device| candidate(work.app, device, None, now)).collect()
}

fn candidate(app: &App, device: Device, default: Option<DeviceId>, now: Timestamp) -> Option<Candidate> {
    let class = app.settings.catalogue.class(&device.class)?;
    let methods = able(class, &device);
    let verification = verification(&device);
    let card_only = device.life.is_some_and(|life| life.phase(now) == Phase::CardOnly);
    (!methods.is_empty()).then(|| Candidate {
        card_only,
        device: device.id,
        class: device.class,
        label: device.label,
        methods,
        verification,
        algorithm: device.algorithm,
        moving: device.moving,
        failures: device.failures,
        passkey: device.passkey.map(|key| PasskeyRef { id: key.id, transports: key.transports }),
        default: Some(device.id) == default,
        judged: None,
        reach: None,
    })
}

/// What a device proves beside that its user holds it.
pub fn verification(device: &Device) -> Verification {
    match &device.passkey {
        Some(passkey) if passkey.backup_eligible => return Verification::SyncedPlatform,
        Some(_) => return Verification::Platform,
        None => {}
    }
    let platform = device.phone.as_ref().is_some_and(|phone| phone.credential.is_some());
    Verification::of(device.algorithm.as_ref(), platform)
}

/// What of its class's methods this device can do with the algorithm it has.
fn able(class: &Class, device: &Device) -> Vec<Method> {
    use domain::device::Algorithm::{CodeCard, Hotp, Ocra, Sent, Static, Totp};
    let can = |method: &Method| match (method, &device.algorithm) {
        (Method::ChallengeResponse, Some(Ocra { suite })) => suite.time_step().is_none(),
        (Method::TimeCode, Some(Ocra { suite })) => suite.time_step().is_some(),
        (Method::TimeCode, Some(Totp { .. } | Hotp { .. })) => true,
        (Method::CodeCard, Some(CodeCard { places })) => {
            device.moving.card.as_ref().is_none_or(|used| used.answers_left(*places) > 0)
        }
        (Method::StaticCode, Some(Static { .. })) | (Method::SentCode, Some(Sent { .. })) => true,
        // The standalone app answers challenges, and shows nothing.
        (Method::Seamless, _) => device.phone.as_ref().is_some_and(|phone| phone.standalone.is_none()),
        (Method::Webauthn, _) => device.passkey.is_some(),
        _ => false,
    };
    class.methods.iter().copied().filter(can).collect()
}

/// The devices that may confirm what another one may not, to be named to whoever asked.
pub fn would_do(candidates: &[Candidate]) -> Vec<ProblemDevice> {
    let permitted = candidates.iter().filter(|candidate| candidate.permitted());
    let named = |candidate: &Candidate| ProblemDevice {
        id: candidate.device.to_string(),
        class: candidate.class.clone(),
        label: candidate.label.clone(),
    };
    permitted.map(named).collect()
}
