//! The numbers an institution may set. Defaults are those of the design's tables.

use std::time::Duration;

/// Every setting that a decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How long a login confirmation lives.
    pub login_life: Duration,
    /// Wrong answers that end one confirmation.
    pub wrong_answers: u32,
    /// The failures after which a device locks, and for how long.
    pub device_lock: DeviceLock,
    /// The failures after which a user locks, and for how long.
    pub user_lock: UserLock,
    /// The wrong answers without a password before them after which none of these is taken, and for how long.
    pub answers_without_password: UserLock,
    /// Unanswered pushes since the user's last success after which only challenge/response is offered.
    pub unanswered_pushes: u32,
    /// After how long a known browser or program gets one more push all the same.
    pub push_again_after: Duration,
    /// Requests that may be on the user's phone at once, one for each asker.
    pub open_requests: u32,
    /// How long after the login that made it known a browser or program spares its user the number at the earliest.
    pub trusted_after: Duration,
    /// Further OCRA counters the server accepts after the expected one.
    pub counter_look_ahead: u32,
    /// Time steps of drift accepted to either side, beyond what was learned of a device.
    pub time_drift_steps: u32,
    /// Whether a code card's value may be asked again once it was used.
    pub reuse_card_values: bool,
}

/// Consecutive wrong answers on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLock {
    /// From this many on, each further one locks the device for a time.
    pub from: u32,
    /// The first lock; each next is twice as long.
    pub first: Duration,
    /// From this many on, only the desk or another device lifts it.
    pub for_good_from: u32,
}

/// Consecutive failures of one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserLock {
    /// This many failures…
    pub failures: usize,
    /// … within this time lock the user until this long after the last.
    pub within: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            login_life: Duration::from_secs(180),
            wrong_answers: 3,
            device_lock: DeviceLock { from: 5, first: Duration::from_secs(15 * 60), for_good_from: 10 },
            user_lock: UserLock { failures: 10, within: Duration::from_secs(24 * 3600) },
            answers_without_password: UserLock { failures: 10, within: Duration::from_secs(7 * 24 * 3600) },
            unanswered_pushes: 5,
            push_again_after: Duration::from_secs(15 * 60),
            open_requests: 5,
            trusted_after: Duration::from_secs(24 * 3600),
            counter_look_ahead: 20,
            time_drift_steps: 1,
            reuse_card_values: false,
        }
    }
}
