//! News: what widens or moves who gets in and how much may leave. Its owner is told of it first, until a device that it does
//! not itself tell of says that it was seen: a thief with the password, or with a device of their own, cannot clear it.

use super::{Kind, Record};
use crate::id::DeviceId;

/// The kinds that are news. Of [`Kind::DeviceStateChanged`] only what brings a device into use.
pub const KINDS: [Kind; 17] = [
    Kind::DeviceAdded,
    Kind::DeviceStateChanged,
    Kind::MarkSet,
    Kind::PinChanged,
    Kind::PasswordChanged,
    Kind::PasswordSet,
    Kind::ContactAdded,
    Kind::ContactReplaced,
    Kind::ContactRemoved,
    Kind::ContactChangeUndone,
    Kind::LimitsLowered,
    Kind::LimitsRise,
    Kind::TwoDevicesLowered,
    Kind::TwoDevicesRise,
    Kind::TransferLockOpens,
    Kind::CodeAloneAllowed,
    Kind::OnlineCardIssued,
];

/// Whether the owner must have seen it.
pub fn is_news(record: &Record) -> bool {
    KINDS.contains(&record.kind) && (record.kind != Kind::DeviceStateChanged || came_into_use(record))
}

/// The device that it brings.
pub fn brings(record: &Record) -> Option<DeviceId> {
    let brings = record.kind == Kind::DeviceAdded || record.kind == Kind::DeviceStateChanged && came_into_use(record);
    record.about.device.filter(|_| brings)
}

fn came_into_use(record: &Record) -> bool {
    record.detail.to.as_deref() == Some("active")
}

/// Those of a user's active devices that may say that the news was seen: the ones that were there before. Where the news
/// brings each of them, there is nobody else to ask.
pub fn may_acknowledge(active: &[DeviceId], news: &[Record]) -> Vec<DeviceId> {
    let brought: Vec<_> = news.iter().filter_map(brings).collect();
    let before: Vec<_> = active.iter().copied().filter(|device| !brought.contains(device)).collect();
    if before.is_empty() { active.to_vec() } else { before }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{About, Detail};
    use proptest::prelude::*;

    fn record(kind: Kind, device: Option<u8>, to: &str) -> Record {
        let about = About { device: device.map(|n| [n; 16].into()), ..About::default() };
        Record { kind, actor: None, about, detail: Detail::none().to(to) }
    }

    #[test]
    fn a_device_is_news_when_it_comes_into_use_and_not_when_it_ends() {
        let passed = |to| is_news(&record(Kind::DeviceStateChanged, Some(1), to));
        assert!(passed("active") && !passed("lost") && !passed("suspended"));
        assert!(is_news(&record(Kind::MarkSet, None, "")) && !is_news(&record(Kind::Confirmed, Some(1), "active")));
    }

    prop_compose! {
        fn told()(kind in prop::sample::select(Kind::ALL), device in prop::option::of(0_u8..4), active in any::<bool>())
            -> Record { record(kind, device, if active { "active" } else { "lost" }) }
    }

    proptest! {
        /// Against a plain model: nobody vouches for their own arrival while somebody else is there, and never is nobody left.
        #[test]
        fn no_device_clears_its_own_arrival(
            active in prop::collection::btree_set(0_u8..4, 0..4),
            news in prop::collection::vec(told(), 0..8),
        ) {
            let active: Vec<DeviceId> = active.into_iter().map(|n| [n; 16].into()).collect();
            let may = may_acknowledge(&active, &news);
            let arrived = |device: &DeviceId| news.iter().any(|one| {
                one.about.device == Some(*device)
                    && (one.kind == Kind::DeviceAdded
                        || one.kind == Kind::DeviceStateChanged && one.detail.to.as_deref() == Some("active"))
            });
            prop_assert_eq!(may.is_empty(), active.is_empty());
            prop_assert!(may.iter().all(|device| active.contains(device)));
            let somebody_else = active.iter().any(|device| !arrived(device));
            for device in &active {
                prop_assert_eq!(may.contains(device), !arrived(device) || !somebody_else);
            }
        }
    }
}
