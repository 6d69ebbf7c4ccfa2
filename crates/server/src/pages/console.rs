//! The console of the secure-login desk, and what its users see of it: an objection, the online code card.

use super::{Frame, activity::StoryLine, proof::Question, settings::DeviceLine};
use askama::Template;

/// What is said of what an agent did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskTold {
    /// It was done.
    Done,
    /// There was nothing to do.
    Nothing,
    /// The case was proposed.
    Proposed,
    /// The case was rejected.
    Rejected,
    /// Another person is needed.
    SecondPerson,
    /// The case is over, or stands elsewhere.
    WrongState,
    /// Only who proposed it carries it out.
    NotTheFirst,
    /// It is carried out where cards are printed.
    NotAtTheDesk,
    /// The roles do not allow it.
    Role,
    /// An agent is not served at their own desk.
    OwnUser,
    /// It waits, so that the user can object.
    Waits,
    /// No permanent device since the last temporary access.
    InARow,
    /// A temporary access is under way.
    UnderWay,
    /// Reason or check are missing or cannot be shown.
    Text,
    /// There is nowhere to send the link.
    NoContact,
    /// None of the agent's devices may confirm it.
    NoDevice,
    /// A check of this user is open.
    CallUnderWay,
    /// Too many checks of this user failed.
    CallRests,
    /// None of the user's devices can show who calls.
    CallNoDevice,
    /// The alarm is this agent's.
    AlarmTaken,
    /// The alarm is left to others.
    AlarmLeft,
    /// A colleague takes care of it.
    AlarmAnothers,
    /// It is not this agent's.
    AlarmNotYours,
    /// The message is sent again.
    SentAgain,
    /// The message is put aside.
    PutAside,
    /// What is in the message is of no use any more.
    MessageOver,
    /// Nothing is sent there any more.
    MessageGone,
    /// No more is sent there again within a day.
    MessageEnough,
    /// No reason was given.
    Reason,
    /// There is nothing like it.
    Unknown,
}

impl DeskTold {
    /// Every one there is.
    pub const ALL: [Self; 30] = [
        Self::Done,
        Self::Nothing,
        Self::Proposed,
        Self::Rejected,
        Self::SecondPerson,
        Self::WrongState,
        Self::NotTheFirst,
        Self::NotAtTheDesk,
        Self::Role,
        Self::OwnUser,
        Self::Waits,
        Self::InARow,
        Self::UnderWay,
        Self::Text,
        Self::NoContact,
        Self::NoDevice,
        Self::CallUnderWay,
        Self::CallRests,
        Self::CallNoDevice,
        Self::AlarmTaken,
        Self::AlarmLeft,
        Self::AlarmAnothers,
        Self::AlarmNotYours,
        Self::SentAgain,
        Self::PutAside,
        Self::MessageOver,
        Self::MessageGone,
        Self::MessageEnough,
        Self::Reason,
        Self::Unknown,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        // Without what all keys begin with.
        self.key().split_once("told-").map_or("", |(_, name)| name)
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn alarming(self) -> bool {
        !matches!(
            self,
            Self::Done
                | Self::Proposed
                | Self::Rejected
                | Self::AlarmTaken
                | Self::AlarmLeft
                | Self::SentAgain
                | Self::PutAside
        )
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Done => "console-told-done",
            Self::Nothing => "console-told-nothing",
            Self::Proposed => "console-told-proposed",
            Self::Rejected => "console-told-rejected",
            Self::SecondPerson => "console-told-second-person",
            Self::WrongState => "console-told-wrong-state",
            Self::NotTheFirst => "console-told-not-the-first",
            Self::NotAtTheDesk => "console-told-not-at-the-desk",
            Self::Role => "console-told-role",
            Self::OwnUser => "console-told-own-user",
            Self::Waits => "console-told-waits",
            Self::InARow => "console-told-in-a-row",
            Self::UnderWay => "console-told-under-way",
            Self::Text => "console-told-text",
            Self::NoContact => "console-told-no-contact",
            Self::NoDevice => "console-told-no-device",
            Self::CallUnderWay => "console-told-call-under-way",
            Self::CallRests => "console-told-call-rests",
            Self::CallNoDevice => "console-told-call-no-device",
            Self::AlarmTaken => "console-told-alarm-taken",
            Self::AlarmLeft => "console-told-alarm-left",
            Self::AlarmAnothers => "console-told-alarm-anothers",
            Self::AlarmNotYours => "console-told-alarm-not-yours",
            Self::SentAgain => "console-told-sent-again",
            Self::PutAside => "console-told-put-aside",
            Self::MessageOver => "console-told-message-over",
            Self::MessageGone => "console-told-message-gone",
            Self::MessageEnough => "console-told-message-enough",
            Self::Reason => "console-told-reason",
            Self::Unknown => "console-told-unknown",
        }
    }
}

