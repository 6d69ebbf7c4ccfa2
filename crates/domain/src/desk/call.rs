//! Calls: who is on the line is shown by a device of the user's, and not by answers to questions alone.
//!
//! A check is asked by one agent about one user, and what it shows holds for that agent, for this call: not for a colleague,
//! not for the next call, and not once the device that showed it has ended.

use super::{Right, case::Agent};
use crate::{
    Timestamp,
    id::{DeviceId, UserId},
};
use std::time::Duration;

/// How long a check waits for the device.
pub const LIFE: Duration = Duration::from_secs(180);
/// How long after the device's yes it is the same call.
pub const SERVES: Duration = Duration::from_secs(1800);
/// So many checks that failed within [`REST`] close this road.
pub const MOST_FAILED: usize = 3;
/// For how long it is closed then.
pub const REST: Duration = Duration::from_secs(86_400);

/// Where a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// A device is asked.
    Asked,
    /// A device said yes.
    Proved,
    /// It ended in any other way.
    Failed,
}

impl CallState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Asked, Self::Proved, Self::Failed];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Proved => "proved",
            Self::Failed => "failed",
        }
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A check of one user, as far as it decides what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The agent who asked.
    pub agent: UserId,
    /// Where it stands.
    pub state: CallState,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it ended; while it is asked, when it will.
    pub ended_at: Timestamp,
    /// The device that said yes.
    pub device: Option<DeviceId>,
}

impl Call {
    /// Where it stands at a moment: what nobody has written down yet is over all the same.
    pub fn state(&self, now: Timestamp) -> CallState {
        if self.state == CallState::Asked && self.ended_at <= now { CallState::Failed } else { self.state }
    }

    /// Until when it shows who is on the line.
    pub fn serves_until(&self) -> Timestamp {
        self.ended_at.plus(SERVES)
    }
}

/// Why nobody is checked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallRefusal {
    /// An agent is not served at their own desk.
    #[error("nobody decides about themselves")]
    OwnUser,
    /// The roles do not allow it.
    #[error("the roles do not allow it")]
    Role,
    /// A check of this user is open.
    #[error("a check of this user is open")]
    UnderWay,
    /// Too many failed: no further one before this moment.
    #[error("too many checks of this user failed")]
    Rests(Timestamp),
}

/// Whether an agent may check who calls as a user, given every check of that user in the last two days.
pub fn may_check(by: Agent<'_>, user: UserId, calls: &[Call], now: Timestamp) -> Result<(), CallRefusal> {
    if by.id == user {
        return Err(CallRefusal::OwnUser);
    }
    if !by.roles.may(Right::CheckCaller) {
        return Err(CallRefusal::Role);
    }
    if calls.iter().any(|call| call.state(now) == CallState::Asked) {
        return Err(CallRefusal::UnderWay);
    }
    match closed_until(calls, now) {
        Some(until) if now < until => Err(CallRefusal::Rests(until)),
        _ => Ok(()),
    }
}

/// Until when failed checks close this road; none where they never did.
fn closed_until(calls: &[Call], now: Timestamp) -> Option<Timestamp> {
    let failed = calls.iter().filter(|call| call.state(now) == CallState::Failed);
    let mut failed: Vec<_> = failed.map(|call| call.ended_at).collect();
    failed.sort_unstable();
    let last = *failed.last()?;
    let before = *failed.get(failed.len().checked_sub(MOST_FAILED)?)?;
    (last < before.plus(REST)).then(|| last.plus(REST))
}

/// The check that shows an agent who is on the line now, given every check of that user and the devices that still stand for
/// the user. Only the latest check can: what came after it may have been another caller.
pub fn proof<'a>(calls: &'a [Call], by: UserId, devices: &[DeviceId], now: Timestamp) -> Option<&'a Call> {
    let latest = calls.iter().max_by_key(|call| call.asked_at)?;
    let stands = latest.device.is_some_and(|device| devices.contains(&device));
    let holds = latest.state == CallState::Proved && latest.agent == by && stands && now < latest.serves_until();
    holds.then_some(latest)
}

