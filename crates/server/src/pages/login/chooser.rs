//! The chooser: which of the devices, and why some cannot be chosen.

use super::{StepNotice, TimeLeft};
use crate::pages::Frame;
use askama::Template;
use operation::Amount;

/// A device in the chooser.
#[derive(Debug, Clone)]
pub struct DeviceChoice {
    /// The device's id, sent back as `device`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its class.
    pub class: String,
    /// Whether it is locked, and for how many minutes; `Some(None)` until the desk lifts it.
    pub locked_minutes: Option<Option<u32>>,
    /// Why it may not confirm what is asked, where it may not.
    pub barred: Option<Barred>,
    /// Whether it is the user's default.
    pub default: bool,
    /// Whether this browser's last login was confirmed with it.
    pub last_used: bool,
}

/// Why a device may not confirm what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Barred {
    /// Its limits leave only so much for now.
    Left(Amount),
    /// The transfer lock is closed.
    TransferLock,
    /// It takes a device that may do more.
    Weaker,
    /// It has confirmed already, and a second device is needed.
    FirstAnswer,
}

impl Barred {
    /// What is left, as people write it.
    fn left(&self, frame: &Frame) -> Option<String> {
        match self {
            Self::Left(left) => {
                Some(amount::write(left.digits(), left.currency(), amount::Marks::of(frame.lang.tag())))
            }
            Self::TransferLock | Self::Weaker | Self::FirstAnswer => None,
        }
    }

    fn text(&self, frame: &Frame) -> String {
        match (self, self.left(frame)) {
            (_, Some(left)) => frame.with("login-choice-left", "left", &left),
            (Self::Weaker, None) => frame.t("login-choice-weaker"),
            (Self::FirstAnswer, None) => frame.t("login-choice-first-answer"),
            (_, None) => frame.t("login-choice-transfer-lock"),
        }
    }
}

impl DeviceChoice {
    fn text(&self, frame: &Frame) -> String {
        let name = match frame.device_name(&self.class, &self.label) {
            Some(name) => format!("{} · {name}", self.label),
            None => self.label.clone(),
        };
        match self.why_not(frame) {
            Some(why) => format!("{name} – {why}"),
            None => name,
        }
    }

    fn why_not(&self, frame: &Frame) -> Option<String> {
        match self.locked_minutes {
            None => self.barred.as_ref().map(|barred| barred.text(frame)),
            Some(Some(minutes)) => Some(frame.n("login-choice-locked-minutes", minutes)),
            Some(None) => Some(frame.t("login-choice-locked")),
        }
    }

    fn usable(&self) -> bool {
        self.locked_minutes.is_none() && self.barred.is_none()
    }
}

/// The chooser.
#[derive(Debug, Clone, Template)]
#[template(path = "login/chooser.html")]
pub struct Chooser {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The devices, in the order to show them.
    pub devices: Vec<DeviceChoice>,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before, if it was refused.
    pub notice: Option<StepNotice>,
    /// Whether it takes two devices.
    pub two_devices: bool,
}

impl Chooser {
    /// Whether it takes two devices, and none has confirmed yet.
    fn takes_two(&self) -> bool {
        self.two_devices && !self.devices.iter().any(|device| device.barred == Some(Barred::FirstAnswer))
    }

    fn alert(&self) -> Option<String> {
        self.notice.map(|notice| notice.words(&self.frame, None))
    }

    /// Whether what is said, or a choice, sends the user to the desk.
    fn good(&self) -> bool {
        self.notice.is_some_and(StepNotice::good)
    }

    fn sends_to_desk(&self) -> bool {
        self.notice.is_some_and(StepNotice::sends_to_desk)
            || self.devices.iter().any(|device| device.locked_minutes == Some(None))
    }

    /// The device that was last used in this browser, else the default one, or the first one that can be chosen.
    fn selected(&self) -> Option<&str> {
        let usable = || self.devices.iter().filter(|device| device.usable());
        let default = || usable().find(|device| device.default);
        let found = usable().find(|device| device.last_used).or_else(default).or_else(|| usable().next());
        found.map(|device| device.id.as_str())
    }

    /// What happened to the devices that cannot be chosen.
    fn locked(&self) -> Vec<String> {
        let words = |device: &DeviceChoice| {
            let label = ("device", device.label.as_str().into());
            if let (None, Some(barred)) = (device.locked_minutes, &device.barred) {
                return Some(match (barred, barred.left(&self.frame)) {
                    (_, Some(left)) => {
                        self.frame.lang.t_with("login-choice-is-limited", &[label, ("left", left.into())])
                    }
                    (Barred::FirstAnswer, None) => self.frame.lang.t_with("login-choice-is-first-answer", &[label]),
                    (Barred::Weaker, None) => self.frame.lang.t_with("login-choice-is-weaker", &[label]),
                    (_, None) => self.frame.t("login-choice-is-closed"),
                });
            }
            Some(match device.locked_minutes? {
                Some(minutes) => self
                    .frame
                    .lang
                    .t_with("login-choice-is-locked-minutes", &[label, ("n", i18n::Arg::Int(minutes.into()))]),
                None => self.frame.lang.t_with("login-choice-is-locked", &[label]),
            })
        };
        self.devices.iter().filter_map(words).collect()
    }

    fn is_selected(&self, device: &DeviceChoice) -> bool {
        self.selected() == Some(device.id.as_str())
    }
}
