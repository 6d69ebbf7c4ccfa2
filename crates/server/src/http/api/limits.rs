//! What a user may withdraw, by which device, and why.

use super::{caller::LimitsRead, shown, unfit};
use crate::{
    flow::{
        institution::limits::{self, Asked, Permitted},
        money::overview::{self, DeviceRoom, MoneyOverview},
    },
    http::{
        Shared,
        answer::Data,
        extract::address::{Params, Segment},
        problem::{ApiProblem, Slug},
    },
};
use axum::extract::State;
use domain::money::{
    lock::TransferLock,
    permit::{Judged, Permit as Decided, Reached, Reason as Why, Verdict},
    rate::COUNTED_IN,
};
use operation::Amount;
use wire::api::limits::{
    Answer, AskPermit, Day, DeviceLimits, FiveDays, Limits, Lock, LockState, Operation, Permit, PermitDevice, Reason,
};

/// `GET /users/{id}/limits`.
pub async fn limits(
    State(app): State<Shared>,
    _: LimitsRead,
    Segment(name): Segment,
) -> Result<Data<Limits>, ApiProblem> {
    Ok(Data(told(limits::of_user(&app, name.ok_or(Slug::NotFound)?).await?)))
}

fn told(overview: MoneyOverview) -> Limits {
    let (state, until) = match overview.lock {
        TransferLock::Open => (LockState::Open, None),
        TransferLock::Closed(_) => (LockState::Closed, None),
        TransferLock::Opening { until, .. } => (LockState::Opening, Some(shown::moment(until))),
    };
    Limits {
        zone: overview.zone,
        business_day: overview.business_day.to_string(),
        currency: COUNTED_IN.code().to_owned(),
        day: Day { date: overview.date.to_string(), used: overview.used_in_day },
        five_days: FiveDays {
            from: overview.from.to_string(),
            to: overview.business_day.to_string(),
            used: overview.used_in_five_days,
        },
        devices: overview.devices.into_iter().map(device).collect(),
        lock: Lock { state, until },
    }
}

fn device(room: DeviceRoom) -> DeviceLimits {
    DeviceLimits {
        id: room.id.to_string(),
        class: room.class,
        label: room.label,
        per_day: overview::limit(room.limits.per_day),
        per_five_days: overview::limit(room.limits.per_five_days),
        per_card_payment: overview::limit(room.per_card_payment),
        own_per_day: overview::limit(room.own_now.per_day),
        own_per_five_days: overview::limit(room.own_now.per_five_days),
        available: room.available.map(shown::digits),
        reasons: room.reasons.into_iter().map(reason).collect(),
    }
}

/// `GET /users/{id}/permit`.
pub async fn permit(
    State(app): State<Shared>,
    _: LimitsRead,
    Segment(name): Segment,
    Params(asked): Params<AskPermit>,
) -> Result<Data<Permit>, ApiProblem> {
    let amount = Amount::parse(&asked.amount, &asked.currency).map_err(|error| unfit("amount", &error.to_string()))?;
    let card = asked.operation == Operation::CardPayment;
    let permitted = limits::permit(&app, name.ok_or(Slug::NotFound)?, Asked { amount, card }).await?;
    let (answer, until) = match permitted.decision.permit() {
        Decided::Free => (Answer::Free, None),
        Decided::Needs { .. } => (Answer::Needs, None),
        Decided::Waits { until } => (Answer::Waits, Some(shown::moment(until))),
        Decided::Closed { .. } => (Answer::Closed, None),
    };
    let two = permitted.decision.devices.iter().any(|judged| judged.verdict == Verdict::Second);
    Ok(Data(Permit {
        answer,
        until,
        how_many: if two { 2 } else { 1 },
        usd: shown::digits(permitted.counted),
        devices: permitted.decision.devices.iter().map(|judged| judged_device(&permitted, judged)).collect(),
    }))
}

fn judged_device(permitted: &Permitted, judged: &Judged) -> PermitDevice {
    let device = permitted.devices.iter().find(|device| device.id == judged.id);
    PermitDevice {
        id: judged.id.to_string(),
        class: device.map(|device| device.class.clone()).unwrap_or_default(),
        label: device.map(|device| device.label.clone()).unwrap_or_default(),
        permitted: judged.verdict <= Verdict::Second,
        available: judged.available.map(shown::digits),
        reasons: judged.reasons.iter().cloned().map(reason).collect(),
    }
}

fn reason(why: Why) -> Reason {
    let of_limit = |code: &str, reached: Reached| Reason {
        code: code.to_owned(),
        until: None,
        amount: Some(reached.limit),
        used: Some(reached.used),
    };
    let plain = |code: &str| Reason { code: code.to_owned(), until: None, amount: None, used: None };
    match why {
        Why::ClassPerDay(reached) => of_limit("class_per_day", reached),
        Why::ClassPerFiveDays(reached) => of_limit("class_per_five_days", reached),
        Why::ClassPerCardPayment { limit } => {
            Reason { amount: Some(limit.digits().to_owned()), ..plain("class_per_card_payment") }
        }
        Why::OwnPerDay(reached) => of_limit("own_per_day", reached),
        Why::OwnPerFiveDays(reached) => of_limit("own_per_five_days", reached),
        Why::RecoveredPerDay(reached) => of_limit("recovered_per_day", reached),
        Why::RecoveredPerFiveDays(reached) => of_limit("recovered_per_five_days", reached),
        Why::TransferLockClosed => plain("transfer_lock_closed"),
        Why::TransferLockOpening { until } => {
            Reason { until: Some(shown::moment(until)), ..plain("transfer_lock_opening") }
        }
        Why::TwoDevices { above } => Reason { amount: Some(above.digits().to_owned()), ..plain("two_devices") },
    }
}
