//! What limits and locks say of a user's devices: the facts loaded, the rule asked.

use super::withdrawal::{converted, weigh};
use crate::{
    app::App,
    work::{Work, unless_refused},
};
use domain::{
    Timestamp,
    confirmation::What,
    device::{
        DeviceState,
        catalogue::{Limit, Limits, passkey_class},
        order::OrderState,
    },
    id::{ConfirmationId, DeviceId, UserId},
    money::{
        limit::Counted,
        own::OwnLimits,
        permit::{By, Case, Decision, Holding, Loosening, Recovered, loosen, permit},
        rate::COUNTED_IN,
    },
};
use operation::{Amount, LimitChange, Money, PasskeyAddition, PinChange};
use store::{Ask, Error, device::Device, holding::Holdings, transfer_rule::TransferRule};

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

/// What [`of_operation`] reads of a withdrawal.
pub fn asks(app: &App, user: UserId, id: ConfirmationId, now: Timestamp) -> Vec<Ask> {
    let mut asks = vec![
        store::withdrawal::ask_one(user, id),
        store::transfer_rule::ask_of_user(user),
        store::own_limit::ask_of_user(user),
    ];
    let calendar = &app.settings.calendar;
    let start = calendar.business_day_at(now).and_then(|today| calendar.window_start(today));
    asks.extend(start.ok().map(|start| store::withdrawal::ask_counting(user, start)));
    asks
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
        What::Withdrawal(_) | What::WithdrawalBatch(_) => {
            let counted = match store::withdrawal::one(work.sql, user, confirmation)? {
                Some(reserved) => Some(reserved.counted),
                None => unless_refused(weigh(work, what))?.flatten(),
            };
            let Some(Counted { minor, .. }) = counted else { return Ok(Said::NotCounted) };
            Asked { amount: Money::from_minor(minor, COUNTED_IN), by: By::Withdrawal, own: Some(confirmation) }
        }
        What::CardPayment(_) | What::CardPreauthorisation(_) => {
            let Some(amount) = card_payment(work, what, devices)? else { return Ok(Said::NotCounted) };
            Asked { amount, by: By::Card, own: None }
        }
        What::LimitChange(_)
        | What::TwoDevicesChange(_)
        | What::TransferLockOpen(_)
        | What::PinChange(_)
        | What::NumberRecovery
        | What::DeviceOrder(_) => return loosened(work, user, what, devices),
        What::PasskeyAddition(addition) => return vouched(work, user, addition, devices),
        What::Login | What::Authentication | What::PhoneActivation | What::PhoneMove | What::Call(_) => {
            return Ok(Said::Nothing);
        }
        What::PasswordChange | What::PasswordReset | What::DeskCase(_) | What::ContactChange(_) => {
            return Ok(Said::Nothing);
        }
        What::NewsAcknowledgement => return Ok(Said::Nothing),
    };
    Ok(decide(work, user, asked, devices)?.map_or(Said::NotCounted, Said::Decided))
}

/// What a card payment comes to; none where it cannot be told. It is told only where some device's class wants to know:
/// a missing rate is in nobody's way otherwise.
fn card_payment(work: &mut Work<'_>, what: &What, devices: &[Device]) -> Result<Option<Money>, Error> {
    let catalogue = &work.app.settings.catalogue;
    let capped = |device: &Device| {
        catalogue.class(&device.class).is_some_and(|class| class.per_card_payment != Limit::Unlimited)
    };
    if !devices.iter().any(capped) {
        return Ok(Some(Money::from_minor(0, COUNTED_IN)));
    }
    match what.amount().map(Amount::money) {
        Some(Ok(money)) => unless_refused(converted(work, money)),
        _ => Ok(None),
    }
}

/// What is said of each of a user's active devices about what loosens limits or the lock, or concerns a device.
fn loosened(work: &mut Work<'_>, user: UserId, what: &What, devices: &[Device]) -> Result<Said, Error> {
    let own = store::own_limit::of_user(work.sql, user)?;
    let holdings = holdings(work.app, &own, devices);
    let wish = match what {
        What::LimitChange(change) => {
            let target = holdings.iter().find(|one| one.id.to_string() == change.device_id.as_str());
            let Some((target, wanted)) = target.zip(wanted(change)) else { return Ok(Said::NotCounted) };
            Loosening::Own(wanted.lower(target.class.limits))
        }
        What::PinChange(change) => {
            let target = holdings.iter().find(|one| one.id.to_string() == change.device_id.as_str());
            match target {
                Some(target) => Loosening::Device(target.class.limits),
                // Of a device that is ordered, as with the order itself.
                None if is_ordered(work, user, change)? => Loosening::Order,
                None => return Ok(Said::NotCounted),
            }
        }
        What::DeviceOrder(_) => Loosening::Order,
        _ => Loosening::Transfers,
    };
    let amount = Money::from_minor(0, COUNTED_IN).into();
    Ok(Said::Decided(Decision { amount, devices: loosen(wish, &holdings, work.now) }))
}

/// Whether the PIN is for a device that is not mailed yet.
fn is_ordered(work: &mut Work<'_>, user: UserId, change: &PinChange) -> Result<bool, Error> {
    let orders = store::device_order::of_user(work.sql, &work.app.sealer, user)?;
    let id = change.device_id.as_str();
    Ok(orders.iter().any(|order| order.state == OrderState::Asked && order.device.to_string() == id))
}

