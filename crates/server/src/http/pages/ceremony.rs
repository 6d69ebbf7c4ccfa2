//! Challenges of ceremonies that no attempt stands behind. Nothing is stored of them: a challenge is a sealed note for one
//! browser, which says what it is for and until when. That it is used once is seen to where it is used.

use crate::http::extract::page::Visit;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// What a challenge is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "passkey", rename_all = "snake_case")]
pub(super) enum Ceremony {
    /// A login by a passkey alone.
    Login,
    /// A passkey that is to be made.
    Making {
        /// In this session.
        session: String,
        /// For the user for whom this stands, base64url.
        user_handle: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(flatten)]
    ceremony: Ceremony,
    until: Timestamp,
}

impl Ceremony {
    /// A challenge for it, good until then.
    pub fn challenge(&self, visit: &Visit, until: Timestamp) -> Vec<u8> {
        let sealed = Sealed { ceremony: self.clone(), until };
        let note = visit.seal(&serde_json::to_vec(&sealed).unwrap_or_default());
        URL_SAFE_NO_PAD.decode(note).unwrap_or_default()
    }

    /// What a challenge of this browser was made for, unless it is too old.
    pub fn of(visit: &Visit, challenge: &[u8], now: Timestamp) -> Option<Self> {
        let opened = visit.open(&URL_SAFE_NO_PAD.encode(challenge))?;
        let sealed: Sealed = serde_json::from_slice(&opened).ok()?;
        (now < sealed.until).then_some(sealed.ceremony)
    }
}
