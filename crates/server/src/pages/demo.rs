//! The demo's own pages: where to start, the outbox, the card reader.

use super::Frame;
use askama::Template;
use wire::demo::User;

/// The class of the sample users' phones, which are no cards.
pub const PHONE: &str = "phone";

/// Where to start.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/start.html")]
pub struct Start {
    /// The frame.
    pub frame: Frame,
    /// The sample users.
    pub users: Vec<User>,
    /// The outbox page's address.
    pub outbox_url: String,
    /// The server's address.
    pub server_url: String,
    /// The sample brokerage's address, where it runs.
    pub brokerage_url: Option<String>,
    /// What a terminal calls the client program.
    pub client: String,
    /// Whether the mobile app is here.
    pub app: bool,
}

impl Start {
    /// Who tries the mobile app: has no device that would be asked in place of a code.
    fn app_user(&self) -> Option<&User> {
        self.users.iter().find(|user| user.devices.iter().all(|device| device.class == PHONE))
    }
}

/// A message that would have been sent.
#[derive(Debug, Clone)]
pub struct OutboxLine {
    /// The moment, as text of the page's language.
    pub at: String,
    /// `mail` or `sms`.
    pub channel: String,
    /// The mail address or phone number.
    pub to: String,
    /// The words.
    pub text: String,
}

impl OutboxLine {
    fn channel_key(&self) -> &'static str {
        match self.channel.as_str() {
            "sms" => "demo-outbox-sms",
            _ => "demo-outbox-mail",
        }
    }
}

/// The messages that would have been sent.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/outbox.html")]
pub struct Outbox {
    /// The frame.
    pub frame: Frame,
    /// The messages, newest first.
    pub messages: Vec<OutboxLine>,
}

/// A virtual card.
#[derive(Debug, Clone)]
pub struct CardLine {
    /// The device's id.
    pub device: String,
    /// Its label.
    pub label: String,
    /// The username of the owner.
    pub username: String,
    /// Its class.
    pub class: String,
    /// Its PIN, if it has one.
    pub pin: Option<String>,
}

impl CardLine {
    /// How it is used.
    fn keypad(&self) -> Keypad {
        match self.class.as_str() {
            "dsc-plus" => Keypad { pin: true, asks: Asks::Challenge },
            "platinum" => Keypad { pin: false, asks: Asks::Challenge },
            "dsc" => Keypad { pin: true, asks: Asks::Nothing },
            "security-code-card" | "online-code-card" => Keypad { pin: false, asks: Asks::Places },
            _ => Keypad { pin: false, asks: Asks::Nothing },
        }
    }
}

/// The keys of a card, in rows of three.
const KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "OK"];

/// What a card asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Challenge,
    Places,
    Nothing,
}

/// How a card is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Keypad {
    pin: bool,
    asks: Asks,
}

impl Keypad {
    /// Whether it is a printed card, without keys.
    fn printed(self) -> bool {
        self.asks == Asks::Places
    }

    fn takes_challenge(self) -> bool {
        self.asks == Asks::Challenge
    }

    /// Whether it has digit keys, or a single button.
    fn has_digits(self) -> bool {
        self.pin || self.takes_challenge()
    }

    /// The name the script knows it by.
    fn mode(self) -> &'static str {
        match (self.asks, self.pin) {
            (Asks::Challenge, true) => "pin-challenge",
            (Asks::Challenge, false) => "challenge",
            (_, true) => "pin-time",
            (_, false) => "time",
        }
    }
}

/// Why a card shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardProblem {
    /// The challenge does not fit this card.
    Challenge,
    /// The card's file cannot be used.
    Unavailable,
}

/// The card reader.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/card_reader.html")]
pub struct CardReader {
    /// The frame.
    pub frame: Frame,
    /// The virtual cards.
    pub cards: Vec<CardLine>,
    /// Which one is in hand: a place in `cards`.
    pub selected: usize,
    /// What it shows, after the plain form was sent.
    pub shown: Option<Result<String, CardProblem>>,
    /// The challenge that was typed.
    pub challenge: String,
}

impl CardReader {
    fn card(&self) -> Option<&CardLine> {
        self.cards.get(self.selected)
    }

    /// The cards of each user, who follow each other in the list.
    fn by_user(&self) -> impl Iterator<Item = (&str, &[CardLine])> {
        self.cards
            .chunk_by(|a, b| a.username == b.username)
            .filter_map(|cards| Some((cards.first()?.username.as_str(), cards)))
    }

    /// The keys to press on the card in hand, step by step.
    fn steps(&self) -> &'static [&'static str] {
        match self.card().map(|card| card.keypad().mode()) {
            Some("pin-challenge") => &[
                "login-steps-hold-pin",
                "login-steps-type-pin",
                "login-steps-type-challenge",
                "login-steps-read-response",
            ],
            Some("challenge") => {
                &["login-steps-hold-challenge", "login-steps-type-challenge-first", "login-steps-read-response"]
            }
            Some("pin-time") => {
                &["login-steps-hold-bracket", "login-steps-type-pin-for-passcode", "login-steps-read-passcode"]
            }
            _ => &["login-steps-press", "login-steps-read-passcode"],
        }
    }

    fn is_selected(&self, card: &CardLine) -> bool {
        self.card().is_some_and(|selected| selected.device == card.device)
    }

    fn problem(&self) -> Option<String> {
        let Some(Err(problem)) = self.shown else { return None };
        let printed = self.card().is_some_and(|card| card.keypad().printed());
        Some(self.frame.t(match problem {
            CardProblem::Challenge if printed => "demo-card-bad-places",
            CardProblem::Challenge => "demo-card-bad-challenge",
            CardProblem::Unavailable => "demo-card-unavailable",
        }))
    }

    fn value(&self) -> Option<&str> {
        self.shown.as_ref().and_then(|shown| shown.as_deref().ok())
    }
}
