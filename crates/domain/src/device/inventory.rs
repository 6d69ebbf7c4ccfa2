//! The depot: devices that lie there, by serial number, until somebody gets one.

use crate::{
    Timestamp,
    device::Algorithm,
    id::{DeviceId, UserId},
};
use serde::{Deserialize, Serialize};

/// Where a serial number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// It lies in the depot, and nobody ever had it.
    InStock,
    /// A user has it, or it is on its way to them.
    Assigned(Holder),
    /// It came back, and lies in the depot.
    Returned,
    /// It is nobody's any more, and never will be.
    Retired,
}

/// Who has a serial number, and as which device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// The device that it became.
    pub device: DeviceId,
}

/// What happens to a serial number, in the past tense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockEvent {
    /// It went to a user.
    Assigned(Holder),
    /// It came back.
    Returned,
    /// It was taken out of the depot for good: broken, lost, thrown away.
    Retired,
}

/// Why nothing happened to a serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StockRefusal {
    /// It is not where such a thing happens.
    #[error("this serial number is {0}: that cannot be done with it")]
    WrongState(Stock),
    /// It is a code card that somebody had.
    #[error("somebody had this card and may have copied its values: retire it, and give another one")]
    Seen,
    /// Its key is not to be used yet.
    #[error("the maker's file says that the key of this serial number is not valid yet")]
    NotYetValid,
    /// Its key is not to be used any more.
    #[error("the maker's file says that the key of this serial number is not valid any more")]
    NoLongerValid,
    /// Its key is for something else.
    #[error("the maker's file says that the key of this serial number is for something else than logging in")]
    OtherUse,
    /// Its key may be used so and so often, which is not counted here.
    #[error(
        "the maker's file limits how often the key of this serial number is used: such devices cannot be given out here"
    )]
    Counted,
}

impl Stock {
    /// The stable names.
    pub const NAMES: [&'static str; 4] = ["in_stock", "assigned", "returned", "retired"];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::Assigned(_) => "assigned",
            Self::Returned => "returned",
            Self::Retired => "retired",
        }
    }

    /// The state of a stable name, with who has it; none where the two do not fit.
    pub fn parse(name: &str, holder: Option<Holder>) -> Option<Self> {
        match (name, holder) {
            ("in_stock", None) => Some(Self::InStock),
            ("assigned", Some(holder)) => Some(Self::Assigned(holder)),
            ("returned", None) => Some(Self::Returned),
            ("retired", None) => Some(Self::Retired),
            _ => None,
        }
    }

    /// Who has it.
    pub fn holder(self) -> Option<Holder> {
        match self {
            Self::Assigned(holder) => Some(holder),
            Self::InStock | Self::Returned | Self::Retired => None,
        }
    }

    /// Whether a device that computes so may go to a user out of this state: what stands on a card can be copied, so nobody
    /// gets one that another had.
    pub fn check_secret(self, algorithm: &Algorithm) -> Result<(), StockRefusal> {
        match (self, algorithm) {
            (Self::Returned, Algorithm::CodeCard { .. }) => Err(StockRefusal::Seen),
            _ => Ok(()),
        }
    }

    /// The state after an event. What was returned may go to another: what moves in it goes on where it was, so that nothing
    /// which the one before could have written down is taken again.
    pub fn after(self, event: StockEvent) -> Result<Self, StockRefusal> {
        use StockEvent as E;
        match (self, event) {
            (Self::InStock | Self::Returned, E::Assigned(holder)) => Ok(Self::Assigned(holder)),
            (Self::Assigned(_), E::Returned) => Ok(Self::Returned),
            (Self::InStock | Self::Assigned(_) | Self::Returned, E::Retired) => Ok(Self::Retired),
            (state, _) => Err(StockRefusal::WrongState(state)),
        }
    }
}

impl std::fmt::Display for Stock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InStock => "in stock",
            Self::Assigned(_) => "assigned",
            Self::Returned => "returned",
            Self::Retired => "retired",
        })
    }
}

/// What a key may be used for (RFC 6030, 5), as far as it is about us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// One-time passwords.
    Otp,
    /// Challenge and response.
    ChallengeResponse,
    /// Anything else: signatures, wrapping of other keys.
    Other,
}

/// What the maker says of a serial number and of its key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Terms {
    /// Who made the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Who issued the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The name of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Before this moment the key is not to be used: microseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<i64>,
    /// From this moment on the key is not to be used: microseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<i64>,
    /// What the key may be used for; empty: anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<KeyUse>,
    /// How often the key may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transactions: Option<u64>,
}

