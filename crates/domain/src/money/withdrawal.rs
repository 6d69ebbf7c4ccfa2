//! The life of a withdrawal or transfer.
//!
//! ```text
//! AwaitingConfirmation ── confirm ──▶ Confirmed ── settle ──▶ Settled
//!         │ refuse, expire, cancel        │ cancel
//!         ▼                               ▼
//!  Refused, Expired, Cancelled        Cancelled
//! ```
//! Further states fit in between: such as wait for their time, or were called back.

use serde::{Deserialize, Serialize};

/// Where a withdrawal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalState {
    /// A device is asked; its room is kept.
    AwaitingConfirmation,
    /// A device has confirmed it.
    Confirmed,
    /// The institution has carried it out.
    Settled,
    /// The institution, or the user, gave it up.
    Cancelled,
    /// The user refused it, or answered wrong too often.
    Refused,
    /// Nobody answered in time.
    Expired,
}

/// What happens to a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalEvent {
    /// A device confirmed it.
    Confirm,
    /// It was refused on a device, or ended by wrong answers.
    Refuse,
    /// Its time was over.
    Expire,
    /// It was given up.
    Cancel,
    /// It was carried out.
    Settle,
}

/// An event that does not fit a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a withdrawal that is {from:?} does not take {event:?}")]
pub struct NoSuchStep {
    /// Where it stands.
    pub from: WithdrawalState,
    /// What was to happen.
    pub event: WithdrawalEvent,
}

impl WithdrawalState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::AwaitingConfirmation, Self::Confirmed, Self::Settled, Self::Cancelled, Self::Refused, Self::Expired];

    /// Whether it takes up room in the windows.
    pub const fn counts(self) -> bool {
        matches!(self, Self::AwaitingConfirmation | Self::Confirmed | Self::Settled)
    }

    /// Its name, as it is stored and told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::Confirmed => "confirmed",
            Self::Settled => "settled",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    /// The state of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The state after an event. The same end once more is no error: whoever lost an answer asks again.
    ///
    /// # Errors
    /// Where the event does not fit.
    pub fn after(self, event: WithdrawalEvent) -> Result<Self, NoSuchStep> {
        use WithdrawalEvent as E;
        match (self, event) {
            (Self::AwaitingConfirmation | Self::Confirmed, E::Confirm) => Ok(Self::Confirmed),
            (Self::AwaitingConfirmation | Self::Refused, E::Refuse) => Ok(Self::Refused),
            (Self::AwaitingConfirmation | Self::Expired, E::Expire) => Ok(Self::Expired),
            (Self::AwaitingConfirmation | Self::Confirmed | Self::Cancelled, E::Cancel) => Ok(Self::Cancelled),
            (Self::Confirmed | Self::Settled, E::Settle) => Ok(Self::Settled),
            (from, event) => Err(NoSuchStep { from, event }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use WithdrawalEvent as E;
    use proptest::prelude::*;

    const EVENTS: [E; 5] = [E::Confirm, E::Refuse, E::Expire, E::Cancel, E::Settle];

    #[test]
    fn names_read_back() {
        for state in WithdrawalState::ALL {
            assert_eq!(WithdrawalState::parse(state.name()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }

    proptest! {
        /// Room that was given back is never taken again, and nothing is settled that was not confirmed.
        #[test]
        fn what_ended_stays_ended(events in prop::collection::vec(prop::sample::select(&EVENTS[..]), 0..12)) {
            let (mut state, mut confirmed) = (WithdrawalState::AwaitingConfirmation, false);
            for event in events {
                let Ok(next) = state.after(event) else { continue };
                prop_assert!(state.counts() || next == state);
                confirmed |= next == WithdrawalState::Confirmed;
                prop_assert!(next != WithdrawalState::Settled || confirmed);
                prop_assert!(state != WithdrawalState::Settled || next == state);
                state = next;
            }
        }
    }
}
