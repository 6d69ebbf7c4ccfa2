//! Two of the user's devices above a sum: lower at once, higher or not at all after a wait and confirmed by the strongest.

use super::{
    loosening::{Asking, NotChanged, Wished, confirmed},
    permit::holdings,
};
use crate::{app::App, flow::messages::notice::tell, handle::Kind, work::Work};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    device::DeviceState,
    effect::Notice,
    id::UserId,
    money::{
        own::RISE_WAITS,
        two_devices::{SumRefusal, TwoAbove},
    },
};
use operation::{Amount, Money, TwoDevicesChange};
use std::{sync::Arc, time::Duration};
use store::{Error, transfer_rule::TransferRule};

/// Sets the sum, or has a device confirm it where it is higher or none.
pub async fn wish(app: &Arc<App>, asking: &Asking, above: Option<Money>, wait: Duration) -> Result<Wished, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    let asked = app.work::<_, NotChanged, _>(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        let rule = store::transfer_rule::of_user(work.sql, user)?;
        if rule.two_above.only_lowered_by(above, work.now) {
            let devices = store::device::of_user(work.sql, user)?;
            if above.is_some() && devices.iter().filter(|device| device.state == DeviceState::Active).count() < 2 {
                return Err(SumRefusal::OneDevice.into());
            }
            lowered(work, user, rule, above)?;
            return Ok(false);
        }
        if !RISE_WAITS.contains(&wait) {
            return Err(SumRefusal::Wait.into());
        }
        let hours = u32::try_from(wait.as_secs() / 3600).unwrap_or(u32::MAX);
        let change = TwoDevicesChange { above: above.map(Into::into), hours };
        asking.offer(work, What::TwoDevicesChange(change), digest)?;
        Ok(true)
    });
    Ok(if asked.await? { Wished::Asked(handle) } else { Wished::Holds })
}

/// Gives up a rise that waits.
pub async fn keep(app: &Arc<App>, asking: &Asking) -> Result<(), NotChanged> {
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        asking.is_about(work);
        let user = asking.signed_in.user.id;
        let rule = store::transfer_rule::of_user(work.sql, user)?;
        if rule.two_above.rise.is_some_and(|rise| work.now < rise.at) {
            let two_above = rule.two_above.kept(work.now);
            store::transfer_rule::put(work.sql, user, TransferRule { two_above, ..rule })?;
            work.record(Audit::TwoDevicesKept, Detail::none())?;
            tell(work, user, Notice::TwoDevicesKept)?;
        }
        Ok(())
    })
    .await
}

/// What a confirmed change gives: a higher sum, or none, once its wait is over.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    let What::TwoDevicesChange(asked) = &confirmation.operation.what else { return Ok(()) };
    let Some((by, devices)) = confirmed(work, confirmation)? else { return Ok(()) };
    let user = confirmation.user;
    let holdings = holdings(work.app, &[], &devices);
    let strongest = holdings.iter().find(|one| one.id == by).is_some_and(|one| one.is_strongest(&holdings, work.now));
    let above = asked.above.as_ref().map(Amount::money).transpose();
    let Ok(above) = above else { return Ok(()) };
    let rule = store::transfer_rule::of_user(work.sql, user)?;
    let wait = Duration::from_secs(u64::from(asked.hours) * 3600);
    let Ok(two_above) = rule.two_above.raise(above, strongest, work.now, wait) else { return Ok(()) };
    let Some(rise) = two_above.rise else { return lowered(work, user, rule, above) };
    store::transfer_rule::put(work.sql, user, TransferRule { two_above, ..rule })?;
    let detail = Detail::none().from(words(two_above.at(work.now))).to(words(above));
    work.record_of(by, Audit::TwoDevicesRise, detail)?;
    tell(work, user, Notice::TwoDevicesRise(rise.at))
}

fn lowered(work: &mut Work<'_>, user: UserId, rule: TransferRule, above: Option<Money>) -> Result<(), Error> {
    let two_above: TwoAbove = rule.two_above.lowered(above, work.now);
    if two_above == rule.two_above {
        return Ok(());
    }
    store::transfer_rule::put(work.sql, user, TransferRule { two_above, ..rule })?;
    let detail = Detail::none().from(words(rule.two_above.at(work.now))).to(words(two_above.now));
    work.record(Audit::TwoDevicesLowered, detail)?;
    tell(work, user, Notice::TwoDevicesLowered)
}

/// A sum for the log.
fn words(above: Option<Money>) -> String {
    above.map_or_else(|| "none".to_owned(), |above| above.to_string())
}
