//! What a decision orders: carried out by the caller in the same unit of work, or queued by it.

use crate::{
    Policy,
    audit::Kind,
    confirmation::Operation,
    device::Moving,
    id::{ConfirmationId, DeviceId},
    lockout::{DeviceFailures, Until, UserFailures},
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
    /// The user is locked until then.
    UserLocked(Timestamp),
    /// A device is locked.
    DeviceLocked(DeviceId, Until),
    /// The right password was given and then wrong answers until the attempt ended.
    WrongAnswers,
    /// The owner said "it wasn't me": the password is locked.
    NotMe,
    /// The owner said "it wasn't me" to what a client's back end asked for.
    NotMyOperation,
    /// A further device is active now.
    DeviceActivated(DeviceId),
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
    /// What the user tells clients that ask was set or taken away.
    UserCodeChanged,
    /// A code card has only this many answers left.
    CardRunsOut(DeviceId, u32),
    /// A code card's last values were used.
    CardUsedUp(DeviceId),
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

/// Counts a wrong answer on the device and on the user.
pub fn count_wrong_answer(
    (device, failures): (DeviceId, DeviceFailures),
    user: &UserFailures,
    policy: &Policy,
    now: Timestamp,
) -> WrongAnswer {
    let failures = failures.one_more(now);
    let mut effects =
        vec![Effect::audit_of(Kind::AnsweredWrong, device), Effect::SaveDeviceFailures { device, failures }];
    let device_locked = failures.locked(&policy.device_lock, now);
    if let Some(until) = device_locked {
        effects.push(Effect::Tell(Notice::DeviceLocked(device, until)));
        effects.push(Effect::audit_of(Kind::DeviceLocked, device));
    }
    let counted = count_user_failure(user, &policy.user_lock, now);
    let user_locked = counted.contains(&Effect::audit(Kind::UserLocked));
    effects.extend(counted);
    WrongAnswer { effects, device_locked, user_locked }
}

/// A right answer: the consecutive counters start again; those that stand at nothing are not written.
pub fn forget_failures((device, failures): (DeviceId, DeviceFailures), user: &UserFailures) -> Vec<Effect> {
    let mut effects = Vec::new();
    if failures != DeviceFailures::default() {
        effects.push(Effect::SaveDeviceFailures { device, failures: DeviceFailures::default() });
    }
    if !user.moments().is_empty() {
        effects.push(Effect::SaveUserFailures(UserFailures::default()));
    }
    effects
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
