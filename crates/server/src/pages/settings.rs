//! The signed-in page: devices, known programs, sessions, activity.

use super::{
    Frame, about::About, access::Section, activity::StoryLine, device::Told, limits::LockLine, order::OrderLine,
};
use askama::Template;

/// A device of the user.
#[derive(Debug, Clone)]
pub struct DeviceLine {
    /// Its id, for the address of its page.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its class.
    pub class: String,
    /// The stable name of its state.
    pub state: String,
    /// Since when, as text.
    pub since: String,
    /// When it last confirmed something, as text.
    pub last_used: Option<String>,
    /// Whether it is the default.
    pub default: bool,
    /// Whether its user can take it into use by its serial number and a code.
    pub starts: bool,
}

impl DeviceLine {
    /// Whether it can be used.
    pub(super) fn active(&self) -> bool {
        self.state == "active"
    }

    /// The key of the state's name.
    pub(crate) fn state_key(&self) -> &'static str {
        match self.state.as_str() {
            "ordered" => "settings-state-ordered",
            "shipped" => "settings-state-shipped",
            "pending" => "settings-state-pending",
            "active" => "settings-state-active",
            "suspended" => "settings-state-suspended",
            "replaced" => "settings-state-replaced",
            "migrated" => "settings-state-migrated",
            "lost" => "settings-state-lost",
            "revoked" => "settings-state-revoked",
            _ => "settings-state-expired",
        }
    }
}

/// Something that the user must have seen.
#[derive(Debug, Clone)]
pub struct NewsLine {
    /// What happened.
    pub story: StoryLine,
    /// Whether this session did it, or the login that began it.
    pub here: bool,
}

/// What was not said to be seen.
#[derive(Debug, Clone)]
pub struct News {
    /// The newest row that is shown, sent back as `shown`.
    pub shown: String,
    /// The lines, newest first.
    pub lines: Vec<NewsLine>,
}

/// Something that the desk is about to do.
#[derive(Debug, Clone)]
pub struct ObjectionLine {
    /// The case's id, sent back as `id`.
    pub id: String,
    /// Whether it is a temporary access; else a link for another password.
    pub act: &'static str,
}

/// A request that waits for the user.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    /// Its id, sent back as `id`; none where only the phone can answer it.
    pub id: Option<String>,
    /// What is asked.
    pub about: About,
    /// Whole minutes it still waits, at least one.
    pub minutes: u64,
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/overview.html")]
pub struct Overview {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// What became of a device.
    pub told: Option<Told>,
    /// Whether the user is an agent of the desk.
    pub console: bool,
    /// Whether an online code card may be had.
    pub lent_card: bool,
    /// What the desk is about to do, to which the user may object.
    pub objections: Vec<ObjectionLine>,
    /// What was not said to be seen; none where there is nothing.
    pub news: Option<News>,
    /// What waits for the user's confirmation.
    pub waiting: Vec<WaitingLine>,
    /// The user's devices.
    pub devices: Vec<DeviceLine>,
    /// What is on its way to the user.
    pub orders: Vec<OrderLine>,
    /// The transfer lock.
    pub lock: LockLine,
    /// Whether the user wishes more time for everything.
    pub unhurried: bool,
    /// What has access besides the devices.
    pub access: Section,
    /// Whether everything else was ended just now.
    pub others_ended: bool,
    /// The latest activity, newest first.
    pub activity: Vec<StoryLine>,
}

impl Overview {
    fn active_devices(&self) -> usize {
        self.devices.iter().filter(|device| device.active()).count()
    }

    fn username(&self) -> &str {
        self.frame.signed_in.as_deref().unwrap_or_default()
    }
}
