//! May this happen, with what, and when: one rule that every way in asks, before anything is sent and once more in the
//! unit that confirms.
//!
//! It is the strictest of a list of [`CONDITIONS`], each a file of its own. Four laws hold of it, each a property test:
//! another condition never permits more; time alone only loosens; no act of one person loosens without a wait or a device
//! that already has what is asked for; what was shown is what was evaluated ([`Decision::digest_input`]).

mod limits;
mod lock;
mod loosening;
mod recovery;
mod two_devices;

use super::{
    calendar::{Calendar, NoCalendar},
    limit::{Counted, Used},
    lock::TransferLock,
    own::OwnLimits,
    rate::COUNTED_IN,
};
use crate::{
    Timestamp,
    device::catalogue::{Class, Limits},
    id::DeviceId,
};
use operation::{Amount, Money};
use serde::{Deserialize, Serialize};

pub use loosening::{Loosening, loosen};

/// What is to happen, and all that decides on it but the device.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// How much, in [`COUNTED_IN`].
    pub amount: Money,
    /// What moves it.
    pub by: By,
    /// What this user has used: pending, confirmed and settled, on today's business day or before.
    pub entries: &'a [Counted],
    /// Business days.
    pub calendar: &'a Calendar,
    /// The transfer lock.
    pub lock: TransferLock,
    /// Above this sum two devices are needed.
    pub two_above: Option<Money>,
    /// When.
    pub now: Timestamp,
}

/// How money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A withdrawal or a transfer.
    Withdrawal,
    /// A card: it does not count towards limits by day; the class may have a limit for one payment.
    Card,
}

/// A device of the user's that could be asked.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    /// Which.
    pub id: DeviceId,
    /// Its class.
    pub class: &'a Class,
    /// The customer's own limits for it.
    pub own: OwnLimits,
    /// It came back by the registered number alone, with no other device: its limits until then.
    pub recovered: Option<Recovered>,
}

/// Lower limits for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Until when.
    pub until: Timestamp,
    /// The limits of the class `temporary-code`.
    pub limits: Limits,
}

/// What is said of one device; the later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may confirm.
    Free,
    /// It may, together with another one.
    Second,
    /// Not before.
    Waits(Timestamp),
    /// Not while things stand so.
    Closed(Opens),
}

/// What would open what is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opens {
    /// A device that may do more.
    StrongerDevice,
    /// The strongest device opens the transfer lock.
    TransferLock,
    /// The institution posts a rate, or the calendar of the year.
    Counting,
}

/// Why: a code with what it speaks of, to be put into words in any language, also years later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// The class's limit for a day.
    ClassPerDay(Reached),
    /// The class's limit for five business days.
    ClassPerFiveDays(Reached),
    /// The class's limit for one card payment.
    ClassPerCardPayment {
        /// The limit.
        limit: Amount,
    },
    /// The customer's own for a day.
    OwnPerDay(Reached),
    /// The customer's own for five business days.
    OwnPerFiveDays(Reached),
    /// The limit for a day after the device came back by the registered number.
    RecoveredPerDay(Reached),
    /// That for five business days.
    RecoveredPerFiveDays(Reached),
    /// The transfer lock is closed.
    TransferLockClosed,
    /// The transfer lock is opening.
    TransferLockOpening {
        /// When it opens.
        until: Timestamp,
    },
    /// Two devices are wished above a sum.
    TwoDevices {
        /// The sum.
        above: Amount,
    },
}

/// A limit, and how much of it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The limit, an exact decimal in [`COUNTED_IN`].
    pub limit: String,
    /// What is used of it.
    pub used: String,
}

/// What a condition finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it says.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// One of the conditions: what it finds against a device; nothing where it has nothing against it.
pub type Condition = fn(&Case<'_>, &Holding<'_>) -> Result<Vec<Finding>, NoCalendar>;

/// All of them.
pub const CONDITIONS: &[Condition] = &[
    limits::of_class,
    limits::of_card_payment,
    limits::own,
    recovery::after_number,
    lock::transfer_lock,
    two_devices::above,
];

/// What is said of a device, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Which.
    pub id: DeviceId,
    /// The strictest of what was found.
    pub verdict: Verdict,
    /// All that was found.
    pub reasons: Vec<Reason>,
    /// The most that it could confirm now; none where there is no limit.
    #[serde(skip)]
    pub available: Option<Money>,
}

