//! What the login program knows, apart from how it is drawn.

use super::field::TextField;
use crate::first_party::{Purpose, Step};
use crate::withdrawal::Order;
use i18n::Lang;
use std::time::Duration;
use wire::{DeviceRef, LimitedDevice, Next};
use zeroize::Zeroizing;

/// Everything on the screen.
#[derive(Debug)]
pub struct Model {
    /// The language of every word shown.
    pub lang: Lang,
    /// What is confirmed.
    pub purpose: Purpose,
    /// The program that logs in, e.g. `tws 966`; of a withdrawal, whose it is.
    pub program: String,
    /// The server's URL.
    pub server: String,
    /// The login form's fields; the username is kept when the user starts again.
    pub username: TextField,
    /// Wiped as soon as it was sent.
    pub password: TextField,
    /// A withdrawal's form, kept when the user starts again.
    pub form: Form,
    /// What was asked for last.
    pub order: Option<Order>,
    /// The screen that is shown.
    pub screen: Screen,
    /// The part of the screen that takes keys.
    pub focus: Focus,
    /// A message about the last action.
    pub notice: Option<Notice>,
    /// The end of the attempt's time, where one is running.
    pub deadline: Option<Deadline>,
    /// The chooser's devices, when the server showed a chooser in this attempt.
    pub devices: Vec<DeviceRef>,
    /// Devices that may not confirm so much.
    pub limited: Vec<LimitedDevice>,
    /// The monotonic clock at the last event.
    pub now: Duration,
    /// The last request made; answers to earlier ones are stale.
    pub(super) request: u64,
    /// The request that began this attempt.
    pub(super) attempt: u64,
    /// Whether a request is under way that the user waits for (a poll is not one).
    pub busy: bool,
}

/// What a withdrawal needs to know.
#[derive(Debug, Default)]
pub struct Form {
    /// How much, in US dollars.
    pub amount: TextField,
    /// Whose account it goes to.
    pub name: TextField,
    /// Which.
    pub account: TextField,
}

/// A screen of the login, or of a withdrawal.
#[derive(Debug)]
pub enum Screen {
    /// How much, and to whom.
    Withdraw,
    /// The withdrawal is confirmed.
    Confirmed,
    /// Username and password.
    Login,
    /// "Select Second Factor Device".
    Choose {
        /// The chosen place in the list of devices.
        selected: usize,
        /// The highlighted place while the list is open.
        open: Option<usize>,
    },
    /// A device that wants something typed: a response, code card values, a passcode, a temporary code.
    Answer {
        /// The step.
        next: Next,
        /// The response as typed so far.
        response: TextField,
    },
    /// Waiting for the phone.
    Wait {
        /// The step.
        next: Next,
    },
    /// The attempt is over without a login.
    Ended {
        /// The reason in words of the user's language.
        reason: String,
    },
    /// Done.
    SignedIn(SignedIn),
}

/// The user who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The username, as the ID token says.
    pub username: String,
    /// The granted scope.
    pub scope: String,
}

/// Something the keyboard can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The username field.
    Username,
    /// The password field.
    Password,
    /// The amount of a withdrawal.
    Amount,
    /// Whose account it goes to.
    PayeeName,
    /// Which.
    PayeeAccount,
    /// The drop-down of devices.
    Devices,
    /// The response field.
    Response,
    /// The screen's main button.
    Button,
    /// "I did not receive a notification".
    NoNotification,
    /// "Send a notification".
    SendNotification,
    /// "Use another device".
    OtherDevice,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// In words.
    pub text: String,
    /// Whether something went wrong.
    pub bad: bool,
}

/// The end of an attempt's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// On the monotonic clock.
    pub ends: Duration,
    /// The whole time the attempt had.
    pub total: Duration,
}

impl Deadline {
    /// Time left, rounded up to whole seconds.
    pub fn seconds_left(&self, now: Duration) -> u64 {
        self.ends.saturating_sub(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }

    /// The part that is left, 0 to 1.
    pub fn part_left(&self, now: Duration) -> f64 {
        if self.total.is_zero() {
            return 0.0;
        }
        (self.ends.saturating_sub(now).as_secs_f64() / self.total.as_secs_f64()).clamp(0.0, 1.0)
    }
}

/// A key, a tick or an answer of the server.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(crossterm::event::KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// Time passed, or the window changed.
    Tick,
    /// A request was answered.
    Answered {
        /// The number of the request that it answers: a late one is told by it.
        request: u64,
        /// The server's reply, or what went wrong.
        result: Result<Reply, crate::first_party::Error>,
    },
    /// The program is told to end.
    Terminate,
}

