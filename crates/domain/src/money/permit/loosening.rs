//! Which devices confirm what loosens: one that already has what is asked for, or the strongest.

use super::{Holding, Judged, Opens, Verdict};
use crate::{Timestamp, device::catalogue::Limits};

/// What is to be loosened, after its wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loosening {
    /// A device's own limits, to these: a device confirms it that may do as much itself.
    Own(Limits),
    /// The transfer lock, or the sum above which two devices are needed: the strongest device confirms it.
    Transfers,
    /// What its user may do with a device of these class limits: one that is no weaker confirms it. Own limits do not
    /// matter here either, or whoever lowers those of a device could have a weaker one change its PIN.
    Device(Limits),
    /// A further device, or another one in the place of one: the strongest device confirms it.
    Order,
}

/// What is said of each device.
pub fn loosen(wish: Loosening, devices: &[Holding<'_>], now: Timestamp) -> Vec<Judged> {
    let may = |device: &Holding<'_>| match wish {
        Loosening::Own(limits) => device.limits_at(now).cover(limits),
        Loosening::Device(limits) => device.strength(now).cover(limits),
        Loosening::Transfers | Loosening::Order => device.is_strongest(devices, now),
    };
    let judged = |device: &Holding<'_>| Judged {
        id: device.id,
        verdict: if may(device) { Verdict::Free } else { Verdict::Closed(Opens::StrongerDevice) },
        reasons: Vec::new(),
        available: None,
    };
    devices.iter().map(judged).collect()
}

impl Holding<'_> {
    /// Whether no other device is stronger. Own limits do not matter: whoever lowers those of the strongest device must
    /// not make another one the strongest.
    pub fn is_strongest(&self, devices: &[Self], now: Timestamp) -> bool {
        let mine = self.strength(now);
        !devices.iter().map(|other| other.strength(now)).any(|other| other.cover(mine) && !mine.cover(other))
    }

    /// The class's limits, or those after it came back by the registered number.
    fn strength(&self, now: Timestamp) -> Limits {
        let recovered = self.recovered.filter(|one| now < one.until).map_or(Limits::NONE, |one| one.limits);
        self.class.limits.lower(recovered)
    }
}
