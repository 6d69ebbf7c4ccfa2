//! The page of one of the user's devices: its name, whether it is the default, and what to do when it is lost.

use super::Frame;
use askama::Template;
use operation::Amount;

/// What is said of what was asked about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It has another name.
    Renamed,
    /// It is the default now.
    Default,
    /// It was set aside.
    Suspended,
    /// It was ended for good.
    Removed,
    /// There is no such device.
    Unknown,
    /// The name cannot be shown.
    BadLabel,
    /// Another device has the name.
    LabelTaken,
    /// It is in step again.
    Resynchronised,
    /// The two codes do not fit.
    WrongCodes,
    /// The two codes are for questions that are not asked any more.
    StaleCodes,
    /// It is locked.
    Locked,
    /// The new PIN was not typed the same twice.
    PinsDiffer,
    /// It is no PIN.
    PinDigits,
    /// It is one digit throughout.
    PinRepeated,
    /// It is digits in a row.
    PinSequence,
    /// It repeats itself, or reads the same from both ends.
    PinPattern,
    /// It is a year.
    PinYear,
    /// The response was not made with the new PIN.
    WrongPin,
    /// No device may confirm it.
    NoDevice,
    /// It is in use again.
    Reactivated,
    /// It is in use for the first time.
    Started,
    /// Another serial number stands on it.
    WrongSerial,
    /// The code is wrong.
    WrongCode,
    /// The code is for what is not asked any more.
    StaleCode,
    /// Nothing may be ordered so.
    NotOrdered,
    /// The address cannot be shown.
    BadAddress,
    /// A phone in doubt was ended.
    Vetoed,
}

impl Told {
    /// Every one there is.
    pub const ALL: [Self; 27] = [
        Self::Renamed,
        Self::Default,
        Self::Suspended,
        Self::Removed,
        Self::Unknown,
        Self::BadLabel,
        Self::LabelTaken,
        Self::Resynchronised,
        Self::WrongCodes,
        Self::StaleCodes,
        Self::Locked,
        Self::PinsDiffer,
        Self::PinDigits,
        Self::PinRepeated,
        Self::PinSequence,
        Self::PinPattern,
        Self::PinYear,
        Self::WrongPin,
        Self::NoDevice,
        Self::Reactivated,
        Self::Started,
        Self::WrongSerial,
        Self::WrongCode,
        Self::StaleCode,
        Self::NotOrdered,
        Self::BadAddress,
        Self::Vetoed,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Default => "default",
            Self::Suspended => "suspended",
            Self::Removed => "removed",
            Self::Unknown => "unknown-device",
            Self::BadLabel => "bad-label",
            Self::LabelTaken => "label-taken",
            Self::Resynchronised => "resynchronised",
            Self::WrongCodes => "wrong-codes",
            Self::StaleCodes => "stale-codes",
            Self::Locked => "locked",
            Self::PinsDiffer => "pins-differ",
            Self::PinDigits => "pin-digits",
            Self::PinRepeated => "pin-repeated",
            Self::PinSequence => "pin-sequence",
            Self::PinPattern => "pin-pattern",
            Self::PinYear => "pin-year",
            Self::WrongPin => "wrong-pin",
            Self::NoDevice => "no-device",
            Self::Reactivated => "reactivated",
            Self::Started => "started",
            Self::WrongSerial => "wrong-serial",
            Self::WrongCode => "wrong-code",
            Self::StaleCode => "stale-code",
            Self::NotOrdered => "not-ordered",
            Self::BadAddress => "bad-address",
            Self::Vetoed => "vetoed",
        }
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Renamed => "own-device-told-renamed",
            Self::Default => "own-device-told-default",
            Self::Suspended => "own-device-told-suspended",
            Self::Removed => "own-device-told-removed",
            Self::Unknown => "own-device-told-unknown",
            Self::BadLabel => "own-device-told-bad-label",
            Self::LabelTaken => "own-device-told-label-taken",
            Self::Resynchronised => "own-device-told-resynchronised",
            Self::WrongCodes => "own-device-told-wrong-codes",
            Self::StaleCodes => "own-device-told-stale-codes",
            Self::Locked => "login-device-locked",
            Self::PinsDiffer => "new-pin-told-differ",
            Self::PinDigits => "new-pin-told-digits",
            Self::PinRepeated => "new-pin-told-repeated",
            Self::PinSequence => "new-pin-told-sequence",
            Self::PinPattern => "new-pin-told-pattern",
            Self::PinYear => "new-pin-told-year",
            Self::WrongPin => "new-pin-told-wrong",
            Self::NoDevice => "limits-told-no-device",
            Self::Reactivated => "start-told-reactivated",
            Self::Started => "start-told-started",
            Self::WrongSerial => "start-told-serial",
            Self::WrongCode => "start-told-wrong",
            Self::StaleCode => "start-told-stale",
            Self::NotOrdered => "order-told-not",
            Self::BadAddress => "order-told-address",
            Self::Vetoed => "doubt-told-vetoed",
        }
    }

    pub(crate) fn alarming(self) -> bool {
        !matches!(
            self,
            Self::Renamed
                | Self::Default
                | Self::Suspended
                | Self::Removed
                | Self::Resynchronised
                | Self::Reactivated
                | Self::Started
                | Self::Vetoed
        )
    }
}

/// A phone that came back by a code alone.
#[derive(Debug, Clone)]
pub struct Doubt {
    /// Until when, as text.
    pub until: String,
    /// Whether the device behind the session may end it.
    pub may_veto: bool,
}

/// What a device may still let leave today.
#[derive(Debug, Clone)]
pub enum LeftToday {
    /// Whatever is asked.
    Unlimited,
    /// So much.
    UpTo(Amount),
}

impl LeftToday {
    fn words(&self, frame: &Frame) -> String {
        let Self::UpTo(left) = self else { return frame.t("settings-device-unlimited") };
        let left = amount::write(left.digits(), left.currency(), amount::Marks::of(frame.lang.tag()));
        frame.with("settings-device-left", "left", &left)
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/device.html")]
pub struct DevicePage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// Its id, sent back as `id`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Whether it is the default.
    pub default: bool,
    /// What it may still let leave today; none where that cannot be told.
    pub left: Option<LeftToday>,
    /// Whether it can run too far ahead of the server, and be brought in step again.
    pub runs_ahead: bool,
    /// Whether it is a passkey, which is removed where others are reported as lost.
    pub passkey: bool,
    /// Whether another one by mail can take its place.
    pub replaceable: bool,
    /// Whether it has a PIN that is changed here.
    pub has_pin: bool,
    /// Where it is in doubt: until when, and whether it can be ended here.
    pub doubt: Option<Doubt>,
    /// Whether the page asks only whether the last usable device shall be set aside.
    pub asks: bool,
    /// What became of what was asked.
    pub told: Option<Told>,
}

impl DevicePage {
    fn bad_label(&self) -> bool {
        matches!(self.told, Some(Told::BadLabel | Told::LabelTaken))
    }
}

/// The page that brings a device in step again.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/resync.html")]
pub struct ResyncPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// Its id, sent back as `id`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Which questions these are, sent back as `round`.
    pub round: String,
    /// The two challenges; none where it shows passcodes by itself.
    pub challenges: Option<[String; 2]>,
    /// What became of what was asked.
    pub told: Option<Told>,
}

impl ResyncPage {
    fn first(&self) -> Option<&str> {
        self.challenges.as_ref().map(|[first, _]| first.as_str())
    }

    fn second(&self) -> Option<&str> {
        self.challenges.as_ref().map(|[_, second]| second.as_str())
    }
}
