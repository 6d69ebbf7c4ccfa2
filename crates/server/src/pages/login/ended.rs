//! How an attempt ended.

use crate::pages::Frame;
use askama::Template;

/// Why an attempt is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Refused on the device.
    Denied,
    /// Its time ran out.
    Expired,
    /// Too many wrong answers.
    TooManyAttempts,
    /// It was answered already.
    AlreadyAnswered,
    /// The device is locked and no other one would do.
    DeviceLocked {
        /// Whole minutes; none when only the desk can lift it.
        minutes: Option<u32>,
    },
    /// Left for another start.
    Abandoned,
    /// The user has no device that could confirm.
    NoUsableDevice {
        /// Whether the app can be activated by the registered number.
        recover: bool,
    },
    /// Confirmed, and whoever asked was told.
    Told,
    /// Confirmed: what was asked on our own page changes after its wait.
    Changes,
    /// Confirmed: the password is another one.
    PasswordChanged,
    /// Confirmed: a contact point changed.
    ContactChanged,
    /// Confirmed: the news was seen.
    NewsKnown,
    /// Confirmed: what was added may be used now.
    Added,
}

/// The way on from the end of what was not a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// The name of the program that asked; none for our own page.
    pub client: Option<String>,
    /// The address of the link.
    pub address: String,
}

/// The end of an attempt.
#[derive(Debug, Clone, Template)]
#[template(path = "login/ended.html")]
pub struct Ended {
    /// The frame.
    pub frame: Frame,
    /// The reason of the end.
    pub reason: EndReason,
    /// Where to go on, when it was not a login.
    pub back: Option<Back>,
}

impl Ended {
    fn back_words(&self, back: &Back) -> String {
        match &back.client {
            Some(client) => self.frame.with("confirm-back", "client", client),
            None if back.address == "/login" => self.frame.t("password-changed-login"),
            None => self.frame.t("confirm-back-settings"),
        }
    }

    /// Whether the desk alone can help.
    fn sends_to_desk(&self) -> bool {
        matches!(self.reason, EndReason::DeviceLocked { minutes: None } | EndReason::NoUsableDevice { .. })
    }

    /// Whether the app can be activated without the desk.
    fn recovers(&self) -> bool {
        self.reason == EndReason::NoUsableDevice { recover: true }
    }

    fn title(&self) -> &'static str {
        self.words().0
    }

    fn advice(&self) -> String {
        let key = self.words().1;
        match self.reason {
            EndReason::DeviceLocked { minutes: Some(minutes) } => self.frame.n(key, minutes),
            _ => self.frame.t(key),
        }
    }

    fn words(&self) -> (&'static str, &'static str) {
        let login = self.back.is_none();
        match self.reason {
            EndReason::Told => ("confirm-ended-told", "confirm-ended-told-advice"),
            EndReason::Changes => ("confirm-ended-told", "confirm-ended-changes-advice"),
            EndReason::PasswordChanged => ("password-changed-title", "password-changed-advice"),
            EndReason::ContactChanged => ("confirm-ended-told", "contact-changed-advice"),
            EndReason::NewsKnown => ("confirm-ended-told", "confirm-ended-news-advice"),
            EndReason::Added => ("confirm-ended-told", "confirm-ended-added-advice"),
            EndReason::Denied if !login => ("confirm-ended-denied", "confirm-ended-denied-advice"),
            EndReason::Expired if !login => ("confirm-ended-expired", "confirm-ended-expired-advice"),
            EndReason::AlreadyAnswered if !login => ("confirm-ended-answered", "confirm-ended-answered-advice"),
            EndReason::TooManyAttempts if !login => ("login-ended-too-many", "confirm-ended-too-many-advice"),
            EndReason::Denied => ("login-ended-denied", "login-ended-denied-advice"),
            EndReason::Expired => ("login-ended-expired", "login-ended-expired-advice"),
            EndReason::TooManyAttempts => ("login-ended-too-many", "login-ended-too-many-advice"),
            EndReason::AlreadyAnswered => ("login-ended-answered", "login-ended-answered-advice"),
            EndReason::DeviceLocked { minutes: Some(_) } => ("login-ended-locked", "login-ended-locked-minutes-advice"),
            EndReason::DeviceLocked { minutes: None } => ("login-ended-locked", "login-ended-locked-advice"),
            EndReason::Abandoned => ("login-ended-abandoned", "login-ended-abandoned-advice"),
            EndReason::NoUsableDevice { recover: false } => ("login-ended-no-device", "login-ended-no-device-advice"),
            EndReason::NoUsableDevice { recover: true } => ("login-ended-no-device", "login-ended-no-device-recover"),
        }
    }
}