/// When what an agent proposes may be carried out at the earliest: a caller who showed who they are waits for nothing, and
/// anybody else for so long that the user can object.
pub fn not_before(proof: Option<&Call>, wait: Duration, now: Timestamp) -> Timestamp {
    if proof.is_some() { now } else { now.plus(wait) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Nonce,
        desk::{Role, Roles},
    };
    use proptest::prelude::*;

    const WAIT: Duration = Duration::from_secs(86_400);

    fn user(n: u8) -> UserId {
        UserId::new(Timestamp::from_unix_seconds(1), &Nonce::new([n; 32]))
    }

    fn device(n: u8) -> DeviceId {
        DeviceId::from([n; 16])
    }

    /// What happens at the desk about one user: agents 0 to 2 check, devices 0 to 2 answer, time passes, a device ends.
    #[derive(Debug, Clone)]
    enum Step {
        Check(u8),
        Answer(u8),
        Deny,
        Wait(u32),
        Lose(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            5 => (0_u8..3).prop_map(Step::Check),
            3 => (0_u8..3).prop_map(Step::Answer),
            4 => Just(Step::Deny),
            3 => (1_u32..4_000).prop_map(Step::Wait),
            1 => (1_u32..100_000).prop_map(Step::Wait),
            1 => (0_u8..3).prop_map(Step::Lose),
        ]
    }

    /// The plain model: what was seen to happen, in order.
    #[derive(Default)]
    struct Seen {
        /// Failures that happened, by their moment.
        failed: Vec<i64>,
        /// Who asked last, and when a device said yes to that.
        last: Option<(u8, Option<(i64, u8)>)>,
        lost: Vec<u8>,
    }

    proptest! {
        /// Whatever agents and callers do: never a fourth failure within a day, never two checks at once, and what a check
        /// shows serves its own agent alone, for half an hour, until anybody checks again or the device ends.
        #[test]
        fn a_check_shows_one_agent_one_call(steps in prop::collection::vec(step(), 0..60)) {
            let (roles, mut calls, mut seen) = (Roles::of([Role::Agent]), Vec::<Call>::new(), Seen::default());
            let mut now = Timestamp::from_unix_seconds(1_800_000_000);
            for step in steps {
                now = now.plus(Duration::from_secs(1));
                settle(&mut calls, &mut seen, now);
                match step {
                    Step::Check(n) => {
                        let by = Agent { id: user(n), person: "E-1", roles: &roles };
                        let open = calls.iter().any(|call| call.state == CallState::Asked);
                        let allowed = may_check(by, user(9), &calls, now);
                        prop_assert_eq!(allowed == Err(CallRefusal::UnderWay), open);
                        if let Err(CallRefusal::Rests(until)) = allowed {
                            prop_assert!(seen.failed.len() >= MOST_FAILED && until > now);
                            prop_assert!(seen.failed.last().is_some_and(|last| until.unix_seconds() == last + 86_400));
                        }
                        if allowed.is_ok() {
                            calls.push(Call { agent: by.id, state: CallState::Asked, asked_at: now, ended_at: now.plus(LIFE), device: None });
                            seen.last = Some((n, None));
                        }
                    }
                    Step::Answer(n) if !seen.lost.contains(&n) => {
                        if let Some(call) = calls.iter_mut().find(|call| call.state == CallState::Asked) {
                            *call = Call { state: CallState::Proved, ended_at: now, device: Some(device(n)), ..*call };
                            if let Some((_, yes)) = &mut seen.last {
                                *yes = Some((now.unix_seconds(), n));
                            }
                        }
                    }
                    Step::Answer(_) => {}
                    Step::Deny => {
                        if let Some(call) = calls.iter_mut().find(|call| call.state == CallState::Asked) {
                            *call = Call { state: CallState::Failed, ended_at: now, ..*call };
                            seen.failed.push(now.unix_seconds());
                        }
                    }
                    Step::Wait(seconds) => now = now.plus(Duration::from_secs(u64::from(seconds))),
                    Step::Lose(n) => seen.lost.push(n),
                }
                settle(&mut calls, &mut seen, now);
                for four in seen.failed.windows(4) {
                    prop_assert!(four[3] - four[0] > 86_400 - 180, "four in a day: {:?}", four);
                }
                let active: Vec<_> = (0..3).filter(|n| !seen.lost.contains(n)).map(device).collect();
                for n in 0..3 {
                    let plain = seen.last.is_some_and(|(by, yes)| {
                        by == n && yes.is_some_and(|(at, with)| now.unix_seconds() - at < 1800 && !seen.lost.contains(&with))
                    });
                    let shown = proof(&calls, user(n), &active, now);
                    prop_assert_eq!(shown.is_some(), plain);
                    prop_assert_eq!(not_before(shown, WAIT, now) == now, plain);
                    prop_assert!(not_before(shown, WAIT, now) <= now.plus(WAIT));
                }
            }
        }
    }

    /// What the sweep writes down: a check whose time is over has failed.
    fn settle(calls: &mut [Call], seen: &mut Seen, now: Timestamp) {
        for call in
            calls.iter_mut().filter(|call| call.state == CallState::Asked && call.state(now) == CallState::Failed)
        {
            seen.failed.push(call.ended_at.unix_seconds());
            call.state = CallState::Failed;
        }
    }

    #[test]
    fn whoever_may_not_propose_checks_nobody_and_nobody_themselves() {
        let now = Timestamp::from_unix_seconds(1_800_000_000);
        for role in Role::ALL {
            let roles = Roles::of([role]);
            let by = Agent { id: user(1), person: "E-1", roles: &roles };
            let may = may_check(by, user(2), &[], now);
            assert_eq!(may.is_ok(), roles.may(Right::Propose), "{role:?}: {may:?}");
            assert_eq!(may_check(by, user(1), &[], now), Err(CallRefusal::OwnUser));
        }
    }
}