/// A good answer.
#[derive(Debug)]
pub enum Reply {
    /// The attempt goes on.
    Step(Box<Step>),
    /// The user is signed in and the ID token was verified.
    SignedIn(SignedIn),
    /// The withdrawal is confirmed.
    Confirmed,
}

/// What to do in the world outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send username and password.
    Begin {
        /// The request's number.
        request: u64,
        /// The username.
        username: String,
        /// The password.
        password: Zeroizing<String>,
    },
    /// Ask for a withdrawal.
    Withdraw {
        /// The request's number.
        request: u64,
        /// What is asked for.
        order: Order,
    },
    /// Pick a device.
    Choose {
        /// The request's number.
        request: u64,
        /// The device's id.
        device_id: String,
    },
    /// Switch the method.
    Method {
        /// The request's number.
        request: u64,
        /// The method's name on the wire.
        method: &'static str,
    },
    /// Send what was typed.
    Respond {
        /// The request's number.
        request: u64,
        /// The response.
        response: Zeroizing<String>,
    },
    /// Ask whether the phone has answered.
    Poll {
        /// The request's number.
        request: u64,
        /// Not before this much time has passed.
        after: Duration,
    },
    /// Put text on the clipboard.
    Copy(String),
    /// End the program.
    Quit,
}

impl Model {
    /// The login form, empty but for a username given beforehand.
    pub fn new(lang: Lang, program: &str, server: &str, username: Option<&str>) -> Self {
        let mut field = TextField::default();
        field.insert(username.unwrap_or_default());
        Self {
            lang,
            purpose: Purpose::Login,
            program: program.to_owned(),
            server: server.to_owned(),
            focus: if username.is_some() { Focus::Password } else { Focus::Username },
            username: field,
            password: TextField::masked(),
            form: Form::default(),
            order: None,
            screen: Screen::Login,
            notice: None,
            deadline: None,
            devices: Vec::new(),
            limited: Vec::new(),
            now: Duration::ZERO,
            request: 0,
            attempt: 0,
            busy: false,
        }
    }

    /// A withdrawal's form, empty, of a user at a brokerage.
    pub fn withdrawal(lang: Lang, username: &str, brokerage: &str) -> Self {
        let model = Self::new(lang, username, brokerage, None);
        Self { purpose: Purpose::Withdrawal, screen: Screen::Withdraw, focus: Focus::Amount, ..model }
    }

    /// Whether an answer to `request` still matters to the attempt on the screen.
    pub fn expects(&self, request: u64) -> bool {
        request == self.request
    }

    /// Everything the keyboard can be on, in the order of the Tab key.
    pub fn stops(&self) -> Vec<Focus> {
        let mut stops = match &self.screen {
            Screen::Login => vec![Focus::Username, Focus::Password, Focus::Button],
            Screen::Withdraw => vec![Focus::Amount, Focus::PayeeName, Focus::PayeeAccount, Focus::Button],
            Screen::Choose { .. } => vec![Focus::Devices, Focus::Button],
            Screen::Answer { .. } => vec![Focus::Response, Focus::Button],
            Screen::Wait { .. } => vec![],
            Screen::Ended { .. } | Screen::SignedIn(_) | Screen::Confirmed => vec![Focus::Button],
        };
        let Some(device) = self.device() else { return stops };
        let offers = |method: &str| device.methods.iter().any(|m| m == method);
        match &self.screen {
            Screen::Wait { next: Next::Approve { fallback, .. } }
                if fallback.iter().any(|m| m == super::CHALLENGE_RESPONSE) =>
            {
                stops.push(Focus::NoNotification);
            }
            Screen::Wait { next: Next::Qr { .. } } if offers(super::CHALLENGE_RESPONSE) => {
                stops.push(Focus::NoNotification);
            }
            Screen::Answer { next: Next::Respond { .. }, .. } if offers(super::SEAMLESS) => {
                stops.push(Focus::SendNotification);
            }
            _ => {}
        }
        if self.devices.len() > 1 {
            stops.push(Focus::OtherDevice);
        }
        stops
    }

    /// The device whose screen is shown.
    pub fn device(&self) -> Option<&DeviceRef> {
        match &self.screen {
            Screen::Answer { next, .. } | Screen::Wait { next } => device_of(next),
            _ => None,
        }
    }
}

/// The device a step is about.
pub fn device_of(next: &Next) -> Option<&DeviceRef> {
    match next {
        Next::ChooseDevice { .. } => None,
        Next::Approve { device, .. }
        | Next::Respond { device, .. }
        | Next::CodeCard { device, .. }
        | Next::Passcode { device, .. }
        | Next::StaticCode { device }
        | Next::Webauthn { device, .. }
        | Next::Qr { device, .. } => Some(device),
    }
}
