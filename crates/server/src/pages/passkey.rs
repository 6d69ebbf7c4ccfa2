//! The page that makes a passkey.

use super::Frame;
use askama::Template;

/// Why a passkey was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyTold {
    /// What the browser sent does not hold, or is too old.
    Failed,
    /// The institution takes none of this kind.
    NotIssued,
    /// It is there already.
    Known,
    /// There are as many as one may have.
    TooMany,
    /// The name cannot be shown.
    BadLabel,
    /// Another device has the name.
    LabelTaken,
    /// No other device may vouch for it.
    NoDevice,
}

impl PasskeyTold {
    /// Every one there is.
    pub const ALL: [Self; 7] =
        [Self::Failed, Self::NotIssued, Self::Known, Self::TooMany, Self::BadLabel, Self::LabelTaken, Self::NoDevice];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotIssued => "not-issued",
            Self::Known => "known",
            Self::TooMany => "too-many",
            Self::BadLabel => "bad-label",
            Self::LabelTaken => "label-taken",
            Self::NoDevice => "no-device",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Failed => "passkey-failed",
            Self::NotIssued => "passkey-told-not-issued",
            Self::Known => "passkey-told-known",
            Self::TooMany => "passkey-told-too-many",
            Self::BadLabel => "own-device-told-bad-label",
            Self::LabelTaken => "own-device-told-label-taken",
            Self::NoDevice => "passkey-told-no-device",
        }
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/passkeys.html")]
pub struct PasskeysPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// A name that no other device has.
    pub label: String,
    /// `PublicKeyCredentialCreationOptionsJSON`.
    pub options: String,
    /// Whether the login is too long ago to add one.
    pub stale: bool,
    /// Why the one before was not added.
    pub told: Option<PasskeyTold>,
}

impl PasskeysPage {
    fn bad_label(&self) -> bool {
        matches!(self.told, Some(PasskeyTold::BadLabel | PasskeyTold::LabelTaken))
    }
}
