//! The page of limits and the transfer lock: what each device may authorise, and what its owner allows less.

use super::Frame;
use askama::Template;
use operation::Amount;

/// A pair of limits; none is no limit of that kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitPair {
    /// Per day.
    pub per_day: Option<Amount>,
    /// Per five business days.
    pub per_five_days: Option<Amount>,
}

/// What one device may authorise.
#[derive(Debug, Clone)]
pub struct RoomLine {
    /// Its id, sent back as `id`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// The class's limits.
    pub class: LimitPair,
    /// The owner's own.
    pub own: LimitPair,
    /// Higher ones that wait, and from when.
    pub rise: Option<(LimitPair, String)>,
    /// What is left today; none where there is no limit.
    pub left: Option<Amount>,
    /// Why it is not more.
    pub why: Vec<Why>,
}

/// Why no more may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A limit, and what is used of it: the key of its words.
    Reached(&'static str, Amount, Amount),
    /// One card payment may be no more than this.
    CardPayment(Amount),
    /// The lock is closed.
    Lock,
    /// The lock is closed until then.
    LockUntil(String),
    /// A second device is needed above this.
    Two(Amount),
}

impl Why {
    fn words(&self, page: &LimitsPage) -> String {
        let lang = page.frame.lang;
        match self {
            Self::Reached(key, limit, used) => {
                lang.t_with(key, &[("limit", page.money(limit).into()), ("used", page.money(used).into())])
            }
            Self::CardPayment(most) => page.frame.with("limits-why-card-payment", "limit", &page.money(most)),
            Self::Lock => page.frame.t("limits-why-lock"),
            Self::LockUntil(at) => page.frame.with("limits-why-lock-until", "at", at),
            Self::Two(above) => page.frame.with("limits-why-two", "limit", &page.money(above)),
        }
    }
}

/// The transfer lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockLine {
    /// Open.
    Open,
    /// Closed.
    Closed {
        /// Whole hours that opening takes.
        hours: u32,
        /// Whether card payments are held too.
        cards: bool,
    },
    /// Closed until then.
    Opening {
        /// When it opens, as text.
        at: String,
    },
}

impl LockLine {
    pub(crate) fn is_open(&self) -> bool {
        *self == Self::Open
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }

    fn is_opening(&self) -> bool {
        matches!(self, Self::Opening { .. })
    }

    /// How it stands, in words.
    pub(crate) fn words(&self, frame: &Frame) -> String {
        match self {
            Self::Open => frame.t("limits-lock-open"),
            Self::Closed { cards: false, .. } => frame.t("limits-lock-closed"),
            Self::Closed { cards: true, .. } => frame.t("limits-lock-closed-cards"),
            Self::Opening { at } => frame.with("limits-lock-opening", "at", at),
        }
    }
}

/// The sum above which two devices are needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TwoLine {
    /// Now; none where one device is always enough.
    pub above: Option<Amount>,
    /// A higher one that waits, or none, and from when.
    pub rise: Option<(Option<Amount>, String)>,
}

/// What is said of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsTold {
    /// It holds.
    Saved,
    /// It stays as it was.
    Kept,
    /// The lock is closed.
    Closed,
    /// What was typed is no amount.
    Amount,
    /// More than the class permits.
    AboveClass,
    /// Per day above per five days.
    DayAboveFive,
    /// No device may confirm it.
    NoDevice,
    /// The lock is not closed.
    NotClosed,
    /// There is only one device.
    OneDevice,
    /// There is no such device.
    UnknownDevice,
    /// No wait that can be chosen.
    Wait,
}

impl LimitsTold {
    /// Every one there is.
    pub const ALL: [Self; 11] = [
        Self::Saved,
        Self::Kept,
        Self::Closed,
        Self::Amount,
        Self::AboveClass,
        Self::DayAboveFive,
        Self::NoDevice,
        Self::NotClosed,
        Self::OneDevice,
        Self::UnknownDevice,
        Self::Wait,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        // Behind the prefix that all of the words have.
        self.key().splitn(3, '-').nth(2).unwrap_or_default()
    }

