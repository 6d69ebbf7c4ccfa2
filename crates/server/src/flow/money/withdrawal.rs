//! A withdrawal's room: kept when it is asked for, and given back when nothing comes of it.

use crate::{
    flow::{Refused, messages::hook},
    work::{Stop, Work},
};
use domain::{
    confirmation::{Confirmation, Outcome, What},
    id::{ConfirmationId, UserId},
    money::{
        limit::Counted,
        rate::{NotConverted, counted},
        withdrawal::{WithdrawalEvent, WithdrawalState},
    },
};
use operation::{Currency, Money};
use serde_json::json;
use store::{
    Error,
    withdrawal::{ConfirmedBy, Keyed, Withdrawal},
};

/// How a withdrawal was asked for, beside its operation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// Whether it is a transfer.
    pub transfer: bool,
    /// The client's request, where it had a key.
    pub request: Option<Keyed>,
}

/// What an operation takes up of limits, at the rate and on the business day of now. None where it counts nowhere.
pub fn weigh(work: &mut Work<'_>, what: &What) -> Result<Option<Counted>, Stop<Refused>> {
    let Some(amount) = what.amount().filter(|_| !what.withdrawals().is_empty()) else { return Ok(None) };
    let money = amount.money().map_err(|_| Refused::NotCounted(NotConverted::TooLarge))?;
    let money = converted(work, money)?;
    let business_day = work.app.settings.calendar.business_day_at(work.now).map_err(|_| Refused::NoCalendar)?;
    Ok(Some(Counted { minor: money.minor(), business_day }))
}

/// What an amount comes to in the currency of the limits, at the rate of now.
pub fn converted(work: &mut Work<'_>, money: Money) -> Result<Money, Stop<Refused>> {
    let rate = match money.currency() {
        Currency::USD => None,
        currency => store::rate::one(work.sql, currency)?,
    };
    Ok(counted(money, rate, work.app.settings.rates_valid_for, work.now).map_err(Refused::NotCounted)?)
}

/// Keeps room for a withdrawal that has just been offered; for nothing else.
pub fn reserve(
    work: &mut Work<'_>,
    offered: &Confirmation,
    counted: Counted,
    manner: Manner,
) -> Result<Option<Withdrawal>, Error> {
    let withdrawals = offered.operation.what.withdrawals();
    if withdrawals.is_empty() {
        return Ok(None);
    }
    let payees: Vec<_> = withdrawals.iter().map(|withdrawal| withdrawal.destination.payee()).collect();
    let reserved = Withdrawal {
        user: offered.user,
        id: offered.id,
        transfer: manner.transfer,
        state: WithdrawalState::AwaitingConfirmation,
        client: offered.operation.client.clone(),
        what: offered.operation.what.clone(),
        payee: payees.join(" "),
        counted,
        confirmed_by: None,
        request: manner.request,
        created_at: work.now,
        changed_at: work.now,
    };
    store::withdrawal::insert(work.sql, &reserved)?;
    told(work, &reserved, reserved.state)?;
    Ok(Some(reserved))
}

/// Tells the institution where a withdrawal stands now.
pub fn told(work: &mut Work<'_>, one: &Withdrawal, state: WithdrawalState) -> Result<(), Error> {
    let kind = if one.transfer { "transfer" } else { "withdrawal" };
    let data = json!({ "id": one.id.to_string(), "kind": kind, "state": state.name(), "client": one.client });
    hook::tell(work, &format!("withdrawal.{}", state.name()), one.user, &data)
}

/// What becomes of a withdrawal whose confirmation has just ended.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if confirmation.operation.what.withdrawals().is_empty() {
        return Ok(());
    }
    // One that was asked for before withdrawals were kept has none.
    let Some(one) = store::withdrawal::one(work.sql, confirmation.user, confirmation.id)? else { return Ok(()) };
    let event = match confirmation.outcome() {
        None => return Ok(()),
        Some(Outcome::Confirmed { device, .. }) => {
            let devices = store::device::of_user(work.sql, confirmation.user)?;
            let found = devices.into_iter().find(|one| one.id == device);
            let by = ConfirmedBy { device, class: found.map(|found| found.class).unwrap_or_default() };
            unchanged(store::withdrawal::confirm(work.sql, &one, &by, work.now)?)?;
            return told(work, &one, WithdrawalState::Confirmed);
        }
        Some(Outcome::Denied { .. } | Outcome::Exhausted { .. }) => WithdrawalEvent::Refuse,
        Some(Outcome::Expired { .. }) => WithdrawalEvent::Expire,
        Some(Outcome::Abandoned { .. }) => WithdrawalEvent::Cancel,
    };
    // One that was given up meanwhile stays so.
    let Ok(state) = one.state.after(event) else { return Ok(()) };
    if state == one.state {
        return Ok(());
    }
    unchanged(store::withdrawal::pass(work.sql, &one, state, work.now)?)?;
    told(work, &one, state)
}

/// Whether a confirmed withdrawal was given up since: then it gives nothing any more.
pub fn is_stopped(work: &mut Work<'_>, user: UserId, confirmation: ConfirmationId) -> Result<bool, Error> {
    let one = store::withdrawal::one(work.sql, user, confirmation)?;
    Ok(one.is_some_and(|one| one.state == WithdrawalState::Cancelled))
}

/// Whoever finds that another unit came first runs anew.
fn unchanged(passed: bool) -> Result<(), Error> {
    if passed { Ok(()) } else { Err(Error::Retry) }
}
