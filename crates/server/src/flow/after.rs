//! What follows from a unit of work in other rooms: the one place that knows them all.

use super::{
    confirm::turn,
    contact::change,
    desk::{call, case},
    device::{code_alone, lifecycle, order, own_pin, passkey},
    login::{new_password, news, session, take_back},
    money::{lock, own_limit, two_devices, withdrawal},
    oidc::{back_channel_logout, ping},
};
use crate::work::{After, Work, unless_refused};
use domain::{
    confirmation::{Confirmation, Event, What},
    device::{DeviceState, lifecycle::DeviceEvent},
    id::{DeviceId, UserId},
};
use store::{Error, device::Device};

/// Carries out what was queued by [`Work::after`].
pub fn follow(work: &mut Work<'_>, next: After) -> Result<(), Error> {
    match next {
        After::DevicePassed(device, state) => device_passed(work, &device, state),
        After::DeviceRanOut(device) => ran_out(work, device),
        After::PasswordTaken => work.user().map_or(Ok(()), |user| take_back::all(work, user)),
        After::ConfirmationEnded(confirmation) => {
            withdrawal::ended(work, &confirmation)?;
            own_limit::ended(work, &confirmation)?;
            two_devices::ended(work, &confirmation)?;
            lock::ended(work, &confirmation)?;
            new_password::ended(work, &confirmation)?;
            passkey::ended(work, &confirmation)?;
            own_pin::ended(work, &confirmation)?;
            change::ended(work, &confirmation)?;
            order::ended(work, &confirmation)?;
            case::ended(work, &confirmation)?;
            call::ended(work, &confirmation)?;
            code_alone::ended(work, &confirmation)?;
            news::ended(work, &confirmation)?;
            ping::ended(work, &confirmation)
        }
        After::TransfersStopped { cards } => work.user().map_or(Ok(()), |user| transfers_stopped(work, user, cards)),
        After::PhoneFree => work.user().map_or(Ok(()), |user| turn::hand_over(work, user)),
        After::SessionEnded(session) => {
            work.user().map_or(Ok(()), |user| back_channel_logout::session_ended(work, user, session))
        }
    }
}

/// A device that is not active any more is awaited by nothing, and the sessions that it opened end.
fn device_passed(work: &mut Work<'_>, device: &Device, state: DeviceState) -> Result<(), Error> {
    if state == DeviceState::Active {
        return Ok(());
    }
    let awaited = |confirmation: &Confirmation| {
        confirmation.device() == Some(device.id) || confirmation.first.is_some_and(|first| first.device == device.id)
    };
    turn::open(work, device.user, awaited, &Event::DeviceEnded { device: device.id })?;
    order::device_ended(work, device, state)?;
    session::end_of_device(work, device, state)
}

/// What waits for an answer is refused, and what is confirmed and not settled is given up.
fn transfers_stopped(work: &mut Work<'_>, user: UserId, cards: bool) -> Result<(), Error> {
    let held = |confirmation: &Confirmation| match confirmation.operation.what {
        What::Withdrawal(_) | What::WithdrawalBatch(_) => true,
        What::CardPayment(_) | What::CardPreauthorisation(_) => cards,
        _ => false,
    };
    turn::open(work, user, held, &Event::TakenBack)?;
    lock::stop_confirmed(work, user)
}

fn ran_out(work: &mut Work<'_>, device: DeviceId) -> Result<(), Error> {
    let Some(user) = work.user() else { return Ok(()) };
    if let Some(device) = store::device::one(work.sql, user, device)? {
        // What has ended meanwhile has ended.
        unless_refused(lifecycle::pass(work, &device, DeviceEvent::RanOut))?;
    }
    Ok(())
}
