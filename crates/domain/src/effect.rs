//! What a decision orders: carried out by the caller in the same unit of work, or queued by it.

use crate::{
    Policy,
    audit::Kind,
    confirmation::Operation,
    device::Moving,
    id::{ConfirmationId, DeviceId},
    lockout::{Budget, DeviceFailures, Until, UserFailures},
    policy::UserLock,
    time::Timestamp,
};

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Wake the phone: a confirmation awaits it.
    SendPush {
        /// The phone.
        device: DeviceId,
        /// The confirmation.
        confirmation: ConfirmationId,
        /// From when on it is of no use to be woken.
        until: Timestamp,
    },
    /// Send the code that answers a question to the telephone that a device stands for.
    SendCode {
        /// The device.
        device: DeviceId,
        /// The question.
        question: String,
    },
    /// The phone answered a push by its signature: it is not among the unanswered ones of its budget any more.
    PushAnswered,
    /// A success: no push of any budget counts as unanswered any more.
    ForgetPushes,
    /// Save a device's failure count.
    SaveDeviceFailures {
        /// The device.
        device: DeviceId,
        /// The new count.
        failures: DeviceFailures,
    },
    /// Save the user's failures in the budget of this attempt.
    SaveUserFailures(UserFailures),
    /// One more wrong answer that no password came before, of which the user is to be told.
    CountUntold,
    /// The user was told of all of them.
    ForgetUntold,
    /// Save what moves on a device.
    SaveMoving {
        /// The device.
        device: DeviceId,
        /// The new value.
        moving: Moving,
    },
    /// A device has nothing left to answer with: it ends.
    DeviceRanOut {
        /// The device.
        device: DeviceId,
    },
    /// Refuse the user's password until the desk lifts it.
    LockPassword,
    /// Tell the owner on another channel.
    Tell(Notice),
    /// Tell the secure-login desk that the owner says this operation was not theirs.
    TellDesk(Box<Operation>),
    /// Write a row of the audit log.
    Audit {
        /// What happened.
        kind: Kind,
        /// To or with which device.
        device: Option<DeviceId>,
    },
}

impl Effect {
    /// An audit row without a device.
    pub fn audit(kind: Kind) -> Self {
        Self::Audit { kind, device: None }
    }

    /// An audit row about a device.
    pub fn audit_of(kind: Kind, device: DeviceId) -> Self {
        Self::Audit { kind, device: Some(device) }
    }
}

