//! Typed ids, all from this one list. Each is a UUIDv7 (RFC 9562): 16 octets that sort by creation time.

use crate::{Nonce, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new id from the time and random octets (RFC 9562, 5.7).
            pub fn new(now: Timestamp, nonce: &Nonce) -> Self {
                let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &nonce.id_octets()).into_uuid().into_bytes())
            }

            /// The smallest id of a moment: ids of before it sort before it, and others not.
            pub fn first(at: Timestamp) -> Self {
                let millis = u64::try_from(at.micros() / 1000).unwrap_or(0).min((1 << 48) - 1);
                let [_, _, a, b, c, d, e, f] = millis.to_be_bytes();
                Self([a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            }

            /// The id as stored.
            pub fn octets(self) -> [u8; 16] {
                self.0
            }
        }

        impl From<[u8; 16]> for $name {
            fn from(octets: [u8; 16]) -> Self {
                Self(octets)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the form we print: 36 characters, so that one id has one spelling.
                if text.len() != 36 {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(|uuid| Self(uuid.into_bytes())).map_err(|_| NotAnId)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
    )+};
}

ids! {
    /// A case of the desk.
    CaseId;
    /// A user.
    UserId;
    /// A device.
    DeviceId;
    /// A confirmation: one attempt to have one user confirm one operation.
    ConfirmationId;
    /// A signed-in browser session.
    SessionId;
    /// A browser or program that a user has logged in from before.
    MarkId;
    /// A row of the audit log.
    AuditId;
    /// A message waiting in the outbox.
    MessageId;
    /// A way to reach a user outside the login: a mail address or a phone number.
    ContactId;
    /// A phone app's session.
    PhoneSessionId;
    /// A granted token family: what one redeemed code gave.
    GrantId;
    /// A request that the server makes to a client.
    DeliveryId;
    /// Where a back end wants to be told what happens.
    WebhookId;
    /// What one import brought into the inventory.
    BatchId;
}

impl AuditId {
    /// The id of the `nth` record of one unit of work: records of one moment sort as they were made (RFC 9562, 6.2).
    pub fn nth(now: Timestamp, nth: u16, nonce: &Nonce) -> Self {
        let Self(mut octets) = Self::new(now, nonce);
        let [high, low] = nth.min(0x0fff).to_be_bytes();
        octets[6] = 0x70 | high;
        octets[7] = low;
        Self(octets)
    }
}

impl UserId {
    /// Nobody: what stands where a user stands, for what is about none or about one who is not known.
    pub const NOBODY: Self = Self([0; 16]);
}

/// The text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 36 characters of a UUID are expected")]
pub struct NotAnId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let id = UserId::new(Timestamp::from_unix_seconds(1_700_000_000), &Nonce::new([7; 32]));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().replace('-', "").parse::<UserId>(), Err(NotAnId));
        assert_eq!("".parse::<UserId>(), Err(NotAnId));
    }

    #[test]
    fn records_of_one_moment_sort_as_they_were_made() {
        let at = Timestamp::from_unix_seconds(1_700_000_000);
        let ids: Vec<_> = (0..300).map(|nth| AuditId::nth(at, nth, &Nonce::new([255 - nth as u8; 32]))).collect();
        assert!(ids.is_sorted() && ids.iter().all(|id| id.to_string().as_bytes()[14] == b'7'));
        assert!(AuditId::nth(at, u16::MAX, &Nonce::new([0; 32])) > ids[299]);
    }

    proptest::proptest! {
        #[test]
        fn the_first_id_of_a_moment_divides_those_before_it_from_others(
            at in 0_i64..1 << 40, made in 0_i64..1 << 40, octets: [u8; 32],
        ) {
            let moment = |millis: i64| Timestamp::from_micros(millis * 1000);
            let id = ConfirmationId::new(moment(made), &Nonce::new(octets));
            proptest::prop_assert_eq!(id < ConfirmationId::first(moment(at)), made < at);
        }
    }

    #[test]
    fn ids_sort_by_time() {
        let early = UserId::new(Timestamp::from_unix_seconds(1), &Nonce::new([255; 32]));
        let late = UserId::new(Timestamp::from_unix_seconds(2), &Nonce::new([0; 32]));
        assert!(early < late);
    }
}
