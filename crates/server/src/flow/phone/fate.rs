//! What became of a phone that may have ended, and its veto against the one that took its place.

use super::{Call, Named, PhoneRefused, SignedBody, session::holds};
use crate::{
    app::App,
    flow::{
        device::veto::{self, NotEnded},
        throttle,
    },
    work::{Stop, Work},
};
use domain::{audit::Actor, device::recovery::may_veto};
use std::sync::Arc;
use store::device::Device;
use wire::phone::{
    manage::{Fate, Successor, Veto},
    typ,
};

/// A phone by its key, whatever has become of it, and the one that took its place.
struct Known {
    phone: Device,
    successor: Option<Device>,
    /// Whether it may end that one.
    may_veto: bool,
}

/// Finds the phone of a call. Its session may be over: the token says whose it was, and the key proves the rest.
fn known(work: &mut Work<'_>, call: &Call) -> Result<Known, Stop<PhoneRefused>> {
    throttle::address(work, &call.origin)?;
    let devices = store::device::of_user(work.sql, call.user()?)?;
    let phone = devices.iter().find(|device| holds(device, &call.thumbprint)).ok_or(PhoneRefused::Token)?;
    if !call.proof.note(work)? {
        return Err(PhoneRefused::ProofReplayed.into());
    }
    work.actor = Actor::Device { id: phone.id };
    work.about = call.about(phone.user);
    work.about.device = Some(phone.id);
    let all: Vec<_> = devices.iter().map(Device::standing).collect();
    let last = phone.standing().successor(&all, work.now).copied();
    let successor = devices.iter().find(|device| last.is_some_and(|last| last.id == device.id)).cloned();
    let may_veto = last.is_some_and(|last| may_veto(&phone.standing(), &last, &all, work.now));
    Ok(Known { phone: phone.clone(), successor, may_veto })
}

/// What became of the phone.
pub async fn look(app: &Arc<App>, call: Call) -> Result<Fate, PhoneRefused> {
    app.work(call.actor(), move |work| {
        let Known { phone, successor, may_veto } = known(work, &call)?;
        let told = |device: Device| Successor {
            veto_until: device.standing().in_doubt_until.filter(|_| may_veto).map(|until| until.unix_seconds()),
            platform: device.phone.map(|phone| phone.platform).unwrap_or_default(),
            since: device.activated_at.unwrap_or(device.created_at).unix_seconds(),
            label: device.label,
        };
        let state = phone.state.name().to_owned();
        Ok(Fate { state, successor: successor.map(told) })
    })
    .await
}

/// Ends the phone that took this one's place by a code alone. Nothing more is asked than the phone: what is undone is what
/// a thief did, and what its owner did can be done again.
pub async fn veto(app: &Arc<App>, call: Call, order: &SignedBody<Veto>) -> Result<(), PhoneRefused> {
    let order = order.open(&call, typ::VETO)?;
    let named = Named { device: order.device, at: order.at };
    app.work(call.actor(), move |work| {
        let Known { phone, successor, may_veto } = known(work, &call)?;
        named.check(&phone, work.now)?;
        let successor = successor.filter(|_| may_veto).ok_or(PhoneRefused::NoVeto)?;
        veto::end(work, phone.user, &successor).map_err(|stop| {
            stop.map(|not| match not {
                NotEnded::Refused(refused) => PhoneRefused::Flow(refused),
                NotEnded::Unknown => PhoneRefused::NoVeto,
            })
        })
    })
    .await
}
