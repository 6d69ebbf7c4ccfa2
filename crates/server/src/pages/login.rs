//! The hosted login: the password, the chooser, each device's own screen, and how it ended.

mod chooser;
mod ended;
mod passkey;
mod resync;

pub use chooser::{Barred, Chooser, DeviceChoice};
pub use ended::{Back, EndReason, Ended};
pub use passkey::{Passkey, PasskeyAlone};
pub use resync::Resync;

use super::{Frame, help::HelpPage, qr::Qr};
use askama::Template;

/// What the password page has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordNotice {
    /// Unknown user, wrong password or locked user.
    InvalidCredentials,
    /// A passkey that is not known, or did not sign as it should.
    PasskeyRefused,
    /// The user signed out.
    SignedOut,
    /// The session ended by itself.
    SessionEnded,
    /// The user said "it wasn't me" on a page.
    Reported,
    /// The attempt is over or not known.
    AttemptExpired,
    /// Too many tries.
    Throttled {
        /// Whole seconds to wait.
        seconds: u64,
    },
    /// Too many logins at once.
    Busy,
    /// The database is not to be had.
    Unavailable,
    /// The form is too old.
    FormExpired,
}

impl PasswordNotice {
    /// Whether it is about a failure, and not good news.
    fn alarming(self) -> bool {
        !matches!(self, Self::SignedOut | Self::SessionEnded)
    }

    fn words(self, frame: &Frame) -> String {
        match self {
            Self::InvalidCredentials => frame.t("login-invalid-credentials"),
            Self::PasskeyRefused => frame.t("login-passkey-refused"),
            Self::SignedOut => frame.t("login-signed-out"),
            Self::SessionEnded => frame.t("login-session-ended"),
            Self::Reported => frame.t("login-reported"),
            Self::AttemptExpired => frame.t("login-attempt-expired"),
            Self::Throttled { seconds } => frame.n("login-throttled", seconds),
            Self::Busy => frame.t("login-busy"),
            Self::Unavailable => frame.t("login-unavailable"),
            Self::FormExpired => frame.t("login-form-expired"),
        }
    }
}

/// The password page.
#[derive(Debug, Clone, Template)]
#[template(path = "login/password.html")]
pub struct Password {
    /// The frame.
    pub frame: Frame,
    /// The username as it was typed before.
    pub username: String,
    /// The notice above the form.
    pub notice: Option<PasswordNotice>,
    /// The handle of the authorization request that waits for this login; empty when none does.
    pub request: String,
}

/// How long an attempt lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLeft {
    /// Whole seconds left.
    pub seconds_left: u64,
    /// Whole seconds of its whole life.
    pub total: u64,
    /// Whole minutes more that there may be, once.
    pub more_minutes: Option<u64>,
}

impl TimeLeft {
    /// Minutes and seconds, `2:41`.
    pub(super) fn text(self) -> String {
        format!("{}:{:02}", self.seconds_left / 60, self.seconds_left % 60)
    }

    /// When a page without scripts asks again: just after the end.
    fn reload_after(self) -> u64 {
        self.seconds_left.saturating_add(1)
    }
}

/// What went wrong in the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepNotice {
    /// A wrong response, passcode or card value.
    WrongResponse,
    /// The code that was sent is good no more, or none was sent.
    CodeOver,
    /// A wrong number on the phone.
    WrongNumber,
    /// Another attempt's request is on the phone.
    RequestOpen,
    /// Too many notifications were left unanswered.
    TooManyUnanswered,
    /// A newer login of this browser took the phone's screen.
    Superseded,
    /// The device is locked now.
    DeviceLocked {
        /// Whole minutes; none when only the desk can lift it.
        minutes: Option<u32>,
    },
    /// Too many tries.
    Throttled {
        /// Whole seconds to wait.
        seconds: u64,
    },
    /// The device was brought in step.
    InStep,
}

impl StepNotice {
    /// Whether it is good news.
    pub(super) fn good(self) -> bool {
        self == Self::InStep
    }

    /// Whether it sends the user to the desk.
    pub(super) fn sends_to_desk(self) -> bool {
        self == Self::DeviceLocked { minutes: None }
    }

    pub(super) fn words(self, frame: &Frame, attempts_left: Option<u32>) -> String {
        let said = match self {
            Self::WrongResponse => frame.t("login-wrong-response"),
            Self::CodeOver => frame.t("login-code-over"),
            Self::WrongNumber => frame.t("login-wrong-number"),
            Self::RequestOpen => frame.t("login-request-open"),
            Self::TooManyUnanswered => frame.t("login-too-many-unanswered"),
            Self::Superseded => frame.t("login-superseded"),
            Self::DeviceLocked { minutes: Some(minutes) } => frame.n("login-device-locked-minutes", minutes),
            Self::DeviceLocked { minutes: None } => frame.t("login-device-locked"),
            Self::Throttled { seconds } => frame.n("login-throttled", seconds),
            Self::InStep => frame.t("login-in-step"),
        };
        match attempts_left {
            Some(left) => format!("{said} {}", frame.n("login-attempts-left", left)),
            None => said,
        }
    }
}

