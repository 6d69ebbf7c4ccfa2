//! What a user may let leave, device by device: limits, what is used of them, what is left, and why no more.

use super::permit::{Asked, Facts};
use crate::{
    app::App,
    flow::Refused,
    work::{Stop, Work},
};
use domain::{
    Timestamp,
    device::catalogue::{Limit, Limits},
    id::{DeviceId, UserId},
    money::{
        calendar::NoCalendar,
        limit::Used,
        lock::{Lock, TransferLock},
        own::OwnLimits,
        permit::{By, Holding, Reason, permit},
        rate::COUNTED_IN,
        two_devices::TwoAbove,
    },
};
use jiff::civil::Date;
use operation::{Amount, Money};
use std::sync::Arc;
use store::device::Device;

/// What a user may let leave.
#[derive(Debug, Clone)]
pub struct MoneyOverview {
    /// The IANA name of the zone in which days are counted.
    pub zone: String,
    /// The date there.
    pub date: Date,
    /// The business day on which counts what is asked now.
    pub business_day: Date,
    /// The first of the five business days that end with it.
    pub from: Date,
    /// What is used on it, an exact decimal in [`COUNTED_IN`].
    pub used_in_day: String,
    /// What is used on the five.
    pub used_in_five_days: String,
    /// The active devices, by activation.
    pub devices: Vec<DeviceRoom>,
    /// When this was so.
    pub now: Timestamp,
    /// The transfer lock as it stood then.
    pub lock: TransferLock,
    /// How it was closed last.
    pub usual: Option<Lock>,
    /// The sum above which two devices are needed, with a rise that waits.
    pub two_above: TwoAbove,
}

/// What one device may authorise.
#[derive(Debug, Clone)]
pub struct DeviceRoom {
    /// Which.
    pub id: DeviceId,
    /// Its class.
    pub class: String,
    /// Its label.
    pub label: String,
    /// The class's limits.
    pub limits: Limits,
    /// The most that one card payment may be.
    pub per_card_payment: Limit,
    /// The user's own, with a rise that waits.
    pub own: OwnLimits,
    /// The user's own as they hold now.
    pub own_now: Limits,
    /// The most that it could confirm now, alone or with another device; none where there is no limit.
    pub available: Option<Money>,
    /// What keeps it from more.
    pub reasons: Vec<Reason>,
}

/// Loads it.
pub async fn load(app: &Arc<App>, user: UserId) -> Result<MoneyOverview, Refused> {
    app.look(move |work| of_user(work, user)).await
}

/// Loads it in the caller's unit of work.
pub fn of_user(work: &mut Work<'_>, user: UserId) -> Result<MoneyOverview, Stop<Refused>> {
    let asked = Asked { amount: Money::from_minor(0, COUNTED_IN), by: By::Withdrawal, own: None };
    let (facts, mut devices) = Facts::with_devices(work, user, asked)?.ok_or(Refused::NoCalendar)?;
    devices.sort_by_key(|device| (device.activated_at, device.id));
    of_facts(work, &facts, asked, &devices).map_err(|NoCalendar(_)| Refused::NoCalendar.into())
}

fn of_facts(work: &Work<'_>, facts: &Facts, asked: Asked, devices: &[Device]) -> Result<MoneyOverview, NoCalendar> {
    let (settings, now) = (&work.app.settings, work.now);
    let calendar = &settings.calendar;
    let business_day = calendar.business_day_at(now)?;
    let used = Used::on(calendar, &facts.entries, business_day)?;
    let holdings = facts.holdings(work.app, devices);
    let room = |holding: &Holding<'_>| {
        let device = devices.iter().find(|device| device.id == holding.id);
        let (available, reasons) = most(work, facts, asked, holding)?;
        Ok(DeviceRoom {
            id: holding.id,
            class: holding.class.name.clone(),
            label: device.map(|device| device.label.clone()).unwrap_or_default(),
            limits: holding.class.limits,
            per_card_payment: holding.class.per_card_payment,
            own: holding.own,
            own_now: holding.own.at(now),
            available,
            reasons,
        })
    };
    Ok(MoneyOverview {
        zone: settings.zone.iana_name().unwrap_or("UTC").to_owned(),
        date: calendar.date(now),
        business_day,
        from: calendar.window_start(business_day)?,
        used_in_day: decimal(used.day),
        used_in_five_days: decimal(used.five_days),
        devices: holdings.iter().map(room).collect::<Result<_, _>>()?,
        now,
        lock: facts.rule.lock.at(now),
        usual: facts.rule.usual,
        two_above: facts.rule.two_above,
    })
}

/// The most that a device could confirm, and what is said against the least that is more.
fn most(
    work: &Work<'_>,
    facts: &Facts,
    asked: Asked,
    holding: &Holding<'_>,
) -> Result<(Option<Money>, Vec<Reason>), NoCalendar> {
    let judged = |minor| {
        let asked = Asked { amount: Money::from_minor(minor, COUNTED_IN), ..asked };
        let decision = permit(&facts.case(work.app, asked, work.now), std::slice::from_ref(holding))?;
        Ok::<_, NoCalendar>(decision.devices.into_iter().next())
    };
    let available = judged(0)?.and_then(|judged| judged.available);
    let more = available.map_or(i64::MAX, |left| left.minor().saturating_add(1));
    Ok((available, judged(more)?.map(|judged| judged.reasons).unwrap_or_default()))
}

/// A limit as our interfaces tell it: an exact decimal in [`COUNTED_IN`], none where there is none.
pub fn limit(limit: Limit) -> Option<String> {
    match limit {
        Limit::Unlimited => None,
        Limit::UpTo(most) => Some(decimal(most.minor().into())),
    }
}

/// So many minor units of [`COUNTED_IN`] as an exact decimal.
fn decimal(minor: i128) -> String {
    let minor = i64::try_from(minor).unwrap_or(i64::MAX);
    Amount::from(Money::from_minor(minor, COUNTED_IN)).digits().to_owned()
}
