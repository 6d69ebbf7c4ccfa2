//! Requests on the phone: whose they are, how many there may be, and how many were left unanswered.
//!
//! Only an answer that the phone signed takes a push off the count, and a success all of them. Nothing that is done on a
//! page or by a program does.

use crate::{
    Policy, Timestamp,
    confirmation::{Channel, Confirmation},
    id::{MarkId, SessionId},
    lockout::Budget,
};
use serde::{Deserialize, Serialize};

/// Who asks: its newer request takes the place of its own older one on the phone, and never anybody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "asker", rename_all = "snake_case")]
pub enum Asker {
    /// A browser, by its cookie, also before any login.
    Browser {
        /// A keyed digest of the cookie.
        digest: [u8; 16],
    },
    /// A program that the user has logged in from before.
    Program {
        /// Its mark.
        mark: MarkId,
    },
    /// A session of a browser, which asks for operations.
    Session {
        /// The session.
        id: SessionId,
    },
    /// A client's back end; which one stands in the operation.
    BackEnd,
    /// Nobody that could be known again: each attempt by itself.
    #[default]
    Attempt,
}

/// Whether two attempts are one asker's, so that the newer one takes the older one's place.
pub fn same_asker(one: &Confirmation, other: &Confirmation) -> bool {
    let same_client = one.operation.client == other.operation.client;
    match (one.asker, other.asker) {
        (Asker::Attempt, _) | (_, Asker::Attempt) => false,
        (Asker::Session { .. } | Asker::BackEnd, _) => one.asker == other.asker && same_client,
        _ => one.asker == other.asker,
    }
}

/// Whether the phone has room for another request beside those of `others`, which are on it and not of the same asker.
/// What strangers put there keeps nobody else away, and what back ends ask, who do not have the user's password, keeps no
/// login away.
pub fn has_room<'a>(of: &Confirmation, others: impl Iterator<Item = &'a Confirmation>, policy: &Policy) -> bool {
    let own = PushBudget::of(of);
    let keeps_away = |other: &&Confirmation| match PushBudget::of(other) {
        Some(PushBudget::Strangers) => own == Some(PushBudget::Strangers),
        Some(PushBudget::BackEnd(_)) => matches!(own, Some(PushBudget::BackEnd(_))),
        Some(PushBudget::Known(_)) | None => true,
    };
    u32::try_from(others.filter(keeps_away).count()).unwrap_or(u32::MAX) < policy.open_requests
}

/// Whose pushes are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PushBudget {
    /// Those of browsers and programs that the user has not logged in from.
    Strangers,
    /// Those of a known browser or program.
    Known(MarkId),
    /// Those of a client's back end.
    BackEnd(String),
}

impl PushBudget {
    /// The budget of a confirmation; none where no push is sent.
    pub fn of(confirmation: &Confirmation) -> Option<Self> {
        match (&confirmation.operation.channel, confirmation.budget) {
            (Channel::Phone, _) => None,
            (Channel::Backchannel | Channel::Call { .. }, _) => {
                Some(Self::BackEnd(confirmation.operation.client.clone()))
            }
            (_, Budget::Known(mark)) => Some(Self::Known(mark)),
            (_, Budget::Strangers | Budget::WithoutPassword) => Some(Self::Strangers),
        }
    }
}

/// Pushes of one budget that were left unanswered since the user's last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unanswered {
    /// How many.
    pub count: u32,
    /// When the last was sent.
    pub last_at: Option<Timestamp>,
}

impl Unanswered {
    /// One more was sent.
    #[must_use]
    pub fn one_more(self, now: Timestamp) -> Self {
        Self { count: self.count.saturating_add(1), last_at: Some(now) }
    }

    /// One was answered by the phone.
    #[must_use]
    pub fn one_less(self) -> Self {
        Self { count: self.count.saturating_sub(1), ..self }
    }

    /// Whether there were too many for another one now. A known browser or program gets one more after a while, so that
    /// a program left alone is not left out for ever.
    pub fn too_many(self, budget: &PushBudget, policy: &Policy, now: Timestamp) -> bool {
        if self.count < policy.unanswered_pushes {
            return false;
        }
        match (budget, self.last_at) {
            (PushBudget::Known(_), Some(last)) => now < last.plus(policy.push_again_after),
            (PushBudget::Known(_), None) => false,
            (PushBudget::Strangers | PushBudget::BackEnd(_), _) => true,
        }
    }
}
