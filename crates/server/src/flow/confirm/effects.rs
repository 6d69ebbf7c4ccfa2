//! Carrying out what the core ordered, within the unit of work that loaded what it decided on.

use crate::{
    flow::messages::{
        notice::tell,
        outbox, sent_code,
        wake::{self, Wake},
    },
    work::{After, Work},
};
use domain::{audit::Detail, confirmation::Confirmation, effect::Effect, id::UserId, pushes::PushBudget};
use store::Error;

/// Carries out the core's orders.
pub fn carry_out(work: &mut Work<'_>, effects: &[Effect]) -> Result<(), Error> {
    carry(work, None, effects)
}

/// Carries out what a step of a confirmation orders: its pushes count in its budget.
pub fn carry_out_of(work: &mut Work<'_>, confirmation: &Confirmation, effects: &[Effect]) -> Result<(), Error> {
    for effect in effects {
        if let Effect::SendCode { device, question } = effect {
            sent_code::send(work, confirmation, *device, question)?;
        }
    }
    carry(work, PushBudget::of(confirmation).as_ref(), effects)
}

fn carry(work: &mut Work<'_>, pushes: Option<&PushBudget>, effects: &[Effect]) -> Result<(), Error> {
    for effect in effects {
        match (effect, work.user()) {
            (Effect::Audit { kind, device: None }, _) => work.record(*kind, Detail::none())?,
            (Effect::Audit { kind, device: Some(device) }, _) => work.record_of(*device, *kind, Detail::none())?,
            // Everything else is about a user; the core orders none of it without one.
            (_, None) => {}
            (effect, Some(user)) => of_user(work, user, pushes, effect)?,
        }
    }
    Ok(())
}

fn of_user(work: &mut Work<'_>, user: UserId, pushes: Option<&PushBudget>, effect: &Effect) -> Result<(), Error> {
    match effect {
        Effect::SaveUserFailures(failures) => {
            let budget = work.budget();
            store::failure::save(work.sql, user, budget, failures)
        }
        Effect::SaveDeviceFailures { device, failures } => {
            store::device::save_failures(work.sql, user, *device, *failures)
        }
        Effect::CountUntold => store::user::count_untold(work.sql, user),
        Effect::ForgetUntold => store::user::forget_untold(work.sql, user),
        Effect::SaveMoving { device, moving } => store::device::save_moving(work.sql, user, *device, moving),
        Effect::DeviceRanOut { device } => {
            work.after(After::DeviceRanOut(*device));
            Ok(())
        }
        Effect::LockPassword => {
            store::user::lock_password(work.sql, user, work.now)?;
            // Somebody else has the password: nothing that a login gave is beyond doubt.
            work.after(After::PasswordTaken);
            Ok(())
        }
        Effect::Tell(notice) => tell(work, user, *notice),
        Effect::TellDesk(not_theirs) => outbox::tell_desk(work, user, not_theirs),
        // Saving the confirmation wakes the phone's stream of events, if it listens; a push, if it sleeps.
        Effect::SendPush { device, confirmation, until } => {
            if let Some(budget) = pushes {
                store::pushes::sent(work.sql, user, budget, work.now)?;
            }
            wake::queue(work, user, *device, &Wake::of(*confirmation, *until))
        }
        Effect::PushAnswered => match pushes {
            Some(budget) => store::pushes::answered(work.sql, user, budget),
            None => Ok(()),
        },
        Effect::ForgetPushes => store::pushes::forget(work.sql, user),
        // Written, and sent, by whoever carries out the list.
        Effect::Audit { .. } | Effect::SendCode { .. } => Ok(()),
    }
}