    /// The one of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.name() == name)
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Saved => "limits-told-saved",
            Self::Kept => "limits-told-kept",
            Self::Closed => "limits-told-closed",
            Self::Amount => "limits-told-amount",
            Self::AboveClass => "limits-told-above-class",
            Self::DayAboveFive => "limits-told-day-above-five",
            Self::NoDevice => "limits-told-no-device",
            Self::NotClosed => "limits-told-not-closed",
            Self::OneDevice => "limits-told-one-device",
            Self::UnknownDevice => "limits-told-unknown-device",
            Self::Wait => "limits-told-wait",
        }
    }

    pub(crate) fn alarming(self) -> bool {
        !matches!(self, Self::Saved | Self::Kept | Self::Closed)
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/limits.html")]
pub struct LimitsPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The business day on which counts what is asked now, as text.
    pub business_day: String,
    /// What is used on it.
    pub used: Amount,
    /// The first of the five business days, as text.
    pub from: String,
    /// What is used on them.
    pub used_in_five_days: Amount,
    /// The user's active devices.
    pub devices: Vec<RoomLine>,
    /// The lock.
    pub lock: LockLine,
    /// Whole hours that opening it takes, where nothing else is chosen.
    pub hours: u32,
    /// Whether card payments are held too, where nothing else is chosen.
    pub cards: bool,
    /// Two devices above a sum.
    pub two: TwoLine,
    /// What became of what was asked.
    pub told: Option<LimitsTold>,
}

/// The waits of the lock that the page offers, in hours.
pub const LOCK_WAITS: [u32; 5] = [12, 24, 48, 72, 168];

/// The waits of what rises that the page offers, in hours.
pub const RISE_WAITS: [u32; 3] = [24, 72, 168];

impl LimitsPage {
    fn money(&self, amount: &Amount) -> String {
        amount::write(amount.digits(), amount.currency(), amount::Marks::of(self.frame.lang.tag()))
    }

    fn limit(&self, limit: Option<&Amount>) -> String {
        limit.map_or_else(|| self.frame.t("help-limits-none"), |limit| self.money(limit))
    }

    /// An amount as it stands in a field.
    fn typed(&self, limit: Option<&Amount>) -> String {
        limit.map_or_else(String::new, |limit| amount::number(limit.digits(), amount::Marks::of(self.frame.lang.tag())))
    }

    fn rise_words(&self, rise: &LimitPair, at: &str) -> String {
        let (day, five) = (self.limit(rise.per_day.as_ref()), self.limit(rise.per_five_days.as_ref()));
        self.frame.lang.t_with("limits-own-rise", &[("at", at.into()), ("day", day.into()), ("five", five.into())])
    }

    fn two_rise_words(&self, rise: Option<&Amount>, at: &str) -> String {
        match rise {
            None => self.frame.with("limits-two-rise-none", "at", at),
            Some(limit) => {
                let limit = self.money(limit);
                self.frame.lang.t_with("limits-two-rise", &[("at", at.into()), ("limit", limit.into())])
            }
        }
    }

    fn two_words(&self) -> String {
        match &self.two.above {
            None => self.frame.t("limits-two-none"),
            Some(above) => self.frame.with("limits-two-above", "limit", &self.money(above)),
        }
    }

    /// The waits that closing it, or closing it more strictly, may choose: none shorter than what holds.
    fn lock_waits(&self) -> Vec<u32> {
        let least = if let LockLine::Closed { hours, .. } = self.lock { hours } else { 0 };
        LOCK_WAITS.into_iter().filter(|hours| *hours >= least).collect()
    }

    fn is_chosen(&self, wait: &u32) -> bool {
        *wait == self.hours
    }

    /// What opening it takes, where it is closed.
    fn ask_words(&self) -> Option<String> {
        let LockLine::Closed { hours, .. } = self.lock else { return None };
        let wait = self.frame.n("confirm-after-hours", hours);
        Some(self.frame.with("limits-lock-ask-words", "wait", &wait))
    }

    fn used_words(&self) -> String {
        let words = |key, day: &str, used| {
            self.frame.lang.t_with(key, &[("day", day.into()), ("used", self.money(used).into())])
        };
        let day = words("limits-today", &self.business_day, &self.used);
        format!("{day} {}", words("limits-five-days", &self.from, &self.used_in_five_days))
    }

    /// Whether there are too few devices to ask for two.
    fn lacks_second(&self) -> bool {
        self.devices.len() < 2 && self.two.above.is_none()
    }
}