/// A user that was found.
#[derive(Debug, Clone)]
pub struct FoundLine {
    /// The id.
    pub id: String,
    /// The name.
    pub username: String,
}

/// A case as it is listed and shown.
#[derive(Debug, Clone)]
pub struct CaseLine {
    /// The id.
    pub id: String,
    /// The stable name of what is to be done.
    pub act: &'static str,
    /// The stable name of its state.
    pub state: &'static str,
    /// About whom.
    pub user: String,
    /// That user's id.
    pub user_id: String,
    /// The serial number of the card that it is about.
    pub card: Option<String>,
    /// The device that showed who was on the line.
    pub proof: Option<String>,
    /// Who proposed it.
    pub first: String,
    /// Who seconded or rejected it.
    pub second: Option<String>,
    /// Why.
    pub reason: String,
    /// How the identity was checked.
    pub identity_check: String,
    /// When it was proposed.
    pub since: String,
    /// Until when it waits.
    pub until: String,
    /// Before when it is not carried out; none where that has passed.
    pub not_before: Option<String>,
}

impl CaseLine {
    fn act_key(&self) -> &'static str {
        match self.act {
            "temporary_access" => "confirm-desk-temporary-access",
            "reprint" => "confirm-desk-reprint",
            _ => "confirm-desk-password-link",
        }
    }

    fn state_key(&self) -> &'static str {
        match self.state {
            "proposed" => "console-case-proposed",
            "seconded" => "console-case-seconded",
            "done" => "console-case-done",
            "rejected" => "console-case-rejected",
            _ => "console-case-lapsed",
        }
    }
}

/// What a user is told of what the desk is about to do.
pub(crate) fn objection_key(act: &str) -> &'static str {
    match act {
        "temporary_access" => "objection-temporary-access",
        "reprint" => "objection-reprint",
        _ => "objection-password-link",
    }
}

/// An order whose device is to be mailed.
#[derive(Debug, Clone)]
pub struct ShipLine {
    /// The order's id.
    pub id: String,
    /// Whose.
    pub user: String,
    /// That user's id.
    pub user_id: String,
    /// What is to be mailed.
    pub label: String,
    /// Since when.
    pub since: String,
}

/// Search, and what waits.
#[derive(Debug, Clone, Template)]
#[template(path = "console/home.html")]
pub struct ConsolePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The agent's roles.
    pub roles: String,
    /// What was looked for; empty where nothing was.
    pub words: String,
    /// Who was found.
    pub found: Vec<FoundLine>,
    /// Cases that wait for a second person.
    pub to_second: Vec<CaseLine>,
    /// Cases that wait to be carried out.
    pub to_do: Vec<CaseLine>,
    /// Orders that wait to be mailed.
    pub to_ship: Vec<ShipLine>,
    /// How many users said "it wasn't me"; none where the roles do not let it be seen.
    pub alarms: Option<u32>,
    /// How many messages could not be delivered, likewise.
    pub undelivered: Option<u32>,
    /// Whether the roles allow to see them.
    pub may_see_orders: bool,
    /// Whether the roles allow to see what is in force.
    pub may_see_settings: bool,
    /// What became of what was done.
    pub told: Option<DeskTold>,
}

/// What the agent's roles allow on a user's page.
#[derive(Debug, Clone, Copy)]
pub struct May {
    /// Setting devices aside.
    pub suspend: bool,
    /// Lifting locks.
    pub unlock: bool,
    /// Ending sessions.
    pub end_sessions: bool,
    /// Checking who calls.
    pub check: bool,
    /// Proposing cases.
    pub propose: bool,
}

/// What shows this agent who is on the line.
#[derive(Debug, Clone)]
pub struct ProofLine {
    /// The device that said yes.
    pub device: String,
    /// Until when it is the same call.
    pub until: String,
}

impl ProofLine {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        let args = [("device", self.device.as_str().into()), ("when", self.until.as_str().into())];
        frame.lang.t_with("console-call-proved", &args)
    }
}

