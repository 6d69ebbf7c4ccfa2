//! Passkeys on the login's pages: as the second factor, and alone.

use super::{StepNotice, TimeLeft};
use crate::pages::Frame;
use askama::Template;

/// A passkey that is to sign what the page shows.
#[derive(Debug, Clone, Template)]
#[template(path = "login/passkey.html")]
pub struct Passkey {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// `PublicKeyCredentialRequestOptionsJSON`.
    pub options: String,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Wrong answers left, after a wrong one.
    pub attempts_left: Option<u32>,
    /// Whether another device could be used.
    pub other_devices: bool,
}

/// A login by a passkey alone, which names its user.
#[derive(Debug, Clone, Template)]
#[template(path = "login/passkey_alone.html")]
pub struct PasskeyAlone {
    /// The frame.
    pub frame: Frame,
    /// The handle of the authorization request that waits for this login; empty when none does.
    pub request: String,
    /// `PublicKeyCredentialRequestOptionsJSON`.
    pub options: String,
}
