//! Two codes in a row, by which a device that ran too far ahead is brought in step within the login.

use super::{StepNotice, TimeLeft};
use crate::pages::Frame;
use askama::Template;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "login/resync.html")]
pub struct Resync {
    /// The frame.
    pub frame: Frame,
    /// The attempt's public id.
    pub attempt: String,
    /// The device's label.
    pub device_label: String,
    /// The device's class.
    pub device_class: String,
    /// Which questions these are, sent back as `round`.
    pub round: String,
    /// The two challenges; none where it shows passcodes by itself.
    pub challenges: Option<[String; 2]>,
    /// The time left.
    pub clock: TimeLeft,
    /// The notice about the step before.
    pub notice: Option<StepNotice>,
    /// Wrong answers left.
    pub attempts_left: Option<u32>,
    /// Whether another device could be used.
    pub other_devices: bool,
}

impl Resync {
    pub(super) fn first(&self) -> Option<&str> {
        self.challenges.as_ref().map(|[first, _]| first.as_str())
    }

    pub(super) fn second(&self) -> Option<&str> {
        self.challenges.as_ref().map(|[_, second]| second.as_str())
    }
}
