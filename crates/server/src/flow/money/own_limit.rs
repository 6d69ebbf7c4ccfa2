//! A user's own limits of a device: lower at once, higher after a wait and confirmed by a device that may do as much.

use super::{
    loosening::{Asking, NotChanged, Wished, confirmed},
    permit::{self, holdings},
};
use crate::{
    app::App,
    flow::messages::notice::tell,
    handle::Kind,
    work::{Stop, Work},
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    device::{
        DeviceState,
        catalogue::{Limit, Limits},
    },
    effect::Notice,
    id::{DeviceId, UserId},
    money::own::{Change, OwnLimits},
};
use operation::{LimitChange, Text};
use std::{sync::Arc, time::Duration};
use store::{Error, device::Device};

/// What is wished.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Of which device.
    pub device: DeviceId,
    /// The limits.
    pub limits: Limits,
    /// How long a rise waits.
    pub wait: Duration,
}

/// Sets them, or has a device confirm them where they are higher.
pub async fn wish(app: &Arc<App>, asking: &Asking, wish: Wish) -> Result<Wished, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    let asked = app.work::<_, NotChanged, _>(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        let (device, own) = of_device(work, user, wish.device)?;
        // As if the strongest confirmed it: what no device could have is refused now.
        let class = class_limits(work, &device);
        let changed =
            own.change(&Change { wanted: wish.limits, class, by: Limits::NONE, now: work.now, wait: wish.wait })?;
        if own.only_lowered_by(wish.limits, work.now) {
            lowered(work, user, &device, own, changed)?;
            return Ok(false);
        }
        asking.offer(work, asked_for(&device, &wish), digest)?;
        Ok(true)
    });
    Ok(if asked.await? { Wished::Asked(handle) } else { Wished::Holds })
}

/// Gives up a rise that waits.
pub async fn keep(app: &Arc<App>, asking: &Asking, device: DeviceId) -> Result<(), NotChanged> {
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        // To give up what loosens is never held back.
        asking.is_about(work);
        let user = asking.signed_in.user.id;
        let (device, own) = of_device(work, user, device)?;
        let kept = own.kept(work.now);
        if kept != own && own.at(work.now) != own.in_the_end() {
            store::own_limit::put(work.sql, user, device.id, kept)?;
            work.record_of(device.id, Audit::LimitsKept, Detail::none())?;
            tell(work, user, Notice::LimitsKept(device.id))?;
        }
        Ok(())
    })
    .await
}

/// What a confirmed change gives: higher limits, once their wait is over.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    let What::LimitChange(asked) = &confirmation.operation.what else { return Ok(()) };
    let (Some((by, devices)), Some(wanted)) = (confirmed(work, confirmation)?, permit::wanted(asked)) else {
        return Ok(());
    };
    let user = confirmation.user;
    let all = store::own_limit::of_user(work.sql, user)?;
    let holdings = holdings(work.app, &all, &devices);
    let by = holdings.iter().find(|one| one.id == by).map(|one| one.limits_at(work.now));
    let device = devices.iter().find(|device| device.id.to_string() == asked.device_id.as_str());
    // A device that has ended meanwhile has no limits.
    let (Some(by), Some(device)) = (by, device.filter(|device| device.state == DeviceState::Active)) else {
        return Ok(());
    };
    let own = all.iter().find(|(id, _)| *id == device.id).map_or(OwnLimits::NONE, |(_, own)| *own);
    let wait = Duration::from_secs(u64::from(asked.hours) * 3600);
    let change = Change { wanted, class: class_limits(work, device), by, now: work.now, wait };
    let Ok(changed) = own.change(&change) else { return Ok(()) };
    let Some(rise) = changed.rise else { return lowered(work, user, device, own, changed) };
    store::own_limit::put(work.sql, user, device.id, changed)?;
    work.record_of(device.id, Audit::LimitsRise, Detail::none().from(words(own.at(work.now))).to(words(wanted)))?;
    tell(work, user, Notice::LimitsRise(device.id, rise.at))
}

fn lowered(
    work: &mut Work<'_>,
    user: UserId,
    device: &Device,
    own: OwnLimits,
    changed: OwnLimits,
) -> Result<(), Error> {
    if own == changed {
        return Ok(());
    }
    store::own_limit::put(work.sql, user, device.id, changed)?;
    let detail = Detail::none().from(words(own.at(work.now))).to(words(changed.now));
    work.record_of(device.id, Audit::LimitsLowered, detail)?;
    tell(work, user, Notice::LimitsLowered(device.id))
}

fn of_device(work: &mut Work<'_>, user: UserId, id: DeviceId) -> Result<(Device, OwnLimits), Stop<NotChanged>> {
    let device = store::device::one(work.sql, user, id)?.filter(|device| device.state == DeviceState::Active);
    let device = device.ok_or(NotChanged::UnknownDevice)?;
    let own = store::own_limit::of_user(work.sql, user)?;
    let own = own.iter().find(|(of, _)| *of == id).map_or(OwnLimits::NONE, |(_, own)| *own);
    Ok((device, own))
}

fn class_limits(work: &Work<'_>, device: &Device) -> Limits {
    work.app.settings.catalogue.class(&device.class).map_or(Limits::NONE, |class| class.limits)
}

fn asked_for(device: &Device, wish: &Wish) -> What {
    let amount = |limit| match limit {
        Limit::Unlimited => None,
        Limit::UpTo(most) => Some(most.into()),
    };
    What::LimitChange(LimitChange {
        device_id: Text::fenced(&device.id.to_string()),
        device: Text::fenced(&device.label),
        per_day: amount(wish.limits.per_day),
        per_five_days: amount(wish.limits.per_five_days),
        hours: u32::try_from(wish.wait.as_secs() / 3600).unwrap_or(u32::MAX),
    })
}

/// A pair of limits for the log: per day, and per five business days.
fn words(limits: Limits) -> String {
    let one = |limit| super::overview::limit(limit).unwrap_or_else(|| "unlimited".to_owned());
    format!("{} {}", one(limits.per_day), one(limits.per_five_days))
}