/// What is said of all devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The amount that was judged.
    #[serde(flatten)]
    pub amount: Amount,
    /// Each device, in the order given.
    pub devices: Vec<Judged>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permit {
    /// Any of the devices may confirm it, alone.
    Free,
    /// One of these, or two different ones.
    Needs {
        /// Those that would do.
        devices: Vec<DeviceId>,
        /// Whether two are needed.
        two: bool,
    },
    /// None before then.
    Waits {
        /// The first moment at which one would do.
        until: Timestamp,
    },
    /// None.
    Closed {
        /// What would help.
        opens: Opens,
    },
}

/// Judges each device by all conditions.
///
/// # Errors
/// Where there is no calendar.
pub fn permit(case: &Case<'_>, devices: &[Holding<'_>]) -> Result<Decision, NoCalendar> {
    judge(CONDITIONS, case, devices)
}

fn judge(conditions: &[Condition], case: &Case<'_>, devices: &[Holding<'_>]) -> Result<Decision, NoCalendar> {
    let used = case.used()?;
    let one = |device: &Holding<'_>| {
        let found = conditions.iter().map(|condition| condition(case, device)).collect::<Result<Vec<_>, _>>()?.concat();
        Ok(Judged {
            id: device.id,
            verdict: found.iter().map(|one| one.verdict).max().unwrap_or(Verdict::Free),
            reasons: found.into_iter().map(|one| one.reason).collect(),
            available: available(case, device, used),
        })
    };
    let devices = devices.iter().map(one).collect::<Result<_, _>>()?;
    Ok(Decision { amount: case.amount.into(), devices })
}

/// The most that a device could confirm now.
fn available(case: &Case<'_>, device: &Holding<'_>, used: Used) -> Option<Money> {
    if lock::holds(case) {
        return Some(Money::from_minor(0, COUNTED_IN));
    }
    match case.by {
        By::Withdrawal => used.left(device.limits_at(case.now)),
        By::Card => None,
    }
}

impl Case<'_> {
    /// What counts towards a limit.
    fn used(&self) -> Result<Used, NoCalendar> {
        match self.by {
            By::Withdrawal => Used::on(self.calendar, self.entries, self.calendar.business_day_at(self.now)?),
            By::Card => Ok(Used::default()),
        }
    }
}

impl Holding<'_> {
    /// Its limits, all told.
    pub fn limits_at(&self, now: Timestamp) -> Limits {
        let recovered = self.recovered.filter(|one| now < one.until).map_or(Limits::NONE, |one| one.limits);
        self.class.limits.lower(self.own.at(now)).lower(recovered)
    }
}

impl Decision {
    /// The answer in short.
    pub fn permit(&self) -> Permit {
        let may = |one: &&Judged| one.verdict <= Verdict::Second;
        let devices: Vec<_> = self.devices.iter().filter(may).collect();
        let two = devices.iter().any(|one| one.verdict == Verdict::Second);
        // Two are wished, and there is one: another, stronger one is missing.
        let enough = devices.len() > usize::from(two);
        if enough && !devices.is_empty() {
            let free = !two && devices.len() == self.devices.len();
            let devices = devices.into_iter().map(|one| one.id).collect();
            return if free { Permit::Free } else { Permit::Needs { devices, two } };
        }
        let strictness = self.devices.iter().map(|one| one.verdict).filter(|one| *one > Verdict::Second);
        let mut by_strictness: Vec<_> = strictness.collect();
        by_strictness.sort();
        match by_strictness.first() {
            Some(Verdict::Waits(until)) => Permit::Waits { until: *until },
            Some(Verdict::Closed(opens)) => Permit::Closed { opens: *opens },
            _ => Permit::Closed { opens: Opens::StrongerDevice },
        }
    }

    /// What was said of a device.
    pub fn of(&self, device: DeviceId) -> Option<&Judged> {
        self.devices.iter().find(|one| one.id == device)
    }

    /// The canonical JSON of what was said of a device: the statement that a device signs carries its digest, so that what
    /// was shown is what was evaluated.
    pub fn digest_input(&self, device: DeviceId) -> Option<String> {
        let one = Self { amount: self.amount.clone(), devices: vec![self.of(device)?.clone()] };
        serde_json::to_value(one).ok().and_then(|value| operation::canonical::canonical(&value).ok())
    }
}

#[cfg(test)]
mod tests;
