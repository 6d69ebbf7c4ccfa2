//! The page of limits and the transfer lock, and what is asked there.

use super::settings::moment;
use crate::{
    flow::{
        Refused,
        confirm::offer,
        money::{
            Asking, NotChanged, Wished, lock,
            overview::{self, DeviceRoom, MoneyOverview},
            own_limit::{self, Wish},
            two_devices,
        },
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt,
            form::PageForm,
            page::Visit,
            session::{SignedInForm, SignedInVisit},
        },
    },
    pages::{
        error::ErrorKind,
        limits::{LimitPair, LimitsPage, LimitsTold, LockLine, RoomLine, TwoLine, Why},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{
    device::catalogue::{Limit, Limits},
    money::{
        lock::{Lock, LockRefusal, TransferLock},
        own,
        permit::{Reached, Reason},
        rate::COUNTED_IN,
        two_devices::{SumRefusal, TwoAbove},
    },
};
use operation::{Amount, Money};
use std::time::Duration;

/// Octets of an amount as it is typed.
const TYPED: usize = 160;

/// `GET /settings/limits`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    match overview::load(&app, signed_in.user.id).await {
        Ok(loaded) => {
            let told = query.member("said", 32).and_then(LimitsTold::of);
            visit.show(StatusCode::OK, &page(&visit, &loaded, told))
        }
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /settings/limits/own`.
pub async fn own(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let device = named(&form)?;
    let (per_day, per_five_days) = (typed(&form, "per_day")?, typed(&form, "per_five_days")?);
    let limit = |most: Option<Money>| most.map_or(Limit::Unlimited, Limit::UpTo);
    let limits = Limits { per_day: limit(per_day), per_five_days: limit(per_five_days) };
    let wish = Wish { device, limits, wait: wait(&form)? };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    Ok(wished(&app, &form, own_limit::wish(&app, &asking, wish).await))
}

/// `POST /settings/limits/own/keep`.
pub async fn keep_own(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let device = named(&form)?;
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let kept = own_limit::keep(&app, &asking, device).await;
    Ok(kept.map_or_else(|not| refused(&form, not), |()| said(&form, LimitsTold::Kept)))
}

/// `POST /settings/limits/lock`: closes it, or keeps it closed.
pub async fn close(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let cards = form.field("cards", 8)? == "yes";
    let wish = match form.field("hours", 8)? {
        "" => None,
        _ => Some(Lock { wait: wait(&form)?, cards }),
    };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let closed = lock::close_here(&app, &asking, wish).await;
    Ok(closed.map_or_else(|not| refused(&form, not), |_| said(&form, LimitsTold::Closed)))
}

/// `POST /settings/limits/lock/open`.
pub async fn open(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Page {
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let asked = lock::ask_to_open(&app, &asking).await;
    wished(&app, &form, asked.map(Wished::Asked))
}

/// `POST /settings/limits/two`.
pub async fn two(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let above = typed(&form, "above")?;
    let wait = wait(&form)?;
    let asking = Asking { signed_in, origin: form.origin.clone() };
    Ok(wished(&app, &form, two_devices::wish(&app, &asking, above, wait).await))
}

/// `POST /settings/limits/two/keep`.
pub async fn keep_two(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Page {
    let asking = Asking { signed_in, origin: form.origin.clone() };
    let kept = two_devices::keep(&app, &asking).await;
    kept.map_or_else(|not| refused(&form, not), |()| said(&form, LimitsTold::Kept))
}

#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn named(form: &PageForm) -> Result<domain::id::DeviceId, Page> {
    form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))
}

/// A wait, in whole hours; a day where none was chosen.
#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn wait(form: &PageForm) -> Result<Duration, Page> {
    let hours: u16 = match form.field("hours", 8)? {
        "" => 24,
        hours => hours.parse().map_err(|_| said(form, LimitsTold::Wait))?,
    };
    Ok(Duration::from_secs(u64::from(hours) * 3600))
}

/// An amount as people of the page's language write it; none where the field is empty.
#[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
fn typed(form: &PageForm, name: &'static str) -> Result<Option<Money>, Page> {
    let text = form.field(name, TYPED)?;
    let marks = amount::Marks::of(form.visit.frame().lang.tag());
    let field = amount::Field { currency: COUNTED_IN.code(), decimals: 2 };
    let minor = match amount::read(text, marks, field) {
        Ok(read) => i64::try_from(read.minor()).ok(),
        Err(amount::Refused::Empty) => return Ok(None),
        Err(_) => None,
    };
    let minor = minor.ok_or_else(|| said(form, LimitsTold::Amount))?;
    Ok(Some(Money::from_minor(minor, COUNTED_IN)))
}

fn said(form: &PageForm, told: LimitsTold) -> Page {
    form.visit.go(&format!("/settings/limits?said={}", told.name()))
}

fn wished(app: &Shared, form: &PageForm, wished: Result<Wished, NotChanged>) -> Page {
    match wished {
        Ok(Wished::Holds) => said(form, LimitsTold::Saved),
        Ok(Wished::Asked(handle)) => attempt::on_to(app, &form.visit, &handle, offer::LIFE),
        Err(not) => refused(form, not),
    }
}

fn refused(form: &PageForm, not: NotChanged) -> Page {
    let told = match not {
        NotChanged::UnknownDevice => LimitsTold::UnknownDevice,
        NotChanged::Limits(own::NotChanged::AboveClass) => LimitsTold::AboveClass,
        NotChanged::Limits(own::NotChanged::DayAboveFiveDays) => LimitsTold::DayAboveFive,
        NotChanged::Limits(own::NotChanged::WeakDevice)
        | NotChanged::Lock(LockRefusal::WeakDevice)
        | NotChanged::Sum(SumRefusal::WeakDevice)
        | NotChanged::Refused(Refused::NotPermitted(_) | Refused::NoUsableDevice { .. }) => LimitsTold::NoDevice,
        NotChanged::Limits(own::NotChanged::Wait)
        | NotChanged::Lock(LockRefusal::Wait)
        | NotChanged::Sum(SumRefusal::Wait) => LimitsTold::Wait,
        NotChanged::Lock(LockRefusal::NotClosed) => LimitsTold::NotClosed,
        NotChanged::Sum(SumRefusal::OneDevice) => LimitsTold::OneDevice,
        NotChanged::Refused(refused) => return form.visit.refused(&refused),
    };
    said(form, told)
}

fn page(visit: &Visit, loaded: &MoneyOverview, told: Option<LimitsTold>) -> LimitsPage {
    let usual = match loaded.lock {
        TransferLock::Closed(lock) | TransferLock::Opening { lock, .. } => lock,
        TransferLock::Open => loaded.usual.unwrap_or(lock::USUAL),
    };
    LimitsPage {
        frame: visit.frame_at("/settings/limits"),
        business_day: loaded.business_day.to_string(),
        used: counted(&loaded.used_in_day),
        from: loaded.from.to_string(),
        used_in_five_days: counted(&loaded.used_in_five_days),
        devices: loaded.devices.iter().map(room).collect(),
        lock: lock_line(loaded.lock),
        hours: hours(usual),
        cards: usual.cards,
        two: two_line(loaded),
        told,
    }
}

/// A line of the lock.
pub(super) fn lock_line(lock: TransferLock) -> LockLine {
    match lock {
        TransferLock::Open => LockLine::Open,
        TransferLock::Closed(lock) => LockLine::Closed { hours: hours(lock), cards: lock.cards },
        TransferLock::Opening { until, .. } => LockLine::Opening { at: moment(until) },
    }
}

fn hours(lock: Lock) -> u32 {
    u32::try_from(lock.wait.as_secs() / 3600).unwrap_or(u32::MAX)
}

fn two_line(loaded: &MoneyOverview) -> TwoLine {
    let TwoAbove { rise, .. } = loaded.two_above;
    let rise = rise.filter(|rise| loaded.now < rise.at);
    TwoLine {
        above: loaded.two_above.at(loaded.now).map(Into::into),
        rise: rise.map(|rise| (rise.to.map(Into::into), moment(rise.at))),
    }
}

fn room(room: &DeviceRoom) -> RoomLine {
    let rise = room.own.rise.filter(|_| room.own.in_the_end() != room.own_now);
    RoomLine {
        id: room.id.to_string(),
        label: room.label.clone(),
        class: pair(room.limits),
        own: pair(room.own_now),
        rise: rise.map(|rise| (pair(rise.to), moment(rise.at))),
        left: room.available.map(Into::into),
        why: room.reasons.iter().map(why).collect(),
    }
}

fn pair(limits: Limits) -> LimitPair {
    let amount = |limit| match limit {
        Limit::Unlimited => None,
        Limit::UpTo(most) => Some(most.into()),
    };
    LimitPair { per_day: amount(limits.per_day), per_five_days: amount(limits.per_five_days) }
}

fn why(reason: &Reason) -> Why {
    let reached = |key, Reached { limit, used }: &Reached| Why::Reached(key, counted(limit), counted(used));
    match reason {
        Reason::ClassPerDay(limit) => reached("limits-why-class-per-day", limit),
        Reason::ClassPerFiveDays(limit) => reached("limits-why-class-per-five-days", limit),
        Reason::ClassPerCardPayment { limit } => Why::CardPayment(limit.clone()),
        Reason::OwnPerDay(limit) => reached("limits-why-own-per-day", limit),
        Reason::OwnPerFiveDays(limit) => reached("limits-why-own-per-five-days", limit),
        Reason::RecoveredPerDay(limit) => reached("limits-why-recovered-per-day", limit),
        Reason::RecoveredPerFiveDays(limit) => reached("limits-why-recovered-per-five-days", limit),
        Reason::TransferLockClosed => Why::Lock,
        Reason::TransferLockOpening { until } => Why::LockUntil(moment(*until)),
        Reason::TwoDevices { above } => Why::Two(above.clone()),
    }
}

/// An exact decimal in [`COUNTED_IN`] as an amount.
fn counted(digits: &str) -> Amount {
    let money = Money::parse(digits, COUNTED_IN);
    money.unwrap_or(Money::from_minor(0, COUNTED_IN)).into()
}