impl Terms {
    /// Whether the serial number may go to a user now.
    pub fn check(&self, now: Timestamp) -> Result<(), StockRefusal> {
        let ours = |used: &KeyUse| matches!(used, KeyUse::Otp | KeyUse::ChallengeResponse);
        if self.valid_from.is_some_and(|from| now.micros() < from) {
            Err(StockRefusal::NotYetValid)
        } else if self.valid_until.is_some_and(|until| now.micros() >= until) {
            Err(StockRefusal::NoLongerValid)
        } else if !self.uses.is_empty() && !self.uses.iter().any(ours) {
            Err(StockRefusal::OtherUse)
        } else if self.transactions.is_some() {
            Err(StockRefusal::Counted)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holder(n: u8) -> Holder {
        Holder { user: [n; 16].into(), device: [n; 16].into() }
    }

    fn event() -> impl Strategy<Value = StockEvent> {
        prop_oneof![
            (0..3_u8).prop_map(|n| StockEvent::Assigned(holder(n))),
            Just(StockEvent::Returned),
            Just(StockEvent::Retired),
        ]
    }

    proptest! {
        /// Beside what a clerk's book would say: who has it, and whether it is there at all.
        #[test]
        fn a_serial_number_has_one_holder_and_one_end(events in proptest::collection::vec(event(), 0..12)) {
            let (mut state, mut has, mut gone) = (Stock::InStock, None, false);
            for event in events {
                let fits = !gone && match event {
                    StockEvent::Assigned(_) => has.is_none(),
                    StockEvent::Returned => has.is_some(),
                    StockEvent::Retired => true,
                };
                match state.after(event) {
                    Ok(next) => {
                        prop_assert!(fits, "{state:?} {event:?}");
                        (has, gone) = match event {
                            StockEvent::Assigned(holder) => (Some(holder), false),
                            StockEvent::Returned => (None, false),
                            StockEvent::Retired => (None, true),
                        };
                        state = next;
                    }
                    Err(refusal) => {
                        prop_assert!(!fits, "{state:?} {event:?}");
                        prop_assert_eq!(refusal, StockRefusal::WrongState(state));
                    }
                }
                prop_assert_eq!((state.holder(), state == Stock::Retired), (has, gone));
                prop_assert_eq!(Stock::parse(state.name(), has), Some(state));
            }
        }

        /// Of two dates the first is the first moment that will do, and the second the first that will not.
        #[test]
        fn a_key_is_valid_from_its_first_moment_until_before_its_last(from in 0..9_i64, until in 0..9_i64, now in 0..9_i64) {
            let terms = Terms { valid_from: Some(from), valid_until: Some(until), ..Terms::default() };
            let expected = if now < from {
                Err(StockRefusal::NotYetValid)
            } else if now < until {
                Ok(())
            } else {
                Err(StockRefusal::NoLongerValid)
            };
            prop_assert_eq!(terms.check(Timestamp::from_micros(now)), expected);
        }
    }

    #[test]
    fn a_key_for_something_else_or_for_so_many_times_is_not_given_out() {
        let now = Timestamp::from_unix_seconds(1);
        let uses = |uses: &[KeyUse]| Terms { uses: uses.to_vec(), ..Terms::default() }.check(now);
        assert_eq!(uses(&[]), Ok(()));
        assert_eq!(uses(&[KeyUse::Other, KeyUse::Otp]), Ok(()));
        assert_eq!(uses(&[KeyUse::ChallengeResponse]), Ok(()));
        assert_eq!(uses(&[KeyUse::Other]), Err(StockRefusal::OtherUse));
        let counted = Terms { transactions: Some(5), ..Terms::default() };
        assert_eq!(counted.check(now), Err(StockRefusal::Counted));
    }

    #[test]
    fn a_card_that_somebody_had_goes_to_nobody_else() {
        let card = Algorithm::CodeCard { places: 224 };
        assert_eq!(Stock::Returned.check_secret(&card), Err(StockRefusal::Seen));
        assert_eq!(Stock::InStock.check_secret(&card), Ok(()));
        assert_eq!(Stock::Returned.check_secret(&Algorithm::GOLD), Ok(()));
    }

    #[test]
    fn a_state_without_its_holder_is_none() {
        assert_eq!(Stock::parse("assigned", None), None);
        assert_eq!(Stock::parse("in_stock", Some(holder(1))), None);
        assert_eq!(Stock::parse("lost", None), None);
    }
}