/// What the owner is told on every contact point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// One more failure locks the user.
    LastAttempt,
    /// The user is an agent of the desk now, or has other roles.
    AgentSet,
    /// The user is locked until then.
    UserLocked(Timestamp),
    /// A device is locked.
    DeviceLocked(DeviceId, Until),
    /// The right password was given and then wrong answers until the attempt ended.
    WrongAnswers,
    /// Wrong answers with a device until the attempt ended, with no password given for it.
    WrongCodes(DeviceId),
    /// So many wrong answers that no password came before, since the last success.
    WrongBefore(u32),
    /// Too many wrong answers that no password came before: none is taken until then.
    RequestsLocked(DeviceId, Timestamp),
    /// The owner said "it wasn't me": the password is locked.
    NotMe,
    /// The owner said "it wasn't me" to what a client's back end asked for.
    NotMyOperation,
    /// A further device is active now.
    DeviceActivated(DeviceId),
    /// A passkey's counter went back: there may be a copy of it.
    PasskeyCopied(DeviceId),
    /// A device was ordered.
    DeviceOrdered,
    /// A device was ordered for the user, who is to choose its PIN.
    DeviceOrderedForPin,
    /// The PIN of an ordered device was chosen.
    OrderPinChosen,
    /// A device was mailed; it becomes active by itself then.
    DeviceShipped(DeviceId, Timestamp),
    /// A device ended: another one took its place.
    DeviceReplaced(DeviceId),
    /// An order was given up before its device was mailed.
    OrderCancelled,
    /// A device that was mailed did not arrive.
    OrderLost,
    /// A device came back.
    OrderReturned,
    /// A phone was removed by whoever holds it.
    DeviceRemoved(DeviceId),
    /// A device's PIN was changed.
    PinChanged(DeviceId),
    /// A device was set aside.
    DeviceSuspended(DeviceId),
    /// A device that was set aside is in use again.
    DeviceReactivated(DeviceId),
    /// A device was ended for good.
    DeviceRevoked(DeviceId),
    /// A device's lock was lifted.
    DeviceUnlocked(DeviceId),
    /// A device whose counter or clock had run away was taken up with again.
    DeviceResynchronised(DeviceId),
    /// Programs without a chooser get this device from now on.
    DefaultDevice(DeviceId),
    /// The user's lock was lifted.
    UserUnlocked,
    /// Every session was ended by somebody else.
    SessionsEnded,
    /// The user has another password, by somebody else's hand.
    PasswordSet,
    /// The user has another password, chosen by whoever confirmed it with a device.
    PasswordChanged,
    /// The user chose the first password.
    PasswordChosen,
    /// What the user tells clients that ask was set or taken away.
    UserCodeChanged,
    /// The user's own limits of a device are lower.
    LimitsLowered(DeviceId),
    /// They will be higher from then on.
    LimitsRise(DeviceId, Timestamp),
    /// They stay as they are: a rise was given up.
    LimitsKept(DeviceId),
    /// The transfer lock was closed.
    TransferLockClosed,
    /// It will be open from then on.
    TransferLockOpens(Timestamp),
    /// It stays closed: its opening was given up.
    TransferLockKept,
    /// Two devices are needed from a lower sum on.
    TwoDevicesLowered,
    /// They will be needed only above a higher sum, or not at all, from then on.
    TwoDevicesRise(Timestamp),
    /// That stays as it is: a rise was given up.
    TwoDevicesKept,
    /// A device has confirmed what takes two: the second one is awaited on a page.
    SecondDevice(DeviceId),
    /// A phone came back by a code alone, and is in doubt until then.
    PhoneRecovered(DeviceId, Timestamp),
    /// Another device of the user ended it.
    RecoveryVetoed(DeviceId),
    /// No code alone brings a phone back any more.
    CodeAloneClosed,
    /// A code alone may bring a phone back again.
    CodeAloneAllowed,
    /// A device of the user's showed the desk who is on the line.
    CallerProved(DeviceId),
    /// The desk checked who is on the line, and no device of the user's said yes.
    CallerNotProved,
    /// A phone took the place of another one that vouched for it.
    PhoneMoved(DeviceId),
    /// A code card has only this many answers left.
    CardRunsOut(DeviceId, u32),
    /// A code card's last values were used.
    CardUsedUp(DeviceId),
}

/// What an answer counts on: the device, and its user in one budget.
#[derive(Debug, Clone, Copy)]
pub struct Counters<'a> {
    /// The device.
    pub device: DeviceId,
    /// Its failures.
    pub on_device: DeviceFailures,
    /// Whose failures count.
    pub budget: Budget,
    /// The user's in this budget.
    pub on_user: &'a UserFailures,
    /// Wrong answers that no password came before, since the user was last told of them.
    pub untold: u32,
}

/// What a wrong answer orders, wherever it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAnswer {
    /// The orders.
    pub effects: Vec<Effect>,
    /// Until when the device is locked now.
    pub device_locked: Option<Until>,
    /// Whether the user locked.
    pub user_locked: bool,
}

