//! What would work today if one of the devices were gone.

use super::Frame;
use askama::Template;
use operation::Amount;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/ready.html")]
pub struct ReadyPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The devices that can be thought away.
    pub devices: Vec<Gone>,
    /// Labels of those that could confirm a login.
    pub login: Vec<String>,
    /// How another phone would be activated.
    pub phone: Vouched,
    /// Labels of those that could confirm another password; none where no link could be sent.
    pub password: Vec<String>,
    /// Those that could confirm a withdrawal.
    pub money: Vec<Room>,
}

/// A device that can be thought away.
#[derive(Debug, Clone)]
pub struct Gone {
    /// Its id, sent as `without`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Whether it is the one.
    pub chosen: bool,
}

/// What would vouch for another phone.
#[derive(Debug, Clone)]
pub enum Vouched {
    /// One of the devices of these labels.
    Devices(Vec<String>),
    /// A code, sent to this contact point, which is masked.
    Code(String),
    /// Nothing.
    Nothing,
}

/// A device that could confirm a withdrawal.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its label.
    pub label: String,
    /// How much today; none where there is no limit.
    pub left: Option<Amount>,
}

impl Room {
    fn words(&self, frame: &Frame) -> String {
        let Some(left) = &self.left else { return frame.with("ready-money-any", "device", &self.label) };
        let left = amount::write(left.digits(), left.currency(), amount::Marks::of(frame.lang.tag()));
        frame.lang.t_with("ready-money-left", &[("device", self.label.as_str().into()), ("left", left.into())])
    }
}

impl ReadyPage {
    fn without(&self) -> &str {
        self.devices.iter().find(|device| device.chosen).map_or("", |device| &device.label)
    }
}