/// What is said of each of a user's active devices about a passkey that is to be added: none vouches for one that may do
/// more than itself.
fn vouched(work: &mut Work<'_>, user: UserId, new: &PasskeyAddition, devices: &[Device]) -> Result<Said, Error> {
    let own = store::own_limit::of_user(work.sql, user)?;
    let holdings = holdings(work.app, &own, devices);
    let class = work.app.settings.catalogue.class(passkey_class(new.synced));
    let Some(class) = class else { return Ok(Said::NotCounted) };
    let amount = Money::from_minor(0, COUNTED_IN).into();
    Ok(Said::Decided(Decision { amount, devices: loosen(Loosening::Own(class.limits), &holdings, work.now) }))
}

/// The limits that a change asks for; none where they are no amounts in [`COUNTED_IN`].
pub(super) fn wanted(change: &LimitChange) -> Option<Limits> {
    let limit = |wanted: Option<&Amount>| match wanted {
        None => Some(Limit::Unlimited),
        Some(most) => most.money().ok().filter(|most| most.currency() == COUNTED_IN).map(Limit::UpTo),
    };
    Some(Limits { per_day: limit(change.per_day.as_ref())?, per_five_days: limit(change.per_five_days.as_ref())? })
}

/// What is said of each of a user's active devices; none where there is no calendar for today.
pub fn decide(work: &mut Work<'_>, user: UserId, asked: Asked, devices: &[Device]) -> Result<Option<Decision>, Error> {
    let Some(facts) = Facts::load(work, user, asked)? else { return Ok(None) };
    let holdings = facts.holdings(work.app, devices);
    Ok(permit(&facts.case(work.app, asked, work.now), &holdings).ok())
}

/// What decides on a user's devices, loaded once.
pub(super) struct Facts {
    /// What counts towards limits.
    pub(super) entries: Vec<Counted>,
    /// What the user wishes for transfers.
    pub(super) rule: TransferRule,
    /// The user's own limits.
    own: Vec<(DeviceId, OwnLimits)>,
}

impl Facts {
    /// Loads them; none where there is no calendar for today.
    fn load(work: &mut Work<'_>, user: UserId, asked: Asked) -> Result<Option<Self>, Error> {
        let Some(entries) = counting(work, user, asked)? else { return Ok(None) };
        let rule = store::transfer_rule::of_user(work.sql, user)?;
        Ok(Some(Self { entries, rule, own: store::own_limit::of_user(work.sql, user)? }))
    }

    /// Loads them together with the devices, in two statements; none where there is no calendar for today.
    pub(super) fn with_devices(
        work: &mut Work<'_>,
        user: UserId,
        asked: Asked,
    ) -> Result<Option<(Self, Vec<Device>)>, Error> {
        let Some(entries) = counting(work, user, asked)? else { return Ok(None) };
        let Holdings { rule, devices, own } = store::holding::of_user(work.sql, user)?;
        Ok(Some((Self { entries, rule, own }, devices)))
    }

    /// The active ones of these devices, as the rule sees them.
    pub(super) fn holdings<'a>(&self, app: &'a App, devices: &[Device]) -> Vec<Holding<'a>> {
        holdings(app, &self.own, devices)
    }

    /// The case that the rule judges.
    pub(super) fn case<'a>(&'a self, app: &'a App, asked: Asked, now: Timestamp) -> Case<'a> {
        let TransferRule { lock, two_above, .. } = self.rule;
        let (amount, by, two_above) = (asked.amount, asked.by, two_above.at(now));
        Case { amount, by, entries: &self.entries, calendar: &app.settings.calendar, lock, two_above, now }
    }
}

/// What counts towards limits now; none where there is no calendar for today.
fn counting(work: &mut Work<'_>, user: UserId, asked: Asked) -> Result<Option<Vec<Counted>>, Error> {
    let calendar = &work.app.settings.calendar;
    let start = calendar.business_day_at(work.now).and_then(|today| calendar.window_start(today));
    match (start, asked.by) {
        (Err(_), _) => Ok(None),
        (Ok(start), By::Withdrawal) => store::withdrawal::counting(work.sql, user, start, asked.own).map(Some),
        (Ok(_), By::Card) => Ok(Some(Vec::new())),
    }
}

/// The active ones of these devices, as the rule sees them.
pub(super) fn holdings<'a>(app: &'a App, own: &[(DeviceId, OwnLimits)], devices: &[Device]) -> Vec<Holding<'a>> {
    let holding = |device: &Device| {
        let class = app.settings.catalogue.class(&device.class)?;
        let own = own.iter().find(|(id, _)| *id == device.id).map_or(OwnLimits::NONE, |(_, own)| *own);
        // A phone that came back by a code alone may do no more for a day than a temporary code.
        let until = device.standing().in_doubt_until;
        let limits = app.settings.catalogue.limits_in_doubt();
        let recovered = until.map(|until| Recovered { until, limits });
        Some(Holding { id: device.id, class, own, recovered })
    };
    devices.iter().filter(|device| device.state == DeviceState::Active).filter_map(holding).collect()
}