impl Counters<'_> {
    /// Until when nothing of this budget is evaluated, if so now.
    pub fn user_locked(self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        self.on_user.locked(self.budget.lock(policy), now)
    }

    /// Counts a wrong answer on the device and on the user.
    pub fn wrong(self, policy: &Policy, now: Timestamp) -> WrongAnswer {
        let (device, failures) = (self.device, self.on_device.one_more(now));
        let mut effects =
            vec![Effect::audit_of(Kind::AnsweredWrong, device), Effect::SaveDeviceFailures { device, failures }];
        let device_locked = failures.locked(&policy.device_lock, now);
        if let Some(until) = device_locked {
            effects.push(Effect::Tell(Notice::DeviceLocked(device, until)));
            effects.push(Effect::audit_of(Kind::DeviceLocked, device));
        }
        let counted = match self.budget {
            Budget::WithoutPassword => self.without_password(policy, now),
            Budget::Strangers | Budget::Known(_) => count_user_failure(self.on_user, &policy.user_lock, now),
        };
        let locks = [Effect::audit(Kind::UserLocked), Effect::audit_of(Kind::RequestsLocked, device)];
        let user_locked = counted.iter().any(|effect| locks.contains(effect));
        effects.extend(counted);
        WrongAnswer { effects, device_locked, user_locked }
    }

    fn without_password(self, policy: &Policy, now: Timestamp) -> Vec<Effect> {
        let failures = self.on_user.one_more(&policy.answers_without_password, now);
        let locked = failures.locked(&policy.answers_without_password, now);
        let mut effects = vec![Effect::SaveUserFailures(failures), Effect::CountUntold];
        if let Some(end) = locked {
            effects.push(Effect::Tell(Notice::RequestsLocked(self.device, end)));
            effects.push(Effect::audit_of(Kind::RequestsLocked, self.device));
        }
        effects
    }

    /// A right answer: the consecutive counters start again; those that stand at nothing are not written. Guesses without
    /// the password stay counted, and the user is told how many there were.
    pub fn right(self) -> Vec<Effect> {
        let device = self.device;
        let mut effects = Vec::new();
        if self.on_device != DeviceFailures::default() {
            effects.push(Effect::SaveDeviceFailures { device, failures: DeviceFailures::default() });
        }
        if self.budget != Budget::WithoutPassword && !self.on_user.moments().is_empty() {
            effects.push(Effect::SaveUserFailures(UserFailures::default()));
        }
        if self.untold > 0 {
            effects.extend([Effect::Tell(Notice::WrongBefore(self.untold)), Effect::ForgetUntold]);
        }
        effects
    }
}

/// Counts one failure of a user, and orders what follows from it.
pub fn count_user_failure(failures: &UserFailures, policy: &UserLock, now: Timestamp) -> Vec<Effect> {
    let failures = failures.one_more(policy, now);
    let locked = failures.locked(policy, now);
    let one_left = failures.moments().len() + 1 == policy.failures;
    let mut effects = vec![Effect::SaveUserFailures(failures)];
    match locked {
        Some(end) => effects.extend([Effect::Tell(Notice::UserLocked(end)), Effect::audit(Kind::UserLocked)]),
        None if one_left => effects.push(Effect::Tell(Notice::LastAttempt)),
        None => {}
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    /// Who answers.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        /// A wrong answer that no password came before, where one is compared.
        Guess,
        /// The owner's right answer behind the password.
        LogsIn,
        /// A right answer that no password came before.
        Approves,
    }

    proptest! {
        /// However the owner's successes fall between the guesses of a copied phone: no week sees more than ten of these
        /// compared, and each is told by the next success, once.
        #[test]
        fn guesses_have_an_end_that_no_success_moves(
            acts in prop::collection::vec((0_u64..100_000, prop_oneof![
                4 => Just(Act::Guess), 1 => Just(Act::LogsIn), 1 => Just(Act::Approves),
            ]), 1..120),
        ) {
            let (policy, device) = (Policy::default(), DeviceId::from([3; 16]));
            let (mut guesses, mut untold, mut compared, mut told) = (UserFailures::default(), 0, Vec::new(), 0);
            let mut now = Timestamp::from_unix_seconds(1_800_000_000);
            for (gap, act) in acts {
                now = now.plus(Duration::from_secs(gap));
                let none = UserFailures::default();
                let (budget, on_user) = match act {
                    Act::LogsIn => (Budget::Strangers, &none),
                    Act::Guess | Act::Approves => (Budget::WithoutPassword, &guesses),
                };
                let counters = Counters { device, on_device: DeviceFailures::default(), budget, on_user, untold };
                if counters.user_locked(&policy, now).is_some() {
                    continue;
                }
                let effects = match act {
                    Act::Guess => {
                        compared.push(now);
                        counters.wrong(&policy, now).effects
                    }
                    Act::LogsIn | Act::Approves => counters.right(),
                };
                for effect in effects {
                    match effect {
                        Effect::SaveUserFailures(failures) => guesses = failures,
                        Effect::CountUntold => untold += 1,
                        Effect::ForgetUntold => untold = 0,
                        Effect::Tell(Notice::WrongBefore(count)) => told += count,
                        _ => {}
                    }
                }
                let week = now.minus(policy.answers_without_password.within);
                prop_assert!(compared.iter().filter(|at| **at > week).count() <= 10);
                prop_assert_eq!(usize::try_from(told + untold).unwrap(), compared.len());
            }
        }
    }
}
