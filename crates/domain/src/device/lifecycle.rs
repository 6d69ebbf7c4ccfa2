//! The states of a device, from order to end.

use crate::{Refusal, Timestamp, id::DeviceId};
use serde::{Deserialize, Serialize};

/// Where a device is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeviceState {
    /// Asked for, not yet on its way.
    Ordered,
    /// Mailed; becomes active by serial and response, or by itself after the mailing period.
    Shipped {
        /// The moment of mailing, from which the 14 days count.
        at: Timestamp,
    },
    /// Being set up (phone, passkey).
    Pending,
    /// Usable.
    Active,
    /// Set aside; may come back.
    Suspended,
    /// Ended: another took its place.
    Replaced {
        /// The other one.
        by: DeviceId,
    },
    /// Ended: its key moved to another app.
    Migrated {
        /// The new one.
        to: DeviceId,
    },
    /// Ended: lost.
    Lost,
    /// Ended: taken back.
    Revoked,
    /// Ended: its time or its codes are used up.
    Expired,
}

/// What happens to a device, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceEvent {
    /// It was mailed.
    Mailed,
    /// It was activated, by a response or because the mailing period is over.
    Activated,
    /// It was set aside.
    Suspended,
    /// It was taken into use again.
    Reactivated,
    /// Another took its place.
    Replaced(DeviceId),
    /// Its key moved.
    Migrated(DeviceId),
    /// It was reported lost.
    ReportedLost,
    /// It was taken back.
    Revoked,
    /// Its time or its codes ran out.
    RanOut,
}

impl DeviceState {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Shipped { .. } => "shipped",
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Replaced { .. } => "replaced",
            Self::Migrated { .. } => "migrated",
            Self::Lost => "lost",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// Whether the device has reached an end: ends never change.
    pub fn ended(self) -> bool {
        !matches!(self, Self::Ordered | Self::Shipped { .. } | Self::Pending | Self::Active | Self::Suspended)
    }

    /// Whether a device that came to this may have been in other hands: then nothing that it opened is beyond doubt.
    pub fn in_doubt(self) -> bool {
        matches!(self, Self::Lost | Self::Suspended | Self::Revoked)
    }

    /// The state after an event, or a refusal when the two do not fit.
    pub fn after(self, event: DeviceEvent, now: Timestamp) -> Result<Self, Refusal> {
        use DeviceEvent as E;
        let next = match (self, event) {
            (Self::Ordered, E::Mailed) => Self::Shipped { at: now },
            (Self::Shipped { .. } | Self::Pending, E::Activated) | (Self::Suspended, E::Reactivated) => Self::Active,
            (Self::Active, E::Suspended) => Self::Suspended,
            (Self::Active | Self::Suspended, E::Replaced(by)) => Self::Replaced { by },
            (Self::Active | Self::Suspended, E::Migrated(to)) => Self::Migrated { to },
            (Self::Shipped { .. } | Self::Active | Self::Suspended, E::ReportedLost) => Self::Lost,
            (state, E::Revoked) if !state.ended() => Self::Revoked,
            (Self::Pending | Self::Active | Self::Suspended, E::RanOut) => Self::Expired,
            (state, _) => return Err(Refusal::WrongDeviceState(state)),
        };
        Ok(next)
    }
}

/// Whether a user whose usable devices these are could not log in any more without one: that is not to be done unawares.
pub fn leaves_none(usable: &[DeviceId], without: DeviceId) -> bool {
    usable.iter().all(|device| *device == without)
}

impl std::fmt::Display for DeviceState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Nonce;
    use proptest::prelude::*;

    proptest! {
        /// As a user sees it: strike one off the list, and nothing is left.
        #[test]
        fn the_last_usable_device_is_the_one_without_which_none_is_left(
            usable in proptest::collection::btree_set(0_u8..4, 0..4), without in 0_u8..4,
        ) {
            let id = |n: &u8| DeviceId::new(Timestamp::from_unix_seconds(1), &Nonce::new([*n; 32]));
            let ids: Vec<_> = usable.iter().map(id).collect();
            let mut left = usable;
            left.remove(&without);
            prop_assert_eq!(leaves_none(&ids, id(&without)), left.is_empty());
        }
    }

    #[test]
    fn what_a_lost_device_opened_is_in_doubt_and_what_a_replaced_one_opened_is_not() {
        let by = DeviceId::new(Timestamp::from_unix_seconds(1), &Nonce::new([1; 32]));
        for state in [DeviceState::Lost, DeviceState::Suspended, DeviceState::Revoked] {
            assert!(state.in_doubt(), "{state}");
        }
        for state in [DeviceState::Active, DeviceState::Replaced { by }, DeviceState::Expired] {
            assert!(!state.in_doubt(), "{state}");
        }
    }

    /// Every (state, event) pair: the new state's name, or `-` for a refusal.
    #[test]
    fn every_pair() {
        let now = Timestamp::from_unix_seconds(1);
        let other = DeviceId::new(now, &Nonce::new([1; 32]));
        use DeviceEvent as E;
        let events = [
            E::Mailed,
            E::Activated,
            E::Suspended,
            E::Reactivated,
            E::Replaced(other),
            E::Migrated(other),
            E::ReportedLost,
            E::Revoked,
            E::RanOut,
        ];
        let table = [
            (DeviceState::Ordered, "shipped - - - - - - revoked -"),
            (DeviceState::Shipped { at: now }, "- active - - - - lost revoked -"),
            (DeviceState::Pending, "- active - - - - - revoked expired"),
            (DeviceState::Active, "- - suspended - replaced migrated lost revoked expired"),
            (DeviceState::Suspended, "- - - active replaced migrated lost revoked expired"),
            (DeviceState::Replaced { by: other }, "- - - - - - - - -"),
            (DeviceState::Migrated { to: other }, "- - - - - - - - -"),
            (DeviceState::Lost, "- - - - - - - - -"),
            (DeviceState::Revoked, "- - - - - - - - -"),
            (DeviceState::Expired, "- - - - - - - - -"),
        ];
        for (state, row) in table {
            let found: Vec<_> = events.iter().map(|e| state.after(*e, now).map_or("-", DeviceState::name)).collect();
            assert_eq!(found.join(" "), row, "{state}");
        }
    }
}
