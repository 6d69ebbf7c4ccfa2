//! What the other side of an attempt does.

use super::round::Codes;
use domain::Secret;
use oidc::webauthn::Signed;
use std::sync::Arc;

/// What the other side does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Asks how it stands.
    Look,
    /// Picks a device.
    Choose {
        /// The device's id, as sent.
        device: String,
        /// The method, when one is forced.
        method: Option<String>,
    },
    /// Picks another method.
    Method(String),
    /// Goes back to the chooser.
    Back,
    /// Refuses.
    Decline,
    /// Leaves a login, for another start.
    Leave,
    /// Needs more time.
    MoreTime,
    /// Answers.
    Answer(Arc<Secret<String>>),
    /// Answers with what a passkey signed; none where that cannot be read.
    Assert(Option<Arc<Signed>>),
    /// Answers twice in a row, so that the awaited device is brought in step.
    Consecutive(Arc<Codes>),
}