/// A device on a user's page.
#[derive(Debug, Clone)]
pub struct SeenDevice {
    /// As its owner sees it.
    pub line: DeviceLine,
    /// Its serial number.
    pub serial: String,
    /// Whether failures lock it.
    pub locked: bool,
    /// Whether it can be set aside.
    pub active: bool,
}

/// The page about a user.
#[derive(Debug, Clone, Template)]
#[template(path = "console/user.html")]
pub struct UserPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The user's id.
    pub id: String,
    /// The name.
    pub username: String,
    /// Since when.
    pub since: String,
    /// Where messages go, masked.
    pub contacts: Vec<String>,
    /// Whether failures lock the user.
    pub locked: bool,
    /// Since when the password is refused, after "it wasn't me".
    pub disowned: Option<String>,
    /// The devices.
    pub devices: Vec<SeenDevice>,
    /// Living sessions.
    pub sessions: usize,
    /// The orders.
    pub orders: Vec<String>,
    /// The cases.
    pub cases: Vec<CaseLine>,
    /// What happened.
    pub activity: Vec<StoryLine>,
    /// The address of the earlier ones.
    pub older: Option<String>,
    /// What shows this agent who is on the line now.
    pub proof: Option<ProofLine>,
    /// What the roles allow.
    pub may: May,
    /// What became of what was done.
    pub told: Option<DeskTold>,
}

/// The page of a case.
#[derive(Debug, Clone, Template)]
#[template(path = "console/case.html")]
pub struct CasePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The case.
    pub case: CaseLine,
    /// Whether this agent may say the second word.
    pub may_second: bool,
    /// Whether this agent may reject it, or give up what they proposed.
    pub may_reject: bool,
    /// Whether this agent may carry it out, once it is time.
    pub may_reveal: bool,
    /// What became of what was done.
    pub told: Option<DeskTold>,
}

/// A temporary code, shown once.
#[derive(Clone, Template)]
#[template(path = "console/code.html")]
pub struct CodePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The code.
    pub code: String,
    /// For whom.
    pub case: CaseLine,
    /// Until when it takes the place of a device.
    pub full_until: String,
    /// Until when it leads to the online code card.
    pub card_until: String,
}

/// Where an objection stands.
#[derive(Debug, Clone)]
pub enum Objection {
    /// It may be made, by this link.
    Open(String),
    /// It was made.
    Made,
    /// There is nothing to object to any more.
    Over,
}

/// The page on which a user objects to what the desk is about to do.
#[derive(Debug, Clone, Template)]
#[template(path = "console/objection.html")]
pub struct ObjectionPage {
    /// The frame.
    pub frame: Frame,
    /// Where it stands.
    pub objection: Objection,
    /// The stable name of what the desk is about to do.
    pub act: &'static str,
}

/// Where the online code card stands.
#[derive(Debug, Clone)]
pub enum Card {
    /// One may be had.
    Offered {
        /// Until when.
        until: String,
        /// Until when one serves that was had before.
        serving: Option<String>,
    },
    /// One was made.
    Made {
        /// What stands at its places, from one on.
        values: Vec<String>,
        /// What is asked.
        question: Question,
        /// Which question it is.
        round: String,
        /// Until when it serves.
        until: String,
    },
}

/// What is said of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardTold {
    /// It serves.
    Started,
    /// The values are wrong.
    Wrong,
    /// They are for another question.
    Stale,
    /// It is locked.
    Locked,
}

impl CardTold {
    /// Every one there is.
    pub const ALL: [Self; 4] = [Self::Started, Self::Wrong, Self::Stale, Self::Locked];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Wrong => "wrong",
            Self::Stale => "stale",
            Self::Locked => "locked",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn alarming(self) -> bool {
        self != Self::Started
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Started => "lent-card-told-started",
            Self::Wrong => "lent-card-told-wrong",
            Self::Stale => "lent-card-told-stale",
            Self::Locked => "login-device-locked",
        }
    }
}

/// The page of the online code card.
#[derive(Clone, Template)]
#[template(path = "settings/online_card.html")]
pub struct OnlineCardPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// Where it stands.
    pub card: Card,
    /// Whether the session leads here and nowhere else.
    pub alone: bool,
    /// What became of what was done.
    pub told: Option<CardTold>,
}
