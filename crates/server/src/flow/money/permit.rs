//! What limits and locks say of a user's devices: the facts loaded, the rule asked.

use super::withdrawal::weigh;
use crate::work::{Work, unless_refused};
use domain::{
    confirmation::What,
    device::DeviceState,
    id::{ConfirmationId, UserId},
    money::{
        limit::Counted,
        own::OwnLimits,
        permit::{By, Case, Decision, Holding, permit},
        rate::COUNTED_IN,
    },
};
use operation::Money;
use store::{Error, device::Device, transfer_rule::TransferRule};

/// What is asked of the rule.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// How much, in [`COUNTED_IN`].
    pub amount: Money,
    /// How it leaves.
    pub by: By,
    /// The withdrawal that asks: its own room is not in its way.
    pub own: Option<ConfirmationId>,
}

/// What is said of a user's devices about an operation.
#[derive(Debug, Clone)]
pub enum Said {
    /// Nothing: no money is to leave.
    Nothing,
    /// It cannot be counted, so nothing may confirm it.
    NotCounted,
    /// This.
    Decided(Decision),
}

/// What is said of each of a user's active devices about an operation.
pub fn of_operation(
    work: &mut Work<'_>,
    user: UserId,
    confirmation: ConfirmationId,
    what: &What,
    devices: &[Device],
) -> Result<Said, Error> {
    let asked = match what {
        What::Withdrawal(_) => {
            let counted = match store::withdrawal::one(work.sql, user, confirmation)? {
                Some(reserved) => Some(reserved.counted),
                None => unless_refused(weigh(work, what))?.flatten(),
            };
            let Some(Counted { minor, .. }) = counted else { return Ok(Said::NotCounted) };
            Asked { amount: Money::from_minor(minor, COUNTED_IN), by: By::Withdrawal, own: Some(confirmation) }
        }
        What::CardPayment(_) | What::CardPreauthorisation(_) => {
            Asked { amount: Money::from_minor(0, COUNTED_IN), by: By::Card, own: None }
        }
        What::Login | What::Authentication | What::PhoneActivation => return Ok(Said::Nothing),
    };
    Ok(decide(work, user, asked, devices)?.map_or(Said::NotCounted, Said::Decided))
}

/// What is said of each of a user's active devices; none where there is no calendar for today.
pub fn decide(work: &mut Work<'_>, user: UserId, asked: Asked, devices: &[Device]) -> Result<Option<Decision>, Error> {
    let settings = &work.app.settings;
    let start = settings.calendar.business_day_at(work.now).and_then(|today| settings.calendar.window_start(today));
    let Ok(start) = start else { return Ok(None) };
    let entries = match asked.by {
        By::Withdrawal => store::withdrawal::counting(work.sql, user, start, asked.own)?,
        By::Card => Vec::new(),
    };
    let TransferRule { lock, two_above } = store::transfer_rule::of_user(work.sql, user)?;
    let own = store::own_limit::of_user(work.sql, user)?;
    let own = |device: &Device| own.iter().find(|(id, _)| *id == device.id).map_or(OwnLimits::NONE, |(_, own)| *own);
    let holding = |device: &Device| {
        let class = settings.catalogue.class(&device.class)?;
        // That a phone came back by number alone is told by the life of devices, when it is there.
        Some(Holding { id: device.id, class, own: own(device), recovered: None })
    };
    let active = devices.iter().filter(|device| device.state == DeviceState::Active);
    let holdings: Vec<_> = active.filter_map(holding).collect();
    let calendar = &settings.calendar;
    let case = Case { amount: asked.amount, by: asked.by, entries: &entries, calendar, lock, two_above, now: work.now };
    Ok(permit(&case, &holdings).ok())
}
