//! What would be left to a user without one of the devices, by the functions that decide it when it comes to that.

use super::begin;
use crate::{
    app::App,
    flow::{Refused, confirm::candidates, device::code_alone, login::new_password, messages::outbox, money::overview},
    work::{Stop, Work},
};
use domain::{
    confirmation::{Candidate, What},
    device::{DeviceState, recovery::ByCode},
    id::{ConfirmationId, DeviceId},
};
use operation::Money;
use std::sync::Arc;
use store::{device::Device, user::User};

/// What would be left.
#[derive(Debug, Clone)]
pub struct Left {
    /// The active devices, by id and label.
    pub devices: Vec<(DeviceId, String)>,
    /// The one that is thought away.
    pub without: Option<DeviceId>,
    /// Devices that could confirm a login.
    pub login: Vec<String>,
    /// How another phone would be activated, after the password.
    pub phone: Vouched,
    /// Devices that could confirm another password for one that is forgotten; none where no link could be sent.
    pub password: Vec<String>,
    /// Devices that could confirm a withdrawal, and how much now; none where there is no limit.
    pub money: Vec<(String, Option<Money>)>,
}

/// What would vouch for another phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vouched {
    /// One of these devices.
    Devices(Vec<String>),
    /// A code, sent to this contact point, which is masked.
    Code(String),
    /// Nothing.
    Nothing,
}

/// Looks what would be left without a device; the phone where none is named. Nothing changes.
pub async fn look(app: &Arc<App>, user: &User, without: Option<DeviceId>) -> Result<Left, Refused> {
    let user = user.clone();
    app.look(move |work| left(work, &user, without)).await
}

fn left(work: &mut Work<'_>, user: &User, without: Option<DeviceId>) -> Result<Left, Stop<Refused>> {
    let mut active = store::device::of_user(work.sql, user.id)?;
    active.retain(|device| device.state == DeviceState::Active && !device.is_over(work.now));
    active.sort_by_key(|device| (device.activated_at, device.id));
    let named = active.iter().find(|device| Some(device.id) == without);
    let phone = || active.iter().find(|device| device.phone.is_some());
    let without = named.or_else(phone).or(active.first()).map(|device| device.id);
    let rest: Vec<Device> = active.iter().filter(|device| Some(device.id) != without).cloned().collect();
    let contacts = outbox::ways_back(work, user.id)?;
    let reset = candidates::among(work, rest.clone(), user, ConfirmationId::from([0; 16]), &What::PasswordReset)?;
    let linked = contacts.iter().any(new_password::takes_links);
    Ok(Left {
        login: labels(&candidates::unlocked(work, rest.clone())),
        phone: vouched(work, user, rest.clone())?,
        password: if linked { labels(&reset) } else { Vec::new() },
        money: money(work, user, &rest)?,
        devices: active.into_iter().map(|device| (device.id, device.label)).collect(),
        without,
    })
}

fn vouched(work: &mut Work<'_>, user: &User, rest: Vec<Device>) -> Result<Vouched, Stop<Refused>> {
    let vouching = begin::vouching(work, user, rest)?;
    if !vouching.is_empty() {
        return Ok(Vouched::Devices(labels(&vouching)));
    }
    let closed = code_alone::of_user(work, user.id)?.by_code == ByCode::Never;
    let registered = if closed { None } else { begin::registered(work, user)? };
    Ok(registered.map_or(Vouched::Nothing, |contact| Vouched::Code(contact.masked())))
}

/// What each of them could confirm; nothing where days cannot be counted.
fn money(work: &mut Work<'_>, user: &User, rest: &[Device]) -> Result<Vec<(String, Option<Money>)>, Stop<Refused>> {
    let rooms = match overview::of_user(work, user.id) {
        Ok(overview) => overview.devices,
        Err(Stop::Refused(Refused::NoCalendar)) => return Ok(Vec::new()),
        Err(stop) => return Err(stop),
    };
    let able = |room: &overview::DeviceRoom| {
        rest.iter().any(|device| device.id == room.id) && room.available.is_none_or(|left| left.minor() > 0)
    };
    Ok(rooms.into_iter().filter(able).map(|room| (room.label, room.available)).collect())
}

fn labels(candidates: &[Candidate]) -> Vec<String> {
    candidates.iter().map(|candidate| candidate.label.clone()).collect()
}