/// A device that shows a response to a challenge.
#[derive(Debug, Clone, Template)]
#[template(path = "login/respond.html")]
pub struct Respond {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// The challenge, decimal digits.
    pub challenge: String,
    /// Digits of the response.
    pub response_digits: u8,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Wrong answers left, after a wrong one.
    pub attempts_left: Option<u32>,
    /// Whether another device could be used.
    pub other_devices: bool,
    /// Whether a notification could be sent instead.
    pub can_push: bool,
    /// Whether a code to scan may be had.
    pub can_scan: bool,
    /// Whether the device may be brought in step.
    pub resync: bool,
}

impl Respond {
    /// The challenge in two halves, which the style sets apart while its text stays whole.
    fn halves(&self) -> (&str, &str) {
        self.challenge.split_at_checked(self.challenge.len().div_ceil(2)).unwrap_or((&self.challenge, ""))
    }

    /// The keys to press on the device, step by step; none where the device's help says it better.
    fn steps(&self) -> &'static [&'static str] {
        match self.device_class.as_str() {
            "dsc-plus" | "dsc" => &[
                "login-steps-hold-pin",
                "login-steps-type-pin",
                "login-steps-type-challenge",
                "login-steps-read-response",
            ],
            "phone" => &["login-steps-app-open", "login-steps-app-type", "login-steps-read-response"],
            "platinum" => {
                &["login-steps-hold-challenge", "login-steps-type-challenge-first", "login-steps-read-response"]
            }
            _ => &[],
        }
    }
}

/// A device that shows a passcode by time, or a code that was sent.
#[derive(Debug, Clone, Template)]
#[template(path = "login/passcode.html")]
pub struct Passcode {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// Digits of the passcode.
    pub digits: u8,
    /// Where a code was sent, masked.
    pub sent_to: Option<String>,
    /// When another one may be sent, where one was.
    pub another: Option<Another>,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Wrong answers left, after a wrong one.
    pub attempts_left: Option<u32>,
    /// Whether another device could be used.
    pub other_devices: bool,
    /// Whether the device may be brought in step.
    pub resync: bool,
}

impl Passcode {
    fn steps(&self) -> &'static [&'static str] {
        match (self.device_class.as_str(), &self.sent_to) {
            (_, Some(_)) => &[],
            ("dsc", None) => {
                &["login-steps-hold-bracket", "login-steps-type-pin-for-passcode", "login-steps-read-passcode"]
            }
            _ => &["login-steps-press", "login-steps-read-passcode"],
        }
    }
}

/// When another code may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Another {
    /// Now.
    Now,
    /// Later.
    In {
        /// Whole minutes until then.
        minutes: u64,
    },
    /// Not in this attempt.
    NoMore,
}

/// A code that the desk gave in place of a device.
#[derive(Debug, Clone, Template)]
#[template(path = "login/static_code.html")]
pub struct StaticCode {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Wrong answers left, after a wrong one.
    pub attempts_left: Option<u32>,
    /// Whether another device could be used.
    pub other_devices: bool,
}

/// A card on which two values are looked up.
#[derive(Debug, Clone, Template)]
#[template(path = "login/code_card.html")]
pub struct CodeCard {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// The two places, in the order to type them.
    pub indices: [u32; 2],
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Wrong answers left, after a wrong one.
    pub attempts_left: Option<u32>,
    /// Whether another device could be used.
    pub other_devices: bool,
}

/// Waiting for the phone.
#[derive(Debug, Clone, Template)]
#[template(path = "login/approve.html")]
pub struct Approve {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// Two digits to type on the phone, where number matching is on.
    pub number: Option<String>,
    /// Whether no notification was sent.
    pub silent: bool,
    /// The code to scan in place of a notification.
    pub scan: Option<Qr>,
    /// Whether a code to scan may be had.
    pub can_scan: bool,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Whether another device could be used.
    pub other_devices: bool,
    /// How many steps the attempt has taken: what comes after it is news.
    pub version: i64,
    /// After how many seconds a page without scripts asks again.
    pub refresh_seconds: u32,
}

macro_rules! device_screens {
    ($($screen:ty),+) => {$(
        impl $screen {
            fn alert(&self) -> Option<String> {
                self.notice.map(|notice| notice.words(&self.frame, self.attempts_left))
            }

            fn good(&self) -> bool {
                self.notice.is_some_and(StepNotice::good)
            }

            fn sends_to_desk(&self) -> bool {
                self.notice.is_some_and(StepNotice::sends_to_desk)
            }

            fn help(&self) -> &'static str {
                HelpPage::for_class(&self.device_class).name()
            }
        }
    )+};
}

device_screens!(Respond, Passcode, StaticCode, CodeCard, Passkey, Resync);

impl Approve {
    /// What to do on the phone, and whether a notification leads there.
    fn words(&self) -> &'static str {
        match (self.silent, &self.number) {
            (false, None) => "login-approve-words",
            (false, Some(_)) => "login-approve-number-words",
            (true, None) => "login-approve-silent-words",
            (true, Some(_)) => "login-approve-silent-number-words",
        }
    }

    fn alert(&self) -> Option<String> {
        self.notice.map(|notice| notice.words(&self.frame, None))
    }

    fn good(&self) -> bool {
        self.notice.is_some_and(StepNotice::good)
    }

    fn sends_to_desk(&self) -> bool {
        self.notice.is_some_and(StepNotice::sends_to_desk)
    }

    fn help(&self) -> &'static str {
        HelpPage::for_class(&self.device_class).name()
    }
}
